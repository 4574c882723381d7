package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"beaware/channel/channeltest"
	"beaware/channel/telegram/telegramtest"
)

// drain is posts to many channels of one bot, and people who write to it meanwhile, on a server that enforces Telegram's limits.
type drain struct {
	channels, posts int           // posts to each channel, one after the other
	people          int           // each writes once and is answered
	every           time.Duration // between two people
}

// drained is what came of it, in virtual time since the beginning.
type drained struct {
	posts    []sent
	took     time.Duration   // until the last post
	waits    []time.Duration // of people, from the message to its answer, shortest first
	refusals int             // 429s
}

type sent struct {
	at   time.Duration
	chat string
}

func (d drain) run(t *testing.T) (out drained) {
	synctest.Test(t, func(t *testing.T) {
		s := telegramtest.StartInMemory(t, telegramtest.Options{Limits: telegramtest.RealLimits()})
		c, err := New(Options{Token: telegramtest.Token, API: s.URL, HTTP: s.Client()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var bot, work sync.WaitGroup
		bot.Go(func() { _ = c.Converse(ctx, ConversationOptions{Name: "bot", Answer: counter}) })
		synctest.Wait()
		began := time.Now()
		d.publish(t, s, c, &work)
		asked := map[string]time.Time{}
		for range d.people {
			time.Sleep(d.every)
			u := s.AddUser("en")
			asked[strconv.FormatInt(u.ID(), 10)] = time.Now()
			u.Send("/start")
		}
		work.Wait()
		time.Sleep(time.Second)
		cancel()
		bot.Wait()
		out = read(s.Calls("sendMessage"), began, asked)
	})
	return out
}

// publish posts as the outbox does: each channel has a worker.
func (d drain) publish(t *testing.T, s *telegramtest.Server, c *Client, work *sync.WaitGroup) {
	for i := range d.channels {
		ch, err := c.Channel("x", s.AddChannel(fmt.Sprintf("@channel%d", i)).Ref())
		if err != nil {
			t.Fatal(err)
		}
		work.Go(func() {
			for range d.posts {
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				if _, err := ch.Send(ctx, channeltest.Simple("a")); err != nil {
					t.Error(err)
				}
				cancel()
			}
		})
	}
}

func read(calls []telegramtest.Request, began time.Time, asked map[string]time.Time) (out drained) {
	for _, r := range calls {
		if r.Status == http.StatusTooManyRequests {
			out.refusals++
			continue
		}
		chat := r.Params["chat_id"]
		if at, person := asked[chat]; person {
			out.waits = append(out.waits, r.At.Sub(at))
			continue
		}
		out.took = r.At.Sub(began)
		out.posts = append(out.posts, sent{out.took, chat})
	}
	slices.Sort(out.waits)
	return out
}

// rate is of all that was sent while there were posts.
func (d drained) rate() float64 { return float64(len(d.posts)+len(d.waits)) / d.took.Seconds() }

const (
	allBots  = 30.0      // a second
	oneGroup = 20.0 / 60 // a second
)

// Everything that Telegram allows is used, nothing more is tried, people come first, and no channel waits for another.
func TestDrain(t *testing.T) {
	for name, c := range map[string]struct {
		drain
		allowance float64
	}{
		"200 channels":              {drain{channels: 200, posts: 6}, allBots},
		"200 channels and people":   {drain{channels: 200, posts: 6, people: 600, every: 100 * time.Millisecond}, allBots},
		"one channel, five minutes": {drain{channels: 1, posts: 100}, oneGroup},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.run(t)
			share := 100 * got.rate() / c.allowance
			t.Logf("%d posts in %v: %.1f%% of the allowance, %d refused", len(got.posts), got.took.Round(time.Millisecond), share, got.refusals)
			if got.refusals != 0 || share < 95 || len(got.posts) != c.channels*c.posts || len(got.waits) != c.people {
				t.Error("that is not what Telegram allows")
			}
			got.even(t, c.channels)
			if n := len(got.waits); n > 0 {
				t.Logf("%d answers: median %v, longest %v", n, got.waits[n/2], got.waits[n-1])
				if got.waits[n-1] >= 150*time.Millisecond {
					t.Error("people wait")
				}
			}
		})
	}
}

