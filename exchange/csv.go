package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// WriteCSV writes the book as CSV: UTF-8 with a byte order mark, so that Excel reads it as such; RFC 4180 with every field
// quoted, CRLF behind records and LF inside texts. Quotes do not keep a spreadsheet program from taking "=SUM(1)" for a formula,
// "- yes" for a sum or "007" for a number, so such a text gets one apostrophe in front, which reading takes off again.
func (b *Book) WriteCSV(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString("\ufeff")
	record := func(cell func(column string) string) {
		for i, c := range columns {
			if i > 0 {
				out.WriteByte(',')
			}
			out.WriteString(`"` + strings.ReplaceAll(guarded(cell(c)), `"`, `""`) + `"`)
		}
		out.WriteString("\r\n")
	}
	record(func(c string) string { return c })
	for i, r := range b.Rows {
		n := numberedRow{r, i + 1}
		record(func(c string) string { return b.cell(n, c) })
	}
	_, err := w.Write(out.Bytes())
	return err
}

// risky is what a spreadsheet program does not take for a text: what begins like a formula (OWASP, "CSV Injection"), and what
// looks like a number, a date, a time, a share or a truth. A leading apostrophe is guarded too, so that exactly one comes off.
var risky = regexp.MustCompile(`(?i)^\s*([=+\-@'\t\r]|[\p{Nd}\p{Sc}.,:/ \-()%]+$|\d+e[+-]?\d+$|(true|false)\s*$|[\d:.,]+\s*[ap]\.?m\.?\s*$|\d{1,4}[-./ ]*\p{L}{1,12}[-./ ]*\d{0,4}$|\p{L}{1,12}[-./ ]*\d{1,4}(, *\d{4})?$)`)

func guarded(s string) string {
	if s != "" && risky.MatchString(s) {
		return "'" + s
	}
	return s
}

func unguarded(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && risky.MatchString(rest) {
		return rest
	}
	return s
}

// readCSV reads what WriteCSV wrote, whatever separator a program put in its place.
func readCSV(data []byte) (*Returned, error) {
	text, err := utf8Text(data)
	if err != nil {
		return nil, err
	}
	in := csv.NewReader(strings.NewReader(text))
	in.Comma = separator(text)
	in.FieldsPerRecord = -1
	in.LazyQuotes = true
	f, t := &Returned{Format: CSV}, &table{}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("cannot be read as CSV: %w", err)
		}
		line, _ := in.FieldPos(0)
		if t.at == nil {
			t.header(cells)
			continue
		}
		for i := range cells {
			cells[i] = unguarded(cells[i])
		}
		if r, ok := t.row(cells, fmt.Sprintf("line %d", line)); ok {
			f.add(r, total(t.get(cells, colRow)))
		}
		if len(f.Rows) > maxRows {
			return nil, fmt.Errorf("the file has more than %d rows", maxRows)
		}
	}
	if t.at == nil {
		return nil, errNoTexts
	}
	return f, nil
}

// separator is the one that the header is written with.
func separator(text string) rune {
	head, _, _ := strings.Cut(text, "\n")
	best := slices.MaxFunc([]string{",", ";", "\t"}, func(a, b string) int { return strings.Count(head, a) - strings.Count(head, b) })
	return rune(best[0])
}

// utf8Text takes the byte order mark off, and reads the UTF-16 that Excel calls "Unicode text".
func utf8Text(data []byte) (string, error) {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", fmt.Errorf("cannot be read as UTF-16: %w", err)
		}
		data = out
	}
	if !utf8.Valid(data) {
		line := 1 + bytes.Count(data[:invalidAt(data)], []byte("\n"))
		return "", fmt.Errorf(`line %d: the file is not UTF-8, so that letters would be lost; save it again as "CSV UTF-8", or export anew`, line)
	}
	return strings.TrimPrefix(string(data), "\ufeff"), nil
}

func invalidAt(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(data)
}
