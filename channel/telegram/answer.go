package telegram

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"beaware/channel"
)

const editText = "editMessageText"

// maxButtons is how many buttons Telegram shows under one message.
const maxButtons = 100

// retries are the waits before an answer is tried again while the server is in trouble.
var retries = [...]time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second}

// maxThrottle is how long an answer waits when told to; nobody looks at the phone that long.
const maxThrottle = time.Minute

// endCallback stops the turning wheel on a button. A query that is too old is no fault.
func (v *conversation) endCallback(ctx context.Context, id string) {
	if v.client.pace.call(ctx) != nil {
		return
	}
	_ = v.client.Call(ctx, "answerCallbackQuery", map[string]string{"callback_query_id": id}, nil)
}

// show puts a screen in place of the one that was there, or sends it where there is none. done is false if ctx ended before that.
func (v *conversation) show(ctx context.Context, t turn, s channel.Screen) (done bool) {
	params, ok := v.screen(s)
	if !ok {
		return true
	}
	err := v.put(ctx, t, params)
	var e *callError
	if errors.As(err, &e) && e.ended != nil {
		return false
	}
	v.failed(err)
	return true
}

func (v *conversation) put(ctx context.Context, t turn, params map[string]string) error {
	chat := strconv.FormatInt(t.chat, 10)
	params["chat_id"] = chat
	if t.edit != 0 {
		params["message_id"] = strconv.FormatInt(t.edit, 10)
		err := v.deliver(ctx, chat, editText, params)
		switch {
		case err == nil, says(err, "message is not modified"):
			return nil
		case !says(err, "message to edit not found", "message can't be edited", "message_id_invalid", "no text in the message to edit"):
			return err
		}
		delete(params, "message_id")
	}
	// silently: the phone may not lie in the hands of the one who asked. Content is not protected: a number
	// must be easy to keep and to pass on
	params["disable_notification"] = "true"
	if t.thread != 0 {
		params["message_thread_id"] = strconv.FormatInt(t.thread, 10)
	}
	err := v.deliver(ctx, chat, "sendMessage", params)
	var e *callError
	if errors.As(err, &e) && e.migrate != 0 {
		params["chat_id"] = strconv.FormatInt(e.migrate, 10)
		return v.deliver(ctx, params["chat_id"], "sendMessage", params)
	}
	return err
}

// deliver tries again while that can help and cannot show anything twice.
func (v *conversation) deliver(ctx context.Context, chat, method string, params map[string]string) error {
	for try := 0; ; try++ {
		pace := v.client.pace.answer
		if method == editText {
			pace = v.client.pace.edit
		}
		if err := pace(ctx, chat); err != nil {
			return &callError{method: method, outcome: neverLeft, desc: "ended before its turn", ended: ctx.Err()}
		}
		err := v.client.Call(ctx, method, params, nil)
		var e *callError
		if !errors.As(err, &e) || ctx.Err() != nil || try >= len(retries) {
			return err
		}
		wait := retries[try]
		switch k := kind(e); {
		case k == channel.Throttled:
			wait = max(wait, e.retryAfter)
			if wait > maxThrottle {
				return err
			}
		case k == channel.Temporary:
		case k == channel.Unknown && method == editText: // twice the same edit is one
		default:
			return err
		}
		sleep(ctx, wait)
	}
}

// failed logs an answer that was not delivered, in words that no person and no server can choose.
func (v *conversation) failed(err error) {
	var e *callError
	if !errors.As(err, &e) {
		return
	}
	if e.code == http.StatusForbidden {
		return // the person blocked the bot, and nobody else needs to know
	}
	v.client.log.Warn("an answer was not delivered", "bot", v.name, "method", e.method, "kind", kind(e).String(), "code", e.code)
}

// screen makes the parameters of a message; ok is false where there is nothing to show.
func (v *conversation) screen(s channel.Screen) (params map[string]string, ok bool) {
	log := v.client.log
	html, cut := ScreenHTML(s)
	if cut {
		log.Error("a screen was too long for Telegram and is cut", "bot", v.name, "language", s.Language)
	}
	if strings.TrimSpace(html) == "" {
		log.Error("a screen without text cannot be shown", "bot", v.name, "language", s.Language)
		return nil, false
	}
	rows, dropped := buttons(s.Rows)
	if dropped > 0 {
		log.Error("buttons were left out: each needs a label, and either data of at most 64 bytes or an address", "bot", v.name, "language", s.Language, "dropped", dropped)
	}
	params = map[string]string{"text": html, "parse_mode": "HTML", "link_preview_options": noPreview}
	if k := keyboard(rows); k != "" {
		params["reply_markup"] = k
	}
	return params, true
}

func buttons(rows [][]channel.Button) (out [][]key, dropped int) {
	n := 0
	for _, row := range rows {
		var keys []key
		for _, b := range row {
			if !goodButton(b) || n == maxButtons {
				dropped++
				continue
			}
			keys = append(keys, key{Text: clean(b.Label), URL: b.URL, Data: b.Data})
			n++
		}
		if len(keys) > 0 {
			out = append(out, keys)
		}
	}
	return out, dropped
}

func goodButton(b channel.Button) bool {
	switch {
	case strings.TrimSpace(clean(b.Label)) == "", b.Data != "" && b.URL != "":
		return false
	case b.URL != "":
		return goodURL(b.URL)
	}
	return b.Data != "" && len(b.Data) <= maxData && b.Data == strings.ToValidUTF8(b.Data, "")
}
