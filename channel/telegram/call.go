package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

const (
	callTimeout   = 30 * time.Second
	uploadTimeout = 2 * time.Minute
)

// outcome tells how far a request came.
type outcome int

const (
	perhaps   outcome = iota // it may have reached the server, which may have done what it asks
	neverLeft                // nothing of it was written
	answered                 // the server said no
)

// callError is one call that did not succeed. It holds no token and no chat id.
type callError struct {
	method     string
	outcome    outcome
	code       int    // Telegram's error_code, else the HTTP status; 0 without an answer
	desc       string // cleansed; may repeat words of our own text
	retryAfter time.Duration
	migrate    chatID // the chat's new id
	ended      error  // the caller's ctx.Err(), when the call ended with it
}

func (e *callError) Error() string {
	s := "telegram " + e.method + ": "
	if e.code != 0 {
		s += strconv.Itoa(e.code) + " "
	}
	return s + e.desc
}

// GoString keeps a chat's new id out of %#v.
func (e *callError) GoString() string { return e.Error() }

func (e *callError) Unwrap() error { return e.ended }

// upload is a file that goes with a call.
type upload struct {
	field, name string
	data        []byte
}

// Call calls a method of the Bot API and decodes its result into out, unless out is nil. Errors are free of the token and
// of the chat id. It paces nothing.
func (c *Client) Call(ctx context.Context, method string, params map[string]string, out any) error {
	return c.call(ctx, callTimeout, method, params, nil, out)
}

func (c *Client) call(ctx context.Context, timeout time.Duration, method string, params map[string]string, file *upload, out any) error {
	if err := ctx.Err(); err != nil {
		return &callError{method: method, outcome: neverLeft, desc: "ended before it began", ended: err}
	}
	inner, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	w := &wire{ctx: inner, client: c.http, pool: &c.buffers, out: out}
	bot := c.bot
	bot.Client = w
	var resp *tgbotapi.APIResponse
	var err error
	if file == nil {
		resp, err = bot.MakeRequest(method, params)
	} else {
		resp, err = bot.UploadFiles(method, params, []tgbotapi.RequestFile{{
			Name: file.field, Data: tgbotapi.FileBytes{Name: file.name, Bytes: file.data},
		}})
	}
	if err != nil {
		return c.failed(ctx, w, method, params, err)
	}
	if out == nil || w.decoded {
		return nil
	}
	if err := decodeResult(resp.Result, out); err != nil {
		return &callError{method: method, outcome: perhaps, code: w.status, desc: "the result is not of the kind that was expected"}
	}
	return nil
}

// reader decodes a result by itself. What it is given is perhaps no valid JSON, and perhaps it is given something else next.
type reader interface{ read(result []byte) error }

func decodeResult(result []byte, out any) error {
	switch out := out.(type) {
	case nil:
		if !json.Valid(result) {
			return errNotTelegram
		}
		return nil
	case reader:
		return out.read(result)
	}
	return json.Unmarshal(result, out)
}

// failed turns what the library returned, and what the wire saw, into one kind of error.
func (c *Client) failed(ctx context.Context, w *wire, method string, params map[string]string, err error) error {
	e := &callError{method: method, outcome: w.outcome(), code: w.code(), retryAfter: w.retryAfter}
	var api *tgbotapi.Error // a pointer: errors.As with a value never matches
	if errors.As(err, &api) {
		e.desc = api.Message
		e.migrate = hide(api.MigrateToChatID)
		if e.code < 400 {
			e.code = codeOf(api)
		}
		if api.RetryAfter > 0 {
			e.retryAfter = seconds(int64(api.RetryAfter))
		}
	} else {
		e.desc = reasonOf(err)
		// a limit of our own shows as the inner context's error
		e.ended = ctx.Err()
	}
	e.desc = c.cleanse(e.desc, params["chat_id"])
	return e
}

// reasonOf leaves out the address that url.Error puts in front.
func reasonOf(err error) string {
	var u *url.Error
	if errors.As(err, &u) && u.Err != nil {
		err = u.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	return err.Error()
}

// codeOf reads a code from the words, for a server that answers {"ok":false} with status 200.
func codeOf(e *tgbotapi.Error) int {
	if e.RetryAfter > 0 {
		return http.StatusTooManyRequests
	}
	for prefix, code := range map[string]int{
		"Bad Request":           http.StatusBadRequest,
		"Unauthorized":          http.StatusUnauthorized,
		"Forbidden":             http.StatusForbidden,
		"Not Found":             http.StatusNotFound,
		"Conflict":              http.StatusConflict,
		"Too Many Requests":     http.StatusTooManyRequests,
		"Internal Server Error": http.StatusInternalServerError,
		"Bad Gateway":           http.StatusBadGateway,
	} {
		if strings.HasPrefix(e.Message, prefix) {
			return code
		}
	}
	return e.Code
}

// seconds guards against a number that would overflow a Duration.
func seconds(n int64) time.Duration {
	return time.Duration(min(max(n, 0), 30*24*3600)) * time.Second
}

// cleanse makes a server's words fit for a log: no token, no chat id, one line, of bounded length. Runs of six or
// more digits go too, since ids look like that.
func (c *Client) cleanse(s, chat string) string {
	s = c.redact.Replace(s)
	if chat != "" {
		s = strings.ReplaceAll(s, chat, "[chat]")
		s = strings.ReplaceAll(s, url.QueryEscape(chat), "[chat]")
	}
	var b, digits strings.Builder
	flush := func() {
		if digits.Len() >= 6 {
			b.WriteString("[number]")
		} else {
			b.WriteString(digits.String())
		}
		digits.Reset()
	}
	for _, r := range strings.ToValidUTF8(s, "?") {
		if r >= '0' && r <= '9' {
			digits.WriteRune(r)
			continue
		}
		flush()
		if r < ' ' || r == 0x7f {
			r = ' '
		}
		b.WriteRune(r)
	}
	flush()
	words := []rune(strings.TrimSpace(b.String()))
	if len(words) > 200 {
		words = append(words[:200], '…')
	}
	return string(words)
}
