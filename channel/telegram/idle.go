package telegram

import (
	"context"
	"hash/maphash"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"beaware/channel"
)

// tick is how often screens that nobody looks at are looked for.
const tick = time.Second

// idles are the private chats in which a screen must not stay: it is replaced when nothing was done for channel.IdleAfter.
type idles struct {
	seed  maphash.Seed
	began time.Time

	mu    sync.Mutex
	chats map[uint64]idling // by the chat's hash: a map erases the values of what is deleted, and not the keys
}

type idling struct {
	chat     chatID
	due      uint32   // seconds since the beginning
	messages [3]int32 // the newest first; 0: none
	data     string   // what the newest screen names
}

func newIdles() *idles {
	return &idles{seed: maphash.MakeSeed(), began: time.Now(), chats: map[uint64]idling{}}
}

// String shows nothing of anybody.
func (i *idles) String() string { return "idles" }

// GoString keeps ids out of %#v.
func (i *idles) GoString() string { return i.String() }

// LogValue keeps ids out of a structured log.
func (i *idles) LogValue() slog.Value { return slog.StringValue(i.String()) }

func (i *idles) due() uint32 {
	return uint32((time.Since(i.began) + channel.IdleAfter + tick - 1) / tick)
}

// touch puts a chat's screens off: somebody is there.
func (i *idles) touch(chat chatID) {
	key := maphash.Comparable(i.seed, chat)
	i.mu.Lock()
	defer i.mu.Unlock()
	if e, ok := i.chats[key]; ok {
		e.due = i.due()
		i.chats[key] = e
	}
}

// set notes what is to become of the screen in a message; data "": nothing.
func (i *idles) set(chat chatID, message int64, data string) {
	if message <= 0 || message > math.MaxInt32 {
		return
	}
	key := maphash.Comparable(i.seed, chat)
	i.mu.Lock()
	defer i.mu.Unlock()
	e, ok := i.chats[key]
	if !ok && data == "" {
		return
	}
	left := slices.DeleteFunc(slices.Clone(e.messages[:]), func(m int32) bool { return m == 0 || m == int32(message) })
	if data != "" {
		left = slices.Insert(left, 0, int32(message))
		e.data = data
	}
	if len(left) == 0 {
		delete(i.chats, key)
		return
	}
	e.messages = [3]int32{}
	copy(e.messages[:], left)
	e.chat, e.due = chat, i.due()
	i.chats[key] = e
}

// drop forgets a chat.
func (i *idles) drop(chat chatID) {
	key := maphash.Comparable(i.seed, chat)
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.chats, key)
}

// take gives the chats in which nobody did anything for long enough, or all of them, and forgets them.
func (i *idles) take(all bool) (out []idling) {
	now := uint32(time.Since(i.began) / tick)
	i.mu.Lock()
	defer i.mu.Unlock()
	for key, e := range i.chats {
		if all || e.due <= now {
			out = append(out, e)
			delete(i.chats, key)
		}
	}
	return out
}

// watch replaces idle screens, and lets go of what is too old to be known. It ends with ctx.
func (v *conversation) watch(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for round := 0; ; round++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		for _, e := range v.idles.take(false) {
			for _, t := range v.idleTasks(e) {
				v.lanes.add(t) // an idle task that is dropped has no update to be confirmed
			}
		}
		v.trail.sweep(round, v.client.now().Unix())
		v.client.pace.tidy()
	}
}

// idleTasks asks the bot what takes the place of a chat's idle screens.
func (v *conversation) idleTasks(e idling) (tasks []task) {
	for _, m := range e.messages {
		if m == 0 {
			continue
		}
		t := task{update: nobody, turn: turn{chat: e.chat, edit: int64(m), show: true}}
		t.event = channel.Event{Data: e.data, Platform: platformName, Now: v.client.now().Unix()}
		if v.ask(&t) {
			t.screen.Idle, t.screen.Keep, t.screen.Resume = "", channel.AsBefore, "" // nobody did anything
			v.concluded(&t)
			tasks = append(tasks, t)
		}
	}
	return tasks
}

// farewell replaces what would be idle one day, because there may be nobody to do it then. It takes lastWord at most, and
// asks the pace for nothing: who is refused now is left alone.
func (v *conversation) farewell(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWord)
	defer cancel()
	tasks := make(chan task)
	var hands sync.WaitGroup
	for range workers {
		hands.Go(func() {
			for t := range tasks {
				v.replace(ctx, t)
			}
		})
	}
	for _, e := range v.idles.take(true) {
		for _, t := range v.idleTasks(e) {
			tasks <- t
		}
	}
	close(tasks)
	hands.Wait()
}

func (v *conversation) replace(ctx context.Context, t task) {
	if ctx.Err() != nil {
		return
	}
	if params, ok := v.screen(t.screen); ok {
		v.failed(v.edit(ctx, paced{hurry: ctx, free: true}, t.turn, params))
	}
	if t.wipes() {
		v.erase(ctx, paced{hurry: ctx, free: true}, t.turn, t.edit)
		v.forget(ctx, t.chat)
	}
}
