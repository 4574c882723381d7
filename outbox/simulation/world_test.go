// Package simulation runs the real outbox with the real planner and the real store on a clock that the tests control:
// clock changes, clocks that are set, machines that sleep, and a whole year. It has tests only.
package simulation

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/channel"
	"beaware/outbox"
	"beaware/outbox/outboxtest"
	"beaware/state"
)

// shown is how the tests write moments, in UTC unless said otherwise.
const shown = "2006-01-02 15:04"

// sending is one request that reached a platform.
type sending struct {
	id string
	at time.Time // by the clock of the machine
}

// place is a platform. It takes everything unless answer says otherwise.
type place struct {
	now        func() time.Time
	idempotent bool
	answer     func(m channel.Message, nth int) error // nth request for this post, from 1

	mu   sync.Mutex
	sent []sending
	nth  map[string]int
}

func (p *place) Send(_ context.Context, m channel.Message) (channel.Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.nth == nil {
		p.nth = map[string]int{}
	}
	p.nth[m.ID]++
	if p.answer != nil {
		if err := p.answer(m, p.nth[m.ID]); err != nil {
			return channel.Receipt{}, err
		}
	}
	p.sent = append(p.sent, sending{m.ID, p.now()})
	return channel.Receipt{Ref: fmt.Sprint(len(p.sent))}, nil
}

func (p *place) Measure(channel.Message) (length, limit int) { return 0, 0 }
func (p *place) Idempotent() bool                            { return p.idempotent }

// sends are the requests that were taken so far.
func (p *place) sends() []sending {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent)
}

// plain makes a text of which nothing depends on the catalog.
type plain struct{}

func (plain) Compose(d outbox.Delivery) (channel.Message, string, error) {
	return channel.Message{Text: "Be aware."}, d.Post.Language, nil
}

// world is one machine: a clock, a store in a file, channels, and an outbox that may run.
type world struct {
	t       testing.TB
	planner *campaign.Planner
	file    string
	store   *state.Store
	outbox  *outbox.Outbox
	places  map[string]*place
	compose outbox.Composer
	end     func()

	mu   sync.Mutex
	skew time.Duration // how far the machine's clock is set off
}

// setup is what a world is made of.
type setup struct {
	campaigns []*catalog.Campaign
	offices   []campaign.Office
	start     string // shown, UTC
}

// bubble runs a test in a world of its own whose clock stands at the start.
func bubble(t *testing.T, s setup, test func(t *testing.T, w *world)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "beaware.db")
	var channels []campaign.Channel
	for _, o := range s.offices {
		channels = append(channels, campaign.Channel{ID: o.ID, Office: o.ID})
	}
	planner, findings := campaign.New(&catalog.Catalog{Campaigns: s.campaigns}, s.offices, channels)
	if planner == nil {
		t.Fatal(findings)
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, planner, channels, file, moment(t, s.start))
		test(t, w)
		w.off()
	})
	if err := state.Check(file); err != nil {
		t.Error(err)
	}
}

// newWorld waits for the start; it has to be called in a bubble.
func newWorld(t testing.TB, planner *campaign.Planner, channels []campaign.Channel, file string, start time.Time) *world {
	w := &world{t: t, planner: planner, file: file, places: map[string]*place{}, compose: plain{}}
	for _, ch := range channels {
		w.places[ch.ID] = &place{now: w.now}
	}
	time.Sleep(time.Until(start))
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.skew)
}

// set moves the machine's clock while everything goes on. Set forward, it is also what a machine sees that slept.
func (w *world) set(by time.Duration) {
	w.mu.Lock()
	w.skew += by
	w.mu.Unlock()
}

// on starts the process, as the program does.
func (w *world) on() {
	w.t.Helper()
	store, err := state.Open(w.file, state.Options{Scratch: true})
	if err != nil {
		w.t.Fatal(err)
	}
	channels := map[string]channel.Channel{}
	for id, p := range w.places {
		channels[id] = p
	}
	w.store = store
	w.outbox = outbox.New(outbox.Config{Planner: w.planner, Store: store, Channels: channels, Composer: w.compose, Now: w.now,
		Jitter: func() float64 { return 0.5 }})
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { w.outbox.Run(ctx) })
	wg.Go(func() { campaign.Wake(ctx, w.now, w.outbox.Ring) })
	w.end = func() {
		cancel()
		wg.Wait()
		if err := store.Close(); err != nil {
			w.t.Error(err)
		}
	}
	synctest.Wait()
}

