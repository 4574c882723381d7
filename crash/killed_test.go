//go:build unix

package crash

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"beaware/outbox"
)

// moments are the steps at which the program is killed: before it, during it, after it.
func moments() (list []string) {
	for _, step := range []string{"enqueue", "claim", "settle-planned", "settle-sending", "put", "settle-retry", "send", "settle-uncertain", "settle-sent", "settle-skipped"} {
		for _, when := range []string{"before", "during", "after"} {
			list = append(list, step+" "+when)
		}
	}
	return list
}

// kills is shared by those who kill side by side.
type kills struct {
	mu     sync.Mutex
	rng    *rand.Rand
	rounds int
	left   int            // rounds still to come
	byStep map[string]int // deaths by moment; "random" for all others
	tried  map[string]int
	sum    tally
}

// next draws the kind of a round: a moment at which the program is to die, with the delay after which it is killed all
// the same, or "" and that delay alone. A start takes about 100 ms.
func (k *kills) next(before shot) (moment string, n int, delay time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.left--
	k.rounds++
	if k.rng.IntN(2) == 0 {
		return "", 0, time.Duration(k.rng.Int64N(int64(400 * time.Millisecond)))
	}
	var list []string
	for _, m := range moments() {
		if before.leadsTo(m) {
			list = append(list, m)
		}
	}
	// Some can be met in few rounds only, so those that were met least go first.
	moment = slices.MinFunc(list, func(a, b string) int {
		return cmp.Compare(2*k.byStep[a]+k.tried[a], 2*k.byStep[b]+k.tried[b])
	})
	k.tried[moment]++
	n = 1
	if k.byStep[moment] > 1 && !strings.HasPrefix(moment, "enqueue") && k.rng.IntN(2) == 0 {
		n += k.rng.IntN(20)
	}
	return moment, n, 500 * time.Millisecond
}

// leadsTo tells whether a program that starts with these rows meets a moment.
func (now shot) leadsTo(moment string) bool {
	step, _, _ := strings.Cut(moment, " ")
	switch {
	case step == "enqueue": // each start writes how far it planned
		return true
	case len(now) == 0:
		return !slices.Contains([]string{"settle-planned", "settle-retry", "settle-uncertain", "settle-skipped"}, step)
	}
	for _, d := range now {
		if meets(d, step) {
			return true
		}
	}
	return false
}

// meets tells whether a row as an earlier program left it comes to a step.
func meets(d outbox.Delivery, step string) bool {
	telegram, kept := post{Channel: d.Post.Channel}.telegram(), d.Post.Campaign == unread
	twice := !telegram || d.Post.Campaign == again // a second attempt is safe, or asked for
	switch step {
	case "settle-planned":
		return d.State == outbox.Claimed
	case "settle-retry":
		return d.State == outbox.Sending && twice
	case "settle-uncertain":
		return d.State == outbox.Sending && !twice
	case "settle-skipped":
		return !last(d.State) && kept
	case "put", "send":
		return !last(d.State) && !kept && telegram == (step == "send")
	default:
		return !last(d.State) && !kept
	}
}

// died counts a round.
func (k *kills) died(moment string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.byStep[cmp.Or(moment, "random")]++
}

// TestKilled is the promise: whenever the program is killed, each planned post is sent, uncertain, missed or skipped in
// the end; none is doubled or lost; and the store passes its check each time.
func TestKilled(t *testing.T) { testKilled(t, *rounds, nil) }

// patient is long enough for the second that a chat asks between two posts, and shorter than the half minute of the program.
const patient = "BEAWARE_SEND_TIMEOUT=5s"

// TestKilledWhileTheServerFails is the same with a server that does each of its faults to some posts.
func TestKilledWhileTheServerFails(t *testing.T) {
	testKilled(t, max(*rounds/4, 10), func(s *scene, rng *rand.Rand) {
		for i := range s.telegrams {
			do := spoils[rng.IntN(len(spoils))]
			s.fake.fail(map[string]any{"method": "sendMessage", "chat": chatOf(telegramID(i)), "do": do.do, "skip": rng.IntN(4), "times": 2, "retry_after": 1})
		}
	})
}

