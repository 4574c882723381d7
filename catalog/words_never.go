package catalog

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// never holds each text against what no text of its language may say (Words.Never): that the reader is a victim, that
// somebody comes to the rescue, promises, blame. A phrase is found anywhere, also inside a word.
func (ld *loader) never() {
	for _, w := range ld.words {
		banned := ld.cat.Words[w.lang].Never
		if len(banned) == 0 {
			continue
		}
		for id, t := range w.texts {
			for _, f := range t.forms {
				said := plainly(f.raw)
				for _, phrase := range banned {
					if i := strings.Index(said, plainly(phrase)); i >= 0 {
						line := f.line + strings.Count(said[:i], "\n")
						ld.add(Warning, Pos{w.file, line}, "text %s says %s, which %s lists under never; say it in another way", quote(id), quote(phrase), wordsFile(w.lang))
					}
				}
			}
		}
	}
}

// plainly is a text in lower case, without marks of emphasis. Its lines stay.
func plainly(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(norm.NFC.String(s)), "**", ""), "’", "'")
}

// banned reads the list of phrases that texts may not hold.
func (wl *wordLists) banned(t *table) []string {
	var out []string
	for _, it := range t.items("never") {
		switch {
		case len(strings.TrimSpace(it.value)) < 3:
			wl.add(Error, it.pos, "never holds %s, which is in every text; three letters at least", quote(it.value))
		default:
			out = append(out, it.value)
		}
	}
	if len(out) == 0 {
		wl.add(Warning, t.at("never"), "never has no phrase: the wording of texts in this language is not checked")
	}
	return out
}
