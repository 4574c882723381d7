package main

import (
	"embed"
	"html/template"
	"net"
	"net/http"

	"beaware/channel/telegram/telegramtest"
)

//go:embed page.html style.css refresh.js
var files embed.FS

// site is the page and the control API round one fake.
type site struct {
	fake *telegramtest.Server
	html *template.Template
}

// policy: the page asks nobody else for anything.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func handler(fake *telegramtest.Server) http.Handler {
	// Must: the page is part of the program.
	s := site{fake, template.Must(template.New("page.html").Funcs(template.FuncMap{"args": args}).ParseFS(files, "page.html"))}
	mux := http.NewServeMux()
	mux.Handle("/", fake)
	mux.HandleFunc("GET /{$}", s.page)
	mux.HandleFunc("GET /_fake/style.css", asset("style.css"))
	mux.HandleFunc("GET /_fake/refresh.js", asset("refresh.js"))
	mux.HandleFunc("GET /_fake/photo/{id}", s.photo)
	mux.HandleFunc("POST /_fake/type", s.typed)
	mux.HandleFunc("POST /_fake/tap", s.tapped)
	s.control(mux)
	// Other pages in the same browser may not act here.
	return sameHost(http.NewCrossOriginProtection().Handler(mux))
}

// sameHost refuses names that merely point at this computer, so that a foreign page cannot read it by DNS rebinding.
// Where someone has the program listen elsewhere, they reach it by address.
func sameHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if host != "localhost" && net.ParseIP(host) == nil {
			http.Error(w, "ask for this page by address, such as 127.0.0.1", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

func asset(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, name) }
}

func (s site) photo(w http.ResponseWriter, r *http.Request) {
	data := s.fake.File(r.PathValue("id"))
	if data == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", http.DetectContentType(data))
	_, _ = w.Write(data) // the reader may have gone
}
