package telegramtest

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
		return "", nil, telegramSays("Can't find end tag corresponding to start tag %q", p.open[n-1].name)
	}
	if p.surrogate {
		return "", nil, telegramSays("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units")
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
		return telegramSays("Unclosed start tag at byte offset %d", begin)
	}
	tag := openTag{name: lower(p.in[begin+1 : i]), offset: p.units, outByte: len(p.out)}
	if !supportedTags[tag.name] {
		return telegramSays("Unsupported start tag \"%s\" at byte offset %d", tag.name, begin)
	}
	p.pos = i
	if err := p.attributes(&tag, begin); err != nil {
		return err
	}
	if tag.name == "span" && tag.value != "spoiler" {
		return telegramSays("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin)
	}
	p.open = append(p.open, tag)
	p.pos++ // the >
	return nil
}

func (p *htmlParser) closeTag() error {
	begin := p.pos
	if len(p.open) == 0 {
		return telegramSays("Unexpected end tag at byte offset %d", begin)
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
		return telegramSays("Unclosed end tag at byte offset %d", begin)
	}
	if name != "" && name != tag.name {
		return telegramSays("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, tag.name, name)
	}
	p.pos = i + 1
	p.open = p.open[:len(p.open)-1]
	if p.units == tag.offset {
		return nil
	}
	return p.entity(tag)
}
