package bot

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"beaware/catalog"
	"beaware/channel"
)

// screen is one screen in the making.
type screen struct {
	around
	bot  *Bot
	loc  *catalog.Locale
	s    state
	text strings.Builder
	rows [][]channel.Button
}

func (b *Bot) open(s state, a around) *screen {
	return &screen{around: a, bot: b, loc: b.cat.Locale(s.lang), s: s}
}

// say adds a paragraph: the text of an id, with its placeholders filled.
func (v *screen) say(id string, pairs ...string) { v.write(v.loc.Text(id, pairs...)) }

// ask adds a question that stands alone on its screen, as the heading that it is.
func (v *screen) ask(id string) { v.write("**" + v.loc.Text(id) + "**") }

// write adds a paragraph.
func (v *screen) write(text string) {
	if v.text.Len() > 0 && text != "" {
		v.text.WriteString("\n\n")
	}
	v.text.WriteString(text)
}

// to makes a button that leads to a state.
func (v *screen) to(label string, s state) channel.Button {
	return channel.Button{Label: v.loc.Text(label), Data: s.data()}
}

func (v *screen) row(buttons ...channel.Button) { v.rows = append(v.rows, buttons) }

// pairs sets buttons two by two.
func (v *screen) pairs(buttons []channel.Button) {
	for pair := range slices.Chunk(buttons, 2) {
		v.row(pair...)
	}
}

// done closes a screen with the ways on that every screen has: one step back, the numbers, and out.
func (v *screen) done(back state) channel.Screen {
	var on []channel.Button
	if v.s.place != atStart || v.s.overlay != none {
		on = append(on, v.to("bot.btn_back", back))
	}
	if v.s.place != atHelp {
		help := v.s.fresh(atHelp)
		help.voice = v.s.voice
		on = append(on, v.to("bot.btn_help", help))
	}
	if v.s.place == atStart {
		v.rows = append([][]channel.Button{on}, v.rows...)
	} else {
		v.row(on...)
	}
	v.row(v.to("bot.btn_hide", v.s.under(hidden)), v.to("bot.btn_wipe", v.s.fresh(atWiped)),
		v.to("bot.btn_language", v.s.under(inLanguages)))
	return v.bare()
}

// bare closes a screen as it is.
func (v *screen) bare() channel.Screen {
	l := v.loc.Language
	text := v.text.String()
	if note := v.loc.Text("footnote.kosovo"); v.named(text) && !strings.Contains(text, note) {
		text += "\n\n" + note
	}
	out := channel.Screen{Language: l.Tag, RTL: l.Direction == "rtl", Text: text, Rows: v.rows}
	if v.s.lang != "" {
		out.Resume = v.s.fresh(atStart).data()
	}
	if v.s.inCheck() {
		out.Idle = v.s.fresh(atStart).under(hidden).data()
	}
	return out
}

// named tells whether the screen names Kosovo*.
func (v *screen) named(text string) bool {
	if v.loc.WithFootnote(text) != text {
		return true
	}
	for _, row := range v.rows {
		for _, button := range row {
			if strings.Contains(button.Label, "*") {
				return true
			}
		}
	}
	return false
}

// show draws the screen of a state.
func (b *Bot) show(s state, a around) channel.Screen {
	switch s.overlay {
	case inLanguages:
		return b.languages(s, a)
	case inCountries:
		return b.countries(s, a)
	case hidden:
		return b.neutral(s, a, "bot.hidden", s.under(none))
	}
	switch s.place {
	case atHelp:
		return b.help(s, a)
	case atLine:
		return b.line(s, a)
	case atAbroad:
		return b.abroad(s, a)
	case atCrisis:
		return b.crisis(s, a)
	case atBefore, atSigns, atHow, atResponders:
		return b.guide(s, a)
	case atNeed:
		return b.need(s, a)
	case atAbout, atPrivacy, atRemembered, atForgotten:
		return b.about(s, a)
	case atUnclear, atSent, atEnded:
		return b.reply(s, a)
	case atAway:
		return b.neutral(s, a, "bot.away", s.fresh(atStart))
	case atWiped:
		return b.wiped(s, a)
	case atConsent, atSafe, atNotSafe, atDanger, atWho, atAge, atOffer, atAsk, atStopped:
		return b.selfCheck(s, a)
	}
	return b.start(s.fresh(atStart), a)
}

func (b *Bot) start(s state, a around) channel.Screen {
	v := b.open(s, a)
	v.say("bot.start", "hide", v.loc.Text("bot.btn_hide"))
	b.honest(v)
	v.menu(s.fresh(atStart))
	return v.done(s)
}

// menu offers everything that this service has, but for the numbers, which every screen leads to.
func (v *screen) menu(s state) {
	v.row(v.to("bot.btn_check", s.at(atConsent)))
	v.row(v.to("bot.btn_offer", s.at(atOffer)), v.to("bot.btn_before", s.at(atBefore)))
	v.row(v.to("bot.btn_signs", s.at(atSigns)), v.to("bot.btn_else", s.at(atNeed)))
	v.row(v.to("bot.btn_responders", s.at(atResponders)), v.to("bot.btn_about", s.at(atAbout)))
}

