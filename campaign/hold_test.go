package campaign

import (
	"strings"
	"testing"
	"time"

	"beaware/catalog"
)

// days reads "2027-07-20" or "2027-07-20/2027-07-22 reason".
func days(t testing.TB, text string) Blackout {
	t.Helper()
	span, reason, _ := strings.Cut(text, " ")
	first, last, two := strings.Cut(span, "/")
	if !two {
		last = first
	}
	from, err := time.Parse(time.DateOnly, first)
	to, err2 := time.Parse(time.DateOnly, last)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	return Blackout{from, to, reason}
}

// still is a planner of one office with these quiet hours and blackouts.
func still(t testing.TB, zone *time.Location, quiet *Quiet, blackouts ...string) *Planner {
	t.Helper()
	o := Office{ID: "o", Zone: zone, Languages: []string{"en"}, Quiet: quiet}
	for _, b := range blackouts {
		o.Blackouts = append(o.Blackouts, days(t, b))
	}
	return mustNew(t, catalogOf(), []Office{o, {ID: "other", Zone: zone, Languages: []string{"en"}}}, nil)
}

func night() *Quiet { return &Quiet{22 * 60, 7 * 60} }

func TestHold(t *testing.T) {
	tests := []struct {
		name      string
		zone      string
		quiet     *Quiet
		blackouts []string
		at, t     string // t is at when empty
		until     string // "" for none
		reason    string // a part of it; "" for none
	}{
		{"nothing set", "Europe/Sarajevo", nil, nil, "2027-07-17T20:00:00Z", "", "", ""},
		{"before quiet", "Europe/Sarajevo", night(), nil, "2027-07-17T19:59:59Z", "", "", ""},
		{"quiet begins", "Europe/Sarajevo", night(), nil, "2027-07-17T20:00:00Z", "", "2027-07-18T05:00:00Z", "22:00 to 07:00"},
		{"after midnight", "Europe/Sarajevo", night(), nil, "2027-07-18T04:59:59.999Z", "", "2027-07-18T05:00:00Z", "quiet"},
		{"quiet ends", "Europe/Sarajevo", night(), nil, "2027-07-18T05:00:00Z", "", "", ""},
		{"late into quiet", "Europe/Sarajevo", night(), nil, "2027-07-17T17:30:00Z", "2027-07-17T20:30:00Z", "2027-07-18T05:00:00Z", "quiet"},
		{"inside one day", "Europe/Sarajevo", &Quiet{12 * 60, 13*60 + 30}, nil, "2027-07-17T10:15:00Z", "", "2027-07-17T11:30:00Z", "12:00 to 13:30"},
		{"until midnight", "Europe/Sarajevo", &Quiet{22 * 60, 24 * 60}, nil, "2027-07-17T21:59:59Z", "", "2027-07-17T22:00:00Z", "22:00 to 24:00"},
		{"until midnight, written the other way", "Europe/Sarajevo", &Quiet{22 * 60, 0}, nil, "2027-07-17T21:59:59Z", "", "2027-07-17T22:00:00Z", "22:00 to 00:00"},
		{"after midnight again", "Europe/Sarajevo", &Quiet{22 * 60, 24 * 60}, nil, "2027-07-17T22:00:00Z", "", "", ""},

		{"blackout", "Europe/Sarajevo", nil, []string{"2027-07-20 mourning"}, "2027-07-20T17:30:00Z", "", "", "2027-07-20: mourning"},
		{"its first moment", "Europe/Sarajevo", nil, []string{"2027-07-20"}, "2027-07-19T22:00:00Z", "", "", "a blackout of its office, 2027-07-20"},
		{"the moment before", "Europe/Sarajevo", nil, []string{"2027-07-20"}, "2027-07-19T21:59:59Z", "", "", ""},
		{"its last moment", "Europe/Sarajevo", nil, []string{"2027-07-20"}, "2027-07-20T21:59:59Z", "", "", "blackout"},
		{"the moment after", "Europe/Sarajevo", nil, []string{"2027-07-20"}, "2027-07-20T22:00:00Z", "", "", ""},
		{"several days", "Europe/Sarajevo", nil, []string{"2027-07-20/2027-07-22 x"}, "2027-07-21T17:30:00Z", "", "", "from 2027-07-20 to 2027-07-22: x"},
		{"of the day, sent late", "Europe/Sarajevo", nil, []string{"2027-07-20"}, "2027-07-20T21:30:00Z", "2027-07-21T10:00:00Z", "", "blackout"},
		{"of the day before, late", "Europe/Sarajevo", nil, []string{"2027-07-20/2027-07-21"}, "2027-07-19T17:30:00Z", "2027-07-20T01:00:00Z", "2027-07-21T22:00:00Z", "blackout"},
		{"two that touch", "Europe/Sarajevo", nil, []string{"2027-07-21 b", "2027-07-20 a"}, "2027-07-19T17:30:00Z", "2027-07-20T01:00:00Z", "2027-07-21T22:00:00Z", "a, then a blackout of its office, 2027-07-21: b"},

		{"quiet, then a blackout, then quiet", "Europe/Sarajevo", night(), []string{"2027-07-20"}, "2027-07-19T20:30:00Z", "", "2027-07-21T05:00:00Z", "quiet hours of its office, 22:00 to 07:00, then a blackout of its office, 2027-07-20, then the quiet"},
		{"a zone without daylight saving", "Asia/Tbilisi", night(), nil, "2027-07-17T18:00:00Z", "", "2027-07-18T03:00:00Z", "quiet"},

		// On 28 March 2027 the clock goes from 02:00 to 03:00, on 31 October back from 03:00 to 02:00.
		{"over spring", "Europe/Sarajevo", night(), nil, "2027-03-27T21:00:00Z", "", "2027-03-28T05:00:00Z", "quiet"},
		{"over autumn", "Europe/Sarajevo", night(), nil, "2027-10-30T20:00:00Z", "", "2027-10-31T06:00:00Z", "quiet"},
		{"ends in the gap", "Europe/Sarajevo", &Quiet{60, 150}, nil, "2027-03-28T00:30:00Z", "", "2027-03-28T01:00:00Z", "quiet"},
		{"begins in the gap", "Europe/Sarajevo", &Quiet{150, 300}, nil, "2027-03-28T01:00:00Z", "", "2027-03-28T03:00:00Z", "quiet"},
		{"all of it in the gap", "Europe/Sarajevo", &Quiet{130, 150}, nil, "2027-03-28T01:00:00Z", "", "", ""},
		{"ends at the first of two", "Europe/Sarajevo", &Quiet{0, 150}, nil, "2027-10-31T00:29:59Z", "", "2027-10-31T00:30:00Z", "quiet"},
		{"not again at the second", "Europe/Sarajevo", &Quiet{0, 150}, nil, "2027-10-31T01:10:00Z", "", "", ""},
		{"begins at the first of two", "Europe/Sarajevo", &Quiet{150, 240}, nil, "2027-10-31T01:10:00Z", "", "2027-10-31T03:00:00Z", "quiet"},
		// Lord Howe changes by half an hour: 02:00 to 02:30 on 3 October 2027.
		{"half an hour", "Australia/Lord_Howe", &Quiet{0, 135}, nil, "2027-10-02T14:00:00Z", "", "2027-10-02T15:30:00Z", "quiet"},
		// In Beirut 28 March 2027 begins at 01:00.
		{"a day without midnight", "Asia/Beirut", nil, []string{"2027-03-28"}, "2027-03-27T22:00:00Z", "", "", "blackout"},
		{"the moment before that day", "Asia/Beirut", nil, []string{"2027-03-28"}, "2027-03-27T21:59:59Z", "", "", ""},
		// In Cairo the clock goes back from midnight to 23:00, so 28 October 2027 has two eleventh hours.
		{"a day that ends twice", "Africa/Cairo", nil, []string{"2027-10-28"}, "2027-10-28T21:30:00Z", "", "", "blackout"},
		{"the day after it", "Africa/Cairo", nil, []string{"2027-10-28"}, "2027-10-28T22:00:00Z", "", "", ""},
		// In St John's it went back from 00:01 on 7 November 2010: the wall showed the 6th again after the 7th had begun.
		{"back over midnight", "America/St_Johns", &Quiet{0, 60}, nil, "2010-11-07T03:00:00Z", "", "2010-11-07T04:30:00Z", "quiet"},
		// Apia had no 30 December 2011.
		{"a day that is not there", "Pacific/Apia", night(), []string{"2011-12-30"}, "2011-12-30T09:00:00Z", "", "2011-12-30T17:00:00Z", "quiet"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := still(t, zone(t, tt.zone), tt.quiet, tt.blackouts...)
			at := instant(t, tt.at)
			now := at
			if tt.t != "" {
				now = instant(t, tt.t)
			}
			until, reason := p.Hold(Post{Office: "o", At: at}, now)
			shown := ""
			if !until.IsZero() {
				shown = until.UTC().Format(time.RFC3339)
			}
			if shown != tt.until || (reason == "") != (tt.reason == "") || !strings.Contains(reason, tt.reason) {
				t.Errorf("until %q, reason %q; want %q, %q", shown, reason, tt.until, tt.reason)
			}
			for _, office := range []string{"other", "zz"} {
				if until, reason := p.Hold(Post{Office: office, At: at}, now); !until.IsZero() || reason != "" {
					t.Errorf("office %q: until %v, reason %q", office, until, reason)
				}
			}
		})
	}
}

