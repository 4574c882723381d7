package telegram

import (
	"context"
	"hash/maphash"
	"strings"
	"sync"
	"time"
)

// Limits are what one bot may send. Telegram asks for about 30 messages a second over all chats, one a second in a chat
// and 20 a minute in a group or channel (core.telegram.org/bots/faq). A zero takes that; a negative number is no limit.
// Of All, Chat and Group the pace uses 96%; see margin.
type Limits struct {
	All   float64 // a second, over all chats
	Posts float64 // a second, of posts to channels; 0: as many as All leaves while nobody waits for an answer
	Chat  float64 // a second, of new messages in one chat
	Edits float64 // a second, of edits in one chat: Telegram names no figure, ours keeps one person from using up All
	Group float64 // a minute, in one group or channel
}

const (
	// margin stretches every interval, so that messages whose way to the server is not equally long still arrive within
	// the limits. It costs 3.8% of what is allowed.
	margin = 1.04
	// 30 intervals are 1.04 s and 20 are 62.4 s: what late timers may catch up leaves 30 ms and 1 s of that to the network
	allAhead   = 10 * time.Millisecond
	groupAhead = 1400 * time.Millisecond

	usualEdits = 2
	editRun    = 5 // edits that may follow each other at once

	share  = time.Second      // one post goes in this time, however many wait for an answer
	inHand = 10 * time.Second // what a request needs of its time once its turn has come
	idle   = 10 * time.Second // a chat is forgotten after that, if nothing holds it back
	sweep  = 5 * time.Second

	hideRun = 3 // screens hidden in one chat that may follow each other at once; then one a second
)

// pace gives turns to the posts and answers of one bot, one after the other: evenly spaced, answers first, in each of the
// two queues whoever has come first and whose own chat may have a message again.
type pace struct {
	limits Limits

	seed maphash.Seed

	mu          sync.Mutex
	all, capped *meter // capped: posts only, where Limits say so
	// what hides something, answers, posts
	urgent, answers, posts queue
	posted                 time.Time            // when the last post went
	alarm                  *time.Timer          // looks again; nil before anybody had to wait
	chats                  map[uint64]*chatPace // by the chat's hash: a map does not erase the keys of what is deleted
	swept                  time.Time
}

type chatPace struct {
	messages, group, edits, hides meter // group has no limit in a person's chat
	used                          time.Time
	waiting                       int
}

// quiet tells whether a new one would do as well.
func (c *chatPace) quiet(now time.Time) bool {
	return c.waiting == 0 && now.Sub(c.used) > idle &&
		!c.messages.next.After(now) && !c.group.next.After(now) && !c.edits.next.After(now) && !c.hides.next.After(now)
}

// meter lets one message through every so often. Whoever is late, or the first after a pause, may be ahead by so much.
type meter struct {
	every, ahead time.Duration
	next         time.Time
}

// evenly spreads asked (or usual, where that is 0) over per. The zero meter has no limit.
func evenly(asked, usual float64, per, ahead time.Duration) *meter {
	switch {
	case asked < 0:
		return &meter{}
	case asked == 0:
		asked = usual
	}
	return &meter{every: time.Duration(float64(per) / asked), ahead: ahead}
}

func (m *meter) free() time.Time { return m.next.Add(-m.ahead) }

func (m *meter) take(now time.Time) {
	if m.next.Before(now) {
		m.next = now
	}
	m.next = m.next.Add(m.every)
}

func newPace(l Limits) *pace {
	p := &pace{
		limits: l,
		all:    evenly(l.All, 30, stretched(time.Second), allAhead),
		capped: &meter{},
		seed:   maphash.MakeSeed(),
		chats:  map[uint64]*chatPace{},
	}
	if l.Posts > 0 {
		p.capped = evenly(l.Posts, 0, time.Second, allAhead)
	}
	return p
}

func stretched(d time.Duration) time.Duration { return time.Duration(margin * float64(d)) }

// post waits until a post may be sent.
func (p *pace) post(ctx context.Context, chat string) error {
	c := p.chat(chat)
	return p.wait(ctx, &p.posts, c, &c.messages, &c.group, p.capped)
}

// answer waits until a new message may be sent to somebody who waits for it.
func (p *pace) answer(ctx context.Context, chat string) error {
	c := p.chat(chat)
	return p.wait(ctx, &p.answers, c, &c.messages, &c.group)
}

// edit waits until a message may be edited.
func (p *pace) edit(ctx context.Context, chat string) error {
	c := p.chat(chat)
	return p.wait(ctx, &p.answers, c, &c.edits)
}

// hide waits until a message may be edited that must not be read any longer.
func (p *pace) hide(ctx context.Context, chat string) error {
	c := p.chat(chat)
	return p.wait(ctx, &p.urgent, c, &c.hides)
}

// first waits for what belongs to hiding and shows nothing.
func (p *pace) first(ctx context.Context) error { return p.wait(ctx, &p.urgent, nil) }

// call waits until something may be asked that shows nothing in a chat.
func (p *pace) call(ctx context.Context) error { return p.wait(ctx, &p.answers, nil) }

func (p *pace) chat(chat string) *chatPace {
	key := maphash.String(p.seed, chat)
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.forget(now)
	c := p.chats[key]
	if c == nil {
		c = &chatPace{
			messages: *evenly(p.limits.Chat, 1, stretched(time.Second), 0),
			edits:    *evenly(p.limits.Edits, usualEdits, time.Second, 0),
		}
		c.edits.ahead = (editRun - 1) * c.edits.every
		if p.limits.Edits >= 0 {
			c.hides = meter{every: time.Second, ahead: (hideRun - 1) * time.Second}
		}
		if strings.HasPrefix(chat, "-") || strings.HasPrefix(chat, "@") {
			c.group = *evenly(p.limits.Group, 20, stretched(time.Minute), groupAhead)
		}
		p.chats[key] = c
	}
	c.used = now
	return c
}

// tidy forgets chats that nothing holds back, while nobody asks for a turn.
func (p *pace) tidy() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(time.Now())
}

func (p *pace) forget(now time.Time) {
	if now.Sub(p.swept) <= sweep {
		return
	}
	for id, c := range p.chats {
		if c.quiet(now) {
			delete(p.chats, id)
		}
	}
	if len(p.chats) == 0 {
		p.chats = map[uint64]*chatPace{} // a map does not shrink
	}
	p.swept = now
}
