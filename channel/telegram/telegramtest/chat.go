package telegramtest

import (
	"strconv"
	"strings"
)

// Standing is what a bot is in a channel, group or supergroup.
type Standing struct {
	Status string // "administrator", "member", "left", "kicked"
	// Rights of an administrator: ChatAdministratorRights in the Bot API.
	Post, Edit, Delete bool
}

// Poster is an administrator who may post and edit, and no more: the least that publishing needs.
func Poster() Standing { return Standing{Status: "administrator", Post: true, Edit: true} }

// Chat is a channel, a group, a supergroup, or one person's private chat with one bot.
type Chat struct {
	s        *Server
	id       int64
	kind     string // "private", "group", "supergroup", "channel"
	title    string
	username string // without @
	user     *User  // of a private chat
	bot      *Bot   // of a private chat
	standing map[int64]Standing
	migrated int64 // the supergroup that this group became
	nextID   int
	messages []*message
	shown    []Message // every state that a reader saw, in order, for Next
	read     int
}

// AddChannel makes a channel with each bot as a Poster. "@name" makes a public channel; another name a private one with that title.
func (s *Server) AddChannel(name string) *Chat { return s.addChat("channel", name, Poster()) }

// AddGroup makes a basic group with each bot as a member.
func (s *Server) AddGroup(title string) *Chat {
	return s.addChat("group", title, Standing{Status: "member"})
}

// AddSupergroup makes a supergroup with each bot as a member; the name as in AddChannel.
func (s *Server) AddSupergroup(name string) *Chat {
	return s.addChat("supergroup", name, Standing{Status: "member"})
}

func (s *Server) addChat(kind, name string, as Standing) *Chat {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	return s.makeChat(kind, name, as)
}

func (s *Server) makeChat(kind, name string, as Standing) *Chat {
	c := &Chat{s: s, kind: kind, title: strings.TrimPrefix(name, "@"), standing: map[int64]Standing{}}
	if strings.HasPrefix(name, "@") {
		c.username = c.title
	}
	n := s.nextSerial()
	c.id = -1_000_000_000_000 - 1_400_000_000 - n // https://core.telegram.org/api/bots/ids
	if kind == "group" {
		c.id = -400_000_000 - n
	}
	for _, b := range s.bots {
		c.standing[b.id] = as
	}
	s.chats = append(s.chats, c)
	return c
}

// ID is the chat's id: negative, and below -1000000000000 for channels and supergroups.
func (c *Chat) ID() int64 { return c.id }

// Ref is the chat as a bot would name it: "@name" where it has one, else the id.
func (c *Chat) Ref() string {
	if c.username != "" {
		return "@" + c.username
	}
	return strconv.FormatInt(c.id, 10)
}

// Kind is "private", "group", "supergroup" or "channel".
func (c *Chat) Kind() string { return c.kind }

// Title is the chat's name for people.
func (c *Chat) Title() string { return c.title }

// Chats are all channels, groups and supergroups.
func (s *Server) Chats() []*Chat {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Chat(nil), s.chats...)
}

// SetStanding says what every bot is in this chat from now on. A bot hears of it as my_chat_member.
func (c *Chat) SetStanding(as Standing) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	defer c.s.touch()
	for _, b := range c.s.bots {
		b.pushMember(c, c.chatUser(), c.standing[b.id].Status, as.Status)
		c.standing[b.id] = as
	}
}

// Upgrade turns a group into a supergroup with a new id. The old id answers with migrate_to_chat_id.
func (c *Chat) Upgrade() *Chat {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	defer c.s.touch()
	up := c.s.makeChat("supergroup", c.title, Standing{Status: "member"})
	for id, as := range c.standing {
		up.standing[id] = as
	}
	c.migrated = up.id
	return up
}

// chatUser stands for the person who changes a bot's standing in a chat that is not private.
func (c *Chat) chatUser() wireUser {
	if c.user != nil {
		return c.user.wire()
	}
	return wireUser{ID: 1, FirstName: "Owner"}
}

// find resolves chat_id for reading: https://core.telegram.org/bots/api#getchat
func (s *Server) find(bot *Bot, ref string) (*Chat, error) {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return nil, badRequest("chat_id is empty")
	}
	if name, ok := strings.CutPrefix(ref, "@"); ok {
		for _, c := range s.chats {
			if c.username != "" && strings.EqualFold(c.username, name) {
				return s.enter(bot, c), nil
			}
		}
		if s.opts.AnyChannel && validUsername(name) {
			return s.enter(bot, s.makeChat("channel", ref, Poster())), nil
		}
		return nil, badRequest("chat not found")
	}
	id, err := strconv.ParseInt(ref, 10, 64)
	if err != nil {
		return nil, badRequest("chat not found")
	}
	if c := bot.dialogs[id]; c != nil {
		return c, nil
	}
	for _, c := range s.chats {
		if c.id == id {
			return s.enter(bot, c), nil
		}
	}
	return nil, badRequest("chat not found")
}

// enter lets a bot that was made after a channel into it, where channels are made on demand.
func (s *Server) enter(bot *Bot, c *Chat) *Chat {
	if _, known := c.standing[bot.id]; !known && s.opts.AnyChannel {
		c.standing[bot.id] = Poster()
	}
	return c
}

// validUsername: five to 32 letters, digits and underscores, a letter first.
func validUsername(name string) bool {
	if len(name) < 5 || len(name) > 32 || !isLetter(name[0]) {
		return false
	}
	for i := range len(name) {
		if !isLetter(name[i]) && !isDigit(name[i]) && name[i] != '_' {
			return false
		}
	}
	return true
}

// mayWrite is whether a bot may send to a chat, in Telegram's words where not.
func (c *Chat) mayWrite(bot *Bot) error {
	if c.kind == "private" {
		return c.user.reachable(bot)
	}
	if c.migrated != 0 {
		return &refusal{
			Code: 400, MigrateTo: c.migrated,
			Description: "Bad Request: group chat was upgraded to a supergroup chat",
		}
	}
	as := c.standing[bot.id]
	switch as.Status {
	case "administrator":
		if c.kind == "channel" && !as.Post {
			return badRequest("need administrator rights in the channel chat")
		}
		return nil
	case "member":
		if c.kind == "channel" {
			return badRequest("need administrator rights in the channel chat")
		}
		return nil
	case "kicked":
		return forbidden("bot was kicked from the " + c.kind + " chat")
	}
	return forbidden("bot is not a member of the " + c.kind + " chat")
}

// target resolves chat_id for sending.
func (s *Server) target(c *call) (*Chat, error) {
	chat, err := s.find(c.bot, c.args.text("chat_id"))
	if err != nil {
		return nil, err
	}
	return chat, chat.mayWrite(c.bot)
}
