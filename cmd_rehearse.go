package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/channel"
	"beaware/channel/feed"
	"beaware/outbox"
	"beaware/state"
)

type rehearseCommand struct {
	Campaign string `arg:"" placeholder:"CAMPAIGN" help:"Which campaign to play."`
	Year     int    `placeholder:"YEAR" help:"The window of this year; without it the next one."`
	Out      string `placeholder:"FOLDER" default:"rehearsal" help:"Where to leave pages and feeds."`
}

func (rehearseCommand) Help() string {
	return `Plays a whole window in seconds: the same planner, ledger and texts as in earnest, with a clock of its own, on a scratch
store. Every channel becomes a web feed, so nothing leaves this computer. Afterwards the folder holds the pages and feeds as
readers would find them on the last day.

  beaware rehearse world-day
  beaware rehearse world-day --year 2028 --out /tmp/look`
}

func (c rehearseCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
	one, ok := in.catalog.Campaign(c.Campaign)
	if !ok {
		return unknown("campaign", c.Campaign, in.campaignIDs())
	}
	planner, _ := campaign.New(only(in.catalog, one), in.offices, in.all)
	from, to, err := c.window(in, planner, time.Now())
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	scratch, err := os.MkdirTemp("", "beaware-rehearsal-")
	if err != nil {
		return fmt.Errorf("make a scratch store: %w", err)
	}
	defer os.RemoveAll(scratch)
	store, err := state.Open(filepath.Join(scratch, "rehearsal.db"), state.Options{Scratch: true})
	if err != nil {
		return err
	}
	defer store.Close()
	r := &rehearsal{in: in, planner: planner, store: store, t: t}
	if err := r.play(ctx, from, to); err != nil {
		return err
	}
	dir := filepath.Join(c.Out, fmt.Sprintf("%s-%d", c.Campaign, from.AddDate(0, 0, 1).Year()))
	if err := r.leave(ctx, dir, to); err != nil {
		return err
	}
	return r.summary(ctx, dir)
}

// only gives a catalog with a single campaign.
func only(cat *catalog.Catalog, c *catalog.Campaign) *catalog.Catalog {
	one := *cat
	one.Campaigns = []*catalog.Campaign{c}
	return &one
}

// window spans the campaign's windows of all offices.
func (c rehearseCommand) window(in *installation, p *campaign.Planner, now time.Time) (from, to time.Time, err error) {
	if c.Year != 0 {
		if c.Year < 1971 || c.Year > 2900 {
			return from, to, fmt.Errorf("%w: --year %d is not a year that can be played", errUsage, c.Year)
		}
		now = time.Date(c.Year, 1, 1, 12, 0, 0, 0, time.UTC)
	}
	for _, o := range in.offices {
		start, end, ok := p.Window(c.Campaign, o.ID, now)
		if !ok || c.Year != 0 && start.Year() > c.Year {
			continue
		}
		if from.IsZero() || start.Before(from) {
			from = start
		}
		if end.After(to) {
			to = end
		}
	}
	if from.IsZero() {
		return from, to, fmt.Errorf("%w: %s has no window then", errUsage, c.Campaign)
	}
	return from, to, nil
}

// rehearsal is one window being played.
type rehearsal struct {
	in      *installation
	planner *campaign.Planner
	store   *state.Store
	t       terminal
	now     time.Time
}

// play sets the clock to each planned moment in turn and sends what is due then.
func (r *rehearsal) play(ctx context.Context, from, to time.Time) error {
	channels := map[string]channel.Channel{}
	for _, c := range r.in.all {
		channels[c.ID] = feed.New(c.ID, r.in.config.Web.PublicURL, r.store, func() time.Time { return r.now })
	}
	total := 0
	for range r.planner.Due(from, to) {
		total++
	}
	r.now = from.Add(-time.Second)
	o := outbox.New(outbox.Config{Planner: r.planner, Store: r.store, Channels: channels, Composer: r.in.press(),
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return r.now }})
	if err := o.Tick(ctx); err != nil { // an installation that was there before the window began
		return err
	}
	done := 0
	for p := range r.planner.Due(from, to) {
		done++
		if at := p.At.Add(time.Second); at.After(r.now) {
			r.now = at
			if err := o.Tick(ctx); err != nil {
				return err
			}
			if err := o.Drain(ctx, r.now); err != nil {
				return err
			}
			r.progress(done, total, p)
		}
	}
	r.now = to
	if total > 0 {
		fmt.Fprintf(r.t.err, "\r%s\r", strings.Repeat(" ", 78))
	}
	return ctx.Err()
}

// progress redraws one line on the error stream, so that the output stays clean.
func (r *rehearsal) progress(done, total int, p campaign.Post) {
	const width = 30
	n := done * width / total
	fmt.Fprintf(r.t.err, "\r[%s%s] %d/%d  %s %-6s", strings.Repeat("#", n), strings.Repeat(".", width-n), done, total,
		p.At.Format("2006-01-02 15:04"), p.Office)
}

// summary says what became of every planned post.
func (r *rehearsal) summary(ctx context.Context, dir string) error {
	counts, err := r.store.Counts(ctx)
	if err != nil {
		return err
	}
	states, total := map[outbox.State]int{}, 0
	for _, c := range counts {
		states[c.State] += c.N
		total += c.N
	}
	var parts []string
	for s, n := range states {
		parts = append(parts, fmt.Sprintf("%d %s", n, s))
	}
	sort.Strings(parts)
	fmt.Fprintf(r.t.out, "%d posts on %d channels: %s.\n", total, len(r.in.all), strings.Join(parts, ", "))
	fallbacks := 0
	for d, err := range r.store.Deliveries(ctx, outbox.Filter{}) {
		if err != nil {
			return err
		}
		if d.State == outbox.Sent && d.Served != d.Post.Language {
			fallbacks++
		}
		if d.State != outbox.Sent {
			fmt.Fprintf(r.t.out, "  %-9s %s: %s\n", d.State, d.Post.ID, d.Reason)
		}
	}
	if fallbacks > 0 {
		fmt.Fprintf(r.t.out, "%d of them were shown in another language than planned, because the text is missing.\n", fallbacks)
	}
	fmt.Fprintf(r.t.out, "Look at %s\n", filepath.Join(dir, "index.html"))
	return nil
}
