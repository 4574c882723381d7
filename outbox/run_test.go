package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"beaware/campaign"
	"beaware/channel"
	"beaware/outbox"
	"beaware/outbox/outboxtest"
)

// live is an outbox that runs on the bubble's clock.
type live struct {
	*desk
	began time.Time
	stop  func() time.Duration // ends it and says how long that took
}

// run starts an outbox in a bubble, with the posts so long after its start.
func run(t *testing.T, change func(*outbox.Config), posts map[string]time.Duration) *live {
	l := &live{began: time.Now()}
	var planned []campaign.Post
	for id, after := range posts {
		name, _, _ := strings.Cut(id, "/")
		planned = append(planned, post(id, name, l.began.Add(after)))
	}
	l.desk = newDesk(t, func(c *outbox.Config) {
		c.Now = time.Now
		change(c)
	}, planned...)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	l.stop = func() time.Duration {
		before := time.Now()
		cancel()
		<-done
		return time.Since(before)
	}
	return l
}

// rings rings each minute until so long after the start.
func (l *live) rings(until time.Duration) {
	for time.Since(l.began) < until {
		time.Sleep(min(time.Minute, until-time.Since(l.began)))
		l.Ring()
		synctest.Wait()
	}
}

func only(p channel.Channel) func(*outbox.Config) {
	return func(c *outbox.Config) { c.Channels = map[string]channel.Channel{"one": p} }
}

func same(t *testing.T, got, want []time.Duration) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("sent at %v, want %v", got, want)
	}
}

func TestRunThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		to := &place{}
		to.answer = func(ctx context.Context, m channel.Message) (channel.Receipt, error) {
			if n++; n <= 3 {
				return fails(channel.Throttled, 37*time.Second)(ctx, m)
			}
			return channel.Receipt{}, nil
		}
		l := run(t, only(to), map[string]time.Duration{"one/a": 0})
		time.Sleep(time.Hour)
		l.stop()
		same(t, to.times(l.began), []time.Duration{0, 37 * time.Second, 74 * time.Second, 111 * time.Second})
		if row := l.row("one/a"); row.State != outbox.Sent || row.Attempts != 1 {
			t.Errorf("row = %+v, want it sent with one attempt", row)
		}
	})
}

func TestRunBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &place{answer: fails(channel.Temporary, 0)}
		l := run(t, func(c *outbox.Config) {
			only(to)(c)
			c.Jitter = func() float64 { return 0.999999999 }
		}, map[string]time.Duration{"one/a": 0})
		time.Sleep(2 * time.Hour)
		l.stop()
		var want []time.Duration // 5 s doubling up to 15 min
		for at, d := time.Duration(0), 5*time.Second; at <= time.Hour; at, d = at+d, min(2*d, 15*time.Minute) {
			want = append(want, at)
		}
		var got []time.Duration
		for _, d := range to.times(l.began) {
			got = append(got, d.Round(time.Second))
		}
		same(t, got, want)
		if row := l.row("one/a"); row.State != outbox.Failed {
			t.Errorf("row = %+v, want it failed", row)
		}
	})
}

// TestRunBrokenChannel: one channel that hangs delays no other.
func TestRunBrokenChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := &place{answer: func(ctx context.Context, _ channel.Message) (channel.Receipt, error) {
			<-ctx.Done()
			return channel.Receipt{}, ctx.Err()
		}}
		panics := &place{answer: func(context.Context, channel.Message) (channel.Receipt, error) { panic("broken") }}
		works := &place{}
		posts := map[string]time.Duration{}
		for i := range 10 {
			for _, name := range []string{"hangs", "panics", "works"} {
				posts[fmt.Sprint(name, "/", i)] = time.Duration(i) * 10 * time.Second
			}
		}
		l := run(t, func(c *outbox.Config) {
			c.Channels = map[string]channel.Channel{"hangs": hangs, "panics": panics, "works": works}
		}, posts)
		for range 20 {
			time.Sleep(10 * time.Second)
			l.Ring()
		}
		l.stop()
		var want []time.Duration
		for i := range 10 {
			want = append(want, time.Duration(i)*10*time.Second)
		}
		same(t, works.times(l.began), want)
		same(t, hangs.times(l.began)[:3], []time.Duration{0, 30 * time.Second, 60 * time.Second}) // a deadline each
		for id, state := range l.states() {
			name, _, _ := strings.Cut(id, "/")
			if name == "works" && state != outbox.Sent || name == "panics" && state != outbox.Uncertain {
				t.Errorf("%s is %s", id, state)
			}
		}
		if row := l.row("hangs/0"); row.State != outbox.Uncertain || row.Reason != "no answer within 30s" {
			t.Errorf("row = %+v, want it uncertain for want of an answer", row)
		}
	})
}