// off ends the process, if one is running.
func (w *world) off() {
	if w.end != nil {
		w.end()
		w.end = nil
	}
}

// run lets time pass until the machine's clock shows a moment.
func (w *world) run(until string) {
	w.t.Helper()
	time.Sleep(moment(w.t, until).Sub(w.now()))
	synctest.Wait()
}

// skim is run, with a clock that jumps to two minutes before the next post where nothing is due or waits until then.
func (w *world) skim(until string) {
	w.t.Helper()
	end := moment(w.t, until)
	for now := w.now(); now.Before(end); now = w.now() {
		next := w.next(now, end)
		if idle := next.Sub(now).Truncate(time.Minute) - 2*time.Minute; idle > 0 {
			w.set(idle)
		}
		time.Sleep(min(next.Sub(w.now())+time.Minute, end.Sub(w.now())))
		synctest.Wait()
	}
}

// next is when something is due or waits to be tried again, at most end.
func (w *world) next(now, end time.Time) time.Time {
	for p := range w.planner.Due(now, end) {
		end = p.At
		break
	}
	for _, d := range outboxtest.All(w.t, w.store, outbox.Filter{States: []outbox.State{outbox.Planned, outbox.Retry}}) {
		if d.Due.Before(end) {
			end = d.Due
		}
	}
	if end.Before(now) {
		return now
	}
	return end
}

// rows are all deliveries by id. The process has to be running.
func (w *world) rows() map[string]outbox.Delivery {
	w.t.Helper()
	rows := map[string]outbox.Delivery{}
	for _, d := range outboxtest.All(w.t, w.store, outbox.Filter{}) {
		rows[d.Post.ID] = d
	}
	return rows
}

// states lists the rows in the order of their moments, as "2027-07-17 19:30 sent" in the zones of their offices.
func (w *world) states(channel string) []string {
	w.t.Helper()
	rows := outboxtest.All(w.t, w.store, outbox.Filter{Channel: channel})
	slices.SortFunc(rows, func(a, b outbox.Delivery) int {
		return cmp.Or(a.Post.At.Compare(b.Post.At), cmp.Compare(a.Post.ID, b.Post.ID))
	})
	var out []string
	for _, d := range rows {
		_, rest, _ := strings.Cut(d.Post.ID, "/")
		_, rest, _ = strings.Cut(rest, "/")
		local, _, _ := strings.Cut(rest, "/")
		out = append(out, strings.Replace(local, "T", " ", 1)+" "+string(d.State))
		if d.State != outbox.Sent && d.State != outbox.Planned && d.Reason == "" {
			w.t.Errorf("%s is %s without a reason", d.Post.ID, d.State)
		}
	}
	return out
}

// sends lists what a platform took, as "02 15:04" in UTC.
func (w *world) sends(channel string) []string {
	var out []string
	for _, s := range w.places[channel].sends() {
		out = append(out, s.at.UTC().Format(shown))
	}
	return out
}

// same compares lists of short texts.
func same(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

func moment(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(shown, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// office is one with a channel of its own, in one language.
func office(t testing.TB, id, zone string) campaign.Office {
	t.Helper()
	at, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return campaign.Office{ID: id, Zone: at, Languages: []string{"en"}}
}

// always is a campaign without an end, with one entry.
func always(e catalog.Entry) []*catalog.Campaign {
	return during(catalog.Window{Always: true}, e)
}

func during(w catalog.Window, e catalog.Entry) []*catalog.Campaign {
	e.ID, e.Messages, e.Repeat = "e", []string{"a"}, true
	return []*catalog.Campaign{{ID: "c", Window: w, Entries: []catalog.Entry{e}}}
}
