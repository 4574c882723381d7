package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// maxReply bounds a reply, in bytes. A hundred updates with the longest possible texts stay well below it.
const maxReply = 8 << 20

// maxPooled is the longest buffer that is kept for the next reply, in bytes.
const maxPooled = 256 << 10

var (
	errTooLong     = errors.New("the reply is too long")
	errNotTelegram = errors.New("the reply is not one of a Bot API server")
)

// wire is the one place where requests leave: it gives the library, which knows neither contexts nor limits, both, and
// notes what the library does not tell. One wire serves one call.
type wire struct {
	ctx    context.Context
	client http.RoundTripper
	pool   *sync.Pool // of *bytes.Buffer; nothing that was received stays in them
	out    any        // where the result goes; nil: nowhere

	progress   atomic.Int32 // of the connection; see trace
	status     int          // of HTTP; 0 without an answer
	errorCode  int          // of Telegram, which the library drops for uploads
	understood bool         // the reply is a Bot API reply
	decoded    bool         // the result is in out already
	dial       bool         // the error says that no connection was made
	retryAfter time.Duration
}

const (
	unseen  int32 = iota // a transport that does not tell; so nothing is known
	dialing              // no connection yet: nothing can have been written
	joined               // there is a connection: anything may have been written
)

// trace follows the connection. http.Transport asks for another one (and so starts again at dialing) for a
// POST only when nothing of it was written to the first.
func (w *wire) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { w.progress.Store(dialing) },
		GotConn: func(httptrace.GotConnInfo) { w.progress.Store(joined) },
	}
}

// Do implements tgbotapi.HTTPClient. The reply's body is read here, whole, within the limit and the context.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	resp, err := w.client.RoundTrip(req.WithContext(httptrace.WithClientTrace(w.ctx, w.trace())))
	if err != nil {
		req.Body.Close() // the library's upload goroutine depends on it
		var op *net.OpError
		var dns *net.DNSError
		w.dial = errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial"
		return nil, err
	}
	defer resp.Body.Close()
	w.status = resp.StatusCode
	if n, err := strconv.ParseInt(strings.TrimSpace(resp.Header.Get("Retry-After")), 10, 64); err == nil {
		w.retryAfter = seconds(n)
	}
	b := w.buffer(resp.ContentLength)
	defer w.release(b)
	if _, err := b.ReadFrom(io.LimitReader(resp.Body, maxReply+1)); err != nil {
		return nil, err
	}
	if b.Len() > maxReply {
		return nil, errTooLong
	}
	body := b.Bytes()
	if w.success(body) {
		w.understood, w.decoded = true, true
		resp.Body = io.NopCloser(strings.NewReader(`{"ok":true}`)) // all that the library needs to know
		return resp, nil
	}
	var envelope struct {
		OK        *bool `json:"ok"`
		ErrorCode int   `json:"error_code"`
	}
	if json.Unmarshal(body, &envelope) != nil || envelope.OK == nil {
		return nil, errNotTelegram
	}
	w.understood = true
	w.errorCode = envelope.ErrorCode
	resp.Body = io.NopCloser(bytes.NewReader(bytes.Clone(body)))
	return resp, nil
}

// buffer has room for a reply of the length that the server names, and for what bytes.Buffer wants left at the end.
func (w *wire) buffer(length int64) *bytes.Buffer {
	b, ok := w.pool.Get().(*bytes.Buffer)
	if !ok {
		b = new(bytes.Buffer)
	}
	b.Grow(int(min(max(length, 0), maxReply)) + bytes.MinRead)
	return b
}

// release wipes a buffer, since people's words were in it, and keeps it if it is not unusually long.
func (w *wire) release(b *bytes.Buffer) {
	clear(b.Bytes())
	b.Reset()
	if b.Cap() <= maxPooled {
		w.pool.Put(b)
	}
}

// success reads the reply that a Bot API server gives when all went well, in the form that it has there, and so saves
// decoding it three times over. Any other form is left to the library.
func (w *wire) success(body []byte) bool {
	result, ok := bytes.CutPrefix(body, []byte(`{"ok":true,"result":`))
	if !ok {
		return false
	}
	if result, ok = bytes.CutSuffix(result, []byte(`}`)); !ok {
		return false
	}
	return decodeResult(result, w.out) == nil
}

// outcome of a call that failed.
func (w *wire) outcome() outcome {
	switch {
	case w.status == 0 && (w.dial || w.progress.Load() == dialing):
		return neverLeft
	case w.status == 0, w.status < 300 && !w.understood:
		return perhaps
	default:
		return answered
	}
}

func (w *wire) code() int {
	if w.errorCode != 0 {
		return w.errorCode
	}
	return w.status
}
