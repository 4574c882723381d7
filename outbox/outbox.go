package outbox

import (
	"context"
	"iter"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"beaware/campaign"
	"beaware/channel"
)

// Planner knows what is due and by which rule; campaign.Planner is one.
type Planner interface {
	Schedule
	Terms
}

// Schedule says what is due.
type Schedule interface {
	// Due streams all posts with from <= At < to, ordered by At, then by ID.
	Due(from, to time.Time) iter.Seq[campaign.Post]
	LongestGrace() time.Duration
}

// Terms say whether a post may go out at a moment.
type Terms interface {
	Rule(campaign, entry string) campaign.Rule
	Open(campaign, office string, t time.Time) bool
	// Hold says what keeps a post back at t: nothing, when both are zero; until set: it waits till then, as
	// in quiet hours; only a reason: it is not sent at all, as on a blackout day.
	Hold(p campaign.Post, t time.Time) (until time.Time, reason string)
}

// Composer renders a post just before it is sent.
type Composer interface {
	// Compose gives the message and the language that it is really in. A *Skip keeps the post back.
	// Any other error makes it failed; its text is shown to staff and logged, so it holds no secret.
	Compose(d Delivery) (m channel.Message, served string, err error)
}

// Skip is the error of a Composer that keeps a post back by a rule.
type Skip struct {
	Reason string // for staff
}

func (s *Skip) Error() string { return s.Reason }

// Config is what an Outbox works with. Planner, Store, Channels and Composer are needed; for what staff do (Pause, Retry ...)
// the first two are enough.
type Config struct {
	Planner  Planner
	Store    Store
	Channels map[string]channel.Channel // by the channel's id in config.toml
	Composer Composer
	Log      *slog.Logger     // no log when nil
	Now      func() time.Time // time.Now when nil
	// Observe, unless nil, is told each change of state after it was written, possibly more than once and from
	// several goroutines. It must return at once. How late a sent post was: Updated less Post.At.
	Observe func(Delivery)
	// Trouble, unless nil, is told that the ledger cannot be used, and what for; and with a nil error that it
	// works again. It must return at once.
	Trouble func(doing string, err error)

	SendTimeout time.Duration  // for one Send; 30 s when zero
	StopGrace   time.Duration  // how long a send under way at shutdown may still take; 4 s when zero
	Batch       int            // posts in one transaction; 500 when zero
	Jitter      func() float64 // in [0,1), spreads retries; random when nil
}

// Outbox sends what is due. Safe for concurrent use, but Run only once at a time,
// and not together with Drain.
type Outbox struct {
	Config
	bell     chan struct{} // rung when it is time to plan
	planning sync.Mutex    // one Tick at a time
	acting   sync.Mutex
	acted    time.Time // the last action of staff
}

// New makes an outbox. It starts nothing and reads nothing.
func New(c Config) *Outbox {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.SendTimeout <= 0 {
		c.SendTimeout = 30 * time.Second
	}
	if c.StopGrace <= 0 {
		c.StopGrace = 4 * time.Second
	}
	if c.Batch <= 0 {
		c.Batch = 500
	}
	if c.Jitter == nil {
		c.Jitter = rand.Float64
	}
	return &Outbox{Config: c, bell: make(chan struct{}, 1)}
}

// Ring tells a running outbox to plan now and to look at the clock again. It never blocks.
// Ring it at least each minute: planning, and noticing that the clock was set, hang on it.
func (o *Outbox) Ring() { ring(o.bell) }

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default: // already rung
	}
}

// Run recovers what an earlier process left behind, plans, and sends until ctx ends. It
// returns when all its goroutines have ended, at most StopGrace after ctx if every channel obeys its context.
func (o *Outbox) Run(ctx context.Context) {
	hard, release := o.outlive(ctx)
	defer release()
	if !o.insist(ctx, "cannot recover the ledger", o.Recover) || !o.insist(ctx, "cannot plan", o.Tick) {
		return
	}
	var wg sync.WaitGroup
	bells := make([]chan struct{}, 0, len(o.Channels))
	for id, ch := range o.Channels {
		c := &courier{o: o, id: id, ch: ch, now: o.Now, hard: hard, bell: make(chan struct{}, 1), patient: true}
		bells = append(bells, c.bell)
		wg.Go(func() { c.work(ctx) })
	}
	o.plan(ctx, bells)
	wg.Wait()
}

// plan plans at each ring and passes the ring on.
func (o *Outbox) plan(ctx context.Context, bells []chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.bell:
		}
		o.insist(ctx, "cannot plan", o.Tick)
		for _, b := range bells {
			ring(b)
		}
	}
}

// outlive gives a context that ends StopGrace after ctx, for what must not be cut off. release
// ends it and waits for the goroutine behind it.
func (o *Outbox) outlive(ctx context.Context) (hard context.Context, release func()) {
	hard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-hard.Done():
			return
		case <-ctx.Done():
		}
		wait(hard, nil, o.StopGrace)
		cancel()
	})
	return hard, func() { cancel(); wg.Wait() }
}
