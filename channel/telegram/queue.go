package telegram

import (
	"context"
	"errors"
	"slices"
	"time"
)

// How a pace gives turns. Nobody takes a turn by himself: whoever waits stands in a queue, and one place decides.

// place is that of one message in a queue.
type place struct {
	meters []*meter  // all but that of the whole bot
	chat   *chatPace // nil where none is concerned
	since  time.Time
	come   chan struct{} // closed when it may go
}

func (t *place) free() (at time.Time) {
	for _, m := range t.meters {
		if f := m.free(); f.After(at) {
			at = f
		}
	}
	return at
}

// queue holds places as they were taken.
type queue []*place

// first is the first that may go now; without one, soonest is when there may be one, zero in an empty queue.
func (q queue) first(now time.Time) (t *place, soonest time.Time) {
	for _, t := range q {
		at := t.free()
		if !at.After(now) {
			return t, now
		}
		if soonest.IsZero() || at.Before(soonest) {
			soonest = at
		}
	}
	return nil, soonest
}

func (q *queue) remove(t *place) {
	if i := slices.Index(*q, t); i >= 0 {
		*q = slices.Delete(*q, i, i+1)
		if t.chat != nil {
			t.chat.waiting--
		}
	}
}

var errCrowded = errors.New("the turn comes too near to the deadline, or after it")

// wait returns nil when the turn has come. A turn that would leave too little of ctx's time for the request is given up: a
// request cut off midway may have been carried out, and nobody would know.
func (p *pace) wait(ctx context.Context, q *queue, chat *chatPace, meters ...*meter) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var tooLate <-chan time.Time
	if end, ok := ctx.Deadline(); ok {
		left := time.Until(end)
		timer := time.NewTimer(left - min(inHand, left/2))
		defer timer.Stop()
		tooLate = timer.C
	}
	t := &place{meters: meters, chat: chat, since: time.Now(), come: make(chan struct{})}
	p.mu.Lock()
	*q = append(*q, t)
	if chat != nil {
		chat.waiting++
	}
	p.mu.Unlock()
	p.serve()

	err := errCrowded
	select {
	case <-t.come:
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-tooLate:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	q.remove(t)
	return err
}

// serve gives all turns that have come, and sees to it that the next is given in time.
func (p *pace) serve() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.urgent)+len(p.answers)+len(p.posts) > 0 {
		now := time.Now()
		at := p.all.free()
		if !at.After(now) {
			if at = p.one(now); at.IsZero() {
				continue
			}
		}
		if p.alarm == nil {
			p.alarm = time.AfterFunc(at.Sub(now), p.serve)
		} else {
			p.alarm.Reset(at.Sub(now))
		}
		return
	}
}

// one gives the turn that comes first, or tells when to look again.
func (p *pace) one(now time.Time) (again time.Time) {
	urgent, nextUrgent := p.urgent.first(now)
	if urgent != nil {
		p.urgent.give(urgent, now)
		p.all.take(now)
		return time.Time{}
	}
	answer, nextAnswer := p.answers.first(now)
	post, nextPost := p.posts.first(now)
	starved := post != nil && now.Sub(post.since) >= share && now.Sub(p.posted) >= share
	switch {
	case answer != nil && !starved:
		p.answers.give(answer, now)
	case post != nil:
		p.posts.give(post, now)
		p.posted = now
	default:
		return soonest(nextUrgent, nextAnswer, nextPost)
	}
	p.all.take(now)
	return time.Time{}
}

// soonest is the first of these moments, zero ones left out.
func soonest(moments ...time.Time) (at time.Time) {
	for _, m := range moments {
		if at.IsZero() || !m.IsZero() && m.Before(at) {
			at = m
		}
	}
	return at
}

func (q *queue) give(t *place, now time.Time) {
	for _, m := range t.meters {
		m.take(now)
	}
	q.remove(t)
	close(t.come)
}