// honest says what an installation has not done yet.
func (b *Bot) honest(v *screen) {
	if b.opts.Sample {
		v.say("bot.sample")
	}
	if b.opts.Drafts {
		v.say("bot.draft")
	}
}

// about says what this is and what is kept, and lets a person choose what is.
func (b *Bot) about(s state, a around) channel.Screen {
	v := b.open(s, a)
	back := s.at(atAbout)
	switch s.place {
	case atRemembered:
		v.say("bot.remembered", "forget", v.loc.Text("bot.btn_forget"))
		v.row(v.to("bot.btn_forget", s.at(atForgotten)))
	case atForgotten:
		v.say("bot.forgotten")
	case atPrivacy:
		b.privacy(v)
	default:
		v.say("about.text", "hide", v.loc.Text("bot.btn_hide"), "wipe", v.loc.Text("bot.btn_wipe"))
		if word := b.safeWord(s.lang); word != "" && a.platform != "web" {
			v.say("about.word", "word", word)
		}
		b.privacy(v)
		b.honest(v)
		back = s.at(atStart)
	}
	out := v.done(back)
	switch s.place {
	case atRemembered:
		out.Keep = channel.Remember
	case atForgotten:
		out.Keep = channel.Forget
	}
	return out
}

func (b *Bot) privacy(v *screen) {
	v.say("about.privacy")
	if v.platform == "telegram" {
		v.say("about.telegram")
	}
	if v.keeps {
		v.row(v.to("bot.btn_remember", v.s.at(atRemembered)), v.to("bot.btn_forget", v.s.at(atForgotten)))
	}
}

// safeWord is the word that deletes the chat, as a person who reads this language would write it.
func (b *Bot) safeWord(lang string) string {
	if safe := b.cat.Words[lang].Safe; len(safe) > 0 {
		return safe[0]
	}
	return ""
}

// reply is one short line to what was not a button, and all buttons.
func (b *Bot) reply(s state, a around) channel.Screen {
	v := b.open(s, a)
	v.say(map[place]string{atUnclear: "bot.typed", atSent: "bot.sent", atEnded: "bot.ended"}[s.place])
	v.menu(s.fresh(atStart))
	return v.done(s.fresh(atStart))
}

// neutral shows a screen that tells nobody what this is.
func (b *Bot) neutral(s state, a around, id string, next state) channel.Screen {
	v := b.open(s, a)
	if s.lang == "" {
		v.write(b.inAll(id))
		v.row(channel.Button{Label: b.label("bot.btn_open"), Data: next.data()})
	} else {
		v.say(id)
		v.row(v.to("bot.btn_open", next))
	}
	out := v.bare()
	out.Neutral = true
	return out
}

// wiped asks the platform to delete everything, and says what only the person can delete.
func (b *Bot) wiped(s state, a around) channel.Screen {
	id := "wipe.anywhere"
	if a.platform == "telegram" || a.platform == "web" {
		id = "wipe." + a.platform
	}
	if s.lang == "" {
		id = "bot.hidden"
	}
	out := b.neutral(s, a, id, s.fresh(atStart))
	out.Wipe, out.Keep, out.Resume = true, channel.Forget, ""
	return out
}

// languages asks in every language at once; each button says the language's own name.
func (b *Bot) languages(s state, a around) channel.Screen {
	v := b.open(s, a)
	var buttons []channel.Button
	for _, l := range b.cat.Languages {
		next := s.under(none)
		next.lang = l.Tag
		buttons = append(buttons, channel.Button{Label: l.Autonym, Data: next.data()})
	}
	v.write(b.inAll("bot.language"))
	v.pairs(buttons)
	if s.lang != "" {
		return v.done(s.under(none))
	}
	v.row(channel.Button{Label: b.label("bot.btn_hide"), Data: s.under(hidden).data()})
	out := v.bare()
	out.Language = undetermined
	return out
}

// inAll gives a short text in all languages, for those whose language is not known yet.
func (b *Bot) inAll(id string) string { return strings.Join(b.words(id), between) }

const (
	between     = " · "
	widestLabel = 40 // characters that a button of a small phone shows on two lines
)

// label gives as many of these words as fit a button.
func (b *Bot) label(id string) string {
	var some []string
	for _, word := range b.words(id) {
		if utf8.RuneCountInString(strings.Join(append(some, word), between)) > widestLabel {
			break
		}
		some = append(some, word)
	}
	return strings.Join(some, between)
}

// words gives a text in all languages, each form once.
func (b *Bot) words(id string) (words []string) {
	for _, l := range b.cat.Languages {
		if word := b.cat.Locale(l.Tag).Text(id); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// group answers where others read along: one line and the way to a private chat.
func (b *Bot) group(e channel.Event) channel.Screen {
	tag, ok := b.cat.Match(e.Languages...)
	if !ok {
		tag = catalog.SourceLanguage
	}
	v := b.open(state{lang: tag}, around{})
	v.say("bot.group")
	if b.opts.PrivateChat != "" {
		v.row(channel.Button{Label: v.loc.Text("bot.btn_private"), URL: b.opts.PrivateChat})
	}
	out := v.bare()
	out.Resume = ""
	return out
}

func number(n int) string { return strconv.Itoa(n) }
