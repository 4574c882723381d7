package outbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beaware/campaign"
	"beaware/channel"
	"beaware/outbox"
	"beaware/outbox/outboxtest"
)

// TestHold: quiet hours until so long after start, or a blackout.
func TestHold(t *testing.T) {
	const quiet, dark = "quiet hours from 22:00 to 07:00", "blackout: a day of mourning"
	for _, test := range []struct {
		name   string
		until  time.Duration // 0: a blackout
		grace  time.Duration
		closes time.Duration
		want   outbox.State
		at     time.Duration // when it is sent
		reason string
	}{
		{"waits", 9 * time.Hour, 10 * time.Hour, 0, outbox.Sent, 9 * time.Hour, ""},
		{"grace ends with it", 9 * time.Hour, 9 * time.Hour, 0, outbox.Sent, 9 * time.Hour, ""},
		{"grace is too short", 9 * time.Hour, time.Hour, 0, outbox.Missed, 0, quiet + " until too late: its moment"},
		{"window closes", 9 * time.Hour, 10 * time.Hour, time.Hour, outbox.Missed, 0, quiet + " until too late: the campaign's window"},
		{"blackout", 0, 10 * time.Hour, 0, outbox.Skipped, 0, dark},
	} {
		t.Run(test.name, func(t *testing.T) {
			to := &place{}
			d := newDesk(t, func(c *outbox.Config) { c.Channels["one"] = to }, post("a", "one", start))
			d.planner.rule = campaign.Rule{Missed: campaign.Skip, Grace: test.grace}
			d.planner.hold = func(_ campaign.Post, now time.Time) (time.Time, string) {
				end := start.Add(test.until)
				switch {
				case test.until == 0:
					return time.Time{}, dark
				case now.Before(end):
					return end, quiet
				}
				return time.Time{}, ""
			}
			if test.closes > 0 {
				d.planner.closed = func(t time.Time) bool { return t.After(start.Add(test.closes)) }
			}
			d.through()
			if test.want == outbox.Sent {
				if row := d.row("a"); row.State != outbox.Planned || !row.Due.Equal(start.Add(test.until)) || row.Reason != quiet {
					t.Errorf("meanwhile the row is %+v", row)
				}
				d.now = start.Add(4 * time.Hour) // an absence in the middle of the night changes nothing
				d.through()
				d.now = start.Add(test.until - time.Nanosecond)
				d.through()
				if len(to.sends()) != 0 {
					t.Fatal("sent too early")
				}
				d.now = start.Add(test.until)
				d.through()
			}
			row := d.row("a")
			if row.State != test.want || !strings.Contains(row.Reason, test.reason) || test.reason == "" && row.Reason != "" {
				t.Errorf("row = %+v, want %s with %q", row, test.want, test.reason)
			}
		})
	}
}

// TestHoldRetry: quiet hours hold further attempts too, and a blackout does not hide that one may have arrived.
func TestHoldRetry(t *testing.T) {
	for _, test := range []struct {
		kind channel.Kind
		dark bool
		want outbox.State
	}{
		{channel.Temporary, false, outbox.Retry}, {channel.Unknown, false, outbox.Retry},
		{channel.Temporary, true, outbox.Skipped}, {channel.Unknown, true, outbox.Uncertain},
	} {
		to := &place{answer: fails(test.kind, 0), idempotent: true}
		d := newDesk(t, func(c *outbox.Config) { c.Channels["one"] = to }, post("a", "one", start))
		end := start.Add(30 * time.Minute)
		d.planner.hold = func(_ campaign.Post, now time.Time) (time.Time, string) {
			switch {
			case !now.After(start):
				return time.Time{}, ""
			case test.dark:
				return time.Time{}, "blackout"
			}
			return end, "quiet hours"
		}
		d.through()
		d.now = start.Add(time.Minute)
		d.through()
		if row := d.row("a"); row.State != test.want || test.want == outbox.Retry && !row.Due.Equal(end) || len(to.sends()) != 1 {
			t.Errorf("after %v: %+v after %d sends, want %s", test.kind, row, len(to.sends()), test.want)
		}
	}
}

