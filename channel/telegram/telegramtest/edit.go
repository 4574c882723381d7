package telegramtest

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"
)

const notModified = "message is not modified: specified new message content and reply markup are exactly the same " +
	"as a current content and reply markup of the message"

// editable finds the message that an edit names: https://core.telegram.org/bots/api#updating-messages
func (s *Server) editable(c *call) (*Chat, *message, error) {
	if c.args.text("inline_message_id") != "" {
		return nil, nil, badRequest("MESSAGE_ID_INVALID") // this fake has no inline mode
	}
	chat, err := s.target(c)
	if err != nil {
		return nil, nil, err
	}
	if c.args.number("message_id") == 0 {
		return nil, nil, badRequest("message identifier is not specified")
	}
	m := chat.message(c.args.number("message_id"))
	if m == nil {
		return nil, nil, badRequest("message to edit not found")
	}
	if m.bot != c.bot && (chat.kind != "channel" || !chat.standing[c.bot.id].Edit) {
		return nil, nil, badRequest("message can't be edited")
	}
	return chat, m, nil
}

// replace puts next in the place of m where that changes anything.
func (s *Server) replace(chat *Chat, m *message, next message) (any, error) {
	same := m.Text == next.Text && m.Caption == next.Caption && slices.Equal(wireForm(m.Entities), wireForm(next.Entities)) &&
		bytes.Equal(m.markup, next.markup) && m.LinkPreview == next.LinkPreview
	if same {
		return nil, badRequest(notModified)
	}
	next.Edited, next.edited = m.Edited+1, s.now()
	*m = next
	chat.show(m)
	return s.wireMessage(chat, m), nil
}

// wireForm makes entities comparable.
func wireForm(list []Entity) []string {
	var out []string
	for _, e := range list {
		raw, _ := json.Marshal(e) // plain fields always encode
		out = append(out, string(raw))
	}
	return out
}

func (s *Server) editMessageText(c *call) (any, error) {
	chat, m, err := s.editable(c)
	if err != nil {
		return nil, err
	}
	next := *m
	if err := textOf(c, &next); err != nil {
		return nil, err
	}
	if m.Photo != nil {
		return nil, badRequest("there is no text in the message to edit")
	}
	return s.editMarkup(c, chat, m, next)
}

func (s *Server) editMessageCaption(c *call) (any, error) {
	chat, m, err := s.editable(c)
	if err != nil {
		return nil, err
	}
	next := *m
	if err := captionOf(c.args, &next); err != nil {
		return nil, err
	}
	if m.Photo == nil {
		return nil, badRequest("there is no caption in the message to edit")
	}
	return s.editMarkup(c, chat, m, next)
}

func (s *Server) editMessageReplyMarkup(c *call) (any, error) {
	chat, m, err := s.editable(c)
	if err != nil {
		return nil, err
	}
	return s.editMarkup(c, chat, m, *m)
}

// editMarkup puts the request's keyboard into next; none given takes the keyboard away.
func (s *Server) editMarkup(c *call, chat *Chat, m *message, next message) (any, error) {
	k, err := markup(c.args)
	if err != nil {
		return nil, err
	}
	next.Rows, next.markup = k.rows, k.raw
	return s.replace(chat, m, next)
}

// deletable is how old a message may be: https://core.telegram.org/bots/api#deletemessage
const deletable = 48 * time.Hour

func (s *Server) deleteMessage(c *call) (any, error) {
	chat, err := s.find(c.bot, c.args.text("chat_id"))
	if err != nil {
		return nil, err
	}
	id := c.args.number("message_id")
	if id == 0 {
		return nil, badRequest("message identifier is not specified")
	}
	m := chat.message(id)
	if m == nil {
		return nil, badRequest("message to delete not found")
	}
	if err := s.mayDelete(c.bot, chat, m); err != nil {
		return nil, err
	}
	m.Deleted = true
	return true, nil
}

func (s *Server) mayDelete(bot *Bot, chat *Chat, m *message) error {
	as := chat.standing[bot.id]
	if as.Status == "administrator" && as.Delete { // "can delete any message there"
		return nil
	}
	if chat.kind == "channel" && (as.Status != "administrator" || !as.Post) || chat.kind != "private" && m.bot != bot {
		return badRequest("message can't be deleted")
	}
	if s.now().Sub(m.Date) > deletable {
		return badRequest("message can't be deleted for everyone")
	}
	return nil
}

// deleteMessages skips what is not there: https://core.telegram.org/bots/api#deletemessages
func (s *Server) deleteMessages(c *call) (any, error) {
	chat, err := s.find(c.bot, c.args.text("chat_id"))
	if err != nil {
		return nil, err
	}
	var ids []int
	if err := c.args.object("message_ids", "message identifiers", &ids); err != nil {
		return nil, err
	}
	if len(ids) < 1 || len(ids) > 100 {
		return nil, badRequest("message identifiers: 1-100 expected")
	}
	for _, id := range ids {
		if m := chat.message(id); m != nil {
			if err := s.mayDelete(c.bot, chat, m); err != nil {
				return nil, err
			}
		}
	}
	for _, id := range ids {
		if m := chat.message(id); m != nil {
			m.Deleted = true
		}
	}
	return true, nil
}
