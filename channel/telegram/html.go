package telegram

import (
	"strings"

	"beaware/channel"
	"beaware/markup"
)

// The longest message and the longest caption, in UTF-16 code units after formatting is taken out (core.telegram.org/bots/api).
const (
	maxText    = 4096
	maxCaption = 1024
)

// quote is put into text and into attributes alike; the library's own escaper leaves quotes alone.
var quote = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// page is HTML as Telegram takes it, with its length as Telegram counts it.
type page struct {
	html  strings.Builder
	units int
}

func (p *page) add(tag, s string) {
	s = clean(s)
	if s == "" {
		return
	}
	p.units += units(s)
	if tag == "" || strings.TrimSpace(s) == "" {
		p.html.WriteString(quote.Replace(s))
		return
	}
	p.html.WriteString("<" + tag + ">" + quote.Replace(s) + "</" + tag + ">")
}

func (p *page) line(l markup.Line, rtl bool) {
	for _, s := range l {
		switch {
		case s.Kind == markup.Strong:
			p.add("b", s.Text)
		case s.Isolated() && rtl:
			p.add("", markup.LRI+s.Text+markup.PDI)
		default:
			p.add("", s.Text)
		}
	}
}

func (p *page) block(b markup.Block, rtl bool) {
	for i, l := range b.Lines {
		if i > 0 {
			p.add("", "\n")
		}
		if b.List {
			p.add("", "• ")
		}
		p.line(l, rtl)
	}
}

func (p *page) blocks(bs []markup.Block, rtl bool) {
	for i, b := range bs {
		if i > 0 {
			p.add("", "\n\n")
		}
		p.block(b, rtl)
	}
}

// post renders a title and a text: the title in bold, then the text.
func post(title, text string, rtl bool) *page {
	p := &page{}
	p.add("b", strings.Join(strings.Fields(markup.Text(title, rtl)), " "))
	blocks := markup.Parse(text)
	if p.units > 0 && len(blocks) > 0 {
		p.add("", "\n\n")
	}
	p.blocks(blocks, rtl)
	return p
}

// HTML is a post's text as it is sent: for a preview, and for tests that ask Telegram's own parser.
func HTML(m channel.Message) string { return post(m.Title, m.Text, m.RTL).html.String() }

// ScreenHTML is a screen's text as it is sent, in the same way; cut tells that it was too long.
func ScreenHTML(s channel.Screen) (html string, cut bool) { return fit(s.Text, s.RTL, maxText) }

// fit renders a screen's text into at most limit units. What does not fit is cut off after a paragraph, where
// there is none after a line, where there is none after a character; cut tells that it was.
func fit(text string, rtl bool, limit int) (html string, cut bool) {
	const more = "\n…"
	blocks := markup.Parse(text)
	whole := &page{}
	whole.blocks(blocks, rtl)
	if whole.units <= limit {
		return whole.html.String(), false
	}
	limit -= units(more)
	keep := &page{}
	for i, b := range blocks {
		next := &page{}
		next.blocks(blocks[i:i+1], rtl)
		if i > 0 && keep.units+2+next.units > limit || i == 0 && next.units > limit {
			if i == 0 {
				keep.lines(b, rtl, limit)
			}
			break
		}
		if i > 0 {
			keep.add("", "\n\n")
		}
		keep.block(b, rtl)
	}
	keep.add("", more)
	return keep.html.String(), true
}

// lines puts as many lines of a block as fit, and of a first line that does not fit its beginning.
func (p *page) lines(b markup.Block, rtl bool, limit int) {
	for i := range b.Lines {
		next := &page{}
		next.block(markup.Block{List: b.List, Lines: b.Lines[i : i+1]}, rtl)
		if p.units+1+next.units > limit {
			if i == 0 {
				p.add("", begin(b.Lines[0], limit))
			}
			return
		}
		if i > 0 {
			p.add("", "\n")
		}
		p.block(markup.Block{List: b.List, Lines: b.Lines[i : i+1]}, rtl)
	}
}

// begin cuts a line before the span that does not fit, so that no phone number is ever cut in two; only where the first
// span is too long by itself does it cut inside, and of an isolated run it then takes nothing.
func begin(l markup.Line, limit int) string {
	var b strings.Builder
	n := 0
	for _, s := range l {
		if n += units(clean(s.Text)); n > limit {
			if b.Len() == 0 && !s.Isolated() {
				return prefix(clean(s.Text), limit)
			}
			break
		}
		b.WriteString(s.Text)
	}
	return b.String()
}

func prefix(s string, limit int) string {
	n := 0
	for i, r := range s {
		if n += units(string(r)); n > limit {
			return s[:i]
		}
	}
	return s
}

// clean makes a string that JSON, HTML and Telegram all take for the same characters.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r':
			return -1
		case r < ' ', r == 0x7f:
			return ' '
		}
		return r // an invalid byte comes as U+FFFD
	}, s)
}

// units counts UTF-16 code units.
func units(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}
