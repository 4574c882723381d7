package state_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"beaware/campaign"
	"beaware/channel"
	"beaware/outbox"
	"beaware/outbox/outboxtest"
	"beaware/state"
)

// errKilled stands for the end of the process.
var errKilled = errors.New("killed")

// mortal is a store whose process is killed at one of its calls: before the transaction, or after
// it and before anybody hears of it.
type mortal struct {
	outbox.Store
	at    int // the call; 0: never
	after bool
	calls int
}

// die runs one call.
func (m *mortal) die(call func()) {
	m.calls++
	if m.calls == m.at && !m.after {
		panic(errKilled)
	}
	call()
	if m.calls == m.at {
		panic(errKilled)
	}
}

func (m *mortal) Watermark(ctx context.Context) (t time.Time, err error) {
	m.die(func() { t, err = m.Store.Watermark(ctx) })
	return t, err
}

func (m *mortal) Enqueue(ctx context.Context, ds []outbox.Delivery, mark time.Time) (n int, err error) {
	m.die(func() { n, err = m.Store.Enqueue(ctx, ds, mark) })
	return n, err
}

func (m *mortal) Claim(ctx context.Context, ch string, now time.Time, pass func(outbox.Delivery) bool) (d *outbox.Delivery, next time.Time, err error) {
	m.die(func() { d, next, err = m.Store.Claim(ctx, ch, now, pass) })
	return d, next, err
}

func (m *mortal) Settle(ctx context.Context, from outbox.State, d outbox.Delivery) (err error) {
	m.die(func() { err = m.Store.Settle(ctx, from, d) })
	return err
}

// crashPlan has posts on two channels, some of which are due at the same moment.
type crashPlan []campaign.Post

func (p crashPlan) Due(from, to time.Time) iter.Seq[campaign.Post] {
	return func(yield func(campaign.Post) bool) {
		for _, post := range p {
			if !post.At.Before(from) && post.At.Before(to) && !yield(post) {
				return
			}
		}
	}
}

func (crashPlan) Rule(string, string) campaign.Rule {
	return campaign.Rule{Missed: campaign.All, Grace: 24 * time.Hour}
}
func (crashPlan) Open(string, string, time.Time) bool               { return true }
func (crashPlan) Hold(campaign.Post, time.Time) (time.Time, string) { return time.Time{}, "" }
func (crashPlan) LongestGrace() time.Duration                       { return 24 * time.Hour }

// platform outlives the processes: it counts what it published.
type platform struct {
	idempotent bool
	published  map[string]int
	requests   int
}

func (p *platform) Send(_ context.Context, m channel.Message) (channel.Receipt, error) {
	p.requests++
	if p.requests%5 == 0 {
		return channel.Receipt{}, &channel.SendError{Kind: channel.Temporary, Reason: "busy"}
	}
	if !p.idempotent || p.published[m.ID] == 0 {
		p.published[m.ID]++
	}
	return channel.Receipt{Ref: m.ID}, nil
}
func (p *platform) Measure(channel.Message) (length, limit int) { return 0, 0 }
func (p *platform) Idempotent() bool                            { return p.idempotent }

type text struct{}

func (text) Compose(d outbox.Delivery) (channel.Message, string, error) {
	return channel.Message{Text: "Be aware."}, d.Post.Language, nil
}

// life is what one process does until it is killed or has nothing left to do.
func life(t *testing.T, store outbox.Store, plan crashPlan, channels map[string]channel.Channel, clock *time.Time) (killed bool) {
	defer func() {
		if p := recover(); p != nil {
			if p != any(errKilled) {
				panic(p)
			}
			killed = true
		}
	}()
	o := outbox.New(outbox.Config{Planner: plan, Store: store, Channels: channels, Composer: text{}, Batch: 3,
		Now: func() time.Time { return *clock }})
	if err := o.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if err := errors.Join(o.Tick(t.Context()), o.Drain(t.Context(), *clock)); err != nil {
			t.Fatal(err)
		}
		*clock = clock.Add(20 * time.Minute)
	}
	return false
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestCrashes kills the process at every call of the ledger, before and after its transaction, and
// lets another one go on with the file as it was at that moment.
func TestCrashes(t *testing.T) {
	var plan crashPlan
	for i := range 5 {
		for _, name := range []string{"once", "twice"} {
			plan = append(plan, outboxtest.Row(fmt.Sprintf("%s/%d", name, i), name, start.Add(time.Duration(i/2)*10*time.Minute)).Post)
		}
	}
	rounds, uncertain := 0, 0
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			killed, open := crash(t, plan, at, after)
			if !killed {
				break
			}
			rounds, uncertain = rounds+1, uncertain+open
		}
	}
	t.Logf("%d crashes: no post lost, none published twice, %d uncertain where the platform has no key", rounds, uncertain)
	if rounds < 80 || uncertain == 0 {
		t.Errorf("only %d crashes, %d uncertain: the test does not reach what it is for", rounds, uncertain)
	}
}

func crash(t *testing.T, plan crashPlan, at int, after bool) (killed bool, uncertain int) {
	t.Helper()
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first.db"), filepath.Join(dir, "second.db")
	once, twice := &platform{idempotent: true, published: map[string]int{}}, &platform{published: map[string]int{}}
	channels := map[string]channel.Channel{"once": once, "twice": twice}
	clock := start
	s, err := state.Open(first, state.Options{Scratch: true})
	if err != nil {
		t.Fatal(err)
	}
	killed = life(t, &mortal{Store: s, at: at, after: after}, plan, channels, &clock)
	copyFile(t, first, second) // as it is now, never closed
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = state.Open(second, state.Options{Scratch: true}); err != nil {
		t.Fatalf("call %d, after %v: %v", at, after, err)
	}
	if life(t, s, plan, channels, &clock) {
		t.Fatal("the second process was killed")
	}
	rows := outboxtest.All(t, s, outbox.Filter{})
	if err := errors.Join(s.Close(), state.Check(second)); err != nil {
		t.Fatalf("call %d, after %v: %v", at, after, err)
	}
	if len(rows) != len(plan) {
		t.Errorf("call %d, after %v: %d rows of %d posts", at, after, len(rows), len(plan))
	}
	for _, d := range rows {
		n := once.published[d.Post.ID] + twice.published[d.Post.ID]
		switch {
		case d.State == outbox.Sent && n == 1:
		case d.State == outbox.Uncertain && d.Post.Channel == "twice" && n <= 1:
			uncertain++
		default:
			t.Errorf("call %d, after %v: %s is %s (%s) and was published %d times", at, after, d.Post.ID, d.State, d.Reason, n)
		}
	}
	return killed, uncertain
}
