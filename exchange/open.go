package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// Write writes the book in one of the formats.
func (b *Book) Write(w io.Writer, format Format) error {
	switch format {
	case XLSX:
		return b.WriteXLSX(w)
	case CSV:
		return b.WriteCSV(w)
	case PO:
		return b.WritePO(w)
	}
	return fmt.Errorf("there is no format %q; there are xlsx, csv and po", format)
}

var poLine = regexp.MustCompile(`(?m)^\s*msgid\s+"`)

// Read reads a file that came back. Its content tells which of the formats it has.
func (s *Source) Read(data []byte) (*Returned, error) {
	switch {
	case len(data) > maxFile:
		return nil, fmt.Errorf("the file has %d bytes; at most %d are read", len(data), maxFile)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		if bytes.Contains(data[:min(len(data), 200)], []byte("opendocument")) {
			return nil, errors.New("the file is an OpenDocument one; save it as XLSX")
		}
		return readXLSX(data)
	case bytes.HasPrefix(data, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return nil, errors.New("the file is an old or encrypted Office file; save it as XLSX, without a password")
	case bytes.HasPrefix(data, []byte("%PDF")):
		return nil, errors.New("the file is a PDF; send the XLSX, CSV or PO file itself")
	case poLine.Match(data):
		return readPO(data, s.formsOf)
	}
	return readCSV(data)
}

// formsOf gives the plural forms of a language, in the order in which PO files number them.
func (s *Source) formsOf(tag string) []string {
	if l, ok := s.Catalog.Language(tag); ok {
		return l.Plurals().Forms
	}
	return []string{"other"}
}
