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

// maxLog bounds the log of a program that runs for weeks.
const maxLog = 20_000

// log notes a request on arrival. The entry is changed under s.mu only.
func (s *Server) log(token, method string, a args) *Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &Request{At: s.now(), Token: token, Method: method, Params: maps.Clone(a.values), Files: map[string][]byte{}, FileNames: map[string]string{}}
	for name, f := range a.files {
		r.Files[name], r.FileNames[name] = f.data, f.name
	}
	if len(s.requests) >= maxLog {
		s.requests = slices.Delete(s.requests, 0, maxLog/2)
	}
	s.requests = append(s.requests, r)
	s.touch()
	return r
}

// note finds parameters that the method does not have.
func (s *Server) note(r *Request, m method, a args) {
	var unknown []string
	for name := range a.values {
		if !strings.Contains(" "+m.params+" ", " "+name+" ") {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Unknown = unknown
}

// settle notes the answer.
func (s *Server) settle(r *Request, out reply, did Effect) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Status, r.Description, r.RetryAfter, r.Fault = out.status, out.description, out.retryAfter, did
	s.touch()
}

// Requests are all requests, oldest first; of very many the oldest are forgotten.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Request, len(s.requests))
	for i, r := range s.requests {
		out[i] = *r
	}
	return out
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
