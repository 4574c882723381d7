package outbox_test

import (
	"errors"
	"testing"
	"time"

	"beaware/campaign"
	"beaware/channel"
	"beaware/outbox"
	"beaware/outbox/outboxtest"
)

// TestRecover: what a process that was killed left behind, in each state.
func TestRecover(t *testing.T) {
	for _, test := range []struct {
		was                 outbox.State
		once, twice, orphan outbox.State // afterwards: where sending twice publishes once, elsewhere, and without the channel
	}{
		{outbox.Planned, outbox.Planned, outbox.Planned, outbox.Skipped},
		{outbox.Claimed, outbox.Planned, outbox.Planned, outbox.Skipped},
		{outbox.Sending, outbox.Retry, outbox.Uncertain, outbox.Uncertain},
		{outbox.Retry, outbox.Retry, outbox.Retry, outbox.Skipped},
		{outbox.Sent, outbox.Sent, outbox.Sent, outbox.Sent},
		{outbox.Failed, outbox.Failed, outbox.Failed, outbox.Failed},
		{outbox.Uncertain, outbox.Uncertain, outbox.Uncertain, outbox.Uncertain},
		{outbox.Missed, outbox.Missed, outbox.Missed, outbox.Missed},
		{outbox.Skipped, outbox.Skipped, outbox.Skipped, outbox.Skipped},
		{outbox.Cancelled, outbox.Cancelled, outbox.Cancelled, outbox.Cancelled},
	} {
		t.Run(string(test.was), func(t *testing.T) {
			d := newDesk(t, func(c *outbox.Config) {
				c.Channels = map[string]channel.Channel{"once": &place{idempotent: true}, "twice": &place{}}
			})
			var rows []outbox.Delivery
			for _, name := range []string{"once", "twice", "orphan"} {
				row := outboxtest.Row(name, name, start)
				row.State, row.Attempts = test.was, 1
				rows = append(rows, row)
			}
			if _, err := d.store.Enqueue(t.Context(), rows, start); err != nil {
				t.Fatal(err)
			}
			d.now = start.Add(time.Minute)
			for range 2 { // a second time changes nothing
				if err := d.Recover(t.Context()); err != nil {
					t.Fatal(err)
				}
				for name, want := range map[string]outbox.State{"once": test.once, "twice": test.twice, "orphan": test.orphan} {
					row := d.row(name)
					if row.State != want {
						t.Errorf("%s is %s, want %s", name, row.State, want)
					}
					if row.State != test.was && row.State != outbox.Planned && row.Reason == "" {
						t.Errorf("%s became %s without a reason", name, row.State)
					}
				}
			}
			if row := d.row("once"); test.was == outbox.Sending && (!row.MaybeSent || row.Due.After(d.now)) {
				t.Errorf("row = %+v, want it due now and maybe sent", row)
			}
		})
	}
}

// TestNotMarkedNotSent: what the ledger does not hold as sending is not sent, whether it cannot be
// written or staff took the post back while its text was being made.
func TestNotMarkedNotSent(t *testing.T) {
	t.Run("disk full", func(t *testing.T) {
		to := &place{}
		d := newDesk(t, func(c *outbox.Config) {
			c.Channels["one"] = to
			c.Store = &flaky{Store: c.Store, broken: func(_ string, d outbox.Delivery) bool { return d.State == outbox.Sending }}
		}, post("a", "one", start))
		if err := d.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := d.Drain(t.Context(), start); !errors.Is(err, errDisk) {
			t.Errorf("Drain = %v, want the ledger's error", err)
		}
		if row := d.row("a"); len(to.sends()) != 0 || row.State != outbox.Claimed {
			t.Errorf("%d sends, row = %+v", len(to.sends()), row)
		}
	})
	t.Run("taken back", func(t *testing.T) {
		to := &place{}
		d := newDesk(t, func(c *outbox.Config) {
			c.Channels["one"] = to
			c.Composer = composer(func(d outbox.Delivery) (channel.Message, string, error) {
				d.State = outbox.Cancelled
				return channel.Message{}, "bs", c.Store.Settle(t.Context(), outbox.Claimed, d)
			})
		}, post("a", "one", start), post("b", "one", start))
		d.through()
		if states := d.states(); len(to.sends()) != 0 || states["a"] != outbox.Cancelled || states["b"] != outbox.Cancelled {
			t.Errorf("sent %v, states %v", to.sends(), states)
		}
	})
}

// TestRecoverFollowsThePlan: what was planned and never tried follows a schedule that staff have changed since.
func TestRecoverFollowsThePlan(t *testing.T) {
	kept, gone, changed, asked := post("kept", "one", start), post("gone", "one", start), post("changed", "one", start), post("asked", "one", start)
	now := changed
	now.Message = "another"
	d := newDesk(t, nil, kept, now)
	var rows []outbox.Delivery
	for _, p := range []campaign.Post{kept, gone, changed, asked} {
		row := outboxtest.Row(p.ID, "one", start)
		row.Post, row.State, row.Attempts = p, outbox.Planned, 0
		if p.ID == "asked" {
			row.Asked = start
		}
		rows = append(rows, row)
	}
	if _, err := d.store.Enqueue(t.Context(), rows, start); err != nil {
		t.Fatal(err)
	}
	if err := d.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]outbox.State{"kept": outbox.Planned, "gone": outbox.Skipped, "changed": outbox.Planned, "asked": outbox.Planned} {
		if row := d.row(id); row.State != want || want == outbox.Skipped && row.Reason == "" {
			t.Errorf("%s is %s (%q), want %s", id, row.State, row.Reason, want)
		}
	}
	if got := d.row("changed").Post.Message; got != "another" {
		t.Errorf("the changed post says %q, want the message that the plan has now", got)
	}
}
