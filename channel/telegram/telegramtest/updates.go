package telegramtest

import (
	"context"
	"encoding/json"
	"time"
)

// update waits to be fetched or delivered: https://core.telegram.org/bots/api#getting-updates
type update struct {
	id   int64
	kind string
	raw  json.RawMessage // the whole update, update_id included
	born time.Time
}

// updateLife: "updates are kept no longer than 24 hours".
const updateLife = 24 * time.Hour

// silentKinds are not sent unless asked for: allowed_updates in getUpdates.
var silentKinds = map[string]bool{"chat_member": true, "message_reaction": true, "message_reaction_count": true}

// push queues an update for a bot.
func (b *Bot) push(kind string, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		return // bodies are our own structs, which encode
	}
	b.pushRaw(kind, raw)
}

func (b *Bot) pushRaw(kind string, body json.RawMessage) int64 {
	if b.allowed != nil && !b.allowed[kind] || b.allowed == nil && silentKinds[kind] {
		return 0
	}
	b.updateID++
	u := &update{id: b.updateID, kind: kind, born: b.s.now()}
	id, _ := json.Marshal(u.id) // a number
	name, _ := json.Marshal(kind)
	u.raw = []byte(`{"update_id":` + string(id) + `,` + string(name) + `:` + string(body) + `}`)
	b.queue = append(b.queue, u)
	b.s.touch()
	return u.id
}

// PushUpdate queues an update of any kind for the bot, its body as given: for updates that this package has
// no person for, and for bodies that are no good. It returns the update_id, 0 where allowed_updates keeps it back.
func (b *Bot) PushUpdate(kind string, body json.RawMessage) int64 {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	return b.pushRaw(kind, body)
}

// Pending counts updates that the bot has not confirmed.
func (b *Bot) Pending() int {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	return len(b.queue)
}

// poll is one getUpdates that waits.
type poll struct{ ended chan struct{} }

func (b *Bot) endPoll() {
	if b.poll != nil {
		close(b.poll.ended)
		b.poll = nil
	}
}

const (
	maxPollTime  = 50 * time.Second
	maxPollLimit = 100
)

var errWebhookActive = conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")

// getUpdates is a true long poll: https://core.telegram.org/bots/api#getupdates
func (s *Server) getUpdates(ctx context.Context, c *call) (any, error) {
	timeout := min(time.Duration(max(c.args.number("timeout"), 0))*time.Second, maxPollTime)
	ctx, cancel := context.WithTimeout(ctx, max(timeout, time.Millisecond))
	defer cancel()

	s.mu.Lock()
	if c.bot.hook.url != "" {
		s.mu.Unlock()
		return nil, errWebhookActive
	}
	if err := c.bot.allow(c.args); err != nil {
		s.mu.Unlock()
		return nil, err
	}
	c.bot.endPoll() // the earlier of two pollers loses
	mine := &poll{ended: make(chan struct{})}
	c.bot.poll = mine
	c.bot.confirm(int64(c.args.number("offset")))
	s.touch()
	s.mu.Unlock()
	return s.await(ctx, c, mine, timeout == 0)
}

func (s *Server) await(ctx context.Context, c *call, mine *poll, once bool) (any, error) {
	for {
		s.mu.Lock()
		changed := s.changed
		batch := c.bot.batch(c.args.number("limit"))
		ours := c.bot.poll == mine
		over := len(batch) > 0 || once || ctx.Err() != nil || s.ctx.Err() != nil
		if ours && over {
			c.bot.poll = nil
		}
		hooked := c.bot.hook.url != ""
		s.mu.Unlock()
		switch {
		case !ours && hooked:
			return nil, conflict("terminated by setWebhook request")
		case !ours:
			return nil, conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
		case over:
			return batch, nil
		}
		select {
		case <-changed:
		case <-mine.ended:
		case <-ctx.Done():
		case <-s.ctx.Done():
		}
	}
}

// confirm forgets updates before offset; a negative offset keeps only that many from the end.
func (b *Bot) confirm(offset int64) {
	keep := b.queue[:0:0]
	for i, u := range b.queue {
		switch {
		case b.s.now().Sub(u.born) > updateLife:
		case offset < 0 && i < len(b.queue)+int(offset):
		case offset > 0 && u.id < offset:
		default:
			keep = append(keep, u)
		}
	}
	b.queue = keep
}

func (b *Bot) batch(limit int) []json.RawMessage {
	if limit < 1 || limit > maxPollLimit {
		limit = maxPollLimit
	}
	out := []json.RawMessage{}
	for _, u := range b.queue {
		if len(out) == limit {
			break
		}
		out = append(out, u.raw)
	}
	return out
}

// allow takes allowed_updates. "If not specified, the previous setting will be used"; an empty list is the default.
func (b *Bot) allow(a args) error {
	if a.text("allowed_updates") == "" {
		return nil
	}
	var kinds []string
	if err := a.object("allowed_updates", "allowed updates", &kinds); err != nil {
		return err
	}
	b.allowed = nil
	for _, k := range kinds {
		if b.allowed == nil {
			b.allowed = map[string]bool{}
		}
		b.allowed[k] = true
	}
	return nil
}

// pushMember tells a bot that its standing in a chat changed: https://core.telegram.org/bots/api#chatmemberupdated
func (b *Bot) pushMember(c *Chat, by wireUser, old, now string) {
	if old == now {
		return
	}
	if old == "" {
		old = "left"
	}
	member := func(status string) map[string]any {
		m := map[string]any{"user": b.wire(), "status": status}
		if status == "kicked" {
			m["until_date"] = 0
		}
		return m
	}
	b.push("my_chat_member", map[string]any{
		"chat": c.wire(), "from": by, "date": b.s.now().Unix(),
		"old_chat_member": member(old), "new_chat_member": member(now),
	})
}
