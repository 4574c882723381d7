package telegramtest

import (
	"regexp"
	"strconv"
	"strings"
)

// tokenForm is what BotFather hands out: the bot's id, a colon, 35 characters.
// https://core.telegram.org/bots/api#authorizing-your-bot
var tokenForm = regexp.MustCompile(`^[0-9]{5,12}:[A-Za-z0-9_-]{35}$`)

// Bot is one bot of the Server.
type Bot struct {
	s        *Server
	token    string
	id       int64
	username string

	dialogs  map[int64]*Chat // private chats by user id
	nextID   int             // message ids in private chats, one sequence for all of them, as Telegram has it
	queue    []*update
	updateID int64
	allowed  map[string]bool // kinds of update; nil: the documented default
	poll     *poll           // the getUpdates that waits now
	hook     webhook
	commands map[string][]Command
	profile  map[string]map[string]string // name, description, short_description by language code
}

func (s *Server) addBot(token string) *Bot {
	digits, _, _ := strings.Cut(token, ":")
	id, _ := strconv.ParseInt(digits, 10, 64)
	b := &Bot{
		s: s, token: token, id: id, username: "fake_" + digits + "_bot",
		dialogs: map[int64]*Chat{}, commands: map[string][]Command{}, profile: map[string]map[string]string{},
		updateID: 100_000_000 + id%1000,
	}
	s.bots = append(s.bots, b)
	return b
}

// botOf finds the bot of a token, making it where Options.AnyToken says so; nil: unauthorized.
func (s *Server) botOf(token string) *Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.bots {
		if b.token == token {
			return b
		}
	}
	if s.opts.AnyToken && tokenForm.MatchString(token) {
		defer s.touch()
		return s.addBot(token)
	}
	return nil
}

// Bot is the first bot; BotOf(token) is any other.
func (s *Server) Bot() *Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bots[0]
}

// BotOf is the bot with a token, nil where there is none.
func (s *Server) BotOf(token string) *Bot { return s.botOf(token) }

// Bots are all bots, in the order of their making.
func (s *Server) Bots() []*Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Bot(nil), s.bots...)
}

// Token authorizes the bot.
func (b *Bot) Token() string { return b.token }

// ID is the bot's user id.
func (b *Bot) ID() int64 { return b.id }

// Username is without its @.
func (b *Bot) Username() string { return b.username }

func (b *Bot) wire() wireUser {
	name := b.profile["name"][""]
	if name == "" {
		name = "Fake bot"
	}
	return wireUser{ID: b.id, IsBot: true, FirstName: name, Username: b.username}
}

// dialog is the private chat of a bot with a person; made is whether it may come into being.
func (b *Bot) dialog(u *User, made bool) *Chat {
	if c := b.dialogs[u.id]; c != nil || !made {
		return c
	}
	c := &Chat{s: b.s, id: u.id, kind: "private", user: u, bot: b}
	b.dialogs[u.id] = c
	return c
}
