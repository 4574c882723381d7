package telegramtest

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// ParseHTML reads parse_mode HTML as Telegram does (https://core.telegram.org/bots/api#html-style): plain text and
// entities, or an error in Telegram's words with the byte offset, to follow "can't parse entities: ".
func ParseHTML(text string) (string, []Entity, error) {
	p := &htmlParser{in: []byte(text)}
	for p.pos < len(p.in) {
		if err := p.step(); err != nil {
			return "", nil, err
		}
	}
	if n := len(p.open); n > 0 {
		return "", nil, fmt.Errorf("Can't find end tag corresponding to start tag %q", p.open[n-1].name) //nolint:staticcheck // Telegram's words
	}
	if p.surrogate {
		return "", nil, fmt.Errorf("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units") //nolint:staticcheck // Telegram's words
	}
	byPlace(p.found)
	for i := range p.found {
		if p.found[i].Type == "code" { // a language counts inside pre only
			p.found[i].Language = ""
		}
	}
	return string(p.out), p.found, nil
}

type htmlParser struct {
	in        []byte
	pos       int
	out       []byte
	units     int // UTF-16 length of out
	open      []openTag
	found     []Entity
	surrogate bool // a numeric reference to half a character was seen
}

type openTag struct {
	name    string
	value   string // of the attribute that this tag heeds
	unix    int64  // of tg-time
	offset  int    // in UTF-16 units
	outByte int
}

// at is the byte at i; 0 past the end.
func (p *htmlParser) at(i int) byte {
	if i < len(p.in) {
		return p.in[i]
	}
	return 0
}

func (p *htmlParser) step() error {
	switch c := p.in[p.pos]; {
	case c == '&':
		if r, size := reference(p.in[p.pos:]); size > 0 {
			p.emit(r)
			p.pos += size
			return nil
		}
		p.emitByte(c)
	case c != '<':
		p.emitByte(c)
	case p.at(p.pos+1) == '/':
		return p.closeTag()
	default:
		return p.openTag()
	}
	return nil
}

func (p *htmlParser) emitByte(c byte) {
	p.out = append(p.out, c)
	p.pos++
	switch {
	case c >= 0xf0:
		p.units += 2
	case c < 0x80 || c >= 0xc0: // not the inside of a character
		p.units++
	}
}

func (p *htmlParser) emit(r rune) {
	if r >= 0xd800 && r <= 0xdfff {
		p.surrogate = true
	}
	p.out = append(p.out, string(r)...)
	p.units++
	if r > 0xffff {
		p.units++
	}
}

var supportedTags = map[string]bool{
	"a": true, "b": true, "strong": true, "i": true, "em": true, "s": true, "strike": true, "del": true, "u": true, "ins": true,
	"tg-spoiler": true, "tg-emoji": true, "tg-time": true, "span": true, "pre": true, "code": true, "blockquote": true,
}

