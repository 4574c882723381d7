package campaign

import (
	"strings"
	"testing"
	"time"

	_ "time/tzdata"

	"beaware/catalog"
)

// zone loads a zone that the tests name.
func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// world is a small installation: two offices, three channels.
func world(t testing.TB) ([]Office, []Channel) {
	t.Helper()
	return []Office{
			{ID: "ba", Country: "BA", Zone: zone(t, "Europe/Sarajevo"), Languages: []string{"bs", "en"}},
			{ID: "ge", Country: "GE", Zone: zone(t, "Asia/Tbilisi"), Languages: []string{"en"}},
		}, []Channel{
			{ID: "ba-feed", Office: "ba", Kind: "feed"},
			{ID: "ba-tg", Office: "ba", Kind: "telegram", Languages: []string{"bs"}},
			{ID: "ge-feed", Office: "ge", Kind: "feed"},
		}
}

func catalogOf(campaigns ...*catalog.Campaign) *catalog.Catalog {
	return &catalog.Catalog{Campaigns: campaigns}
}

// mustNew builds a planner from content that has no faults.
func mustNew(t testing.TB, cat *catalog.Catalog, offices []Office, channels []Channel) *Planner {
	t.Helper()
	p, findings := New(cat, offices, channels)
	if p == nil {
		t.Fatalf("findings: %v", findings)
	}
	return p
}

func sequence(ids string) []string { return strings.Fields(ids) }

func TestNewFindings(t *testing.T) {
	july := catalog.Window{From: "07-17", To: "07-30"}
	entry := func(change func(*catalog.Entry)) []catalog.Entry {
		e := catalog.Entry{ID: "daily", Cron: "30 19 * * *", Messages: sequence("a b c d e f g h i j k l m n")}
		change(&e)
		return []catalog.Entry{e}
	}
	tests := []struct {
		name     string
		campaign catalog.Campaign
		severity catalog.Severity
		want     []string // one finding each; none means no finding
	}{
		{"nothing wrong", catalog.Campaign{Window: july, Entries: entry(func(*catalog.Entry) {})}, 0, nil},
		{"bad cron", catalog.Campaign{Window: july, Entries: entry(func(e *catalog.Entry) { e.Cron = "0 9 * * 7" })}, catalog.Error, []string{"Sunday"}},
		{"bad window", catalog.Campaign{Window: catalog.Window{From: "07-30", To: "07-17"}, Entries: entry(func(*catalog.Entry) {})}, catalog.Error, []string{"New Year"}},
		{"on_uncertain", catalog.Campaign{OnUncertain: "retry", Window: july, Entries: entry(func(*catalog.Entry) {})}, catalog.Error, []string{`on_uncertain is "retry"`}},
		{"all at once", catalog.Campaign{Offices: []string{"zz", "ba", "ba"}, Window: catalog.Window{From: "x", To: "07-30"}, Entries: entry(func(e *catalog.Entry) {
			e.Cron, e.Messages, e.Missed, e.Grace = "x", nil, "never", "soon"
		})}, catalog.Error, []string{`office "zz" does not exist; there is: ba, ge`, `office "ba" is there twice`, `"x" is not a date`, "cron of entry", "no messages", `missed is "never"`, `grace "soon"`}},
		{"never fires, date", catalog.Campaign{Window: july, Entries: entry(func(e *catalog.Entry) { e.Cron = "0 9 1 1 *" })}, catalog.Error, []string{"never fires"}},
		{"never fires, weekday", catalog.Campaign{Window: catalog.Window{From: "2027-07-17", To: "2027-07-17"}, Entries: entry(func(e *catalog.Entry) { e.Cron = "0 9 * * 1" })}, catalog.Error, []string{"never fires"}},
		{"29 February in a leap window", catalog.Campaign{Window: catalog.Window{From: "02-20", To: "02-29"}, Entries: entry(func(e *catalog.Entry) { e.Cron, e.Messages = "0 9 29 2 *", sequence("a") })}, catalog.Advice, []string{"in some years fires only 0 times"}},
		{"too few occurrences", catalog.Campaign{Window: july, Entries: entry(func(e *catalog.Entry) { e.Messages = append(e.Messages, "o", "p") })}, catalog.Warning, []string{"16 messages but fires only 14 times in the window: the last 2 would never go out"}},
		{"too few in a year", catalog.Campaign{Window: catalog.Window{Always: true}, Entries: entry(func(e *catalog.Entry) { e.Cron, e.Repeat = "@monthly", true })}, catalog.Warning, []string{"the last 2 would never go out"}},
		{"too few in some years", catalog.Campaign{Window: july, Entries: entry(func(e *catalog.Entry) { e.Cron, e.Messages = "0 9 * * 6,0", sequence("a b c d e") })}, catalog.Warning, []string{"5 messages but fires only 4 times"}},
		{"too many occurrences", catalog.Campaign{Window: july, Entries: entry(func(e *catalog.Entry) { e.Messages = e.Messages[:3] })}, catalog.Advice, []string{"fires 14 times in the window but has 3 messages"}},
		{"too many, repeated", catalog.Campaign{Window: july, Entries: entry(func(e *catalog.Entry) { e.Messages, e.Repeat = e.Messages[:3], true })}, 0, nil},
		{"always, not repeated", catalog.Campaign{Window: catalog.Window{Always: true}, Entries: entry(func(e *catalog.Entry) { e.Cron = "@weekly" })}, catalog.Advice, []string{"repeat = true"}},
		{"crowded", catalog.Campaign{Window: july, Entries: entry(func(e *catalog.Entry) { e.Cron, e.Repeat = "*/10 * * * *", true })}, catalog.Advice, []string{"every 10 minutes"}},
		{"not crowded", catalog.Campaign{Window: july, Entries: entry(func(e *catalog.Entry) { e.Cron, e.Repeat = "*/15 * * * *", true })}, 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			offices, channels := world(t)
			tt.campaign.ID = "test"
			p, findings := New(catalogOf(&tt.campaign), offices, channels)
			if (p == nil) != (tt.severity == catalog.Error) {
				t.Errorf("planner %v with severity %v", p, tt.severity)
			}
			wantFindings(t, findings, tt.severity, tt.want)
		})
	}
}

