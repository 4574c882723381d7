package outbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"beaware/campaign"
)

// OnTime is how much later than planned a post may go out without counting as late. The
// planner is rung each minute, so one ring that was lost does not make a post a missed one.
const OnTime = 2 * time.Minute

// Tick writes what has become due since the watermark into the ledger and moves the watermark,
// in batches of one transaction each. Late posts are judged by their entry's rule.
func (o *Outbox) Tick(ctx context.Context) error { return o.tick(ctx, o.Now()) }

func (o *Outbox) tick(ctx context.Context, now time.Time) error {
	o.planning.Lock()
	defer o.planning.Unlock()
	from, err := o.Store.Watermark(ctx)
	if err != nil {
		return fmt.Errorf("read the watermark: %w", err)
	}
	first := from.IsZero()
	if first {
		from = now.Add(-max(o.Planner.LongestGrace(), OnTime))
	}
	if behind := from.Sub(now); behind > OnTime {
		o.Log.Warn("the clock was set back; what is planned already stays as it is", "reason", "the clock is "+plain(behind)+" behind the last planning")
		if err := o.unmiss(ctx, now); err != nil {
			return err
		}
	}
	// Due is half open and a post that is due at this very moment belongs to this tick.
	b := &batch{o: o, now: now, to: now.Add(time.Nanosecond), first: first}
	if now.Sub(from) > OnTime {
		b.newest = newest{}
		if err := o.remember(ctx, b, from); err != nil {
			return err
		}
		if err := o.supersede(ctx, b); err != nil {
			return err
		}
	}
	for p := range o.Planner.Due(from, b.to) {
		if err := b.add(ctx, p); err != nil {
			return err
		}
	}
	return b.flush(ctx, b.to)
}

// unmiss plans posts again whose moment is still to come: a clock that was ahead had them missed.
func (o *Outbox) unmiss(ctx context.Context, now time.Time) error {
	_, err := o.move(ctx, Filter{States: []State{Missed}, From: now.Add(time.Nanosecond)}, func(d Delivery) (Delivery, bool) {
		d.Due = d.Post.At.UTC()
		return d.to(Planned, "the clock was ahead when it was missed", now), d.untried()
	})
	return err
}

// series is what "the newest" refers to: an entry's posts on one channel in one language.
type series struct{ campaign, entry, channel, language string }

func seriesOf(p campaign.Post) series { return series{p.Campaign, p.Entry, p.Channel, p.Language} }

// newest holds the moments of the newest late posts of each series that may still go out, in order, as many
// as the entry's rule keeps. Its size depends on the number of entries and channels, not on how long nobody was there.
type newest map[series][]time.Time

// note counts a late post among the newest of its series.
func (o *Outbox) note(n newest, d Delivery, now time.Time) {
	keep := kept(o.Planner.Rule(d.Post.Campaign, d.Post.Entry))
	if keep == 0 || d.onTime(now) || o.stale(d, now) != "" || o.barred(d.Post, now) {
		return
	}
	s := seriesOf(d.Post)
	at, noted := slices.BinarySearchFunc(n[s], d.Post.At, time.Time.Compare)
	if noted { // planned before, and due again: a crash left the watermark at its moment
		return
	}
	n[s] = slices.Insert(n[s], at, d.Post.At)
	n[s] = n[s][max(0, len(n[s])-keep):]
}

// barred tells whether a rule keeps a post back for good, so that it must not push out an older one.
func (o *Outbox) barred(p campaign.Post, now time.Time) bool {
	until, reason := o.Planner.Hold(p, now)
	return until.IsZero() && reason != ""
}

// kept is how many late posts of a series a rule sends.
func kept(r campaign.Rule) int {
	switch {
	case r.Missed == campaign.Latest:
		return 1
	case r.Missed == campaign.All && r.Cap > 0:
		return r.Cap
	default: // none, or all
		return 0
	}
}

// remember finds the newest late posts, of those that became due and of those that were planned before.
func (o *Outbox) remember(ctx context.Context, b *batch, from time.Time) error {
	for d, err := range o.Store.Deliveries(ctx, Filter{States: []State{Planned}}) {
		if err != nil {
			return fmt.Errorf("list posts: %w", err)
		}
		if d.untried() {
			o.note(b.newest, d, b.now)
		}
	}
	if earliest := b.now.Add(-max(o.Planner.LongestGrace(), OnTime)); from.Before(earliest) {
		from = earliest // nothing older can be within its grace
	}
	for p := range o.Planner.Due(from, b.now.Add(-OnTime)) {
		o.note(b.newest, fresh(p, b.now), b.now)
	}
	return nil
}

