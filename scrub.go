package main

import (
	"context"
	"runtime/debug"
	"time"

	"beaware/channel"
)

// scrubber gives freed memory back after somebody deleted a chat, so that what was said does not lie about in it.
type scrubber struct{ wanted chan struct{} }

func newScrubber() *scrubber { return &scrubber{make(chan struct{}, 1)} }

const (
	scrubAfter = 2 * time.Second  // the answer is out by then, and what it was made of is free
	scrubPause = 10 * time.Second // between two, however many people delete
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
		debug.FreeOSMemory()
		wait(scrubPause)
	}
}
