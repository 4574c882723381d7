package exchange

import (
	"strings"
	"testing"
)

func TestPrint(t *testing.T) {
	t.Parallel()
	p := &Plan{
		Language: "ar", Format: XLSX, Same: 3, Newer: 1, Missing: []string{"bot.sum"},
		Changes: []Change{
			{ID: "bot.start", Place: "sheet Bot, row 2", Forms: []FormChange{{"", "a\nb\nc", "a\n\u2066x\u2069\nc"}}},
			{ID: "web.n", Place: "sheet Pages, row 2", Forms: []FormChange{{"few", "", "new"}}},
		},
		Refused:   []Remark{{"bot.\x1b[2J", "sheet Bot, row 3", "is too long"}},
		Conflicts: []Remark{{"bot.hide", "line 4", "the text has changed here"}},
		Remarks:   []Remark{{"", "sheet Bot", "cells are merged"}},
	}
	var out strings.Builder
	if err := p.Print(&out); err != nil {
		t.Fatal(err)
	}
	const want = `bot.start, sheet Bot, row 2
  - b
  + <U+2066>x<U+2069>
web.n (few), sheet Pages, row 2
  + new
Refused:
  bot.<U+001B>[2J: sheet Bot, row 3: is too long
Changed here since the export, and left as they are (--force-newer takes the file's):
  bot.hide: line 4: the text has changed here
Worth a look:
  sheet Bot: cells are merged
Not in the file, although they were exported: bot.sum
Language ar, xlsx: 2 changed, 1 refused, 1 in conflict, 1 missing, 3 the same, 1 newer here.
`
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
}
