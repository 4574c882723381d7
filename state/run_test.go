package state_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"beaware/channel"
	"beaware/outbox"
	"beaware/outbox/outboxtest"
	"beaware/state"
)

// TestRun lets an outbox run on a real file, with many channels that write at once.
func TestRun(t *testing.T) {
	path := file(t)
	synctest.Test(t, func(t *testing.T) {
		s, err := state.Open(path, state.Options{Scratch: true})
		if err != nil {
			t.Fatal(err)
		}
		var plan crashPlan
		channels := map[string]channel.Channel{}
		for i := range 200 {
			name := fmt.Sprint("channel-", i%40)
			channels[name] = &platform{published: map[string]int{}}
			plan = append(plan, outboxtest.Row(fmt.Sprint(name, "/", i/40), name, time.Now().Add(time.Duration(i/100)*time.Minute)).Post)
		}
		o := outbox.New(outbox.Config{Planner: plan, Store: s, Channels: channels, Composer: text{}})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); o.Run(ctx) }()
		for range 10 {
			time.Sleep(time.Minute)
			o.Ring()
		}
		cancel()
		<-done
		counts, err := s.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range counts {
			if c.State != outbox.Sent || c.N != 5 {
				t.Errorf("%+v, want 5 sent", c)
			}
		}
		if len(counts) != 40 {
			t.Errorf("%d channels are counted, want 40", len(counts))
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := state.Check(path); err != nil {
		t.Error(err)
	}
}
