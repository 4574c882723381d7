package catalog

import (
	"strconv"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// Locale is the texts of one language. Safe for concurrent use.
//
// Ids: what the bot and the pages say has the id it has in locales/*.toml ("bot.start");
// names and notes of hotlines are "hotline.<id>.name" and "hotline.<id>.note" (from content/hotlines/texts);
// the wording of checks is "check.<id>.…" (from content/checks); campaign messages are
// "campaign.<campaign>.<message>.title", ".text" and ".alt".
type Locale struct {
	Language *Language

	own   map[string]*message // the language's own texts, and those derived for it
	texts map[string]*message // these, and what its fallbacks have beside them
}

// message is one text in one language, ready to be filled.
type message struct {
	compiled
	written string // as authored, which reviews are bound to; of a derived text, the one it is derived from
	pos     Pos
	state   State
	tag     string          // the language it is in
	plural  *i18n.Localizer // chooses the form; nil for a plain text
	parser  parser
}

// Text gives a text with its placeholders filled from pairs: Text("card.checked", "date", d).
// A text that this language lacks comes from its declared fallbacks. An id that no language has
// gives the id itself, never an empty string and never a panic.
func (l *Locale) Text(id string, pairs ...string) string {
	m, ok := l.texts[id]
	if !ok {
		return id
	}
	return m.fill(pairs)
}

// Has tells whether this language itself, or the one it is derived from, has the text.
func (l *Locale) Has(id string) bool {
	_, ok := l.own[id]
	return ok
}

// Count gives a text in the plural form for n, which also fills {count}.
func (l *Locale) Count(id string, n int, values ...string) string {
	m, ok := l.texts[id]
	if !ok {
		return id
	}
	all := append(pairs{"count", strconv.Itoa(n)}, values...)
	if m.plural == nil {
		return m.fill(all)
	}
	s, err := m.plural.Localize(&i18n.LocalizeConfig{MessageID: id, PluralCount: n, TemplateData: all, TemplateParser: m.parser})
	if s == "" || err != nil {
		return m.fill(all) // the form "other", which every text has
	}
	return s
}

// Written gives a text as its authors wrote it, with its placeholders; a plural text
// with all forms. A review binds to its TextHash. ok is false where Has is.
func (l *Locale) Written(id string) (text string, ok bool) {
	m, ok := l.own[id]
	if !ok {
		return "", false
	}
	return m.written, true
}

// State tells how far a text of this language has come; a derived text is as far as the one it is derived from.
func (l *Locale) State(id string) State {
	if m, ok := l.own[id]; ok {
		return m.state
	}
	return Missing
}

// Pos gives the place of a text in the content files, for findings; the zero Pos for an unknown id.
func (l *Locale) Pos(id string) Pos {
	if m, ok := l.texts[id]; ok {
		return m.pos
	}
	return Pos{}
}

// Number marks a phone number (or a date, a time, a web address) so that it is shown left to right and unbroken in every
// language: it is set between U+2066 and U+2069, and its spaces become U+00A0. Renderers drop the two marks in left-to-right text.
func Number(s string) string {
	s = strings.TrimSpace(isolates.Replace(s))
	if s == "" {
		return ""
	}
	return "\u2066" + s + "\u2069"
}

// Unreachable marks a number that is only named, because it reaches nobody here: isolated as Number does, but never
// offered to be dialled. It is set between U+2068 and U+2069.
func Unreachable(s string) string {
	if s = strings.TrimSpace(isolates.Replace(s)); s == "" {
		return ""
	}
	return "\u2068" + s + "\u2069"
}

// isolates takes marks that are there already off, so that they are never doubled.
var isolates = strings.NewReplacer("\u2066", "", "\u2068", "", "\u2069", "", " ", "\u00a0")
