package telegram

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"beaware/channel"
)

// ConversationOptions says who answers, and as whom.
type ConversationOptions struct {
	Name     string // what the installation calls this bot, for the log
	Username string // the bot's @name; "" asks the server
	Answer   channel.Answerer
	Profiles []Profile     // what the bot says of itself, per language; set at start, as far as the server lets us
	Memory   Memory        // of people who ask to be remembered; nil: nobody is
	Poll     time.Duration // how long the server may hold a poll; 0 is 50 s
}

const (
	usualPoll   = 50 * time.Second
	pollMargin  = 15 * time.Second       // how much longer we wait than the server should
	peek        = 300 * time.Millisecond // between polls while updates are being handled
	maxBatch    = 100                    // updates that one poll gives
	slowly      = 10 * time.Minute       // between polls with a token that the server does not know
	conflict    = 30 * time.Second       // between polls while somebody else polls
	spacing     = 50 * time.Millisecond  // the least time between such polls
	nameTimeout = 5 * time.Second
	lastWord    = time.Second // for confirming what was handled, when ctx has ended
)

// conversation is one poll loop.
type conversation struct {
	client *Client
	opts   ConversationOptions
	name   string
	lanes  *lanes
	trail  *trail
	idles  *idles

	mu       sync.Mutex
	me       who
	window   *window
	asked    int64         // the offset of the last poll that reached the server
	finished chan struct{} // something was handled
}

// Converse answers the people who write to the bot. It returns when ctx ends, never before, and always ctx.Err(). Screens that
// become idle one day are replaced before it returns.
func (c *Client) Converse(ctx context.Context, o ConversationOptions) error {
	return c.conversation(o).hold(ctx)
}

func (c *Client) conversation(o ConversationOptions) *conversation {
	if o.Poll <= 0 {
		o.Poll = usualPoll
	}
	return &conversation{
		client: c, opts: o, name: o.Name, window: newWindow(), finished: make(chan struct{}, 1),
		trail: newTrail(), idles: newIdles(),
		me: who{id: c.id, username: strings.ToLower(strings.TrimPrefix(o.Username, "@"))},
	}
}

func (v *conversation) hold(ctx context.Context) error {
	v.lanes = newLanes(ctx, v.run)
	var others sync.WaitGroup
	others.Go(func() { v.client.introduce(ctx, v.name, v.opts.Profiles) })
	others.Go(func() { v.watch(ctx) })
	v.poll(ctx)
	v.farewell(ctx)
	v.lanes.wait()
	others.Wait()
	v.confirm(ctx)
	return ctx.Err()
}

// poll runs until ctx ends.
func (v *conversation) poll(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		v.learnName(ctx)
		began := time.Now()
		n, err := v.once(ctx)
		wash()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failures++
			d := v.delay(err, failures)
			v.client.log.Warn("asking Telegram for updates failed", "bot", v.name, "error", err.Error(), "again_in", d)
			sleep(ctx, d)
		case n == 0 && !v.busy() && time.Since(began) < peek:
			failures = 0
			sleep(ctx, peek) // a server that does not hold a poll
		default:
			failures = 0
		}
	}
}

// once asks for updates and hands them out. It gives how many were new.
func (v *conversation) once(ctx context.Context) (int, error) {
	timeout := v.opts.Poll
	if v.busy() {
		// what is being handled comes again at once, so do not ask too often
		if v.rest(ctx); ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if v.flying() > maxFlying {
			return 0, nil
		}
	}
	if v.busy() {
		timeout = 0
	}
	offset := v.offset()
	batch, err := v.updates(ctx, offset, timeout)
	var e *callError
	if !errors.As(err, &e) || e.outcome == perhaps {
		v.asked = offset
	}
	if err != nil {
		return 0, err
	}
	wash() // waiting for the poll, the stack may have shrunk
	fresh, nameless := 0, 0
	for _, in := range batch[:min(len(batch), maxBatch)] {
		switch {
		case !in.known:
			nameless++
		case !v.take(in.id):
		default:
			fresh++
			v.dispatch(ctx, in.id, in.u, in.err)
		}
	}
	if nameless > 0 && fresh == 0 && !v.busy() {
		return 0, errors.New("updates without a usable update_id")
	}
	return fresh, nil
}

// dispatch sees to one update; whatever becomes of it, it is finished in the end.
func (v *conversation) dispatch(ctx context.Context, id int64, u update, err error) {
	log := v.client.log
	if err != nil {
		log.Warn("an update could not be understood and is passed over", "bot", v.name)
		v.finish(id)
		return
	}
	if u.Member != nil && u.Member.Chat.Type != "private" {
		// staff who made the bot a channel's administrator see here that it worked
		log.Info("the bot's rights in a chat changed", "bot", v.name, "chat_type", known(u.Member.Chat.Type), "status", known(u.Member.New.Status))
	}
	now := v.client.now().Unix()
	t := task{update: id}
	var ok bool
	t.turn, ok = v.whoAmI().read(u, now)
	v.notice(u, now)
	if !ok {
		v.finish(id)
		return
	}
	v.answer(ctx, &t)
	for _, d := range v.lanes.add(t) {
		if d.update == id {
			log.Debug("a chat sends faster than it can be answered; an update is dropped", "bot", v.name)
		}
		v.finish(d.update)
	}
}

// known passes on only words that Telegram documents, so that nothing else can get into the log.
func known(s string) string {
	switch s {
	case "group", "supergroup", "channel", "creator", "administrator", "member", "restricted", "left", "kicked":
		return s
	}
	return "other"
}
