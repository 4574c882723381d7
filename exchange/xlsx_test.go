package exchange

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestWorkbook: sheets by area, right to left where the language is, the header frozen, only the texts open, every cell a text.
func TestWorkbook(t *testing.T) {
	t.Parallel()
	s := source(t, os.DirFS(".."))
	for _, lang := range []string{"ar", "sq"} {
		data := written(t, book(t, s, lang), XLSX)
		f, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if got, want := f.GetSheetList(), []string{"Read me", "Bot", "Checks", "Help lines", "Pages", "Campaigns"}; !slices.Equal(got, want) {
			t.Errorf("sheets %q, want %q", got, want)
		}
		if lines, err := f.GetRows(readMe); err != nil || len(lines) != 5 || lines[3][0] != "Language: "+lang {
			t.Errorf("%v, %v", err, lines)
		}
		for _, sheet := range f.GetSheetList()[1:] {
			view, err := f.GetSheetView(sheet, 0)
			if err != nil || *view.RightToLeft != (lang == "ar") {
				t.Errorf("%s, %s: right to left is %v, %v", lang, sheet, *view.RightToLeft, err)
			}
			if panes, err := f.GetPanes(sheet); err != nil || !panes.Freeze || panes.YSplit != 1 {
				t.Errorf("%s: panes %+v, %v", sheet, panes, err)
			}
			if lock, err := f.GetSheetProtection(sheet); err != nil || !lock.SelectLockedCells || lock.DeleteRows || lock.Sort || lock.InsertColumns {
				t.Errorf("%s: protection %+v, %v", sheet, lock, err)
			}
			for i, column := range columns {
				cell, _ := excelize.CoordinatesToCellName(i+1, 2)
				id, err := f.GetCellStyle(sheet, cell)
				if err != nil {
					t.Fatal(err)
				}
				style, err := f.GetStyle(id)
				if err != nil || style.NumFmt != 49 || !style.Alignment.WrapText || style.Protection.Locked != (column != colText) {
					t.Errorf("%s, %s: %+v, %v", sheet, cell, style, err)
				}
			}
		}
		if xml := part(t, data, "xl/worksheets/sheet2.xml"); !strings.Contains(xml, "<sheetProtection") || strings.Contains(xml, `t="n"`) || strings.Contains(xml, "<f>") {
			t.Errorf("%s", short(xml))
		}
	}
}

// part gives one file of a workbook.
func part(t *testing.T, data []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestContext: a translator reads where a text stands, what must stay, and what a form is for.
func TestContext(t *testing.T) {
	t.Parallel()
	s := source(t, os.DirFS(folder(t, small())))
	s.Limit = func(_, id string) int { return len(id) }
	for _, r := range book(t, s, "sr-Cyrl").Rows {
		var context, note string
		switch name(r) {
		case "bot.hide":
			context = "Bot: hide. Stands on a button"
		case "bot.start":
			context, note = "Bot: start", "Keep {hide} as written. ** stands before and after strong words"
		case "web.posts_count (few)":
			context, note = "Web pages: posts_count. How many messages the page shows", "Keep {count} as written. Plural form few, for numbers such as 2, 3, 4, 22, 23, 24"
		case "campaign.day.launch.text":
			context, note = "Campaign day, message launch: text of the post", "Keep {help} as written"
		default:
			continue
		}
		if r.Context != context || r.Note != note || r.Limit != len(r.ID) {
			t.Errorf("%s: %q, %q, limit %d; want %q, %q", name(r), r.Context, r.Note, r.Limit, context, note)
		}
	}
}
