package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"beaware/channel"
	"beaware/channel/channeltest"
	"beaware/channel/telegram/telegramjudge"
	"beaware/channel/telegram/telegramtest"
)

// open is a channel on the strict fake.
func open(t *testing.T, s *telegramtest.Server, chat *telegramtest.Chat, ref string) channeltest.Platform {
	t.Helper()
	log := &record{}
	c, err := New(Options{Token: telegramtest.Token, API: s.URL, HTTP: s.Client(), Logger: log.logger(), Limits: unlimited})
	if err != nil {
		t.Fatal(err)
	}
	ch, err := c.Channel("test", ref)
	if err != nil {
		t.Fatal(err)
	}
	return channeltest.Platform{
		Channel: ch,
		Logged:  log.String,
		Secrets: []string{telegramtest.Token, "not-a-real-token", strconv.FormatInt(chat.ID(), 10), "markedchannel"},
		Published: func() []channeltest.Post {
			wellMade(t, s)
			return published(chat)
		},
	}
}

func published(chat *telegramtest.Chat) (out []channeltest.Post) {
	for _, m := range chat.Posts() {
		p := channeltest.Post{Text: m.Shown(), Photo: m.Photo, Silent: m.Silent}
		for _, row := range m.Rows {
			for _, b := range row {
				p.Links = append(p.Links, channel.Link{Label: b.Text, URL: b.URL})
			}
		}
		out = append(out, p)
	}
	return out
}

