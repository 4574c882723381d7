package bot

import "strings"

// place is where in the conversation a person is.
type place string

const (
	atStart   place = "s"
	atHelp    place = "h"
	atLine    place = "n" // one help line; form holds its id
	atAbroad  place = "b"
	atAbout   place = "a"
	atPrivacy place = "p"

	atOffer      place = "o" // the choice of an offer, before its questions
	atBefore     place = "v"
	atSigns      place = "g" // form holds a form of exploitation, or nothing yet
	atHow        place = "gh"
	atResponders place = "r" // form as for atSigns
	atNeed       place = "e" // form holds what is needed, or nothing yet
	atCrisis     place = "c" // form holds the kind of crisis
	atUnclear    place = "w" // something was written that we do not know
	atSent       place = "m" // something was sent that is no text
	atAway       place = "y" // the answer would come too late
	atEnded      place = "x"
	atWiped      place = "d"
	atRemembered place = "i"
	atForgotten  place = "j"

	atConsent place = "k"
	atSafe    place = "ks"
	atNotSafe place = "kn"
	atDanger  place = "kd"
	atWho     place = "kw"
	atAge     place = "ka"
	atAsk     place = "q" // the next question, the choice of a form, or the result when there is none
	atStopped place = "kx"
)

// overlay is a screen laid over a place; leaving it shows the place again, with nothing lost.
type overlay byte

const (
	none        overlay = 0
	inLanguages overlay = 'L'
	inCountries overlay = 'C'
	hidden      overlay = 'Z'
)

// elsewhere stands for a country that we have no numbers for.
const elsewhere = "--"

// voice says who answers, and about whom. It decides which questions are asked, in which words, and which result is shown.
type voice byte

const (
	nobody     voice = 0
	adult      voice = 'a' // about myself, over 18
	child      voice = 'c' // about myself, under 18 or may be
	other      voice = 'o' // about someone else, whose age was not asked yet
	otherAdult voice = 'A'
	otherChild voice = 'C' // under 18 or may be
)

// young tells that the questions are about someone who is or may be under 18.
func (v voice) young() bool { return v == child || v == otherChild }

// state is all that a button knows. It is never stored: it travels in the
// button's data, at most 64 bytes.
type state struct {
	lang    string // tag
	country string // code, elsewhere, or "" when not chosen
	overlay overlay
	place   place
	page    byte // of a screen with several, '0' first
	voice   voice
	form    string // what is chosen at the place: a form of exploitation, a need, a help line; noForm for none of them
	answers string // one letter for each question answered so far: y, n, u (not sure), s (skip)
	version string // fingerprint of the check that the answers belong to
}

const (
	format   = "1" // first field of all data; another format is another letter
	noForm   = "-"
	maxData  = 64
	fields   = 9
	sep      = "|"
	maxPages = 9
)

// data writes a state for a button: format|language|country|place|page|voice|form|answers|version.
func (s state) data() string {
	var b strings.Builder
	b.Grow(maxData)
	b.WriteString(format)
	b.WriteString(sep)
	b.WriteString(s.lang)
	b.WriteString(sep)
	b.WriteString(s.country)
	b.WriteString(sep)
	if s.overlay != none {
		b.WriteByte(byte(s.overlay))
	}
	b.WriteString(string(s.place))
	b.WriteString(sep)
	if s.page > '0' {
		b.WriteByte(s.page)
	}
	b.WriteString(sep)
	if s.voice != nobody {
		b.WriteByte(byte(s.voice))
	}
	b.WriteString(sep)
	b.WriteString(s.form)
	b.WriteString(sep)
	b.WriteString(s.answers)
	b.WriteString(sep)
	b.WriteString(s.version)
	return b.String()
}

// parse reads a button's data. Whatever was made by hand and could not have come
// from us is refused; what the catalog no longer knows is mended by the caller.
func parse(data string) (s state, ok bool) {
	if len(data) > maxData {
		return s, false
	}
	var f [fields]string
	for i := range f {
		var more bool
		f[i], data, more = strings.Cut(data, sep)
		if more == (i == fields-1) { // too few or too many
			return s, false
		}
	}
	if f[0] != format || f[3] == "" || len(f[4]) > 1 || len(f[5]) > 1 || strings.Trim(f[7], "ynus") != "" {
		return s, false
	}
	s = state{lang: f[1], country: f[2], form: f[6], answers: f[7], version: f[8]}
	switch o := overlay(f[3][0]); o {
	case inLanguages, inCountries, hidden:
		s.overlay, f[3] = o, f[3][1:]
	}
	s.place = place(f[3])
	if f[4] != "" {
		s.page = f[4][0]
	}
	if f[5] != "" {
		s.voice = voice(f[5][0])
	}
	return s, true
}

// at gives the state for a step to another place; the language, the country and who asks go along, nothing else does.
func (s state) at(p place) state {
	return state{lang: s.lang, country: s.country, voice: s.voice, place: p}
}

// choosing gives the state with something chosen at its place.
func (s state) choosing(form string) state {
	s.form, s.page, s.overlay = form, 0, none
	return s
}

// fresh gives the state at a place with nothing known but language and country.
func (s state) fresh(p place) state {
	return state{lang: s.lang, country: s.country, place: p}
}

// under lays an overlay over the state.
func (s state) under(o overlay) state {
	s.overlay = o
	return s
}

// inCheck tells the places of the self-check, where answers stand on the screen.
func (s state) inCheck() bool {
	return strings.HasPrefix(string(s.place), string(atConsent)) || s.place == atAsk
}
