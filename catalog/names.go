package catalog

import (
	"maps"
	"slices"
	"strings"
)

// ask is a place that makes code show a name: "country.BA", "emergency.police", "audience.women", "lang.sq".
type ask struct {
	id  string
	pos Pos
}

func (ld *loader) ask(kind, value string, pos Pos) {
	ld.asks = append(ld.asks, ask{kind + "." + value, pos})
}

// names checks that what code shows of countries and hotlines has a name among the texts of the bot and the pages.
func (ld *loader) names() {
	en := ld.find("locales", SourceLanguage)
	if en == nil || en.broken {
		return
	}
	for _, a := range ld.asks {
		if en.texts[a.id] == nil {
			value := a.id[strings.IndexByte(a.id, '.')+1:]
			ld.add(Error, a.pos, "shows %s, which has no name: there is no text %s in %s%s",
				quote(value), quote(a.id), en.file, meant(a.id, maps.Keys(en.texts)))
		}
	}
	if en.texts[footnoteID] == nil {
		ld.footnoteNeeded(en)
	}
}

// footnoteNeeded reports the first text of each file that leads to a footnote that there is not.
func (ld *loader) footnoteNeeded(en *wording) {
	for _, w := range ld.words {
		for _, id := range slices.Sorted(maps.Keys(w.texts)) {
			if namesKosovo(w.texts[id].other()) {
				ld.add(Error, w.texts[id].pos, "Kosovo* is named, and there is no footnote: text %q is missing in %s", footnoteID, en.file)
				break
			}
		}
	}
}
