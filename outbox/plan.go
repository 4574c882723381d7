package outbox

import (
	"context"
	"fmt"
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
	}
	// Due is half open and a post that is due at this very moment belongs to this tick.
	b := &batch{o: o, now: now, to: now.Add(time.Nanosecond), first: first}
	if now.Sub(from) > OnTime {
		b.newest = o.newest(from, now)
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

// series is what "the newest" refers to: an entry's posts on one channel in one language.
type series struct{ campaign, entry, channel, language string }

func seriesOf(p campaign.Post) series { return series{p.Campaign, p.Entry, p.Channel, p.Language} }

// newest finds the newest late post of each series that may still go out. Its size depends on
// the number of entries and channels, not on how long nobody was there.
func (o *Outbox) newest(from, now time.Time) map[series]time.Time {
	found := map[series]time.Time{}
	if earliest := now.Add(-max(o.Planner.LongestGrace(), OnTime)); from.Before(earliest) {
		from = earliest // nothing older can be within its grace
	}
	for p := range o.Planner.Due(from, now.Add(-OnTime)) {
		if o.stale(p, now) == "" {
			found[seriesOf(p)] = p.At // Due is ordered by At
		}
	}
	return found
}

// stale says why a post may not be sent any more; "" when it may.
func (o *Outbox) stale(p campaign.Post, now time.Time) string {
	grace := o.Planner.Rule(p.Campaign, p.Entry).Grace
	if now.After(p.At.Add(max(grace, OnTime))) {
		return "its moment passed longer ago than its grace of " + plain(grace) + " allows"
	}
	if !o.Planner.Open(p.Campaign, p.Office, now) {
		return "the campaign's window is not open any more"
	}
	return ""
}

// missed says why a post is missed, by the rules of its entry; "" when it is to be sent.
func (o *Outbox) missed(p campaign.Post, now time.Time, newest map[series]time.Time) string {
	if reason := o.stale(p, now); reason != "" {
		return reason
	}
	if now.Sub(p.At) <= OnTime {
		return ""
	}
	switch o.Planner.Rule(p.Campaign, p.Entry).Missed {
	case campaign.All:
		return ""
	case campaign.Skip:
		return `its moment passed while nobody was there to send it, and its entry says missed = "skip"`
	default:
		if newest[seriesOf(p)].After(p.At) {
			return `a newer post of its entry goes out instead, as its entry says missed = "latest"`
		}
		return ""
	}
}

// supersede judges the posts that were planned before a time without anybody there, and never tried, like
// those that became due meanwhile.
func (o *Outbox) supersede(ctx context.Context, b *batch) error {
	f := Filter{States: []State{Planned}}
	return o.move(ctx, f, func(d Delivery) (Delivery, bool) {
		reason := o.missed(d.Post, b.now, b.newest)
		return d.to(Missed, reason, b.now), reason != "" && d.Attempts == 0 && !d.MaybeSent
	})
}

// batch collects the deliveries of one transaction.
type batch struct {
	o       *Outbox
	now, to time.Time
	first   bool // the first start ever
	newest  map[series]time.Time
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
	d = Delivery{Post: p, State: Planned, Due: p.At.UTC(), Updated: b.now.UTC()}
	if reason := b.o.missed(p, b.now, b.newest); reason != "" {
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
	}
	b.rows = b.rows[:0]
	return nil
}
