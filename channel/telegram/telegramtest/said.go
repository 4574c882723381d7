package telegramtest

import (
	"encoding/json"
	"fmt"
)

// sendable are bodies of what a person can send besides texts and photos, as small as the Bot API documents them:
// https://core.telegram.org/bots/api#message
var sendable = map[string]string{
	"voice":    `{"file_id":"AwAC","file_unique_id":"AgAD","duration":3}`,
	"location": `{"latitude":41.3275,"longitude":19.8187}`,
	"contact":  `{"phone_number":"+355000000","first_name":"Somebody"}`,
	"sticker":  `{"file_id":"CAAC","file_unique_id":"AgAE","type":"regular","width":512,"height":512,"is_animated":false,"is_video":false}`,
	"document": `{"file_id":"BQAC","file_unique_id":"AgAF"}`,
	"dice":     `{"emoji":"🎲","value":3}`,
	// made by Telegram, not said by anybody
	"message_auto_delete_timer_changed": `{"message_auto_delete_time":86400}`,
}

// SendKind sends the first bot a "voice", "location", "contact", "sticker", "document" or "dice", with a caption where
// one is given, or makes the service message "message_auto_delete_timer_changed".
func (u *User) SendKind(kind, caption string) (int, error) {
	body, ok := sendable[kind]
	if !ok {
		return 0, fmt.Errorf("a person cannot send a %q here", kind)
	}
	return u.sendExtra(&message{user: u, Message: Message{Caption: caption}}, map[string]json.RawMessage{kind: json.RawMessage(body)}), nil
}

// Forward sends the first bot a text that somebody else wrote: https://core.telegram.org/bots/api#messageorigin
func (u *User) Forward(text string) int {
	u.s.mu.Lock()
	born := u.s.now().Add(-updateLife).Unix()
	u.s.mu.Unlock()
	origin := fmt.Sprintf(`{"type":"hidden_user","date":%d,"sender_user_name":"Somebody"}`, born)
	return u.sendExtra(&message{user: u, Message: Message{Text: text, Entities: commandsIn(text)}}, map[string]json.RawMessage{"forward_origin": json.RawMessage(origin)})
}

func (u *User) sendExtra(m *message, extra map[string]json.RawMessage) int {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	defer u.s.touch()
	bot := u.s.bots[0]
	c := bot.dialog(u, true)
	c.add(m)
	bot.push("message", u.s.withExtra(u.s.wireMessage(c, m), m.Caption, extra))
	return m.ID
}

// withExtra adds fields that wireMessage does not know.
func (s *Server) withExtra(w wireMessage, caption string, extra map[string]json.RawMessage) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	if raw, err := json.Marshal(w); err == nil { // our own struct, which encodes
		_ = json.Unmarshal(raw, &out)
	}
	if raw, err := json.Marshal(caption); err == nil && caption != "" {
		out["caption"] = raw
	}
	for k, v := range extra {
		out[k] = v
	}
	return out
}

// Edit changes a text that the person sent to the first bot; the bot hears of it as edited_message.
func (u *User) Edit(messageID int, text string) error {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	defer u.s.touch()
	bot := u.s.bots[0]
	c := bot.dialog(u, true)
	m := c.message(messageID)
	if m == nil || m.user != u || m.Text == "" {
		return fmt.Errorf("no text %d of this person in the chat", messageID)
	}
	m.Text, m.Entities, m.edited = text, commandsIn(text), u.s.now()
	m.Edited++
	bot.push("edited_message", u.s.wireMessage(c, m))
	return nil
}

// Delete takes a message, their own or the bot's, out of the chat with the first bot for both sides. No bot hears of that.
func (u *User) Delete(messageID int) error {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	defer u.s.touch()
	m := u.s.bots[0].dialog(u, true).message(messageID)
	if m == nil {
		return fmt.Errorf("no message %d in the chat", messageID)
	}
	m.Deleted = true
	return nil
}

// NumberFrom makes the next message of the bot's private chats have this id, as a bot has that wrote millions already.
func (b *Bot) NumberFrom(id int) {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	b.nextID = id - 1
}