// even fails if a channel is more than a round of posts ahead of the others or behind them, and if what late packets may take
// is used up.
func (d drained) even(t *testing.T, channels int) {
	t.Helper()
	had := map[string]int{}
	for i, p := range d.posts {
		if ahead := had[p.chat] - i/channels; ahead < -1 || ahead > 1 {
			t.Fatalf("after %d posts a channel has had %d", i, had[p.chat])
		}
		had[p.chat]++
	}
	most, span := 30, 1025*time.Millisecond
	if channels == 1 {
		most, span = 20, 60900*time.Millisecond
	}
	for i := most; i < len(d.posts); i++ {
		if d.posts[i].at-d.posts[i-most].at < span {
			t.Fatalf("%d posts from %v to %v", most+1, d.posts[i-most].at, d.posts[i].at)
		}
	}
}

// A short run of posts to one channel does not take minutes.
func TestShortRun(t *testing.T) {
	if got := (drain{channels: 1, posts: 3}).run(t); got.took > 5*time.Second {
		t.Errorf("three posts took %v", got.took)
	}
}

// More people than the bot may answer do not stop posts for good.
func TestPostsAreNotStarved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(Limits{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var posts, answers atomic.Int32
		var wg sync.WaitGroup
		for i := range 300 {
			wg.Go(func() {
				for p.answer(ctx, strconv.Itoa(i)) == nil {
					answers.Add(1)
				}
			})
			wg.Go(func() {
				if p.post(ctx, "@c"+strconv.Itoa(i)) == nil {
					posts.Add(1)
				}
			})
		}
		wg.Wait()
		t.Logf("%d posts, %d answers", posts.Load(), answers.Load())
		if n := posts.Load(); n < 48 || n > 51 || answers.Load() < 1300 {
			t.Error("that is not one post a second") // of 50: then the turns of the rest come too late
		}
	})
}

// A turn is given up in time for a request, whoever waits leaves nothing behind, and nobody else loses a turn by it.
func TestTurnsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(Limits{})
		var wg sync.WaitGroup
		began := time.Now()
		for range 20 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				err := p.post(ctx, "@busy")
				if d := time.Since(began); err != nil && (!errors.Is(err, errCrowded) || d != 20*time.Second) {
					t.Errorf("given up after %v: %v", d, err)
				}
			})
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := p.answer(ctx, "1"); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := p.answer(t.Context(), "1"); err != nil || time.Since(began) > time.Second {
			t.Errorf("an answer came after %v: %v", time.Since(began), err)
		}
		wg.Wait()
		if len(p.posts)+len(p.answers) != 0 {
			t.Errorf("%d posts and %d answers wait", len(p.posts), len(p.answers))
		}
	})
}

func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		limits Limits
		chats  int
		least  time.Duration // for 21 posts
		most   time.Duration
	}{
		"fewer over all":       {Limits{All: 10, Chat: -1, Group: -1}, 21, 2 * time.Second, 2100 * time.Millisecond},
		"fewer posts":          {Limits{Posts: 5}, 21, 3900 * time.Millisecond, 4 * time.Second},
		"more posts than all":  {Limits{Posts: 500}, 21, 600 * time.Millisecond, 700 * time.Millisecond},
		"a chat of its own":    {Limits{Chat: 0.5, Group: -1}, 1, 40 * time.Second, 42 * time.Second},
		"fewer in a group":     {Limits{Group: 10}, 1, 2 * time.Minute, 126 * time.Second},
		"none, in one channel": {unlimited, 1, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPace(c.limits)
				began := time.Now()
				for i := range 21 {
					if err := p.post(t.Context(), "@c"+strconv.Itoa(i%c.chats)); err != nil {
						t.Fatal(err)
					}
				}
				if d := time.Since(began); d < c.least || d > c.most {
					t.Errorf("21 posts took %v", d)
				}
			})
		})
	}
}

// BenchmarkDrain says in virtual time how much of Telegram's allowance 1,200 posts to 200 channels use; ns/op is the work of
// the client and of the server that it speaks to.
func BenchmarkDrain(b *testing.B) {
	var perSecond float64
	refusals, runs := 0, 0
	// a bubble wants a *testing.T, which a benchmark can only have of RunTests
	one := []testing.InternalTest{{Name: "drain", F: func(t *testing.T) {
		got := drain{channels: 200, posts: 6}.run(t)
		perSecond += got.rate()
		refusals += got.refusals
		runs++
	}}}
	for b.Loop() {
		if !testing.RunTests(func(_, _ string) (bool, error) { return true, nil }, one) {
			b.Fatal("a post was not sent")
		}
	}
	perSecond /= float64(runs)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(runs), "ns/op") // with -count there are more runs than loops
	b.ReportMetric(perSecond, "posts/s")
	b.ReportMetric(100*perSecond/allBots, "%allowance")
	b.ReportMetric(float64(refusals), "429s")
}
