package alert

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"beaware/channel"
)

// ear is a sink that writes down what it is told, and when.
type ear struct {
	start  time.Time
	delay  time.Duration
	deaf   bool // waits for its context
	mu     sync.Mutex
	errs   []error // for the next calls; then nil
	heard  []Digest
	when   []time.Duration
	called int
}

func (s *ear) Tell(ctx context.Context, d Digest) error {
	if s.deaf {
		<-ctx.Done()
		return ctx.Err()
	}
	time.Sleep(s.delay)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.called++
	if len(s.errs) > 0 {
		err := s.errs[0]
		s.errs = s.errs[1:]
		if err != nil {
			return err
		}
	}
	s.heard, s.when = append(s.heard, d), append(s.when, time.Since(s.start))
	return nil
}

func (s *ear) texts() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for i, d := range s.heard {
		fmt.Fprintf(&b, "%s %s\n", s.when[i], d.Title)
	}
	return b.String()
}

// step is what happens at a moment after the start.
type step struct {
	at    time.Duration
	event Event
}

func failed(id, text string) Event { return Event{Kind: Failed, Subject: id, Text: text} }

func broken(text string) Event { return Event{Kind: Channel, Subject: "ba-telegram", Text: text} }

func mended() Event {
	return Event{Kind: Channel, Subject: "ba-telegram", Text: "it takes posts again", Over: true}
}

var (
	down     = &channel.SendError{Kind: channel.Temporary, Reason: "down"}
	throttle = &channel.SendError{Kind: channel.Throttled, RetryAfter: 7 * time.Minute, Reason: "slow"}
	refuse   = &channel.SendError{Kind: channel.Refused, Reason: "no"}
)

func TestDigestsInTime(t *testing.T) {
	for _, c := range []struct {
		name  string
		errs  []error
		steps []step
		until time.Duration
		want  string
	}{
		{"nothing to say", nil, nil, 48 * time.Hour, ""},
		{"what happens together is told together", nil, []step{
			{0, failed("a", "x")}, {5 * time.Second, failed("b", "x")}, {29 * time.Second, broken("401")},
		}, time.Hour, "30s Beaware: 1 channel, 2 failed\n"},
		{"then at most every five minutes", nil, []step{
			{0, failed("a", "x")}, {time.Minute, failed("b", "x")}, {2 * time.Minute, failed("c", "x")}, {10 * time.Minute, failed("d", "x")},
		}, time.Hour, "30s Beaware: 1 failed\n5m30s Beaware: 2 failed\n10m30s Beaware: 1 failed\n"},
		{"the same is told once a day", nil, []step{
			{0, broken("401")}, {time.Hour, broken("401")}, {23 * time.Hour, broken("401")}, {25 * time.Hour, broken("401")},
		}, 48 * time.Hour, "30s Beaware: 1 channel\n25h0m30s Beaware: 1 channel\n"},
		{"a daily report is told daily, and not sooner", nil, []step{
			{0, broken("401")}, {day, broken("401")}, {2*day - time.Second, broken("401")},
		}, 72 * time.Hour, "30s Beaware: 1 channel\n24h0m30s Beaware: 1 channel\n48h0m30s Beaware: 1 channel\n"},
		{"other news does not bring it forward", nil, []step{
			{0, broken("401")}, {day - 70*time.Second, failed("a", "x")}, {day - 50*time.Second, broken("401")},
		}, 48 * time.Hour, "30s Beaware: 1 channel\n23h59m20s Beaware: 1 failed\n24h4m20s Beaware: 1 channel\n"},
		{"a change is told at once", nil, []step{
			{0, broken("401")}, {time.Hour, broken("403")}, {2 * time.Hour, broken("403")},
		}, 20 * time.Hour, "30s Beaware: 1 channel\n1h0m30s Beaware: 1 channel\n"},
		{"a change that was taken back is none", nil, []step{
			{0, broken("401")}, {time.Hour, broken("403")}, {time.Hour + time.Second, broken("401")},
		}, 20 * time.Hour, "30s Beaware: 1 channel\n"},
		{"an end is told, and the next beginning too", nil, []step{
			{0, broken("401")}, {time.Hour, mended()}, {2 * time.Hour, broken("401")},
		}, 20 * time.Hour, "30s Beaware: 1 channel\n1h0m30s Beaware: 1 over\n2h0m30s Beaware: 1 channel\n"},
		{"an end of what nobody heard of is no news", nil, []step{
			{0, mended()}, {time.Hour, broken("401")}, {time.Hour + 10*time.Second, mended()},
		}, 20 * time.Hour, ""},
		{"an end that lasted seconds is no news", nil, []step{
			{0, broken("401")}, {time.Hour, mended()}, {time.Hour + time.Second, broken("401")},
		}, 20 * time.Hour, "30s Beaware: 1 channel\n"},
		{"tried again, later and later", []error{down, down, down}, []step{
			{0, failed("a", "x")}, {time.Minute, failed("b", "x")},
		}, time.Hour, "4m0s Beaware: 2 failed\n"}, // 30 s, and 30 s, 1 min, 2 min after each
		{"the sink's own delay is obeyed", []error{throttle}, []step{{0, failed("a", "x")}},
			time.Hour, "7m30s Beaware: 1 failed\n"},
		{"over before a retry got through", []error{down}, []step{{0, broken("401")}, {40 * time.Second, mended()}}, time.Hour, ""},
		{"what is refused is lost, and that is said", []error{refuse}, []step{{0, failed("a", "x")}, {time.Hour, failed("b", "x")}},
			2 * time.Hour, "5m30s Beaware: 1 not told\n1h0m30s Beaware: 1 failed\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &ear{start: time.Now(), errs: c.errs}
				run(t, s, c.steps, c.until)
				if got := s.texts(); got != c.want {
					t.Errorf("told\n%swant\n%s", got, c.want)
				}
			})
		})
	}
}

