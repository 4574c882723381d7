package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"time"

	"beaware/channel"
)

// scrubber frees what is no longer needed after somebody deleted a chat, and gives whole pages back, so that what was said
// does not lie about. What is freed is overwritten, see clean.
type scrubber struct{ wanted chan struct{} }

// newScrubber scrubs a first time soon after the start: reading the content takes more memory than keeping it.
func newScrubber() *scrubber {
	s := &scrubber{make(chan struct{}, 1)}
	s.wanted <- struct{}{}
	return s
}

const (
	scrubAfter = 2 * time.Second // the answer is out by then, and what it was made of is free
	scrubPause = 5 * time.Second // between two, however many people delete
)

// watch notes who deletes.
func (s *scrubber) watch(answer channel.Answerer) channel.Answerer {
	return func(e channel.Event) channel.Screen {
		screen := answer(e)
		if screen.Wipe {
			select {
			case s.wanted <- struct{}{}:
			default: // it will be done anyway
			}
		}
		return screen
	}
}

// run scrubs until ctx ends.
func (s *scrubber) run(ctx context.Context) {
	wait := func(d time.Duration) {
		select {
		case <-ctx.Done():
		case <-time.After(d):
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wanted:
		}
		wait(scrubAfter)
		runtime.GC() // what a sync.Pool keeps is free after the second
		debug.FreeOSMemory()
		wait(scrubPause)
	}
}
