package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
)

const maxDeletes = 100 // ids that deleteMessages takes

// wipe deletes all that is known of a chat, here and there, and leaves one screen. What is pressed becomes that screen
// first, so that nothing can be read while the rest is deleted. It goes on for lastWord when ctx ends: half a wipe
// would be worse than none. done is false if it did not come to its end.
func (v *conversation) wipe(ctx context.Context, t task) (done bool) {
	ctx, cancel := grace(ctx)
	defer cancel()
	p := paced{hurry: ctx, urgent: true}
	params, shown := v.screen(t.screen)
	kept := int64(0)
	if t.edit != 0 && shown {
		// once: if that fails, it is deleted with the others
		if v.edit(ctx, paced{hurry: ctx, urgent: true, once: true}, t.turn, params) == nil {
			kept = t.edit
		}
	}
	if t.callback != "" {
		v.endCallback(ctx, t.callback)
	}
	v.erase(ctx, p, t.turn, kept)
	v.forget(ctx, t.chat)
	if kept == 0 && shown && !t.idle() {
		_, err := v.send(ctx, p, t.turn, params)
		v.failed(err)
	}
	return ctx.Err() == nil
}

// grace is a context that ends a while after ctx.
func grace(ctx context.Context) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		sleep(late, lastWord)
		cancel()
	})
	return late, func() { stop(); cancel() }
}

// erase deletes every message of a chat that is known, but for the one that became the last screen.
func (v *conversation) erase(ctx context.Context, p paced, t turn, kept int64) {
	v.idles.drop(t.chat)
	ids := append(v.trail.take(t.chat, v.client.now().Unix()), t.edit, t.message)
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return id == 0 || id == kept })
	left := 0
	for batch := range slices.Chunk(ids, maxDeletes) {
		left += v.deleteAll(ctx, p, t.chat, batch)
	}
	if left > 0 {
		v.client.log.Warn("a chat was wiped, but not all of its messages could be deleted", "bot", v.name, "left", left)
	}
}

// deleteAll gives how many messages may still be there for another reason than that Telegram does not delete them any more.
func (v *conversation) deleteAll(ctx context.Context, p paced, chat chatID, ids []int64) (left int) {
	list, err := json.Marshal(ids)
	if err != nil {
		return len(ids)
	}
	params := map[string]string{"chat_id": chat.decimal(), "message_ids": string(list)}
	err = v.deliver(ctx, p, "deleteMessages", params, nil)
	if err == nil {
		return 0
	}
	if !refusedAs(err, http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed) {
		v.failed(err)
		return len(ids)
	}
	// one that is too old spoils them all, and a server of one's own may be older than the method
	delete(params, "message_ids")
	for i, id := range ids {
		params["message_id"] = strconv.FormatInt(id, 10)
		err := v.deliver(ctx, p, "deleteMessage", params, nil)
		if err == nil || refusedAs(err, http.StatusBadRequest) {
			continue // deleted, gone before, or too old
		}
		left++
		if refusedAs(err, http.StatusForbidden) || ctx.Err() != nil {
			v.failed(err)
			return left + len(ids) - i - 1
		}
	}
	return left
}

// refusedAs tells whether the server said no with one of these codes.
func refusedAs(err error, codes ...int) bool {
	var e *callError
	return errors.As(err, &e) && e.outcome == answered && slices.Contains(codes, e.code)
}
