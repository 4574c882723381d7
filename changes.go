package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"beaware/campaign"
)

// keptDays is how far a kept plan reaches.
const keptDays = 30

// keptPlan is what the running program is going to publish, as it is kept in the store at its start and each day, so that
// it can be compared with the content that stands on the disk now.
type keptPlan struct {
	From  time.Time  `json:"from"`
	To    time.Time  `json:"to"`
	Posts []keptPost `json:"posts"`
}

// keptPost has what its id does not say.
type keptPost struct {
	ID      string    `json:"id"`
	Office  string    `json:"o"`
	Message string    `json:"m"`
	At      time.Time `json:"at"` // with the offset of that day
}

func (in *installation) plan(from time.Time) keptPlan {
	p := keptPlan{From: from.UTC(), To: from.UTC().AddDate(0, 0, keptDays)}
	for post := range in.planner.Due(p.From, p.To) {
		p.Posts = append(p.Posts, keptPost{post.ID, post.Office, post.Message, post.At})
	}
	return p
}

// keepPlan keeps the plan now and each day, so that it always reaches some weeks ahead.
func (d *daemon) keepPlan(ctx context.Context) {
	daily := time.NewTicker(24 * time.Hour)
	defer daily.Stop()
	for {
		text, err := json.Marshal(d.in.plan(time.Now()))
		if err == nil {
			err = d.store.SavePlan(ctx, text)
		}
		if err != nil && ctx.Err() == nil {
			d.log.Warn("cannot keep the plan; beaware plan --changes shows an older one", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-daily.C:
		}
	}
}

var planTask = task[keptPlan]{name: "plan", do: (*panel).plan}

func (p *panel) plan(ctx context.Context, _ order) (kept keptPlan, err error) {
	text, err := p.store.Plan(ctx)
	if err != nil {
		return kept, err
	}
	if text == nil {
		return kept, errors.New("no plan is kept yet: beaware run keeps it when it starts")
	}
	if err := json.Unmarshal(text, &kept); err != nil {
		return kept, fmt.Errorf("read the kept plan: %w", err)
	}
	return kept, nil
}

// Kinds of changes.
const (
	postAdded = "added"
	postGone  = "gone"
	postMoved = "moved"   // to another time
	postOther = "message" // at the same time with another message
)

// change is one post in `plan --changes --json`.
type change struct {
	Change   string `json:"change"` // added, gone, moved, message
	ID       string `json:"id"`
	Office   string `json:"office"`
	Channel  string `json:"channel"`
	Campaign string `json:"campaign"`
	Entry    string `json:"entry"`
	Message  string `json:"message"`
	Language string `json:"language"`
	Local    string `json:"local"`         // RFC 3339 with the office's offset
	UTC      string `json:"utc"`           // RFC 3339
	Was      string `json:"was,omitempty"` // the local time before, or the message before

	at time.Time
}

func changed(kind string, p keptPost, was string) change {
	parts := append(strings.Split(p.ID, "/"), "", "", "", "", "") // campaign/entry/time/channel/language
	return change{Change: kind, ID: p.ID, Office: p.Office, Campaign: parts[0], Entry: parts[1], Channel: parts[3], Language: parts[4],
		Message: p.Message, Local: p.At.Format(time.RFC3339), UTC: p.At.UTC().Format(time.RFC3339), Was: was, at: p.At}
}

// difference compares two plans of one span. A message that goes and comes at another time in the same series has moved.
func difference(before, after []keptPost) (changes []change) {
	old := map[string]keptPost{}
	for _, p := range before {
		old[p.ID] = p
	}
	added := map[string][]keptPost{} // by series and message, in the order of time
	for _, p := range after {
		was, known := old[p.ID]
		delete(old, p.ID)
		switch {
		case !known:
			added[p.series()] = append(added[p.series()], p)
		case was.Message != p.Message:
			changes = append(changes, changed(postOther, p, was.Message))
		}
	}
	for _, p := range before {
		if _, gone := old[p.ID]; !gone {
			continue
		}
		if to := added[p.series()]; len(to) > 0 {
			changes = append(changes, changed(postMoved, to[0], p.At.Format(time.RFC3339)))
			added[p.series()] = to[1:]
		} else {
			changes = append(changes, changed(postGone, p, ""))
		}
	}
	for _, list := range added {
		for _, p := range list {
			changes = append(changes, changed(postAdded, p, ""))
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.ID, b.ID)) })
	return changes
}

// series is what a post belongs to, with its message.
func (p keptPost) series() string {
	parts := strings.Split(p.ID, "/")
	if len(parts) == 5 {
		parts[2] = p.Message
	}
	return strings.Join(parts, "/")
}

// changes shows what the content on the disk would change in the plan that the program keeps.
func (c planCommand) changes(in *installation, t terminal) error {
	if c.ICS || c.From != "" || c.To != "" {
		return fmt.Errorf("%w: --changes shows the next %d days, as a table or with --json", errUsage, keptDays)
	}
	if err := c.known(in); err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	kept, err := ask(ctx, in, planTask, order{})
	if err != nil {
		return err
	}
	now := time.Now()
	var before, after []keptPost
	for _, p := range kept.Posts {
		if !p.At.Before(now) {
			before = append(before, p)
		}
	}
	for p := range in.planner.Due(now, kept.To) {
		after = append(after, keptPost{p.ID, p.Office, p.Message, p.At})
	}
	changes := slices.DeleteFunc(difference(before, after), func(x change) bool {
		return !c.wants(campaign.Post{Campaign: x.Campaign, Office: x.Office, Channel: x.Channel, Language: x.Language})
	})
	if c.JSON {
		return writeJSON(t, changes)
	}
	return writeChanges(t, changes, kept)
}

func writeChanges(t terminal, changes []change, kept keptPlan) error {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	if len(changes) > 0 {
		fmt.Fprintln(w, "CHANGE\tLOCAL TIME\tOFFICE\tCHANNEL\tCAMPAIGN\tMESSAGE\tLANGUAGE\tBEFORE")
	}
	n := map[string]int{}
	for _, c := range changes {
		n[c.Change]++
		was := c.Was
		if at, err := time.Parse(time.RFC3339, was); err == nil {
			was = at.Format("2006-01-02 15:04")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Change, c.at.Format("2006-01-02 15:04"), c.Office, c.Channel, c.Campaign, c.Message, c.Language, was)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(t.out, "%d added, %d gone, %d moved, %d with another message, against the plan of %s, which reaches to %s.\n",
		n[postAdded], n[postGone], n[postMoved], n[postOther], minute(kept.From), minute(kept.To))
	return err
}
