package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"beaware/outbox"
)

// changeFlags choose the posts that a command changes.
type changeFlags struct {
	Post string `arg:"" optional:"" placeholder:"POST" help:"The post's id, whole, as beaware posts shows it."`
	filterFlags
	Yes bool `help:"Change all posts that the filters let through, instead of saying how many they are."`
}

type retryCommand struct{ changeFlags }

func (retryCommand) Help() string {
	return `Sends posts again that failed, were missed or skipped, or that staff cancelled: now, if their campaign's window is open. A post
of which nobody knows whether it went out is left alone; say with beaware resolve what happened. With filters, it says how many
posts it would send, and sends them with --yes.

  beaware retry world-day/daily/2027-07-17T19:30/ba-feed/bs
  beaware retry --channel ba-telegram --state failed --from 2027-07-17 --yes`
}

type cancelCommand struct{ changeFlags }

func (cancelCommand) Help() string {
	return `Takes posts back that wait: due, paused, or to be tried again. What is yet to come is no post yet: pause it, or take it out of
its campaign. A post that may have reached the platform already becomes uncertain instead. With filters, it says how many posts it
would take back, and does it with --yes.

  beaware cancel world-day/daily/2027-07-17T19:30/ba-feed/bs
  beaware cancel --office ba --state retry --yes`
}

type resolveCommand struct {
	changeFlags
	Published    bool `xor:"what" help:"The platform shows it: it counts as sent."`
	NotPublished bool `xor:"what" help:"The platform does not show it: it is sent again."`
}

func (resolveCommand) Help() string {
	return `Says what became of a post of which the program does not know whether it went out. Look at the channel first. With filters, it
says how many posts it would settle, and settles them with --yes.

  beaware resolve world-day/daily/2027-07-17T19:30/ba-telegram/bs --published
  beaware resolve --channel ba-telegram --not-published --yes`
}

// tally is what a change did, or would do.
type tally struct {
	Matched int      `json:"matched"`
	Changed int      `json:"changed"`
	Posts   []string `json:"posts"` // ids of some that matched
}

var (
	retryTask   = task[tally]{name: "retry", writes: true, do: (*panel).retry}
	cancelTask  = task[tally]{name: "cancel", writes: true, do: (*panel).cancel}
	resolveTask = task[tally]{name: "resolve", writes: true, do: (*panel).resolve}
)

func (c retryCommand) Run(t terminal) error {
	return c.change(t, retryTask, order{}, "sent again", "to be sent again, now or when it is resumed")
}

func (c cancelCommand) Run(t terminal) error {
	return c.change(t, cancelTask, order{}, "cancelled", "cancelled")
}

func (c resolveCommand) Run(t terminal) error {
	if !c.Published && !c.NotPublished {
		return fmt.Errorf("%w: say what happened, --published or --not-published", errUsage)
	}
	if c.Published {
		return c.change(t, resolveTask, order{Published: true}, "counted as sent", "counted as sent")
	}
	return c.change(t, resolveTask, order{}, "sent again", "to be sent again, now or when it is resumed")
}

// change gives the order; would and done say in words what comes of it. One post that is named in full needs no second word; filters may let through more than was thought.
func (c changeFlags) change(t terminal, job task[tally], o order, would, done string) error {
	o.Filter = c.filter()
	o.Filter.Post = c.Post
	switch {
	case o.Filter.empty():
		return fmt.Errorf("%w: name a post, or filters such as --channel and --state", errUsage)
	case c.Post != "" && !c.filter().empty():
		return fmt.Errorf("%w: name a post or filters, not both", errUsage)
	}
	in, err := ready(t)
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	o.Try = c.Post == "" && !c.Yes
	n, err := ask(ctx, in, job, o)
	if err != nil {
		return err
	}
	switch {
	case n.Matched == 0:
		_, err := fmt.Fprintln(t.out, "No post matches.")
		return err
	case o.Try:
		fmt.Fprintf(t.out, "%s would be %s:\n", posts(n.Matched), would)
		for _, id := range n.Posts {
			fmt.Fprintln(t.out, " ", id)
		}
		if more := n.Matched - len(n.Posts); more > 0 {
			fmt.Fprintf(t.out, "  and %d more; beaware posts lists them\n", more)
		}
		return fmt.Errorf("%w: nothing was changed; add --yes to change %s", errUsage, posts(n.Matched))
	case n.Changed == 0:
		return fmt.Errorf("nothing was changed: %s moved on meanwhile, or the campaign's window is not open", posts(n.Matched))
	}
	fmt.Fprintf(t.out, "%s: %s.\n", posts(n.Changed), done)
	if left := n.Matched - n.Changed; left > 0 {
		fmt.Fprintf(t.out, "%s stayed: moved on meanwhile, or the campaign's window is not open.\n", posts(left))
	}
	return nil
}

