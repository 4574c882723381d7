package telegramtest

import (
	"net/http"
	"strings"
)

// call is one request to one bot, past reading.
type call struct {
	bot    *Bot
	method string
	args   args
}

// ServeHTTP answers /bot<token>/<method> and /file/bot<token>/<path>.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	if rest, ok := strings.CutPrefix(path, "file/bot"); ok {
		s.serveFile(w, rest)
		return
	}
	rest, ok := strings.CutPrefix(path, "bot")
	token, method, both := strings.Cut(rest, "/")
	if !ok || !both || strings.Contains(method, "/") {
		s.write(w, refused(&refusal{Code: http.StatusNotFound, Description: "Not Found"}))
		return
	}
	s.serveMethod(w, r, token, method)
}

func (s *Server) serveMethod(w http.ResponseWriter, r *http.Request, token, name string) {
	a, err := readArgs(r)
	at := s.log(token, name, a)
	m, known := s.methods[strings.ToLower(name)]
	bot := s.botOf(token)
	switch {
	case bot == nil:
		err = &refusal{Code: http.StatusUnauthorized, Description: "Unauthorized"}
	case !known:
		err = &refusal{Code: http.StatusNotFound, Description: "Not Found: method not found"}
	case err == nil && r.Method != http.MethodGet && r.Method != http.MethodPost:
		err = &refusal{Code: http.StatusMethodNotAllowed, Description: "Method Not Allowed"}
	}
	if err != nil {
		s.finish(at, w, refused(err))
		return
	}
	c := &call{bot: bot, method: m.name, args: a}
	s.note(at, m, a)
	fault := s.faultFor(c)
	if !s.before(w, r, at, fault) {
		return
	}
	s.after(w, r, at, fault, answer(s.perform(r.Context(), m, c)))
}

// finish records the answer and sends it.
func (s *Server) finish(at *Request, w http.ResponseWriter, out reply) {
	s.settle(at, out, "")
	s.write(w, out)
}

func (s *Server) write(w http.ResponseWriter, out reply) {
	w.Header().Set("Content-Type", out.contentType)
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body) // the client may have gone; there is nobody to tell
}
