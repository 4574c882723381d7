package bot

import (
	"slices"
	"strconv"
	"strings"

	"beaware/catalog"
	"beaware/channel"
)

// screen is one screen in the making.
type screen struct {
	loc  *catalog.Locale
	s    state
	text strings.Builder
	rows [][]channel.Button
}

func (b *Bot) open(s state) *screen { return &screen{loc: b.cat.Locale(s.lang), s: s} }

func (v *screen) say(ids ...string) {
	for _, id := range ids {
		paragraph(&v.text, v.loc.Text(id))
	}
}

// to makes a button that leads to a state.
func (v *screen) to(label string, s state) channel.Button {
	return channel.Button{Label: v.loc.Text(label), Data: s.data()}
}

func (v *screen) row(buttons ...channel.Button) { v.rows = append(v.rows, buttons) }

// pairs sets buttons two by two.
func (v *screen) pairs(buttons []channel.Button) {
	for len(buttons) > 1 {
		v.row(buttons[0], buttons[1])
		buttons = buttons[2:]
	}
	if len(buttons) == 1 {
		v.row(buttons[0])
	}
}

// done closes a screen with the ways out that every screen has.
func (v *screen) done() channel.Screen {
	last := []channel.Button{v.to("bot.btn_hide", v.s.under(hidden)), v.to("bot.btn_language", v.s.under(inLanguages))}
	if v.s.place != atStart || v.s.overlay != none {
		last = append([]channel.Button{v.to("bot.btn_start", v.s.fresh(atStart))}, last...)
	}
	v.row(last...)
	return v.bare()
}

// bare closes a screen as it is.
func (v *screen) bare() channel.Screen {
	l := v.loc.Language
	text := v.text.String()
	if note := v.loc.Text("footnote.kosovo"); v.named() && !strings.Contains(text, note) {
		text += "\n\n" + note
	}
	return channel.Screen{Language: l.Tag, RTL: l.Direction == "rtl", Text: text, Rows: v.rows}
}

// named tells whether a button names Kosovo*; texts that do carry their footnote already.
func (v *screen) named() bool {
	for _, row := range v.rows {
		for _, button := range row {
			if strings.HasSuffix(button.Label, "*") {
				return true
			}
		}
	}
	return false
}

// show draws the screen of a state.
func (b *Bot) show(s state) channel.Screen {
	switch s.overlay {
	case inLanguages:
		return b.languages(s)
	case inCountries:
		return b.countries(s)
	case hidden:
		v := b.open(s)
		v.say("bot.hidden")
		v.row(v.to("bot.btn_open", s.under(none)))
		out := v.bare()
		out.Neutral = true
		return out
	}
	switch s.place {
	case atHelp:
		return b.help(s)
	case atAbout:
		return b.about(s)
	case atPrivacy:
		v := b.open(s)
		v.say("about.privacy")
		return v.done()
	case atTyped:
		v := b.open(s)
		v.say("bot.typed")
		v.row(v.to("bot.btn_help", s.at(atHelp)))
		return v.done()
	case atConsent, atSafe, atNotSafe, atDanger, atAge, atForm, atAsk, atStopped:
		return b.selfCheck(s)
	}
	return b.start(s.fresh(atStart))
}

func (b *Bot) start(s state) channel.Screen {
	v := b.open(s)
	paragraph(&v.text, v.loc.Text("bot.start", "hide", v.loc.Text("bot.btn_hide")))
	if b.opts.Sample {
		v.say("bot.sample")
	}
	if b.opts.Drafts {
		v.say("bot.draft")
	}
	v.row(v.to("bot.btn_help", s.at(atHelp)))
	v.row(v.to("bot.btn_check", s.at(atConsent)))
	v.row(v.to("bot.btn_country", s.at(atHelp).under(inCountries)), v.to("bot.btn_about", s.at(atAbout)))
	return v.done()
}

func (b *Bot) about(s state) channel.Screen {
	v := b.open(s)
	paragraph(&v.text, v.loc.Text("about.text", "hide", v.loc.Text("bot.btn_hide")))
	v.say("about.privacy")
	if b.opts.Sample {
		v.say("bot.sample")
	}
	if b.opts.Drafts {
		v.say("bot.draft")
	}
	return v.done()
}

// languages asks in every language at once; each button says the language's own name.
func (b *Bot) languages(s state) channel.Screen {
	v := b.open(s)
	var buttons []channel.Button
	for _, l := range b.cat.Languages {
		next := s.under(none)
		next.lang = l.Tag
		buttons = append(buttons, channel.Button{Label: l.Autonym, Data: next.data()})
	}
	paragraph(&v.text, b.inAll("bot.language"))
	v.pairs(buttons)
	if s.lang != "" {
		v.row(v.to("bot.btn_hide", s.under(hidden)))
		return v.bare()
	}
	v.row(channel.Button{Label: b.inAll("bot.btn_hide"), Data: s.under(hidden).data()})
	out := v.bare()
	out.Language = undetermined
	return out
}

// inAll gives a short text in all languages, for those whose language is not known yet.
func (b *Bot) inAll(id string) string {
	var words []string
	for _, l := range b.cat.Languages {
		if word := b.cat.Locale(l.Tag).Text(id); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, " · ")
}

func (b *Bot) countries(s state) channel.Screen {
	v := b.open(s)
	v.say("bot.country")
	var buttons []channel.Button
	for _, c := range b.cat.Countries {
		next := s.under(none)
		next.country, next.page = c.Code, 0
		buttons = append(buttons, v.to("country."+c.Code, next))
	}
	next := s.under(none)
	next.country, next.page = elsewhere, 0
	v.pairs(append(buttons, v.to("bot.country_other", next)))
	return v.done()
}

// help shows the numbers of the person's country, and asks for the country only where none is known.
func (b *Bot) help(s state) channel.Screen {
	if s.country == "" {
		return b.countries(s.under(inCountries))
	}
	v := b.open(s)
	pages := b.pages[pageKey{s.lang, s.country, s.age == child}]
	n := 0
	if s.page > '0' && s.page <= '9' {
		n = int(s.page - '0')
	}
	if n >= len(pages) {
		n = 0
	}
	if len(pages) == 0 {
		v.say("bot.country_none")
	} else {
		paragraph(&v.text, pages[n])
		if b.opts.Sample {
			v.say("bot.sample")
		}
	}
	if len(pages) > 1 {
		more := s
		more.page = '0' + byte((n+1)%len(pages))
		v.row(v.to("bot.btn_more", more))
	}
	v.row(v.to("bot.btn_country", s.under(inCountries)))
	return v.done()
}

// group answers where others read along: one line and the way to a private chat.
func (b *Bot) group(e channel.Event) channel.Screen {
	tag, ok := b.cat.Match(e.Languages...)
	if !ok {
		tag = catalog.SourceLanguage
	}
	v := b.open(state{lang: tag})
	v.say("bot.group")
	if b.opts.PrivateChat != "" {
		v.row(channel.Button{Label: v.loc.Text("bot.btn_private"), URL: b.opts.PrivateChat})
	}
	return v.bare()
}

func number(n int) string { return strconv.Itoa(n) }
