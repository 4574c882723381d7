package feed

import (
	"html"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"beaware/markup"
)

// HTML renders a text. Any string gives well-formed HTML (and XML) with no tag but p, br, ul, li,
// strong, bdi and a; the only addresses are tel: of phone numbers.
func HTML(text string) template.HTML {
	var b strings.Builder
	for _, block := range markup.Parse(clean(text)) {
		outer, before, between, after := "p", "", "<br/>", ""
		if block.List {
			outer, before, between, after = "ul", "<li>", "", "</li>"
		}
		b.WriteString("<" + outer + ">")
		for i, line := range block.Lines {
			if i > 0 {
				b.WriteString(between)
			}
			b.WriteString(before)
			writeLine(&b, line, true)
			b.WriteString(after)
		}
		b.WriteString("</" + outer + ">\n")
	}
	return template.HTML(b.String())
}

// Label renders a text for a button, a heading or a link: one line, phone numbers isolated but not linked.
func Label(text string) template.HTML {
	var b strings.Builder
	for i, block := range markup.Parse(clean(text)) {
		for j, line := range block.Lines {
			if i+j > 0 {
				b.WriteByte(' ')
			}
			writeLine(&b, line, false)
		}
	}
	return template.HTML(b.String())
}

// longRun is when a run no longer fits a line of a small phone, so that it may be broken.
const longRun = 28

// writeLine isolates numbers in every language: a left-to-right page may quote them in right-to-left text.
func writeLine(b *strings.Builder, line markup.Line, linked bool) {
	for _, s := range line {
		text := html.EscapeString(s.Text)
		switch s.Kind {
		case markup.Strong:
			b.WriteString("<strong>" + text + "</strong>")
		case markup.Isolate, markup.Named:
			class := "num"
			if utf8.RuneCountInString(s.Text) > longRun {
				class = "num long"
			}
			run := `<bdi dir="ltr" class="` + class + `">` + text + "</bdi>"
			if n := markup.Dial(s.Text); linked && s.Kind == markup.Isolate && len(strings.TrimPrefix(n, "+")) > 1 {
				run = `<a href="tel:` + n + `">` + run + "</a>"
			}
			b.WriteString(run)
		default:
			b.WriteString(text)
		}
	}
}

// content is a post as feed readers get it: they show it far from our style sheet
// and page, so it says language and direction itself and has full addresses.
func content(base string, it Item) string {
	var b strings.Builder
	b.WriteString(`<div lang="` + attr(it.Language) + `" dir="` + it.Dir() + `">`)
	if it.Photo != nil {
		b.WriteString(`<p><img src="` + attr(base+it.PhotoPath()) + `" alt="` + attr(Plain(it.Photo.Alt, it.RTL)) + `"/></p>`)
	}
	b.WriteString(string(HTML(it.Text)))
	for _, l := range it.Links {
		if u, ok := SafeURL(l.URL); ok {
			b.WriteString(`<p><a href="` + attr(string(u)) + `">` + string(Label(l.Label)) + "</a></p>")
		}
	}
	b.WriteString("</div>")
	return b.String()
}

// SafeURL tells whether an address may be a link: of the web, of a phone, or of a mail or messenger program.
func SafeURL(s string) (template.URL, bool) {
	scheme, _, ok := strings.Cut(s, ":")
	if ok && slices.Contains([]string{"https", "http", "tel", "mailto", "tg", "sms"}, strings.ToLower(scheme)) {
		return template.URL(clean(s)), true
	}
	return "", false
}

// Plain is a text in one line for places that know no HTML: titles, alternative texts.
func Plain(text string, rtl bool) string {
	return strings.Join(strings.Fields(markup.Text(clean(text), rtl)), " ")
}

func attr(s string) string { return html.EscapeString(clean(s)) }

// clean replaces what XML 1.0 (section 2.2) forbids even when escaped, and bytes that are not UTF-8.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r', r >= 0x20 && r < 0xFFFE, r > 0xFFFF && r <= utf8.MaxRune:
			return r
		}
		return utf8.RuneError
	}, s)
}
