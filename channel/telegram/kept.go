//go:build unix

package telegram

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	maxShort = 64 << 10 // bytes of a request's body that we send; longer ones go with the standard transport
	maxIdle  = 2 * workers
)

var (
	longAgo     = time.Unix(1, 0)
	defaultPort = map[string]string{"http": "80", "https": "443"}
)

// kept sends short requests by HTTP/1.1 over connections that it keeps. net/http writes and reads the messages. Where
// http.Transport has two goroutines for each connection and wakes them for each call, here the caller writes and
// reads himself, which is most of what a call costs. What goes through a proxy, and what is long, takes the standard transport.
type kept struct {
	std *http.Transport

	mu    sync.Mutex
	idle  []*line // the one used last comes last
	sweep *time.Timer
}

func newTransport(std *http.Transport) http.RoundTripper {
	if std.DialContext == nil {
		std.DialContext = (&net.Dialer{Timeout: 30 * time.Second}).DialContext
	}
	std.IdleConnTimeout = cmp.Or(std.IdleConnTimeout, 90*time.Second)
	return &kept{std: std}
}

// RoundTrip implements http.RoundTripper, with the traces GetConn and GotConn. It asks for a second connection only when
// nothing at all was written to the first.
func (k *kept) RoundTrip(req *http.Request) (*http.Response, error) {
	if !k.takes(req) {
		return k.std.RoundTrip(req)
	}
	defer req.Body.Close()
	ctx := req.Context()
	for {
		l, err := k.join(ctx, req.URL)
		if err != nil {
			return nil, cmp.Or(ctx.Err(), err)
		}
		// whatever waits for the connection returns at once when ctx ends
		stop := context.AfterFunc(ctx, func() { _ = l.SetDeadline(longAgo) })
		resp, err := l.exchange(req)
		if err == nil {
			resp.Body = &body{ReadCloser: resp.Body, ctx: ctx, stop: stop, kept: k, line: l, keep: !resp.Close}
			return resp, nil
		}
		stop()
		_ = l.Close()
		if ctx.Err() != nil || l.written || !l.reused {
			return nil, cmp.Or(ctx.Err(), err)
		}
		again := *req
		if again.Body, err = req.GetBody(); err != nil {
			return nil, err
		}
		req = &again
	}
}

func (k *kept) takes(req *http.Request) bool {
	if req.Body == nil || req.GetBody == nil || req.ContentLength <= 0 || req.ContentLength > maxShort || defaultPort[req.URL.Scheme] == "" ||
		strings.ContainsFunc(req.URL.Host, func(r rune) bool { return r >= 0x80 }) {
		return false
	}
	if k.std.Proxy == nil {
		return true
	}
	proxy, err := k.std.Proxy(req)
	return proxy == nil && err == nil
}

// join gives a connection, kept or new.
func (k *kept) join(ctx context.Context, u *url.URL) (*line, error) {
	trace := httptrace.ContextClientTrace(ctx)
	if trace != nil && trace.GetConn != nil {
		trace.GetConn(u.Host)
	}
	to := u.Scheme + "://" + u.Host
	l := k.take(to)
	for l != nil && !l.quiet() {
		_ = l.Close()
		l = k.take(to)
	}
	if l == nil {
		var err error
		if l, err = k.dial(ctx, u); err != nil {
			return nil, err
		}
		l.to = to
	} else {
		l.reused, l.written = true, false
	}
	if trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{Conn: l.Conn, Reused: l.reused})
	}
	return l, nil
}

// body gives the connection back when the reply was read to its end, and closes it otherwise.
type body struct {
	io.ReadCloser
	ctx  context.Context
	stop func() bool
	kept *kept
	line *line // nil when it is done
	keep bool
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == nil || b.line == nil {
		return n, err
	}
	whole := errors.Is(err, io.EOF)
	if !whole {
		err = cmp.Or(b.ctx.Err(), err)
	}
	b.end(whole && b.keep)
	return n, err
}

func (b *body) Close() error {
	b.end(false)
	return nil
}

func (b *body) end(keep bool) {
	l := b.line
	if l == nil {
		return
	}
	b.line = nil
	if stopped := b.stop(); stopped && keep && l.in.Buffered() == 0 {
		b.kept.put(l)
	} else {
		_ = l.Close() // once ctx has ended, the connection's time is up as well
	}
}

func (k *kept) take(to string) *line {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, l := range slices.Backward(k.idle) {
		if l.to == to {
			k.idle = slices.Delete(k.idle, i, i+1)
			return l
		}
	}
	return nil
}

func (k *kept) put(l *line) {
	l.wipe()
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.idle) >= maxIdle {
		_ = l.Close()
		return
	}
	l.used = time.Now()
	k.idle = append(k.idle, l)
	if k.sweep == nil {
		k.sweep = time.AfterFunc(k.std.IdleConnTimeout, k.closeOld)
	}
}

// closeOld closes what was idle for IdleConnTimeout, and comes again while something is left.
func (k *kept) closeOld() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.idle = slices.DeleteFunc(k.idle, func(l *line) bool {
		old := time.Since(l.used) >= k.std.IdleConnTimeout
		if old {
			_ = l.Close()
		}
		return old
	})
	k.sweep = nil
	if len(k.idle) > 0 {
		k.sweep = time.AfterFunc(k.std.IdleConnTimeout, k.closeOld)
	}
}

// CloseIdleConnections is for http.Client's method of that name.
func (k *kept) CloseIdleConnections() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, l := range k.idle {
		_ = l.Close()
	}
	k.idle = nil
	k.std.CloseIdleConnections()
}
