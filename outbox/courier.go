package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"beaware/campaign"
	"beaware/channel"
)

// courier sends the posts of one channel, one after the other.
type courier struct {
	o    *Outbox
	id   string
	ch   channel.Channel
	now  func() time.Time
	hard context.Context // ends later than the worker's own, for a send and a settle under way
	bell chan struct{}
	// held and hold: at held the platform asked for silence until hold.
	held, hold time.Time
	// doubt: a claim failed, and may have taken place all the same. Only this courier claims for its channel.
	doubt bool
	// patient tries a ledger that fails again and again; else its error ends the turn.
	patient bool
}

// work takes turns until ctx ends. It sleeps until the next delivery is due or the bell rings.
func (c *courier) work(ctx context.Context) {
	for ctx.Err() == nil {
		next, worked := time.Time{}, false
		c.o.insist(ctx, "cannot work on a channel's posts", func(ctx context.Context) (err error) {
			next, worked, err = c.turn(ctx)
			return err
		})
		if !worked {
			wait(ctx, c.bell, c.sleep(next))
		}
	}
}

// sleep is how long there is nothing to do, at least a millisecond and at most a minute, as the clock may be set.
func (c *courier) sleep(next time.Time) time.Duration {
	if next.IsZero() {
		return time.Minute
	}
	return min(max(next.Sub(c.now()), time.Millisecond), time.Minute)
}

// turn claims one delivery and brings it as far as it gets. When none was due, next says when one will be.
func (c *courier) turn(ctx context.Context) (next time.Time, worked bool, err error) {
	if c.doubt {
		if err := c.o.putBack(ctx, Filter{States: []State{Claimed}, Channel: c.id}); err != nil {
			return next, false, err
		}
	}
	brakes, err := c.o.brakes(ctx)
	if err != nil {
		return next, false, err
	}
	d, next, err := c.o.Store.Claim(ctx, c.id, c.now(), brakes.filter())
	if c.doubt = err != nil; c.doubt {
		return next, false, fmt.Errorf("claim a post for channel %s: %w", c.id, err)
	}
	if d == nil {
		return next, false, nil
	}
	if err = c.deliver(ctx, *d); errors.Is(err, ErrConflict) {
		err = nil // somebody else moved it meanwhile, so it is theirs
	}
	return time.Time{}, true, err
}

// deliver takes a claimed delivery through compose, sending and settling.
func (c *courier) deliver(ctx context.Context, d Delivery) error {
	now := c.now()
	if ctx.Err() != nil { // shutting down, and nothing was sent
		return c.putDown(d, now)
	}
	if kept, back := c.keep(d, now); back {
		return c.settle(Claimed, kept)
	}
	had, fault, err := c.turnToSend(ctx)
	switch now = c.now(); {
	case fault != "":
		return c.settle(Claimed, d.end(Failed, fault, now))
	case err != nil: // stopped while it waited, and nothing was sent
		return c.putDown(d, now)
	}
	if kept, back := c.keep(d, now); back { // the turn may have come late
		return c.settle(Claimed, kept)
	}
	m, served, err := c.compose(d)
	var skip *Skip
	switch {
	case errors.As(err, &skip):
		return c.settle(Claimed, d.end(Skipped, skip.Reason, now))
	case err != nil:
		return c.settle(Claimed, d.end(Failed, "the text could not be made: "+err.Error(), now))
	}
	if brakes, err := c.o.brakes(ctx); err != nil || !brakes.pass(d) { // paused since it was claimed
		return errors.Join(err, c.putDown(d, now))
	}
	m.ID = d.Post.ID // the idempotency key; nothing else may stand here
	d.Served = served
	d.Attempts++
	d = d.to(Sending, d.Reason, now)
	if err := c.settle(Claimed, d); err != nil {
		return err // never send what is not marked durably
	}
	return c.send(d, m, had)
}

// turnToSend waits until the platform's limits allow a message; had is false where it has none.
func (c *courier) turnToSend(ctx context.Context) (had bool, fault string, err error) {
	fault = guard(func() { had, err = channel.Turn(ctx, c.ch) })
	return had, fault, err
}

