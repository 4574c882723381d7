package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"beaware/outbox"
)

// scopeFlags name one thing that can be paused.
type scopeFlags struct {
	What     string `arg:"" optional:"" name:"everything" help:"The word everything: all posts."`
	Office   string `xor:"scope" placeholder:"ID" help:"The channels of this office."`
	Campaign string `xor:"scope" placeholder:"ID" help:"This campaign, everywhere."`
	Channel  string `xor:"scope" placeholder:"ID" help:"This channel."`
}

// scope says what was named; exactly one thing must be.
func (f scopeFlags) scope() (scope, id string, err error) {
	id = f.Office + f.Campaign + f.Channel
	switch {
	case f.What != "" && f.What != "everything":
		err = fmt.Errorf(`%w: %q is not known; write "everything", --office, --campaign or --channel`, errUsage, f.What)
	case (f.What == "") == (id == ""): // none, or both
		err = fmt.Errorf(`%w: name one thing: "everything", --office, --campaign or --channel`, errUsage)
	case f.What != "":
		scope = outbox.ScopeAll
	case f.Office != "":
		scope = outbox.ScopeOffice
	case f.Campaign != "":
		scope = outbox.ScopeCampaign
	default:
		scope = outbox.ScopeChannel
	}
	return scope, id, err
}

type pauseCommand struct {
	scopeFlags
	Note string `placeholder:"TEXT" help:"Why, for other staff; at most 200 characters, and no secrets."`
	List bool   `help:"Only list what is paused."`
	JSON bool   `help:"What is paused as a JSON array."`
}

func (pauseCommand) Help() string {
	return `Holds posts back from now on, until beaware resume, also over a restart. A post that is on its way to a platform already
is not stopped. Posts that come due meanwhile wait; after resume they go out if their entry's grace still allows it, and are
recorded as missed otherwise. The bot and the pages go on.

  beaware pause everything --note "an accident is in the news"
  beaware pause --channel ba-feed
  beaware pause --list`
}

type resumeCommand struct {
	scopeFlags
	JSON bool `help:"What is still paused as a JSON array."`
}

func (resumeCommand) Help() string {
	return `Ends a pause, named as it was made: each pause ends by itself, so "resume everything" ends "pause everything", and an office
that was paused besides stays paused. beaware pause --list shows them all.

  beaware resume everything
  beaware resume --channel ba-feed`
}

// pauseLine is one pause in `pause --list --json`.
type pauseLine struct {
	Scope string    `json:"scope"` // all, office, campaign, channel
	ID    string    `json:"id"`
	Since time.Time `json:"since"` // UTC
	By    string    `json:"by"`
	Note  string    `json:"note"`
}

func (p pauseLine) String() string { return pauseName(p.Scope, p.ID) }

// pauseName writes what is paused as staff say it.
func pauseName(scope, id string) string {
	if scope == outbox.ScopeAll {
		return "everything"
	}
	return scope + " " + id
}

// The tasks give what is paused then.
var (
	pausesTask = task[[]pauseLine]{name: "pauses", do: (*panel).pauses}
	pauseTask  = task[[]pauseLine]{name: "pause", writes: true, makes: true, do: (*panel).pause}
	resumeTask = task[[]pauseLine]{name: "resume", writes: true, do: (*panel).resume}
)

func (c pauseCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	if c.List {
		if c.scopeFlags != (scopeFlags{}) || c.Note != "" {
			return fmt.Errorf("%w: --list pauses nothing; leave the rest away", errUsage)
		}
		list, err := ask(ctx, in, pausesTask, order{})
		if err != nil {
			return err
		}
		return writePauses(t, list, c.JSON)
	}
	scope, id, err := c.scope()
	if err != nil {
		return err
	}
	list, err := ask(ctx, in, pauseTask, order{Scope: scope, ID: id, Note: c.Note})
	if err != nil || c.JSON {
		return orJSON(t, list, err)
	}
	fmt.Fprintf(t.out, "Paused %s. End it with: beaware resume %s\n", pauseName(scope, id), c.scopeFlags)
	return nil
}

