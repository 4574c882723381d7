package telegram

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"beaware/channel"
	"beaware/channel/channeltest"
	"beaware/channel/telegram/telegramtest"
)

// Whole conversations between a person and a small bot, over the strict fake, in pretended time.

const markedWords = "marked words of somebody"

// firstID is a message id that would be noticed in a log.
const firstID = 48_123_456

// scripted is a small bot.
func scripted(e channel.Event) channel.Screen {
	screen := channel.Screen{Language: "en", Resume: "i:sq:AL", Rows: [][]channel.Button{{
		{Label: "Check", Data: "check"}, {Label: "Hide", Data: "hide"}, {Label: "Wipe", Data: "wipe"}, {Label: "Keep", Data: "keep"}, {Label: "Drop", Data: "drop"},
	}}}
	neutral := channel.Screen{Language: "en", Text: "A note.", Neutral: true}
	if e.At != 0 && e.Now-e.At > int64(channel.Late/time.Second) {
		return neutral
	}
	switch what := e.Data + e.Command; {
	case what == "hide" || what == "/hide" || e.Words == "safe word":
		return neutral
	case what == "wipe" || what == "/wipe":
		neutral.Wipe, neutral.Resume, neutral.Text = true, "i:sq:AL", "How to clear the rest."
		return neutral
	case what == "idle":
		neutral.Text = "An idle note. " + e.Platform
		return neutral
	case what == "check" || what == "sure":
		screen.Text, screen.Idle = "Are your papers with you? "+what, "idle"
		screen.Rows = append(screen.Rows, []channel.Button{{Label: "Sure", Data: "sure"}})
	case what == "keep":
		screen.Text, screen.Keep = "Kept.", channel.Remember
	case what == "drop":
		screen.Text, screen.Keep = "Dropped.", channel.Forget
	case e.Typed:
		screen.Text = fmt.Sprintf("typed words=%v resume=%s group=%v", e.Words != "", e.Resume, e.Group)
	default:
		screen.Text = fmt.Sprintf("first %s resume=%s keeps=%v platform=%s", what, e.Resume, e.Keeps, e.Platform)
	}
	return screen
}

// notebook is a Memory.
type notebook struct {
	mu      sync.Mutex
	kept    map[int64]string
	recalls int
	fail    error
}

func (n *notebook) Remember(_ context.Context, chat int64, resume string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.kept == nil {
		n.kept = map[int64]string{}
	}
	n.kept[chat] = resume
	return n.fail
}

func (n *notebook) Recall(_ context.Context, chat int64) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.recalls++
	return n.kept[chat], n.fail
}

// state is how often it was asked, and a copy of what it holds.
func (n *notebook) state() (recalls int, kept map[int64]string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.recalls, maps.Clone(n.kept)
}

func (n *notebook) Forget(_ context.Context, chat int64) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.kept, chat)
	return n.fail
}

// story is one person, the bot and Telegram.
type story struct {
	*testing.T
	server *telegramtest.Server
	person *telegramtest.User
	log    *record
	opts   ConversationOptions
	limits Limits
	conv   *conversation
	stop   func() // ends the bot; again is no harm
}

// tell runs a story in a bubble. The bot listens from the beginning unless it is told to wait.
func tell(t *testing.T, f func(*story)) { tellWith(t, ConversationOptions{}, true, f) }

func tellWith(t *testing.T, o ConversationOptions, begin bool, f func(*story)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := telegramtest.StartInMemory(t)
		s.Bot().NumberFrom(firstID)
		st := &story{T: t, server: s, person: s.AddUser("sq"), log: &record{}, opts: o, limits: unlimited, stop: func() {}}
		if begin {
			st.begin()
		}
		f(st)
		st.stop()
		secrets := []string{telegramtest.Token, "marked words", "safe word", strconv.Itoa(firstID)[:6], "Person 1"}
		for _, u := range s.Users() {
			secrets = append(secrets, strconv.FormatInt(u.ID(), 10))
		}
		channeltest.CheckSecrets(t, channeltest.Platform{Logged: st.log.String, Secrets: secrets})
		for _, r := range s.Requests() {
			if len(r.Unknown) > 0 {
				t.Errorf("%s was given %v, which Telegram does not know", r.Method, r.Unknown)
			}
		}
	})
}

func (st *story) begin() {
	st.Helper()
	c, err := New(Options{Token: telegramtest.Token, API: st.server.URL, HTTP: st.server.Client(), Logger: st.log.logger(), Limits: st.limits})
	if err != nil {
		st.Fatal(err)
	}
	o := st.opts
	o.Name, o.Username = "bot1", st.server.Bot().Username()
	if o.Answer == nil {
		o.Answer = scripted
	}
	ctx, cancel := context.WithCancel(context.Background())
	st.conv = c.conversation(o)
	done := make(chan error, 1)
	go func() { done <- st.conv.hold(ctx) }()
	var once sync.Once
	st.stop = func() {
		once.Do(func() {
			began := time.Now()
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				st.Errorf("Converse: %v", err)
			}
			if d := time.Since(began); d > 2*lastWord {
				st.Errorf("the bot ended after %v", d)
			}
		})
	}
	st.Cleanup(st.stop)
}

// settle lets the bot do all that it has to do now.
func (st *story) settle() { time.Sleep(2 * time.Second) }

func (st *story) send(text string) int {
	id := st.person.Send(text)
	st.settle()
	return id
}

func (st *story) press(label string) {
	st.Helper()
	if _, err := st.person.Press(label); err != nil {
		st.Error(err)
	}
	st.settle()
}

// sees checks all that stands in the chat, a text a message; what the person wrote begins with ">".
func (st *story) sees(want ...string) {
	st.Helper()
	var got []string
	for _, m := range st.person.Messages() {
		switch {
		case !m.FromBot:
			got = append(got, ">"+m.Shown())
		default:
			if !m.Silent {
				st.Errorf("%q makes a sound", m.Text)
			}
			got = append(got, m.Text)
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		st.Errorf("the chat shows\n%q\nwant\n%q", got, want)
	}
}

func (st *story) calls(method string) int { return len(st.server.Calls(method)) }

// forgotten checks that the bot's memory holds nothing of anybody.
func (st *story) forgotten() {
	st.Helper()
	if n := st.conv.trail.chats(); n != 0 {
		st.Errorf("%d chats are known", n)
	}
	if e := st.conv.idles.take(true); len(e) != 0 {
		st.Errorf("%d chats have a screen that becomes idle", len(e))
	}
}

func (st *story) refuse(method string, code int, words string) {
	st.server.Fail(telegramtest.Fault{Method: method, Times: -1, Do: telegramtest.Refuse, Code: code, Description: words})
}