func (p *htmlParser) openTag() error {
	begin := p.pos
	i := begin + 1
	for !isSpace(p.at(i)) && p.at(i) != '>' {
		i++
	}
	if p.at(i) == 0 {
		return fmt.Errorf("Unclosed start tag at byte offset %d", begin) //nolint:staticcheck // Telegram's words
	}
	tag := openTag{name: lower(p.in[begin+1 : i]), offset: p.units, outByte: len(p.out)}
	if !supportedTags[tag.name] {
		return fmt.Errorf("Unsupported start tag \"%s\" at byte offset %d", tag.name, begin) //nolint:staticcheck // Telegram's words
	}
	p.pos = i
	if err := p.attributes(&tag, begin); err != nil {
		return err
	}
	if tag.name == "span" && tag.value != "spoiler" {
		return fmt.Errorf("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin) //nolint:staticcheck // Telegram's words
	}
	p.open = append(p.open, tag)
	p.pos++ // the >
	return nil
}

// attributes reads up to the closing > of a start tag that began at begin.
func (p *htmlParser) attributes(tag *openTag, begin int) error {
	unclosed := fmt.Errorf("Unclosed start tag \"%s\" at byte offset %d", tag.name, begin) //nolint:staticcheck // Telegram's words
	for {
		p.skipSpace()
		if p.at(p.pos) == '>' {
			return nil
		}
		from := p.pos
		for !isSpace(p.at(p.pos)) && !strings.ContainsRune("=>/\"'", rune(p.at(p.pos))) {
			p.pos++
		}
		name := string(p.in[from:p.pos])
		if name == "" {
			return fmt.Errorf("Empty attribute name in the tag \"%s\" at byte offset %d", tag.name, begin) //nolint:staticcheck // Telegram's words
		}
		p.skipSpace()
		if p.at(p.pos) != '=' {
			if p.at(p.pos) == 0 {
				return unclosed
			}
			tag.heed(name, "")
			continue
		}
		p.pos++
		p.skipSpace()
		if p.at(p.pos) == 0 {
			return unclosed
		}
		value, err := p.attributeValue()
		if err != nil {
			return err
		}
		if p.at(p.pos) == 0 {
			return fmt.Errorf("Unclosed start tag at byte offset %d", begin) //nolint:staticcheck // Telegram's words
		}
		tag.heed(name, value)
	}
}

func (p *htmlParser) skipSpace() {
	for c := p.at(p.pos); c != 0 && isSpace(c); c = p.at(p.pos) {
		p.pos++
	}
}

func (p *htmlParser) attributeValue() (string, error) {
	from := p.pos
	quote := p.at(p.pos)
	if quote != '"' && quote != '\'' {
		for c := p.at(p.pos); isLetter(c) || isDigit(c) || c == '.' || c == '-'; c = p.at(p.pos) {
			p.pos++
		}
		if c := p.at(p.pos); !isSpace(c) && c != '>' {
			return "", fmt.Errorf("Unexpected end of name token at byte offset %d", from) //nolint:staticcheck // Telegram's words
		}
		return lower(p.in[from:p.pos]), nil
	}
	p.pos++
	var value []byte
	for c := p.at(p.pos); c != quote && c != 0; c = p.at(p.pos) {
		if r, size := reference(p.in[p.pos:]); c == '&' && size > 0 {
			value = append(value, string(r)...)
			p.pos += size
			continue
		}
		value = append(value, c)
		p.pos++
	}
	if p.at(p.pos) == quote {
		p.pos++
	}
	return string(value), nil
}

// heed keeps the one attribute that means something to the tag.
func (t *openTag) heed(name, value string) {
	rest := ""
	switch t.name + " " + name {
	case "a href", "tg-emoji emoji-id", "tg-time format":
		t.value = value
	case "tg-time unix":
		t.unix, _ = strconv.ParseInt(value, 10, 64) // what is no number is no time
	case "blockquote expandable":
		t.value = "1"
	case "code class":
		if cutInto(value, "language-", &rest) {
			t.value = rest
		}
	case "span class":
		if cutInto(value, "tg-", &rest) {
			t.value = rest
		}
	}
}

func cutInto(s, prefix string, rest *string) bool {
	after, ok := strings.CutPrefix(s, prefix)
	*rest = after
	return ok
}

func (p *htmlParser) closeTag() error {
	begin := p.pos
	if len(p.open) == 0 {
		return fmt.Errorf("Unexpected end tag at byte offset %d", begin) //nolint:staticcheck // Telegram's words
	}
	tag := p.open[len(p.open)-1]
	i := begin + 2
	for !isSpace(p.at(i)) && p.at(i) != '>' {
		i++
	}
	name := lower(p.in[begin+2 : min(i, len(p.in))])
	for p.at(i) != 0 && isSpace(p.at(i)) {
		i++
	}
	if p.at(i) != '>' {
		return fmt.Errorf("Unclosed end tag at byte offset %d", begin) //nolint:staticcheck // Telegram's words
	}
	if name != "" && name != tag.name {
		return fmt.Errorf("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, tag.name, name) //nolint:staticcheck // Telegram's words
	}
	p.pos = i + 1
	p.open = p.open[:len(p.open)-1]
	if p.units == tag.offset {
		return nil
	}
	return p.entity(tag)
}

// reference decodes a character reference at the start of in: &lt; &gt; &amp; &quot; and numbers,
// with or without the semicolon. Size 0: it is plain text.
func reference(in []byte) (r rune, size int) {
	i := 1
	if len(in) > 1 && in[1] == '#' {
		base := 10
		i = 2
		if len(in) > 2 && in[2] == 'x' {
			base, i = 16, 3
		}
		from := i
		for i < len(in) && isDigitOf(in[i], base) {
			i++
		}
		n, err := strconv.ParseUint(string(in[from:i]), base, 32)
		if err != nil || n == 0 || n >= 0x10ffff || i >= 10 {
			return 0, 0
		}
		r = rune(n)
	} else {
		for i < len(in) && isLetter(in[i]) {
			i++
		}
		switch string(in[1:i]) {
		case "lt":
			r = '<'
		case "gt":
			r = '>'
		case "amp":
			r = '&'
		case "quot":
			r = '"'
		default:
			return 0, 0
		}
	}
	if i < len(in) && in[i] == ';' {
		i++
	}
	return r, i
}

func isDigitOf(c byte, base int) bool {
	return isDigit(c) || base == 16 && (c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F')
}

// isSpace counts the end of the text (0) as space, as Telegram's parser does.
func isSpace(c byte) bool {
	return c == 0 || c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v'
}

// lower folds ASCII only, as Telegram does.
func lower(b []byte) string {
	return string(bytes.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, b))
}
