//go:build unix

package telegram

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

const maxHead = 64 << 10 // bytes of a reply's headers

var errInterim = errors.New("the reply did not come after its interim replies")

// line is a connection. One call at a time uses it.
type line struct {
	net.Conn          // with TLS, where that is asked for
	tcp      net.Conn // beneath it
	raw      syscall.RawConn
	in       *bufio.Reader
	out      *bufio.Writer
	limit    io.LimitedReader // between Conn and in
	to       string           // scheme and host
	written  bool             // something of this call's request
	reused   bool
	used     time.Time
}

func (k *kept) dial(ctx context.Context, u *url.URL) (*line, error) {
	tcp, err := k.std.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), defaultPort[u.Scheme])))
	if err != nil {
		return nil, err
	}
	l := &line{Conn: tcp, tcp: tcp}
	if s, ok := tcp.(syscall.Conn); ok {
		if l.raw, err = s.SyscallConn(); err != nil {
			_ = l.Close()
			return nil, err
		}
	}
	if u.Scheme == "https" {
		config := &tls.Config{}
		if k.std.TLSClientConfig != nil {
			config = k.std.TLSClientConfig.Clone()
		}
		config.ServerName, config.NextProtos = cmp.Or(config.ServerName, u.Hostname()), []string{"http/1.1"}
		ctx, cancel := context.WithTimeout(ctx, cmp.Or(k.std.TLSHandshakeTimeout, 10*time.Second))
		defer cancel()
		secure := tls.Client(tcp, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = l.Close()
			return nil, err
		}
		l.Conn = secure
	}
	l.limit.R = l.Conn
	l.in, l.out = bufio.NewReader(&l.limit), bufio.NewWriter(l)
	return l, nil
}

// exchange writes a request and reads the head of its reply.
func (l *line) exchange(req *http.Request) (*http.Response, error) {
	l.limit.N = maxHead
	if err := req.Write(l.out); err != nil {
		return nil, err
	}
	if err := l.out.Flush(); err != nil {
		return nil, err
	}
	for range 5 {
		resp, err := http.ReadResponse(l.in, req)
		switch {
		case err != nil:
			return nil, err
		case resp.StatusCode/100 != 1:
			l.limit.N = 2 * maxReply // with what chunks cost
			return resp, nil
		}
	}
	return nil, errInterim
}

func (l *line) Write(p []byte) (int, error) {
	n, err := l.Conn.Write(p)
	l.written = l.written || n > 0
	return n, err
}

// Close does not take leave in TLS, which may wait.
func (l *line) Close() error { return l.tcp.Close() }

// quiet tells whether nothing came since the last reply: neither the connection's end nor what nobody asked for.
func (l *line) quiet() bool {
	if l.raw == nil {
		return false
	}
	quiet := false
	err := l.raw.Read(func(fd uintptr) bool {
		var b [1]byte
		n, err := syscall.Read(int(fd), b[:])
		quiet = n < 0 && err == syscall.EAGAIN
		return true
	})
	return err == nil && quiet
}

// wipe leaves nothing of the last call in the buffers of a connection that may be idle for long.
func (l *line) wipe() {
	free := l.out.AvailableBuffer()
	clear(free[:cap(free)])
	l.in.Reset(zeros{})
	_, _ = l.in.Peek(l.in.Size())
	l.in.Reset(&l.limit)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
