package state_test

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"beaware/campaign"
	"beaware/channel"
	"beaware/outbox"
	"beaware/outbox/outboxtest"
)

const burst = 10_000 // posts of one minute

// noting is a store that notes how long after its moment each post was claimed.
type noting struct {
	outbox.Store
	mu   sync.Mutex
	late []time.Duration
}

func (n *noting) Claim(ctx context.Context, ch string, now time.Time, pass func(outbox.Delivery) bool) (*outbox.Delivery, time.Time, error) {
	d, next, err := n.Store.Claim(ctx, ch, now, pass)
	if d != nil {
		n.mu.Lock()
		n.late = append(n.late, time.Since(d.Post.At))
		n.mu.Unlock()
	}
	return d, next, err
}

// shift is a plan that a benchmark adds to while it runs.
type shift struct {
	crashPlan
	mu    sync.Mutex
	posts []campaign.Post
}

func (s *shift) Due(from, to time.Time) iter.Seq[campaign.Post] {
	s.mu.Lock()
	defer s.mu.Unlock()
	return crashPlan(s.posts).Due(from, to)
}

func (s *shift) set(posts []campaign.Post) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts = posts
}

// counting is a platform that takes everything at once and says when it has had so many.
type counting struct{ all *sync.WaitGroup }

func (c counting) Send(context.Context, channel.Message) (channel.Receipt, error) {
	c.all.Done()
	return channel.Receipt{Ref: "1", URL: "https://example.org/1"}, nil
}
func (counting) Measure(channel.Message) (length, limit int) { return 0, 0 }
func (counting) Idempotent() bool                            { return true }

// BenchmarkBurst is 10,000 posts on 200 channels that are all due at the same moment, with the real file and channels
// that answer at once: how long after that moment they are claimed, and what stays in memory.
func BenchmarkBurst(b *testing.B) { benchBurst(b, 0) }

// BenchmarkMinute is the same with the posts spread over a minute.
func BenchmarkMinute(b *testing.B) { benchBurst(b, time.Minute/burst) }

func benchBurst(b *testing.B, apart time.Duration) {
	store, plan := &noting{Store: benchStore(b), late: make([]time.Duration, 0, 64*burst)}, &shift{}
	var all sync.WaitGroup
	channels := map[string]channel.Channel{}
	for i := range workers {
		channels[fmt.Sprint("channel-", i)] = counting{&all}
	}
	o := outbox.New(outbox.Config{Planner: plan, Store: store, Channels: channels, Composer: text{}})
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() { o.Run(ctx) })
	var first, last runtime.MemStats
	round := 0
	for b.Loop() {
		all.Add(burst)
		at := time.Now().Add(50 * time.Millisecond)
		plan.set(burstPosts(round, at, apart))
		ringUntil(o, &all, at)
		plan.set(nil)
		if last = heap(); round == 0 {
			first = last
		}
		round++
	}
	cancel()
	running.Wait()
	slices.Sort(store.late)
	at := func(part float64) float64 { return store.late[int(part*float64(len(store.late)-1))].Seconds() }
	b.ReportMetric(at(0.5), "s-p50")
	b.ReportMetric(at(0.99), "s-p99")
	b.ReportMetric(at(1), "s-last")
	b.ReportMetric(float64(last.HeapAlloc)/1e6, "MB-heap")
	b.ReportMetric((float64(last.HeapAlloc)-float64(first.HeapAlloc))/1e6/float64(max(round-1, 1)), "MB-heap/round")
}

func burstPosts(round int, at time.Time, apart time.Duration) []campaign.Post {
	posts := make([]campaign.Post, burst)
	for i := range posts {
		name := fmt.Sprint("channel-", i%workers)
		posts[i] = outboxtest.Row(fmt.Sprintf("world-day/daily-%d/%04d/%s/bs", round, i/workers, name), name, at.Add(time.Duration(i)*apart)).Post
	}
	return posts
}

// ringUntil rings as campaign.Wake would, when posts become due, until all were sent.
func ringUntil(o *outbox.Outbox, all *sync.WaitGroup, at time.Time) {
	done := make(chan struct{})
	go func() { defer close(done); all.Wait() }()
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	for {
		select {
		case <-done:
			return
		case <-timer.C:
			o.Ring()
			timer.Reset(50 * time.Millisecond)
		}
	}
}

func heap() (m runtime.MemStats) {
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m
}