func run(t *testing.T, s Sink, steps []step, until time.Duration) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	d := New(map[string]Sink{"ear": s}, nil)
	done := make(chan struct{})
	go func() { defer close(done); d.Run(ctx) }()
	start := time.Now()
	for _, st := range steps {
		time.Sleep(st.at - time.Since(start))
		d.Tell(st.event)
	}
	time.Sleep(until - time.Since(start))
	stop()
	<-done
}

// What is news while a digest is on its way is neither lost nor told twice.
func TestNewsInFlight(t *testing.T) {
	for _, c := range []struct {
		name string
		errs []error
		then Event
		want string
	}{
		{"the same", nil, broken("401"), "50s Beaware: 1 channel\n"},
		{"the same, and the attempt fails", []error{down}, broken("401"), "1m40s Beaware: 1 channel\n"},
		{"another text", nil, broken("403"), "50s Beaware: 1 channel\n6m10s Beaware: 1 channel\n"},
		{"over", nil, mended(), "50s Beaware: 1 channel\n6m10s Beaware: 1 over\n"},
		{"over, and the attempt fails", []error{down}, mended(), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &ear{start: time.Now(), delay: 20 * time.Second, errs: c.errs}
				s.delay -= time.Nanosecond // before the attempt's own deadline
				run(t, s, []step{{0, broken("401")}, {35 * time.Second, c.then}}, time.Hour)
				got := strings.ReplaceAll(s.texts(), "49.999999999s", "50s")
				got = strings.ReplaceAll(got, "1m39.999999998s", "1m40s")
				got = strings.ReplaceAll(got, "6m9.999999998s", "6m10s")
				if got != c.want {
					t.Errorf("told\n%swant\n%s", got, c.want)
				}
			})
		})
	}
}

// A sink that never answers holds up no other, and the end comes within its bound.
func TestSinksAreApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		good, bad := &ear{start: start}, &ear{start: start, deaf: true}
		ctx, stop := context.WithCancel(t.Context())
		d := New(map[string]Sink{"good": good, "bad": bad}, nil)
		var wg sync.WaitGroup
		wg.Go(func() { d.Run(ctx) })
		d.Tell(failed("a", "x"))
		time.Sleep(time.Hour)
		if got := good.texts(); got != "30s Beaware: 1 failed\n" {
			t.Errorf("the good sink heard %q", got)
		}
		states := d.State()
		if states[0].Name != "bad" || states[0].Waiting != 1 || states[0].Trouble != "no answer in time" || !states[0].Told.IsZero() {
			t.Errorf("bad: %+v", states[0])
		}
		if states[1].Waiting != 0 || states[1].Trouble != "" || states[1].Told.IsZero() {
			t.Errorf("good: %+v", states[1])
		}
		stopped := time.Now()
		stop()
		wg.Wait()
		if took := time.Since(stopped); took > farewell {
			t.Errorf("the end took %s", took)
		}
	})
}

