package campaign

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"beaware/catalog"
)

// single is a planner for one entry, "c/e", at one office with one channel.
func single(t testing.TB, window catalog.Window, at *time.Location, entry catalog.Entry) *Planner {
	t.Helper()
	entry.ID = "e"
	return mustNew(t, catalogOf(&catalog.Campaign{ID: "c", Window: window, Entries: []catalog.Entry{entry}}),
		[]Office{{ID: "o", Zone: at, Languages: []string{"en"}}}, []Channel{{ID: "ch", Office: "o"}})
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestDueAtClockChanges(t *testing.T) {
	tests := []struct {
		name, zone, cron string
		from, to         string
		want             []string // local time with offset
	}{
		{"skipped hour", "Europe/Tirane", "30 2 * * *", "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z",
			[]string{"2026-03-28 02:30 +0100", "2026-03-29 03:00 +0200", "2026-03-30 02:30 +0200"}},
		{"several skipped times are one", "Europe/Tirane", "*/20 2,3 * * *", "2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z",
			[]string{"2026-03-29 03:00 +0200", "2026-03-29 03:20 +0200", "2026-03-29 03:40 +0200"}},
		{"doubled hour", "Europe/Tirane", "30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-26T00:00:00Z",
			[]string{"2026-10-25 02:30 +0200"}},
		{"asked in the doubled hour", "Europe/Tirane", "30 2 * * *", "2026-10-25T00:30:01Z", "2026-10-26T00:00:00Z", nil},
		{"asked in the hour's second run", "Europe/Tirane", "30 2 * * *", "2026-10-25T01:15:00Z", "2026-10-26T00:00:00Z", nil},
		{"skipped midnight", "Africa/Cairo", "@daily", "2026-04-22T12:00:00Z", "2026-04-24T22:00:00Z",
			[]string{"2026-04-23 00:00 +0200", "2026-04-24 01:00 +0300", "2026-04-25 00:00 +0300"}},
		{"asked at the change itself", "Africa/Cairo", "@daily", "2026-04-23T22:00:00Z", "2026-04-23T22:00:01Z",
			[]string{"2026-04-24 01:00 +0300"}},
		{"doubled last hour of the day", "Africa/Cairo", "30 23 * * *", "2026-10-29T00:00:00Z", "2026-10-30T12:00:00Z",
			[]string{"2026-10-29 23:30 +0300"}},
		{"doubled midnight", "America/Havana", "0 0 * * *", "2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z",
			[]string{"2026-11-01 00:00 -0400", "2026-11-02 00:00 -0500"}},
		{"half an hour skipped", "Australia/Lord_Howe", "*/15 2 * * *", "2026-10-03T12:00:00Z", "2026-10-03T17:00:00Z",
			[]string{"2026-10-04 02:30 +1100", "2026-10-04 02:45 +1100"}},
		{"after half an hour skipped", "Australia/Lord_Howe", "15 9 * * *", "2026-10-03T12:00:00Z", "2026-10-04T12:00:00Z",
			[]string{"2026-10-04 09:15 +1100"}},
		{"half an hour doubled", "Australia/Lord_Howe", "45 1 * * *", "2026-04-04T12:00:00Z", "2026-04-05T12:00:00Z",
			[]string{"2026-04-05 01:45 +1100"}},
		{"a day skipped", "Pacific/Apia", "0 9 * * *", "2011-12-29T00:00:00Z", "2011-12-31T12:00:00Z",
			[]string{"2011-12-29 09:00 -1000", "2011-12-31 00:00 +1400", "2011-12-31 09:00 +1400"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := single(t, catalog.Window{Always: true}, zone(t, tt.zone), catalog.Entry{Cron: tt.cron, Messages: sequence("a"), Repeat: true})
			var got []string
			for post := range p.Due(instant(t, tt.from), instant(t, tt.to)) {
				got = append(got, post.At.Format("2006-01-02 15:04 -0700"))
				if want := "c/e/" + post.At.Format("2006-01-02T15:04") + "/ch/en"; post.ID != want {
					t.Errorf("id %q, want %q", post.ID, want)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// The clock in Nuuk goes from 23:00 to midnight on 28 March 2026: what the last hour of a window's last day held is
// not sent outside the window, and what the eve of a window held is not sent inside it.
func TestDueIsNotCarriedOverTheWindow(t *testing.T) {
	nuuk := zone(t, "America/Nuuk")
	all := func(day string) []string {
		p := single(t, catalog.Window{From: day, To: day}, nuuk, catalog.Entry{Cron: "30 22,23 * * *", Messages: sequence("a b c")})
		var got []string
		for post := range p.Due(instant(t, "2026-03-01T00:00:00Z"), instant(t, "2026-05-01T00:00:00Z")) {
			got = append(got, post.At.Format("02T15:04 ")+post.Message)
		}
		return got
	}
	if got, want := all("2026-03-28"), []string{"28T22:30 a"}; !slices.Equal(got, want) {
		t.Errorf("last day: %q, want %q", got, want)
	}
	if got, want := all("2026-03-29"), []string{"29T22:30 a", "29T23:30 b"}; !slices.Equal(got, want) {
		t.Errorf("first day: %q, want %q", got, want)
	}
}

// Times that a clock change makes one count as one, also for who asks only after it.
func TestDueCountsOverAClockChange(t *testing.T) {
	p := single(t, catalog.Window{From: "2026-03-28", To: "2026-03-30"}, zone(t, "Europe/Tirane"),
		catalog.Entry{Cron: "*/20 2,3 * * *", Messages: sequence("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14")})
	for from, want := range map[string]string{
		"2026-03-29T00:59:00Z": "29T03:00 6",
		"2026-03-29T01:00:00Z": "29T03:00 6",
		"2026-03-29T01:00:01Z": "29T03:20 7",
		"2026-03-29T01:30:00Z": "29T03:40 8",
		"2026-03-30T00:00:00Z": "30T02:00 9",
		"2026-03-30T01:30:00Z": "30T03:40 14",
	} {
		for post := range p.Due(instant(t, from), instant(t, "2026-04-01T00:00:00Z")) {
			if got := post.At.Format("02T15:04 ") + post.Message; got != want {
				t.Errorf("the first from %s is %q, want %q", from, got, want)
			}
			break
		}
	}
}

func TestDueSequences(t *testing.T) {
	yearly := catalog.Window{From: "07-17", To: "07-20"}
	tests := []struct {
		name     string
		window   catalog.Window
		entry    catalog.Entry
		from, to string
		want     []string
	}{
		{"ends", yearly, catalog.Entry{Cron: "0 9 * * *", Messages: sequence("a b c")}, "2027-01-01T00:00:00Z", "2028-07-18T00:00:00Z",
			[]string{"2027-07-17 a", "2027-07-18 b", "2027-07-19 c", "2028-07-17 a"}},
		{"repeats", yearly, catalog.Entry{Cron: "0 9 * * *", Messages: sequence("a b c"), Repeat: true}, "2027-01-01T00:00:00Z", "2028-07-18T00:00:00Z",
			[]string{"2027-07-17 a", "2027-07-18 b", "2027-07-19 c", "2027-07-20 a", "2028-07-17 a"}},
		{"asked late", yearly, catalog.Entry{Cron: "0 9 * * *", Messages: sequence("a b c")}, "2027-07-18T09:00:01Z", "2027-08-18T00:00:00Z",
			[]string{"2027-07-19 c"}},
		{"asked after the end", yearly, catalog.Entry{Cron: "0 9 * * *", Messages: sequence("a b c")}, "2027-07-20T00:00:00Z", "2027-08-18T00:00:00Z", nil},
		{"from is included, to is not", yearly, catalog.Entry{Cron: "0 9 * * *", Messages: sequence("a b c")}, "2027-07-17T09:00:00Z", "2027-07-18T09:00:00Z",
			[]string{"2027-07-17 a"}},
		{"weekdays", yearly, catalog.Entry{Cron: "0 9 * * 1-5", Messages: sequence("a b")}, "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z",
			[]string{"2027-07-19 a", "2027-07-20 b"}},
		{"always counts from 1 January", catalog.Window{Always: true}, catalog.Entry{Cron: "0 18 * * 1", Messages: sequence("a b c"), Repeat: true},
			"2027-12-20T00:00:00Z", "2028-01-12T00:00:00Z",
			[]string{"2027-12-20 c", "2027-12-27 a", "2028-01-03 a", "2028-01-10 b"}},
		{"always, not repeated", catalog.Window{Always: true}, catalog.Entry{Cron: "0 18 1 * *", Messages: sequence("a b")},
			"2027-01-20T00:00:00Z", "2028-01-12T00:00:00Z", []string{"2027-02-01 b", "2028-01-01 a"}},
		{"29 February", catalog.Window{Always: true}, catalog.Entry{Cron: "0 9 29 2 *", Messages: sequence("a")},
			"2092-03-01T00:00:00Z", "2105-01-01T00:00:00Z", []string{"2096-02-29 a", "2104-02-29 a"}},
		{"nothing asked", yearly, catalog.Entry{Cron: "0 9 * * *", Messages: sequence("a b c")}, "2027-07-18T00:00:00Z", "2027-07-17T00:00:00Z", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := single(t, tt.window, time.UTC, tt.entry)
			var got []string
			for post := range p.Due(instant(t, tt.from), instant(t, tt.to)) {
				got = append(got, post.At.Format("2006-01-02 ")+post.Message)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDueOrdersOneMomentByID(t *testing.T) {
	daily := func(id string) catalog.Entry {
		return catalog.Entry{ID: id, Cron: "0 12 * * *", Messages: sequence("a"), Repeat: true}
	}
	ever := catalog.Window{Always: true}
	// "a-b" sorts before "a" once a slash follows: '-' is less than '/'.
	p := mustNew(t, catalogOf(
		&catalog.Campaign{ID: "a", Window: ever, Entries: []catalog.Entry{daily("x"), daily("x-y")}},
		&catalog.Campaign{ID: "a-b", Window: ever, Entries: []catalog.Entry{daily("x")}},
	), []Office{
		{ID: "rs", Zone: zone(t, "Europe/Belgrade"), Languages: []string{"sr-Latn", "sr"}},
		{ID: "al", Zone: zone(t, "Europe/Tirane"), Languages: []string{"sq"}},
	}, []Channel{{ID: "rs", Office: "rs"}, {ID: "al", Office: "al"}, {ID: "rs-2", Office: "rs"}})
	from := instant(t, "2027-05-01T00:00:00Z")
	var ids []string
	for post := range p.Due(from, from.AddDate(0, 0, 1)) {
		ids = append(ids, post.ID)
	}
	if len(ids) != 15 || !slices.IsSorted(ids) {
		t.Errorf("%d posts of one moment, in this order: %q", len(ids), ids)
	}
}

func TestDueOnlyWhereMeant(t *testing.T) {
	offices, channels := world(t)
	p := mustNew(t, catalogOf(&catalog.Campaign{ID: "c", Offices: []string{"ge"}, Window: catalog.Window{Always: true},
		Entries: []catalog.Entry{{ID: "e", Cron: "@daily", Messages: sequence("a"), Repeat: true}}}), offices, channels)
	from := instant(t, "2027-05-01T00:00:00Z")
	for post := range p.Due(from, from.AddDate(0, 0, 3)) {
		if post.Office != "ge" || post.Channel != "ge-feed" || post.At.Location().String() != "Asia/Tbilisi" {
			t.Errorf("unexpected post %+v", post)
		}
	}
}

func TestDueStopsWithItsConsumer(t *testing.T) {
	offices, channels := world(t)
	p := mustNew(t, catalogOf(&catalog.Campaign{ID: "c", Window: catalog.Window{Always: true},
		Entries: []catalog.Entry{{ID: "e", Cron: "* * * * *", Messages: sequence("a"), Repeat: true}}}), offices, channels)
	seen := 0
	// Without the early stop this would be a thousand million posts.
	for range p.Due(time.Time{}, instant(t, "2900-01-01T00:00:00Z")) {
		if seen++; seen == 7 {
			break
		}
	}
	if seen != 7 {
		t.Errorf("saw %d posts", seen)
	}
}

func ExamplePlanner_Due() {
	sarajevo, err := time.LoadLocation("Europe/Sarajevo")
	if err != nil {
		panic(err)
	}
	planner, findings := New(&catalog.Catalog{Campaigns: []*catalog.Campaign{{
		ID:      "world-day",
		Window:  catalog.Window{From: "07-17", To: "07-18"},
		Entries: []catalog.Entry{{ID: "daily", Cron: "30 19 * * *", Messages: []string{"launch", "sex-aware"}}},
	}}},
		[]Office{{ID: "ba", Country: "BA", Zone: sarajevo, Languages: []string{"bs", "en"}}},
		[]Channel{{ID: "ba-feed", Office: "ba", Kind: "feed"}})
	for _, finding := range findings {
		fmt.Println(finding.Text)
	}
	from := time.Date(2027, time.July, 1, 0, 0, 0, 0, time.UTC)
	for post := range planner.Due(from, from.AddDate(0, 1, 0)) {
		fmt.Println(post.ID, post.Message, post.At.UTC().Format(time.RFC3339))
	}
	// Output:
	// world-day/daily/2027-07-17T19:30/ba-feed/bs launch 2027-07-17T17:30:00Z
	// world-day/daily/2027-07-17T19:30/ba-feed/en launch 2027-07-17T17:30:00Z
	// world-day/daily/2027-07-18T19:30/ba-feed/bs sex-aware 2027-07-18T17:30:00Z
	// world-day/daily/2027-07-18T19:30/ba-feed/en sex-aware 2027-07-18T17:30:00Z
}
