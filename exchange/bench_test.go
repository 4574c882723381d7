package exchange

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"beaware/catalog"
)

// large is a catalog of 40 languages with 2,000 texts each, every fifth of several lines.
func large(b *testing.B) *Source {
	b.Helper()
	tree := fstest.MapFS{}
	put := func(name, text string) { tree[name] = &fstest.MapFile{Data: []byte(text)} }
	var list strings.Builder
	put("content/x.toml", "")
	for _, tag := range append([]string{"en"}, carriers[1:40]...) {
		fmt.Fprintf(&list, "[[language]]\ntag = %q\nautonym = %q\nscript = \"Latn\"\n", tag, tag)
		var texts strings.Builder
		for i := range 2000 {
			if i%50 == 0 {
				fmt.Fprintf(&texts, "[table%d]\n", i/50)
			}
			if i%5 == 0 {
				fmt.Fprintf(&texts, "text%d = \"\"\"\nA longer text in %s, with **strong words** and {name}.\n\n- one sign of many\n- another sign\n\nYou decide what happens next.\"\"\"\n", i, tag)
			} else {
				fmt.Fprintf(&texts, "text%d = \"A text of one line in %s, as they mostly are.\"\n", i, tag)
			}
		}
		put("locales/"+tag+".toml", texts.String())
	}
	put("locales/languages.toml", list.String())
	cat, found := catalog.Read(tree)
	if len(cat.Languages) != 40 || len(cat.Wordings()) != 2000 {
		b.Fatalf("%d languages, %d texts\n%s", len(cat.Languages), len(cat.Wordings()), found)
	}
	return &Source{Catalog: cat, Tree: tree}
}

// BenchmarkExport writes 40 languages of 2,000 texts, one file a language. The promise for XLSX is under 5 s.
func BenchmarkExport(b *testing.B) {
	s := large(b)
	for _, format := range formats {
		b.Run(string(format), func(b *testing.B) {
			for b.Loop() {
				for _, l := range s.Catalog.Languages {
					book, err := s.Book(l.Tag)
					if err != nil {
						b.Fatal(err)
					}
					if err := book.Write(io.Discard, format); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkImport reads and compares one language's workbook of 2,000 texts without a change.
func BenchmarkImport(b *testing.B) {
	s := large(b)
	book, err := s.Book("fr")
	if err != nil {
		b.Fatal(err)
	}
	data := written(b, book, XLSX)
	for b.Loop() {
		f, err := s.Read(data)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Plan(f, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
