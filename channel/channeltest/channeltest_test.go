package channeltest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"beaware/channel"
	"beaware/channel/channeltest"
	"beaware/markup"
)

// memory is the smallest channel that keeps the contract.
type memory struct {
	mu    sync.Mutex
	posts []channeltest.Post
	seen  map[string]bool
	err   error
}

func (c *memory) Idempotent() bool { return true }

func (c *memory) Measure(m channel.Message) (int, int) {
	return utf8.RuneCountInString(text(m)), 500
}

func text(m channel.Message) string {
	return strings.TrimSpace(m.Title + "\n" + markup.Text(m.Text, m.RTL))
}

func (c *memory) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return channel.Receipt{}, fmt.Errorf("send: %w", err)
	}
	if c.err != nil {
		return channel.Receipt{}, c.err
	}
	if n, limit := c.Measure(m); n > limit || n == 0 {
		return channel.Receipt{}, &channel.SendError{Kind: channel.Refused, Reason: "length"}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen[m.ID] {
		return channel.Receipt{}, nil
	}
	c.seen[m.ID] = true
	p := channeltest.Post{Text: text(m), Links: m.Links, Silent: m.Silent}
	if m.Photo != nil {
		p.Photo = m.Photo.Data
	}
	c.posts = append(c.posts, p)
	return channel.Receipt{}, nil
}

func open(err error) func(*testing.T) channeltest.Platform {
	return func(*testing.T) channeltest.Platform {
		c := &memory{seen: map[string]bool{}, err: err}
		return channeltest.Platform{Channel: c, Published: func() []channeltest.Post {
			c.mu.Lock()
			defer c.mu.Unlock()
			return append([]channeltest.Post(nil), c.posts...)
		}}
	}
}

// The suite can be passed, by a channel that does no more than the contract asks.
func TestSuite(t *testing.T) {
	full := &channel.SendError{Kind: channel.Temporary, Reason: "disk full"}
	channeltest.Run(t, channeltest.Harness{
		Open:   open(nil),
		Faults: []channeltest.Fault{{Name: "full", Open: open(full), Want: channel.Temporary}},
	})
}

// watcher is a testing.TB that only remembers whether a check failed.
type watcher struct {
	testing.TB
	failed bool
}

func (w *watcher) Helper()               {}
func (w *watcher) Errorf(string, ...any) { w.failed = true }

func TestCheckSecretsFinds(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		log  string
		want bool
	}{
		"nothing":     {errors.New("x"), "y", false},
		"error":       {errors.New("bot12:secret failed"), "", true},
		"log":         {nil, "12:secret", true},
		"only in %#v": {hidden{"12:secret"}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := &watcher{TB: t}
			channeltest.CheckSecrets(w, channeltest.Platform{Logged: func() string { return c.log }, Secrets: []string{"", "12:secret"}}, c.err)
			if w.failed != c.want {
				t.Errorf("found %v, want %v", w.failed, c.want)
			}
		})
	}
}

type hidden struct{ token string }

func (hidden) Error() string { return "hidden" }
