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

const (
	editText = "editMessageText"
	sendText = "sendMessage"
)

// maxButtons is how many buttons Telegram shows under one message.
const maxButtons = 100

// retries are the waits before an answer is tried again while the server is in trouble.
var retries = [...]time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second}

// maxThrottle is how long an answer waits when told to; nobody looks at the phone that long.
const maxThrottle = time.Minute

// paced says how a delivery waits for its turn.
type paced struct {
	hurry  context.Context // ends when it should no longer wait
	urgent bool            // before what others wait for: it hides something
	once   bool            // not again: there is another way to hide it
	free   bool            // no turn at all, and once: the program ends
}

func (p paced) turn(ctx context.Context, pace *pace, method, chat string) error {
	switch {
	case p.free:
		return ctx.Err()
	case p.urgent && method == editText:
		return pace.hide(p.hurry, chat)
	case p.urgent:
		return pace.first(p.hurry)
	case method == editText:
		return pace.edit(p.hurry, chat)
	case method == sendText:
		return pace.answer(p.hurry, chat)
	}
	return pace.call(p.hurry)
}

// errOvertaken ends a delivery that waited while the person hid the chat.
var errOvertaken = errors.New("overtaken")

// endCallback stops the turning wheel on a button. A query that is too old is no fault, but tells that the press is.
func (v *conversation) endCallback(ctx context.Context, id string) (tooOld bool) {
	if v.client.pace.call(ctx) != nil {
		return false
	}
	err := v.client.Call(ctx, "answerCallbackQuery", map[string]string{"callback_query_id": id}, nil)
	return says(err, "query is too old")
}

// show puts a screen in place of the one that was there, or sends it where there is none. done is false if ctx ended before that.
func (v *conversation) show(ctx context.Context, p paced, t task) (done bool) {
	params, ok := v.screen(t.screen)
	if !ok {
		return true
	}
	message, err := v.put(ctx, p, t, params)
	if err == nil && message != 0 && !t.event.Group {
		if now := v.client.now().Unix(); message != t.edit {
			v.trail.note(t.chat, message, now, now)
		}
		v.trail.showed(t.chat, message)
		v.idles.set(t.chat, message, t.screen.Idle)
	}
	if ctx.Err() != nil && err != nil {
		return false
	}
	v.failed(err)
	return true
}

// put gives the message in which the screen stands; 0 where that is not known.
func (v *conversation) put(ctx context.Context, p paced, t task, params map[string]string) (message int64, err error) {
	if t.edit == 0 && t.screen.Neutral && !t.event.Group {
		// who writes a word to hide wants the screen above to go
		t.edit = v.trail.screen(t.chat, v.client.now().Unix())
	}
	if t.edit != 0 {
		err := v.edit(ctx, p, t.turn, params)
		if t.idle() && gone(err) {
			return 0, nil // nothing is sent unasked
		}
		if !gone(err) {
			return t.edit, err
		}
		v.idles.set(t.chat, t.edit, "")
		if t.screen.Neutral && !t.event.Group {
			v.deleteAll(ctx, p, t.chat, []int64{t.edit}) // as good as hidden
		}
	}
	return v.send(ctx, p, t.turn, params)
}

// edit changes a message in place. One that shows the screen already is no fault.
func (v *conversation) edit(ctx context.Context, p paced, t turn, params map[string]string) error {
	params["chat_id"] = t.chat.decimal()
	params["message_id"] = strconv.FormatInt(t.edit, 10)
	err := v.deliver(ctx, p, editText, params, nil)
	delete(params, "message_id")
	if says(err, "message is not modified") {
		return nil
	}
	return err
}

// gone tells that a message can no longer be edited.
func gone(err error) bool {
	return says(err, "message to edit not found", "message can't be edited", "message_id_invalid", "no text in the message to edit")
}

// send sends a screen as a new message, silently: the phone may not lie in the hands of the one who asked. Content is
// not protected: a number must be easy to keep and to pass on.
func (v *conversation) send(ctx context.Context, p paced, t turn, params map[string]string) (message int64, err error) {
	params["chat_id"] = t.chat.decimal()
	params["disable_notification"] = "true"
	if t.thread != 0 {
		params["message_thread_id"] = strconv.FormatInt(t.thread, 10)
	}
	var sent struct {
		ID int64 `json:"message_id"`
	}
	err = v.deliver(ctx, p, sendText, params, &sent)
	var e *callError
	if errors.As(err, &e) && e.migrate != 0 {
		params["chat_id"] = e.migrate.decimal()
		return 0, v.deliver(ctx, p, sendText, params, nil)
	}
	return sent.ID, err
}

// deliver tries again while that can help and cannot show anything twice.
func (v *conversation) deliver(ctx context.Context, p paced, method string, params map[string]string, out any) error {
	for try := 0; ; try++ {
		if err := p.turn(ctx, v.client.pace, method, params["chat_id"]); err != nil {
			if ctx.Err() == nil && p.hurry.Err() != nil {
				return errOvertaken
			}
			return &callError{method: method, outcome: neverLeft, desc: "ended before its turn", ended: ctx.Err()}
		}
		err := v.client.Call(ctx, method, params, out)
		var e *callError
		if !errors.As(err, &e) || ctx.Err() != nil || p.free || p.once || try >= len(retries) {
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
		case k == channel.Unknown && method != sendText: // twice the same edit is one
		default:
			return err
		}
		sleep(p.hurry, wait)
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
