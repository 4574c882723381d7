package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"beaware/campaign"
)

// Recover brings what an earlier process left behind back onto its way: a claimed post is planned
// again, as nothing was sent; one that was being sent is sent again where the platform takes the same id
// only once or its campaign says so, and is uncertain elsewhere; one whose channel is gone is skipped, and one that
// was never tried follows the plan as it is now. Run does this first. No other process may be sending.
func (o *Outbox) Recover(ctx context.Context) error {
	if err := o.putBack(ctx, Filter{States: []State{Claimed}}); err != nil {
		return err
	}
	if _, err := o.move(ctx, Filter{States: []State{Sending}}, o.interrupted); err != nil {
		return err
	}
	if err := o.orphans(ctx); err != nil {
		return err
	}
	return o.follow(ctx)
}

// follow brings posts that were planned and never tried in line with the plan as it is now: staff may have changed
// the schedule. What staff asked for themselves stays.
func (o *Outbox) follow(ctx context.Context) error {
	plans := map[time.Time]map[string]campaign.Post{} // by moment, then by id
	_, err := o.move(ctx, Filter{States: []State{Planned}}, func(d Delivery) (Delivery, bool) {
		if !d.untried() {
			return d, false
		}
		at := d.Post.At.UTC()
		if plans[at] == nil {
			plans[at] = map[string]campaign.Post{}
			for p := range o.Planner.Due(at, at.Add(time.Nanosecond)) {
				plans[at][p.ID] = p
			}
		}
		now, planned := plans[at][d.Post.ID]
		switch {
		case !planned:
			return d.end(Skipped, "the plan has it no longer", o.Now()), true
		case now.Message != d.Post.Message:
			d.Post.Message = now.Message
			return d.to(Planned, "the plan has another message for it now", o.Now()), true
		}
		return d, false
	})
	return err
}

// putBack makes claimed deliveries planned again.
func (o *Outbox) putBack(ctx context.Context, f Filter) error {
	_, err := o.move(ctx, f, func(d Delivery) (Delivery, bool) { return d.to(Planned, d.Reason, o.Now()), true })
	return err
}

// interrupted is the next state of a delivery that was being sent when the process ended.
func (o *Outbox) interrupted(d Delivery) (Delivery, bool) {
	now := o.Now()
	d.MaybeSent = true
	ch, known := o.Channels[d.Post.Channel]
	d.Due = now.UTC()
	switch {
	case known && ch.Idempotent():
		return d.to(Retry, stoppedMidway+"; the platform takes the same post only once", now), true
	case known && o.resends(d):
		return d.to(Retry, stoppedMidway+"; "+mayAppearTwice, now), true
	default:
		return d.end(Uncertain, stoppedMidway, now), true
	}
}

// orphans skips the waiting deliveries of channels that are not in the configuration any more.
func (o *Outbox) orphans(ctx context.Context) error {
	counts, err := o.Store.Counts(ctx)
	if err != nil {
		return fmt.Errorf("count the posts: %w", err)
	}
	for _, c := range counts {
		if _, known := o.Channels[c.Channel]; known || !c.State.Waiting() {
			continue
		}
		_, err := o.move(ctx, Filter{States: []State{c.State}, Channel: c.Channel}, func(d Delivery) (Delivery, bool) {
			return d.end(Skipped, noChannel, o.Now()), true
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// move settles each delivery that matches to what next makes of it, if anything, and counts them.
func (o *Outbox) move(ctx context.Context, f Filter, next func(Delivery) (Delivery, bool)) (moved int, err error) {
	for d, err := range o.Store.Deliveries(ctx, f) {
		if err != nil {
			return moved, fmt.Errorf("list posts: %w", err)
		}
		from := d.State
		d, moves := next(d)
		if !moves {
			continue
		}
		if err := o.Store.Settle(ctx, from, d); errors.Is(err, ErrConflict) {
			continue // moved by somebody else meanwhile
		} else if err != nil {
			return moved, fmt.Errorf("settle %s: %w", d.Post.ID, err)
		}
		moved++
		o.record(d)
	}
	return moved, nil
}
