package main

import (
	"context"
	"time"

	"beaware/alert"
	"beaware/outbox"
)

// watch tells the desk what stands: each minute the posts that wait, each hour what is about to trouble.
func (d *daemon) watch(ctx context.Context) {
	late, _ := d.in.config.Alerts.late()
	outlook := alert.Outlook{Catalog: d.in.catalog, Planner: d.in.planner, Offices: d.in.offices, Channels: d.in.all,
		Gate: outbox.Gate(d.in.config.Publish.Gate), Sample: d.in.config.Sample, Days: d.in.config.Alerts.Days}
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for n := 0; ; n++ {
		now := time.Now()
		if n%60 == 0 {
			d.desk.Tell(alert.Standing(now, outlook)...)
		}
		d.tellWaiting(ctx, now, late)
		select {
		case <-ctx.Done():
			return
		case <-minute.C:
		}
	}
}

// tellWaiting tells of posts that wait longer than they should. Those that staff have paused wait as they should.
func (d *daemon) tellWaiting(ctx context.Context, now time.Time, late time.Duration) {
	pauses, err := d.outbox.Pauses(ctx)
	if err != nil {
		return // the outbox tells of trouble with the store
	}
	waiting := outbox.Filter{States: []outbox.State{outbox.Planned, outbox.Retry, outbox.Claimed, outbox.Sending}}
	for row, err := range d.store.Deliveries(ctx, waiting) {
		if err != nil {
			return
		}
		if !paused(pauses, row) {
			d.desk.Tell(alert.Post(row, now, late)...)
		}
	}
}

func paused(pauses []outbox.Pause, d outbox.Delivery) bool {
	for _, p := range pauses {
		if p.Holds(d) {
			return true
		}
	}
	return false
}

// trouble passes on what the outbox says of its store.
func (d *daemon) trouble(doing string, err error) {
	if err != nil {
		d.desk.Tell(alert.StoreTrouble(doing, err))
	} else {
		d.desk.Tell(alert.StoreWorks())
	}
}
