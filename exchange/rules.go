package exchange

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"beaware/catalog"
)

// The rules that only a change can break, or that must be said of a row. Everything else the catalog says, when it
// reads the files as they would be.

var placeholderForm = regexp.MustCompile(`\{[^{}\n]*\}`)

// placeholders gives what stands in braces, each once, in order.
func placeholders(text string) (names []string) {
	for _, name := range placeholderForm.FindAllString(text, -1) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// broken says what is wrong with a new text, "" when nothing is.
func broken(r Row, text string, limit int, l *catalog.Language) string {
	for _, fault := range []string{
		lostPlaceholder(r, text), tooLong(text, limit), unpaired(text), isolates(text), control(text), otherScript(r, text, l),
	} {
		if fault != "" {
			return fault
		}
	}
	return ""
}

// lostPlaceholder holds the placeholders against the source. "One message" may do without {count}.
func lostPlaceholder(r Row, text string) string {
	want, have := placeholders(r.Source), placeholders(text)
	for _, p := range want {
		few := r.Form == "zero" || r.Form == "one" || r.Form == "two"
		if !slices.Contains(have, p) && !(few && p == "{count}") {
			return fmt.Sprintf("the placeholder %s is lost; the source has %s", p, strings.Join(want, " "))
		}
	}
	for _, p := range have {
		if strings.HasPrefix(p, "{number:") && strings.HasPrefix(r.Area, "campaigns/") {
			continue // an office may name a number of its own; the catalog knows which there are
		}
		if !slices.Contains(want, p) {
			return fmt.Sprintf("the placeholder %s is unknown; the source has %s", p, orNone(want))
		}
	}
	return ""
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, " ")
}

func tooLong(text string, limit int) string {
	if n := len(utf16.Encode([]rune(text))); limit > 0 && n > limit {
		return fmt.Sprintf("is too long: %d characters, at most %d are allowed", n, limit)
	}
	return ""
}

// unpaired finds a "**" that opens or closes nothing: a pair stands on one line.
func unpaired(text string) string {
	for line := range strings.Lines(text) {
		if strings.Count(line, "**")%2 != 0 {
			return fmt.Sprintf("** stands alone in %q; it must stand before and after strong words on the same line", short(line))
		}
	}
	return ""
}

// isolates finds direction marks that do not close what they open.
func isolates(text string) string {
	for line := range strings.Lines(text) {
		open := 0
		for _, r := range line {
			switch {
			case r >= '\u202a' && r <= '\u202e':
				return fmt.Sprintf("holds the direction mark U+%04X; the program sets the marks round numbers itself", r)
			case r >= '\u2066' && r <= '\u2068':
				open++
			case r == '\u2069':
				open--
			}
			if open < 0 {
				break
			}
		}
		if open != 0 {
			return fmt.Sprintf("the isolate marks (U+2066 to U+2069) in %q are not in pairs", short(line))
		}
	}
	return ""
}

func control(text string) string {
	for _, r := range text {
		if r != '\n' && (r < ' ' || r == 0x7f || r == unicode.ReplacementChar) {
			return fmt.Sprintf("holds the character U+%04X, which no text may hold", r)
		}
	}
	return ""
}

// otherScript finds a text of some length without one letter of the language's script. Names of organisations are short.
func otherScript(r Row, text string, l *catalog.Language) string {
	const enough = 20
	in, ok := scripts[l.Script]
	if !ok {
		return ""
	}
	letters := 0
	for _, c := range placeholderForm.ReplaceAllString(text, "") {
		if !unicode.IsLetter(c) {
			continue
		}
		if unicode.In(c, in...) {
			return ""
		}
		letters++
	}
	if letters < enough || strings.Contains(text, "://") || text == r.Text {
		return ""
	}
	return fmt.Sprintf("is not in %s: it has no letter of the script %s", l.Autonym, l.Script)
}

// scripts gives the letters of ISO 15924 scripts.
var scripts = map[string][]*unicode.RangeTable{
	"Latn": {unicode.Latin}, "Cyrl": {unicode.Cyrillic}, "Arab": {unicode.Arabic}, "Grek": {unicode.Greek},
	"Geor": {unicode.Georgian}, "Armn": {unicode.Armenian}, "Hebr": {unicode.Hebrew}, "Beng": {unicode.Bengali},
	"Deva": {unicode.Devanagari}, "Ethi": {unicode.Ethiopic}, "Thai": {unicode.Thai}, "Mymr": {unicode.Myanmar},
	"Khmr": {unicode.Khmer}, "Taml": {unicode.Tamil}, "Sinh": {unicode.Sinhala}, "Guru": {unicode.Gurmukhi},
	"Hans": {unicode.Han}, "Hant": {unicode.Han}, "Jpan": {unicode.Han, unicode.Hiragana, unicode.Katakana}, "Kore": {unicode.Hangul, unicode.Han},
}

// short is a piece of a text for staff to find it by.
func short(s string) string {
	const most = 60
	if r := []rune(strings.TrimSpace(s)); len(r) > most {
		return string(r[:most]) + "..."
	}
	return strings.TrimSpace(s)
}