// fresh is the delivery of a post that is due.
func fresh(p campaign.Post, now time.Time) Delivery {
	return Delivery{Post: p, State: Planned, Due: p.At.UTC(), Updated: now.UTC()}
}

// untried tells whether a delivery stands as its plan made it, or as quiet hours moved it: not tried, and not asked for by staff.
func (d Delivery) untried() bool { return d.Attempts == 0 && !d.MaybeSent && d.Asked.IsZero() }

// onTime tells whether a delivery does not count as late. What quiet hours held back is late only after they ended.
func (d Delivery) onTime(now time.Time) bool { return now.Sub(d.Due) <= OnTime }

// stale says why a post may not be sent any more; "" when it may.
func (o *Outbox) stale(d Delivery, now time.Time) string {
	p, from := d.Post, d.Post.At
	if d.Asked.After(from) {
		from = d.Asked
	}
	grace := o.Planner.Rule(p.Campaign, p.Entry).Grace
	if now.After(from.Add(max(grace, OnTime))) {
		return "its moment passed longer ago than its grace of " + plain(grace) + " allows"
	}
	if !o.Planner.Open(p.Campaign, p.Office, now) {
		return "the campaign's window is not open any more"
	}
	return ""
}

// missed says why a post is missed, by the rules of its entry; "" when it is to be sent.
func (o *Outbox) missed(d Delivery, now time.Time, n newest) string {
	if reason := o.stale(d, now); reason != "" {
		return reason
	}
	if d.onTime(now) {
		return ""
	}
	rule := o.Planner.Rule(d.Post.Campaign, d.Post.Entry)
	if rule.Missed == campaign.Skip {
		return `its moment passed while nobody was there to send it, and its entry says missed = "skip"`
	}
	if first := n[seriesOf(d.Post)]; len(first) == 0 || !d.Post.At.Before(first[0]) {
		return ""
	}
	if rule.Missed == campaign.Latest {
		return `a newer post of its entry goes out instead, as its entry says missed = "latest"`
	}
	return fmt.Sprintf("newer posts of its entry go out instead, as its entry says missed_cap = %d", rule.Cap)
}

// supersede judges the posts that were planned before a time without anybody there, and never tried, like
// those that became due meanwhile.
func (o *Outbox) supersede(ctx context.Context, b *batch) error {
	_, err := o.move(ctx, Filter{States: []State{Planned}}, func(d Delivery) (Delivery, bool) {
		reason := o.missed(d, b.now, b.newest)
		return d.to(Missed, reason, b.now), reason != "" && d.untried()
	})
	return err
}

// batch collects the deliveries of one transaction.
type batch struct {
	o       *Outbox
	now, to time.Time
	first   bool // the first start ever
	newest  newest
	rows    []Delivery
}

func (b *batch) add(ctx context.Context, p campaign.Post) error {
	d, ok := b.row(p)
	if !ok {
		return nil
	}
	if b.rows = append(b.rows, d); len(b.rows) < b.o.Batch {
		return nil
	}
	// Not a moment further: more posts of the same moment may follow. Those of it that are written
	// already are known by their ids then.
	return b.flush(ctx, p.At)
}

// row is the new delivery of a post; ok is false for what leaves no row.
func (b *batch) row(p campaign.Post) (d Delivery, ok bool) {
	d = fresh(p, b.now)
	if reason := b.o.missed(d, b.now, b.newest); reason != "" {
		// Before the first start there was no campaign to miss a post of.
		return d.to(Missed, reason, b.now), !b.first
	}
	if _, known := b.o.Channels[p.Channel]; !known {
		return d.to(Skipped, noChannel, b.now), true
	}
	return d, true
}

func (b *batch) flush(ctx context.Context, watermark time.Time) error {
	added, err := b.o.Store.Enqueue(ctx, b.rows, watermark)
	if err != nil {
		return fmt.Errorf("write %d posts: %w", len(b.rows), err)
	}
	if added > 0 {
		b.o.Log.Info("posts written to the ledger", "count", added)
		for _, d := range b.rows {
			if d.State.Ended() {
				b.o.observe(d)
			}
		}
	}
	b.rows = b.rows[:0]
	return nil
}
