//go:build unix

package telegram

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"beaware/channel"
	"beaware/channel/channeltest"
)

// wireServer is a server that does with each connection what a test says.
type wireServer struct {
	url         string
	connections atomic.Int32
	requests    atomic.Int32
}

func serveRaw(t *testing.T, handle func(s *wireServer, nth int32, conn net.Conn, in *bufio.Reader)) *wireServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &wireServer{url: "http://" + l.Addr().String()}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			nth := s.connections.Add(1)
			wg.Go(func() {
				defer conn.Close()
				_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
				handle(s, nth, conn, bufio.NewReader(conn))
			})
		}
	})
	t.Cleanup(wg.Wait)
	t.Cleanup(func() { l.Close() })
	return s
}

// read takes a whole request; false when there is none.
func (s *wireServer) read(in *bufio.Reader) (url.Values, bool) {
	req, err := http.ReadRequest(in)
	if err != nil {
		return nil, false
	}
	if err := req.ParseForm(); err != nil {
		return nil, false
	}
	s.requests.Add(1)
	return req.PostForm, true
}

const fine = "HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n" + `{"ok":true,"result":true}` + ""

// keptClient has a client on our own transport, and that transport.
func keptClient(t *testing.T, api string) (*Client, *kept) {
	t.Helper()
	c := newClient(t, api, nil, &record{})
	k, ok := c.http.(*kept)
	if !ok {
		t.Fatalf("the transport is a %T", c.http)
	}
	k.std.Proxy = nil
	t.Cleanup(k.CloseIdleConnections)
	return c, k
}

func ask(ctx context.Context, c *Client, out any) *callError {
	err := c.call(ctx, 10*time.Second, "sendMessage", map[string]string{"chat_id": markedChat, "text": "x"}, nil, out)
	var e *callError
	errors.As(err, &e)
	return e
}

// untilClosed waits until the other side has closed the connection.
func untilClosed(in io.Reader) { _, _ = io.Copy(io.Discard, in) }

