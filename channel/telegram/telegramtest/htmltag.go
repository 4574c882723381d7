package telegramtest

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// sentence is an error in Telegram's words, capital and all.
type sentence string

func (s sentence) Error() string { return string(s) }

func telegramSays(format string, args ...any) error { return sentence(fmt.Sprintf(format, args...)) }

// attributes reads up to the closing > of a start tag that began at begin.
func (p *htmlParser) attributes(tag *openTag, begin int) error {
	unclosed := telegramSays("Unclosed start tag \"%s\" at byte offset %d", tag.name, begin)
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
			return telegramSays("Empty attribute name in the tag \"%s\" at byte offset %d", tag.name, begin)
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
			return telegramSays("Unclosed start tag at byte offset %d", begin)
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
			return "", telegramSays("Unexpected end of name token at byte offset %d", from)
		}
		return lower(p.in[from:p.pos]), nil
	}
	p.pos++
	var value []byte
	for c := p.at(p.pos); c != quote && c != 0; c = p.at(p.pos) {
		if c == '&' {
			if r, size := reference(p.in[p.pos:]); size > 0 {
				value = append(value, string(r)...)
				p.pos += size
				continue
			}
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
	switch t.name + " " + name {
	case "a href", "tg-emoji emoji-id", "tg-time format":
		t.value = value
	case "tg-time unix":
		t.unix, _ = strconv.ParseInt(value, 10, 64) // what is no number is no time
	case "blockquote expandable":
		t.value = "1"
	case "code class":
		if rest, ok := strings.CutPrefix(value, "language-"); ok {
			t.value = rest
		}
	case "span class":
		if rest, ok := strings.CutPrefix(value, "tg-"); ok {
			t.value = rest
		}
	}
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
