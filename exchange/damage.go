package exchange

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// verdict is what became of one text on its way.
type verdict struct {
	text     string // as it is to be
	restored string // what was put right, "" for nothing worth a word
	doubt    string // taken, but somebody should look
	refused  string // why it is not taken
}

// judgeText tells what a person wrote from what programs did. was is the text as it is now, and same tells that it
// is still what was exported; only then can a difference be called damage.
func judgeText(r Row, was string, same bool, source string) verdict {
	text := lineEnds(r.Text)
	if text == was {
		return verdict{text: was}
	}
	if r.broken != "" {
		return verdict{refused: r.broken + lostOf(was)}
	}
	if why := lostLetters(text, was); why != "" {
		return verdict{refused: why}
	}
	if same {
		if v, ok := harmless(text, was); ok {
			return v
		}
		if zerosLost(text, was) {
			return verdict{refused: fmt.Sprintf("a spreadsheet program took off leading zeros or signs: it says %q now", text) + lostOf(was)}
		}
		if computed.MatchString(text) && !computed.MatchString(was) && strings.ContainsAny(was[:min(1, len(was))], "=+-@") {
			return verdict{refused: fmt.Sprintf("a spreadsheet program took the text for a formula: it says %q now", text) + lostOf(was)}
		}
	}
	v := verdict{text: norm.NFC.String(text)}
	if bare := strings.TrimSpace(v.text); bare != v.text && (strings.Contains(v.text, "\n") || strings.TrimSpace(source) == source) {
		v.text, v.restored = bare, "spaces at its ends were taken off"
	}
	if same && straight(v.text) == straight(was) {
		v.doubt = "only quotes, apostrophes or dashes differ, which spreadsheet programs change by themselves"
	}
	return v
}

func lostOf(was string) string {
	if was == "" {
		return ""
	}
	return fmt.Sprintf("; it was %q", short(was))
}

// harmless finds differences that no person meant and that can be put right.
func harmless(text, was string) (v verdict, ok bool) {
	switch {
	case norm.NFC.String(text) == norm.NFC.String(was), spaces(text) == spaces(was):
		return verdict{text: was}, true
	case seen(text) == seen(was):
		return verdict{text: was, restored: "invisible marks that were lost are kept (such as U+200F, U+2066 or a zero-width non-joiner)"}, true
	}
	return verdict{}, false
}

// spaces takes off what stands at the ends of lines.
func spaces(s string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSpace(s), "\n") {
		b.WriteString(strings.TrimRight(line, " \t\u00a0") + "\n")
	}
	return norm.NFC.String(b.String())
}

// seen is a text without what nobody sees.
func seen(s string) string {
	return spaces(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || r >= '\ufe00' && r <= '\ufe0f' {
			return -1
		}
		return r
	}, s))
}

// zerosLost tells a number whose zeros or plus sign in front are gone.
func zerosLost(text, was string) bool {
	number := func(s string) string { return strings.TrimLeft(s, "0") }
	was = strings.TrimLeft(was, "+' ")
	return text != "" && len(text) <= len(was) && number(text) == number(was) && strings.Trim(text, "0123456789") == "" && strings.Trim(was, "0123456789") == ""
}

// computed is what becomes of a text that was taken for a formula: a number, or the name of an error.
var computed = regexp.MustCompile(`^([+-]?[0-9.,]+|#[A-Z/0!?]+|Err:[0-9]+)$`)

// straight makes one of all quotes and dashes that programs make "smart".
func straight(s string) string { return smart.Replace(s) }

var smart = strings.NewReplacer(
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'", "‚", "'", "‛", "'", "‹", "'", "›", "'",
	"–", "-", "—", "-", "‑", "-", "…", "...", "''", `"`, "--", "-",
)

// lostLetters recognises a changed encoding: UTF-8 read as another ("Ã¡"), or letters that became question marks.
func lostLetters(text, was string) string {
	if meant, ok := mojibake(text); ok {
		return fmt.Sprintf("letters are damaged by a changed encoding: %q was probably %q; open the file as UTF-8", short(text), short(meant))
	}
	if strings.ContainsRune(text, unicode.ReplacementChar) {
		return fmt.Sprintf("letters are lost by a changed encoding (%q)", short(text))
	}
	if strings.Count(text, "?") > strings.Count(was, "?") && text == questioned(was) {
		return "letters became question marks by a changed encoding" + lostOf(was)
	}
	return ""
}

// questioned is a text as a program of one byte a letter saves it.
func questioned(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return r
		}
		return '?'
	}, s)
}

// mojibake undoes the reading of UTF-8 as a Windows or Macintosh code page, where that gives better letters.
func mojibake(text string) (meant string, ok bool) {
	for _, page := range []*charmap.Charmap{charmap.Windows1252, charmap.Windows1250, charmap.Windows1251, charmap.Macintosh} {
		raw, err := page.NewEncoder().String(text)
		if err == nil && utf8.ValidString(raw) && utf8.RuneCountInString(raw) < utf8.RuneCountInString(text) {
			return raw, true
		}
	}
	if pairs := misread.FindAllString(text, -1); len(pairs) > 1 {
		return misread.ReplaceAllStringFunc(text, func(pair string) string {
			raw, err := charmap.Windows1252.NewEncoder().String(pair)
			if err != nil || !utf8.ValidString(raw) {
				return pair
			}
			return raw
		}), true
	}
	return "", false
}

// misread is a letter of two bytes as Windows-1252 shows it, where some bytes were lost and not all can be undone. Quotes, which
// may well stand behind a capital letter, are not among the second characters.
var misread = regexp.MustCompile(`[ÂÃÄÅÆÐÑØÙÚÛ][\x{80}-\x{aa}\x{ac}-\x{ba}\x{bc}-\x{bf}€ƒ†‡ˆ‰Š‹ŒŽ˜™š›œžŸ]`)
