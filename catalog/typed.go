package catalog

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A number that is typed into a text escapes every check of numbers, so it is an Error. Years, dates
// and times of day are not phone numbers, nor are small counts such as "under 18", "24/7" or "15-24".

// group is a run of digits inside a longer run, with the separators after it.
type group struct {
	digits string // as ASCII
	after  string
}

// typedNumbers reports the phone numbers in a text.
func (ld *loader) typedNumbers(id, s string, at func(int) Pos) {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if digit(r) < 0 {
			i += n
			continue
		}
		groups, end := digitRun(s[i:])
		shown := s[i : i+end]
		if !inAddress(s, i) {
			ld.typedNumber(id, shown, groups, func() Pos { return at(i) })
		}
		i += end
	}
}

func (ld *loader) typedNumber(id, shown string, groups []group, at func() Pos) {
	if id == footnoteID && slices.ContainsFunc(groups, func(g group) bool { return g.digits == "1244" }) {
		return // the number of the resolution
	}
	ref, known := ld.known[digitsOf(shown)]
	for i := 0; i < len(groups) && !known; i++ {
		ref, known = ld.known[groups[i].digits]
	}
	switch {
	case known:
		ld.add(Error, at(), "the number %s is typed into the text; write {number:%s}, so that it stands in one place only", quote(shown), ref)
	case looksDialled(groups):
		ld.add(Error, at(), "%s looks like a phone number typed into the text; write {number:id} for a number of %s, or write a count in words", quote(shown), hotlinesFolder)
	}
}

// digitRun reads digits and what may part them in a phone number, from a first digit on.
func digitRun(s string) (groups []group, end int) {
	var digits []byte
	gap := 0
	for i, r := range s {
		if d := digit(r); d >= 0 {
			if gap > 0 {
				groups = append(groups, group{string(digits), s[end:i]})
				digits, gap = digits[:0], 0
			}
			digits = append(digits, byte('0'+d))
			end = i + utf8.RuneLen(r)
			continue
		}
		if gap++; gap > 3 || !strings.ContainsRune(" \u00a0\u202f()-–/.,:+\u2066\u2068\u2069", r) {
			break
		}
	}
	return append(groups, group{string(digits), ""}), end
}

// looksDialled tells a phone number from dates, times, years and counts.
func looksDialled(groups []group) bool {
	if thousands(groups) {
		return false
	}
	total, longest := 0, 0
	for i := 0; i < len(groups); {
		if n := calendar(groups[i:]); n > 0 {
			i += n
			continue
		}
		total += len(groups[i].digits)
		longest = max(longest, len(groups[i].digits))
		i++
	}
	return longest >= 3 || total >= 7
}

// calendar gives how many groups from here are a time of day, a date or a year; 0 for none.
func calendar(g []group) int {
	short := func(i int) bool { return i < len(g) && len(g[i].digits) <= 2 }
	parted := func(i int) bool { return strings.Trim(g[i].after, " \u00a0") != "" }
	switch {
	case len(g) > 1 && short(0) && g[0].after == ":" && len(g[1].digits) == 2:
		return 2
	case len(g) > 2 && short(0) && short(1) && year(g[2]) && parted(0) && parted(1):
		return 3
	case len(g) > 2 && year(g[0]) && short(1) && short(2) && parted(0) && parted(1):
		return 3
	case year(g[0]):
		return 1
	}
	return 0
}

func year(g group) bool {
	return len(g.digits) == 4 && g.digits >= "1900" && g.digits <= "2100"
}

// thousands tells a count such as "25,000".
func thousands(groups []group) bool {
	for i, g := range groups {
		if i > 0 && len(g.digits) != 3 || i < len(groups)-1 && g.after != "," {
			return false
		}
	}
	return len(groups) > 1
}

// inAddress tells whether a place is inside a web address.
func inAddress(s string, i int) bool {
	const longest = 300
	before := s[max(0, i-longest):i]
	return strings.Contains(before[strings.LastIndexFunc(before, unicode.IsSpace)+1:], "://")
}

// digit gives the value of a decimal digit of any script, -1 for what is none.
func digit(r rune) int {
	if r < 0x80 {
		if r >= '0' && r <= '9' {
			return int(r - '0')
		}
		return -1
	}
	// Unicode keeps the digits of a script together, from zero to nine.
	for _, x := range unicode.Nd.R16 {
		if r >= rune(x.Lo) && r <= rune(x.Hi) {
			return int(r-rune(x.Lo)) % 10
		}
	}
	for _, x := range unicode.Nd.R32 {
		if r >= rune(x.Lo) && r <= rune(x.Hi) {
			return int(r-rune(x.Lo)) % 10
		}
	}
	return -1
}

// digitsOf gives only the digits of a number, as ASCII.
func digitsOf(s string) string {
	var b strings.Builder
	for _, r := range s {
		if d := digit(r); d >= 0 {
			b.WriteByte(byte('0' + d))
		}
	}
	return b.String()
}
