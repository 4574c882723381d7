package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCoverage counts the fixture, which has a campaign that Arabic lacks, and a review of one text that has changed since.
func TestCoverage(t *testing.T) {
	tree := good()
	source, text := "Papers?", "Папири?"
	tree["content/checks/sr-Cyrl.review.toml"] = "[\"exploitation.q.G1\"]\ntext = \"" + TextHash(text) + "\"\nsource = \"" + TextHash(source) + "\"\nby = \"office\"\non = \"2026-06-01\"\n" +
		"[\"exploitation.q.L1\"]\ntext = \"" + TextHash("другачије") + "\"\nsource = \"" + TextHash(source) + "\"\nby = \"office\"\non = \"2026-06-01\"\n"
	c, found := Load(tree.fs())
	if c == nil {
		t.Fatal(found)
	}
	got := map[string]Coverage{}
	sum := map[string]int{}
	for _, cover := range c.Coverage() {
		got[cover.Area+" "+cover.Language] = cover
		sum[cover.Language] += cover.Texts
		if cover.Missing+cover.Draft+cover.Stale+cover.Reviewed != cover.Texts {
			t.Errorf("does not add up: %+v", cover)
		}
	}
	for _, l := range c.Languages {
		if want := len(c.Locale(SourceLanguage).own); sum[l.Tag] != want {
			t.Errorf("%s: %d texts in all areas, want %d", l.Tag, sum[l.Tag], want)
		}
	}
	checks := got["checks sr-Cyrl"]
	if want := (Coverage{"sr-Cyrl", "checks", checks.Texts, 0, checks.Texts - 2, 1, 1}); !cmp.Equal(checks, want) || checks.Texts < 10 {
		t.Errorf("%+v, want %+v", checks, want)
	}
	if day := got["campaigns/day ar"]; day.Missing != day.Texts || day.Texts == 0 || day.Whole() || day.Ready() {
		t.Errorf("a campaign that Arabic lacks: %+v", day)
	}
	if derived := got["checks sr-Latn"]; derived.Reviewed != 1 {
		t.Errorf("a derived text is as far as the one it comes from: %+v", derived)
	}
}
