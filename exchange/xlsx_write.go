package exchange

import (
	"cmp"
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

const readMe = "Read me"

// intro is what a translator must know, in plain sentences.
func intro() []string {
	return []string{
		`Write only in the column "text" of the other sheets; everything else is locked, because the program finds each text again by it.`,
		`Leave words in {braces} and the ** round strong words as they are, and never type a phone number: numbers stand in one place only and are filled in.`,
		`Save the file as XLSX and send all of it back, also the rows that you left alone.`,
	}
}

// sheetOf names the sheet of an area.
func sheetOf(area string) string {
	switch area {
	case "bot":
		return "Bot"
	case "pages":
		return "Pages"
	case "checks":
		return "Checks"
	case "hotlines":
		return "Help lines"
	}
	return "Campaigns"
}

// width is what a column gets, in characters.
var width = map[string]float64{
	colContext: 30, colSource: 55, colText: 55, colState: 10, colLimit: 7, colNote: 35, colForm: 7, colID: 28,
	colArea: 14, colLanguage: 9, colRow: 13, colSourceAt: 18, colTextAt: 18,
}

// WriteXLSX writes the book as a workbook: one sheet an area, only the texts open to change, and every cell a text,
// so that no program takes one for a formula, a number or a date.
func (b *Book) WriteXLSX(w io.Writer) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // only memory is behind it
	styles, err := b.styles(f)
	if err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	if err := b.readMe(f, styles); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	bySheet := map[string][]numberedRow{}
	var order []string
	for i, r := range b.Rows {
		name := sheetOf(r.Area)
		if bySheet[name] == nil {
			order = append(order, name)
		}
		bySheet[name] = append(bySheet[name], numberedRow{r, i + 1})
	}
	for _, name := range order {
		if err := b.sheet(f, name, bySheet[name], styles); err != nil {
			return fmt.Errorf("write XLSX, sheet %s: %w", name, err)
		}
	}
	return f.Write(w)
}

type numberedRow struct {
	Row
	n int
}

// styles are ids of cell styles in one workbook.
type styles struct{ head, source, locked, open, prose int }

func (b *Book) styles(f *excelize.File) (s styles, err error) {
	const asText = 49 // the built-in number format "@"
	order := func(rtl bool) uint64 {
		if rtl {
			return 2
		}
		return 1
	}
	make := func(locked bool, reading uint64, fill string, bold bool) int {
		style := &excelize.Style{
			NumFmt:     asText,
			Alignment:  &excelize.Alignment{WrapText: true, Vertical: "top", ReadingOrder: reading},
			Protection: &excelize.Protection{Locked: locked},
			Font:       &excelize.Font{Bold: bold},
		}
		if fill != "" {
			style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}
		}
		id, e := f.NewStyle(style)
		err = cmp.Or(err, e)
		return id
	}
	s = styles{
		head: make(true, order(false), "D9E2EC", true), source: make(true, order(false), "F3F4F6", false),
		locked: make(true, order(false), "F3F4F6", false), open: make(false, order(b.RTL), "", false), prose: make(true, order(false), "", false),
	}
	return s, err
}

func (b *Book) readMe(f *excelize.File, s styles) error {
	if err := f.SetSheetName("Sheet1", readMe); err != nil {
		return err
	}
	if err := f.SetColWidth(readMe, "A", "A", 100); err != nil {
		return err
	}
	lines := append(intro(), "Language: "+b.Language, fmt.Sprintf("Rows: %d", b.Total))
	for i, line := range lines {
		cell := "A" + strconv.Itoa(i+1)
		if err := f.SetCellStr(readMe, cell, line); err != nil {
			return err
		}
		if err := f.SetCellStyle(readMe, cell, cell, s.prose); err != nil {
			return err
		}
	}
	return f.ProtectSheet(readMe, locked())
}

// locked lets people select, size columns and filter. It has no password: it guards against slips, not people.
func locked() *excelize.SheetProtectionOptions {
	return &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true, FormatRows: true, AutoFilter: true,
		EditObjects: true, EditScenarios: true,
	}
}

func (b *Book) sheet(f *excelize.File, name string, rows []numberedRow, s styles) error {
	if _, err := f.NewSheet(name); err != nil {
		return err
	}
	if err := f.SetSheetView(name, 0, &excelize.ViewOptions{RightToLeft: &b.RTL}); err != nil {
		return err
	}
	if err := f.ProtectSheet(name, locked()); err != nil {
		return err
	}
	sw, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, c := range columns {
		if err := sw.SetColWidth(i+1, i+1, width[c]); err != nil {
			return err
		}
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	cells := make([]any, len(columns))
	for i, c := range columns {
		cells[i] = excelize.Cell{StyleID: s.head, Value: c}
	}
	if err := sw.SetRow("A1", cells); err != nil {
		return err
	}
	for i, r := range rows {
		for c, name := range columns {
			style := s.locked
			if name == colText {
				style = s.open
			}
			cells[c] = excelize.Cell{StyleID: style, Value: b.cell(r, name)}
		}
		if err := sw.SetRow("A"+strconv.Itoa(i+2), cells); err != nil {
			return err
		}
	}
	return sw.Flush()
}

// cell gives one column of a row.
func (b *Book) cell(r numberedRow, column string) string {
	switch column {
	case colContext:
		return r.Context
	case colSource:
		return r.Source
	case colText:
		return r.Text
	case colState:
		return r.State
	case colLimit:
		if r.Limit > 0 {
			return strconv.Itoa(r.Limit)
		}
		return ""
	case colNote:
		return r.Note
	case colForm:
		return r.Form
	case colID:
		return r.ID
	case colArea:
		return r.Area
	case colLanguage:
		return b.Language
	case colRow:
		return numbered(r.n, b.Total)
	case colSourceAt:
		return r.SourceHash
	}
	return r.TextHash
}
