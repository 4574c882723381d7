package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"beaware/outbox"
	"beaware/state"
)

type statusCommand struct {
	JSON bool `help:"The same as JSON."`
}

func (statusCommand) Help() string {
	return `Says for each channel how many posts were sent, are waiting, failed, are uncertain, were missed or kept back; the latest
of those that did not go out with their reasons; and what is due next. It asks the running program, or reads the store where
none runs.`
}

// report is what `status` shows.
type report struct {
	Running   bool            `json:"running"`
	Watermark time.Time       `json:"planned_until"` // UTC; everything before is in the ledger
	Channels  []channelReport `json:"channels"`
	NotSent   []notSent       `json:"not_sent"` // newest first
	Next      []planned       `json:"next"`
}

type channelReport struct {
	Channel string               `json:"channel"`
	Office  string               `json:"office"`
	States  map[outbox.State]int `json:"states"`
	Next    string               `json:"next,omitempty"` // local time with zone of the next post
}

type notSent struct {
	ID     string       `json:"id"`
	State  outbox.State `json:"state"`
	Reason string       `json:"reason"`
}

func (c statusCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := in.askDaemon(ctx)
	if errors.Is(err, errNoDaemon) {
		r, err = in.readStore(ctx)
	}
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
	running := "Not running."
	if r.Running {
		running = "Running."
	}
	if r.Watermark.IsZero() {
		fmt.Fprintln(t.out, running, "Nothing was planned yet; beaware run begins.")
	} else {
		fmt.Fprintln(t.out, running, "Planned until", r.Watermark.Format("2006-01-02 15:04 UTC")+".")
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nCHANNEL\tOFFICE\tSENT\tWAITING\tFAILED\tUNCERTAIN\tMISSED\tSKIPPED\tNEXT")
	for _, c := range r.Channels {
		waiting := c.States[outbox.Planned] + c.States[outbox.Claimed] + c.States[outbox.Sending] + c.States[outbox.Retry]
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", c.Channel, c.Office, c.States[outbox.Sent], waiting,
			c.States[outbox.Failed], c.States[outbox.Uncertain], c.States[outbox.Missed], c.States[outbox.Skipped]+c.States[outbox.Cancelled], c.Next)
	}
	if err := w.Flush(); err != nil {
		return err
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
	return nil
}

const latestNotSent = 20

// reportOn reads a ledger.
func (in *installation) reportOn(ctx context.Context, s outbox.Store, now time.Time) (r report, err error) {
	if r.Watermark, err = s.Watermark(ctx); err != nil {
		return r, err
	}
	counts, err := s.Counts(ctx)
	if err != nil {
		return r, err
	}
	next := in.nextPosts(now)
	known := map[string]int{}
	for _, c := range in.all {
		known[c.ID] = len(r.Channels)
		r.Channels = append(r.Channels, channelReport{Channel: c.ID, Office: c.Office, States: map[outbox.State]int{}, Next: next[c.ID]})
	}
	for _, c := range counts {
		i, ok := known[c.Channel]
		if !ok { // a channel that the configuration no longer has
			i = len(r.Channels)
			known[c.Channel] = i
			r.Channels = append(r.Channels, channelReport{Channel: c.Channel, States: map[outbox.State]int{}})
		}
		r.Channels[i].States[c.State] = c.N
	}
	for p := range in.planner.Due(now, now.AddDate(0, 0, 14)) {
		if r.Next = append(r.Next, in.planned(p)); len(r.Next) == 5 {
			break
		}
	}
	r.NotSent, err = latest(ctx, s)
	return r, err
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

func latest(ctx context.Context, s outbox.Store) ([]notSent, error) {
	var newest []outbox.Delivery
	states := []outbox.State{outbox.Failed, outbox.Uncertain, outbox.Missed, outbox.Skipped, outbox.Retry}
	for d, err := range s.Deliveries(ctx, outbox.Filter{States: states}) {
		if err != nil {
			return nil, err
		}
		newest = insertNewest(newest, d, latestNotSent)
	}
	out := make([]notSent, 0, len(newest))
	for _, d := range newest {
		out = append(out, notSent{d.Post.ID, d.State, d.Reason})
	}
	return out, nil
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

// report is what the running program answers to `status`.
func (d *daemon) report(ctx context.Context) (report, error) {
	r, err := d.in.reportOn(ctx, d.store, time.Now())
	r.Running = true
	return r, err
}

// readStore reads the file itself, where no program holds it.
func (in *installation) readStore(ctx context.Context) (report, error) {
	path := in.config.path(in.config.Store.Path)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return report{}, fmt.Errorf("there is no store at %s yet: beaware run makes it", in.config.Store.Path)
	}
	s, err := state.Open(path, state.Options{ReadOnly: true})
	if err != nil {
		return report{}, err
	}
	defer s.Close()
	return in.reportOn(ctx, s, time.Now())
}

// The running program answers other commands on a socket beside its store, which only its owner may open.

var errNoDaemon = errors.New("no running program answers")

func (in *installation) socket() string {
	return filepath.Join(filepath.Dir(in.config.path(in.config.Store.Path)), "control.sock")
}

// listenControl opens the socket. The store's lock proves that no other process of this installation lives, so a socket that
// is there is a dead one's.
func (in *installation) listenControl(ctx context.Context) (net.Listener, error) {
	path := in.socket()
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	return l, os.Chmod(path, 0o600)
}

func controlHandler(status func(context.Context) (report, error)) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) {
		rep, err := status(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(rep)
	})
	return mux
}

func (in *installation) askDaemon(ctx context.Context) (r report, err error) {
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", in.socket())
	}}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://beaware/status", nil)
	if err != nil {
		return r, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return r, errNoDaemon
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return r, fmt.Errorf("the running program answered %s", resp.Status)
	}
	return r, json.NewDecoder(resp.Body).Decode(&r)
}
