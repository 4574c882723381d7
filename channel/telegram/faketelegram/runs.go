package main

import (
	"slices"
	"strings"
	"unicode/utf16"

	"beaware/channel/telegram/telegramtest"
)

// span is a stretch of text in one formatting.
type span struct {
	Text  string
	Class string // names of entity types, for the style sheet
	URL   string
}

// runs cuts a text where an entity begins or ends.
func runs(text string, entities []telegramtest.Entity) []span {
	units := utf16.Encode([]rune(text))
	cuts := []int{0, len(units)}
	for _, e := range entities {
		cuts = append(cuts, min(e.Offset, len(units)), min(e.Offset+e.Length, len(units)))
	}
	slices.Sort(cuts)
	var out []span
	for i := 1; i < len(cuts); i++ {
		if cuts[i] == cuts[i-1] {
			continue
		}
		r := span{Text: string(utf16.Decode(units[cuts[i-1]:cuts[i]]))}
		var classes []string
		for _, e := range entities {
			if e.Offset <= cuts[i-1] && cuts[i] <= e.Offset+e.Length {
				classes = append(classes, e.Type)
				if e.URL != "" {
					r.URL = e.URL
				}
			}
		}
		r.Class = strings.Join(classes, " ")
		out = append(out, r)
	}
	return out
}
