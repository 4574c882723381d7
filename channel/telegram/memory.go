package telegram

import (
	"context"
	"time"

	"beaware/channel"
)

// memoryTime is how long an answer waits for the Memory.
const memoryTime = 2 * time.Second

// Memory keeps, for who asks for it, with which Resume a person's conversation goes on. A chat id must not be
// readable in what it stores. A failure never stops an answer.
type Memory interface {
	Remember(ctx context.Context, chat int64, resume string) error
	Recall(ctx context.Context, chat int64) (resume string, err error) // "" for who is not remembered
	Forget(ctx context.Context, chat int64) error
}

// recall asks only when it is not known from the last screen.
func (v *conversation) recall(ctx context.Context, chat chatID) string {
	if resume := v.trail.resume(chat, v.client.now().Unix()); resume != "" || v.opts.Memory == nil {
		return resume
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTime)
	defer cancel()
	resume, err := v.opts.Memory.Recall(ctx, chat.plain())
	v.memoryFailed("recall", err)
	if err != nil {
		return ""
	}
	return resume
}

// keep does what a screen asks for.
func (v *conversation) keep(ctx context.Context, t task) {
	switch {
	case v.opts.Memory == nil, t.event.Group:
	case t.screen.Keep == channel.Forget:
		v.forget(ctx, t.chat)
	case t.screen.Keep == channel.Remember && t.screen.Resume != "":
		ctx, cancel := context.WithTimeout(ctx, memoryTime)
		defer cancel()
		v.memoryFailed("remember", v.opts.Memory.Remember(ctx, t.chat.plain(), t.screen.Resume))
	}
}

func (v *conversation) forget(ctx context.Context, chat chatID) {
	if v.opts.Memory == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTime)
	defer cancel()
	v.memoryFailed("forget", v.opts.Memory.Forget(ctx, chat.plain()))
}

// memoryFailed does not say what the error says: it may say of whom.
func (v *conversation) memoryFailed(what string, err error) {
	if err != nil {
		v.client.log.Error("what a person asked to be kept could not be kept, found or forgotten", "bot", v.name, "what", what)
	}
}
