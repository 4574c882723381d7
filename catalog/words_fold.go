package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Folding writes what people type in one way, so that spelling, accents and keyboards do not matter: "Pomoć",
// "POMOC" and "помоћ" become "pomoc". It is immutable and safe for concurrent use.
type Folding struct {
	table []string
	plain []bool // in normal form NFKC whatever stands beside it
}

// MaxWordLetters is how long a word of a phrase may be.
const MaxWordLetters = 40

// tableEnd covers the alphabets; what lies beyond (ideographs, for one) is folded as it comes.
const tableEnd = 0x2000

// apart are letters whose folded form is not what Unicode decomposes them to: other letters of the same sound or
// look, Cyrillic as Serbs and Macedonians write it in Latin letters, Arabic letters as different keyboards have them.
var apart = map[rune]string{
	'đ': "d", 'ð': "d", 'ı': "i", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'þ': "th", 'ə': "e", 'ħ': "h", 'ŋ': "n", 'ς': "σ",
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'д': "d", 'ђ': "d", 'ѓ': "gj", 'е': "e", 'ё': "e", 'є': "je", 'ж': "z", 'з': "z",
	'ѕ': "dz", 'и': "i", 'і': "i", 'ї': "ji", 'й': "j", 'ј': "j", 'к': "k", 'л': "l", 'љ': "lj", 'м': "m", 'н': "n", 'њ': "nj", 'о': "o",
	'п': "p", 'р': "r", 'с': "s", 'т': "t", 'ћ': "c", 'ќ': "kj", 'у': "u", 'ў': "u", 'ф': "f", 'х': "h", 'ц': "c", 'ч': "c", 'џ': "dz",
	'ш': "s", 'щ': "sc", 'ъ': "", 'ы': "y", 'ь': "", 'э': "e", 'ю': "ju", 'я': "ja", 'ѐ': "e", 'ѝ': "i",
	'أ': "ا", 'إ': "ا", 'آ': "ا", 'ٱ': "ا", 'ى': "ي", 'ی': "ي", 'ئ': "ي", 'ؤ': "و", 'ة': "ه", 'ۀ': "ه", 'ۂ': "ہ", 'ۃ': "ہ", 'ە': "ه",
	'ک': "ك", 'ۓ': "ے", 'ء': "", 'ـ': "",
}

// NewFolding prepares the table.
func NewFolding() *Folding {
	f := &Folding{table: make([]string, tableEnd), plain: make([]bool, tableEnd)}
	for r := range f.table {
		s := string(rune(r))
		f.table[r] = foldRune(rune(r))
		f.plain[r] = norm.NFKC.IsNormalString(s) && norm.NFKC.PropertiesString(s).BoundaryBefore()
	}
	return f
}

// Normal gives a text in normal form NFKC, made in buf where it is not so already.
func (f *Folding) Normal(buf []byte, text string) (normal string, used []byte) {
	for _, r := range text {
		if r >= tableEnd || !f.plain[r] {
			if norm.NFKC.IsNormalString(text) {
				break
			}
			buf = norm.NFKC.AppendString(buf[:0], text)
			return string(buf), buf
		}
	}
	return text, buf[:0]
}

// A rune that is no letter ends a word; one that is dropped does not.
const wordEnd = " "

// foldRune gives the folded form of a character in normal form NFKC.
func foldRune(r rune) string {
	if d := digit(r); d >= 0 {
		return string(rune('0' + d))
	}
	low := unicode.ToLower(r)
	if s, ok := apart[low]; ok {
		return s
	}
	switch {
	case r == '\'' || r == '`' || r == '´' || r == 'ʼ' || r == 'ʻ': // dont, don't
		return ""
	case accent(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		return ""
	case !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r):
		return wordEnd
	}
	var b strings.Builder
	for _, x := range norm.NFKD.String(string(low)) {
		if s, ok := apart[x]; ok {
			b.WriteString(s)
		} else if !accent(x) && (unicode.IsLetter(x) || unicode.IsMark(x) || unicode.IsNumber(x)) {
			b.WriteRune(unicode.ToLower(x))
		}
	}
	return b.String()
}

// foldFar is foldRune beyond the table, where a letter stands for itself: it is given back apart, so that nothing is allocated.
func foldFar(r rune) (to string, letter rune) {
	switch {
	case r == '’' || r == '‘', accent(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		return "", 0
	case digit(r) >= 0:
		return "", rune('0' + digit(r))
	case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r):
		return "", unicode.ToLower(r)
	}
	return wordEnd, 0
}

// accent tells the marks that people leave out: accents of Latin, Greek and Cyrillic, vowel marks of Arabic and
// Hebrew. The vowel signs of other scripts are letters.
func accent(r rune) bool {
	return unicode.IsMark(r) && (r < 0x0700 || r >= 0x1AB0 && r <= 0x1AFF || r >= 0x1DC0 && r <= 0x1DFF || r >= 0x20D0 && r <= 0x20FF || r >= 0xFE20 && r <= 0xFE2F)
}

// Spaceless tells the scripts that are written without spaces: each of their characters counts as a word.
func Spaceless(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// Words appends the folded words of a text to letters, and where each of them ends to ends. The text must be in normal
// form NFKC. A letter that is repeated stands once, "dj" is "d" (đ), apostrophes and invisible marks are dropped.
// It allocates nothing where letters and ends have room.
func (f *Folding) Words(letters []byte, ends []uint16, text string) ([]byte, []uint16) {
	start := len(letters) // of the word
	end := func() {
		if len(letters) > start {
			ends = append(ends, uint16(len(letters)))
			start = len(letters)
		}
	}
	var last rune
	for _, r := range text {
		to, far := "", rune(0)
		if r < tableEnd {
			to = f.table[r]
		} else if to, far = foldFar(r); far != 0 {
			if far != last || len(letters) == start {
				if Spaceless(far) && !unicode.IsMark(far) {
					end()
				}
				letters = utf8.AppendRune(letters, far)
			}
			last = far
		}
		if to == wordEnd {
			end()
			continue
		}
		for _, x := range to {
			if len(letters) > start && (x == last && (x < '0' || x > '9') || x == 'j' && last == 'd') {
				continue
			}
			if Spaceless(x) && !unicode.IsMark(x) {
				end()
			}
			last = x
			letters = utf8.AppendRune(letters, x)
		}
	}
	end()
	return letters, ends
}

// PhraseWord is one word of a phrase, folded.
type PhraseWord struct {
	Letters string
	Open    bool // written with "*": any ending may follow
}

// Phrase gives the folded words of a phrase. A star is heeded only at the end of a word.
func (f *Folding) Phrase(phrase string) []PhraseWord {
	var out []PhraseWord
	for field := range strings.FieldsSeq(norm.NFKC.String(phrase)) {
		stem, open := strings.CutSuffix(strings.TrimRight(field, ".,;:!?؟،"), "*")
		letters, ends := f.Words(nil, nil, stem)
		from := 0
		for i, end := range ends {
			out = append(out, PhraseWord{string(letters[from:end]), open && i == len(ends)-1})
			from = int(end)
		}
	}
	return out
}