// wellMade looks at every request as a strict reader of the Bot API would.
func wellMade(t *testing.T, s *telegramtest.Server) {
	t.Helper()
	for _, r := range s.Requests() {
		if len(r.Unknown) > 0 {
			t.Errorf("%s has parameters that the Bot API does not know: %q", r.Method, r.Unknown)
		}
		for _, name := range r.FileNames {
			if strings.ContainsAny(name, `/\`) {
				t.Errorf("a file is sent as %q", name)
			}
		}
		html := r.Params["text"] + r.Params["caption"]
		if _, _, err := telegramjudge.Parse("ready"); err != nil || html == "" {
			continue
		}
		if _, _, err := telegramjudge.Parse(html); err != nil {
			t.Errorf("%q: %v", html, err)
		}
	}
}

func TestContract(t *testing.T) {
	start := func(t *testing.T, faults ...telegramtest.Fault) channeltest.Platform {
		s := telegramtest.Start(t)
		for _, f := range faults {
			s.Fail(f)
		}
		return open(t, s, s.AddChannel("@markedchannel"), "@markedchannel")
	}
	standing := func(t *testing.T, as telegramtest.Standing) channeltest.Platform {
		s := telegramtest.Start(t)
		chat := s.AddChannel("@markedchannel")
		chat.SetStanding(as)
		return open(t, s, chat, "@markedchannel")
	}
	h := channeltest.Harness{
		Open: func(t *testing.T) channeltest.Platform { return start(t) },
		Faults: []channeltest.Fault{
			{Name: "no such chat", Want: channel.Misconfigured, Open: func(t *testing.T) channeltest.Platform {
				s := telegramtest.Start(t)
				return open(t, s, s.AddChannel("@another"), "@markedchannel")
			}},
			{Name: "not a member", Want: channel.Misconfigured, Open: func(t *testing.T) channeltest.Platform {
				return standing(t, telegramtest.Standing{Status: "left"})
			}},
			{Name: "kicked", Want: channel.Misconfigured, Open: func(t *testing.T) channeltest.Platform {
				return standing(t, telegramtest.Standing{Status: "kicked"})
			}},
			{Name: "no right to post", Want: channel.Misconfigured, Open: func(t *testing.T) channeltest.Platform {
				return standing(t, telegramtest.Standing{Status: "administrator"})
			}},
			{Name: "another token", Want: channel.Misconfigured, Open: func(t *testing.T) channeltest.Platform {
				s := telegramtest.Start(t, telegramtest.Options{Tokens: []string{"700000002:another-token-for-tests-only-0000000"}})
				return open(t, s, s.AddChannel("@markedchannel"), "@markedchannel")
			}},
		},
	}
	for _, f := range []struct {
		do    telegramtest.Effect
		want  channel.Kind
		hangs bool
	}{
		{telegramtest.TooMany, channel.Throttled, false},
		{telegramtest.ServerError, channel.Temporary, false},
		{telegramtest.BadGateway, channel.Temporary, false},
		{telegramtest.ResetBefore, channel.Unknown, false},
		{telegramtest.ResetAfter, channel.Unknown, false},
		{telegramtest.ResetMidReply, channel.Unknown, false},
		{telegramtest.WrongJSON, channel.Unknown, false},
		{telegramtest.Endless, channel.Unknown, true},
		{telegramtest.Hang, channel.Unknown, true},
		{telegramtest.HangAfter, channel.Unknown, true},
	} {
		h.Faults = append(h.Faults, channeltest.Fault{
			Name: string(f.do), Want: f.want, RetryAfter: 35 * time.Second, Hangs: f.hangs,
			Open: func(t *testing.T) channeltest.Platform {
				return start(t, telegramtest.Fault{Do: f.do, RetryAfter: 35, Times: -1})
			},
		})
	}
	channeltest.Run(t, h)
}

func TestReceipt(t *testing.T) {
	s := telegramtest.Start(t)
	p := open(t, s, s.AddChannel("@markedchannel"), "@markedchannel")
	r, err := p.Channel.Send(t.Context(), channeltest.Simple("a"))
	if err != nil || r.Ref == "" || r.URL != "https://t.me/markedchannel/"+r.Ref {
		t.Errorf("public channel: %+v, %v", r, err)
	}
	s.Fail(telegramtest.Fault{Do: telegramtest.NoMessageID})
	if r, err = p.Channel.Send(t.Context(), channeltest.Simple("b")); err != nil || r != (channel.Receipt{}) {
		t.Errorf("ok without an id is taken all the same: %+v, %v", r, err)
	}
	if n := len(p.Published()); n != 2 {
		t.Errorf("%d posts", n)
	}
}

// A message as the world day campaign makes it: photo, caption, button, silent.
func TestPhotoWithButton(t *testing.T) {
	s := telegramtest.Start(t)
	chat := s.AddChannel("@markedchannel")
	p := open(t, s, chat, strconv.FormatInt(chat.ID(), 10))
	m := channeltest.Simple("a")
	m.Photo = &channel.Photo{Name: `/etc/secret\launch.png`, Data: channeltest.Picture(), Alt: "x"}
	m.Links = []channel.Link{{Label: "Get help", URL: "https://t.me/our_bot?start=ba"}}
	m.Silent = true
	if _, err := p.Channel.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	post, ok := chat.Last()
	if !ok || !post.Silent || len(post.Photo) == 0 || !strings.HasPrefix(post.Caption, "Be aware\n\nWork") {
		t.Errorf("%+v", post)
	}
	if b, ok := post.Button("Get help"); !ok || b.URL != m.Links[0].URL {
		t.Errorf("button %+v", b)
	}
	if names := s.Calls("sendPhoto")[0].FileNames; names["photo"] != "launch.png" {
		t.Errorf("file names %q", names)
	}
}

func TestRefusedBeforeAnyRequest(t *testing.T) {
	s := telegramtest.Start(t)
	p := open(t, s, s.AddChannel("@markedchannel"), "@markedchannel")
	long := channeltest.Simple("caption")
	long.Text = strings.Repeat("a", maxCaption)
	long.Photo = &channel.Photo{Name: "a.png", Data: channeltest.Picture()}
	text := channeltest.Simple("text")
	text.Text = strings.Repeat("a", maxText)
	noPhoto, bigPhoto := channeltest.Simple("a"), channeltest.Simple("b")
	noPhoto.Photo, bigPhoto.Photo = &channel.Photo{}, &channel.Photo{Data: make([]byte, maxPhoto+1)}
	badLink, noLabel := channeltest.Simple("c"), channeltest.Simple("d")
	badLink.Links, noLabel.Links = []channel.Link{{Label: "x", URL: "javascript:alert(1)"}}, []channel.Link{{URL: "https://example.org"}}
	for _, m := range []channel.Message{long, text, noPhoto, bigPhoto, badLink, noLabel, {}} {
		if _, err := p.Channel.Send(t.Context(), m); channel.KindOf(err) != channel.Refused {
			t.Errorf("%s: %v", m.ID, err)
		}
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	if n, limit := p.Channel.Measure(long); n <= limit || limit != maxCaption {
		t.Errorf("Measure: %d of %d", n, limit)
	}
}

// A group that becomes a supergroup is followed once and remembered; the log tells staff, without the id.
func TestMigration(t *testing.T) {
	s := telegramtest.Start(t)
	group := s.AddGroup("Office")
	p := open(t, s, group, strconv.FormatInt(group.ID(), 10))
	bigger := group.Upgrade()
	p.Secrets = append(p.Secrets, strconv.FormatInt(bigger.ID(), 10))
	for i := range 3 {
		m := channeltest.Simple("a")
		if i == 1 {
			m.Photo = &channel.Photo{Name: "a.png", Data: channeltest.Picture()}
		}
		_, err := p.Channel.Send(t.Context(), m)
		channeltest.CheckSecrets(t, p, err)
		if err != nil {
			t.Fatal(err)
		}
	}
	if n, calls := len(bigger.Posts()), len(s.Requests()); n != 3 || calls != 4 {
		t.Errorf("%d posts, %d requests", n, calls)
	}
	if !strings.Contains(p.Logged(), "new id") {
		t.Error("staff are not told")
	}
}

// Bursts stay under Telegram's own limits, so that no 429 comes at all.
func TestRealLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telegramtest.StartInMemory(t, telegramtest.Options{Limits: telegramtest.RealLimits()})
		c, err := New(Options{Token: telegramtest.Token, API: s.URL, HTTP: s.Client()})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 40 {
			chat := s.AddChannel(fmt.Sprintf("@channel%d", i))
			ch, err := c.Channel("x", chat.Ref())
			if err != nil {
				t.Fatal(err)
			}
			for range 6 {
				wg.Go(func() {
					if _, err := ch.Send(t.Context(), channeltest.Simple("a")); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
	})
}

// talk is a conversation on the strict fake, and a person in it.
func talk(t *testing.T, s *telegramtest.Server, answer channel.Answerer) *record {
	t.Helper()
	log := &record{}
	c, err := New(Options{Token: telegramtest.Token, API: s.URL, HTTP: s.Client(), Logger: log.logger()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Converse(ctx, ConversationOptions{Name: "bot1", Answer: answer, Poll: time.Second}) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Converse: %v", err)
		}
		wellMade(t, s)
		channeltest.CheckSecrets(t, channeltest.Platform{Logged: log.String, Secrets: []string{
			telegramtest.Token, "not-a-real-token", "words of a person",
		}})
	})
	return log
}

// counter is a bot whose buttons carry its state.
func counter(e channel.Event) channel.Screen {
	n, _ := strconv.Atoi(e.Data)
	return channel.Screen{
		Language: "en", Text: fmt.Sprintf("**%d** of 3\n\n- %s%v", n, strings.Join(e.Languages, ","), e.Typed),
		Rows: [][]channel.Button{{{Label: "Next", Data: strconv.Itoa(n + 1)}}, {{Label: "Site", URL: "https://example.org/"}}},
	}
}

// A whole conversation takes place in one message.
func TestOneMessageIsEdited(t *testing.T) {
	s := telegramtest.Start(t)
	talk(t, s, counter)
	me := s.AddUser("sq")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	me.Send("/start ba")
	m, err := me.Next(ctx)
	if err != nil || m.Text != "0 of 3\n\n• sqfalse" || !m.Silent {
		t.Fatalf("%+v, %v", m, err)
	}
	for i := 1; i <= 3; i++ {
		p, err := me.Press(strconv.Itoa(i))
		if err != nil {
			t.Fatal(err)
		}
		if m, err = me.Next(ctx); err != nil || m.Edited != i || m.Text != fmt.Sprintf("%d of 3\n\n• sqfalse", i) {
			t.Fatalf("%+v, %v", m, err)
		}
		if _, _, err := p.Answered(ctx); err != nil {
			t.Error(err)
		}
	}
	if n := len(me.Private().Posts()); n != 1 {
		t.Errorf("%d messages of the bot", n)
	}
}

// Whatever a person or a client made by hand sends, the bot goes on answering.
func TestOddUpdates(t *testing.T) {
	s := telegramtest.Start(t)
	log := talk(t, s, counter)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	me, other := s.AddUser(""), s.AddUser("ar")
	for _, raw := range []string{`{}`, `null`, `7`, `{"chat":{"id":"x"}}`, `{"message_id":1,"from":{"id":1},"chat":{"id":1,"type":"private"},"text":7}`} {
		s.Bot().PushUpdate("message", json.RawMessage(raw))
		s.Bot().PushUpdate("callback_query", json.RawMessage(raw))
	}
	other.Send("/start")
	if _, err := other.Next(ctx); err != nil {
		t.Fatal(err)
	}
	other.Block()
	me.Send("words of a person")
	m, err := me.Next(ctx)
	if err != nil || m.Text != "0 of 3\n\n• true" {
		t.Fatalf("%+v, %v", m, err)
	}
	p, err := me.PressData(me.Private(), m.ID, "7")
	if err != nil {
		t.Fatal(err)
	}
	if m, err = me.Next(ctx); err != nil || m.Text != "7 of 3\n\n• false" {
		t.Fatalf("%+v, %v", m, err)
	}
	if _, _, err = p.Answered(ctx); err != nil {
		t.Error(err)
	}
	if err := s.Wait(ctx, func() bool { return s.Bot().Pending() == 0 }); err != nil {
		t.Errorf("%d updates are pending; log: %s", s.Bot().Pending(), log)
	}
}

// In a group the bot speaks when spoken to.
func TestGroup(t *testing.T) {
	s := telegramtest.Start(t)
	talk(t, s, func(e channel.Event) channel.Screen {
		return channel.Screen{Language: "en", Text: fmt.Sprint(e.Command, e.Group)}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	group, me := s.AddGroup("Office"), s.AddUser("en")
	me.Say(group, "/start")
	me.Say(group, "good morning")
	me.Say(group, "/privacy@"+s.Bot().Username())
	if m, err := group.Next(ctx); err != nil || m.Text != "/privacytrue" {
		t.Fatalf("%+v, %v", m, err)
	}
}
