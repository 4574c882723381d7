package outbox_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"beaware/campaign"
	"beaware/channel"
	"beaware/outbox"
	"beaware/outbox/outboxtest"
)

var start = time.Date(2027, 7, 17, 17, 30, 0, 0, time.UTC)

// planner plans what it is told to.
type planner struct {
	posts   []campaign.Post
	rule    campaign.Rule
	longest time.Duration
	closed  func(t time.Time) bool // nil: always open
	hold    func(p campaign.Post, t time.Time) (time.Time, string)
	dues    int // how many posts Due gave
}

func (p *planner) Due(from, to time.Time) iter.Seq[campaign.Post] {
	return func(yield func(campaign.Post) bool) {
		slices.SortFunc(p.posts, func(a, b campaign.Post) int {
			return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
		})
		for _, post := range p.posts {
			if post.At.Before(from) || !post.At.Before(to) {
				continue
			}
			if p.dues++; !yield(post) {
				return
			}
		}
	}
}

func (p *planner) Rule(string, string) campaign.Rule { return p.rule }

func (p *planner) Open(_, _ string, t time.Time) bool { return p.closed == nil || !p.closed(t) }

func (p *planner) Hold(post campaign.Post, t time.Time) (time.Time, string) {
	if p.hold == nil {
		return time.Time{}, ""
	}
	return p.hold(post, t)
}

func (p *planner) LongestGrace() time.Duration { return max(p.longest, p.rule.Grace) }

func post(id, channel string, at time.Time) campaign.Post {
	p := outboxtest.Row(id, channel, at).Post
	return p
}

// place is a channel that does what its answer says.
type place struct {
	answer     func(ctx context.Context, m channel.Message) (channel.Receipt, error)
	idempotent bool
	mu         sync.Mutex
	sent       []string // ids, of every Send
	at         []time.Time
}

func (p *place) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	p.mu.Lock()
	p.sent, p.at = append(p.sent, m.ID), append(p.at, time.Now())
	p.mu.Unlock()
	if p.answer == nil {
		return channel.Receipt{Ref: "ref-" + m.ID, URL: "https://example.org/" + m.ID}, nil
	}
	return p.answer(ctx, m)
}

func (p *place) Measure(channel.Message) (length, limit int) { return 0, 0 }
func (p *place) Idempotent() bool                            { return p.idempotent }

func (p *place) sends() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent)
}

// times are the moments of the sends, since start of the bubble's clock at from.
func (p *place) times(from time.Time) []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ds []time.Duration
	for _, t := range p.at {
		ds = append(ds, t.Sub(from))
	}
	return ds
}

func fails(kind channel.Kind, after time.Duration) func(context.Context, channel.Message) (channel.Receipt, error) {
	return func(context.Context, channel.Message) (channel.Receipt, error) {
		return channel.Receipt{}, &channel.SendError{Kind: kind, RetryAfter: after, Reason: "the server said no"}
	}
}

// composer makes a plain text, unless it is told to do something else.
type composer func(d outbox.Delivery) (channel.Message, string, error)

func (c composer) Compose(d outbox.Delivery) (channel.Message, string, error) {
	if c == nil {
		return channel.Message{ID: "not the id of the post", Text: "Be aware."}, "sr-Latn", nil
	}
	return c(d)
}

// flaky is a store whose calls fail while broken says so.
type flaky struct {
	outbox.Store
	mu     sync.Mutex
	broken func(call string, d outbox.Delivery) bool
	claims int
}

var errDisk = errors.New("no space left on device")

func (f *flaky) fails(call string, d outbox.Delivery) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if call == "claim" {
		f.claims++
	}
	return f.broken != nil && f.broken(call, d)
}

func (f *flaky) Enqueue(ctx context.Context, ds []outbox.Delivery, mark time.Time) (int, error) {
	if f.fails("enqueue", outbox.Delivery{}) {
		return 0, errDisk
	}
	return f.Store.Enqueue(ctx, ds, mark)
}

func (f *flaky) Claim(ctx context.Context, channel string, now time.Time, pass func(outbox.Delivery) bool) (*outbox.Delivery, time.Time, error) {
	if f.fails("claim", outbox.Delivery{}) {
		return nil, time.Time{}, errDisk
	}
	return f.Store.Claim(ctx, channel, now, pass)
}

func (f *flaky) Settle(ctx context.Context, from outbox.State, d outbox.Delivery) error {
	if f.fails("settle", d) {
		return errDisk
	}
	return f.Store.Settle(ctx, from, d)
}

// desk is an outbox with everything round it, and a clock that the test moves.
type desk struct {
	*outbox.Outbox
	t       *testing.T
	planner *planner
	store   outbox.Store
	now     time.Time
	log     bytes.Buffer
}

func newDesk(t *testing.T, change func(*outbox.Config), posts ...campaign.Post) *desk {
	d := &desk{t: t, now: start, planner: &planner{posts: posts, rule: campaign.Rule{Grace: time.Hour}}}
	c := outbox.Config{
		Planner: d.planner, Store: &outboxtest.Memory{}, Composer: composer(nil),
		Channels: map[string]channel.Channel{"one": &place{}},
		Log:      slog.New(slog.NewTextHandler(&d.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:      func() time.Time { return d.now },
		Jitter:   func() float64 { return 0 },
	}
	if change != nil {
		change(&c)
	}
	d.store, d.Outbox = c.Store, outbox.New(c)
	return d
}

// through plans and sends at the desk's clock.
func (d *desk) through() {
	d.t.Helper()
	if err := errors.Join(d.Tick(d.t.Context()), d.Drain(d.t.Context(), d.now)); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) row(id string) outbox.Delivery {
	d.t.Helper()
	for _, row := range outboxtest.All(d.t, d.store, outbox.Filter{}) {
		if row.Post.ID == id {
			return row
		}
	}
	d.t.Fatalf("there is no row %s", id)
	return outbox.Delivery{}
}

func (d *desk) states() map[string]outbox.State {
	states := map[string]outbox.State{}
	for _, row := range outboxtest.All(d.t, d.store, outbox.Filter{}) {
		states[row.Post.ID] = row.State
	}
	return states
}