// TestRunStops: a send under way may take four seconds more, and then is settled by what is known.
func TestRunStops(t *testing.T) {
	for _, test := range []struct {
		name       string
		takes      time.Duration
		obeys      bool // ends with its context
		idempotent bool
		stopped    time.Duration
		want       outbox.State
	}{
		{"it ends in time", 3 * time.Second, true, false, 3 * time.Second, outbox.Sent},
		{"it does not", 20 * time.Second, true, false, 4 * time.Second, outbox.Uncertain},
		{"it does not, and may be repeated", 20 * time.Second, true, true, 4 * time.Second, outbox.Retry},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				to := &place{idempotent: test.idempotent}
				to.answer = func(ctx context.Context, _ channel.Message) (channel.Receipt, error) {
					select {
					case <-time.After(test.takes):
						return channel.Receipt{}, nil
					case <-ctx.Done():
						return channel.Receipt{}, ctx.Err()
					}
				}
				l := run(t, only(to), map[string]time.Duration{"one/a": 0, "one/b": 0})
				synctest.Wait()
				if took := l.stop(); took != test.stopped {
					t.Errorf("stopping took %v, want %v", took, test.stopped)
				}
				if row := l.row("one/a"); row.State != test.want {
					t.Errorf("row = %+v, want %s", row, test.want)
				}
				if row := l.row("one/b"); row.State != outbox.Planned {
					t.Errorf("the next one is %s, want it planned still", row.State)
				}
			})
		})
	}
}

// TestRunIdle: a wait without anything to do neither spins nor writes.
func TestRunIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flaky{Store: &outboxtest.Memory{}}
		to := &place{}
		l := run(t, func(c *outbox.Config) { only(to)(c); c.Store = store }, map[string]time.Duration{"one/a": 90 * time.Minute})
		l.rings(2 * time.Hour)
		if took := l.stop(); took != 0 {
			t.Errorf("stopping took %v", took)
		}
		same(t, to.times(l.began), []time.Duration{90 * time.Minute})
		if store.claims > 300 {
			t.Errorf("%d claims in two idle hours", store.claims)
		}
	})
}

// TestRunDiskFull: while the ledger cannot be written nothing is sent, and nothing is lost.
func TestRunDiskFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := func(call string, d outbox.Delivery) bool { return d.State != outbox.Claimed }
		store := &flaky{Store: &outboxtest.Memory{}, broken: full}
		to := &place{}
		l := run(t, func(c *outbox.Config) { only(to)(c); c.Store = store }, map[string]time.Duration{"one/a": 0, "one/b": 30 * time.Minute})
		l.rings(10 * time.Minute)
		if len(to.sends()) != 0 || len(l.states()) != 0 {
			t.Errorf("sent %v, rows %v; want nothing", to.sends(), l.states())
		}
		set := func(broken func(string, outbox.Delivery) bool) {
			store.mu.Lock()
			defer store.mu.Unlock()
			store.broken = broken
		}
		set(func(_ string, d outbox.Delivery) bool { return d.State == outbox.Sending })
		l.rings(20 * time.Minute)
		if len(to.sends()) != 0 || l.row("one/a").State != outbox.Claimed {
			t.Errorf("sent %v although sending could not be written; rows %v", to.sends(), l.states())
		}
		set(func(_ string, d outbox.Delivery) bool { return d.State == outbox.Sent })
		l.rings(40 * time.Minute)
		if len(to.sends()) != 1 || l.row("one/a").State != outbox.Sending {
			t.Errorf("sent %v; rows %v; want one sending", to.sends(), l.states())
		}
		set(nil)
		l.rings(45 * time.Minute)
		l.stop()
		if a, b := l.row("one/a"), l.row("one/b"); a.State != outbox.Sent || b.State != outbox.Sent || len(to.sends()) != 2 {
			t.Errorf("sent %v; rows %v", to.sends(), l.states())
		}
		if lines := strings.Count(l.log.String(), "no space left"); lines < 10 || lines > 400 {
			t.Errorf("%d lines about the disk in 40 minutes", lines)
		}
	})
}

