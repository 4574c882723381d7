package exchange

import (
	"os"
	"testing"

	"beaware/catalog"
)

var formats = []Format{XLSX, CSV, PO}

// TestRoundTrip hands out every language, shipped and made up, in every format and takes it back: no byte differs.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*Source{"shipped": source(t, os.DirFS("..")), "small": source(t, os.DirFS(folder(t, small())))} {
		for _, l := range s.Catalog.Languages {
			for _, format := range formats {
				t.Run(name+"/"+l.Tag+"/"+string(format), func(t *testing.T) {
					b := book(t, s, l.Tag)
					if len(b.Rows) == 0 {
						t.Fatal("no rows")
					}
					data := written(t, b, format)
					readBack(t, s, b, data)
					nothing(t, planned(t, s, data, Options{Language: l.Tag}))
				})
			}
		}
	}
}

// TestNothingIsLeftOut: the book of the source language has every text that the coverage counts.
func TestNothingIsLeftOut(t *testing.T) {
	t.Parallel()
	s := source(t, os.DirFS(".."))
	ids := map[string]bool{}
	for _, r := range book(t, s, catalog.SourceLanguage).Rows {
		ids[r.ID] = true
	}
	want := 0
	for _, c := range s.Catalog.Coverage() {
		if c.Language == catalog.SourceLanguage {
			want += c.Texts
		}
	}
	if len(ids) != want || want == 0 {
		t.Errorf("%d texts, want %d", len(ids), want)
	}
}
