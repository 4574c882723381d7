package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"beaware/channel"
)

const (
	hookSecret  = "Bearer h00k-secret"
	pathSecret  = "p4th-secret"
	userSecret  = "us3r-secret"
	querySecret = "qu3ry-secret"
)

func sample() Digest {
	return digest([]Trouble{trouble(Failed, "p1", "chat not found")}, 0, noon)
}

func hook(t *testing.T, base string) *Webhook {
	t.Helper()
	u := strings.Replace(base, "http://", "http://staff:"+userSecret+"@", 1) + "/" + pathSecret + "?key=" + querySecret
	w, err := NewWebhook(WebhookOptions{URL: u, Header: "Authorization", Secret: hookSecret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.client.CloseIdleConnections)
	return w
}

func noSecrets(t *testing.T, said ...any) {
	t.Helper()
	for _, s := range []string{hookSecret, "h00k", pathSecret, userSecret, querySecret, mailPassword, mailUser, mailTo} {
		for _, x := range said {
			if text := fmt.Sprintf("%v %+v %#v %s", x, x, x, x); strings.Contains(text, s) {
				t.Errorf("%q is in %s", s, text)
			}
		}
	}
}

func TestWebhookPosts(t *testing.T) {
	var got Digest
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/"+pathSecret || r.URL.Query().Get("key") != querySecret ||
			r.Header.Get("Authorization") != hookSecret || r.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer s.Close()
	if err := hook(t, s.URL).Tell(t.Context(), sample()); err != nil {
		t.Fatal(err)
	}
	if want := sample(); got.Title != want.Title || got.Text != want.Text || len(got.Troubles) != 1 || got.Troubles[0] != want.Troubles[0] || !got.At.Equal(noon) {
		t.Errorf("%+v", got)
	}
}

func TestWebhookAnswers(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("the digest was sent to another server: %v", r.Header)
	}))
	defer elsewhere.Close()
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		kind   channel.Kind
		after  time.Duration
		reason string
	}{
		{"500 that repeats secrets", func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, r.URL.String()+r.Header.Get("Authorization"), 500)
		}, channel.Temporary, 0, "answered 500"},
		{"401", status(401), channel.Misconfigured, 0, "answered 401"},
		{"400", status(400), channel.Misconfigured, 0, "answered 400"},
		{"413", status(413), channel.Refused, 0, "answered 413"},
		{"429 with a delay", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "90"); w.WriteHeader(429) },
			channel.Throttled, 90 * time.Second, "answered 429"},
		{"503 without", status(503), channel.Throttled, 0, "answered 503"},
		{"another host", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/"+pathSecret, http.StatusTemporaryRedirect)
		}, channel.Misconfigured, 0, "answered 307, which leads elsewhere and is not followed"},
		{"a redirect that loses the digest", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/found" {
				http.Redirect(w, r, "/found", http.StatusFound)
			}
		}, channel.Misconfigured, 0, "answered 302, which leads elsewhere and is not followed"},
		{"a circle", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.String(), http.StatusPermanentRedirect)
		},
			channel.Misconfigured, 0, "answered 308, which leads elsewhere and is not followed"},
		{"cut", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, channel.Unknown, 0, "the server ended the connection"},
		{"silent", func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() },
			channel.Unknown, 0, "no answer in time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := httptest.NewServer(c.answer)
			defer s.Close()
			ctx := t.Context()
			if c.name == "silent" {
				short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
				defer cancel()
				ctx = short
			}
			w := hook(t, s.URL)
			err := w.Tell(ctx, sample())
			var e *channel.SendError
			if !errors.As(err, &e) || e.Kind != c.kind || e.RetryAfter != c.after || e.Reason != w.String()+": "+c.reason {
				t.Errorf("%#v: %v", err, err)
			}
			noSecrets(t, err, w)
		})
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// Within the same server a redirect that keeps the digest is followed; an endless yes is a yes.
func TestWebhookFollowsAtHome(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/new" {
			http.Redirect(w, r, "/new", http.StatusPermanentRedirect)
			return
		}
		if data, _ := io.ReadAll(r.Body); !strings.Contains(string(data), "chat not found") || r.Header.Get("Authorization") != hookSecret {
			t.Errorf("%s", data)
		}
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	}))
	defer s.Close()
	if err := hook(t, s.URL).Tell(t.Context(), sample()); err != nil {
		t.Error(err)
	}
}

func TestWebhookNobodyThere(t *testing.T) {
	s := httptest.NewServer(status(200))
	s.Close()
	w := hook(t, s.URL)
	err := w.Tell(t.Context(), sample())
	if channel.KindOf(err) != channel.Temporary || !strings.Contains(err.Error(), "refuses connections") {
		t.Error(err)
	}
	noSecrets(t, err)
}

func TestWebhookOptions(t *testing.T) {
	for _, o := range []WebhookOptions{
		{}, {URL: pathSecret}, {URL: "ftp://x/" + pathSecret}, {URL: "http:///" + pathSecret}, {URL: "http://%zz" + pathSecret},
		{URL: "https://x", Header: "X-Secret"}, {URL: "https://x", Secret: hookSecret},
		{URL: "https://x", Header: hookSecret, Secret: hookSecret}, {URL: "https://x", Header: "X", Secret: hookSecret + "\nX: y"},
	} {
		_, err := NewWebhook(o)
		if err == nil {
			t.Errorf("%+v was taken", o)
		}
		noSecrets(t, err)
	}
}

func TestRetryAfter(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-5": 0, "30": 30 * time.Second, " 30 ": 30 * time.Second, "99999999": day,
		noon.Add(time.Minute).Format(http.TimeFormat): time.Minute, noon.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		if got := retryAfter(in, noon); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
