package telegram

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"beaware/channel"
)

// What waits in a chat, and in which order, after tasks were put there. A task is written as its kind, its message and
// what is left of it: "~" where only the turning wheel is stopped.
func TestLane(t *testing.T) {
	press := func(n, edit int64) task {
		return task{update: n, turn: turn{chat: 5, edit: edit, callback: "q", show: true}, screen: channel.Screen{Text: "x", Resume: "r"}}
	}
	typed := func(n int64) task {
		return task{update: n, turn: turn{chat: 5, message: 900 + n, show: true}, screen: channel.Screen{Text: "x"}}
	}
	as := func(t task, f func(*channel.Screen)) task { f(&t.screen); return t }
	hide := func(s *channel.Screen) { s.Neutral = true }
	wipe := func(s *channel.Screen) { s.Neutral, s.Wipe = true, true }
	remember := func(s *channel.Screen) { s.Keep = channel.Remember }
	idle := task{update: nobody, turn: turn{chat: 5, edit: 70, show: true}, screen: channel.Screen{Text: "x", Neutral: true}}
	inGroup := as(press(9, 70), wipe)
	inGroup.event.Group = true
	inGroup.screen.Neutral = false

	for name, c := range map[string]struct {
		tasks         []task
		want, dropped string
	}{
		"in order":                      {[]task{press(1, 70), typed(2), press(3, 71)}, "1 2 3", ""},
		"the newest press wins":         {[]task{press(1, 70), press(2, 70), press(3, 70)}, "~1 ~2 3", ""},
		"another message is left alone": {[]task{press(1, 70), press(2, 71), press(3, 70)}, "~1 2 3", ""},
		"fast taps, the newest stays":   {[]task{press(1, 70), press(2, 70), press(3, 70), press(4, 70), press(5, 70), press(6, 70), press(7, 70)}, "~3 ~4 ~5 ~6 7", "1 2"},
		"typed flood":                   {[]task{typed(1), typed(2), typed(3), typed(4), typed(5), typed(6), typed(7)}, "1 2 3 4 5", "6 7"},
		"hide overtakes":                {[]task{press(1, 70), typed(2), press(3, 71), as(press(4, 71), hide)}, "4 ~1 ~3", "2"},
		"wipe overtakes":                {[]task{typed(1), as(press(2, 70), remember), as(typed(3), wipe)}, "3 ~2", "1"},
		"hide after a flood":            {[]task{typed(1), typed(2), typed(3), typed(4), typed(5), as(typed(6), hide)}, "6", "1 2 3 4 5"},
		"hide, hide":                    {[]task{as(press(1, 70), hide), as(press(2, 70), hide)}, "2 ~1", ""},
		"wipe, hide":                    {[]task{as(press(1, 70), wipe), as(press(2, 70), hide)}, "1 ~2", ""},
		"hide, wipe":                    {[]task{as(press(1, 70), hide), as(press(2, 70), wipe)}, "2 ~1", ""},
		"hide, a late tap":              {[]task{as(press(1, 70), hide), press(2, 70)}, "1 ~2", ""},
		"hide, another message":         {[]task{as(press(1, 70), hide), press(2, 71)}, "1 2", ""},
		"wipe, then go on":              {[]task{as(press(1, 70), wipe), typed(2), press(3, 71)}, "1 2 ~3", ""},
		"what is kept is not lost":      {[]task{as(press(1, 70), remember), press(2, 70), as(press(3, 70), hide)}, "3 ~1 ~2", ""},
		"idle":                          {[]task{idle}, "-1", ""},
		"idle, but somebody comes":      {[]task{idle, press(1, 70)}, "1", ""},
		"idle, but somebody hides":      {[]task{idle, as(press(1, 70), hide)}, "1", ""},
		"two idle screens":              {[]task{as(idle, hide), as(idle, hide)}, "-1 -1", ""},
		"somebody is there":             {[]task{press(1, 70), idle}, "1", "-1"},
		"a group is not wiped":          {[]task{press(1, 70), typed(2), inGroup}, "~1 2 9", ""},
	} {
		t.Run(name, func(t *testing.T) {
			ln := &lane{}
			var dropped []string
			for _, tk := range c.tasks {
				for _, d := range ln.put(tk) {
					dropped = append(dropped, fmt.Sprint(d.update))
				}
			}
			var got []string
			for _, w := range ln.waiting {
				mark := ""
				if !w.show {
					mark = "~"
				}
				got = append(got, fmt.Sprint(mark, w.update))
			}
			if g, d := strings.Join(got, " "), strings.Join(dropped, " "); g != c.want || d != c.dropped {
				t.Errorf("waiting %q, dropped %q, want %q and %q", g, d, c.want, c.dropped)
			}
			for _, w := range ln.waiting {
				if w.screen.Keep != channel.AsBefore && !strings.Contains(name, "kept") {
					t.Error("what is wiped is remembered afterwards")
				}
			}
		})
	}
}

// Who hides does not wait for a task that waits itself; who is hidden already is not hurried.
func TestLaneHurries(t *testing.T) {
	for name, c := range map[string]struct{ first, second, want bool }{
		"a press runs, hide comes":   {false, true, true},
		"a press runs, a press more": {false, false, false},
		"hide runs, hide comes":      {true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			ln, hurried := &lane{}, false
			mk := func(n int64, neutral bool) task {
				return task{update: n, turn: turn{edit: 70, callback: "q", show: true}, screen: channel.Screen{Neutral: neutral}}
			}
			ln.put(mk(1, c.first))
			ln.begin(func() { hurried = true })
			ln.put(mk(2, c.second))
			if hurried != c.want {
				t.Errorf("hurried: %v", hurried)
			}
		})
	}
}

// Who hides is served before other chats that wait for a worker.
func TestLanesServeHidingFirst(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	gate, began := make(chan struct{}), make(chan struct{}, workers)
	var mu sync.Mutex
	var order []chatID
	var all sync.WaitGroup
	l := newLanes(ctx, func(_, _ context.Context, tk task) {
		if tk.chat < 0 {
			began <- struct{}{}
			<-gate
			return
		}
		mu.Lock()
		defer mu.Unlock()
		order = append(order, tk.chat)
		all.Done()
	})
	for i := range int64(workers) {
		l.add(task{update: 1, turn: turn{chat: chatID(-1 - i), show: true}})
	}
	for range workers {
		<-began
	}
	hide := channel.Screen{Neutral: true}
	all.Add(4)
	l.add(task{update: 1, turn: turn{chat: 1, show: true}})
	l.add(task{update: 2, turn: turn{chat: 2, show: true}})
	l.add(task{update: 3, turn: turn{chat: 3, show: true}, screen: hide})
	l.add(task{update: 4, turn: turn{chat: 2, show: true}, screen: hide})
	l.mu.Lock()
	var ready []int64
	for _, ln := range l.ready {
		ready = append(ready, int64(ln.waiting[0].chat))
	}
	l.mu.Unlock()
	if fmt.Sprint(ready) != "[2 3 1]" {
		t.Errorf("ready %v", ready)
	}
	all.Add(-1) // what hides in chat 2 took the place of what waited there
	close(gate)
	all.Wait()
	cancel()
	l.wait()
}
