package exchange

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"os"
)

// TestMojibake recognises UTF-8 that was read as something else, in every script of ours, and no honest text.
func TestMojibake(t *testing.T) {
	t.Parallel()
	honest := []string{
		"Dobar dan", "čćđšž ĐŠŽ", "Ë ë ç Ç", "Здраво Ђорђе", "Добрий день", "مرحبا", "ÉLITE” ET CLICHÉ”", "Ça va « bien » ?", "São Paulo", "Ångström Ærø", "Türkçe ğ ş İ", "ქართული", "বাংলা",
		"naïve – “quoted”", "İstanbul", "Ñandú", "â î ă ș ț",
	}
	for _, text := range honest {
		if meant, ok := mojibake(text); ok {
			t.Errorf("%q was taken for %q", text, meant)
		}
	}
	for _, text := range []string{"čćđšž", "ë", "Здраво свима", "مرحبا بكم", "ქართული", "“quoted”", "বাংলা", "á"} {
		for _, page := range []*charmap.Charmap{charmap.Windows1252, charmap.Windows1250, charmap.Windows1251} {
			seen, err := page.NewDecoder().String(text)
			if err != nil || strings.ContainsRune(seen, '\ufffd') {
				continue
			}
			if meant, ok := mojibake(seen); !ok || meant != text {
				t.Errorf("%s of %q: %q, %v", page, text, meant, ok)
			}
		}
	}
}

// workbook changes a workbook as somebody at a spreadsheet would.
func workbook(t *testing.T, data []byte, change func(f *excelize.File)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	change(f)
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestDamagedWorkbook: numbers, formulas, dates, truth values, merged cells, sheets that are gone.
func TestDamagedWorkbook(t *testing.T) {
	t.Parallel()
	s := source(t, os.DirFS(folder(t, small())))
	data := written(t, book(t, s, "ar"), XLSX)
	const sum, digits = "C4", "C5" // of the sheet Bot, see small
	for _, c := range []struct {
		name   string
		change func(f *excelize.File) error
		id     string
		why    string
	}{
		{"number", func(f *excelize.File) error { return f.SetCellInt("Bot", digits, 0) }, "bot.digits", "made a number of the text, 0"},
		{"formula", func(f *excelize.File) error { return f.SetCellFormula("Bot", sum, "SUM(1)") }, "", ""},
		{"truth", func(f *excelize.File) error { return f.SetCellBool("Bot", sum, true) }, "bot.sum", "truth value"},
		{"merged", func(f *excelize.File) error { return f.MergeCell("Bot", sum, digits) }, "bot.digits", "emptied"},
	} {
		came := workbook(t, data, func(f *excelize.File) {
			if got, err := f.GetCellValue("Bot", digits); err != nil || got != "00" {
				t.Fatalf("%s is %q, %v", digits, got, err)
			}
			if err := c.change(f); err != nil {
				t.Fatal(err)
			}
		})
		p := planned(t, s, came, Options{})
		if len(p.Changes) > 0 || c.id != "" && !has(p.Refused, c.id, c.why) {
			t.Errorf("%s: changes %v, refused %v, want %s: %s", c.name, p.Changes, p.Refused, c.id, c.why)
		}
		if c.name == "merged" && !has(p.Remarks, "", "cells C4 to C5 are merged") {
			t.Errorf("%s: remarks %v", c.name, p.Remarks)
		}
	}
	came := workbook(t, data, func(f *excelize.File) {
		if err := f.DeleteSheet("Bot"); err != nil {
			t.Fatal(err)
		}
	})
	if p := planned(t, s, came, Options{}); len(p.Missing) != 10 {
		t.Errorf("missing %v", p.Missing)
	}
}

// TestOtherFiles: what is no file of ours says so; other encodings and separators of tables are read.
func TestOtherFiles(t *testing.T) {
	t.Parallel()
	s := source(t, os.DirFS(folder(t, small())))
	b := book(t, s, "sr-Cyrl")
	table := string(written(t, b, CSV))
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.TrimPrefix(table, "\ufeff"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"UTF-16":     wide,
		"semicolons": strings.ReplaceAll(table, `","`, `";"`),
		"tabs":       strings.ReplaceAll(table, `","`, "\"\t\""),
		"LF":         strings.ReplaceAll(table, "\r\n", "\n"),
		"no mark":    strings.TrimPrefix(table, "\ufeff"),
		"PO, CRLF":   strings.ReplaceAll(string(written(t, b, PO)), "\n", "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			readBack(t, s, b, []byte(data))
			nothing(t, planned(t, s, []byte(data), Options{}))
		})
	}
	narrow, err := charmap.Windows1251.NewEncoder().String("id,text\nbot.hide,Здраво\n")
	if err != nil {
		t.Fatal(err)
	}
	for data, why := range map[string]string{
		"": "holds no texts", "hello": "holds no texts", "a,b\n1,2\n": "holds no texts", "PK\x03\x04": "cannot be read as XLSX", narrow: "line 2: the file is not UTF-8",
		"PK\x03\x04" + strings.Repeat(" ", 26) + "mimetypeapplication/vnd.oasis.opendocument.spreadsheet": "OpenDocument", "\xd0\xcf\x11\xe0": "old or encrypted",
		"%PDF-1.7": "PDF", "msgid \"\"\nmsgstr \"": "line 2: a string must begin and end", "msgid \"a\"\nmsgstr \"b\"\n": "no entry has a msgctxt",
		"msgid \"\"\nmsgstr \"\"\nmsgwhat \"\"": "is no line of a PO file", "msgid \"a\\\"\n": "ends inside an escape",
	} {
		if _, err := s.Read([]byte(data)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", data, err, why)
		}
	}
}

func FuzzRead(f *testing.F) {
	s := source(f, os.DirFS(folder(f, small())))
	for _, format := range formats {
		f.Add(written(f, book(f, s, "ar"), format))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := s.Read(data)
		if err == nil {
			_, _ = s.Plan(got, Options{}) // must end, and not panic
		}
	})
}
