package main

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"beaware/channel/telegram/telegramtest"
)

// view is what the page shows.
type view struct {
	Bot      *telegramtest.Bot
	Bots     []*telegramtest.Bot
	People   []*telegramtest.User
	Me       *telegramtest.User
	RTL      bool // of Me
	Channels []channelView
	Chat     []messageView
}

type channelView struct {
	Ref, Title, Kind string
	Posts            []messageView // newest first
}

type messageView struct {
	telegramtest.Message
	ChatID int64
	Mine   bool // written by a person, not by a bot
	When   string
	Runs   []span
	Rows   [][]buttonView
}

type buttonView struct {
	telegramtest.Button
	Start string // "/start payload" where the button opens this bot; then a tap types that
}

// look gathers the view for a person and a bot, each by id; 0 or an unknown id: the first person, the newest bot.
func (s site) look(person, bot int64) view {
	v := view{Bots: s.fake.Bots(), People: s.fake.Users()}
	v.Bot = v.Bots[len(v.Bots)-1]
	for _, b := range v.Bots {
		if b.ID() == bot {
			v.Bot = b
		}
	}
	for i, u := range v.People {
		if i == 0 || u.ID() == person {
			v.Me = u
		}
	}
	if v.Me != nil {
		v.RTL = rtl(v.Me.Language())
		v.Chat = messages(v.Me.PrivateWith(v.Bot), v.Bot)
	}
	for _, c := range s.fake.Chats() {
		posts := messages(c, v.Bot)
		for i, j := 0, len(posts)-1; i < j; i, j = i+1, j-1 {
			posts[i], posts[j] = posts[j], posts[i]
		}
		v.Channels = append(v.Channels, channelView{Ref: c.Ref(), Title: c.Title(), Kind: c.Kind(), Posts: posts})
	}
	return v
}

func rtl(lang string) bool {
	switch base, _, _ := strings.Cut(lang, "-"); base {
	case "ar", "fa", "he", "ps", "ur", "ckb":
		return true
	}
	return false
}

func messages(c *telegramtest.Chat, bot *telegramtest.Bot) []messageView {
	var out []messageView
	for _, m := range c.All() {
		w := messageView{
			Message: m, ChatID: c.ID(), Mine: !m.FromBot, When: m.Date.Format(time.TimeOnly), Runs: runs(m.Shown(), m.Entities),
		}
		for _, row := range m.Rows {
			var cells []buttonView
			for _, b := range row {
				cells = append(cells, buttonView{Button: b, Start: startOf(b.URL, bot)})
			}
			w.Rows = append(w.Rows, cells)
		}
		out = append(out, w)
	}
	return out
}

// startOf reads a deep link to the bot: https://core.telegram.org/bots/features#deep-linking
func startOf(address string, bot *telegramtest.Bot) string {
	u, err := url.Parse(address)
	if err != nil || address == "" || u.Host != "t.me" && u.Host != "telegram.me" || !strings.EqualFold(strings.Trim(u.Path, "/"), bot.Username()) {
		return ""
	}
	return strings.TrimSpace("/start " + u.Query().Get("start"))
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64) // what is no number is nobody's id
	return n
}
