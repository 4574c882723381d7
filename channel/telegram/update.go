package telegram

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"beaware/channel"
)

// platformName is what the bot is told of where it is.
const platformName = "telegram"

// maxData is the longest callback data that Telegram takes, in bytes.
const maxData = 64

// update is what we read of one update; everything else, names above all, is never decoded.
type update struct {
	Message  *message  `json:"message"`
	Callback *callback `json:"callback_query"`
	Member   *member   `json:"my_chat_member"`
}

type user struct {
	ID       chatID `json:"id"`
	IsBot    bool   `json:"is_bot"`
	Language string `json:"language_code"`
}

type chat struct {
	ID   chatID `json:"id"`
	Type string `json:"type"`
}

type message struct {
	ID      int64  `json:"message_id"`
	Thread  int64  `json:"message_thread_id"`
	IsTopic bool   `json:"is_topic_message"`
	Date    int64  `json:"date"` // 0: a message that the bot may no longer see
	From    *user  `json:"from"`
	Chat    chat   `json:"chat"`
	Text    string `json:"text"`
	ReplyTo *struct {
		From *user `json:"from"`
	} `json:"reply_to_message"`

	// what else a person can send; what it is or holds is not looked at
	Photo     present `json:"photo"`
	Voice     present `json:"voice"`
	Video     present `json:"video"`
	VideoNote present `json:"video_note"`
	Animation present `json:"animation"`
	Audio     present `json:"audio"`
	Document  present `json:"document"`
	Sticker   present `json:"sticker"`
	Location  present `json:"location"`
	Venue     present `json:"venue"`
	Contact   present `json:"contact"`
	Poll      present `json:"poll"`
	Dice      present `json:"dice"`
	Story     present `json:"story"`

	// somebody else's words, or a copy of what was said elsewhere
	ForwardOrigin present `json:"forward_origin"`
	ForwardFrom   present `json:"forward_from"`
	ForwardChat   present `json:"forward_from_chat"`
	ForwardName   present `json:"forward_sender_name"`
	ForwardDate   present `json:"forward_date"`
}

func (m *message) forwarded() bool {
	return bool(m.ForwardOrigin || m.ForwardFrom || m.ForwardChat || m.ForwardName || m.ForwardDate)
}

// said tells a message that a person sent from one that Telegram made, such as a new auto-delete timer.
func (m *message) said() bool {
	return m.Text != "" || m.forwarded() || slices.Contains([]present{
		m.Photo, m.Voice, m.Video, m.VideoNote, m.Animation, m.Audio, m.Document,
		m.Sticker, m.Location, m.Venue, m.Contact, m.Poll, m.Dice, m.Story,
	}, true)
}

type callback struct {
	ID      string   `json:"id"`
	From    user     `json:"from"`
	Message *message `json:"message"`
	Data    string   `json:"data"`
}

type member struct {
	Chat chat `json:"chat"`
	New  struct {
		Status string `json:"status"`
	} `json:"new_chat_member"`
}

// present notes that a field is there and forgets what it holds.
type present bool

// UnmarshalJSON implements json.Unmarshaler.
func (p *present) UnmarshalJSON(b []byte) error {
	*p = present(!bytes.Equal(b, []byte("null")))
	return nil
}

// decode reads one update. The id comes first and by itself, so that an update of which nothing else can be understood
// can still be confirmed; known is false without a usable id.
func decode(raw []byte) (id int64, known bool, u update, err error) {
	var head struct {
		ID *int64 `json:"update_id"`
	}
	if err := json.Unmarshal(raw, &head); err != nil || !usable(head.ID) {
		return 0, false, u, errors.New("no update_id")
	}
	return *head.ID, true, u, json.Unmarshal(raw, &u)
}

// who is the bot itself.
type who struct {
	id       chatID
	username string // lower case, without "@"; "" while it is not known
}

