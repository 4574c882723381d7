// Package web serves the public: campaign pages, feeds, the bot in a browser, and
// what operators watch. It owns addresses, pages and their safety headers. It decides nothing
// that another room owns: texts come from catalog, screens from the bot, posts from the feeds' shelf.
package web

import (
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"beaware/catalog"
	"beaware/channel"
	"beaware/channel/feed"
)

// Options are what the pages need. Catalog and Shelf are required.
type Options struct {
	Catalog   *catalog.Catalog
	Answer    channel.Answerer // the bot; nil: there is no chat
	Shelf     feed.Shelf       // what the feed channels published
	Channels  []ChannelInfo    // the feed channels, in the order of the configuration
	PublicURL string           // where readers reach these pages, without a path: "https://example.org"
	ExitURL   string           // an innocent page for those who must leave quickly
	Sample    bool             // say that nobody has tested the numbers yet
	Drafts    bool             // say that texts may be drafts
	Now       func() time.Time
	Logger    *slog.Logger
	Metrics   *prometheus.Registry // nil: a new one
	Ready     func() error         // nil: always ready
}

// ChannelInfo is a feed channel as pages see it.
type ChannelInfo struct {
	ID        string
	Office    string
	Country   string   // upper case; its name is the text "country.XX"
	Languages []string // tags
}

//go:embed assets templates
var files embed.FS

type site struct {
	Options
	started time.Time
	pages   map[string]*template.Template
	assets  map[string]asset
	steps   prometheus.Counter
	expo    http.Handler
}

// New gives the handler of all pages.
func New(o Options) http.Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	s := &site{
		Options: o, started: o.Now(), assets: readAssets(),
		steps: register(o.Metrics, prometheus.NewCounter(prometheus.CounterOpts{
			Name: "beaware_chat_steps_total", Help: "Screens that the bot showed in browsers.",
		})),
		expo: promhttp.HandlerFor(o.Metrics, promhttp.HandlerOpts{}),
	}
	s.pages = s.parse()
	return s.observe(headers(s.routes()))
}

// register gives the collector that the registry has already, where two servers share one.
func register[C prometheus.Collector](r *prometheus.Registry, c C) C {
	if err := r.Register(c); err != nil {
		var known prometheus.AlreadyRegisteredError
		if errors.As(err, &known) {
			if same, ok := known.ExistingCollector.(C); ok {
				return same
			}
		}
	}
	return c
}

func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	get := []string{http.MethodGet, http.MethodHead}
	for pattern, h := range map[string]handler{
		"/{$}":                     s.home,
		"/":                        s.notFound,
		"/posts/{channel}/{id...}": s.post,
		"/privacy":                 s.privacy,
		"/feeds/{file}":            s.channelFeed,
		"/feeds/{channel}/{file}":  s.languageFeed,
		"/media/{channel}/{file}":  s.media,
		"/assets/{file}":           s.asset,
		"/favicon.ico":             noIcon,
		"/healthz":                 healthy,
		"/readyz":                  s.readyz,
		"/metrics":                 func(w http.ResponseWriter, r *http.Request) error { s.expo.ServeHTTP(w, r); return nil },
	} {
		mux.Handle(pattern, s.answer(h, get...))
	}
	if s.Answer == nil {
		return mux
	}
	mux.Handle("/chat", s.answer(s.chat, append(get, http.MethodPost)...))
	return mux
}
