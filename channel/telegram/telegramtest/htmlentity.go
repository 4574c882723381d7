package telegramtest

import (
	"regexp"
	"strconv"
	"strings"
)

var plainKinds = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
}

// timeFormat: https://core.telegram.org/bots/api#date-time-entity-formatting
var timeFormat = regexp.MustCompile(`^(r|w?[dD]?[tT]?)$`)

// entity makes what a tag that was just closed stands for.
func (p *htmlParser) entity(tag openTag) error {
	e := Entity{Offset: tag.offset, Length: p.units - tag.offset, depth: -len(p.open)}
	if kind, ok := plainKinds[tag.name]; ok {
		e.Type = kind
		p.found = append(p.found, e)
		return nil
	}
	switch tag.name {
	case "tg-emoji":
		if id, err := strconv.ParseInt(tag.value, 10, 64); err != nil || id == 0 {
			return telegramSays("Invalid custom emoji identifier specified")
		}
		e.Type, e.CustomEmoji = "custom_emoji", tag.value
	case "tg-time":
		if !timeFormat.MatchString(tag.value) {
			return telegramSays("Invalid date format used")
		}
		if tag.unix <= 0 {
			return nil
		}
		e.Type, e.UnixTime, e.TimeFormat = "date_time", tag.unix, tag.value
	case "a":
		return p.link(e, tag)
	case "blockquote":
		e.Type = "blockquote"
		if tag.value != "" {
			e.Type = "expandable_blockquote"
		}
	case "pre", "code":
		p.code(e, tag)
		return nil
	}
	p.found = append(p.found, e)
	return nil
}

// link drops an address that Telegram would not link to, without an error, as Telegram does.
func (p *htmlParser) link(e Entity, tag openTag) error {
	address := tag.value
	if address == "" {
		address = string(p.out[tag.outByte:])
	}
	if id, ok := mentionedUser(address); ok {
		e.Type, e.User = "text_mention", &wireUser{ID: id}
		p.found = append(p.found, e)
		return nil
	}
	if checked, err := CheckURL(address); err == nil {
		e.Type, e.URL = "text_link", checked
		p.found = append(p.found, e)
	}
	return nil
}

// code joins <pre><code class="language-x"> on one span into one block.
func (p *htmlParser) code(e Entity, tag openTag) {
	e.Type = tag.name
	if tag.name == "code" {
		e.Language = tag.value // kept until a pre round it claims it; ParseHTML drops what is left
	}
	if n := len(p.found); n > 0 {
		last := &p.found[n-1]
		same := last.Offset == e.Offset && last.Length == e.Length
		if same && tag.name == "pre" && last.Type == "code" && last.Language != "" {
			last.Type = "pre"
			return
		}
		if same && tag.name == "code" && last.Type == "pre" && last.Language == "" && tag.value != "" {
			last.Language = tag.value
			return
		}
	}
	p.found = append(p.found, e)
}

// mentionedUser reads tg://user?id=123.
func mentionedUser(address string) (int64, bool) {
	rest, ok := strings.CutPrefix(strings.ToLower(address), "tg:")
	rest, _ = strings.CutPrefix(rest, "//")
	rest, user := strings.CutPrefix(rest, "user?id=")
	if !ok || !user {
		return 0, false
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		if rest[end] != '&' && rest[end] != '#' {
			return 0, false
		}
		rest = rest[:end]
	}
	id, err := strconv.ParseInt(rest, 10, 64)
	return id, err == nil && id > 0
}
