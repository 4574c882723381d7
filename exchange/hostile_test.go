package exchange

import (
	"os"
	"testing"

	"beaware/catalog"
)

// hostile are texts that spreadsheet programs like to change.
func hostile() []string {
	return []string{
		"=SUM(1)", "=1+1", "+383 38", "-1", "- yes", "@SUM(1)", "'", "''x", "'=1", "007", "0,5", "1/2", "24/7", "1-2", "08:00", "5 PM", "50%", "1e5", "$5",
		"TRUE", "false", "May 10", "10 maja", "1 2", " leading", "trailing ", "\ttab", "a\tb", "a\nb", "a\n\n- b\n- c", "\"quoted\"", "a,b;c\td", "\\n", `C:\n`,
		"\u2066+383\u00a038\u2069", "\u2068112\u2069", "\u2067x\u2069", "a\u200fb", "\u200fa", "می\u200cخواهم", "a\u200db", "e\u0301", "é", "ড\u09bc", "_x000D_", "_x0041_",
		"<b>&amp;</b>", "]]>", "#, fuzzy", "msgid \"x\"", "123456789012345678", "(5)", "1.000.000", "٠٠٧", "😀 👩‍👩‍👧", "#REF!", "a\u00a0", "{help}", "**x**",
	}
}

func hostileBook() *Book {
	b := &Book{Language: "en", Plurals: catalog.Plurals{Forms: []string{"one", "other"}}}
	for i, text := range hostile() {
		for _, form := range []string{"one", "other"} {
			b.Rows = append(b.Rows, Row{
				Area: "bot", ID: "t." + string(rune('a'+i/26)) + string(rune('a'+i%26)), Form: form, Source: text, Text: text, Context: text, Note: text,
				State: "stale", SourceHash: hash(text), TextHash: hash(text), Ref: "locales/en.toml:1", Limit: 10,
			})
		}
	}
	b.Total = len(b.Rows)
	return b
}

// TestHostileTexts come back to the byte from our own files and, where they are tables, from a real spreadsheet program.
func TestHostileTexts(t *testing.T) {
	s := source(t, os.DirFS(folder(t, small())))
	b := hostileBook()
	for _, format := range formats {
		t.Run(string(format), func(t *testing.T) { readBack(t, s, b, written(t, b, format)) })
	}
	t.Run("LibreOffice", func(t *testing.T) {
		back := resaved(t, "csv", "csv:Text - txt - csv (StarCalc):44,34,76,1", map[string][]byte{"h": written(t, b, CSV)})
		readBack(t, s, b, back["h"])
		back = resaved(t, "xlsx", "xlsx:Calc MS Excel 2007 XML", map[string][]byte{"h": written(t, b, XLSX)})
		readBack(t, s, b, back["h"])
	})
}
