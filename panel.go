package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"beaware/alert"
	"beaware/outbox"
	"beaware/state"
)

// panel carries out orders on one store.
type panel struct {
	in      *installation
	store   *state.Store
	outbox  *outbox.Outbox
	running bool                     // beside a running outbox
	alerts  func() []alert.SinkState // how the alerts are doing; nil where there are none
	copying sync.Mutex               // one backup at a time
}

// panel makes one for a store that no running program holds. Its outbox sends nothing.
func (in *installation) panel(s *state.Store) *panel {
	return &panel{in: in, store: s, outbox: outbox.New(outbox.Config{Planner: in.planner, Store: s})}
}

const (
	longestName = 64 // runes of a user's name
	longestNote = 200
)

// check refuses what must not get into the audit log. writes says that somebody has to answer for the order.
func (o *order) check(writes bool) error {
	if writes && o.By == "" {
		return fmt.Errorf("%w: an order must say who gives it", errUsage)
	}
	for _, f := range []struct {
		name, text string
		limit      int
	}{{"by", o.By, longestName}, {"note", o.Note, longestNote}, {"scope", o.Scope, longestName}, {"id", o.ID, longestName}, {"file", o.File, 4096}} {
		if len([]rune(f.text)) > f.limit || strings.ContainsFunc(f.text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return fmt.Errorf("%w: %s must be one line of at most %d characters", errUsage, f.name, f.limit)
		}
	}
	o.Note = tokenForm.ReplaceAllString(o.Note, "...")
	return nil
}

// filter chooses posts of the ledger; an empty field lets all through.
type filter struct {
	States   []outbox.State `json:"states,omitempty"`
	Campaign string         `json:"campaign,omitempty"`
	Office   string         `json:"office,omitempty"`
	Channel  string         `json:"channel,omitempty"`
	Language string         `json:"language,omitempty"`
	Post     string         `json:"post,omitempty"`   // exactly this one
	Prefix   string         `json:"prefix,omitempty"` // those whose ids begin so
	From     string         `json:"from,omitempty"`   // 2027-07-16, a day of each office's own
	To       string         `json:"to,omitempty"`     // the day after the last
}

// empty tells whether every post is meant.
func (f filter) empty() bool {
	return len(f.States) == 0 && f.Campaign+f.Office+f.Channel+f.Language+f.Post+f.Prefix+f.From+f.To == ""
}

// choice is a filter whose names are known. What it lets through is a part of what its outbox.Filter does.
type choice struct {
	outbox.Filter
	exact, prefix string
	from, to      time.Time // local days, as UTC midnights; zero where open
}

func (c choice) match(d outbox.Delivery) bool {
	local := midnight(d.Post.At)
	return c.Match(d) && (c.exact == "" || d.Post.ID == c.exact) && strings.HasPrefix(d.Post.ID, c.prefix) &&
		(c.from.IsZero() || !local.Before(c.from)) && (c.to.IsZero() || local.Before(c.to))
}

// choice reads a filter. Names that stand neither in the configuration nor in the ledger are refused.
func (p *panel) choice(ctx context.Context, f filter) (c choice, err error) {
	for _, s := range f.States {
		if !slices.Contains(outbox.States(), s) {
			return c, unknown("state", string(s), names(outbox.States(), func(s outbox.State) string { return string(s) }))
		}
	}
	if err := p.named(ctx, f.Campaign, f.Office, f.Channel, f.Language); err != nil {
		return c, err
	}
	if f.Post != "" && f.Prefix != "" {
		return c, fmt.Errorf("%w: one post or the start of an id, not both", errUsage)
	}
	c = choice{exact: f.Post, prefix: f.Prefix}
	if c.from, err = day("--from", f.From, time.Time{}); err != nil {
		return c, err
	}
	if c.to, err = day("--to", f.To, time.Time{}); err != nil {
		return c, err
	}
	if f.From != "" && f.To != "" && !c.to.After(c.from) {
		return c, fmt.Errorf("%w: --to %s is not after --from %s", errUsage, f.To, f.From)
	}
	c.Filter = outbox.Filter{States: f.States, Campaign: f.Campaign, Office: f.Office, Channel: f.Channel, Language: f.Language, ID: f.Post + f.Prefix}
	if f.From != "" {
		c.From = c.from.Add(-widest)
	}
	if f.To != "" {
		c.To = c.to.Add(widest)
	}
	return c, nil
}

// widest is further from UTC than any zone.
const widest = 15 * time.Hour

// named refuses names that stand nowhere. The ledger may know channels that the configuration no longer has.
func (p *panel) named(ctx context.Context, campaign, office, channel, language string) error {
	in := p.in
	if campaign != "" && !slices.Contains(in.campaignIDs(), campaign) {
		return unknown("campaign", campaign, in.campaignIDs())
	}
	if office != "" && !slices.Contains(in.officeIDs(), office) {
		return unknown("office", office, in.officeIDs())
	}
	if language != "" && !slices.Contains(in.languageTags(), language) {
		return unknown("language", language, in.languageTags())
	}
	if channel == "" || slices.Contains(in.channelIDs(), channel) {
		return nil
	}
	counts, err := p.store.Counts(ctx)
	if err != nil {
		return err
	}
	known := in.channelIDs()
	for _, c := range counts {
		if !slices.Contains(known, c.Channel) {
			known = append(known, c.Channel)
		}
	}
	if !slices.Contains(known, channel) {
		return unknown("channel", channel, known)
	}
	return nil
}
