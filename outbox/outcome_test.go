package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"beaware/channel"
	"beaware/outbox"
)

type answer = func(context.Context, channel.Message) (channel.Receipt, error)

// TestOutcomes: what becomes of a post by what its channel answered, one attempt and
// then a second one that succeeds.
func TestOutcomes(t *testing.T) {
	plain := func(err error) answer {
		return func(context.Context, channel.Message) (channel.Receipt, error) { return channel.Receipt{}, err }
	}
	var none *channel.SendError
	for _, test := range []struct {
		name     string
		answer   answer
		once     outbox.State // where sending twice publishes once
		twice    outbox.State // and elsewhere
		due      time.Duration
		attempts int
		reason   string
	}{
		{"taken", nil, outbox.Sent, outbox.Sent, 0, 1, ""},
		{"throttled", fails(channel.Throttled, 7*time.Minute), outbox.Retry, outbox.Retry, 7 * time.Minute, 0, "the server said no"},
		{"throttled, no delay", fails(channel.Throttled, 0), outbox.Retry, outbox.Retry, time.Second, 0, "the server said no"},
		{"throttled, negative delay", fails(channel.Throttled, -time.Hour), outbox.Retry, outbox.Retry, time.Second, 0, "the server said no"},
		{"throttled for too long", fails(channel.Throttled, 2*time.Hour), outbox.Missed, outbox.Missed, 0, 0, "too late"},
		{"temporary", fails(channel.Temporary, 0), outbox.Retry, outbox.Retry, 2500 * time.Millisecond, 1, "the server said no"},
		{"permanent", fails(channel.Permanent, 0), outbox.Failed, outbox.Failed, 0, 1, "the server said no"},
		{"misconfigured", fails(channel.Misconfigured, 0), outbox.Retry, outbox.Retry, 5 * time.Minute, 1, "must be mended: the server said no"},
		{"refused", fails(channel.Refused, 0), outbox.Failed, outbox.Failed, 0, 1, "the server said no"},
		{"unknown", fails(channel.Unknown, 0), outbox.Retry, outbox.Uncertain, 2500 * time.Millisecond, 1, "the server said no"},
		{"a kind of its own", fails(channel.Kind(99), 0), outbox.Retry, outbox.Uncertain, 2500 * time.Millisecond, 1, "the server said no"},
		{"any error", plain(errors.New("connection reset")), outbox.Retry, outbox.Uncertain, 2500 * time.Millisecond, 1, "no clear answer"},
		{"wrapped", plain(fmt.Errorf("to chat 4711: %w", &channel.SendError{Kind: channel.Refused, Reason: "bad text"})), outbox.Failed, outbox.Failed, 0, 1, "bad text"},
		{"nil of the type", plain(none), outbox.Uncertain, outbox.Uncertain, 0, 1, "a fault in the program ("},
		{"panic", func(context.Context, channel.Message) (channel.Receipt, error) { panic("token 4711") }, outbox.Uncertain, outbox.Uncertain, 0, 1, "(outcome_test.go"},
		{"nil map", func(context.Context, channel.Message) (channel.Receipt, error) {
			write(nil)
			return channel.Receipt{}, nil
		}, outbox.Uncertain, outbox.Uncertain, 0, 1, "(outcome_test.go"},
	} {
		for _, idempotent := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, idempotent %v", test.name, idempotent), func(t *testing.T) {
				to := &place{answer: test.answer, idempotent: idempotent}
				d := newDesk(t, func(c *outbox.Config) { c.Channels["one"] = to }, post("a", "one", start))
				d.through()
				want := test.twice
				if idempotent {
					want = test.once
				}
				got := d.row("a")
				if got.State != want || got.Attempts != test.attempts || !strings.Contains(got.Reason, test.reason) {
					t.Fatalf("row = %+v; want %s after %d attempts, reason with %q", got, want, test.attempts, test.reason)
				}
				if len(to.sends()) != 1 || to.sends()[0] != "a" {
					t.Errorf("sent %v, want a once, by the post's id", to.sends())
				}
				if got.State == outbox.Sent && (got.Ref != "ref-a" || got.URL == "" || got.Served != "sr-Latn") {
					t.Errorf("receipt or language is lost: %+v", got)
				}
				if got.State != outbox.Retry {
					return
				}
				if !got.Due.Equal(start.Add(test.due)) {
					t.Errorf("due %v after the answer, want %v", got.Due.Sub(start), test.due)
				}
				to.answer = nil
				d.now = got.Due
				d.through()
				if got := d.row("a"); got.State != outbox.Sent || got.MaybeSent || got.Reason != "" {
					t.Errorf("after the next attempt: %+v", got)
				}
			})
		}
	}
}

