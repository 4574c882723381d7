package telegram

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What a conversation asks the server, and how long it waits when the server says no.

func (v *conversation) updates(ctx context.Context, offset int64, timeout time.Duration) (batch, error) {
	params := map[string]string{
		"timeout":         strconv.Itoa(int(timeout / time.Second)),
		"limit":           strconv.Itoa(maxBatch),
		"allowed_updates": `["message","callback_query","my_chat_member"]`,
	}
	if offset > 0 {
		params["offset"] = strconv.FormatInt(offset, 10)
	}
	var b batch
	err := v.client.call(ctx, timeout+pollMargin, "getUpdates", params, nil, &b)
	return b, err
}

// rest waits until everything is handled, or so long that another poll is no haste: spacing if something was finished, else peek.
func (v *conversation) rest(ctx context.Context) {
	short, long := time.NewTimer(spacing), time.NewTimer(peek)
	defer short.Stop()
	defer long.Stop()
	late, some := false, false
	for v.busy() && !(late && some) {
		select {
		case <-v.finished:
			some = true
		case <-short.C:
			late = true
		case <-long.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// delay says how long to wait after a poll that failed.
func (v *conversation) delay(err error, failures int) time.Duration {
	var e *callError
	if errors.As(err, &e) && e.outcome == answered {
		switch e.code {
		case http.StatusTooManyRequests:
			if e.retryAfter > 0 {
				return e.retryAfter
			}
			return defaultRetry
		case http.StatusUnauthorized, http.StatusNotFound:
			v.client.log.Error("Telegram does not know this bot's token; nobody is answered until it is put right", "bot", v.name)
			return slowly
		case http.StatusConflict:
			v.client.log.Error("somebody else reads this bot's updates: another program with its token, or a webhook", "bot", v.name)
			return conflict
		}
	}
	d := time.Second << min(failures-1, 6)
	return min(d, time.Minute)/2 + rand.N(min(d, time.Minute)/2+1)
}

// learnName asks once a poll, until it is told.
func (v *conversation) learnName(ctx context.Context) {
	if v.whoAmI().username != "" {
		return
	}
	var me struct {
		ID       chatID `json:"id"`
		Username string `json:"username"`
	}
	if err := v.client.call(ctx, nameTimeout, "getMe", nil, nil, &me); err != nil || me.Username == "" {
		return // the poll that follows fails for the same reason, and says so
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.me = who{id: me.ID, username: strings.ToLower(me.Username)}
}

// confirm tells the server what was handled since the last poll: else it would be answered again after the next start,
// unasked, with somebody else holding the phone perhaps.
func (v *conversation) confirm(ctx context.Context) {
	if v.offset() == v.asked {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWord)
	defer cancel()
	params := map[string]string{"timeout": "0", "limit": "1", "offset": strconv.FormatInt(v.offset(), 10)}
	_ = v.client.call(ctx, lastWord, "getUpdates", params, nil, nil) // nothing more can be done
}

func (v *conversation) whoAmI() who {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.me
}

func (v *conversation) take(id int64) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.window.take(id)
}

func (v *conversation) finish(id int64) {
	if id == nobody {
		return
	}
	v.mu.Lock()
	v.window.finish(id)
	v.mu.Unlock()
	select {
	case v.finished <- struct{}{}:
	default:
	}
}

func (v *conversation) offset() int64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.window.offset()
}

func (v *conversation) flying() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.window.flying)
}

func (v *conversation) busy() bool { return v.flying() > 0 }

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
