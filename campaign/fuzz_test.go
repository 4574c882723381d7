package campaign

import (
	"testing"
	"time"
	"unicode/utf8"

	"beaware/catalog"
)

// FuzzCron feeds lines and zones: each line is refused with words, or it fires, soon found, in order, at most once a moment.
func FuzzCron(f *testing.F) {
	for _, line := range []string{"30 19 * * *", "TZ=", "TZ=Europe/Paris", "@every -1s", ", * * * *", "0 9 30 2 *", "0 9 29 2 *", "*/15 1-3 * * 0", "@daily", "0 0 ? * ?"} {
		for _, name := range []string{"Europe/Tirane", "Africa/Cairo", "Australia/Lord_Howe"} {
			f.Add(line, name, int64(1774_746_000))
		}
	}
	f.Fuzz(func(t *testing.T, line, name string, from int64) {
		s, err := parseSpec(line)
		if err != nil {
			if err.Error() == "" || !utf8.ValidString(err.Error()) {
				t.Fatalf("%q: error %q", line, err)
			}
			return
		}
		if w, ok := s.first(date(2096, 3, 1), date(2105, 1, 1)); !ok {
			t.Fatalf("%q was accepted and never fires: %v", line, w)
		}
		at, err := time.LoadLocation(name)
		if err != nil || name == "Local" {
			at = time.UTC
		}
		p, _ := New(&catalog.Catalog{Campaigns: []*catalog.Campaign{{ID: "c", Window: catalog.Window{Always: true},
			Entries: []catalog.Entry{{ID: "e", Cron: line, Messages: sequence("a b"), Repeat: true}}}}},
			[]Office{{ID: "o", Zone: at, Languages: []string{"en"}}}, []Channel{{ID: "ch", Office: "o"}})
		if p == nil {
			t.Fatalf("%q was read and then refused", line)
		}
		start := time.Unix(from%(1<<33), 0) // until 2242
		last := start.Add(-1)
		seen := 0
		for post := range p.Due(start, start.AddDate(9, 0, 0)) {
			if !post.At.After(last) {
				t.Fatalf("%q in %s: %v after %v", line, name, post.At, last)
			}
			last = post.At
			if seen++; seen == 50 {
				return
			}
		}
		if seen == 0 {
			t.Fatalf("%q in %s: nothing in nine years from %v", line, name, start)
		}
	})
}
