package telegram

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"beaware/channel/channeltest"
)

// Marked values: none of them may show up in an error or in a log.
const (
	token      = "123456789:AA-marked_Token-7f3e"
	markedChat = "-1009876543210"
)

func secrets() []string {
	return []string{
		token, url.QueryEscape(token), strings.ReplaceAll(token, ":", "%3a"), "AA-marked_Token-7f3e",
		markedChat, "9876543210", "markedchannel",
	}
}

// unlimited is for tests that are not about pace.
var unlimited = Limits{All: -1, Posts: -1, Chat: -1, Edits: -1, Group: -1}

// record collects a log.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

func (r *record) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(r, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func newClient(t testing.TB, api string, rt http.RoundTripper, log *record) *Client {
	t.Helper()
	o := Options{Token: token, API: api, Logger: log.logger(), Limits: unlimited}
	if rt != nil {
		o.HTTP = &http.Client{Transport: rt}
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve is a Bot API server that answers everything with one handler, and one channel on it.
func serve(t *testing.T, chat string, h http.HandlerFunc) channeltest.Platform {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return platform(t, srv.URL, nil, chat)
}

func platform(t *testing.T, api string, rt http.RoundTripper, chat string) channeltest.Platform {
	t.Helper()
	log := &record{}
	ch, err := newClient(t, api, rt, log).Channel("test", chat)
	if err != nil {
		t.Fatal(err)
	}
	return channeltest.Platform{Channel: ch, Published: func() []channeltest.Post { return nil }, Logged: log.String, Secrets: secrets()}
}

// reply answers with a status and a body.
func reply(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// respond is a reply from a roundTripper.
func respond(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}