func (p *panel) retry(ctx context.Context, o order) (tally, error) {
	from := []outbox.State{outbox.Failed, outbox.Missed, outbox.Skipped, outbox.Cancelled}
	return p.change(ctx, o, "sent again", from, func(f outbox.Filter) (int, error) { return p.outbox.Retry(ctx, f, o.By) })
}

func (p *panel) cancel(ctx context.Context, o order) (tally, error) {
	from := []outbox.State{outbox.Planned, outbox.Retry}
	return p.change(ctx, o, "cancelled", from, func(f outbox.Filter) (int, error) { return p.outbox.Cancel(ctx, f, o.By) })
}

func (p *panel) resolve(ctx context.Context, o order) (tally, error) {
	from := []outbox.State{outbox.Uncertain}
	return p.change(ctx, o, "resolved", from, func(f outbox.Filter) (int, error) { return p.outbox.Resolve(ctx, f, o.Published, o.By) })
}

const shownPosts = 5 // in a tally

// change counts the posts in one of the states that a filter lets through, and then has them changed unless the order is to try only.
func (p *panel) change(ctx context.Context, o order, outcome string, from []outbox.State, do func(outbox.Filter) (int, error)) (n tally, err error) {
	if o.Filter.empty() {
		return n, fmt.Errorf("%w: an order that names no posts would change all", errUsage)
	}
	if len(o.Filter.States) == 0 {
		o.Filter.States = from
	}
	c, err := p.choice(ctx, o.Filter)
	if err != nil {
		return n, err
	}
	for _, s := range c.States {
		if !slices.Contains(from, s) {
			return n, fmt.Errorf("%w: posts that are %s cannot be %s; only: %s", errUsage, s, outcome, words(from))
		}
	}
	offices := map[string]*time.Location{}
	for row, err := range p.store.Deliveries(ctx, c.Filter) {
		if err != nil {
			return n, err
		}
		if !c.match(row) {
			continue
		}
		if n.Matched++; len(n.Posts) < shownPosts {
			n.Posts = append(n.Posts, row.Post.ID)
		}
		offices[row.Post.Office] = row.Post.At.Location()
	}
	if c.exact != "" && n.Matched == 0 {
		return n, p.cannot(ctx, c.exact, outcome, from)
	}
	if o.Try || n.Matched == 0 {
		return n, nil
	}
	for _, f := range c.parts(offices) {
		changed, err := do(f)
		n.Changed += changed
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// parts gives filters that together let exactly the chosen posts through. Days begin at another moment in each office.
func (c choice) parts(offices map[string]*time.Location) (parts []outbox.Filter) {
	if c.from.IsZero() && c.to.IsZero() {
		return []outbox.Filter{c.Filter}
	}
	for _, id := range slices.Sorted(maps.Keys(offices)) {
		f := c.Filter
		f.Office, f.From, f.To = id, time.Time{}, time.Time{}
		if !c.from.IsZero() {
			f.From = beginning(c.from, offices[id])
		}
		if !c.to.IsZero() {
			f.To = beginning(c.to, offices[id])
		}
		parts = append(parts, f)
	}
	return parts
}

// beginning gives the first moment of a day in a zone, also where a clock change skips midnight.
func beginning(day time.Time, zone *time.Location) time.Time {
	t := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
	for midnight(t).Before(day) { // Go gives the moment as the clock showed it before the change
		t = t.Add(15 * time.Minute)
	}
	return t
}

// cannot says why a post that was named cannot be changed so.
func (p *panel) cannot(ctx context.Context, id, outcome string, from []outbox.State) error {
	for row, err := range p.store.Deliveries(ctx, outbox.Filter{ID: id}) {
		if err != nil {
			return err
		}
		if row.Post.ID != id {
			continue
		}
		hint := ""
		if row.State == outbox.Uncertain {
			hint = "; say with beaware resolve whether it was published"
		}
		return fmt.Errorf("%w: the post is %s and cannot be %s; only: %s%s", errUsage, row.State, outcome, words(from), hint)
	}
	return fmt.Errorf("%w: there is no post %q in the ledger; beaware posts lists them", errUsage, id)
}

func words(states []outbox.State) string {
	return strings.Join(names(states, func(s outbox.State) string { return string(s) }), ", ")
}
