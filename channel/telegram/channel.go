package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"beaware/channel"
)

// maxPhoto is the largest photo that the Bot API takes, in bytes.
const maxPhoto = 10 << 20

var chatPattern = regexp.MustCompile(`^(@[A-Za-z][A-Za-z0-9_]{3,31}|-?[1-9][0-9]{0,18})$`)

// Channel is one chat to publish to: a channel, a group or a person who asked for it. It implements channel.Channel.
type Channel struct {
	client *Client
	name   string

	mu   sync.Mutex
	chat string // "@name" or a number; changes when a group becomes a supergroup
}

// Channel gives the channel for a chat, "@name" or its number. name is what the installation calls it; the
// log uses that and never the chat.
func (c *Client) Channel(name, chat string) (*Channel, error) {
	chat = strings.TrimSpace(chat)
	if !chatPattern.MatchString(chat) {
		return nil, fmt.Errorf("telegram channel %s: the chat is neither a name like @mychannel nor a number like -1001234567890", name)
	}
	return &Channel{client: c, name: name, chat: chat}, nil
}

// String keeps the chat out of anything that prints a channel.
func (ch *Channel) String() string { return "telegram channel " + ch.name }

// GoString keeps the chat out of %#v.
func (ch *Channel) GoString() string { return ch.String() }

// Idempotent is false: the Bot API has no key that would make a message appear once.
func (ch *Channel) Idempotent() bool { return false }

// Measure counts UTF-16 units after formatting is taken out, as Telegram does. With a photo the text is its caption, which may be
// shorter. A photo's Alt is not counted: the Bot API has no field for it, and as a line of the caption, without a word that
// says what it is, it would only puzzle.
func (ch *Channel) Measure(m channel.Message) (length, limit int) { return Measure(m) }

// Measure counts a message as every Telegram channel does, for a proof before there is one.
func Measure(m channel.Message) (length, limit int) {
	return post(m.Title, m.Text, m.RTL).units, limitOf(m)
}

func limitOf(m channel.Message) int {
	if m.Photo != nil {
		return maxCaption
	}
	return maxText
}

// Send publishes a message once.
func (ch *Channel) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	params, file, err := compose(m)
	if err != nil {
		return channel.Receipt{}, err
	}
	result, err := ch.send(ctx, params, file)
	var e *callError
	if errors.As(err, &e) && e.migrate != 0 {
		ch.move(e.migrate)
		result, err = ch.send(ctx, params, file)
	}
	if err != nil {
		return channel.Receipt{}, sendError(err)
	}
	return receipt(result), nil
}

func (ch *Channel) send(ctx context.Context, params map[string]string, file *upload) (json.RawMessage, error) {
	chat := ch.address()
	if !channel.HasTurn(ctx) {
		if err := ch.client.pace.post(ctx, chat); err != nil {
			if ctx.Err() == nil {
				// the deadline is nearer than our turn
				return nil, &callError{method: "send", outcome: answered, code: 429, desc: "not sent: too many posts at once", retryAfter: defaultRetry}
			}
			return nil, &callError{method: "send", outcome: neverLeft, desc: "ended before its turn", ended: ctx.Err()}
		}
	}
	params["chat_id"] = chat
	var result json.RawMessage
	var err error
	if file != nil {
		err = ch.client.call(ctx, uploadTimeout, "sendPhoto", params, file, &result)
	} else {
		err = ch.client.call(ctx, callTimeout, "sendMessage", params, nil, &result)
	}
	return result, err
}

// Turn waits until Telegram's limits allow one more post to this chat.
func (ch *Channel) Turn(ctx context.Context) error { return ch.client.pace.post(ctx, ch.address()) }

// address is the chat as Telegram knows it now.
func (ch *Channel) address() string {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	return ch.chat
}

// move follows a group that became a supergroup.
func (ch *Channel) move(chat chatID) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	ch.chat = chat.decimal()
	ch.client.log.Warn("the chat of a channel has a new id; until it is in the configuration, each start asks the old one first", "channel", ch.name)
}

// receipt never fails: the server said that the message was taken, whatever else it says.
func receipt(result json.RawMessage) channel.Receipt {
	var sent struct {
		ID   int64 `json:"message_id"`
		Chat struct {
			Username string `json:"username"`
		} `json:"chat"`
	}
	if json.Unmarshal(result, &sent) != nil || sent.ID == 0 {
		return channel.Receipt{}
	}
	r := channel.Receipt{Ref: strconv.FormatInt(sent.ID, 10)}
	if chatPattern.MatchString("@" + sent.Chat.Username) {
		r.URL = "https://t.me/" + sent.Chat.Username + "/" + r.Ref
	}
	return r
}

// compose checks everything that can be checked before a request.
func compose(m channel.Message) (map[string]string, *upload, error) {
	text := post(m.Title, m.Text, m.RTL)
	html := text.html.String()
	if limit := limitOf(m); text.units > limit {
		return nil, nil, refused("the text has %d characters as Telegram counts them, the limit is %d", text.units, limit)
	}
	blank := strings.TrimSpace(html) == ""
	if blank && m.Photo == nil {
		return nil, nil, refused("there is no text")
	}
	params := map[string]string{
		"parse_mode":           "HTML",
		"disable_notification": strconv.FormatBool(m.Silent),
	}
	keyboard, err := linkKeyboard(m.Links)
	if err != nil {
		return nil, nil, err
	}
	if keyboard != "" {
		params["reply_markup"] = keyboard
	}
	if m.Photo == nil {
		params["text"] = html
		params["link_preview_options"] = noPreview
		return params, nil, nil
	}
	if n := len(m.Photo.Data); n == 0 || n > maxPhoto {
		return nil, nil, refused("the photo has %d bytes, it should have between 1 and %d", n, maxPhoto)
	}
	if !blank {
		params["caption"] = html
	}
	// the base name only: a path would tell readers of the server's log about our disk
	name := path.Base(strings.ReplaceAll(clean(m.Photo.Name), `\`, "/"))
	if name == "." || name == "/" {
		name = "photo"
	}
	return params, &upload{field: "photo", name: name, data: m.Photo.Data}, nil
}

const noPreview = `{"is_disabled":true}`

func refused(format string, args ...any) error {
	return &channel.SendError{Kind: channel.Refused, Reason: "telegram: " + fmt.Sprintf(format, args...)}
}

func linkKeyboard(links []channel.Link) (string, error) {
	rows := make([][]key, 0, len(links))
	for i, l := range links {
		if !goodURL(l.URL) || strings.TrimSpace(l.Label) == "" {
			return "", refused("link %d needs a label and an address that begins with https://, http:// or tg://", i+1)
		}
		rows = append(rows, []key{{Text: clean(l.Label), URL: l.URL}})
	}
	return keyboard(rows), nil
}

// key is one button of an inline keyboard.
type key struct {
	Text string `json:"text"`
	URL  string `json:"url,omitempty"`
	Data string `json:"callback_data,omitempty"`
}

// keyboard writes rows as the Bot API takes them; "" without rows.
func keyboard(rows [][]key) string {
	if len(rows) == 0 {
		return ""
	}
	b, err := json.Marshal(map[string]any{"inline_keyboard": rows})
	if err != nil {
		return "" // strings only: cannot happen
	}
	return string(b)
}

func goodURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || len(s) > 2048 {
		return false
	}
	return (u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "tg") && u.Host != ""
}
