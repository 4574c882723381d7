package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"beaware/catalog"
	"beaware/channel"
	"beaware/channel/feed"
)

// shelf is a feed.Shelf for tests.
type shelf struct {
	mu   sync.Mutex
	rows map[string][]kept
	err  error
}

type kept struct {
	id   string
	at   time.Time
	item []byte
}

func (m *shelf) Put(_ context.Context, row, id string, at time.Time, item []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rows == nil {
		m.rows = map[string][]kept{}
	}
	m.rows[row] = append(m.rows[row], kept{id, at, item})
	slices.SortStableFunc(m.rows[row], func(a, b kept) int { return b.at.Compare(a.at) })
	return m.err
}

func (m *shelf) List(_ context.Context, row string, limit int) ([][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out [][]byte
	for _, k := range m.rows[row] {
		if len(out) < limit {
			out = append(out, k.item)
		}
	}
	return out, m.err
}

// load reads a catalog of three languages with the texts of pages only.
func load(t testing.TB) *catalog.Catalog {
	t.Helper()
	tree := fstest.MapFS{}
	for _, name := range []string{"languages", "bs", "en", "ar"} {
		data, err := os.ReadFile("testdata/" + name + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		tree["locales/"+name+".toml"] = &fstest.MapFile{Data: data}
	}
	cat, findings := catalog.Load(tree)
	if cat == nil {
		t.Fatal(findings)
	}
	return cat
}

var (
	now     = time.Date(2027, 7, 30, 12, 0, 0, 0, time.UTC)
	evening = time.Date(2027, 7, 17, 19, 30, 0, 0, time.FixedZone("CEST", 2*60*60))
)

// answer is a bot of three screens.
func answer(e channel.Event) channel.Screen {
	s := channel.Screen{Language: "en", Text: "**Start** " + strings.Join(e.Languages, ",") + " " + e.Command + " " + e.Payload}
	if slices.Contains(e.Languages, "ar") {
		s.Language, s.RTL = "ar", true
	}
	switch {
	case e.Data == "panic":
		panic("words-of-a-person")
	case e.Data == "help":
		s.Text = "Call \u2066+387\u00a0122\u2069 <now> " + time.Unix(e.Now, 0).UTC().Format(time.DateOnly)
		s.Rows = [][]channel.Button{
			{{Label: "Site <1>", URL: "https://example.org/?a=1&b=2"}, {Label: "Bad", URL: "javascript:alert(1)"}},
			{{Label: "Call \u2066122\u2069", URL: "tel:122"}},
		}
	default:
		s.Rows = [][]channel.Button{{{Label: "Get \"help\"", Data: "help"}, {Label: "Odd", Data: `a"><b>&`}}}
	}
	return s
}

// rig is a server with everything that it wrote.
type rig struct {
	http.Handler
	log     *bytes.Buffer
	metrics *prometheus.Registry
	shelf   *shelf
	cat     *catalog.Catalog
}

func newRig(t testing.TB, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{log: &bytes.Buffer{}, metrics: prometheus.NewRegistry(), shelf: &shelf{}, cat: load(t)}
	all := []string{"bs", "en", "ar"}
	o := Options{
		Catalog: r.cat, Answer: answer, Shelf: r.shelf, PublicURL: "https://example.org/", ExitURL: "https://exit.example/", Sample: true, Drafts: true,
		Now: func() time.Time { return now }, Logger: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Metrics: r.metrics,
		Channels: []ChannelInfo{{"ba-feed", "ba", "BA", all}, {"xk-feed", "xk", "XK", all}, {"al-feed", "al", "AL", []string{"en"}}},
	}
	for _, c := range change {
		c(&o)
	}
	r.Handler = New(o)
	return r
}

// publish puts n daily posts on a feed, the first with a photo.
func (r *rig) publish(t testing.TB, id, tag string, n int) {
	t.Helper()
	c := feed.New(id, "https://example.org", r.shelf, func() time.Time { return evening.AddDate(0, 0, n) })
	for i := range n {
		at := evening.AddDate(0, 0, i)
		m := channel.Message{
			ID: "world-day/daily/" + at.Format("2006-01-02T15:04") + "/" + id + "/" + tag, Language: tag, RTL: tag == "ar", At: at,
			Title: "Title " + tag + at.Format(" 01-02"), Text: "Call \u2066122\u2069.\n\n- **One** <b>\n- Two", Links: []channel.Link{{Label: "Get help", URL: "https://t.example/x"}},
		}
		if i == 0 {
			m.Photo = &channel.Photo{Name: "a.png", Data: []byte("image"), Alt: `Two "people"`}
		}
		if _, err := c.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
}

func (r *rig) do(method, target, body string, header ...string) *http.Response {
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w.Result()
}

func (r *rig) get(target string, header ...string) *http.Response {
	return r.do("GET", target, "", header...)
}

func text(t testing.TB, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const formType = "application/x-www-form-urlencoded"
