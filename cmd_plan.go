package main

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"text/tabwriter"
	"time"

	"beaware/campaign"
	"beaware/catalog"
)

type planCommand struct {
	From     string `placeholder:"DATE" help:"First day, as 2027-07-16; without it today."`
	To       string `placeholder:"DATE" help:"Day after the last, as 2027-07-31; without it two weeks after the first."`
	Campaign string `placeholder:"ID" help:"Only this campaign; without dates, its next window."`
	Office   string `placeholder:"ID" help:"Only this office."`
	Channel  string `placeholder:"ID" help:"Only this channel."`
	Language string `placeholder:"TAG" help:"Only posts in this language."`
	Changes  bool   `help:"What the content on the disk would change in the plan of the running program, or of the last one."`
	JSON     bool   `xor:"form" help:"A JSON array."`
	ICS      bool   `xor:"form" help:"An iCalendar file."`
}

func (planCommand) Help() string {
	return `Lists the posts to come: local time of the office, UTC, channel, message, the language asked for and, where
a text is missing, the language that will be shown instead. Days are the offices' own local days.

  beaware plan --campaign world-day
  beaware plan --campaign world-day --from 2027-07-16 --to 2027-07-31 --json

With --changes it compares the next 30 days with what the program planned when it started: posts that the content of now adds or
no longer has, that it moves to another time, or gives another message.

  beaware plan --changes`
}

func (c planCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
	if c.Changes {
		return c.changes(in, t)
	}
	return c.list(in, t)
}

// list writes the plan in the form that is wanted.
func (c planCommand) list(in *installation, t terminal) error {
	if err := c.known(in); err != nil {
		return err
	}
	from, to, err := c.span(in, time.Now())
	if err != nil {
		return err
	}
	posts := c.posts(in, from, to)
	switch {
	case c.JSON:
		return planJSON(t, in, posts)
	case c.ICS:
		return campaign.WriteICS(t.out, posts, func(p campaign.Post) string { return in.title(p) }, time.Now())
	}
	return planTable(t, in, posts)
}

// known refuses names that stand nowhere, instead of showing an empty plan.
func (c planCommand) known(in *installation) error {
	if c.Campaign != "" {
		if _, ok := in.catalog.Campaign(c.Campaign); !ok {
			return unknown("campaign", c.Campaign, in.campaignIDs())
		}
	}
	if c.Office != "" {
		if _, ok := in.office(c.Office); !ok {
			return unknown("office", c.Office, in.officeIDs())
		}
	}
	if c.Channel != "" && !slices.Contains(in.channelIDs(), c.Channel) {
		return unknown("channel", c.Channel, in.channelIDs())
	}
	if _, ok := in.catalog.Language(c.Language); c.Language != "" && !ok {
		return unknown("language", c.Language, in.languageTags())
	}
	return nil
}

// span turns local days into instants wide enough for every zone; posts outside the local days are dropped later.
func (c planCommand) span(in *installation, now time.Time) (from, to time.Time, err error) {
	from, err = day("--from", c.From, midnight(now))
	if err != nil {
		return from, to, err
	}
	if c.From == "" && c.Campaign != "" {
		from = in.nextWindow(c.Campaign, from)
	}
	to, err = day("--to", c.To, from.AddDate(0, 0, 14))
	if err == nil && !to.After(from) {
		err = fmt.Errorf("%w: --to %s is not after --from %s", errUsage, to.Format(time.DateOnly), from.Format(time.DateOnly))
	}
	return from, to, err
}

// nextWindow gives the first local day of the campaign's window that is open or comes next, at any office.
func (in *installation) nextWindow(id string, from time.Time) time.Time {
	var first time.Time
	for _, o := range in.offices {
		start, _, ok := in.planner.Window(id, o.ID, from)
		if !ok {
			continue
		}
		if local := midnight(start); first.IsZero() || local.Before(first) {
			first = local
		}
	}
	if first.Before(from) {
		return from
	}
	return first
}

