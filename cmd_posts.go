package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"beaware/outbox"
)

// filterFlags choose posts of the ledger on a command line.
type filterFlags struct {
	State    []string `placeholder:"STATE" help:"Only posts in this state; several with commas, as failed,missed."`
	Campaign string   `placeholder:"ID" help:"Only this campaign."`
	Office   string   `placeholder:"ID" help:"Only this office."`
	Channel  string   `placeholder:"ID" help:"Only this channel."`
	Language string   `placeholder:"TAG" help:"Only posts planned in this language."`
	From     string   `placeholder:"DATE" help:"Only posts planned for this day or later, as 2027-07-16, by the offices' own days."`
	To       string   `placeholder:"DATE" help:"Only posts planned before this day."`
}

func (f filterFlags) filter() filter {
	states := names(f.State, func(s string) outbox.State { return outbox.State(strings.TrimSpace(s)) })
	return filter{States: states, Campaign: f.Campaign, Office: f.Office, Channel: f.Channel, Language: f.Language, From: f.From, To: f.To}
}

type postsCommand struct {
	filterFlags
	ID    string `placeholder:"ID" help:"Only the posts whose ids begin so."`
	Limit int    `default:"100" placeholder:"N" help:"At most so many, the newest first; 10000 are the most."`
	JSON  bool   `help:"A JSON array."`
}

func (postsCommand) Help() string {
	return `Lists the posts that the ledger knows: everything that has become due, with what became of it and why. What is yet to
come is in beaware plan. States: planned, claimed, sending, retry, sent, uncertain, failed, missed, skipped, cancelled.

  beaware posts --state failed,uncertain
  beaware posts --campaign world-day --office ba --from 2027-07-17 --to 2027-07-18 --json`
}

const longestList = 10000

func within(limit int) error {
	if limit < 1 || limit > longestList {
		return fmt.Errorf("%w: --limit %d must be from 1 to %d", errUsage, limit, longestList)
	}
	return nil
}

// postRow is one post in `posts --json`.
type postRow struct {
	ID        string       `json:"id"`
	State     outbox.State `json:"state"`
	Reason    string       `json:"reason"`
	Attempts  int          `json:"attempts"`
	MaybeSent bool         `json:"maybe_sent"` // the platform may show it although nobody knows
	Office    string       `json:"office"`
	Channel   string       `json:"channel"`
	Campaign  string       `json:"campaign"`
	Entry     string       `json:"entry"`
	Message   string       `json:"message"`
	Language  string       `json:"language"` // asked for
	Served    string       `json:"served"`   // shown; "" before it was rendered
	Local     string       `json:"local"`    // planned for; RFC 3339 in the office's zone
	Zone      string       `json:"zone"`     // IANA
	UTC       string       `json:"utc"`
	Due       string       `json:"due,omitempty"` // UTC; while it waits, when it is tried next
	URL       string       `json:"url"`
	Updated   string       `json:"updated"` // UTC; when it came into its state
}

// postList is what `posts` shows: at most so many of all that match.
type postList struct {
	Posts []postRow `json:"posts"`
	All   int       `json:"all"`
}

var postsTask = task[postList]{name: "posts", do: (*panel).posts}

func (c postsCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	f := c.filter()
	f.Prefix = c.ID
	list, err := ask(ctx, in, postsTask, order{Filter: f, Limit: c.Limit})
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(t, list.Posts)
	}
	return list.write(t)
}

// posts lists the newest posts that match. It keeps few of a long ledger in memory.
func (p *panel) posts(ctx context.Context, o order) (list postList, err error) {
	if err := within(o.Limit); err != nil {
		return list, err
	}
	c, err := p.choice(ctx, o.Filter)
	if err != nil {
		return list, err
	}
	var found []outbox.Delivery
	newest := func() {
		slices.SortFunc(found, newerFirst)
		found = found[:min(len(found), o.Limit)]
	}
	for row, err := range p.store.Deliveries(ctx, c.Filter) {
		if err != nil {
			return list, err
		}
		if !c.match(row) {
			continue
		}
		list.All++
		if found = append(found, row); len(found) >= 2*o.Limit+100 {
			newest()
		}
	}
	newest()
	list.Posts = names(found, rowOf)
	return list, nil
}

func newerFirst(a, b outbox.Delivery) int {
	if n := b.Post.At.Compare(a.Post.At); n != 0 {
		return n
	}
	return strings.Compare(a.Post.ID, b.Post.ID)
}

func rowOf(d outbox.Delivery) postRow {
	p := d.Post
	r := postRow{ID: p.ID, State: d.State, Reason: d.Reason, Attempts: d.Attempts, MaybeSent: d.MaybeSent, Office: p.Office, Channel: p.Channel,
		Campaign: p.Campaign, Entry: p.Entry, Message: p.Message, Language: p.Language, Served: d.Served,
		Local: p.At.Format(time.RFC3339), Zone: p.At.Location().String(), UTC: p.At.UTC().Format(time.RFC3339),
		URL: d.URL, Updated: d.Updated.UTC().Format(time.RFC3339)}
	if d.State.Waiting() {
		r.Due = d.Due.UTC().Format(time.RFC3339)
	}
	return r
}

func (l postList) write(t terminal) error {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	if len(l.Posts) > 0 {
		fmt.Fprintln(w, "LOCAL TIME\tSTATE\tTRIES\tLANGUAGE\tPOST\tREASON OR ADDRESS")
	}
	for _, p := range l.Posts {
		shown := p.Language
		if p.Served != "" && p.Served != p.Language {
			shown += " (shown in " + p.Served + ")"
		}
		what := p.Reason
		if what == "" {
			what = p.URL
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\n", p.local(), p.State, p.Attempts, shown, p.ID, what)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(t.out, "%s.\n", l.count())
	return err
}

// local shows the moment with the name of its zone's time.
func (p postRow) local() string {
	t, err := time.Parse(time.RFC3339, p.Local)
	if err != nil {
		return p.Local
	}
	if zone, err := time.LoadLocation(p.Zone); err == nil {
		t = t.In(zone)
	}
	return t.Format("2006-01-02 15:04 MST")
}

func (l postList) count() string {
	if l.All > len(l.Posts) {
		return fmt.Sprintf("%d of %d posts, the newest; --limit shows more", len(l.Posts), l.All)
	}
	return posts(l.All)
}

func posts(n int) string {
	if n == 1 {
		return "1 post"
	}
	return fmt.Sprintf("%d posts", n)
}

// writeJSON writes a list; an empty one is [].
func writeJSON[A any](t terminal, list []A) error {
	if list == nil {
		list = []A{}
	}
	e := json.NewEncoder(t.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(list)
}
