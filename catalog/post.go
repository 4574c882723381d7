package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// PostText is a campaign message as it will be published.
type PostText struct {
	Title, Text, Alt string // markup; Alt describes the photo
	Served           string // the language it is in, which may be another than asked for
	Fallback         bool   // Served is not the language asked for, nor derived from it
	State            State
	Unverified       bool // it shows a number that no office has verified by a test call
}

// HelpLines gives what {help} stands for in a country's posts: one line "- name: number" for each.
// It is empty for a country that is not known or has no help lines.
func (c *Catalog) HelpLines(lang, country string) string {
	x, ok := c.Country(country)
	if !ok {
		return ""
	}
	loc := c.Locale(lang)
	var b strings.Builder
	for _, id := range x.HelpLines {
		name, number := helpLine(loc, c, x, id)
		if number == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("- " + name + ": " + Number(number))
	}
	return b.String()
}

// helpLine gives name and number of a line, which is a hotline's id or a service of the country.
func helpLine(loc *Locale, c *Catalog, x *Country, id string) (name, number string) {
	for _, e := range x.Emergency {
		if e.Service == id && e.Show {
			return loc.Text("emergency." + id), e.Number
		}
	}
	if h, ok := c.Hotline(id); ok && h.Show {
		return loc.Text("hotline." + id + ".name"), h.Number
	}
	return "", ""
}

// Post gives the text of a message in a language, with the help lines of a country,
// following the language's declared fallbacks. Without a country ("") {help} is left out, for checking a text. It carries the footnote on Kosovo* where title or text names it. The
// error says what is missing.
func (c *Catalog) Post(campaign, message, lang, country string) (PostText, error) {
	fail := func(format string, args ...any) (PostText, error) {
		return PostText{}, fmt.Errorf("post %s/%s: %w", campaign, message, fmt.Errorf(format, args...))
	}
	loc, ok := c.locales[lang]
	if !ok {
		return fail("there is no language %s", quote(lang))
	}
	base := "campaign." + campaign + "." + message
	from, ok := c.serving(loc, base)
	if !ok {
		return fail("there is no text in %s nor in its fallbacks %q", lang, loc.Language.Fallback)
	}
	body, served := from.own[base+".text"], from.Language.Tag
	p := PostText{Title: from.Text(base + ".title"), Served: served, Fallback: served != lang, Unverified: c.unverified(body)}
	p.State = min(from.State(base+".title"), body.state)
	if alt := base + ".alt"; from.texts[alt] != nil {
		p.Alt = from.Text(alt)
		p.State = min(p.State, from.texts[alt].state)
	}
	help := ""
	if body.wants("help") && country != "" {
		if help = c.HelpLines(served, country); help == "" {
			return fail("it names help lines, and country %s has none", quote(country))
		}
		p.Unverified = p.Unverified || c.unverifiedHelp(country)
	}
	p.Text = from.footnoted(p.Title, strings.TrimSpace(body.fill(pairs{"help", help})))
	return p, nil
}

// footnoted adds the footnote to a text whose title or body names Kosovo*.
func (l *Locale) footnoted(title, text string) string {
	if namesKosovo(title) && l.texts[footnoteID] != nil {
		text += "\n\n" + l.Text(footnoteID, "country", l.Text("country.XK"))
	}
	return l.WithFootnote(text)
}

// unverified tells whether a text shows a number that was never called for a test.
func (c *Catalog) unverified(m *message) bool {
	return slices.ContainsFunc(names(m.written), func(name string) bool {
		id, ok := strings.CutPrefix(name, numberPrefix)
		return ok && !c.numbers[id].tried
	})
}

func (c *Catalog) unverifiedHelp(country string) bool {
	x, _ := c.Country(country)
	return x != nil && slices.ContainsFunc(x.HelpLines, func(id string) bool {
		service := strings.ToLower(country) + "." + id
		return !c.numbers[id].tried && !c.numbers[service].tried
	})
}

// serving gives the first language that has both title and text: the one asked for, or a declared fallback.
func (c *Catalog) serving(loc *Locale, base string) (*Locale, bool) {
	for _, tag := range append([]string{loc.Language.Tag}, loc.Language.Fallback...) {
		if l, ok := c.locales[tag]; ok && l.Has(base+".title") && l.Has(base+".text") {
			return l, true
		}
	}
	return nil, false
}

// wants tells whether a text has a placeholder of this name.
func (c *compiled) wants(name string) bool {
	for _, p := range c.parts {
		if p.name == name {
			return true
		}
	}
	return false
}
