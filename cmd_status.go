package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"beaware/alert"
	"beaware/outbox"
)

type statusCommand struct {
	JSON bool `help:"The same as JSON."`
}

func (statusCommand) Help() string {
	return `Says whether the program runs, what is paused, and for each channel whether it is well, how many posts were sent, wait, are
late, failed, are uncertain, were missed or kept back, with the last error; the latest posts that did not go out with their reasons;
and what is due next. It asks the running program, or reads the store where none runs.

Health: paused; late (a post should have gone out over two minutes ago); uncertain (staff must say what happened: beaware resolve);
failed (within the last week); else ok.

  beaware status`
}

// report is what `status` shows.
type report struct {
	Running   bool            `json:"running"`
	Watermark time.Time       `json:"planned_until"` // UTC; everything before is in the ledger
	Behind    bool            `json:"behind"`        // it runs, and planning does not keep up
	Paused    []pauseLine     `json:"paused"`
	Channels  []channelReport `json:"channels"`
	NotSent   []notSent       `json:"not_sent"` // newest first
	Next      []planned       `json:"next"`
	Store     storeReport     `json:"store"`
	Backup    *backupMade     `json:"backup"` // the newest; null when there is none
	Backups   string          `json:"backup_error,omitempty"`

	Alerts []alert.SinkState `json:"alerts,omitempty"` // of the running program
}

type channelReport struct {
	Channel string               `json:"channel"`
	Office  string               `json:"office"`
	Health  []string             `json:"health"` // of paused, late, uncertain, failed; else ok
	States  map[outbox.State]int `json:"states"`
	Late    int                  `json:"late"`
	Error   *lastError           `json:"last_error"`     // null when there was none
	Next    string               `json:"next,omitempty"` // local time with zone of the next post

	failed bool // within the last week
}

// lastError is why a post did not go out, last of its channel.
type lastError struct {
	At     time.Time    `json:"at"` // UTC
	State  outbox.State `json:"state"`
	Reason string       `json:"reason"`
}

type notSent struct {
	ID     string       `json:"id"`
	State  outbox.State `json:"state"`
	Reason string       `json:"reason"`
}

type storeReport struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
}

// Words of channelReport.Health.
const (
	healthOK        = "ok"
	healthPaused    = "paused"
	healthLate      = "late"
	healthUncertain = "uncertain"
	healthFailed    = "failed"
)

var statusTask = task[report]{name: "status", do: (*panel).status}

func (c statusCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	r, err := ask(ctx, in, statusTask, order{})
	if err != nil {
		return err
	}
	if c.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return r.write(t)
}

func (r report) write(t terminal) error {
	r.head(t)
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nCHANNEL\tOFFICE\tHEALTH\tSENT\tWAITING\tLATE\tFAILED\tUNCERTAIN\tMISSED\tSKIPPED\tNEXT")
	for _, c := range r.Channels {
		waiting := c.States[outbox.Planned] + c.States[outbox.Claimed] + c.States[outbox.Sending] + c.States[outbox.Retry]
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", c.Channel, c.Office, strings.Join(c.Health, ", "), c.States[outbox.Sent], waiting, c.Late,
			c.States[outbox.Failed], c.States[outbox.Uncertain], c.States[outbox.Missed], c.States[outbox.Skipped]+c.States[outbox.Cancelled], c.Next)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	r.tail(t)
	return nil
}

func (r report) head(t terminal) {
	running := "Not running."
	if r.Running {
		running = "Running."
	}
	switch {
	case r.Watermark.IsZero():
		fmt.Fprintln(t.out, running, "Nothing was planned yet; beaware run begins.")
	case r.Behind:
		fmt.Fprintln(t.out, running, "Planned until", minute(r.Watermark)+" only: planning does not keep up; the log says why.")
	default:
		fmt.Fprintln(t.out, running, "Planned until", minute(r.Watermark)+".")
	}
	for _, p := range r.Paused {
		note := ""
		if p.Note != "" {
			note = ": " + p.Note
		}
		fmt.Fprintf(t.out, "Paused: %s, since %s, by %s%s\n", p, minute(p.Since), p.By, note)
	}
	backup := "no backup yet (beaware backup)"
	switch {
	case r.Backups != "":
		backup = "its backups cannot be read: " + r.Backups
	case r.Backup != nil:
		backup = "newest backup " + minute(r.Backup.At)
	}
	for _, a := range r.Alerts {
		told, trouble := "nothing told yet", ""
		if !a.Told.IsZero() {
			told = "told last " + minute(a.Told)
		}
		if a.Trouble != "" {
			trouble = "; cannot tell: " + a.Trouble
		}
		fmt.Fprintf(t.out, "Alerts by %s: %s, %d waiting%s\n", a.Name, told, a.Waiting, trouble)
	}
	fmt.Fprintf(t.out, "Store: %s, %.1f MB; %s.\n", r.Store.Path, float64(r.Store.Bytes)/1e6, backup)
}

func (r report) tail(t terminal) {
	title := "\nLast errors:\n"
	for _, c := range r.Channels {
		if c.Error != nil {
			fmt.Fprintf(t.out, "%s  %s  %s  %-9s %s\n", title, c.Channel, minute(c.Error.At), c.Error.State, c.Error.Reason)
			title = ""
		}
	}
	if len(r.NotSent) > 0 {
		fmt.Fprintln(t.out, "\nDid not go out, newest first:")
		for _, n := range r.NotSent {
			fmt.Fprintf(t.out, "  %-9s %s\n            %s\n", n.State, n.ID, n.Reason)
		}
	}
	if len(r.Next) > 0 {
		fmt.Fprintln(t.out, "\nNext:")
		for _, n := range r.Next {
			fmt.Fprintf(t.out, "  %s  %s  %s  %s\n", n.Local, n.Channel, n.Message, n.Language)
		}
	}
}
