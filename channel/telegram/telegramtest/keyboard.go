package telegramtest

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Button is an inline button: https://core.telegram.org/bots/api#inlinekeyboardbutton
type Button struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// MaxButtons in one inline keyboard; Telegram cuts off what is more, this fake refuses it.
const MaxButtons = 100

// keyboard is a checked reply_markup.
type keyboard struct {
	rows [][]Button
	raw  json.RawMessage // as shown in Message.reply_markup; nil: no inline keyboard
}

type rawMarkup struct {
	Inline *[]json.RawMessage `json:"inline_keyboard"`
	Reply  *[]json.RawMessage `json:"keyboard"`
	Remove bool               `json:"remove_keyboard"`
	Force  bool               `json:"force_reply"`
}

// markup reads reply_markup. Only inline keyboards are kept; the other kinds are checked to be JSON of their kind.
func markup(a args) (keyboard, error) {
	text := strings.TrimSpace(a.text("reply_markup"))
	if text == "" {
		return keyboard{}, nil
	}
	if !json.Valid([]byte(text)) {
		return keyboard{}, badRequest("can't parse reply keyboard markup JSON object")
	}
	var raw rawMarkup
	if text[0] != '{' {
		return keyboard{}, badRequest("object expected as reply markup")
	}
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return keyboard{}, badRequest("can't parse inline keyboard markup JSON object")
	}
	if raw.Inline == nil {
		if raw.Reply == nil && !raw.Remove && !raw.Force && text != "{}" {
			return keyboard{}, badRequest("can't parse reply keyboard markup JSON object")
		}
		return keyboard{}, nil
	}
	return inline(*raw.Inline)
}

func inline(rows []json.RawMessage) (keyboard, error) {
	var k keyboard
	count := 0
	for _, rawRow := range rows {
		var cells []json.RawMessage
		if err := json.Unmarshal(rawRow, &cells); err != nil {
			return k, badRequest("field \"inline_keyboard\" must be an Array of Arrays")
		}
		var row []Button
		for _, cell := range cells {
			b, err := button(cell)
			if err != nil {
				return k, err
			}
			row = append(row, b)
		}
		if count += len(row); count > MaxButtons {
			return k, badRequest("too many inline keyboard buttons: at most %d", MaxButtons)
		}
		if len(row) > 0 {
			k.rows = append(k.rows, row)
		}
	}
	if len(k.rows) == 0 {
		return k, nil
	}
	raw, err := json.Marshal(map[string]any{"inline_keyboard": k.rows})
	k.raw = raw
	return k, err
}

// buttonActions are the fields of which a button has exactly one.
var buttonActions = []string{
	"url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
	"switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
}

func button(cell json.RawMessage) (Button, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(cell, &fields); err != nil {
		return Button{}, badRequest("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
	}
	var b Button
	if _, ok := fields["text"]; !ok {
		return b, badRequest("can't parse inline keyboard button: can't find field \"text\"")
	}
	if err := json.Unmarshal(cell, &b); err != nil {
		return b, badRequest("can't parse inline keyboard button: a field has the wrong type")
	}
	actions := 0
	for _, name := range buttonActions {
		if raw, ok := fields[name]; ok && !bytes.Equal(raw, []byte("null")) {
			actions++
		}
	}
	_, hasData := fields["callback_data"]
	_, hasURL := fields["url"]
	switch {
	case strings.TrimSpace(b.Text) == "":
		return b, badRequest("inline keyboard button text must be non-empty")
	case actions == 0:
		return b, badRequest("can't parse inline keyboard button: text buttons are unallowed in the inline keyboard")
	case actions > 1: // "exactly one of the optional fields must be used"
		return b, badRequest("can't parse inline keyboard button: exactly one action must be specified")
	case hasData && (len(b.Data) < 1 || len(b.Data) > 64): // "1-64 bytes"
		return b, badRequest("BUTTON_DATA_INVALID")
	case !hasData && !hasURL:
		return b, badRequest("can't parse inline keyboard button: this fake knows url and callback_data only")
	}
	if hasURL {
		checked, err := CheckURL(b.URL)
		if err != nil {
			return b, badRequest("inline keyboard button URL '%s' is invalid: %v", b.URL, err)
		}
		b.URL = checked
	}
	return b, nil
}
