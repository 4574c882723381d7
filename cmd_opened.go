package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"beaware/outbox"
	"beaware/state"
)

const (
	// fewest is the least number of openings on a day that is shown.
	fewest = 10
	// openedDays is how far back the list goes unless told otherwise.
	openedDays = 30
	// settled is how long after its end a day is complete: what is counted is written once a minute.
	settled = 5 * time.Minute
)

type openedCommand struct {
	Campaign string `placeholder:"ID" help:"Only this campaign."`
	Office   string `placeholder:"ID" help:"Only this office."`
	Channel  string `placeholder:"ID" help:"Only this channel."`
	Language string `placeholder:"TAG" help:"Only posts planned in this language."`
	From     string `placeholder:"DATE" help:"Openings of this day (UTC) or later; 30 days unless told otherwise."`
	To       string `placeholder:"DATE" help:"Openings before this day."`
	JSON     bool   `help:"A JSON array."`
}

func (openedCommand) Help() string {
	return `Lists how often the button of each post was opened, by day, so that offices see which posts lead people to help. Days are UTC.
It counts openings, not people: nobody knows who opened a post, in which language or at what time, and who taps twice counts
twice. A post is counted for 60 days after it was sent, and its totals are kept for 400 days.

Fewer than 10 openings on a day are shown as "<10", and so are none, so that no line tells of one person. Today is not shown
before it is over, so that nobody can watch a number grow. The sum is one of the numbers that are shown, rounded down.

  beaware opened --campaign world-day --office ba
  beaware opened --from 2027-07-17 --to 2027-07-31 --json`
}

// openedRow is one day of a post in `opened --json`, or all its days that are not shown by themselves.
type openedRow struct {
	Post     string  `json:"post"`
	Code     string  `json:"code"`
	Office   string  `json:"office"`
	Channel  string  `json:"channel"`
	Campaign string  `json:"campaign"`
	Message  string  `json:"message"`
	Language string  `json:"language"`        // planned in
	Sent     string  `json:"sent"`            // UTC, RFC 3339
	Day      *string `json:"day"`             // UTC, 2027-07-17; null: each other day of the range
	Opened   *int    `json:"opened"`          // null: under so many
	Under    int     `json:"under,omitempty"` // 10
}

var openedTask = task[[]openedRow]{name: "opened", do: (*panel).opened}

func (c openedCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	f := filter{Campaign: c.Campaign, Office: c.Office, Channel: c.Channel, Language: c.Language, From: c.From, To: c.To}
	list, err := ask(ctx, in, openedTask, order{Filter: f})
	if err != nil || c.JSON {
		return orJSON(t, list, err)
	}
	return writeOpened(t, list)
}

// opened lists the days of the posts that match.
func (p *panel) opened(ctx context.Context, o order) ([]openedRow, error) {
	from, to, err := openedSpan(o.Filter, time.Now())
	if err != nil {
		return nil, err
	}
	f := o.Filter
	f.From, f.To = "", "" // days of openings, not of posts
	c, err := p.choice(ctx, f)
	if err != nil {
		return nil, err
	}
	totals, err := p.store.Opened(ctx, from, to)
	if err != nil {
		return nil, err
	}
	var posts []outbox.Delivery
	for d, err := range p.store.Published(ctx, from.AddDate(0, 0, -state.CountedDays), to) {
		if err != nil {
			return nil, err
		}
		posts = append(posts, d)
	}
	return openedRows(posts, totals, from, to, c.match), nil
}

// openedSpan gives the days, from <= day < to. The last one is over.
func openedSpan(f filter, now time.Time) (from, to time.Time, err error) {
	over := midnight(now.UTC().Add(-settled))
	if to, err = day("--to", f.To, over); err != nil {
		return from, to, err
	}
	if from, err = day("--from", f.From, to.AddDate(0, 0, -openedDays)); err != nil {
		return from, to, err
	}
	if !to.After(from) && f.To != "" {
		return from, to, fmt.Errorf("%w: --to %s is not after --from %s", errUsage, f.To, f.From)
	}
	if to.After(over) {
		to = over
	}
	return from, to, nil
}

// openedRows puts totals to posts. Which days stand apart depends on the numbers that are shown only: a day with nine openings, one
// with none and one before anything was counted look the same. Codes are short, so two posts may have the same; a total is
// then that of the newer one which was sent by that day.
func openedRows(posts []outbox.Delivery, totals []state.Opened, from, to time.Time, match func(outbox.Delivery) bool) (rows []openedRow) {
	slices.SortFunc(posts, func(a, b outbox.Delivery) int {
		return cmp.Or(b.Updated.Compare(a.Updated), strings.Compare(a.Post.ID, b.Post.ID))
	})
	byCode := map[string][]int{} // of posts, the newest first
	for i, d := range posts {
		code := outbox.Code(d.Post.ID)
		byCode[code] = append(byCode[code], i)
	}
	shown := map[int][]openedRow{}
	for _, o := range totals {
		for _, i := range byCode[o.Code] {
			if !midnight(posts[i].Updated.UTC()).After(o.Day) {
				if o.N >= fewest {
					r, text, n := openedOf(posts[i]), o.Day.Format(time.DateOnly), o.N
					r.Day, r.Opened = &text, &n
					shown[i] = append(shown[i], r)
				}
				break
			}
		}
	}
	for i, d := range posts {
		days := countedDays(d, from, to)
		if days <= 0 || !match(d) {
			continue
		}
		rows = append(rows, shown[i]...)
		if days > len(shown[i]) {
			r := openedOf(d)
			r.Under = fewest
			rows = append(rows, r)
		}
	}
	return rows
}

// countedDays is on how many days of a span a post's button was counted.
func countedDays(d outbox.Delivery, from, to time.Time) int {
	first := midnight(d.Updated.UTC())
	if last := first.AddDate(0, 0, state.CountedDays+1); last.Before(to) {
		to = last
	}
	if first.After(from) {
		from = first
	}
	return int(to.Sub(from) / (24 * time.Hour))
}

func openedOf(d outbox.Delivery) openedRow {
	p := d.Post
	return openedRow{Post: p.ID, Code: outbox.Code(p.ID), Office: p.Office, Channel: p.Channel, Campaign: p.Campaign, Message: p.Message,
		Language: p.Language, Sent: d.Updated.UTC().Format(time.RFC3339)}
}

func writeOpened(t terminal, list []openedRow) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(t.out, "No post was counted on these days. A day is shown when it is over (UTC).")
		return err
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DAY (UTC)\tOPENED\tLANGUAGE\tPOST")
	sum := 0
	for i, r := range list {
		day, n := "each day", "<"+strconv.Itoa(r.Under)
		if i > 0 && list[i-1].Post == r.Post {
			day = "each other day"
		}
		if r.Day != nil && r.Opened != nil {
			day, n, sum = *r.Day, strconv.Itoa(*r.Opened), sum+*r.Opened
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", day, n, r.Language, r.Post)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(t.out, "At least %d openings on the days that have a number. Days with <%d are not in it.\n", sum-sum%fewest, fewest)
	return err
}
