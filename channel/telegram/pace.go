package telegram

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits are what one bot may send. Telegram asks for about 30 messages a second over all chats, one a second in a chat
// and 20 a minute in a group (core.telegram.org/bots/faq). A zero takes that; a negative number is no limit.
type Limits struct {
	All   float64 // a second, over all chats
	Posts float64 // a second, of posts to channels; what is left of All stays free for people who wait for an answer
	Chat  float64 // a second, of new messages in one chat
	Edits float64 // a second, of edits in one chat: Telegram names no figure, ours keeps one person from using up All
	Group float64 // a minute, in one group or channel
}

const (
	idle  = 3 * time.Minute // a chat's limiter is forgotten after that: by then it is full again
	sweep = time.Minute
)

// pace holds the limiters that posts and answers of one bot share.
type pace struct {
	limits     Limits
	all, posts *rate.Limiter

	taking sync.Mutex

	mu    sync.Mutex
	chats map[string]*chatPace
	swept time.Time
}

type chatPace struct {
	second, minute *rate.Limiter // minute is nil for a person's chat
	edits          *rate.Limiter
	used           time.Time
}

// newPace keeps rate and burst together under Telegram's figures: 25 a second and bursts of 5 are never more than 30 in any second.
func newPace(l Limits) *pace {
	return &pace{
		limits: l,
		all:    limiter(l.All, 25, 5),
		posts:  limiter(l.Posts, 18, 3),
		chats:  map[string]*chatPace{},
	}
}

func limiter(asked, usual float64, burst int) *rate.Limiter {
	switch {
	case asked < 0:
		return rate.NewLimiter(rate.Inf, 1)
	case asked == 0:
		asked = usual
	}
	return rate.NewLimiter(rate.Limit(asked), burst)
}

// post waits until a post may be sent.
func (p *pace) post(ctx context.Context, chat string) error {
	return p.wait(ctx, append(p.chat(chat).messages(), p.posts, p.all)...)
}

// answer waits until a new message may be sent to somebody who waits for it.
func (p *pace) answer(ctx context.Context, chat string) error {
	return p.wait(ctx, append(p.chat(chat).messages(), p.all)...)
}

// edit waits until a message may be edited.
func (p *pace) edit(ctx context.Context, chat string) error {
	return p.wait(ctx, p.chat(chat).edits, p.all)
}

// call waits until something may be asked that shows nothing in a chat.
func (p *pace) call(ctx context.Context) error { return p.wait(ctx, p.all) }

func (c *chatPace) messages() []*rate.Limiter {
	if c.minute == nil {
		return []*rate.Limiter{c.second}
	}
	return []*rate.Limiter{c.second, c.minute}
}

// wait takes a token of every limiter at one and the same moment. Taken one after the other, the first would be old by the time
// that the last is had, and two messages could leave side by side.
func (p *pace) wait(ctx context.Context, ls ...*rate.Limiter) error {
	for ctx.Err() == nil {
		d := p.take(ls)
		if d == 0 {
			return nil
		}
		if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
			return errCrowded
		}
		sleep(ctx, d)
	}
	return ctx.Err()
}

var errCrowded = errors.New("the turn comes after the deadline")

// take gives 0 if the tokens were taken, else how long to wait at least.
func (p *pace) take(ls []*rate.Limiter) (d time.Duration) {
	p.taking.Lock()
	defer p.taking.Unlock()
	now := time.Now()
	for _, l := range ls {
		if l.Limit() == rate.Inf {
			continue
		}
		if missing := 1 - l.TokensAt(now); missing > 0 {
			d = max(d, time.Duration(missing/float64(l.Limit())*float64(time.Second)), time.Millisecond)
		}
	}
	if d > 0 {
		return d
	}
	for _, l := range ls {
		l.AllowN(now, 1)
	}
	return 0
}

func (p *pace) chat(chat string) *chatPace {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.swept) > sweep {
		for id, c := range p.chats {
			if now.Sub(c.used) > idle {
				delete(p.chats, id)
			}
		}
		p.swept = now
	}
	c := p.chats[chat]
	if c == nil {
		c = &chatPace{second: limiter(p.limits.Chat, 0.95, 1), edits: limiter(p.limits.Edits, 2, 5)}
		if strings.HasPrefix(chat, "-") || strings.HasPrefix(chat, "@") {
			c.minute = limiter(p.limits.Group/60, 15.0/60, 4)
		}
		p.chats[chat] = c
	}
	c.used = now
	return c
}