// TestOnUncertain: on a platform without a key, "resend" sends again what may have arrived, "hold" leaves it to staff.
func TestOnUncertain(t *testing.T) {
	for _, test := range []struct {
		rule  campaign.OnUncertain
		want  outbox.State
		sends int
	}{{campaign.Hold, outbox.Uncertain, 1}, {campaign.Resend, outbox.Sent, 3}} {
		n := 0
		to := &place{}
		to.answer = func(ctx context.Context, m channel.Message) (channel.Receipt, error) {
			if n++; n < 3 {
				return fails(channel.Unknown, 0)(ctx, m)
			}
			return channel.Receipt{}, nil
		}
		d := newDesk(t, func(c *outbox.Config) { c.Channels["one"] = to }, post("a", "one", start))
		d.planner.rule.OnUncertain = test.rule
		for range 5 {
			d.through()
			if row := d.row("a"); row.State == outbox.Retry {
				if !strings.Contains(row.Reason, "may appear twice") || !row.MaybeSent {
					t.Errorf("row = %+v", row)
				}
				d.now = row.Due
			}
		}
		if row := d.row("a"); row.State != test.want || len(to.sends()) != test.sends {
			t.Errorf("%v: %+v after %d sends, want %s after %d", test.rule, row, len(to.sends()), test.want, test.sends)
		}
		sending := outboxtest.Row("b", "one", start)
		sending.State = outbox.Sending
		if _, err := d.store.Enqueue(t.Context(), []outbox.Delivery{sending}, start); err != nil {
			t.Fatal(err)
		}
		if err := d.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := map[campaign.OnUncertain]outbox.State{campaign.Hold: outbox.Uncertain, campaign.Resend: outbox.Retry}[test.rule]
		if row := d.row("b"); row.State != want || !row.MaybeSent {
			t.Errorf("%v: after a start %+v, want %s", test.rule, row, want)
		}
	}
}

// TestCap: of many late posts the newest few go out, whether they were planned before the absence or not.
func TestCap(t *testing.T) {
	var posts []campaign.Post
	for i := range 8 { // at -4 h, -3 h 30 ... -30 min
		posts = append(posts, post(fmt.Sprint(i), "one", start.Add(time.Duration(i-8)*30*time.Minute)))
	}
	for most, want := range map[int]string{1: "7", 3: "567", 6: "234567", 20: "01234567", 0: "01234567"} {
		d := newDesk(t, nil, posts...)
		d.planner.rule = campaign.Rule{Missed: campaign.All, Grace: 24 * time.Hour, Cap: most}
		d.now = start.Add(-4*time.Hour - time.Minute)
		if err := d.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 65 { // 0 to 2 are planned, and there the process was killed
			d.now = d.now.Add(time.Minute)
			if err := d.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		d.now = start
		d.through()
		got := ""
		for i := range posts {
			row := d.row(fmt.Sprint(i))
			if row.State == outbox.Sent {
				got += row.Post.ID
			} else if !strings.Contains(row.Reason, fmt.Sprint("missed_cap = ", most)) {
				t.Errorf("row = %+v", row)
			}
		}
		if got != want {
			t.Errorf("cap %d: sent %s, want %s", most, got, want)
		}
	}
}

// TestObserve: each change is told after it was written; a broken observer harms nothing.
func TestObserve(t *testing.T) {
	var told []string
	var d *desk
	d = newDesk(t, func(c *outbox.Config) {
		c.Observe = func(o outbox.Delivery) {
			if row := d.row(o.Post.ID); row.State != o.State {
				t.Errorf("told of %s, written is %s", o.State, row.State)
			}
			told = append(told, o.Post.ID+" "+string(o.State))
			panic("broken")
		}
	}, post("a", "one", start), post("late", "one", start.Add(-3*time.Hour)), post("none", "gone", start))
	if _, err := d.store.Enqueue(t.Context(), nil, start.Add(-5*time.Hour)); err != nil {
		t.Fatal(err)
	}
	d.through()
	want := []string{"late missed", "none skipped", "a sending", "a sent"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if !strings.Contains(d.log.String(), "the observer of posts is broken") {
		t.Error("nobody hears of the broken observer")
	}
}
