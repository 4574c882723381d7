package telegram

import (
	"context"
	"sync"
)

const (
	workers   = 32 // chats that are answered at the same time
	perChat   = 5  // updates of one chat that may wait
	maxFlying = 512
)

// lanes runs jobs: those of one chat one after the other, those of different chats side by side. A chat that has too
// many jobs waiting loses the new ones; no other chat notices.
type lanes struct {
	mu    sync.Mutex
	chats map[int64]*lane
	ready []*lane // have a job and no worker
	wake  chan struct{}
	wg    sync.WaitGroup
}

type lane struct {
	chat int64
	jobs []func()
}

func newLanes(ctx context.Context) *lanes {
	l := &lanes{chats: map[int64]*lane{}, wake: make(chan struct{}, workers)}
	for range workers {
		l.wg.Go(func() { l.work(ctx) })
	}
	return l
}

// add queues a job; false if the chat has too many.
func (l *lanes) add(chat int64, job func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ln := l.chats[chat]
	if ln != nil {
		if len(ln.jobs) >= perChat {
			return false
		}
		ln.jobs = append(ln.jobs, job) // its worker, or its place in ready, will see to it
		return true
	}
	ln = &lane{chat: chat, jobs: []func(){job}}
	l.chats[chat] = ln
	l.queue(ln)
	return true
}

func (l *lanes) queue(ln *lane) {
	l.ready = append(l.ready, ln)
	select {
	case l.wake <- struct{}{}:
	default: // as many wake-ups as workers are under way
	}
}

// work ends with ctx; jobs that did not begin are dropped then, and their updates stay unconfirmed.
func (l *lanes) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		}
		for ctx.Err() == nil && l.one() {
		}
	}
}

// one runs the next job of the chat that has waited longest; false if there is none.
func (l *lanes) one() bool {
	l.mu.Lock()
	if len(l.ready) == 0 {
		l.mu.Unlock()
		return false
	}
	ln := l.ready[0]
	l.ready = l.ready[1:]
	job := ln.jobs[0]
	l.mu.Unlock()

	job()

	l.mu.Lock()
	defer l.mu.Unlock()
	if ln.jobs = ln.jobs[1:]; len(ln.jobs) > 0 {
		l.queue(ln)
	} else {
		delete(l.chats, ln.chat)
	}
	return true
}

// wait returns when all workers have ended.
func (l *lanes) wait() { l.wg.Wait() }
