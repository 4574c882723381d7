// Package crowd is a Bot API server for benchmarks, with people who press a button of their message again as soon as
// the bot has edited it. It checks nothing that telegramtest checks, so that the bot is what is measured: raw sockets,
// kept connections, long polls and canned replies. It imports nothing of the program.
package crowd

import (
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Token is the bot's; the server takes any.
const Token = "123456789:AA-crowd_Token_for_benchmarks_00000"

// Username is the bot's.
const Username = "crowd_bot"

// Text and Labels are what every bot shows, so that they have the same to send. Data of a button is its label.
const Text = "<b>Are you safe now?</b>\n\nThis is an automatic information service. It tells you where to call in this country, " +
	"what happens then, and what you can do first. Nothing that you press is kept, and you can hide this at any time.\n\n" +
	"Помощь рядом: звонок бесплатный, говорят на вашем языке."

// Labels are the buttons, one in a row.
var Labels = [...]string{"Get help now", "Check an offer", "Hide"}

// Options say how many people there are.
type Options struct {
	People int // who wait for an answer at the same time
	Chats  int // of distinct people in all, who press in turn; less than People: People
}

// Crowd is a running server.
type Crowd struct {
	URL string

	opts     Options
	listener net.Listener
	serving  sync.WaitGroup
	wake     chan struct{} // there are new updates

	mu       sync.Mutex
	conns    map[net.Conn]bool
	pending  []press // not confirmed, oldest first
	updates  int64
	next     int       // who presses next, where there are more chats than people
	waiting  []waiting // by person
	answers  int       // since the start
	early    int       // edits before the query was answered
	opened   int       // connections since the start
	samples  []time.Duration
	sampling bool
}

type press struct {
	id     int64
	person int
}

type waiting struct {
	since time.Time // zero: nothing was pressed
	ended bool      // the query was answered
}

// Start makes everybody press. The updates wait for the first poll.
func Start(o Options) (*Crowd, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	o.Chats = max(o.Chats, o.People)
	c := &Crowd{
		URL: "http://" + l.Addr().String(), opts: o, listener: l, wake: make(chan struct{}, 1),
		conns: map[net.Conn]bool{}, waiting: make([]waiting, o.Chats),
	}
	for i := range o.People {
		c.press(i)
	}
	c.next = o.People
	c.serving.Go(c.accept)
	return c, nil
}

// Close ends all connections and waits for them.
func (c *Crowd) Close() {
	c.listener.Close()
	c.mu.Lock()
	for conn := range c.conns {
		conn.Close()
	}
	c.mu.Unlock()
	c.serving.Wait()
}

// Result is what was seen in some time.
type Result struct {
	Answers  int
	Took     time.Duration
	P50, P99 time.Duration // from a press to its edit
	Early    int           // edits before the query was answered, since the start
	Opened   int           // connections since the start
}

// PerSecond is the throughput.
func (r Result) PerSecond() float64 {
	if r.Took == 0 {
		return 0
	}
	return float64(r.Answers) / r.Took.Seconds()
}

// Measure looks for a while.
func (c *Crowd) Measure(d time.Duration) Result {
	c.mu.Lock()
	began, before := time.Now(), c.answers
	c.samples, c.sampling = c.samples[:0], true
	c.mu.Unlock()
	time.Sleep(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sampling = false
	r := Result{Answers: c.answers - before, Took: time.Since(began), Early: c.early, Opened: c.opened}
	slices.Sort(c.samples)
	if n := len(c.samples); n > 0 {
		r.P50, r.P99 = c.samples[n/2], c.samples[n*99/100]
	}
	return r
}

// Answers is how many there were since the start.
func (c *Crowd) Answers() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answers
}

// press is called with the lock held, or before anybody else knows of c.
func (c *Crowd) press(person int) {
	c.updates++
	c.waiting[person] = waiting{since: time.Now()}
	c.pending = append(c.pending, press{c.updates, person})
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *Crowd) ended(person int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if person >= 0 && person < len(c.waiting) {
		c.waiting[person].ended = true
	}
}

// edited takes the time of an answer, and somebody presses again.
func (c *Crowd) edited(person int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if person < 0 || person >= len(c.waiting) || c.waiting[person].since.IsZero() {
		return
	}
	w := &c.waiting[person]
	c.answers++
	if !w.ended {
		c.early++
	}
	if c.sampling {
		c.samples = append(c.samples, time.Since(w.since))
	}
	*w = waiting{}
	if c.opts.Chats > c.opts.People {
		person, c.next = c.next%c.opts.Chats, c.next+1
	}
	c.press(person)
}

// poll appends the reply to a getUpdates.
func (c *Crowd) poll(out []byte, offset int64, limit int, timeout time.Duration) []byte {
	var timer <-chan time.Time
	for {
		c.mu.Lock()
		confirmed := 0
		for confirmed < len(c.pending) && c.pending[confirmed].id < offset {
			confirmed++
		}
		c.pending = slices.Delete(c.pending, 0, confirmed)
		batch := slices.Clone(c.pending[:min(len(c.pending), limit)])
		c.mu.Unlock()
		if len(batch) > 0 || timeout <= 0 {
			return appendUpdates(out, batch)
		}
		if timer == nil {
			timer = time.After(timeout)
		}
		select {
		case <-c.wake:
		case <-timer:
			timeout = 0
		}
	}
}

const firstID = 1_000_000_000 // of a person

func appendUpdates(out []byte, batch []press) []byte {
	out = append(out, `{"ok":true,"result":[`...)
	for i, p := range batch {
		if i > 0 {
			out = append(out, ',')
		}
		id := strconv.AppendInt(nil, firstID+int64(p.person), 10)
		out = append(out, `{"update_id":`...)
		out = strconv.AppendInt(out, p.id, 10)
		out = append(out, `,"callback_query":{"id":"4`...)
		out = strconv.AppendInt(out, p.id, 10)
		out = append(append(out, id...), `","from":{"id":`...)
		out = append(append(out, id...), `,"is_bot":false,"first_name":"Person","language_code":"en"},"message":`...)
		out = append(appendMessage(out, id), `,"chat_instance":"-3141592653589793238","data":"Get help now"}}`...)
	}
	return append(out, `]}`...)
}

func appendMessage(out, chat []byte) []byte {
	out = append(out, `{"message_id":77,"from":{"id":123456789,"is_bot":true,"first_name":"Crowd","username":"crowd_bot"},"chat":{"id":`...)
	out = append(append(out, chat...), `,"first_name":"Person","type":"private"},"date":1795000000,"edit_date":1795000001,"text":`...)
	out = strconv.AppendQuote(out, Text)
	out = append(out, `,"reply_markup":{"inline_keyboard":[`...)
	for i, l := range Labels {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(append(append(out, `[{"text":"`...), l...), `","callback_data":"`...), l...), `"}]`...)
	}
	return append(out, `]}}`...)
}
