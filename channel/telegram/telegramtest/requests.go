package telegramtest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
)

// Request is one request that a Server got, in the order of arrival.
type Request struct {
	At          time.Time
	Token       string
	Method      string            // as the client wrote it
	Params      map[string]string // strings as they are, other JSON as its text
	Files       map[string][]byte // uploads by field
	FileNames   map[string]string
	Unknown     []string // parameters that the Bot API does not document for this method
	Status      int      // 0: not answered yet, or never
	Description string   // of a refusal
	RetryAfter  int      // seconds
	Fault       Effect   // what a Fault did to it
}

// log notes a request on arrival and gives its place.
func (s *Server) log(token, method string, a args) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := Request{At: s.now(), Token: token, Method: method, Params: maps.Clone(a.values), Files: map[string][]byte{}, FileNames: map[string]string{}}
	for name, f := range a.files {
		r.Files[name], r.FileNames[name] = f.data, f.name
	}
	s.requests = append(s.requests, r)
	s.touch()
	return len(s.requests) - 1
}

// note finds parameters that the method does not have.
func (s *Server) note(at int, m method, a args) {
	var unknown []string
	for name := range a.values {
		if !strings.Contains(" "+m.params+" ", " "+name+" ") {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[at].Unknown = unknown
}

// settle notes the answer.
func (s *Server) settle(at int, out reply, did Effect) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.requests[at]
	r.Status, r.Description, r.RetryAfter, r.Fault = out.status, out.description, out.retryAfter, did
	s.touch()
}

// Requests are all requests, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Calls are the requests for one method, oldest first.
func (s *Server) Calls(method string) []Request {
	var out []Request
	for _, r := range s.Requests() {
		if strings.EqualFold(r.Method, method) {
			out = append(out, r)
		}
	}
	return out
}

// WaitCalls waits until a method was answered (or spoilt by a Fault) at least n times and gives those requests.
func (s *Server) WaitCalls(ctx context.Context, method string, n int) ([]Request, error) {
	var done []Request
	err := s.Wait(ctx, func() bool {
		done = nil
		for _, r := range s.Calls(method) {
			if r.Status != 0 || r.Fault != "" {
				done = append(done, r)
			}
		}
		return len(done) >= n
	})
	return done, err
}