// midnight gives the date of t, as a UTC time that stands for that day in every zone.
func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func day(flag, value string, otherwise time.Time) (time.Time, error) {
	if value == "" {
		return otherwise, nil
	}
	t, err := time.Parse(time.DateOnly, value)
	if err != nil {
		return t, fmt.Errorf("%w: %s %q is not a day; write it as 2027-07-16", errUsage, flag, value)
	}
	return t, nil
}

// posts streams the plan for local days from <= day < to.
func (c planCommand) posts(in *installation, from, to time.Time) iter.Seq[campaign.Post] {
	return func(yield func(campaign.Post) bool) {
		for p := range in.planner.Due(from.Add(-widest), to.Add(widest)) {
			local := midnight(p.At)
			if local.Before(from) || !local.Before(to) || !c.wants(p) {
				continue
			}
			if !yield(p) {
				return
			}
		}
	}
}

func (c planCommand) wants(p campaign.Post) bool {
	return (c.Campaign == "" || p.Campaign == c.Campaign) && (c.Office == "" || p.Office == c.Office) &&
		(c.Channel == "" || p.Channel == c.Channel) && (c.Language == "" || p.Language == c.Language)
}

// planned is one post in `plan --json`.
type planned struct {
	ID       string `json:"id"`
	Office   string `json:"office"`
	Channel  string `json:"channel"`
	Campaign string `json:"campaign"`
	Entry    string `json:"entry"`
	Message  string `json:"message"`
	Language string `json:"language"` // asked for
	Served   string `json:"served"`   // shown; another language where the text is missing
	State    string `json:"state"`    // of the text: draft, stale, reviewed
	Local    string `json:"local"`    // RFC 3339 in the office's zone
	Zone     string `json:"zone"`     // IANA
	UTC      string `json:"utc"`      // RFC 3339
}

func (in *installation) planned(p campaign.Post) planned {
	text, err := in.catalog.Post(p.Campaign, p.Message, p.Language, in.country(p.Office))
	out := planned{ID: p.ID, Office: p.Office, Channel: p.Channel, Campaign: p.Campaign, Entry: p.Entry, Message: p.Message,
		Language: p.Language, Served: text.Served, State: text.State.String(),
		Local: p.At.Format(time.RFC3339), Zone: p.At.Location().String(), UTC: p.At.UTC().Format(time.RFC3339)}
	if err != nil {
		out.State = catalog.Missing.String()
	}
	return out
}

// planJSON writes the array as a stream: a plan may be long.
func planJSON(t terminal, in *installation, posts iter.Seq[campaign.Post]) error {
	sep := "[\n  "
	for p := range posts {
		row, err := json.Marshal(in.planned(p))
		if err != nil {
			return fmt.Errorf("write the plan: %w", err)
		}
		if _, err := fmt.Fprintf(t.out, "%s%s", sep, row); err != nil {
			return fmt.Errorf("write the plan: %w", err)
		}
		sep = ",\n  "
	}
	if sep == "[\n  " {
		fmt.Fprint(t.out, "[")
	}
	_, err := fmt.Fprintln(t.out, "\n]")
	return err
}

func planTable(t terminal, in *installation, posts iter.Seq[campaign.Post]) error {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	n := 0
	for p := range posts {
		if n == 0 {
			fmt.Fprintln(w, "LOCAL TIME\tUTC\tOFFICE\tCHANNEL\tCAMPAIGN\tMESSAGE\tLANGUAGE\tTEXT")
		}
		n++
		row := in.planned(p)
		shown := row.Language
		if row.Served != row.Language {
			shown += " (shown in " + row.Served + ")"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.At.Format("2006-01-02 15:04 MST"), p.At.UTC().Format("01-02 15:04"),
			p.Office, p.Channel, p.Campaign, p.Message, shown, row.State)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(t.out, "%d posts.\n", n)
	return err
}

func (in *installation) title(p campaign.Post) string {
	text, err := in.catalog.Post(p.Campaign, p.Message, p.Language, in.country(p.Office))
	if err != nil {
		return p.Message
	}
	return p.Channel + " (" + p.Language + "): " + text.Title
}
