// Package telegramtest is a strict fake of the Telegram Bot API, for tests and for trying the
// Telegram side without a token. It is built from https://core.telegram.org/bots/api, and refuses
// what Telegram refuses, in Telegram's words. It owns pretended bots, chats, people, and faults on
// the wire. It imports nothing else of this project, reads no file and calls nobody but a webhook
// that a bot set. Everything is in memory and gone with the Server.
package telegramtest

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// Token is the token of the bot that a Server has when Options names none. It is well formed and belongs to nobody.
const Token = "700000001:not-a-real-token-for-tests-only-000"

// TB is what Start needs of a *testing.T; declared here so that a program may use this package without package testing.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Options says how a Server differs from the strictest one. The zero value is right for most tests.
type Options struct {
	// Tokens of the bots that exist, each "<digits>:<35 characters>"; empty: the one Token.
	Tokens []string
	// AnyToken makes a bot of every well-formed token that is used.
	AnyToken bool
	// AnyChannel makes a channel, with the bot as administrator, of every @name that is posted to.
	AnyChannel bool
	// Now is the clock; nil: time.Now. Advance moves on from it.
	Now func() time.Time
	// Limits on sending; the zero value has none. See RealLimits.
	Limits Limits
	// QueryLife is how long a pressed button waits for answerCallbackQuery; 0: 15 minutes.
	QueryLife time.Duration
	// Webhooks delivers updates to webhooks; nil: a client with a timeout of ten seconds.
	Webhooks *http.Client
}

// Server is one pretended Telegram. It is an http.Handler, safe for concurrent use.
type Server struct {
	// URL is the root of the API, without a slash at its end; set by Start and StartInMemory.
	URL string

	opts    Options
	methods map[string]method
	client  *http.Client
	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	work    sync.WaitGroup // webhook deliveries

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at every change
	skew     time.Duration
	bots     []*Bot
	users    []*User
	chats    []*Chat // channels, groups and supergroups; private chats belong to a bot
	files    map[string]*storedFile
	queries  map[string]*Press
	requests []*Request
	faults   []*Fault
	sent     map[string][]time.Time // for Limits: moments of sending by token and chat
	serial   int64                  // for ids of users, chats, queries, files
}

// New gives a Server to mount as an http.Handler. Call Close when done with it.
func New(o Options) *Server {
	if len(o.Tokens) == 0 {
		o.Tokens = []string{Token}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.QueryLife == 0 {
		o.QueryLife = 15 * time.Minute
	}
	if o.Webhooks == nil {
		o.Webhooks = &http.Client{Timeout: 10 * time.Second}
	}
	s := &Server{
		opts: o, methods: methodTable(), client: http.DefaultClient, changed: make(chan struct{}),
		files: map[string]*storedFile{}, queries: map[string]*Press{}, sent: map[string][]time.Time{},
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	for _, token := range o.Tokens {
		s.addBot(token)
	}
	return s
}

// Start gives a running Server on a loopback port, closed when the test ends.
func Start(t TB, opts ...Options) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("telegramtest: listen on loopback: %v", err)
	}
	s := New(one(opts))
	s.URL = "http://" + l.Addr().String()
	s.client = &http.Client{Transport: &http.Transport{}}
	s.serve(t, l)
	return s
}

// StartInMemory gives a Server without a network, for tests inside a testing/synctest bubble.
// Only Client reaches it.
func StartInMemory(t TB, opts ...Options) *Server {
	t.Helper()
	s := New(one(opts))
	l := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	s.URL = "http://telegram.test"
	s.client = &http.Client{Transport: &http.Transport{DialContext: l.dial}}
	s.serve(t, l)
	return s
}

func one(opts []Options) Options {
	if len(opts) > 0 {
		return opts[0]
	}
	return Options{}
}

func (s *Server) serve(t TB, l net.Listener) {
	srv := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(l) // ends with Close, below
	}()
	t.Cleanup(func() {
		s.Close()
		s.client.CloseIdleConnections()
		_ = srv.Close()
		<-done
	})
}

// Close ends every long poll, hanging reply and webhook delivery, and waits for the deliveries.
func (s *Server) Close() {
	s.stop()
	s.work.Wait()
}

// Client reaches the Server; needed with StartInMemory only.
func (s *Server) Client() *http.Client { return s.client }

// Endpoint is the address of a method as telegram-bot-api wants it, with %s for token and method.
func (s *Server) Endpoint() string { return s.URL + "/bot%s/%s" }

// Now is the time that the Server lives in.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

func (s *Server) now() time.Time { return s.opts.Now().Add(s.skew) }

// Advance moves the Server's clock: for the 48 hours of deleteMessage, the life of a query, the limits.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew += d
	s.touch()
}

// touch wakes all that wait. Callers hold s.mu.
func (s *Server) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Wait returns nil once cond holds, or the context's error. cond is asked again after every change,
// without a lock, so it may use any method of Server, User and Chat.
func (s *Server) Wait(ctx context.Context, cond func() bool) error {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Server) nextSerial() int64 {
	s.serial++
	return s.serial
}

// pipeListener is a net.Listener whose connections are net.Pipe, which a synctest bubble can wait on.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "memory" }