// TestGiveUp: a post is tried until its grace or its window ends, and then says what stood in the way.
func TestGiveUp(t *testing.T) {
	for _, test := range []struct {
		name       string
		answer     answer
		idempotent bool
		grace      time.Duration
		closes     time.Duration // after start; 0: never
		want       outbox.State
		reason     []string
		sends      int
	}{
		{"grace", fails(channel.Temporary, 0), false, time.Hour, 0, outbox.Failed, []string{"given up after 15 attempts", "grace of 1 h", "server said no"}, 15},
		{"no grace", fails(channel.Temporary, 0), false, 0, 0, outbox.Failed, []string{"given up after 6 attempts"}, 6},
		{"window", fails(channel.Temporary, 0), false, 8 * 24 * time.Hour, 10 * time.Second, outbox.Failed, []string{"window is not open", "server said no"}, 3},
		{"mending", fails(channel.Misconfigured, 0), false, time.Hour, 0, outbox.Failed, []string{"given up after 13 attempts", "must be mended"}, 13},
		{"throttled", fails(channel.Throttled, 25*time.Minute), false, time.Hour, 0, outbox.Missed, []string{"too late", "server said no"}, 3},
		{"unknown", fails(channel.Unknown, 0), true, 10 * time.Minute, 0, outbox.Uncertain, []string{"may have reached", "server said no"}, 8},
		{"maybe sent, then refused", func() answer {
			n := 0
			return func(ctx context.Context, m channel.Message) (channel.Receipt, error) {
				if n++; n == 1 {
					return channel.Receipt{}, context.DeadlineExceeded
				}
				return fails(channel.Refused, 0)(ctx, m)
			}
		}(), true, time.Hour, 0, outbox.Uncertain, []string{"may have reached", "server said no"}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			to := &place{answer: test.answer, idempotent: test.idempotent}
			d := newDesk(t, func(c *outbox.Config) { c.Channels["one"] = to }, post("a", "one", start))
			d.planner.rule.Grace = test.grace
			if test.closes > 0 {
				d.planner.closed = func(t time.Time) bool { return !t.Before(start.Add(test.closes)) }
			}
			for range 100 {
				d.through()
				if got := d.row("a"); got.State == outbox.Retry {
					d.now = got.Due
				}
			}
			got := d.row("a")
			for _, reason := range test.reason {
				if !strings.Contains(got.Reason, reason) {
					t.Errorf("reason %q lacks %q", got.Reason, reason)
				}
			}
			if got.State != test.want || len(to.sends()) != test.sends {
				t.Errorf("%s after %d sends, want %s after %d", got.State, len(to.sends()), test.want, test.sends)
			}
		})
	}
}

// TestTooLateToClaim: the window and the grace are looked at before each send.
func TestTooLateToClaim(t *testing.T) {
	for name, test := range map[string]struct {
		later  time.Duration
		closed bool
		want   outbox.State
	}{
		"in time":       {time.Hour, false, outbox.Sent},
		"grace is over": {time.Hour + 1, false, outbox.Missed},
		"window closed": {time.Minute, true, outbox.Missed},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, nil, post("a", "one", start))
			if err := d.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			d.planner.closed = func(time.Time) bool { return test.closed }
			if err := d.Drain(t.Context(), start.Add(test.later)); err != nil {
				t.Fatal(err)
			}
			if got := d.row("a"); got.State != test.want || (got.State == outbox.Missed) != (got.Reason != "") {
				t.Errorf("%s (%s), want %s", got.State, got.Reason, test.want)
			}
		})
	}
}

