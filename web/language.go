package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"beaware/catalog"
)

// accepted reads an Accept-Language header (RFC 9110, section 12.5.4): tags as the browser spelled them, most wanted first.
// Whatever cannot be read is left out.
func accepted(header string) []string {
	type wish struct {
		tag string
		q   float64
	}
	var wishes []wish
	for part := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(part, ";")
		w := wish{strings.TrimSpace(tag), 1}
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			q, err := strconv.ParseFloat(v, 64)
			if err != nil || !(q <= 1) {
				continue
			}
			w.q = q
		}
		if isTag(w.tag) && w.q > 0 && len(wishes) < 20 {
			wishes = append(wishes, w)
		}
	}
	slices.SortStableFunc(wishes, func(a, b wish) int { return cmp.Compare(b.q, a.q) })
	tags := make([]string, len(wishes))
	for i, w := range wishes {
		tags[i] = w.tag
	}
	return tags
}

// isTag tells whether a string looks like a language tag; "*" does not.
func isTag(s string) bool {
	if s == "" || len(s) > 35 {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

// wishes are the languages of a request, most wanted first: one that was chosen, then those of the browser.
func wishes(r *http.Request, chosen string) []string {
	tags := accepted(r.Header.Get("Accept-Language"))
	if isTag(chosen) {
		tags = append([]string{chosen}, tags...)
	}
	return tags
}

// language gives the language for a page, by the catalog's explicit table. ok is
// false where none fits: then the visitor is asked.
func (s *site) language(r *http.Request) (tag string, ok bool) {
	return s.Catalog.Match(wishes(r, r.URL.Query().Get("lang"))...)
}

// languageOr is for pages that must say something even then.
func (s *site) languageOr(r *http.Request) string {
	if tag, ok := s.language(r); ok {
		return tag
	}
	return catalog.SourceLanguage
}