// A moment that Hold names is later than the one asked about and is free, in every zone and around every clock change.
func TestHoldLeadsToAFreeMoment(t *testing.T) {
	blackouts := []string{"2027-03-28/2027-03-29", "2027-10-31", "2027-10-28", "2027-04-30"}
	for _, name := range []string{"Europe/Sarajevo", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Nuuk", "Pacific/Apia", "UTC"} {
		for _, q := range []Quiet{{22 * 60, 7 * 60}, {0, 60}, {23 * 60, 30}, {90, 180}, {1, 0}, {0, 1439}} {
			p := still(t, zone(t, name), &q, blackouts...)
			free := 0
			for at := instant(t, "2027-03-01T00:00:00Z"); at.Before(instant(t, "2027-11-20T00:00:00Z")); at = at.Add(137 * time.Minute) {
				post := Post{Office: "o", At: instant(t, "2027-02-20T12:00:00Z")}
				until, reason := p.Hold(post, at)
				if reason == "" {
					free++
					continue
				}
				if !until.After(at) {
					t.Fatalf("%s, %v: at %v until %v", name, q, at, until)
				}
				if again, why := p.Hold(post, until); why != "" {
					t.Fatalf("%s, %v: at %v until %v, and then %s until %v", name, q, at, until, why, again)
				}
				if _, why := p.Hold(post, until.Add(-1)); why == "" {
					t.Fatalf("%s, %v: at %v until %v, which is later than needed", name, q, at, until)
				}
			}
			if free == 0 && q.length() < 1400 {
				t.Errorf("%s, %v: no free moment", name, q)
			}
		}
	}
}

