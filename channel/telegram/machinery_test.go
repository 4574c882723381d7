package telegram

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestWindow(t *testing.T) {
	type step struct {
		do   string
		id   int64
		want int64 // offset afterwards
	}
	for name, steps := range map[string][]step{
		"one after the other": {{"take", 7, 7}, {"finish", 7, 8}, {"take", 8, 8}, {"finish", 8, 9}},
		"a slow first one":    {{"take", 7, 7}, {"take", 8, 7}, {"finish", 8, 7}, {"seen", 8, 7}, {"seen", 7, 7}, {"take", 9, 7}, {"finish", 7, 9}, {"finish", 9, 10}},
		"a lower number":      {{"take", 900, 900}, {"finish", 900, 901}, {"take", 12, 12}, {"finish", 12, 13}},
		"never taken":         {{"finish", 3, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWindow()
			for i, s := range steps {
				switch s.do {
				case "finish":
					w.finish(s.id)
				default:
					if fresh := w.take(s.id); fresh != (s.do == "take") {
						t.Fatalf("step %d: take(%d) = %v", i, s.id, fresh)
					}
				}
				if got := w.offset(); got != s.want {
					t.Fatalf("step %d: offset %d, want %d", i, got, s.want)
				}
			}
		})
	}
}

func TestLanesKeepOrderAndDropFlooders(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	const flooder = 1
	gate := make(chan struct{})
	var flood, dropped atomic.Int32
	var wg sync.WaitGroup
	var mu sync.Mutex
	order := map[chatID][]int64{}
	l := newLanes(ctx, func(_, _ context.Context, tk task) {
		if tk.chat == flooder {
			<-gate
			flood.Add(1)
			return
		}
		defer wg.Done()
		mu.Lock()
		defer mu.Unlock()
		order[tk.chat] = append(order[tk.chat], tk.update)
	})
	for i := range int64(100) {
		dropped.Add(int32(len(l.add(task{update: i + 1, turn: turn{chat: flooder, show: true}}))))
	}
	for chat := chatID(2); chat < 200; chat++ {
		for i := range int64(perChat) {
			wg.Add(1)
			if d := l.add(task{update: i + 1, turn: turn{chat: chat, show: true}}); len(d) > 0 {
				t.Errorf("task %d of chat %d was dropped", i, chat)
				wg.Done()
			}
		}
	}
	wg.Wait() // while the flooder still stands at the gate
	for chat, tasks := range order {
		if fmt.Sprint(tasks) != "[1 2 3 4 5]" {
			t.Errorf("chat %d: %v", chat, tasks)
		}
	}
	// whether the first was begun before the others came is left to chance
	if n := dropped.Load(); n < 100-perChat-1 || n > 100-perChat || flood.Load() != 0 {
		t.Errorf("%d dropped, %d done", n, flood.Load())
	}
	close(gate)
	cancel()
	l.wait()
}

func TestPace(t *testing.T) {
	const burst = 40
	for name, c := range map[string]struct {
		wait      func(context.Context, *pace, int) error
		perSecond int
		perMinute int
		atLeast   time.Duration
		notLonger time.Duration
	}{
		"posts to many channels": {wait: func(ctx context.Context, p *pace, i int) error { return p.post(ctx, fmt.Sprint("@c", i)) }, perSecond: 30, perMinute: 2000, atLeast: time.Second, notLonger: 3 * time.Second},
		"answers in one chat":    {wait: func(ctx context.Context, p *pace, _ int) error { return p.answer(ctx, "5") }, perSecond: 1, perMinute: 60, atLeast: 39 * time.Second, notLonger: 45 * time.Second},
		"posts in one group":     {wait: func(ctx context.Context, p *pace, _ int) error { return p.post(ctx, "-7") }, perSecond: 1, perMinute: 20, atLeast: 2 * time.Minute, notLonger: 3 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPace(Limits{})
				began := time.Now()
				var at []time.Duration
				for i := range burst {
					if err := c.wait(t.Context(), p, i); err != nil {
						t.Fatal(err)
					}
					at = append(at, time.Since(began))
				}
				for i := range at {
					second, minute := 0, 0
					for _, other := range at {
						if other >= at[i] && other < at[i]+time.Second {
							second++
						}
						if other >= at[i] && other < at[i]+time.Minute {
							minute++
						}
					}
					if second > c.perSecond || minute > c.perMinute {
						t.Fatalf("%d in a second, %d in a minute", second, minute)
					}
				}
				if last := at[burst-1]; last < c.atLeast || last > c.notLonger {
					t.Errorf("%d took %v", burst, last)
				}
			})
		})
	}
}

func TestPaceForgetsIdleChats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(Limits{All: -1})
		for i := range 1000 {
			if err := p.answer(t.Context(), fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(idle + sweep + time.Second)
		_ = p.answer(t.Context(), "x")
		if len(p.chats) != 1 {
			t.Errorf("%d chats are remembered", len(p.chats))
		}
	})
}

// While posts wait for their turn, answers do not.
func TestAnswersBeforePosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(Limits{})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 500 {
			wg.Go(func() { _ = p.post(ctx, fmt.Sprint("@c", i)) })
		}
		synctest.Wait()
		began := time.Now()
		for i := range 10 {
			if err := p.answer(t.Context(), fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		}
		if d := time.Since(began); d > 2*time.Second {
			t.Errorf("ten answers took %v", d)
		}
		cancel()
		wg.Wait()
	})
}