func wantFindings(t *testing.T, findings catalog.Findings, severity catalog.Severity, want []string) {
	t.Helper()
	if len(findings) != len(want) {
		t.Fatalf("%d findings, want %d: %v", len(findings), len(want), findings)
	}
	for _, text := range want {
		found := false
		for _, f := range findings {
			found = found || strings.Contains(f.Text, text) && f.Severity == severity
		}
		if !found {
			t.Errorf("no finding of severity %v with %q in %v", severity, text, findings)
		}
	}
}

func TestNewFindingsOfConfig(t *testing.T) {
	utc := func(id string, languages ...string) Office {
		return Office{ID: id, Zone: time.UTC, Languages: languages}
	}
	tests := []struct {
		name     string
		offices  []Office
		channels []Channel
		want     []string
	}{
		{"unknown office", []Office{utc("ba", "en"), utc("al", "en")}, []Channel{{ID: "x", Office: "zz"}}, []string{`office "zz", which does not exist; there is: ba, al`}},
		{"no office at all", nil, []Channel{{ID: "x", Office: "zz"}}, []string{"there is: no office"}},
		{"office twice", []Office{utc("ba", "en"), utc("ba", "en")}, nil, []string{`office "ba" is there twice`}},
		{"channel twice", []Office{utc("ba", "en")}, []Channel{{ID: "x", Office: "ba"}, {ID: "x", Office: "ba"}}, []string{`channel "x" is there twice`}},
		{"no zone", []Office{{ID: "ba", Languages: []string{"en"}}}, []Channel{{ID: "x", Office: "ba"}}, []string{"no time zone"}},
		{"no language", []Office{utc("ba")}, []Channel{{ID: "x", Office: "ba"}}, []string{"no language"}},
		{"language twice", []Office{utc("ba", "en", "en")}, []Channel{{ID: "x", Office: "ba"}}, []string{"twice"}},
		{"ids", []Office{utc("b/a", "en"), utc("", "en"), utc("al", "e n")}, []Channel{{ID: "x y", Office: "al"}, {ID: "z", Office: "al"}}, []string{`"b/a"`, `""`, `"x y"`, `"e n"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, findings := New(catalogOf(), tt.offices, tt.channels)
			if p != nil {
				t.Error("a planner came with errors")
			}
			wantFindings(t, findings, catalog.Error, tt.want)
			for _, f := range findings {
				if f.File != "config.toml" {
					t.Errorf("%v is not in config.toml", f)
				}
			}
		})
	}
}

func TestRule(t *testing.T) {
	tests := []struct {
		missed, grace string
		want          Rule
	}{
		{"", "", Rule{Latest, time.Hour, false, 3, Hold}},
		{"latest", "90m", Rule{Latest, 90 * time.Minute, false, 3, Hold}},
		{"skip", "36h", Rule{Skip, 36 * time.Hour, false, 3, Hold}},
		{"all", "8d", Rule{All, 8 * 24 * time.Hour, true, 3, Hold}},
		{"all", "60d", Rule{All, 60 * 24 * time.Hour, false, 3, Hold}},
	}
	for _, tt := range tests {
		got := parseRule(&catalog.Entry{Missed: tt.missed, Grace: tt.grace, Silent: tt.want.Silent}, func(key, text string) {
			t.Errorf("%q %q: %s: %s", tt.missed, tt.grace, key, text)
		})
		if got != tt.want {
			t.Errorf("%q %q = %+v, want %+v", tt.missed, tt.grace, got, tt.want)
		}
	}
	if got := parseRule(&catalog.Entry{Missed: "all", MissedCap: 7}, func(key, text string) { t.Errorf("%s: %s", key, text) }); got.Cap != 7 {
		t.Errorf("cap %d, want 7", got.Cap)
	}
	capped := false
	parseRule(&catalog.Entry{Missed: "all", MissedCap: -1}, func(key, _ string) { capped = key == "missed_cap" })
	if !capped {
		t.Error("a cap below nothing was read")
	}
	for _, grace := range []string{"0h", "-1h", "1", "h", "1w", "1h30m", "61d", "1441h", "86401m", " 1h", "1.5h", "+1h", "99999999999999999999d", "1H", "١h"} {
		faults := 0
		parseRule(&catalog.Entry{Grace: grace}, func(key, _ string) {
			if key == "grace" {
				faults++
			}
		})
		if faults != 1 {
			t.Errorf("grace %q: %d findings", grace, faults)
		}
	}
}

func TestRulesOfPlanner(t *testing.T) {
	offices, channels := world(t)
	p := mustNew(t, catalogOf(&catalog.Campaign{ID: "c", Window: catalog.Window{Always: true}, Entries: []catalog.Entry{
		{ID: "one", Cron: "@weekly", Messages: sequence("a"), Repeat: true, Grace: "8d", Silent: true},
		{ID: "two", Cron: "@daily", Messages: sequence("a"), Repeat: true, Missed: "skip"},
	}}), offices, channels)
	if got, want := p.Rule("c", "one"), (Rule{Latest, 192 * time.Hour, true, 3, Hold}); got != want {
		t.Errorf("rule of one: %+v, want %+v", got, want)
	}
	if got, want := p.Rule("c", "two"), (Rule{Skip, time.Hour, false, 3, Hold}); got != want {
		t.Errorf("rule of two: %+v, want %+v", got, want)
	}
	resending := mustNew(t, catalogOf(&catalog.Campaign{ID: "c", OnUncertain: "resend", Window: catalog.Window{Always: true}, Entries: []catalog.Entry{
		{ID: "one", Cron: "@weekly", Messages: sequence("a"), Repeat: true},
	}}), offices, channels)
	if resending.Rule("c", "one").OnUncertain != Resend {
		t.Error("on_uncertain was not taken over")
	}
	if p.Rule("c", "zz") != (Rule{}) || p.Rule("zz", "one") != (Rule{}) {
		t.Error("an unknown entry has a rule")
	}
	if got := p.LongestGrace(); got != 192*time.Hour {
		t.Errorf("longest grace %v", got)
	}
}

func TestOpenAndWindow(t *testing.T) {
	offices, channels := world(t)
	offices = append(offices, Office{ID: "eg", Zone: zone(t, "Africa/Cairo"), Languages: []string{"ar"}})
	daily := []catalog.Entry{{ID: "daily", Cron: "30 19 * * *", Messages: sequence("a"), Repeat: true}}
	p := mustNew(t, catalogOf(
		&catalog.Campaign{ID: "july", Window: catalog.Window{From: "07-17", To: "07-30"}, Entries: daily},
		&catalog.Campaign{ID: "once", Offices: []string{"ba"}, Window: catalog.Window{From: "2027-07-17", To: "2027-07-30"}, Entries: daily},
		&catalog.Campaign{ID: "ever", Window: catalog.Window{Always: true}, Entries: daily},
		// Cairo's clock goes from midnight to 01:00 on 24 April 2026, and back from midnight to 23:00 on 29 October.
		&catalog.Campaign{ID: "spring", Window: catalog.Window{From: "2026-04-24", To: "2026-04-24"}, Entries: daily},
		&catalog.Campaign{ID: "autumn", Window: catalog.Window{From: "2026-10-29", To: "2026-10-29"}, Entries: daily},
	), offices, channels)
	tests := []struct {
		campaign, office, t string
		open                bool
		from, to            string // "" for no window
	}{
		{"july", "ba", "2027-07-16T21:59:59Z", false, "2027-07-16T22:00:00Z", "2027-07-30T22:00:00Z"},
		{"july", "ba", "2027-07-16T22:00:00Z", true, "2027-07-16T22:00:00Z", "2027-07-30T22:00:00Z"},
		{"july", "ba", "2027-07-30T21:59:59Z", true, "2027-07-16T22:00:00Z", "2027-07-30T22:00:00Z"},
		{"july", "ba", "2027-07-30T22:00:00Z", false, "2028-07-16T22:00:00Z", "2028-07-30T22:00:00Z"},
		{"july", "ge", "2027-07-16T20:00:00Z", true, "2027-07-16T20:00:00Z", "2027-07-30T20:00:00Z"},
		{"once", "ba", "2027-07-20T00:00:00Z", true, "2027-07-16T22:00:00Z", "2027-07-30T22:00:00Z"},
		{"once", "ba", "2027-07-30T22:00:00Z", false, "", ""},
		{"once", "ge", "2027-07-20T00:00:00Z", false, "", ""},
		{"zz", "ba", "2027-07-20T00:00:00Z", false, "", ""},
		{"july", "zz", "2027-07-20T00:00:00Z", false, "", ""},
		{"ever", "ba", "2027-12-31T23:00:00Z", true, "2027-12-31T23:00:00Z", "2028-12-31T23:00:00Z"},
		{"spring", "eg", "2026-04-23T21:59:59Z", false, "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},
		{"spring", "eg", "2026-04-23T22:00:00Z", true, "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},
		{"autumn", "eg", "2026-10-29T21:30:00Z", true, "2026-10-28T21:00:00Z", "2026-10-29T22:00:00Z"},
		{"autumn", "eg", "2026-10-29T22:00:00Z", false, "", ""},
	}
	for _, tt := range tests {
		at, err := time.Parse(time.RFC3339, tt.t)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Open(tt.campaign, tt.office, at); got != tt.open {
			t.Errorf("%s at %s, %s: open %v, want %v", tt.campaign, tt.office, tt.t, got, tt.open)
		}
		from, to, ok := p.Window(tt.campaign, tt.office, at)
		if ok != (tt.from != "") || ok && (from.UTC().Format(time.RFC3339) != tt.from || to.UTC().Format(time.RFC3339) != tt.to) {
			t.Errorf("%s at %s, %s: window %v to %v, %v; want %s to %s", tt.campaign, tt.office, tt.t, from.UTC(), to.UTC(), ok, tt.from, tt.to)
		}
	}
}