// The first call of each case succeeds; the second finds what the server did to the kept connection in the meantime.
func TestKeptConnection(t *testing.T) {
	const succeeds = outcome(-1)
	for name, c := range map[string]struct {
		first       string
		then        func(s *wireServer, conn net.Conn, in *bufio.Reader) // on the first connection
		want        outcome
		connections int32
		requests    int32
	}{
		"is used again": {first: fine, want: succeeds, connections: 1, requests: 2, then: func(s *wireServer, conn net.Conn, in *bufio.Reader) {
			s.read(in)
			_, _ = io.WriteString(conn, fine)
		}},
		"was closed":          {first: fine, want: succeeds, connections: 2, requests: 2, then: func(_ *wireServer, conn net.Conn, _ *bufio.Reader) { conn.Close() }},
		"was closed for good": {first: strings.Replace(fine, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1), want: succeeds, connections: 2, requests: 2, then: func(_ *wireServer, _ net.Conn, in *bufio.Reader) { untilClosed(in) }},
		"HTTP/1.0":            {first: strings.Replace(fine, "HTTP/1.1", "HTTP/1.0", 1), want: succeeds, connections: 2, requests: 2, then: func(_ *wireServer, _ net.Conn, in *bufio.Reader) { untilClosed(in) }},
		"was reset": {first: fine, want: succeeds, connections: 2, requests: 2, then: func(_ *wireServer, conn net.Conn, _ *bufio.Reader) {
			_ = conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}},
		"said something unasked": {first: fine, want: succeeds, connections: 2, requests: 2, then: func(_ *wireServer, conn net.Conn, in *bufio.Reader) {
			_, _ = io.WriteString(conn, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
			untilClosed(in)
		}},
		"more than the reply": {first: fine + fine, want: succeeds, connections: 2, requests: 2, then: func(_ *wireServer, _ net.Conn, in *bufio.Reader) { untilClosed(in) }},
		"closes after reading": {first: fine, want: perhaps, connections: 1, requests: 2, then: func(s *wireServer, _ net.Conn, in *bufio.Reader) {
			s.read(in)
		}},
		"closes while it reads": {first: fine, want: perhaps, connections: 1, requests: 1, then: func(_ *wireServer, conn net.Conn, in *bufio.Reader) {
			_, _ = in.ReadByte()
			_ = conn.(*net.TCPConn).SetLinger(0)
		}},
		"closes in the reply's head": {first: fine, want: perhaps, connections: 1, requests: 2, then: func(s *wireServer, conn net.Conn, in *bufio.Reader) {
			s.read(in)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Le")
		}},
		"closes in a refusal": {first: fine, want: answered, connections: 1, requests: 2, then: func(s *wireServer, conn net.Conn, in *bufio.Reader) {
			s.read(in)
			_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\n{")
		}},
		"interim replies": {first: fine, want: succeeds, connections: 1, requests: 2, then: func(s *wireServer, conn net.Conn, in *bufio.Reader) {
			s.read(in)
			_, _ = io.WriteString(conn, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"+fine)
		}},
		"interim replies without end": {first: fine, want: perhaps, connections: 1, requests: 2, then: func(s *wireServer, conn net.Conn, in *bufio.Reader) {
			s.read(in)
			for {
				if _, err := io.WriteString(conn, "HTTP/1.1 102 Processing\r\n\r\n"); err != nil {
					return
				}
			}
		}},
		"headers without end": {first: fine, want: perhaps, connections: 1, requests: 2, then: func(s *wireServer, conn net.Conn, in *bufio.Reader) {
			s.read(in)
			_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
			for err == nil {
				_, err = io.WriteString(conn, "X-More: more\r\n")
			}
		}},
		"a reply without end": {first: fine, want: perhaps, connections: 1, requests: 2, then: func(s *wireServer, conn net.Conn, in *bufio.Reader) {
			s.read(in)
			_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
			for err == nil {
				_, err = io.WriteString(conn, strings.Repeat(" ", 1<<16))
			}
		}},
		"chunks without end": {first: fine, want: perhaps, connections: 1, requests: 2, then: func(s *wireServer, conn net.Conn, in *bufio.Reader) {
			s.read(in)
			_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			for err == nil {
				_, err = io.WriteString(conn, "10000\r\n"+strings.Repeat(" ", 1<<16)+"\r\n")
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			between := make(chan struct{})
			s := serveRaw(t, func(s *wireServer, nth int32, conn net.Conn, in *bufio.Reader) {
				if _, ok := s.read(in); !ok {
					return
				}
				if nth > 1 {
					_, _ = io.WriteString(conn, fine)
					return
				}
				_, _ = io.WriteString(conn, c.first)
				<-between
				c.then(s, conn, in)
			})
			client, k := keptClient(t, s.url)
			if err := ask(t.Context(), client, nil); err != nil {
				t.Fatal(err)
			}
			close(between)
			if c.connections == 2 {
				settled(t, k)
			}
			err := ask(t.Context(), client, nil)
			if got := succeeds; err != nil && err.outcome != c.want || err == nil && got != c.want {
				t.Errorf("the second call: %v", err)
			}
			channeltest.CheckSecrets(t, channeltest.Platform{Secrets: secrets()}, sendErrorOf(err))
			if s.connections.Load() != c.connections || s.requests.Load() != c.requests {
				t.Errorf("%d connections and %d requests, want %d and %d", s.connections.Load(), s.requests.Load(), c.connections, c.requests)
			}
		})
	}
}

func sendErrorOf(e *callError) error {
	if e == nil {
		return nil
	}
	return e
}

// settled waits until what the server did to the idle connections has arrived, and leaves it there.
func settled(t *testing.T, k *kept) {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.idle) > 1 {
		t.Fatalf("%d idle connections", len(k.idle))
	}
	for _, l := range k.idle {
		for arrived := false; !arrived; time.Sleep(time.Millisecond) {
			_ = l.raw.Read(func(fd uintptr) bool {
				_, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK)
				arrived = err != syscall.EAGAIN
				return true
			})
		}
	}
}

// Our own limit and the caller's end a call wherever it is, and its connection with it.
func TestKeptCancel(t *testing.T) {
	for name, part := range map[string]string{
		"before the reply": "", "in its head": "HTTP/1.1 200 OK\r\nContent-", "in its body": "HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n{",
	} {
		for _, reused := range []bool{false, true} {
			t.Run(fmt.Sprint(name, reused), func(t *testing.T) {
				waiting, closed := make(chan struct{}), make(chan struct{})
				s := serveRaw(t, func(s *wireServer, _ int32, conn net.Conn, in *bufio.Reader) {
					if reused {
						s.read(in)
						_, _ = io.WriteString(conn, fine)
					}
					s.read(in)
					_, _ = io.WriteString(conn, part)
					close(waiting)
					untilClosed(in)
					close(closed)
				})
				client, k := keptClient(t, s.url)
				if reused {
					if err := ask(t.Context(), client, nil); err != nil {
						t.Fatal(err)
					}
				}
				ctx, cancel := context.WithCancel(t.Context())
				go func() { <-waiting; cancel() }()
				err := ask(ctx, client, nil)
				if err == nil || err.outcome != perhaps || !errors.Is(err, context.Canceled) {
					t.Errorf("%v", err)
				}
				<-closed
				if len(k.idle) != 0 || s.connections.Load() != 1 {
					t.Errorf("%d kept of %d", len(k.idle), s.connections.Load())
				}
			})
		}
	}
}

func TestKeptLimits(t *testing.T) {
	s := serveRaw(t, func(s *wireServer, _ int32, conn net.Conn, in *bufio.Reader) {
		s.read(in)
		_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
		for err == nil { // a little at a time, for ever
			_, err = io.WriteString(conn, "X: y\r\n")
			time.Sleep(time.Millisecond)
		}
	})
	client, _ := keptClient(t, s.url)
	err := client.call(t.Context(), 50*time.Millisecond, "sendMessage", map[string]string{"text": "x"}, nil, nil)
	var e *callError
	if !errors.As(err, &e) || e.outcome != perhaps || e.ended != nil || !strings.Contains(e.desc, "no answer in time") {
		t.Errorf("our limit: %#v", err)
	}
	client, k := keptClient(t, "http://x.example")
	k.std.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if e := ask(ctx, client, nil); e == nil || e.outcome != neverLeft || !errors.Is(e, context.DeadlineExceeded) {
		t.Errorf("while connecting: %v", e)
	}
}

// A write that fails before a byte has left is no loss; on a new connection it would be an endless one.
func TestKeptWriteFails(t *testing.T) {
	s := serveRaw(t, func(s *wireServer, _ int32, conn net.Conn, in *bufio.Reader) {
		for _, ok := s.read(in); ok; _, ok = s.read(in) {
			_, _ = io.WriteString(conn, fine)
		}
	})
	for _, partly := range []int{0, 1} {
		client, k := keptClient(t, s.url)
		if err := ask(t.Context(), client, nil); err != nil {
			t.Fatal(err)
		}
		k.idle[0].Conn = broken{k.idle[0].Conn, partly}
		err := ask(t.Context(), client, nil)
		if partly == 0 && err != nil || partly > 0 && (err == nil || err.outcome != perhaps) {
			t.Errorf("%d bytes written: %v", partly, err)
		}
		dial := k.std.DialContext
		k.CloseIdleConnections()
		k.std.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dial(ctx, network, addr)
			return broken{conn, partly}, err
		}
		if err := ask(t.Context(), client, nil); err == nil || err.outcome != perhaps {
			t.Errorf("new connection, %d bytes written: %v", partly, err)
		}
	}
}

type broken struct {
	net.Conn
	after int
}

func (b broken) Write([]byte) (int, error) { return b.after, errors.New("broken") }

func TestKeptClosesIdleConnections(t *testing.T) {
	closed := make(chan struct{})
	s := serveRaw(t, func(s *wireServer, _ int32, conn net.Conn, in *bufio.Reader) {
		s.read(in)
		_, _ = io.WriteString(conn, fine)
		untilClosed(in)
		close(closed)
	})
	client, k := keptClient(t, s.url)
	k.std.IdleConnTimeout = 10 * time.Millisecond
	if err := ask(t.Context(), client, nil); err != nil {
		t.Fatal(err)
	}
	<-closed
}

// Nothing that was said stays with an idle connection.
func TestKeptForgets(t *testing.T) {
	s := serveRaw(t, func(s *wireServer, _ int32, conn net.Conn, in *bufio.Reader) {
		s.read(in)
		_, _ = io.WriteString(conn, strings.Replace(fine, ":true}", `:"ab"}`, 1))
		untilClosed(in)
	})
	client, k := keptClient(t, s.url)
	var out string
	if err := ask(t.Context(), client, &out); err != nil || out != "ab" {
		t.Fatal(err, out)
	}
	l := k.idle[0]
	written := l.out.AvailableBuffer()
	l.in.Reset(strings.NewReader("x"))
	_, _ = l.in.Peek(1)
	read, _ := l.in.Peek(1)
	read = read[:cap(read)]
	if len(strings.Trim(string(written[:cap(written)]), "\x00")) > 0 || strings.Trim(string(read), "\x00") != "x" {
		t.Errorf("%q\n%q", written[:cap(written)], read)
	}
	b := client.buffers.Get()
	if b == nil {
		t.Skip("the pool was emptied")
	}
	if kept := b.(*bytes.Buffer).AvailableBuffer(); len(strings.Trim(string(kept[:cap(kept)]), "\x00")) > 0 {
		t.Errorf("%q", kept[:cap(kept)])
	}
}

// Many at once: each gets its own reply, and there are no more connections than callers.
func TestKeptConcurrently(t *testing.T) {
	s := serveRaw(t, func(s *wireServer, _ int32, conn net.Conn, in *bufio.Reader) {
		for {
			form, ok := s.read(in)
			if !ok {
				return
			}
			reply := fmt.Sprintf(`{"ok":true,"result":%q}`, form.Get("text"))
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(reply), reply)
		}
	})
	client, k := keptClient(t, s.url)
	const callers = 40
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			for j := range 50 {
				ctx, cancel := context.WithCancel(t.Context())
				if (i+j)%7 == 0 {
					go cancel() // before, within or after
				}
				want, got := fmt.Sprint(i, "-", j), ""
				err := client.Call(ctx, "sendMessage", map[string]string{"text": want}, &got)
				if err == nil && got != want || err != nil && ctx.Err() == nil {
					t.Errorf("%q instead of %q, %v", got, want, err)
				}
				cancel()
			}
		})
	}
	wg.Wait()
	if n := len(k.idle); n == 0 || n > callers {
		t.Errorf("%d connections are kept", n)
	}
}