func TestCompose(t *testing.T) {
	for name, test := range map[string]struct {
		err    error
		panics bool
		want   outbox.State
		reason string
	}{
		"kept back":   {err: fmt.Errorf("compose: %w", &outbox.Skip{Reason: "the text is not reviewed"}), want: outbox.Skipped, reason: "the text is not reviewed"},
		"broken":      {err: errors.New("no message \"launch\"\nin\x00bs"), want: outbox.Failed, reason: `the text could not be made: no message "launch" in bs`},
		"panic":       {panics: true, want: outbox.Failed, reason: "a fault in the program (outcome_test.go"},
		"long reason": {err: &outbox.Skip{Reason: strings.Repeat("ћ", 5000)}, want: outbox.Skipped, reason: strings.Repeat("ћ", 300) + "…"},
	} {
		t.Run(name, func(t *testing.T) {
			to := &place{}
			d := newDesk(t, func(c *outbox.Config) {
				c.Channels["one"] = to
				c.Composer = composer(func(d outbox.Delivery) (channel.Message, string, error) {
					if test.panics {
						panic("words of a person")
					}
					return channel.Message{}, "", test.err
				})
			}, post("a", "one", start))
			d.through()
			if got := d.row("a"); got.State != test.want || !strings.Contains(got.Reason, test.reason) || got.Attempts != 0 {
				t.Errorf("row = %+v, want %s with %q", got, test.want, test.reason)
			}
			if len(to.sends()) != 0 {
				t.Error("it was sent")
			}
		})
	}
}

// TestThrottledChannelIsLeftAlone: the delay that a platform asks for holds for the whole channel.
func TestThrottledChannelIsLeftAlone(t *testing.T) {
	to := &place{answer: fails(channel.Throttled, 10*time.Minute)}
	other := &place{}
	d := newDesk(t, func(c *outbox.Config) { c.Channels = map[string]channel.Channel{"one": to, "two": other} },
		post("a", "one", start), post("b", "one", start), post("c", "one", start), post("d", "two", start))
	d.through()
	if got := to.sends(); len(got) != 1 || len(other.sends()) != 1 {
		t.Errorf("sent %v to the throttled channel and %v to the other", got, other.sends())
	}
	for _, id := range []string{"a", "b", "c"} {
		if row := d.row(id); row.State != outbox.Retry || !row.Due.Equal(start.Add(10*time.Minute)) || row.Attempts != 0 {
			t.Errorf("row = %+v, want a retry in 10 min without an attempt", row)
		}
	}
}

// TestSecrets: what an error or a panic holds beside its reason gets neither into the log nor into the ledger.
func TestSecrets(t *testing.T) {
	const token, chat, words = "12345:TOKEN-MARK", "-100CHAT-MARK", "WORDS-MARK"
	bad := fmt.Errorf("Post \"https://api.example.org/bot%s/sendMessage?chat_id=%s&text=%s\": EOF", token, chat, words)
	for name, a := range map[string]answer{
		"error": func(context.Context, channel.Message) (channel.Receipt, error) { return channel.Receipt{}, bad },
		"wrapped": func(context.Context, channel.Message) (channel.Receipt, error) {
			return channel.Receipt{}, fmt.Errorf("%w: %w", bad, &channel.SendError{Kind: channel.Temporary, Reason: "reset"})
		},
		"panic": func(context.Context, channel.Message) (channel.Receipt, error) { panic(bad) },
		"timeout": func(ctx context.Context, _ channel.Message) (channel.Receipt, error) {
			return channel.Receipt{}, errors.Join(bad, context.DeadlineExceeded)
		},
	} {
		for _, idempotent := range []bool{true, false} {
			d := newDesk(t, func(c *outbox.Config) { c.Channels["one"] = &place{answer: a, idempotent: idempotent} }, post("a", "one", start))
			d.through()
			all := d.log.String() + fmt.Sprintf("%+v", d.row("a"))
			if !strings.Contains(all, "channel=one") {
				t.Errorf("%s: nothing was logged: %s", name, all)
			}
			if strings.Contains(all, "MARK") {
				t.Errorf("%s: a secret got out: %s", name, all)
			}
		}
	}
}

// write panics with a nil map, as a fault in a vendor's package would.
func write(m map[string]int) { m["a"] = 1 }
