package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beaware/channel"
	"beaware/channel/telegram/telegramtest"
	"beaware/markup"
	"beaware/outbox"
)

// telegramConfig is an installation of two offices with a bot that posts and answers, on a pretended Telegram.
func telegramConfig(t testing.TB, fake *telegramtest.Server, more string) string {
	t.Helper()
	return configured(t, fmt.Sprintf(`sample = true
[publish]
gate = "warn"
[[office]]
id = "al"
country = "AL"
zone = "Europe/Tirane"
languages = ["sq", "ar"]
[[office]]
id = "ba"
country = "BA"
zone = "Europe/Sarajevo"
languages = ["bs"]
[[telegram]]
id = "help"
username = %q
token_env = %q
api = %q
%s`, fake.Bot().Username(), tokenVariable, fake.URL, more))
}

const threeChannels = `
[[channel]]
id = "al-telegram"
office = "al"
kind = "telegram"
telegram = "help"
chat = "@beaware_al"
languages = ["sq"]
[[channel]]
id = "al-arabic"
office = "al"
kind = "telegram"
telegram = "help"
chat = "@beaware_ar"
languages = ["ar"]
[[channel]]
id = "ba-telegram"
office = "ba"
kind = "telegram"
telegram = "help"
chat = "@beaware_ba"
[[channel]]
id = "ba-feed"
office = "ba"
kind = "feed"
`

// TestTelegramChannels: posts that always are due arrive once, with a button that leads to the bot.
func TestTelegramChannels(t *testing.T) {
	t.Parallel()
	fake := telegramtest.Start(t)
	chats := map[string]*telegramtest.Chat{"sq_AL": fake.AddChannel("@beaware_al"), "ar_AL": fake.AddChannel("@beaware_ar"), "bs_BA": fake.AddChannel("@beaware_ba")}
	config := telegramConfig(t, fake, threeChannels)
	a := awake(t, config)
	before := a.settled()
	if sum := before.totals(); sum[outbox.Sent] != 8 || len(sum) != 1 {
		t.Errorf("ended in %v, want 8 sent: two entries on four channels", sum)
	}
	a.stop()
	shown := map[string][]string{}
	for start, chat := range chats {
		lang, _, _ := strings.Cut(start, "_")
		loc := a.in.catalog.Locale(lang)
		for _, m := range chat.Posts() {
			shown[start] = append(shown[start], m.Text)
			b, ok := m.Button(loc.Text("post.get_help"))
			payload, ours := strings.CutPrefix(b.URL, "https://t.me/"+fake.Bot().Username()+"?start=")
			if l := channel.ParseDeepLink(payload); !ok || !ours || l.Language+"_"+l.Country != start || l.Screen == "" || l.Code == "" {
				t.Errorf("%s: the button is %+v", start, b)
			}
			if !m.Silent || m.Text == "" || !strings.Contains(m.Text, markup.Text(loc.Text("post.draft"), loc.Language.Direction == "rtl")) {
				t.Errorf("%s: posted %+v", start, m)
			}
		}
		if len(shown[start]) != 2 {
			t.Errorf("%s: %d posts, want 2", start, len(shown[start]))
		}
	}

	a = awake(t, config)
	after := a.settled()
	a.stop()
	for range a.in.planner.Due(before.Watermark, after.Watermark) {
		t.Skip("a post became due while the test ran")
	}
	for start, chat := range chats {
		var again []string
		for _, m := range chat.Posts() {
			again = append(again, m.Text)
		}
		if diff := cmp.Diff(shown[start], again); diff != "" {
			t.Errorf("%s: another start changed the channel:\n%s", start, diff)
		}
	}
}

// phone is one person's chat with the bot.
type phone struct {
	*telegramtest.User
	t      *testing.T
	in     *installation
	lang   string
	screen telegramtest.Message
}

// next waits for what the bot shows next.
func (p *phone) next() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	var err error
	if p.screen, err = p.Next(ctx); err != nil {
		p.t.Fatalf("no screen: %v", err)
	}
}

// press presses the buttons that these texts label, one after the other.
func (p *phone) press(ids ...string) {
	p.t.Helper()
	for _, id := range ids {
		b, ok := p.screen.Button(p.in.label(p.lang, id))
		if !ok {
			p.t.Fatalf("no button %s on %q with %v", id, p.screen.Text, p.screen.Rows)
		}
		if _, err := p.PressData(p.Private(), p.screen.ID, b.Data); err != nil {
			p.t.Fatal(err)
		}
		p.next()
	}
}

