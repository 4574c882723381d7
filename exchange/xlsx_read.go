package exchange

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// readXLSX reads a workbook that came back, from whatever sheet and in whatever order its texts stand.
func readXLSX(data []byte) (*Returned, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: 256 << 20, UnzipXMLSizeLimit: 64 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("cannot be read as XLSX: %w", err)
	}
	defer func() { _ = f.Close() }() // only memory is behind it
	out, found := &Returned{Format: XLSX}, false
	for _, name := range f.GetSheetList() {
		ok, err := out.sheet(f, name)
		if err != nil {
			return nil, fmt.Errorf("sheet %s cannot be read: %w", name, err)
		}
		found = found || ok
		if len(out.Rows) > maxRows {
			return nil, fmt.Errorf("the file has more than %d rows", maxRows)
		}
	}
	if !found {
		return nil, errNoTexts
	}
	return out, nil
}

// sheet reads one sheet; found is false for one without a header, such as "Read me".
func (f *Returned) sheet(x *excelize.File, name string) (found bool, err error) {
	rows, err := x.GetRows(name)
	if err != nil {
		return false, err
	}
	t := &table{}
	for i, cells := range rows {
		if t.at == nil {
			t.header(cells)
			continue
		}
		r, ok := t.row(cells, fmt.Sprintf("sheet %s, row %d", name, i+1))
		if !ok {
			continue
		}
		if r.Text != "" {
			r.broken = cellFault(x, name, t.at[colText]+1, i+1, r.Text)
		}
		f.add(r, total(t.get(cells, colRow)))
	}
	if t.at == nil {
		return false, nil
	}
	return true, f.merged(x, name)
}

// cellFault says why a cell's value is not what somebody wrote: a program took it for a formula, a number or a date.
func cellFault(x *excelize.File, sheet string, col, row int, value string) string {
	cell, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return ""
	}
	kind, err := x.GetCellType(sheet, cell)
	if err != nil {
		return ""
	}
	switch kind {
	case excelize.CellTypeInlineString, excelize.CellTypeSharedString:
		return ""
	case excelize.CellTypeBool:
		return "a spreadsheet program made a truth value of the text"
	case excelize.CellTypeError:
		return fmt.Sprintf("a spreadsheet program made a formula of the text, which fails with %s", value)
	}
	if formula, err := x.GetCellFormula(sheet, cell); err == nil && formula != "" {
		return fmt.Sprintf("a spreadsheet program made a formula of the text: =%s", short(formula))
	}
	if kind == excelize.CellTypeFormula { // a text that a program computed and then fixed
		return ""
	}
	return fmt.Sprintf("a spreadsheet program made a number of the text, %s, so that zeros or signs may be lost", short(value))
}

// merged reports cells that somebody has merged: of all of them only the first keeps its text.
func (f *Returned) merged(x *excelize.File, sheet string) error {
	cells, err := x.GetMergeCells(sheet)
	if err != nil {
		return err
	}
	for _, m := range cells {
		f.Damage = append(f.Damage, Remark{Place: "sheet " + sheet, Text: fmt.Sprintf(
			"the cells %s are merged, so that only the first kept its text; take the merge back and fill the others", strings.Join([]string{m.GetStartAxis(), m.GetEndAxis()}, " to "))})
	}
	return nil
}
