package bot

import "strings"

// place is where in the conversation a person is.
type place string

const (
	atStart   place = "s"
	atHelp    place = "h"
	atAbout   place = "a"
	atPrivacy place = "p"
	atTyped   place = "w" // something was written, and we read buttons only

	atConsent place = "k"
	atSafe    place = "ks"
	atNotSafe place = "kn"
	atDanger  place = "kd"
	atAge     place = "ka"
	atForm    place = "kf"
	atAsk     place = "q" // the next question, or the result when there is none
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

// state is all that a button knows. It is never stored: it travels in the
// button's data, at most 64 bytes.
type state struct {
	lang    string // tag
	country string // code, elsewhere, or "" when not chosen
	overlay overlay
	place   place
	page    byte   // of the help screen, '0' first
	age     byte   // 'a' over 18, 'c' under 18 or may be, 0 not asked
	form    string // id of the chosen form, noForm, or ""
	answers string // one letter for each question answered so far: y, n, u (not sure), s (skip)
	version string // fingerprint of the check that the answers belong to
}

const (
	format   = "1" // first field of all data; another format is another letter
	noForm   = "-"
	maxData  = 64
	fields   = 9
	sep      = "|"
	adult    = 'a'
	child    = 'c'
	maxPages = 9
)

// data writes a state for a button: format|language|country|place|page|age|form|answers|version.
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
	if s.age != 0 {
		b.WriteByte(s.age)
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
		s.age = f[5][0]
	}
	return s, true
}

// at gives the state for a step to another place, without what belongs to the place left behind.
func (s state) at(p place) state {
	s.overlay, s.place, s.page = none, p, 0
	return s
}

// fresh gives the state at a place with no answers, the language and country kept.
func (s state) fresh(p place) state {
	return state{lang: s.lang, country: s.country, place: p}
}

// under lays an overlay over the state.
func (s state) under(o overlay) state {
	s.overlay = o
	return s
}
