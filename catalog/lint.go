package catalog

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// maxBytes bounds a text. Channels set narrower limits; this one keeps a hostile file from taking long.
const maxBytes = 20_000

// lint checks each text for itself.
func (ld *loader) lint() {
	type textIn struct{ lang, id string }
	first := map[textIn]Pos{}
	for _, w := range ld.words {
		for _, id := range slices.Sorted(maps.Keys(w.texts)) {
			t := w.texts[id]
			// "hotline.x.name" could be written in locales/ as well
			if p, twice := first[textIn{w.lang, id}]; twice {
				ld.add(Error, t.pos, "text %s stands in two files; the other is %s", quote(id), p)
			}
			first[textIn{w.lang, id}] = t.pos
			for _, name := range slices.Sorted(maps.Keys(t.forms)) {
				ld.lintForm(w, t, t.forms[name])
			}
		}
	}
}

func (ld *loader) lintForm(w *wording, t *text, f form) {
	at := func(offset int) Pos { return Pos{w.file, f.line + strings.Count(f.raw[:offset], "\n")} }
	if strings.TrimSpace(f.raw) == "" {
		ld.add(Error, at(0), "text %s is empty", quote(t.id))
		return
	}
	if len(f.raw) > maxBytes {
		ld.add(Error, at(0), "text %s has %d bytes; at most %d are allowed", quote(t.id), len(f.raw), maxBytes)
		return
	}
	if !strings.Contains(f.raw, "\n") && strings.TrimSpace(f.raw) != f.raw {
		ld.add(Advice, at(0), "text %s begins or ends with a space", quote(t.id))
	}
	parts, faults := split(f.raw)
	for _, b := range faults {
		ld.add(Error, at(b.offset), "%s", b.text)
	}
	for _, p := range parts {
		if p.name != "" {
			ld.lintPlaceholder(w, t, p.name, at(p.offset))
			continue
		}
		ld.typedNumbers(t.id, p.text, func(i int) Pos { return at(p.offset + i) })
		ld.mixedScripts(p.text, func(i int) Pos { return at(p.offset + i) })
		if i := strings.IndexFunc(p.text, isDirectionMark); i >= 0 {
			ld.add(Warning, at(p.offset+i), "a direction mark is typed into the text; the program sets the marks round numbers itself")
		}
	}
	for _, i := range unstarred(f.raw) {
		ld.add(Error, at(i), `Kosovo is named without "*" directly after the word; write "Kosovo*"`)
	}
}

// lintPlaceholder checks the placeholders whose meaning is known here: {number:id} everywhere, and those of campaigns.
func (ld *loader) lintPlaceholder(w *wording, t *text, name string, pos Pos) {
	if id, ok := strings.CutPrefix(name, numberPrefix); ok {
		switch n, known := ld.numbers[id]; {
		case !known && !ld.maybeKnown(id):
			ld.add(Error, pos, "{%s} names an unknown number; it must be a hotline id, or a service such as ba.police%s", name, meant(id, maps.Keys(ld.numbers)))
		case n.held != "":
			ld.add(Error, pos, "{%s} names a number that may not be shown: it %s", name, n.held)
		}
		return
	}
	if !strings.HasPrefix(w.area, "campaigns/") {
		return // what code fills in is held against the source language
	}
	known := []string{"help", "number:ba-1265"}
	if !strings.HasSuffix(t.id, ".text") {
		known = known[1:]
	}
	if !slices.Contains(known, name) {
		ld.add(Error, pos, "unknown placeholder {%s}; here there is {%s}%s", name, strings.Join(known, "} and {"), meant(name, slices.Values(known)))
	}
}

// kosovo checks a proper name, which stands outside the files of texts.
func (ld *loader) kosovo(name string, pos Pos) {
	if len(unstarred(name)) > 0 {
		ld.add(Error, pos, `Kosovo is named without "*" directly after the word in %s; write "Kosovo*"`, quote(name))
	}
}

// isDirectionMark tells the embedding, override and isolate marks. U+200E and U+200F are left to authors.
func isDirectionMark(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// mixedScripts finds Latin letters that look like Cyrillic ones inside a Cyrillic word, and the reverse.
func (ld *loader) mixedScripts(s string, at func(int) Pos) {
	start, latin, cyrillic := -1, false, false
	end := func(i int) {
		if start >= 0 && latin && cyrillic {
			ld.add(Warning, at(start), "the word %s mixes Latin and Cyrillic letters", quote(s[start:i]))
		}
		start, latin, cyrillic = -1, false, false
	}
	for i, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			end(i)
			continue
		}
		if start < 0 {
			start = i
		}
		latin = latin || unicode.Is(unicode.Latin, r)
		cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, r)
	}
	end(len(s))
}