// putDown gives a claimed delivery back, of which nothing was sent.
func (c *courier) putDown(d Delivery, now time.Time) error {
	return c.settle(Claimed, d.to(Planned, d.Reason, now))
}

// keep says what becomes of a claimed delivery that may not be sent at now.
func (c *courier) keep(d Delivery, now time.Time) (kept Delivery, back bool) {
	if stale := c.o.stale(d, now); stale != "" {
		return d.expire(stale, now), true
	}
	if now.Before(c.hold) && !now.Before(c.held) { // else the clock was set back, and hold tells nothing
		return d.again("the channel asked to wait", now, c.hold.Sub(now), c.terms(d)), true
	}
	until, reason := c.o.Planner.Hold(d.Post, now)
	switch {
	case until.After(now):
		return d.waits(until, reason, now, c.o.stale(d, until)), true
	case until.IsZero() && reason != "":
		return d.end(Skipped, reason, now), true
	}
	return d, false
}

// send is called once the ledger says that the request may be on its way.
func (c *courier) send(d Delivery, m channel.Message, had bool) error {
	out := c.attempt(m, had)
	now := c.now()
	if out.kind == channel.Throttled && !out.sent && !out.crashed {
		c.held, c.hold = now, now.Add(max(out.retryAfter, shortestRetry))
	}
	return c.settle(Sending, after(d, out, now, c.terms(d)))
}

func (c *courier) terms(d Delivery) terms {
	return terms{
		idempotent: c.ch.Idempotent(),
		jitter:     c.o.Jitter(),
		resend:     c.o.resends(d),
		stale:      func(t time.Time) string { return c.o.stale(d, t) },
	}
}

// settle writes a change of state. A patient courier tries until it is written or its hard context ends.
func (c *courier) settle(from State, d Delivery) error {
	var err error
	write := func(context.Context) error {
		// What happened has to be written, even when nobody waits for it any more.
		if err = c.o.Store.Settle(context.WithoutCancel(c.hard), from, d); errors.Is(err, ErrConflict) {
			return nil // trying again cannot help
		}
		return err
	}
	if !c.patient {
		_ = write(c.hard)
	} else {
		c.o.insist(c.hard, "cannot write what became of a post", write)
	}
	if err != nil {
		return fmt.Errorf("settle %s from %s to %s: %w", d.Post.ID, from, d.State, err)
	}
	c.o.record(d)
	return nil
}

// compose renders a delivery; a panic in there becomes an error.
func (c *courier) compose(d Delivery) (m channel.Message, served string, err error) {
	if fault := guard(func() { m, served, err = c.o.Composer.Compose(d) }); fault != "" {
		return m, "", errors.New(fault)
	}
	return m, served, err
}

// attempt sends once, with a deadline, and reads what came of it. Nothing of an error but the reason
// of a *channel.SendError is kept: the rest may hold a token or a chat id.
func (c *courier) attempt(m channel.Message, had bool) (out outcome) {
	ctx, cancel := context.WithTimeout(c.hard, c.o.SendTimeout)
	defer cancel()
	if had {
		ctx = channel.WithTurn(ctx)
	}
	fault := guard(func() {
		receipt, err := c.ch.Send(ctx, m)
		out = outcome{receipt: receipt, sent: err == nil, kind: channel.KindOf(err)}
		var e *channel.SendError
		switch {
		case err == nil:
		case errors.As(err, &e):
			out.retryAfter, out.reason = e.RetryAfter, e.Reason
		case c.hard.Err() != nil:
			out.reason = stoppedMidway
		case ctx.Err() != nil:
			out.reason = "no answer within " + plain(c.o.SendTimeout)
		default:
			out.reason = "no clear answer from the platform"
		}
	})
	if fault != "" {
		return outcome{crashed: true, reason: fault}
	}
	return out
}

// resends tells whether a post that may have been published is sent again on a platform that would show it twice.
func (o *Outbox) resends(d Delivery) bool {
	return o.Planner.Rule(d.Post.Campaign, d.Post.Entry).OnUncertain == campaign.Resend
}
