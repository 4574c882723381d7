package catalog

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Coverage is how far the texts of one area have come in one language. An area is what an office translates together:
// "bot", "pages", "checks", "hotlines", or a campaign, as "campaigns/world-day".
type Coverage struct {
	Language string
	Area     string
	Texts    int // that the source language has
	Missing  int
	Draft    int
	Stale    int // reviewed once; the text or its source changed since
	Reviewed int
}

// Ready tells whether all texts of the area are reviewed.
func (c Coverage) Ready() bool { return c.Reviewed == c.Texts }

// Whole tells whether no text of the area is missing.
func (c Coverage) Whole() bool { return c.Missing == 0 }

// Coverage counts every text in every language: sorted by area, the languages in their own order.
func (c *Catalog) Coverage() []Coverage {
	areas := map[string][]string{}
	for id := range c.Locale(SourceLanguage).own {
		area := c.area(id)
		areas[area] = append(areas[area], id)
	}
	var all []Coverage
	for _, area := range slices.SortedFunc(maps.Keys(areas), byArea) {
		for _, l := range c.Languages {
			cover, loc := Coverage{Language: l.Tag, Area: area, Texts: len(areas[area])}, c.Locale(l.Tag)
			for _, id := range areas[area] {
				switch loc.State(id) {
				case Draft:
					cover.Draft++
				case Stale:
					cover.Stale++
				case Reviewed:
					cover.Reviewed++
				default:
					cover.Missing++
				}
			}
			all = append(all, cover)
		}
	}
	return all
}

// area tells what a text belongs to, by its id (see Locale).
func (c *Catalog) area(id string) string {
	first, rest, _ := strings.Cut(id, ".")
	second, _, _ := strings.Cut(rest, ".")
	switch {
	case first == "campaign":
		return "campaigns/" + second
	case first == "hotline":
		return "hotlines"
	case first == "check" && c.Checks[second] != nil:
		return "checks"
	case first == "web":
		return "pages"
	}
	return "bot"
}

// byArea sets what is needed always before the campaigns.
func byArea(a, b string) int {
	campaign := func(s string) int { return len(s) - len(strings.TrimPrefix(s, "campaigns/")) }
	return cmp.Or(cmp.Compare(campaign(a), campaign(b)), cmp.Compare(a, b))
}
