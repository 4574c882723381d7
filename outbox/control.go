package outbox

import (
	"context"
	"fmt"
	"time"
)

// Action is one line of the audit log: what staff did.
type Action struct {
	At      time.Time // UTC
	By      string    // who: the name of a user of the operating system
	Name    string    // "pause", "resume", "retry", "cancel", "resolve"
	Target  string    // to what, in words
	Outcome string    // what came of it; "begun" when the program ended before it was known
}

// Audit lists what staff did, the newest first, at most limit actions; all when limit is negative.
func (o *Outbox) Audit(ctx context.Context, limit int) ([]Action, error) {
	return o.Store.Actions(ctx, limit)
}

// Retry plans posts again that failed, or were missed, skipped or cancelled: due now, with their entry's grace from now on. Those
// whose window is not open stay as they are. What is uncertain needs Resolve. It returns how many will be sent again.
func (o *Outbox) Retry(ctx context.Context, f Filter, by string) (n int, err error) {
	closed := 0
	return o.change(ctx, "retry", f, by, func(d Delivery, now time.Time) (Delivery, bool) {
		if !o.Planner.Open(d.Post.Campaign, d.Post.Office, now) {
			closed++
			return d, false
		}
		d.Attempts, d.MaybeSent = 0, false
		return d.asked(Planned, "staff asked for it again", now), true
	}, func(n int) string {
		if closed > 0 {
			return fmt.Sprintf("%s planned again, %d left as their window is not open", posts(n), closed)
		}
		return posts(n) + " planned again"
	}, Failed, Missed, Skipped, Cancelled)
}

// Cancel takes back posts that wait. One that may have been published already becomes uncertain instead. It returns how many
// will not be sent.
func (o *Outbox) Cancel(ctx context.Context, f Filter, by string) (n int, err error) {
	return o.change(ctx, "cancel", f, by, func(d Delivery, now time.Time) (Delivery, bool) {
		return d.end(Cancelled, "staff took it back", now), true
	}, func(n int) string { return posts(n) + " taken back" }, Planned, Retry)
}

// Resolve says what really happened to uncertain posts: published, so sent, or not, so they are tried again now. It
// returns how many posts that settled.
func (o *Outbox) Resolve(ctx context.Context, f Filter, published bool, by string) (n int, err error) {
	next := func(d Delivery, now time.Time) (Delivery, bool) {
		d.MaybeSent = false
		if published {
			return d.to(Sent, "staff found it published", now), true
		}
		return d.asked(Retry, "staff found it not published", now), true
	}
	return o.change(ctx, "resolve", f, by, next, func(n int) string {
		if published {
			return posts(n) + " found published"
		}
		return posts(n) + " found not published, and tried again"
	}, Uncertain)
}

// asked makes a delivery due now because staff said so.
func (d Delivery) asked(s State, reason string, now time.Time) Delivery {
	d.Due, d.Asked = now.UTC(), now.UTC()
	return d.to(s, reason, now)
}

// change moves what matches and is in one of the states that the action is for, and keeps that in the audit log.
func (o *Outbox) change(ctx context.Context, name string, f Filter, by string, next func(Delivery, time.Time) (Delivery, bool),
	tell func(n int) string, states ...State) (n int, err error) {
	target := f.String()
	err = o.act(ctx, by, name, target, func() (string, error) {
		f, some := f.within(states...)
		if !some {
			return tell(0), nil
		}
		now := o.Now()
		n, err = o.move(ctx, f, func(d Delivery) (Delivery, bool) { return next(d, now) })
		return tell(n), err
	})
	return n, err
}

// act does something for staff between two lines in the audit log: what is to be done is there before it is done,
// then what came of it takes its place. Workers look at once at what has changed.
func (o *Outbox) act(ctx context.Context, by, name, target string, do func() (outcome string, err error)) error {
	a := Action{At: o.moment(), By: clean(by), Name: name, Target: clean(target), Outcome: "begun"}
	if err := o.Store.Record(ctx, a); err != nil {
		return fmt.Errorf("%s %s: nothing is done, as the audit log cannot be written: %w", name, target, err)
	}
	outcome, err := do()
	if err != nil {
		outcome = "failed: " + err.Error()
	}
	a.Outcome = clean(outcome)
	o.Log.Info("staff", "action", name, "target", a.Target, "outcome", a.Outcome)
	o.Ring()
	if noted := o.Store.Record(context.WithoutCancel(ctx), a); err == nil {
		err = noted
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", name, target, err)
	}
	return nil
}

// moment gives each action one of its own, so that no line of the audit log takes the place of another.
func (o *Outbox) moment() time.Time {
	o.acting.Lock()
	defer o.acting.Unlock()
	now := o.Now().UTC()
	if !now.After(o.acted) {
		now = o.acted.Add(time.Nanosecond)
	}
	o.acted = now
	return now
}

func posts(n int) string {
	if n == 1 {
		return "1 post"
	}
	return fmt.Sprintf("%d posts", n)
}
