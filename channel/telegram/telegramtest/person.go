package telegramtest

import (
	"fmt"
	"strings"
)

// User is a person with a phone. By default a person talks to the Server's first bot, in private.
type User struct {
	s       *Server
	id      int64
	name    string
	lang    string
	blocked map[int64]bool // by bot id
	gone    bool
}

// AddUser makes a person whose app speaks a language: an IETF tag such as "sq" or "pt-br", "" where the app does not tell.
func (s *Server) AddUser(lang string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	n := s.nextSerial()
	u := &User{s: s, id: 5_000_000_000 + n, name: fmt.Sprintf("Person %d", len(s.users)+1), lang: lang, blocked: map[int64]bool{}}
	s.users = append(s.users, u)
	return u
}

// Users are all people, in the order of their making.
func (s *Server) Users() []*User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*User(nil), s.users...)
}

// ID is the person's user id, and the id of the private chat with a bot. It is larger than 32 bits.
func (u *User) ID() int64 { return u.id }

// Language is the language code that the app tells bots.
func (u *User) Language() string { return u.lang }

// Name is the first name.
func (u *User) Name() string { return u.name }

func (u *User) wire() wireUser {
	return wireUser{ID: u.id, FirstName: u.name, LanguageCode: u.lang}
}

// reachable is whether a bot may write to a person.
func (u *User) reachable(bot *Bot) error {
	switch {
	case u.gone:
		return forbidden("user is deactivated")
	case u.blocked[bot.id]:
		return forbidden("bot was blocked by the user")
	}
	return nil
}

// Send types a text to the first bot and gives the id of the message.
func (u *User) Send(text string) int { return u.SendTo(u.s.Bot(), text) }

// SendTo types a text to a bot. As in the app, writing to a bot that one blocked unblocks it.
func (u *User) SendTo(bot *Bot, text string) int {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	defer u.s.touch()
	c := bot.dialog(u, true)
	if u.blocked[bot.id] {
		u.blocked[bot.id] = false
		bot.pushMember(c, u.wire(), "kicked", "member")
	}
	return u.say(bot, c, &message{user: u, Message: Message{Text: text, Entities: commandsIn(text)}})
}

// SendPhoto sends the first bot a picture (PNG, JPEG or GIF) with a caption.
func (u *User) SendPhoto(picture []byte, caption string) (int, error) {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	defer u.s.touch()
	bot := u.s.bots[0]
	f, err := u.s.store(bot, picture)
	if err != nil {
		return 0, err
	}
	m := &message{user: u, Message: Message{Photo: f.data, PhotoID: f.id, Caption: caption, Entities: commandsIn(caption)}}
	return u.say(bot, bot.dialog(u, true), m), nil
}

func (u *User) say(bot *Bot, c *Chat, m *message) int {
	c.add(m)
	bot.push("message", u.s.wireMessage(c, m))
	return m.ID
}

// Say types a text in a group. As privacy mode has it, a bot that is no administrator hears commands,
// replies apart, and what names it: https://core.telegram.org/bots/features#privacy-mode
func (u *User) Say(group *Chat, text string) int {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	defer u.s.touch()
	m := group.add(&message{user: u, Message: Message{Text: text, Entities: commandsIn(text)}})
	for _, b := range u.s.bots {
		as := group.standing[b.id].Status
		heard := as == "administrator" || as == "member" && (strings.HasPrefix(text, "/") || strings.Contains(text, "@"+b.username))
		if heard {
			b.push("message", u.s.wireMessage(group, m))
		}
	}
	return m.ID
}

// Block stops a bot from writing to the person; the bot hears of it.
func (u *User) Block() {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	defer u.s.touch()
	bot := u.s.bots[0]
	if !u.blocked[bot.id] {
		u.blocked[bot.id] = true
		bot.pushMember(bot.dialog(u, true), u.wire(), "member", "kicked")
	}
}

// Unblock undoes Block without writing.
func (u *User) Unblock() {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	defer u.s.touch()
	bot := u.s.bots[0]
	if u.blocked[bot.id] {
		u.blocked[bot.id] = false
		bot.pushMember(bot.dialog(u, true), u.wire(), "kicked", "member")
	}
}

// Deactivate deletes the person's account.
func (u *User) Deactivate() {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	u.gone = true
}
