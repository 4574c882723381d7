package telegramtest

import (
	"encoding/json"
	"slices"
	"time"
)

// Message is what a reader sees at one moment. Its slices must not be changed.
type Message struct {
	ID          int
	Chat        int64
	FromBot     bool
	Date        time.Time
	Edited      int // how often it was edited
	Deleted     bool
	Text        string // plain; lengths and offsets of Entities count UTF-16 units
	Caption     string
	Entities    []Entity // of Text or Caption
	Photo       []byte   // the file as uploaded; nil: no photo
	PhotoID     string   // its file_id
	Rows        [][]Button
	Silent      bool // disable_notification
	Protected   bool // protect_content
	Album       string
	LinkPreview string // link_preview_options as sent
	ReplyTo     int
	HTML        string // text or caption as the bot wrote it, before parsing
}

// Shown is the text or the caption.
func (m Message) Shown() string {
	if m.Photo != nil {
		return m.Caption
	}
	return m.Text
}

// Button finds an inline button by label, callback data or URL.
func (m Message) Button(what string) (Button, bool) {
	for _, row := range m.Rows {
		for _, b := range row {
			if b.Text == what || (b.Data != "" && b.Data == what) || (b.URL != "" && b.URL == what) {
				return b, true
			}
		}
	}
	return Button{}, false
}

// message is a Message where it lives.
type message struct {
	Message
	bot    *Bot // its author, nil for a person
	user   *User
	edited time.Time
	markup json.RawMessage
}

// add puts a message into a chat and gives it its id.
func (c *Chat) add(m *message) *message {
	if c.kind == "private" {
		c.bot.nextID++
		m.ID = c.bot.nextID
	} else {
		c.nextID++
		m.ID = c.nextID
	}
	m.Chat = c.id
	m.Date = c.s.now()
	c.messages = append(c.messages, m)
	c.show(m)
	return m
}

// show notes what a reader sees now, for Next.
func (c *Chat) show(m *message) {
	if m.FromBot {
		c.shown = append(c.shown, m.snapshot())
	}
}

func (m *message) snapshot() Message {
	out := m.Message
	out.Entities = slices.Clone(m.Entities)
	out.Rows = slices.Clone(m.Rows)
	return out
}

func (c *Chat) message(id int) *message {
	for _, m := range c.messages {
		if m.ID == id && !m.Deleted {
			return m
		}
	}
	return nil
}

// The wire types: https://core.telegram.org/bots/api#available-types

type wireUser struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
}

type wireChat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Title     string `json:"title,omitempty"`
	Username  string `json:"username,omitempty"`
	FirstName string `json:"first_name,omitempty"`
}

type wirePhoto struct {
	FileID   string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Size     int    `json:"file_size"`
}

type wireMessage struct {
	ID              int             `json:"message_id"`
	From            *wireUser       `json:"from,omitempty"`
	SenderChat      *wireChat       `json:"sender_chat,omitempty"`
	Date            int64           `json:"date"`
	Chat            wireChat        `json:"chat"`
	EditDate        int64           `json:"edit_date,omitempty"`
	Protected       bool            `json:"has_protected_content,omitempty"`
	Album           string          `json:"media_group_id,omitempty"`
	Text            string          `json:"text,omitempty"`
	Entities        []Entity        `json:"entities,omitempty"`
	Photo           []wirePhoto     `json:"photo,omitempty"`
	Caption         string          `json:"caption,omitempty"`
	CaptionEntities []Entity        `json:"caption_entities,omitempty"`
	LinkPreview     json.RawMessage `json:"link_preview_options,omitempty"`
	Markup          json.RawMessage `json:"reply_markup,omitempty"`
}

func (c *Chat) wire() wireChat {
	w := wireChat{ID: c.id, Type: c.kind, Title: c.title, Username: c.username}
	if c.user != nil {
		w.FirstName = c.user.name
	}
	return w
}

func (s *Server) wireMessage(c *Chat, m *message) wireMessage {
	w := wireMessage{
		ID: m.ID, Date: m.Date.Unix(), Chat: c.wire(), Protected: m.Protected, Album: m.Album,
		Text: m.Text, Caption: m.Caption, Markup: m.markup,
	}
	switch {
	case c.kind == "channel":
		w.SenderChat = &w.Chat
	case m.bot != nil:
		u := m.bot.wire()
		w.From = &u
	case m.user != nil:
		u := m.user.wire()
		w.From = &u
	}
	if m.Edited > 0 {
		w.EditDate = m.edited.Unix()
	}
	if m.LinkPreview != "" {
		w.LinkPreview = json.RawMessage(m.LinkPreview)
	}
	if m.Photo == nil {
		w.Entities = m.Entities
		return w
	}
	w.CaptionEntities = m.Entities
	if f := s.files[m.PhotoID]; f != nil {
		w.Photo = []wirePhoto{f.wire()}
	}
	return w
}
