package catalog

import (
	"strings"
	"unicode"
)

// serbian is the one-to-one correspondence of the two Serbian alphabets.
var serbian = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'ђ': "đ", 'е': "e", 'ж': "ž", 'з': "z", 'и': "i",
	'ј': "j", 'к': "k", 'л': "l", 'љ': "lj", 'м': "m", 'н': "n", 'њ': "nj", 'о': "o", 'п': "p", 'р': "r",
	'с': "s", 'т': "t", 'ћ': "ć", 'у': "u", 'ф': "f", 'х': "h", 'ц': "c", 'ч': "č", 'џ': "dž", 'ш': "š",
}

// latin writes Serbian Cyrillic in Latin letters. Everything else is left alone, and so
// are placeholders and isolated runs.
func latin(s string) string {
	runes := []rune(s)
	var b strings.Builder
	b.Grow(len(s))
	var until rune // the end of a run that is left alone
	for i, r := range runes {
		switch {
		case until != 0:
			if r == until {
				until = 0
			}
			b.WriteRune(r)
			continue
		case r == '{':
			until = '}'
		case r == '\u2066' || r == '\u2068':
			until = '\u2069'
		}
		low := unicode.ToLower(r)
		to, ok := serbian[low]
		switch {
		case !ok:
			b.WriteRune(r)
		case low == r:
			b.WriteString(to)
		case len([]rune(to)) == 1 || allCaps(runes, i):
			b.WriteString(strings.ToUpper(to))
		default: // Њ at the start of a word: Nj
			first := []rune(to)
			b.WriteRune(unicode.ToUpper(first[0]))
			b.WriteString(string(first[1:]))
		}
	}
	return b.String()
}

// allCaps tells whether the letter stands in a word of capitals: its neighbour decides.
func allCaps(runes []rune, i int) bool {
	if i+1 < len(runes) && unicode.IsLetter(runes[i+1]) {
		return unicode.IsUpper(runes[i+1])
	}
	return i > 0 && unicode.IsUpper(runes[i-1])
}