func TestKeptTLS(t *testing.T) {
	var connections atomic.Int32
	srv := httptest.NewUnstartedServer(reply(200, `{"ok":true,"result":true}`))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // of a handshake that fails, as it should
	srv.StartTLS()
	t.Cleanup(srv.Close)
	client, k := keptClient(t, srv.URL)
	if e := ask(t.Context(), client, nil); e == nil || e.outcome != neverLeft || kind(e) != channel.Temporary {
		t.Errorf("a certificate that nobody knows: %v", e)
	}
	before := connections.Load()
	k.std.TLSClientConfig = srv.Client().Transport.(*http.Transport).TLSClientConfig
	for range 3 {
		if e := ask(t.Context(), client, nil); e != nil {
			t.Error(e)
		}
	}
	if n := connections.Load() - before; n != 1 {
		t.Errorf("%d connections for three calls", n)
	}
	srv.CloseClientConnections()
	settled(t, k)
	if e := ask(t.Context(), client, nil); e != nil {
		t.Errorf("after the server closed: %v", e)
	}
}

// What is not for us goes with the standard transport: through a proxy, or too long.
func TestKeptLeavesToTheStandard(t *testing.T) {
	var asked atomic.Value
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Host)
		reply(200, `{"ok":true,"result":true}`)(w, r)
	}))
	t.Cleanup(proxy.Close)
	client, k := keptClient(t, "http://behind.example")
	u, _ := url.Parse(proxy.URL)
	k.std.Proxy = http.ProxyURL(u)
	if e := ask(t.Context(), client, nil); e != nil || asked.Load() != "behind.example" || len(k.idle) != 0 {
		t.Errorf("%v, the proxy was asked for %v", e, asked.Load())
	}
	client, k = keptClient(t, proxy.URL)
	long := map[string]string{"text": strings.Repeat("x", maxShort)}
	if err := client.Call(t.Context(), "sendMessage", long, nil); err != nil || len(k.idle) != 0 {
		t.Errorf("%v, %d connections of our own", err, len(k.idle))
	}
}

