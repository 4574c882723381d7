package telegramtest

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// Press is a pressed button, waiting for answerCallbackQuery.
type Press struct {
	s        *Server
	bot      *Bot
	id       string
	born     time.Time
	answered bool
	text     string
	alert    bool
}

// ID is the callback query's id.
func (p *Press) ID() string { return p.id }

// Answered waits for the bot's answer: the notice it shows, "" for none, and whether it is an alert.
func (p *Press) Answered(ctx context.Context) (text string, alert bool, err error) {
	err = p.s.Wait(ctx, func() bool {
		p.s.mu.Lock()
		defer p.s.mu.Unlock()
		text, alert = p.text, p.alert
		return p.answered
	})
	return text, alert, err
}

// Press presses a button, named by its label or its callback data, on the first bot's newest message that has it.
func (u *User) Press(button string) (*Press, error) {
	return u.PressIn(u.Private(), button)
}

// PressIn presses a button in any chat.
func (u *User) PressIn(c *Chat, button string) (*Press, error) {
	posts := c.Posts()
	for i := len(posts) - 1; i >= 0; i-- {
		if b, ok := posts[i].Button(button); ok {
			if b.URL != "" {
				return nil, fmt.Errorf("button %q opens %s; it has no data to press", b.Text, b.URL)
			}
			return u.PressData(c, posts[i].ID, b.Data)
		}
	}
	return nil, fmt.Errorf("no message in the chat has a button %q; the newest has %s", button, labels(posts))
}

func labels(posts []Message) string {
	if len(posts) == 0 {
		return "not been sent"
	}
	out := []string{}
	for _, row := range posts[len(posts)-1].Rows {
		for _, b := range row {
			out = append(out, b.Text)
		}
	}
	return fmt.Sprintf("%q", out)
}

// PressData sends a callback query with any data for a bot's message, as a client made by hand can.
// https://core.telegram.org/bots/api#callbackquery
func (u *User) PressData(c *Chat, messageID int, data string) (*Press, error) {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	defer u.s.touch()
	m := c.message(messageID)
	if m == nil || m.bot == nil {
		return nil, fmt.Errorf("no message %d of a bot in the chat", messageID)
	}
	p := &Press{s: u.s, bot: m.bot, id: strconv.FormatInt(4_000_000_000_000_000+u.s.nextSerial(), 10), born: u.s.now()}
	u.s.queries[p.id] = p
	m.bot.push("callback_query", map[string]any{
		"id": p.id, "from": u.wire(), "message": u.s.wireMessage(c, m),
		"chat_instance": strconv.FormatInt(-c.id, 10), "data": data,
	})
	return p, nil
}

// answerCallbackQuery: https://core.telegram.org/bots/api#answercallbackquery
func (s *Server) answerCallbackQuery(c *call) (any, error) {
	p := s.queries[c.args.text("callback_query_id")]
	if p == nil || p.bot != c.bot || p.answered || s.now().Sub(p.born) > s.opts.QueryLife {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	if c.args.text("url") != "" {
		return nil, badRequest("URL_INVALID") // only for games and t.me links
	}
	text := c.args.text("text")
	if Length(text) > 200 { // "0-200 characters"
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	p.answered, p.text, p.alert = true, text, c.args.flag("show_alert")
	return true, nil
}