// What is left at the end is told at once.
func TestFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &ear{start: time.Now()}
		run(t, s, []step{{0, failed("a", "x")}, {time.Minute, failed("b", "x")}}, time.Minute+time.Second)
		if want := "30s Beaware: 1 failed\n1m1s Beaware: 1 failed\n"; s.texts() != want {
			t.Errorf("told %q, want %q", s.texts(), want)
		}
	})
}

// A flood is told as one digest that says what it leaves out, in bounded memory.
func TestFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &ear{start: time.Now()}
		var steps []step
		for i := range 50_000 {
			steps = append(steps, step{0, failed(fmt.Sprintf("post-%05d", i%(maxWaiting+17)), "no room")})
		}
		run(t, s, steps, time.Hour)
		if len(s.heard) != 1 || len(s.heard[0].Troubles) != maxWaiting || s.heard[0].Dropped == 0 {
			t.Fatalf("%s", s.texts())
		}
		n := s.heard[0].Dropped
		for _, x := range s.heard[0].Troubles {
			n += x.Count
		}
		if n != 50_000 {
			t.Errorf("%d events told or counted as lost, want 50000", n)
		}
		if !strings.Contains(s.heard[0].Text, "no room (1000): post-00000, post-00001, post-00002, post-00003 and 996 more") ||
			!strings.Contains(s.heard[0].Text, "more alerts were lost") {
			t.Errorf("%s", s.heard[0].Text)
		}
	})
}

// What was told is remembered in bounded memory; the oldest is forgotten first.
func TestMemoryIsBounded(t *testing.T) {
	b := newBoard()
	for i := range maxTold + 100 {
		now := noon.Add(time.Duration(i) * time.Second)
		b.take(failed(fmt.Sprint(i), "x").trim(now), now)
		b.begin(now)
		b.arrived(now)
	}
	if len(b.told) != maxTold || b.told[key{Failed, "99"}] != nil || b.told[key{Failed, "100"}] == nil {
		t.Errorf("%d remembered", len(b.told))
	}
}

// Tell may be called from anywhere at any time, before Run and after it.
func TestTellFromAnywhere(t *testing.T) {
	s := &ear{start: time.Now()}
	ctx, stop := context.WithCancel(t.Context())
	d := New(map[string]Sink{"ear": s}, nil)
	d.Tell()
	var wg, run sync.WaitGroup
	run.Go(func() { d.Run(ctx) })
	for i := range 8 {
		wg.Go(func() {
			for j := range 100 {
				d.Tell(failed(fmt.Sprint(i, j), "x"), Event{Kind: Late, Subject: fmt.Sprint(j), Over: j%2 == 0})
				d.State()
			}
		})
	}
	wg.Wait()
	stop()
	run.Wait()
	d.Tell(failed("late", "x"))
	if len(s.heard) != 1 || len(s.heard[0].Troubles)+s.heard[0].Dropped < 800 {
		t.Errorf("heard %s", s.texts())
	}
	New(nil, nil).Tell(failed("a", "x")) // no sinks
}

// Nothing of an error or a panic but the reason of a SendError reaches the log.
func TestLogHoldsNoSecret(t *testing.T) {
	const secret = "s3cret-token"
	for name, sink := range map[string]Sink{
		"error": Chat(func(context.Context, string) error { return errors.New(secret) }),
		"wrap":  Chat(func(context.Context, string) error { return fmt.Errorf("%s: %w", secret, down) }),
		"panic": Chat(func(context.Context, string) error { panic(secret) }),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				ctx, stop := context.WithCancel(t.Context())
				d := New(map[string]Sink{name: sink}, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
				var wg sync.WaitGroup
				wg.Go(func() { d.Run(ctx) })
				d.Tell(failed("a", "x"))
				time.Sleep(time.Hour)
				state := fmt.Sprintf("%+v", d.State())
				stop()
				wg.Wait()
				if !strings.Contains(log.String(), "staff not told yet") || strings.Contains(log.String()+state, secret) {
					t.Errorf("log %s\nstate %s", log.String(), state)
				}
			})
		})
	}
}
