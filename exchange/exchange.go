// Package exchange hands the texts to translators as XLSX, CSV or PO files and takes them back. It owns the three forms,
// what spreadsheet programs do to them, and the changing of single texts in the TOML files of the content folder.
// It may not touch the clock, the network, reviews or the rules of the texts themselves: those are the catalog's, which
// judges every change before it is written. It is the only importer of excelize.
package exchange

import (
	"errors"
	"fmt"

	"beaware/catalog"
)

// Format is a kind of file.
type Format string

// The formats. A returned file is told by its content, not by its name.
const (
	XLSX Format = "xlsx"
	CSV  Format = "csv"
	PO   Format = "po"
)

// Book is all texts of one language, as handed out or as they came back.
type Book struct {
	Language string // tag
	RTL      bool
	Plurals  catalog.Plurals // of the language; empty in a file that was read
	Rows     []Row
	Total    int // rows at export; 0 when a file that was read does not say
}

// Row is one text, or one plural form of one.
type Row struct {
	Area    string // as in catalog.Coverage
	ID      string
	Form    string // plural form, "" for a plain text
	Context string // for whom it is: screen, post, question; with what the authors of the source say of it
	Note    string // for the translator: what must stay, what the form is for
	Limit   int    // in UTF-16 units, as Telegram counts; 0 for none
	Source  string
	Text    string
	State   string // "missing", "draft", "stale" or "reviewed"

	SourceHash string // of Source at export, "" when the file that was read lost it
	TextHash   string // of Text at export
	Ref        string // file and line of the source

	Language string // as the row of a file that was read says it
	Place    string // of a file that was read, for staff: "sheet Bot, row 12"
	broken   string // why a cell that was read cannot be taken for what somebody wrote
}

// hash is what a row keeps of a text; a text that is not there has one too.
func hash(text string) string { return catalog.TextHash(text) }

// The columns of XLSX and CSV. A returned file is read by these names, in any order.
const (
	colContext  = "context"
	colSource   = "source"
	colText     = "text"
	colState    = "state"
	colLimit    = "limit"
	colNote     = "note"
	colForm     = "form"
	colID       = "id"
	colArea     = "area"
	colLanguage = "language"
	colRow      = "row"
	colSourceAt = "source at export"
	colTextAt   = "text at export"
)

var columns = [...]string{
	colContext, colSource, colText, colState, colLimit, colNote, colForm, colID, colArea, colLanguage, colRow, colSourceAt, colTextAt,
}

// maxFile bounds a returned file, in bytes.
const maxFile = 32 << 20

// maxRows bounds what a returned file may make the program compare.
const maxRows = 200_000

var errNoTexts = errors.New(`the file holds no texts: there is no table with the columns "id" and "text"`)

// numbered writes which row of how many one is, so that dropped rows show. Not "3/12", which would become a date.
func numbered(i, of int) string { return fmt.Sprintf("%d of %d", i, of) }

func total(s string) (n int) {
	var i int
	if _, err := fmt.Sscanf(s, "%d of %d", &i, &n); err != nil {
		return 0
	}
	return n
}