func TestHoldFindings(t *testing.T) {
	office := func(change func(*Office)) Office {
		o := Office{ID: "ba", Zone: zone(t, "Europe/Sarajevo"), Languages: []string{"en"}}
		change(&o)
		return o
	}
	entry := func(cron, grace string) []catalog.Entry {
		return []catalog.Entry{{ID: "e", Cron: cron, Grace: grace, Messages: sequence("a"), Repeat: true}}
	}
	quiet := func(from, to int) func(*Office) {
		return func(o *Office) { o.Quiet = &Quiet{from, to} }
	}
	tests := []struct {
		name     string
		office   Office
		entries  []catalog.Entry
		severity catalog.Severity
		want     []string
	}{
		{"nothing left", office(quiet(60, 60)), nil, catalog.Error, []string{"01:00 to 01:00"}},
		{"all day", office(quiet(0, 24*60)), nil, catalog.Error, []string{"00:00 to 24:00"}},
		{"no minute of a day", office(quiet(-1, 60)), nil, catalog.Error, []string{"part of a day"}},
		{"nor at its end", office(quiet(60, 24*60+1)), nil, catalog.Error, []string{"part of a day"}},
		{"dates", office(func(o *Office) { o.Blackouts = []Blackout{days(t, "2027-07-21/2027-07-20")} }), nil, catalog.Error, []string{"ends on 2027-07-20 before it starts on 2027-07-21"}},
		{"good", office(quiet(22*60, 7*60)), entry("30 19 * * *", ""), 0, nil},
		{"waits", office(quiet(22*60, 7*60)), entry("0 22 * * *", "9h"), 0, nil},
		{"waits too long", office(quiet(22*60, 7*60)), entry("30 12,22 * * *", "8h"), catalog.Warning, []string{`entry "e" fires at 22:30, in the quiet hours of office "ba" (22:00 to 07:00)`}},
		{"after midnight", office(quiet(22*60, 7*60)), entry("59 5 * * *", ""), catalog.Warning, []string{"05:59"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, findings := New(catalogOf(&catalog.Campaign{ID: "c", Window: catalog.Window{Always: true}, Entries: tt.entries}), []Office{tt.office}, nil)
			if (p == nil) != (tt.severity == catalog.Error) {
				t.Errorf("planner %v", p)
			}
			wantFindings(t, findings, tt.severity, tt.want)
		})
	}
}
