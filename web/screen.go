package web

import (
	"html"
	"html/template"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"beaware/catalog"
	"beaware/channel"
	"beaware/channel/feed"
	"beaware/markup"
)

// chatPage is a screen of the bot in a browser.
type chatPage struct {
	Lang    string // of the screen; "und" until a language is chosen, so that the next answer does not guess one
	Heading template.HTML
	Said    bool // the heading is the screen's own first line, and seen
	Text    template.HTML
	Rows    [][]chatButton
	Idle    string // data of the screen that comes when nobody does anything
	After   int    // seconds until then
	Address string // what the address bar says from now on; "" leaves it
}

// chatButton is a button of the form, or a link where it has an address.
type chatButton struct {
	Label     template.HTML
	Lang, Dir string // of the label, where they are not the page's
	Data      string
	URL       template.URL
}

// between stands between the same words in several languages.
const between = " · "

func (p *page) screen(screen channel.Screen) *chatPage {
	c := &chatPage{Lang: screen.Language, Idle: screen.Idle}
	if screen.Idle != "" {
		c.After = int(channel.IdleAfter.Seconds())
	}
	if screen.Neutral || screen.Wipe {
		c.Address = hiddenURL(p.Lang)
	}
	c.Heading, c.Text = p.write(screen)
	if c.Said = c.Heading != ""; !c.Said {
		c.Heading = p.T("chat_title")
	}
	for _, row := range screen.Rows {
		var buttons []chatButton
		for _, b := range row {
			link, ok := feed.SafeURL(b.URL)
			if b.URL != "" && !ok {
				continue // an address that no browser should follow
			}
			button := chatButton{Label: p.words(undetermined, b.Label), Data: b.Data, URL: link}
			for _, l := range p.Catalog.Languages {
				if b.Label == l.Autonym && l.Tag != p.Lang {
					button.Lang, button.Dir = l.Tag, l.Direction
				}
			}
			buttons = append(buttons, button)
		}
		if buttons != nil {
			c.Rows = append(c.Rows, buttons)
		}
	}
	return c
}

// hiddenURL gives the neutral screen by an address that says nothing but a language.
func hiddenURL(tag string) string { return "/chat?lang=" + url.QueryEscape(tag) + "&hidden=1" }

// write renders a screen's text. A line of strong words that something follows is a heading: the first line is the page's, apart
// from the text. On a neutral screen any first line is. The only tags are h2, p, br, ul, li, strong, span, bdi and a; the only addresses tel:.
func (p *page) write(screen channel.Screen) (heading, text template.HTML) {
	var b strings.Builder
	blocks := markup.Parse(screen.Text)
	for i, block := range blocks {
		if block.List {
			b.WriteString("<ul>")
			for _, line := range block.Lines {
				b.WriteString("<li>" + p.line(screen.Language, line) + "</li>")
			}
			b.WriteString("</ul>\n")
			continue
		}
		open := false
		for j, line := range block.Lines {
			last := j == len(block.Lines)-1
			first := i+j == 0
			switch {
			case first && (screen.Neutral || isHeading(line)):
				heading = template.HTML(p.line(screen.Language, plainly(line)))
				continue
			case !open && isHeading(line) && !(last && i == len(blocks)-1):
				b.WriteString("<h2>" + p.line(screen.Language, plainly(line)) + "</h2>\n")
				continue
			case open:
				b.WriteString("<br>")
			default:
				b.WriteString("<p>")
			}
			open = true
			b.WriteString(p.line(screen.Language, line))
		}
		if open {
			b.WriteString("</p>\n")
		}
	}
	return heading, template.HTML(b.String())
}

// maxHeading is how many characters a heading may have; what is longer is text that somebody stressed.
const maxHeading = 100

func isHeading(line markup.Line) bool {
	strong, n := false, 0
	for _, s := range line {
		if s.Kind == markup.Plain && strings.TrimSpace(s.Text) != "" {
			return false
		}
		strong = strong || s.Kind == markup.Strong
		n += utf8.RuneCountInString(s.Text)
	}
	return strong && n <= maxHeading
}

// plainly leaves out the stress, which a heading has by itself.
func plainly(line markup.Line) markup.Line {
	out := make(markup.Line, len(line))
	for i, s := range line {
		if s.Kind == markup.Strong {
			s.Kind = markup.Plain
		}
		out[i] = s
	}
	return out
}

func (p *page) line(tag string, line markup.Line) string {
	var b strings.Builder
	for _, s := range line {
		switch s.Kind {
		case markup.Strong:
			b.WriteString("<strong>" + string(p.words(tag, s.Text)) + "</strong>")
		case markup.Isolate, markup.Named:
			run := string(feed.Label(markup.LRI + s.Text + markup.PDI))
			if n := markup.Dial(s.Text); s.Kind == markup.Isolate && len(strings.TrimPrefix(n, "+")) > 1 {
				name := html.EscapeString(p.loc.Text("web.call", "number", s.Text))
				run = `<a href="tel:` + n + `" aria-label="` + name + `">` + run + "</a>"
			}
			b.WriteString(run)
		default:
			b.WriteString(string(p.words(tag, s.Text)))
		}
	}
	return b.String()
}

// words writes plain words. On a screen that asks for the language, and on buttons that name a country also in its own, the same
// words stand side by side in several: each keeps its own direction, and says its language where its script leaves no doubt.
func (p *page) words(tag, text string) template.HTML {
	if tag != undetermined || !strings.Contains(text, between) {
		if strings.ContainsAny(text, markup.LRI+markup.FSI) {
			return feed.Label(text)
		}
		return template.HTML(html.EscapeString(strings.ToValidUTF8(text, "\ufffd")))
	}
	var parts []string
	for word := range strings.SplitSeq(text, between) {
		open := "<bdi>"
		if l := p.only(word); l != nil && l.Tag != p.Lang {
			open = `<bdi lang="` + l.Tag + `" dir="` + l.Direction + `">`
		}
		parts = append(parts, open+html.EscapeString(word)+"</bdi>")
	}
	return template.HTML("<span>" + strings.Join(parts, between) + "</span>")
}

// undetermined is the language of a screen that asks for one (BCP 47).
const undetermined = "und"

var scripts = map[string]*unicode.RangeTable{"Arab": unicode.Arabic, "Cyrl": unicode.Cyrillic, "Latn": unicode.Latin, "Geor": unicode.Georgian, "Grek": unicode.Greek, "Hebr": unicode.Hebrew}

// only gives the language whose script these words are in, where there is just one.
func (p *page) only(words string) *catalog.Language {
	var found *catalog.Language
	for _, l := range p.Catalog.Languages {
		script := scripts[l.Script]
		if script == nil || !strings.ContainsFunc(words, func(r rune) bool { return unicode.Is(script, r) }) {
			continue
		}
		if found != nil {
			return nil
		}
		found = l
	}
	return found
}
