package telegram

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"beaware/channel"
)

// What becomes of one update, from the bot's answer to what stands in the chat.

// notice remembers which messages of a private chat there are to delete, answered or not, and that somebody is there.
func (v *conversation) notice(u update, now int64) {
	m, ours := u.Message, false
	if u.Callback != nil {
		m, ours = u.Callback.Message, true
	}
	if m == nil || m.Chat.Type != "private" || m.Chat.ID == 0 {
		return
	}
	v.idles.touch(m.Chat.ID)
	if ours || m.said() {
		v.trail.note(m.Chat.ID, m.ID, m.Date, now)
	}
}

// answer asks the bot at once, so that what a person wrote lives no longer than this call, and so that a screen that
// hides something can overtake what waits.
func (v *conversation) answer(ctx context.Context, t *task) {
	if !t.show {
		return
	}
	private := !t.event.Group
	t.event.Keeps = private && v.opts.Memory != nil
	if private && t.callback == "" {
		t.event.Resume = v.recall(ctx, t.chat)
	} else if private {
		t.event.Resume = v.trail.resume(t.chat, t.event.Now)
	}
	t.show = v.ask(t)
	t.event.Words = ""
	v.concluded(t)
}

// concluded remembers the language in which a conversation goes on, at once, so that what comes next is asked in it.
func (v *conversation) concluded(t *task) {
	switch {
	case t.event.Group, !t.show:
	case t.screen.Wipe:
		v.trail.resumed(t.chat, "", t.event.Now)
		v.idles.drop(t.chat)
	case t.screen.Resume != "":
		v.trail.resumed(t.chat, t.screen.Resume, t.event.Now)
	}
}

// ask is false if the bot panicked. That ends this answer and nothing else.
func (v *conversation) ask(t *task) (ok bool) {
	defer v.recovered()
	t.screen = v.opts.Answer(t.event)
	return true
}

// recovered is to be deferred.
func (v *conversation) recovered() {
	if p := recover(); p != nil {
		// its value may hold anything, so only its type is told
		v.client.log.Error("the bot panicked while it answered", "bot", v.name, "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
	}
}

// run sees to one task. What ctx cut short comes again after the next start.
func (v *conversation) run(ctx, hurry context.Context, t task) {
	done := true
	defer func() {
		if done {
			v.finish(t.update)
		}
	}()
	defer v.recovered()
	done = v.handle(ctx, hurry, t)
}

func (v *conversation) handle(ctx, hurry context.Context, t task) (done bool) {
	if t.callback != "" && !t.urgent() && v.endCallback(ctx, t.callback) && t.show {
		// pressed long ago: the bot says what may stand there now
		t.event.At = v.client.now().Add(-channel.Late - time.Second).Unix()
		t.show = v.ask(&t)
		v.concluded(&t)
		t.callback = ""
	}
	if t.wipes() {
		return v.wipe(ctx, t)
	}
	if t.show {
		p := paced{hurry: hurry}
		if t.urgent() {
			p = paced{hurry: ctx, urgent: true}
		}
		if !v.show(ctx, p, t) {
			return false
		}
	}
	if t.callback != "" && t.urgent() {
		v.endCallback(ctx, t.callback)
	}
	v.keep(ctx, t)
	return true
}
