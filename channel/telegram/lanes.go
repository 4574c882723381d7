package telegram

import (
	"context"
	"hash/maphash"
	"slices"
	"sync"
)

const (
	workers   = 32 // chats that are answered at the same time
	perChat   = 5  // updates of one chat that may wait
	maxFlying = 512
)

// lanes runs tasks: those of one chat one after the other, those of different chats side by side. A chat that has too
// many tasks waiting loses some; no other chat notices.
type lanes struct {
	run  func(ctx, hurry context.Context, t task)
	seed maphash.Seed

	mu    sync.Mutex
	chats map[uint64]*lane // by the chat's hash: a map does not erase the keys of what is deleted
	ready []*lane          // have a task and no worker; who hides comes first
	wake  chan struct{}
	wg    sync.WaitGroup
}

// newLanes starts the workers. hurry ends when something that hides the chat waits behind the task.
func newLanes(ctx context.Context, run func(ctx, hurry context.Context, t task)) *lanes {
	l := &lanes{run: run, seed: maphash.MakeSeed(), chats: map[uint64]*lane{}, wake: make(chan struct{}, workers)}
	for range workers {
		l.wg.Go(func() { l.work(ctx) })
	}
	return l
}

// add queues a task and gives those that will not be run.
func (l *lanes) add(t task) (dropped []task) {
	key := maphash.Comparable(l.seed, t.chat)
	l.mu.Lock()
	defer l.mu.Unlock()
	ln := l.chats[key]
	if ln != nil {
		dropped = ln.put(t) // its worker, or its place in ready, will see to it
		if i := slices.Index(l.ready, ln); i > 0 && ln.urgent() {
			l.ready = slices.Insert(slices.Delete(l.ready, i, i+1), 0, ln)
		}
		return dropped
	}
	ln = &lane{key: key}
	l.chats[key] = ln
	dropped = ln.put(t)
	l.queue(ln)
	return dropped
}

func (l *lanes) queue(ln *lane) {
	if ln.urgent() {
		l.ready = slices.Insert(l.ready, 0, ln)
	} else {
		l.ready = append(l.ready, ln)
	}
	select {
	case l.wake <- struct{}{}:
	default: // as many wake-ups as workers are under way
	}
}

// work ends with ctx; tasks that did not begin are dropped then, and their updates stay unconfirmed.
func (l *lanes) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		}
		for ctx.Err() == nil && l.one(ctx) {
		}
	}
}

// one runs the next task of the chat that has waited longest; false if there is none.
func (l *lanes) one(ctx context.Context) bool {
	l.mu.Lock()
	if len(l.ready) == 0 {
		l.mu.Unlock()
		return false
	}
	ln := l.ready[0]
	l.ready[0] = nil
	l.ready = l.ready[1:]
	hurry, hurried := context.WithCancel(ctx)
	t := ln.begin(hurried)
	l.mu.Unlock()

	wash()
	l.run(ctx, hurry, t)
	wash()
	hurried()

	l.mu.Lock()
	defer l.mu.Unlock()
	if ln.hurried = nil; len(ln.waiting) > 0 {
		l.queue(ln)
	} else {
		delete(l.chats, ln.key)
	}
	return true
}

// wait returns when all workers have ended.
func (l *lanes) wait() { l.wg.Wait() }
