package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A star after a short stem, or a short crisis word alone, would be found in half of what people write in other languages.
const (
	stemInPhrase     = 2
	stemAlone        = 4
	stemAloneCrisis  = 5
	shortAloneCrisis = 4
)

// phrase checks a phrase for itself and gives its words, nil when it cannot be used.
func (wl *wordLists) phrase(list string, it item) []PhraseWord {
	fault := func(format string, args ...any) []PhraseWord {
		wl.add(Error, it.pos, list+" holds "+quote(it.value)+"; "+format, args...)
		return nil
	}
	switch stars := strings.Count(it.value, "*"); {
	case strings.TrimSpace(it.value) == "":
		return fault("a phrase must have words")
	case len(it.value) > maxPhrase:
		return fault("it has %d bytes, at most %d are allowed: people type short sentences", len(it.value), maxPhrase)
	case dialled(it.value):
		return fault("a phrase holds no phone number")
	case strings.ContainsAny(it.value, "{}"):
		return fault("nothing is filled into a phrase; write it without braces")
	case stars != starsAtEnds(it.value):
		return fault(`"*" may stand only at the end of a word, for any ending`)
	case list == safeList && stars > 0:
		return fault(`a safe word is one exact word; write it without "*"`)
	}
	words := wl.fold.Phrase(it.value)
	if why := unfit(list, words); why != "" {
		return fault("%s", why)
	}
	if !norm.NFC.IsNormalString(it.value) {
		wl.add(Advice, it.pos, "%s holds %s with accents apart from their letters; save it in normal form NFC, so that searching finds it", list, quote(it.value))
	}
	if strings.TrimSpace(it.value) != it.value {
		wl.add(Advice, it.pos, "%s holds %s, which begins or ends with a space", list, quote(it.value))
	}
	if strings.ContainsFunc(it.value, isDirectionMark) {
		wl.add(Warning, it.pos, "%s holds a direction mark; remove it", list)
	}
	wl.mixedScripts(it.value, func(int) Pos { return it.pos })
	return words
}

// dialled tells a phrase that holds a phone number. Digits among letters are letters (Arabic in Latin ones: "3andi"), and a short
// number is an age or "24/7".
func dialled(phrase string) bool {
	total, longest := 0, 0
	for word := range strings.FieldsFuncSeq(phrase, func(r rune) bool { return !unicode.IsLetter(r) && digit(r) < 0 }) {
		if n := utf8.RuneCountInString(word); len(digitsOf(word)) == n {
			total += n
			longest = max(longest, n)
		}
	}
	return longest >= 3 || total >= 5
}

func starsAtEnds(phrase string) int {
	n := 0
	for word := range strings.FieldsSeq(phrase) {
		if len(word) > 1 && strings.HasSuffix(word, "*") {
			n++
		}
	}
	return n
}

// unfit says why folded words cannot be searched for, "" when they can.
func unfit(list string, words []PhraseWord) string {
	letters, longest := 0, 0
	for _, w := range words {
		n := utf8.RuneCountInString(w.Letters)
		letters += n
		longest = max(longest, n)
		if r, _ := utf8.DecodeRuneInString(w.Letters); Spaceless(r) {
			return ""
		}
		if w.Open && n < stemInPhrase {
			return `two letters at least must stand before "*"`
		}
	}
	crisis := strings.HasPrefix(list, "crisis.")
	switch {
	case longest > MaxWordLetters:
		return "it has a word of more than 40 letters"
	case letters == 0:
		return "it must have letters"
	case letters < 2:
		return "it is too short; two letters at least"
	case len(words) > maxWords:
		return "it has too many words; at most ten"
	case len(words) == 1 && crisis && words[0].Open && letters < stemAloneCrisis:
		return `before "*" a single crisis word needs five letters (a letter written twice counts once), or other words begin so; add a second word`
	case len(words) == 1 && words[0].Open && letters < stemAlone:
		return `before "*" a single word needs four letters (a letter written twice counts once), or other words begin so; add a second word`
	case len(words) == 1 && crisis && letters < shortAloneCrisis, crisis && longest < 2:
		return "a crisis word as short as this is an everyday word of another language; add a second word"
	}
	return ""
}

// place notes where a phrase stands, and reports one that stands twice; it tells whether this place counts.
func (wl *wordLists) place(p phraseAt, value string) bool {
	before, twice := wl.first[p.lang][p.key]
	if !twice {
		wl.first[p.lang][p.key] = p
		wl.all = append(wl.all, p)
		return true
	}
	crisis := strings.HasPrefix(before.list, "crisis.")
	switch {
	case before.list == p.list:
		wl.add(Advice, p.pos, "%s stands in %s twice (accents, script and doubled letters do not count); first on line %d", quote(value), p.list, before.pos.Line)
	case crisis && !strings.HasPrefix(p.list, "crisis."):
		wl.add(Warning, p.pos, "%s is in %s on line %d, which comes first; remove it from %s", quote(value), before.list, before.pos.Line, p.list)
	default:
		wl.add(Error, p.pos, "%s stands in %s, and in %s on line %d; a phrase has one meaning", quote(value), p.list, before.list, before.pos.Line)
	}
	return false
}

// across holds the languages against each other: crisis phrases and safe words of every language come before all else.
func (wl *wordLists) across() {
	for _, p := range wl.all {
		for lang, lists := range wl.first {
			first, has := lists[p.key]
			if !has || lang == p.lang || rank(first.list) >= rank(p.list) {
				continue
			}
			wl.add(Warning, p.pos, "the phrase is in %s of language %q (%s), which comes first whatever the language; say it in other words, or there", first.list, lang, first.pos)
		}
	}
}

// rank orders lists by what comes first in every language.
func rank(list string) int {
	switch {
	case strings.HasPrefix(list, "crisis."):
		return 0
	case list == safeList:
		return 1
	default:
		return 2
	}
}
