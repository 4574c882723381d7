package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// handler writes an answer, or returns an error and has written nothing.
type handler func(http.ResponseWriter, *http.Request) error

// fault is an error that the visitor is told of, on a page in plain words.
type fault struct {
	status int
	text   string // id below "web.", which also has a text with "_title"
}

func (f fault) Error() string { return http.StatusText(f.status) }

var (
	errNotFound = fault{http.StatusNotFound, "not_found"}
	errForm     = fault{http.StatusBadRequest, "unreadable"}
)

// answer turns what a handler returns into a page, and refuses methods that it does not know.
func (s *site) answer(h handler, methods ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var err error = fault{http.StatusMethodNotAllowed, "unreadable"}
		if slices.Contains(methods, r.Method) {
			err = h(w, r)
		} else {
			w.Header().Set("Allow", strings.Join(methods, ", "))
		}
		if err == nil {
			return
		}
		var f fault
		if !errors.As(err, &f) {
			f = fault{http.StatusInternalServerError, "error"}
			if r.Context().Err() == nil { // else the visitor has gone, which is nobody's fault
				s.Logger.Error("page failed", "route", route(r), "error", err)
			}
		}
		s.faultPage(w, r, f)
	})
}

func (s *site) faultPage(w http.ResponseWriter, r *http.Request, f fault) {
	p := s.page(s.languageOr(r))
	p.Heading = p.T(f.text + "_title")
	p.Text = p.T(f.text)
	w.Header().Set("Cache-Control", "no-store")
	if err := s.render(w, f.status, "notice", p); err != nil {
		s.Logger.Error("page failed", "route", route(r), "error", err)
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
	}
}

func (s *site) notFound(http.ResponseWriter, *http.Request) error { return errNotFound }

func noIcon(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Cache-Control", "public, max-age=86400")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func healthy(w http.ResponseWriter, _ *http.Request) error {
	return plainText(w, http.StatusOK, "ok\n")
}

// readyz gives no reason to the public; it is in the log.
func (s *site) readyz(w http.ResponseWriter, _ *http.Request) error {
	if s.Ready != nil {
		if err := s.Ready(); err != nil {
			s.Logger.Warn("not ready", "error", err)
			return plainText(w, http.StatusServiceUnavailable, "not ready\n")
		}
	}
	return plainText(w, http.StatusOK, "ready\n")
}

func plainText(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the visitor may have gone
	return nil
}
