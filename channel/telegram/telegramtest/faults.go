package telegramtest

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Effect is what a Fault does to a request.
type Effect string

const (
	// Slow: nothing but the Fault's Delay.
	Slow Effect = "slow"
	// TooMany: 429 with the Fault's RetryAfter; nothing is done.
	TooMany Effect = "too-many"
	// Refuse: the Fault's Code and Description; nothing is done.
	Refuse Effect = "refuse"
	// ServerError: 500 with a page of HTML; nothing is done.
	ServerError Effect = "server-error"
	// BadGateway: 502 with a page of HTML, as a proxy says it; nothing is done.
	BadGateway Effect = "bad-gateway"
	// ResetBefore: the connection breaks before a reply; nothing is done.
	ResetBefore Effect = "reset-before"
	// Hang: no reply, until the client goes; nothing is done.
	Hang Effect = "hang"
	// ResetAfter: the request is done, and the connection breaks before a reply.
	ResetAfter Effect = "reset-after"
	// ResetMidReply: the request is done, and the connection breaks in the middle of the reply.
	ResetMidReply Effect = "reset-mid-reply"
	// HangAfter: the request is done, but no reply comes until the client goes.
	HangAfter Effect = "hang-after"
	// Endless: the request is done; the reply begins and never ends.
	Endless Effect = "endless"
	// WrongJSON: the request is done; 200 with JSON that stops half way.
	WrongJSON Effect = "wrong-json"
	// NoMessageID: the request is done; the reply is ok with an empty object as its result.
	NoMessageID Effect = "no-message-id"
)

// Effects are all effects.
func Effects() []Effect {
	return []Effect{Slow, TooMany, Refuse, ServerError, BadGateway, ResetBefore, Hang, ResetAfter, ResetMidReply, HangAfter, Endless, WrongJSON, NoMessageID}
}

// Fault spoils some calls. The first Fault that matches a call is used up on it.
type Fault struct {
	Method      string // "": any method
	Chat        string // as the request names it; "": any
	Skip        int    // this many matching calls pass unharmed first
	Times       int    // then this many are spoilt; 0: one; negative: all
	Delay       time.Duration
	Do          Effect
	RetryAfter  int    // seconds, for TooMany
	Code        int    // for Refuse
	Description string // for Refuse
}

// Fail adds a fault.
func (s *Server) Fail(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// ClearFaults takes all faults away.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Server) faultFor(c *call) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		matches := (f.Method == "" || strings.EqualFold(f.Method, c.method)) && (f.Chat == "" || f.Chat == c.args.text("chat_id"))
		if !matches || f.Times == 0 {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times > 0 {
			f.Times--
		}
		return *f
	}
	return Fault{}
}

// before does a fault that comes before the method runs; false: the request is over.
func (s *Server) before(w http.ResponseWriter, r *http.Request, at *Request, f Fault) bool {
	if f.Delay > 0 && !s.pause(r, f.Delay) {
		s.settle(at, reply{}, f.Do)
		return false
	}
	var out reply
	switch f.Do {
	case TooMany:
		out = refused(tooMany(f.RetryAfter))
	case Refuse:
		out = refused(&refusal{Code: f.Code, Description: f.Description})
	case ServerError:
		out = html(http.StatusInternalServerError, "<html><body><h1>500 Internal Server Error</h1></body></html>")
	case BadGateway:
		out = html(http.StatusBadGateway, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center>nginx</center></body>\r\n</html>")
	case ResetBefore:
		s.settle(at, out, f.Do)
		reset(w)
		return false
	case Hang:
		s.settle(at, out, f.Do)
		s.hang(r)
		return false
	default:
		return true
	}
	s.settle(at, out, f.Do)
	s.write(w, out)
	return false
}

// after sends the answer, or spoils it.
func (s *Server) after(w http.ResponseWriter, r *http.Request, at *Request, f Fault, out reply) {
	s.settle(at, out, f.Do)
	switch f.Do {
	case ResetAfter:
		reset(w)
	case HangAfter:
		s.hang(r)
	case ResetMidReply:
		w.Header().Set("Content-Length", strconv.Itoa(len(out.body)))
		s.write(w, reply{status: out.status, contentType: out.contentType, body: out.body[:len(out.body)/2]})
		_ = http.NewResponseController(w).Flush() // what follows breaks the connection anyway
		reset(w)
	case Endless:
		s.endless(w, r, out)
	case WrongJSON:
		s.write(w, reply{status: http.StatusOK, contentType: out.contentType, body: out.body[:len(out.body)/2]})
	case NoMessageID:
		s.write(w, reply{status: http.StatusOK, contentType: out.contentType, body: []byte(`{"ok":true,"result":{}}`)})
	default:
		s.write(w, out)
	}
}

// endless sends the answer without its end, then blanks for ever.
func (s *Server) endless(w http.ResponseWriter, r *http.Request, out reply) {
	flush := http.NewResponseController(w)
	s.write(w, reply{status: out.status, contentType: out.contentType, body: out.body[:len(out.body)-1]})
	for flush.Flush() == nil && s.pause(r, 20*time.Millisecond) {
		if _, err := w.Write([]byte(strings.Repeat(" ", 64<<10))); err != nil {
			return
		}
	}
}

// pause waits; false: the client or the Server went away.
func (s *Server) pause(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
	return false
}

func (s *Server) hang(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
}

// reset breaks the connection without a goodbye.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // a recorder in a test: there is no connection to break
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // RST, where the platform can
	}
	_ = conn.Close()
}
