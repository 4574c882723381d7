package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The name is written with a star that leads to the footnote on UN Security Council resolution 1244. Inflected forms
// share a stem: Kosova, Kosovës, Косову. Languages of the Arabic script join prepositions to the word: بكوسوفو.
const (
	latinStem    = "osov" // after a k of either case, at the start of a word
	cyrillicStem = "осов" // so that кокосово, coconut, is left alone
	belarusian   = "осав" // Косава
)

// stems are all of them; those behind the first afterK stand anywhere in a word: Arabic, Persian, Urdu and Pashto, Kurdish.
var stems = []string{
	latinStem, strings.ToUpper(latinStem), cyrillicStem, strings.ToUpper(cyrillicStem), belarusian, strings.ToUpper(belarusian),
	"كوسوفو", "کوزوو", "کوسوو", "کۆسۆڤۆ",
}

const afterK = 6 // of the stems, so many follow a k at the start of a word

// mention is a place where Kosovo is named.
type mention struct {
	at      int // in bytes
	starred bool
}

// mentions finds the name in any of the scripts that we write it in.
func mentions(s string) []mention {
	var out []mention
	for n, stem := range stems {
		for from := 0; ; {
			i := strings.Index(s[from:], stem)
			if i < 0 {
				break
			}
			start, end := from+i, from+i+len(stem)
			from = end
			if n < afterK {
				if start = wordStart(s, start); start < 0 {
					continue
				}
			}
			out = append(out, mention{start, isStarred(s[end:])})
		}
	}
	return out
}

// wordStart gives the place of the k before a stem, -1 when there is none or when it does not start the word.
func wordStart(s string, stem int) int {
	k, n := utf8.DecodeLastRuneInString(s[:stem])
	if !strings.ContainsRune("kKкК", k) {
		return -1
	}
	if before, _ := utf8.DecodeLastRuneInString(s[:stem-n]); unicode.IsLetter(before) {
		return -1
	}
	return stem - n
}

// isStarred reads the rest of the word and counts the stars behind it: "**" alone ends strong words.
func isStarred(rest string) bool {
	rest = strings.TrimLeftFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) })
	return (len(rest)-len(strings.TrimLeft(rest, "*")))%2 == 1
}

// unstarred gives the places where the name stands without its star.
func unstarred(s string) []int {
	var out []int
	for _, m := range mentions(s) {
		if !m.starred {
			out = append(out, m.at)
		}
	}
	return out
}

// namesKosovo tells whether a text names Kosovo*.
func namesKosovo(s string) bool {
	for _, m := range mentions(s) {
		if m.starred {
			return true
		}
	}
	return false
}

const footnoteID = "footnote.kosovo"

// WithFootnote adds the footnote on Kosovo* (UN Security Council resolution 1244) to a text that names it, as
// a last paragraph, once.
func (l *Locale) WithFootnote(text string) string {
	if _, ok := l.texts[footnoteID]; !ok || !namesKosovo(text) {
		return text
	}
	note := "\n\n" + l.Text(footnoteID, "country", l.Text("country.XK"))
	if strings.HasSuffix(text, note) {
		return text
	}
	// where something was added below the footnote, it moves to the end
	text = strings.Replace(text, note+"\n\n", "\n\n", 1)
	return strings.TrimRight(text, "\n") + note
}