// shows holds that the screen begins with a text.
func (p *phone) shows(id string, pairs ...string) {
	p.t.Helper()
	loc := p.in.catalog.Locale(p.lang)
	if want := markup.Text(loc.Text(id, pairs...), loc.Language.Direction == "rtl"); !strings.HasPrefix(p.screen.Text, want) {
		p.t.Errorf("the screen shows\n%s\nwant %s:\n%s", p.screen.Text, id, want)
	}
}

// own are the messages of the bot in the chat.
func (p *phone) own() (n int) {
	for _, m := range p.Messages() {
		if m.FromBot {
			n++
		}
	}
	return n
}

// TestTelegramConversation holds a whole self-check in one message, and then does what people and machines do besides.
func TestTelegramConversation(t *testing.T) {
	t.Parallel()
	fake := telegramtest.Start(t)
	a := awake(t, telegramConfig(t, fake, ""))
	t.Cleanup(func() { // after the conversations
		if text := a.log.String(); strings.Contains(text, "level=ERROR") || strings.Contains(text, "level=WARN") {
			t.Errorf("the log complains:\n%s", text)
		}
	})
	talk := func(lang, start string, hold func(*phone)) {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			p := &phone{User: fake.AddUser(lang), t: t, in: a.in, lang: lang}
			p.Send(start)
			p.next()
			hold(p)
		})
	}
	talk("sq", "/start sq_AL", (*phone).selfCheck) // from the button of a post
	talk("ar", "/start", (*phone).selfCheck)       // the app says that it is in Arabic
	talk("bs", "/privacy", (*phone).oddities)
	t.Run("menu", func(t *testing.T) {
		eventually(t, "the bot's menu is set", func() bool {
			return !slices.ContainsFunc([]string{"", "sq", "ar", "bs", "mk", "sr"}, func(lang string) bool {
				return len(fake.Bot().Commands("all_private_chats", lang)) < 8 || fake.Bot().Profile("name", lang) == "" || fake.Bot().Profile("description", lang) == "" ||
					fake.Bot().Profile("short_description", lang) == ""
			})
		})
	})
}

// selfCheck answers all questions with no, to the result and the numbers, in one message.
func (p *phone) selfCheck() {
	p.t.Helper()
	first := p.screen.ID
	p.press("bot.btn_check", "check.go_on")
	p.shows("check.safe")
	p.press("check.yes", "check.no", "check.about_me", "check.no") // safe, nobody in danger, not under 18
	loc := p.in.catalog.Locale(p.lang)
	asked := 0
	for ; asked < 20; asked++ {
		if _, more := p.screen.Button(loc.Text("check.no")); more {
			p.press("check.no")
		} else if _, choice := p.screen.Button(loc.Text("check.form_none")); choice {
			p.press("check.exploitation.form.work")
		} else {
			break
		}
	}
	if asked < 6 {
		p.t.Errorf("only %d questions were asked", asked)
	}
	p.shows("check.exploitation.result.low")
	p.press("bot.btn_help")
	if _, choice := p.screen.Button(p.in.label(p.lang, "country.AL")); choice { // no country is known from the link
		p.press("country.AL")
	}
	p.shows("card.title", "country", loc.Text("country.AL"))
	if p.screen.ID != first || p.own() != 1 {
		p.t.Errorf("the bot has %d messages, the last is %d, want one with id %d", p.own(), p.screen.ID, first)
	}
}

// oddities: the page on privacy, hiding, buttons that nobody made, and words, which the bot does not read.
func (p *phone) oddities() {
	p.t.Helper()
	p.shows("about.privacy")
	first := p.screen.ID
	lang := "1|" + p.lang + "|"
	for _, data := range []string{"nonsense", lang + "YY|q||a|work|yyyyyyyyyyyyyyyy|zz", lang + "AL|q||a||nn|", strings.Repeat("x", 64), lang + "|no||||||"} {
		p.press("bot.btn_hide") // and so that the next screen is another
		p.shows("bot.hidden")
		if _, err := p.PressData(p.Private(), p.screen.ID, data); err != nil {
			p.t.Fatal(err)
		}
		p.next()
		if p.screen.ID != first || len(p.screen.Rows) == 0 {
			p.t.Errorf("%q is answered with %+v", data, p.screen)
		}
	}
	p.Send("words that nobody reads")
	p.next()
	p.shows("bot.typed")
	if n := p.own(); n != 2 {
		p.t.Errorf("the bot has %d messages, want 2: what is typed gets an answer of its own", n)
	}
}
