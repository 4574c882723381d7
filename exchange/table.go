package exchange

import (
	"strings"
)

// Returned is a file that came back.
type Returned struct {
	Format   Format
	Language string // "" where the file does not say
	Total    int    // rows that were exported; 0 where the file does not say
	Rows     []Row
	Damage   []Remark // of the file as a whole
}

// Remark is something that staff should know of a row or of the file.
type Remark struct {
	ID    string `json:"id"`    // "" for the whole file
	Place string `json:"place"` // "sheet Bot, row 12", "line 40"; "" where no place is meant
	Text  string `json:"text"`
}

// table reads rows of cells by the names of their columns, as XLSX and CSV have them.
type table struct {
	at map[string]int // column by name; nil until the header was seen
}

// header takes a row of cells for the header if it is one.
func (t *table) header(cells []string) {
	at := map[string]int{}
	for i, c := range cells {
		at[strings.ToLower(strings.TrimSpace(c))] = i
	}
	if _, ok := at[colID]; !ok {
		return
	}
	if _, ok := at[colText]; !ok {
		return
	}
	t.at = at
}

func (t *table) get(cells []string, column string) string {
	if i, ok := t.at[column]; ok && i < len(cells) {
		return cells[i]
	}
	return ""
}

// row reads one row; ok is false for one without an id.
func (t *table) row(cells []string, place string) (r Row, ok bool) {
	trim := func(column string) string { return strings.TrimSpace(t.get(cells, column)) }
	r = Row{
		Area: trim(colArea), ID: trim(colID), Form: trim(colForm), Source: lineEnds(t.get(cells, colSource)), Text: t.get(cells, colText),
		SourceHash: trim(colSourceAt), TextHash: trim(colTextAt), Language: trim(colLanguage), Place: place,
	}
	return r, r.ID != ""
}

// add puts a row in and keeps what it says of the whole file.
func (f *Returned) add(r Row, total int) {
	f.Rows = append(f.Rows, r)
	f.Total = max(f.Total, total)
	if f.Language == "" {
		f.Language = r.Language
	}
}

// lineEnds makes "\n" of every other line end, which spreadsheet programs change at will.
func lineEnds(s string) string { return lineEnd.Replace(s) }

var lineEnd = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n")
