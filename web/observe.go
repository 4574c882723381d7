package web

import (
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// safety is sent with every answer: nothing is loaded from elsewhere, nobody frames us, no site that is left learns from where.
var safety = [...][2]string{
	{"Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
	{"Referrer-Policy", "no-referrer"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=(), payment=(), usb=()"},
}

func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range safety {
			w.Header().Set(h[0], h[1])
		}
		next.ServeHTTP(w, r)
	})
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// observe counts and logs each request by the pattern of its route, never by its
// address: an address may hold a language, a post or what somebody typed. It also turns a panic into a page.
func (s *site) observe(next http.Handler) http.Handler {
	requests := register(s.Metrics, prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "beaware_http_requests_total", Help: "Requests by route and class of status.",
	}, []string{"route", "class"}))
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w, began := &recorder{ResponseWriter: out}, s.Now()
		defer func() {
			p := recover()
			if p != nil && p != http.ErrAbortHandler {
				// Not the value: it may hold words of a person.
				s.Logger.Error("page panicked", "route", route(r), "what", describe(p), "stack", string(debug.Stack()))
				if w.status == 0 {
					s.faultPage(w, r, fault{http.StatusInternalServerError, "error"})
				}
			}
			status := max(w.status, http.StatusOK)
			requests.WithLabelValues(route(r), strconv.Itoa(status/100)+"xx").Inc()
			s.Logger.Info("request", "method", method(r), "route", route(r), "status", status,
				"ms", s.Now().Sub(began).Round(time.Millisecond/10).Seconds()*1000)
			if p == http.ErrAbortHandler {
				panic(p)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// describe keeps the message of errors of the Go runtime, which hold only numbers and types.
func describe(p any) string {
	if e, ok := p.(runtime.Error); ok {
		return e.Error()
	}
	return fmt.Sprintf("%T", p)
}

func route(r *http.Request) string {
	if r.Pattern == "" {
		return "none"
	}
	return r.Pattern
}

// method keeps made-up methods, which may say anything, out of the log.
func method(r *http.Request) string {
	known := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
	if slices.Contains(known, r.Method) {
		return r.Method
	}
	return "other"
}
