package alert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"beaware/channel"
)

const (
	attempt  = 20 * time.Second // for one digest to one sink
	farewell = 5 * time.Second  // for what is left when the program stops
)

// Desk takes events and tells each sink, one digest at a time: the first 30 s after the first event, then at most every
// five minutes, the same trouble in the same words at most once a day. A sink that fails is tried again, later and
// later up to a quarter of an hour; that an answer was lost may tell it twice. What was told is forgotten at a restart.
//
// Safe for concurrent use, but Run only once.
type Desk struct {
	trays []*tray
}

// tray is one sink with its own board, so that a broken one holds up no other.
type tray struct {
	name string
	sink Sink
	log  *slog.Logger
	bell chan struct{}

	mu      sync.Mutex
	board   board
	told    time.Time // the last digest that arrived
	trouble string    // why the last attempt failed, "" when it did not
}

// New makes a desk for sinks by the name that the log gives them. It starts nothing. No log when nil.
func New(sinks map[string]Sink, log *slog.Logger) *Desk {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	d := &Desk{}
	for _, name := range slices.Sorted(maps.Keys(sinks)) {
		d.trays = append(d.trays, &tray{name: name, sink: sinks[name], log: log, bell: make(chan struct{}, 1), board: newBoard()})
	}
	return d
}

// Tell hands in events. It never waits for a sink. A trouble that there is no room for is counted, and the next digest says so.
func (d *Desk) Tell(events ...Event) {
	if len(events) == 0 {
		return
	}
	now := time.Now()
	safe := make([]Event, len(events))
	for i, e := range events {
		safe[i] = e.trim(now)
	}
	for _, t := range d.trays {
		t.mu.Lock()
		for _, e := range safe {
			t.board.take(e, now)
		}
		t.mu.Unlock()
		select {
		case t.bell <- struct{}{}:
		default: // already rung
		}
	}
}

// SinkState is how a sink is doing, for `status`.
type SinkState struct {
	Name    string    `json:"name"`
	Waiting int       `json:"waiting"` // troubles not told yet
	Told    time.Time `json:"told"`    // the last digest that arrived; zero for none
	Trouble string    `json:"trouble"` // why the last attempt failed; "" when it did not
}

// State tells how each sink is doing, by name.
func (d *Desk) State() []SinkState {
	states := make([]SinkState, 0, len(d.trays))
	for _, t := range d.trays {
		t.mu.Lock()
		states = append(states, SinkState{t.name, len(t.board.waiting) + len(t.board.flying), t.told, t.trouble})
		t.mu.Unlock()
	}
	return states
}

// Run tells the sinks until ctx ends, tells them at once what is left then, and returns within 5 s after ctx, if
// every sink obeys its context.
func (d *Desk) Run(ctx context.Context) {
	hard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg, end sync.WaitGroup
	end.Go(func() {
		select {
		case <-hard.Done():
			return
		case <-ctx.Done():
		}
		wait(hard, nil, farewell)
		cancel()
	})
	for _, t := range d.trays {
		wg.Go(func() { t.work(ctx, hard) })
	}
	wg.Wait()
	cancel()
	end.Wait()
}

// work ends once ctx has ended and what was left has been tried.
func (t *tray) work(ctx, hard context.Context) {
	for ctx.Err() == nil {
		t.mu.Lock()
		due, ok := t.board.due()
		t.mu.Unlock()
		switch delay := time.Until(due); {
		case !ok:
			wait(ctx, t.bell, 24*time.Hour)
		case delay > 0:
			wait(ctx, t.bell, delay)
		default:
			t.tell(hard)
		}
	}
	t.tell(hard)
}

// tell makes one attempt, if there is anything to tell.
func (t *tray) tell(hard context.Context) {
	now := time.Now()
	t.mu.Lock()
	list, dropped := t.board.begin(now)
	t.mu.Unlock()
	var err error
	if len(list) > 0 || dropped > 0 {
		err = t.send(hard, digest(list, dropped, now))
	}
	t.settle(len(list), dropped, err)
}

func (t *tray) send(hard context.Context, d Digest) (err error) {
	ctx, cancel := context.WithTimeout(hard, attempt)
	defer cancel()
	defer func() {
		if r := recover(); r != nil { // what it carries may hold a secret
			err = &channel.SendError{Kind: channel.Unknown, Reason: "the sink's code panicked"}
		}
	}()
	return t.sink.Tell(ctx, d)
}

// settle notes how an attempt ended.
func (t *tray) settle(troubles, dropped int, err error) {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if troubles == 0 && dropped == 0 {
		t.board.flying = nil
		return
	}
	t.trouble = ""
	if err == nil {
		t.board.arrived(now)
		t.told = now.UTC().Round(0)
		t.log.Info("staff told", "sink", t.name, "troubles", troubles, "dropped", dropped)
		return
	}
	kind, delay, reason := reading(err)
	t.trouble = reason
	if kind == channel.Refused || kind == channel.Permanent {
		t.board.refused(now)
		t.log.Error("staff cannot be told this", "sink", t.name, "troubles", troubles, "reason", reason)
		return
	}
	t.board.failed(now, delay)
	t.log.Warn("staff not told yet", "sink", t.name, "troubles", troubles, "attempts", t.board.failures, "reason", reason)
}

// reading keeps of an error what is safe to keep.
func reading(err error) (kind channel.Kind, delay time.Duration, reason string) {
	var e *channel.SendError
	switch {
	case errors.As(err, &e) && e != nil:
		return e.Kind, e.RetryAfter, cmp.Or(oneLine(e.Reason, longestText), e.Kind.String())
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return channel.Unknown, 0, "no answer in time"
	}
	return channel.Unknown, 0, fmt.Sprintf("an error of type %T", err)
}

// wait sleeps until ctx ends, the bell rings or the time is over.
func wait(ctx context.Context, bell <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-bell:
	case <-timer.C:
	}
}
