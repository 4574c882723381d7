package telegramtest

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Entity is a MessageEntity; offset and length count UTF-16 units: https://core.telegram.org/bots/api#messageentity
type Entity struct {
	Type        string    `json:"type"`
	Offset      int       `json:"offset"`
	Length      int       `json:"length"`
	URL         string    `json:"url,omitempty"`
	User        *wireUser `json:"user,omitempty"`
	Language    string    `json:"language,omitempty"`
	CustomEmoji string    `json:"custom_emoji_id,omitempty"`
	UnixTime    int64     `json:"unix_time,omitempty"`
	TimeFormat  string    `json:"date_time_format,omitempty"`

	depth int // order of entities on the same span
}

// Limits of the Bot API, in UTF-16 units after parsing.
const (
	MaxText    = 4096
	MaxCaption = 1024
)

// Length of a string as Telegram counts it, in UTF-16 units.
func Length(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// formatted reads text with its parse_mode or its entities: https://core.telegram.org/bots/api#formatting-options
func formatted(a args, text, entities string) (string, []Entity, error) {
	raw := a.text(text)
	switch strings.ToLower(a.text("parse_mode")) {
	case "html":
		plain, found, err := ParseHTML(raw)
		if err != nil {
			return "", nil, badRequest("can't parse entities: %v", err)
		}
		plain, found = tidy(plain, found)
		return plain, found, nil
	case "", "none":
	case "markdown", "markdownv2":
		return "", nil, badRequest("can't parse entities: this fake of Telegram reads parse_mode HTML only")
	default:
		return "", nil, badRequest("unsupported parse_mode")
	}
	var found []Entity
	if err := a.object(entities, "entities", &found); err != nil {
		return "", nil, err
	}
	most := Length(raw)
	for _, e := range found {
		if e.Type == "" {
			return "", nil, badRequest("can't parse MessageEntity: can't find field \"type\"")
		}
		if e.Offset < 0 || e.Length <= 0 || e.Offset > most || e.Length > most-e.Offset {
			return "", nil, badRequest("entity beyond the end of the text")
		}
	}
	plain, found := tidy(raw, found)
	return plain, found, nil
}

// tidy does to a text what Telegram does before it stores it: control characters become spaces, carriage
// returns and the old bidirectional marks U+2028 to U+202E go, white space goes at both ends.
// Isolates (U+2066 to U+2069) stay.
func tidy(text string, entities []Entity) (string, []Entity) {
	units := utf16.Encode([]rune(text))
	out := make([]uint16, 0, len(units))
	place := make([]int, len(units)+1) // where each unit went
	for i, u := range units {
		place[i] = len(out)
		switch {
		case u == '\r' || (u >= 0x2028 && u <= 0x202e):
		case u < 0x20 && u != '\n':
			out = append(out, ' ')
		default:
			out = append(out, u)
		}
	}
	place[len(units)] = len(out)
	from, to := 0, len(out)
	for to > 0 && isSpace16(out[to-1]) {
		to--
	}
	for from < to && isSpace16(out[from]) {
		from++
	}
	var kept []Entity
	for _, e := range entities {
		begin := min(max(place[min(e.Offset, len(units))], from), to)
		end := min(max(place[min(e.Offset+e.Length, len(units))], from), to)
		if end > begin {
			e.Offset, e.Length = begin-from, end-begin
			kept = append(kept, e)
		}
	}
	return string(utf16.Decode(out[from:to])), kept
}

func isSpace16(u uint16) bool { return u == ' ' || u == '\n' || u == '\t' || u == 0xa0 || u == 0x200b }

// byPlace puts entities in the order of the wire: outer before inner.
func byPlace(list []Entity) {
	slices.SortStableFunc(list, func(a, b Entity) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(b.Length, a.Length), cmp.Compare(b.depth, a.depth))
	})
}

// commandsIn finds the bot_command entities of what a person typed, which client libraries rely on.
func commandsIn(text string) []Entity {
	var found []Entity
	for i := 0; i < len(text); i++ {
		if text[i] != '/' || (i > 0 && text[i-1] != ' ' && text[i-1] != '\n') {
			continue
		}
		end := i + 1
		for end < len(text) && (isLetter(text[end]) || isDigit(text[end]) || text[end] == '_' || text[end] == '@') {
			end++
		}
		if end > i+1 && (end == len(text) || text[end] < utf8.RuneSelf) {
			found = append(found, Entity{Type: "bot_command", Offset: Length(text[:i]), Length: end - i})
		}
		i = end - 1
	}
	return found
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
