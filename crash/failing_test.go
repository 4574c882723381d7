//go:build unix

package crash

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"beaware/outbox"
)

// spoil is what a server does to one request, and what becomes of the post then (docs/delivery.md).
type spoil struct {
	do       string // telegramtest.Effect
	state    outbox.State
	attempts int
	shown    int
}

var spoils = []spoil{
	{"too-many", outbox.Sent, 1, 1}, // not an attempt
	{"server-error", outbox.Sent, 2, 1},
	{"bad-gateway", outbox.Sent, 2, 1},
	{"reset-before", outbox.Uncertain, 1, 0},
	{"hang", outbox.Uncertain, 1, 0},
	{"reset-after", outbox.Uncertain, 1, 1},
	{"reset-mid-reply", outbox.Uncertain, 1, 1},
	{"hang-after", outbox.Uncertain, 1, 1},
	{"endless", outbox.Uncertain, 1, 1},
	{"wrong-json", outbox.Uncertain, 1, 1},
	{"no-message-id", outbox.Sent, 1, 1},
}

// TestServerFails lets the server spoil the first post of each channel, in every way that it has. What becomes of the post is as
// documented; the next post of the channel goes out as if nothing had been.
func TestServerFails(t *testing.T) {
	t.Parallel()
	s := newScene(t, scene{lines: []line{{hold, "all", "15", "all"}}, telegrams: len(spoils)})
	defer s.remove()
	for i, x := range spoils {
		s.fake.fail(map[string]any{"method": "sendMessage", "chat": chatOf(telegramID(i)), "do": x.do, "retry_after": 1})
	}
	began := time.Now()
	p := s.run(steps, "BEAWARE_SEND_TIMEOUT=1500ms")
	if !s.settle(p) || !p.interrupt() {
		t.Fatalf("it does not end: %v\n%s", p.cmd.ProcessState, p.said)
	}
	rows, err := s.read()
	if err != nil {
		t.Fatal(err)
	}
	plan := s.plan()
	shown, faults := s.visible(plan)
	for _, f := range faults {
		t.Error(f)
	}
	for _, post := range plan {
		d, x := rows[post.ID], spoils[index(post.Channel)]
		if post.Message != first(plan, post.Channel) {
			x = spoil{x.do, outbox.Sent, 1, 1}
		}
		if d.State != x.state || d.Attempts != x.attempts || shown[post.ID] != x.shown {
			t.Errorf("%s, %s: %s after %d attempts, shown %d times; want %s after %d, shown %d times (%s)",
				x.do, post.Message, d.State, d.Attempts, shown[post.ID], x.state, x.attempts, x.shown, d.Reason)
		}
		if d.State == outbox.Uncertain && d.Reason == "" {
			t.Errorf("%s: no reason", x.do)
		}
	}
	obeyed(t, s.fake.calls(), chatOf(telegramID(0)))
	t.Logf("%d ways to fail, %d posts, %s: states and attempts as documented, none doubled", len(spoils), len(plan), time.Since(began).Round(time.Second))
}

// obeyed holds that after a 429 nothing at all was asked of the chat for as long as the server named.
func obeyed(t *testing.T, calls []call, chat string) {
	t.Helper()
	var until time.Time
	throttled := 0
	for _, c := range calls {
		if c.Params["chat_id"] != chat {
			continue
		}
		if c.At.Before(until) {
			t.Errorf("a request %s before the server's delay was over", until.Sub(c.At))
		}
		if c.Status == http.StatusTooManyRequests {
			throttled++
			until = c.At.Add(time.Second)
		}
	}
	if throttled != 1 {
		t.Errorf("%d requests were throttled, want 1", throttled)
	}
}

// index is the number of a channel.
func index(channel string) int {
	n, err := strconv.Atoi(channel[1:])
	if err != nil {
		panic(err) // these tests name the channels
	}
	return n
}

// first is the message that was due first on a channel.
func first(plan map[string]post, channel string) string {
	var f post
	for _, p := range plan {
		if p.Channel == channel && (f.ID == "" || p.UTC.Before(f.UTC)) {
			f = p
		}
	}
	return f.Message
}
