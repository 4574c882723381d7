package feed

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beaware/channel"
)

// memory is a Shelf for tests.
type memory struct {
	mu   sync.Mutex
	rows map[string][]kept
	err  error
}

type kept struct {
	id   string
	at   time.Time
	item []byte
}

func (m *memory) Put(_ context.Context, row, id string, at time.Time, item []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return m.err
	}
	if m.rows == nil {
		m.rows = map[string][]kept{}
	}
	others := slices.DeleteFunc(m.rows[row], func(k kept) bool { return k.id == id })
	m.rows[row] = append(others, kept{id, at, slices.Clone(item)})
	slices.SortFunc(m.rows[row], func(a, b kept) int {
		if c := b.at.Compare(a.at); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	return nil
}

func (m *memory) List(_ context.Context, row string, limit int) ([][]byte, error) {
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

var (
	sarajevo = time.FixedZone("CEST", 2*60*60)
	evening  = time.Date(2027, 7, 17, 19, 30, 0, 0, sarajevo)
	stored   = time.Date(2027, 7, 17, 17, 30, 5, 0, time.UTC)
)

func clock() time.Time { return stored }

func post(id, language string, at time.Time) channel.Message {
	return channel.Message{ID: id, Language: language, Title: "Title", Text: "Text", At: at}
}

func TestSendAndRead(t *testing.T) {
	shelf, ctx := &memory{}, t.Context()
	c := New("ba-feed", "https://example.org/", shelf, clock)
	m := channel.Message{
		ID: "world-day/daily/2027-07-17T19:30/ba-feed/ar", Language: "ar", RTL: true, Title: "عنوان", Text: "نص", At: evening,
		Photo: &channel.Photo{Name: "launch.PNG", Data: []byte("image"), Alt: "Two people"},
		Links: []channel.Link{{Label: "Get help", URL: "https://example.org/chat"}},
	}
	receipt, err := c.Send(ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	want := channel.Receipt{Ref: m.ID, URL: "https://example.org/posts/ba-feed/" + m.ID}
	if receipt != want {
		t.Errorf("receipt %v, want %v", receipt, want)
	}
	got, ok, err := Find(ctx, shelf, "ba-feed", []string{"bs", "ar"}, m.ID)
	if err != nil || !ok {
		t.Fatalf("find: %v, %v", ok, err)
	}
	file := "6105d6cc76af400325e94d588ce511be.png"
	if diff := cmp.Diff(Item{
		ID: m.ID, Channel: "ba-feed", Language: "ar", RTL: true, Title: "عنوان", Text: "نص", At: evening, Stored: stored,
		Photo: &Photo{File: file, Alt: "Two people"}, Links: []Link{{"Get help", "https://example.org/chat"}},
	}, got); diff != "" {
		t.Error(diff)
	}
	if data, err := PhotoData(ctx, shelf, "ba-feed", file); string(data) != "image" || err != nil {
		t.Errorf("photo: %q, %v", data, err)
	}
	if data, err := PhotoData(ctx, shelf, "ba-feed", "none.png"); data != nil || err != nil {
		t.Errorf("no photo: %q, %v", data, err)
	}
}

func TestSameIDTwiceIsShownOnce(t *testing.T) {
	shelf, ctx := &memory{}, t.Context()
	c := New("f", "", shelf, clock)
	first, second := post("a/b/c/f/en", "en", evening), post("a/b/c/f/en", "en", evening)
	second.Title = "Other"
	for _, m := range []channel.Message{first, first, second} {
		if _, err := c.Send(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	items, err := Newest(ctx, shelf, "f", []string{"en"}, 10)
	if err != nil || len(items) != 1 || items[0].Title != "Other" {
		t.Errorf("%v, %v", items, err)
	}
	if !c.Idempotent() {
		t.Error("not idempotent")
	}
	if n, limit := c.Measure(first); n != 0 || limit != 0 {
		t.Errorf("measures %d of %d", n, limit)
	}
}

// A post that fell back to another language is found by those whom it is for.
func TestFallbackIsForItsReaders(t *testing.T) {
	shelf, ctx := &memory{}, t.Context()
	c := New("f", "", shelf, clock)
	for _, m := range []channel.Message{
		post("a/b/1/f/bs", "en", evening), post("a/b/1/f/en", "en", evening), post("a/b/2/f/bs", "bs", evening.Add(time.Hour)), post("loose", "sq", evening),
	} {
		if _, err := c.Send(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		languages []string
		limit     int
		want      []string
	}{
		{[]string{"bs"}, 9, []string{"a/b/2/f/bs", "a/b/1/f/bs"}},
		{[]string{"en"}, 9, []string{"a/b/1/f/en"}},
		{[]string{"en", "bs"}, 9, []string{"a/b/2/f/bs", "a/b/1/f/bs", "a/b/1/f/en"}},
		{[]string{"en", "bs"}, 2, []string{"a/b/2/f/bs", "a/b/1/f/bs"}},
		{[]string{"sq"}, 9, []string{"loose"}},
		{[]string{"mk"}, 9, nil},
	} {
		items, err := Newest(ctx, shelf, "f", tc.languages, tc.limit)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, it := range items {
			ids = append(ids, it.ID)
		}
		if diff := cmp.Diff(tc.want, ids); diff != "" {
			t.Errorf("%v: %s", tc.languages, diff)
		}
	}
	for id, want := range map[string]bool{"loose": true, "a/b/1/f/bs": true, "a/b/1/f/mk": false, "a/b/9/f/bs": false, "": false} {
		if _, ok, err := Find(ctx, shelf, "f", []string{"bs", "en", "sq"}, id); ok != want || err != nil {
			t.Errorf("find %q: %v, %v", id, ok, err)
		}
	}
}

func TestSendErrors(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	full := errors.New("disk full")
	for name, tc := range map[string]struct {
		ctx   context.Context
		m     channel.Message
		shelf error
		kind  channel.Kind
		is    error
	}{
		"no id":       {t.Context(), post("", "en", evening), nil, channel.Permanent, nil},
		"no language": {t.Context(), post("a", "", evening), nil, channel.Permanent, nil},
		"wild time":   {t.Context(), post("a", "en", time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)), nil, channel.Permanent, nil},
		"no words":    {t.Context(), channel.Message{ID: "a", Language: "en", Text: " \n", At: evening}, nil, channel.Refused, nil},
		"shelf fails": {t.Context(), post("a", "en", evening), full, channel.Temporary, nil},
		"ended":       {ended, post("a", "en", evening), nil, channel.Unknown, context.Canceled},
	} {
		_, err := New("f", "", &memory{err: tc.shelf}, clock).Send(tc.ctx, tc.m)
		if err == nil || channel.KindOf(err) != tc.kind || tc.is != nil && !errors.Is(err, tc.is) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestShelfWithRubbishIsAnError(t *testing.T) {
	shelf := &memory{}
	_ = shelf.Put(t.Context(), "f/en", "x", evening, []byte("{"))
	if _, err := Newest(t.Context(), shelf, "f", []string{"en"}, 5); err == nil || !strings.Contains(err.Error(), "f/en") {
		t.Errorf("got %v", err)
	}
}