// TestRunFullAtStop: a process that can write nothing ends in time all the same.
func TestRunFullAtStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flaky{Store: &outboxtest.Memory{}, broken: func(_ string, d outbox.Delivery) bool { return d.State == outbox.Sent }}
		to := &place{}
		l := run(t, func(c *outbox.Config) { only(to)(c); c.Store = store }, map[string]time.Duration{"one/a": 0})
		time.Sleep(time.Second)
		if took := l.stop(); took > 4*time.Second {
			t.Errorf("stopping took %v", took)
		}
		if row := l.row("one/a"); row.State != outbox.Sending {
			t.Errorf("row = %+v, want it left as sending", row)
		}
	})
}

// TestRunDoubtfulClaim: a claim that failed may have taken place. The post does not stay behind.
func TestRunDoubtfulClaim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &doubtful{Store: &outboxtest.Memory{}}
		to := &place{}
		l := run(t, func(c *outbox.Config) { only(to)(c); c.Store = store }, map[string]time.Duration{"one/a": 0})
		l.rings(2 * time.Minute)
		l.stop()
		if row := l.row("one/a"); row.State != outbox.Sent || len(to.sends()) != 1 {
			t.Errorf("row = %+v after %d sends", row, len(to.sends()))
		}
	})
}

// doubtful claims the first time and says that it did not.
type doubtful struct {
	outbox.Store
	done bool
}

func (s *doubtful) Claim(ctx context.Context, channel string, now time.Time, pass func(outbox.Delivery) bool) (*outbox.Delivery, time.Time, error) {
	d, next, err := s.Store.Claim(ctx, channel, now, pass)
	if !s.done {
		s.done = true
		return nil, time.Time{}, errDisk
	}
	return d, next, err
}

// TestRunRings: what becomes due is sent at the ring after it, also when the clock was asleep.
func TestRunRings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &place{}
		l := run(t, only(to), map[string]time.Duration{"one/a": 30 * time.Second, "one/b": 3 * time.Hour, "one/c": 27 * time.Hour})
		l.Ring()
		l.Ring()
		l.rings(3*time.Hour + time.Minute)
		time.Sleep(24 * time.Hour) // nobody rings: as asleep
		l.Ring()
		synctest.Wait()
		l.stop()
		same(t, to.times(l.began), []time.Duration{time.Minute, 3 * time.Hour, 27*time.Hour + time.Minute})
	})
}

// TestRunEndsAtOnce: a context that is over starts nothing.
func TestRunEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &place{}
		d := newDesk(t, only(to), post("a", "one", start))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		d.Run(ctx)
		d.Run(ctx)
		if len(to.sends()) != 0 {
			t.Errorf("sent %v", to.sends())
		}
	})
}

// queue is a place whose platform lets posts wait for their turn.
type queue struct {
	place
	turn chan struct{}
}

func (q *queue) Turn(ctx context.Context) error {
	select {
	case <-q.turn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestStoppedInTheQueue: who is stopped while a post waits for its turn leaves it planned, and in no doubt.
func TestStoppedInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{turn: make(chan struct{})}
		d := newDesk(t, func(c *outbox.Config) {
			c.Channels = map[string]channel.Channel{"one": q}
			c.Now = time.Now
		}, post("a", "one", time.Now()))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { d.Run(ctx); close(ended) }()
		synctest.Wait()
		if got := d.row("a").State; got != outbox.Claimed {
			t.Errorf("in the queue it is %s, want claimed", got)
		}
		stop()
		<-ended
		if row := d.row("a"); row.State != outbox.Planned || row.MaybeSent || row.Attempts != 0 {
			t.Errorf("stopped in the queue it is %s, maybe sent %v, %d attempts; want planned and untouched", row.State, row.MaybeSent, row.Attempts)
		}
		go func() { q.turn <- struct{}{} }()
		ctx, stop = context.WithCancel(t.Context())
		ended = make(chan struct{})
		go func() { d.Run(ctx); close(ended) }()
		synctest.Wait()
		if got := d.row("a").State; got != outbox.Sent {
			t.Errorf("after its turn it is %s, want sent", got)
		}
		stop()
		<-ended
	})
}
