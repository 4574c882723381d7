package main

import (
	"context"
	"slices"
	"time"

	"beaware/outbox"
)

const (
	latestNotSent = 20
	lately        = 7 * 24 * time.Hour // so long a post that failed makes its channel one that fails
	planningSlack = 3 * time.Minute    // planning is rung each minute
)

// status reads the store.
func (p *panel) status(ctx context.Context, o order) (r report, err error) {
	now := time.Now()
	r.Running = p.running
	if r.Watermark, err = p.store.Watermark(ctx); err != nil {
		return r, err
	}
	r.Behind = r.Running && now.Sub(r.Watermark) > planningSlack
	if r.Paused, err = p.pauses(ctx, o); err != nil {
		return r, err
	}
	counts, err := p.store.Counts(ctx)
	if err != nil {
		return r, err
	}
	r.channels(p.in, counts, now)
	if err := p.survey(ctx, &r, now); err != nil {
		return r, err
	}
	for i := range r.Channels {
		r.Channels[i].judge(r.Paused)
	}
	for post := range p.in.planner.Due(now, now.AddDate(0, 0, 14)) {
		if r.Next = append(r.Next, p.in.planned(post)); len(r.Next) == 5 {
			break
		}
	}
	if p.alerts != nil {
		r.Alerts = p.alerts()
	}
	r.Store.Path = p.store.Path()
	if r.Store.Bytes, err = size(r.Store.Path); err != nil {
		return r, err
	}
	if r.Backup, err = newestBackup(r.Store.Path); err != nil { // no reason to say nothing of the posts
		r.Backups = err.Error()
	}
	return r, nil
}

// channels lists those of the configuration, then others that the ledger still knows.
func (r *report) channels(in *installation, counts []outbox.Count, now time.Time) {
	next := in.nextPosts(now)
	for _, c := range in.all {
		r.Channels = append(r.Channels, channelReport{Channel: c.ID, Office: c.Office, States: map[outbox.State]int{}, Next: next[c.ID]})
	}
	for _, c := range counts {
		r.channel(c.Channel).States[c.State] = c.N
	}
}

// channel finds a channel, or adds one that the configuration no longer has.
func (r *report) channel(id string) *channelReport {
	for i := range r.Channels {
		if r.Channels[i].Channel == id {
			return &r.Channels[i]
		}
	}
	r.Channels = append(r.Channels, channelReport{Channel: id, States: map[outbox.State]int{}})
	return &r.Channels[len(r.Channels)-1]
}

// nextPosts gives the local time of each channel's next post within a month.
func (in *installation) nextPosts(now time.Time) map[string]string {
	next := map[string]string{}
	for p := range in.planner.Due(now, now.AddDate(0, 1, 0)) {
		if _, ok := next[p.Channel]; !ok {
			next[p.Channel] = p.At.Format("Mon 2006-01-02 15:04 MST")
		}
		if len(next) == len(in.all) {
			break
		}
	}
	return next
}

// survey looks at every post that was not sent.
func (p *panel) survey(ctx context.Context, r *report, now time.Time) error {
	pauses, err := p.outbox.Pauses(ctx)
	if err != nil {
		return err
	}
	var states []outbox.State
	for _, s := range outbox.States() {
		if s != outbox.Sent {
			states = append(states, s)
		}
	}
	var newest []outbox.Delivery
	for d, err := range p.store.Deliveries(ctx, outbox.Filter{States: states}) {
		if err != nil {
			return err
		}
		c := r.channel(d.Post.Channel)
		if p.late(d, pauses, now) {
			c.Late++
		}
		switch d.State {
		case outbox.Failed, outbox.Uncertain, outbox.Retry:
			c.failed = c.failed || d.State == outbox.Failed && now.Sub(d.Updated) < lately
			if d.Reason != "" && (c.Error == nil || d.Updated.After(c.Error.At)) {
				c.Error = &lastError{d.Updated.UTC(), d.State, d.Reason}
			}
			newest = insertNewest(newest, d, latestNotSent)
		case outbox.Missed, outbox.Skipped:
			newest = insertNewest(newest, d, latestNotSent)
		}
	}
	r.NotSent = names(newest, func(d outbox.Delivery) notSent { return notSent{d.Post.ID, d.State, d.Reason} })
	return nil
}

// late tells whether a post should have gone out by now and nothing that staff decided holds it.
func (p *panel) late(d outbox.Delivery, pauses []outbox.Pause, now time.Time) bool {
	since := d.Post.At
	switch {
	case d.State.Ended():
		return false
	case d.Asked.After(since):
		since = d.Asked
	}
	if d.State == outbox.Planned { // quiet hours have moved it
		since = d.Due
	}
	if now.Sub(since) <= outbox.OnTime {
		return false
	}
	_, held := p.in.planner.Hold(d.Post, now)
	return held == "" && !slices.ContainsFunc(pauses, func(pause outbox.Pause) bool { return pause.Holds(d) })
}

// judge says in words how a channel is.
func (c *channelReport) judge(pauses []pauseLine) {
	for _, p := range pauses {
		if p.Scope == outbox.ScopeAll || p.Scope == outbox.ScopeOffice && p.ID == c.Office || p.Scope == outbox.ScopeChannel && p.ID == c.Channel {
			c.Health = append(c.Health, healthPaused)
			break
		}
	}
	for _, h := range []struct {
		is   bool
		word string
	}{{c.Late > 0, healthLate}, {c.States[outbox.Uncertain] > 0, healthUncertain}, {c.failed, healthFailed}} {
		if h.is {
			c.Health = append(c.Health, h.word)
		}
	}
	if len(c.Health) == 0 {
		c.Health = []string{healthOK}
	}
}

// insertNewest keeps at most n deliveries, the last changed first.
func insertNewest(list []outbox.Delivery, d outbox.Delivery, n int) []outbox.Delivery {
	i := len(list)
	for i > 0 && list[i-1].Updated.Before(d.Updated) {
		i--
	}
	if i >= n {
		return list
	}
	list = append(list, outbox.Delivery{})
	copy(list[i+1:], list[i:])
	list[i] = d
	return list[:min(len(list), n)]
}