// turn is one thing to answer.
type turn struct {
	event    channel.Event
	chat     chatID
	message  int64  // what the person sent; 0 where something was pressed
	thread   int64  // of a forum; 0 elsewhere
	edit     int64  // the message to edit; 0: send a new one
	callback string // the callback query to end; "" where there is none
	show     bool   // false: end the callback query and show nothing
}

// read turns an update into the event that the bot sees; ok is false where nothing is to be done. It passes on
// no name and no id, and what a person wrote only in a private chat.
func (w who) read(u update, now int64) (t turn, ok bool) {
	switch {
	case u.Callback != nil:
		return readCallback(u.Callback, now)
	case u.Message != nil:
		return w.readMessage(u.Message, now)
	}
	return turn{}, false
}

func readCallback(c *callback, now int64) (turn, bool) {
	t := turn{callback: c.ID, chat: c.From.ID}
	if c.ID == "" {
		return turn{}, false
	}
	m := c.Message
	// no message: pressed in another chat; in a channel no button of ours has data
	if m == nil || c.Data == "" || !conversational(m.Chat) {
		return t, true
	}
	t.show = true
	t.chat = m.Chat.ID
	t.event = channel.Event{Languages: languages(&c.From), Group: m.Chat.Type != "private", Platform: platformName, Now: now}
	if len(c.Data) <= maxData && utf8.ValidString(c.Data) {
		t.event.Data = c.Data
	} else {
		t.event.Typed = true // no button of ours
	}
	if m.Date != 0 {
		t.edit = m.ID
	}
	t.topic(m)
	return t, true
}

func (w who) readMessage(m *message, now int64) (turn, bool) {
	if m.From == nil || m.From.IsBot || !conversational(m.Chat) || !m.said() {
		return turn{}, false
	}
	group := m.Chat.Type != "private"
	t := turn{chat: m.Chat.ID, message: m.ID, show: true}
	t.event = channel.Event{Languages: languages(m.From), Group: group, Platform: platformName, Now: now, At: m.Date}
	text := m.Text
	if m.forwarded() {
		text = ""
	}
	command, bot, payload := command(text)
	toUs := bot != "" && bot == w.username
	if bot != "" && w.username != "" && !toUs {
		return turn{}, false
	}
	if group && !toUs && !w.repliedTo(m) {
		return turn{}, false // others talk here
	}
	switch {
	case command != "":
		t.event.Command, t.event.Payload = command, payload
	case group:
		t.event.Typed = true
	default:
		t.event.Typed, t.event.Words = true, channel.Words(text)
	}
	t.topic(m)
	return t, true
}

func (t *turn) topic(m *message) {
	if m.IsTopic {
		t.thread = m.Thread
	}
}

func (w who) repliedTo(m *message) bool {
	return m.ReplyTo != nil && m.ReplyTo.From != nil && w.id != 0 && m.ReplyTo.From.ID == w.id
}

func conversational(c chat) bool {
	return c.ID != 0 && (c.Type == "private" || c.Type == "group" || c.Type == "supergroup")
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$`)

func languages(u *user) []string {
	if !languageTag.MatchString(u.Language) {
		return nil
	}
	return []string{u.Language}
}

var (
	commandName = regexp.MustCompile(`^/[a-z0-9_]{1,32}$`)
	// what a deep link may carry (core.telegram.org/bots/features#deep-linking); anything else was typed
	startPayload = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// command reads "/start@our_bot payload". It gives "" for anything that is not a command. The end of a command is the
// first space of any kind: the library cuts bytes there, and so breaks what follows a no-break space.
func command(text string) (name, bot, payload string) {
	name, rest := text, ""
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		name, rest = text[:i], strings.TrimSpace(text[i:])
	}
	name, bot, _ = strings.Cut(strings.ToLower(name), "@")
	if !commandName.MatchString(name) {
		return "", "", ""
	}
	if name == "/start" && startPayload.MatchString(rest) {
		payload = rest
	}
	return name, bot, payload
}