// Whatever bytes come back, we make of them what net/http's own transport makes of them.
func FuzzKeptReply(f *testing.F) {
	for _, s := range []string{
		fine, "", "HTTP/1.1 200 OK\r\n\r\nabc", "HTTP/1.0 500 x\r\nContent-Length: 3\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n" + fine,
		"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/0.0 000 0\n\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 302 Found\r\nLocation: http://x/\r\nContent-Length: 0\r\n\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if strings.Contains(raw, " 101") || len(raw) > maxHead/2 {
			return
		}
		dial := func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go func() {
				defer theirs.Close()
				if req, err := http.ReadRequest(bufio.NewReader(theirs)); err == nil {
					_, _ = io.Copy(io.Discard, req.Body)
					_, _ = io.WriteString(theirs, raw)
				}
			}()
			return ours, nil
		}
		std := &http.Transport{DialContext: dial, DisableCompression: true}
		defer std.CloseIdleConnections()
		want, wantOK := outcomeOf(std)
		got, gotOK := outcomeOf(newTransport(std))
		if got != want || gotOK != wantOK {
			t.Errorf("%q %v, net/http has %q %v", got, gotOK, want, wantOK)
		}
	})
}

func outcomeOf(rt http.RoundTripper) (string, bool) {
	req, _ := http.NewRequest(http.MethodPost, "http://x.example/", strings.NewReader("a=b"))
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return "", false
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return fmt.Sprint(resp.StatusCode, string(b)), err == nil
}