// String writes the scope as it was typed.
func (f scopeFlags) String() string {
	scope, id, _ := f.scope()
	if scope == outbox.ScopeAll {
		return "everything"
	}
	return "--" + scope + " " + id
}

func (c resumeCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
	scope, id, err := c.scope()
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	list, err := ask(ctx, in, resumeTask, order{Scope: scope, ID: id})
	if err != nil || c.JSON {
		return orJSON(t, list, err)
	}
	fmt.Fprintf(t.out, "Resumed %s.\n", pauseName(scope, id))
	if len(list) > 0 {
		fmt.Fprintln(t.out, "Still paused:", strings.Join(names(list, pauseLine.String), ", "))
	}
	return nil
}

func orJSON[A any](t terminal, list []A, err error) error {
	if err != nil {
		return err
	}
	return writeJSON(t, list)
}

func writePauses(t terminal, list []pauseLine, asJSON bool) error {
	if asJSON {
		return writeJSON(t, list)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(t.out, "Nothing is paused.")
		return err
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PAUSED\tSINCE\tBY\tNOTE")
	for _, p := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p, minute(p.Since), p.By, p.Note)
	}
	return w.Flush()
}

// minute shows a moment of the program's own doing.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (p *panel) pauses(ctx context.Context, _ order) ([]pauseLine, error) {
	list, err := p.outbox.Pauses(ctx)
	return names(list, func(p outbox.Pause) pauseLine { return pauseLine{p.Scope, p.ID, p.Since.UTC(), p.By, p.Note} }), err
}

func (p *panel) pause(ctx context.Context, o order) ([]pauseLine, error) {
	if err := p.scoped(ctx, o); err != nil {
		return nil, err
	}
	if err := p.outbox.Pause(ctx, outbox.Pause{Scope: o.Scope, ID: o.ID, By: o.By, Since: time.Now().UTC(), Note: o.Note}); err != nil {
		return nil, err
	}
	return p.pauses(ctx, o)
}

func (p *panel) resume(ctx context.Context, o order) ([]pauseLine, error) {
	list, err := p.pauses(ctx, o)
	if err != nil {
		return nil, err
	}
	shown := names(list, pauseLine.String)
	switch {
	case len(list) == 0:
		return nil, fmt.Errorf("%w: nothing is paused", errUsage)
	case !slices.Contains(shown, pauseName(o.Scope, o.ID)):
		return nil, fmt.Errorf("%w: %s is not paused by itself; paused: %s", errUsage, pauseName(o.Scope, o.ID), strings.Join(shown, ", "))
	}
	if err := p.outbox.Resume(ctx, o.Scope, o.ID, o.By); err != nil {
		return nil, err
	}
	return p.pauses(ctx, o)
}

// scoped refuses what cannot be paused. What was once paused can always be resumed.
func (p *panel) scoped(ctx context.Context, o order) error {
	if (o.Scope == outbox.ScopeAll) != (o.ID == "") {
		return fmt.Errorf("%w: the id %q does not belong to the scope %q", errUsage, o.ID, o.Scope)
	}
	switch o.Scope {
	case outbox.ScopeAll:
		return nil
	case outbox.ScopeOffice:
		return p.named(ctx, "", o.ID, "", "")
	case outbox.ScopeCampaign:
		return p.named(ctx, o.ID, "", "", "")
	case outbox.ScopeChannel:
		return p.named(ctx, "", "", o.ID, "")
	}
	return unknown("scope", o.Scope, []string{outbox.ScopeAll, outbox.ScopeOffice, outbox.ScopeCampaign, outbox.ScopeChannel})
}

// interruptible ends with Ctrl-C.
func interruptible() (context.Context, func()) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
}