func testKilled(t *testing.T, rounds int, spoil func(*scene, *rand.Rand)) {
	t.Parallel()
	seed := *seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("seed %d", seed)
	began := time.Now()
	k := &kills{rng: rand.New(rand.NewPCG(seed, 0)), left: rounds, byStep: map[string]int{}, tried: map[string]int{}, sum: tally{states: map[outbox.State]int{}}}
	var wg sync.WaitGroup
	sets := 0
	for range min(*workers, rounds/20+1) { // an installation takes about 20 rounds
		wg.Go(func() {
			for {
				k.mu.Lock()
				if k.left <= 0 || len(k.sum.faults) > 20 || t.Failed() {
					k.mu.Unlock()
					return
				}
				sets++
				number, rng := sets, rand.New(rand.NewPCG(seed, uint64(sets)))
				k.mu.Unlock()
				k.set(t, number, rng, spoil)
			}
		})
	}
	wg.Wait()
	for i, f := range k.sum.faults {
		if t.Error(f); i == 20 {
			t.Errorf("and %d more", len(k.sum.faults)-i-1)
			break
		}
	}
	t.Logf("%d rounds in %d installations, %s; %s", k.rounds, sets, time.Since(began).Round(time.Second), &k.sum)
	t.Log("kills by moment:", k.list())
	if rounds >= 300 && spoil == nil {
		for _, m := range moments() {
			if k.byStep[m] == 0 {
				t.Errorf("never killed %s", m)
			}
		}
	}
}

func (k *kills) list() string {
	var parts []string
	for _, m := range slices.Sorted(maps.Keys(k.byStep)) {
		parts = append(parts, fmt.Sprintf("%d %s", k.byStep[m], m))
	}
	return strings.Join(parts, ", ")
}

// set kills one installation until it has nothing left to do, and judges what came of it.
func (k *kills) set(t *testing.T, number int, rng *rand.Rand, spoil func(*scene, *rand.Rand)) {
	s := newScene(t, scene{lines: full, feeds: 20, telegrams: 20, first: number%3 == 0})
	defer s.remove()
	if spoil != nil {
		spoil(s, rng)
	}
	if rng.IntN(2) == 0 { // so that a kill finds requests on their way
		s.fake.fail(map[string]any{"method": "sendMessage", "do": "slow", "delay_ms": 8, "times": -1})
	}
	var sum = tally{states: map[outbox.State]int{}}
	before := shot{}
	for round := 0; round < 100; round++ {
		k.round(s, before, &sum, spoil != nil)
		now, err := s.read()
		if err != nil {
			sum.checks++
			sum.faults = append(sum.faults, err.Error())
			break
		}
		sum.faults = append(append(sum.faults, now.forgotten(before)...), s.unknown(now)...)
		// Once all that is left waits for its time, a few kills more are enough.
		if before = now; len(sum.faults) > 0 || len(now) > 0 && (now.done() || now.waits() && rng.IntN(4) == 0) {
			break
		}
	}
	if len(sum.faults) == 0 {
		if spoil == nil {
			s.finish(s.run(plain), &sum)
		} else {
			s.finish(s.run(steps, patient), &sum)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sum.add(sum, fmt.Sprintf("installation %d: ", number))
	if number%25 == 0 { // the long form takes a while
		t.Logf("so far %d rounds; %s", k.rounds, &k.sum)
	}
}

// done tells whether all rows came to their end.
func (now shot) done() bool {
	for _, d := range now {
		if !last(d.State) {
			return false
		}
	}
	return true
}

// waits tells whether what has not come to its end is to be tried again later.
func (now shot) waits() bool {
	for _, d := range now {
		if !last(d.State) && !(d.State == outbox.Retry && d.Due.After(time.Now())) {
			return false
		}
	}
	return true
}

// round starts the program and kills it.
func (k *kills) round(s *scene, before shot, sum *tally, timeout bool) {
	moment, n, delay := k.next(before)
	program, env := plain, []string(nil)
	if moment != "" {
		program, env = steps, []string{fmt.Sprintf("BEAWARE_CRASH_AT=%s %d", moment, n)}
	}
	if timeout {
		program, env = steps, append(env, patient)
	}
	p := s.run(program, env...)
	byItself := p.wait(delay)
	p.kill()
	if !p.killed() {
		sum.faults = append(sum.faults, fmt.Sprintf("the program ended with %v:\n%s", p.cmd.ProcessState, p.said))
	}
	if !byItself {
		moment = ""
	}
	k.died(moment)
}

// finish lets a program do what is left, ends it well, and judges.
func (s *scene) finish(p *process, sum *tally) {
	settled := s.settle(p)
	if !settled || !p.interrupt() {
		sum.faults = append(sum.faults, fmt.Sprintf("settled %v, ended with %v:\n%s", settled, p.cmd.ProcessState, p.said))
	}
	p.kill()
	s.judge(sum)
}

func (t *tally) add(o tally, where string) {
	t.posts, t.lost, t.doubled, t.checks = t.posts+o.posts, t.lost+o.lost, t.doubled+o.doubled, t.checks+o.checks
	t.repeated, t.shown = t.repeated+o.repeated, t.shown+o.shown
	for s, n := range o.states {
		t.states[s] += n
	}
	for _, f := range o.faults {
		t.faults = append(t.faults, where+f)
	}
}
