package campaign

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"beaware/catalog"
)

func drawCron(t *rapid.T) string {
	minute := rapid.SampledFrom([]string{"0", "30", "*/15", "59", "0,1,2", "*", "7-50/9"}).Draw(t, "minute")
	hour := rapid.SampledFrom([]string{"0", "2", "19", "23", "*/6", "1-3", "*"}).Draw(t, "hour")
	days := rapid.SampledFrom([]string{"* * *", "* * *", "* * 1-5", "* * 0", "1,15 * *", "*/2 * *", "29 2 *", "* 3,10 *"}).Draw(t, "days")
	return minute + " " + hour + " " + days
}

func drawWindow(t *rapid.T) catalog.Window {
	return rapid.SampledFrom([]catalog.Window{
		{Always: true}, {From: "03-20", To: "04-05"}, {From: "10-20", To: "11-07"}, {From: "02-27", To: "02-29"}, {From: "01-01", To: "12-31"},
		{From: "2027-03-28", To: "2027-03-28"}, {From: "2027-10-25", To: "2028-04-02"},
	}).Draw(t, "window")
}

func drawZones() []string {
	return []string{"UTC", "Europe/Tirane", "Africa/Cairo", "Asia/Beirut", "America/Havana", "Australia/Lord_Howe", "Africa/Casablanca",
		"America/Nuuk", "Pacific/Chatham", "America/Santiago", "Atlantic/Azores", "Asia/Kathmandu"}
}

// drawMoment draws an instant, often one at which some zone changes its clock.
func drawMoment(t *rapid.T, label string) time.Time {
	base := rapid.SampledFrom([]time.Time{
		time.Date(2027, 3, 28, 1, 0, 0, 0, time.UTC), time.Date(2027, 10, 31, 1, 0, 0, 0, time.UTC), time.Date(2027, 11, 7, 5, 0, 0, 0, time.UTC),
		time.Date(2027, 4, 29, 22, 0, 0, 0, time.UTC), time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC),
	}).Draw(t, label)
	return base.Add(time.Duration(rapid.IntRange(-3*24*60, 3*24*60).Draw(t, label+" minutes")) * time.Minute)
}

// drawPlanner draws up to three campaigns over up to three offices. Combinations that New refuses are drawn again.
func drawPlanner(t *rapid.T, load func(string) *time.Location) *Planner {
	var campaigns []*catalog.Campaign
	for i := range rapid.IntRange(1, 3).Draw(t, "campaigns") {
		campaigns = append(campaigns, &catalog.Campaign{ID: fmt.Sprintf("c%d", i), Window: drawWindow(t), Entries: []catalog.Entry{{
			ID: "e", Cron: drawCron(t), Messages: sequence("a b c d e f g")[:rapid.IntRange(1, 7).Draw(t, "messages")],
			Repeat: rapid.Bool().Draw(t, "repeat"),
		}}})
	}
	var offices []Office
	var channels []Channel
	for i := range rapid.IntRange(1, 3).Draw(t, "offices") {
		id := fmt.Sprintf("o%d", i)
		offices = append(offices, Office{ID: id, Zone: load(rapid.SampledFrom(drawZones()).Draw(t, "zone")), Languages: []string{"sr", "en"}})
		channels = append(channels, Channel{ID: id + "-feed", Office: id}, Channel{ID: id, Office: id, Languages: []string{"en"}})
	}
	p, _ := New(&catalog.Catalog{Campaigns: campaigns}, offices, channels)
	if p == nil {
		t.Skip("an entry never fires in its window")
	}
	return p
}

func loader(t *testing.T) func(string) *time.Location {
	loaded := map[string]*time.Location{}
	for _, name := range drawZones() {
		loaded[name] = zone(t, name)
	}
	return func(name string) *time.Location { return loaded[name] }
}

func TestDueProperties(t *testing.T) {
	const longest = 10 * 24 * time.Hour // a minutely entry has 14,400 occurrences in that
	load := loader(t)
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlanner(t, load)
		moments := []time.Time{drawMoment(t, "a"), drawMoment(t, "b"), drawMoment(t, "c")}
		slices.SortFunc(moments, time.Time.Compare)
		a, b, c := moments[0], moments[1], moments[2]
		if c.Sub(a) > longest {
			c = a.Add(longest)
			if b.After(c) {
				b = c
			}
		}
		whole := slices.Collect(p.Due(a, c))
		parts := slices.Concat(slices.Collect(p.Due(a, b)), slices.Collect(p.Due(b, c)))
		if !slices.Equal(whole, parts) {
			t.Fatalf("Due(a, c) has %d posts, in two parts there are %d: a %v, b %v, c %v\n%v\n%v", len(whole), len(parts), a, b, c, whole, parts)
		}
		ids := map[string]bool{}
		for i, post := range whole {
			if ids[post.ID] {
				t.Fatalf("id %q twice", post.ID)
			}
			ids[post.ID] = true
			if post.At.Before(a) || !post.At.Before(c) {
				t.Fatalf("%q is outside [%v, %v)", post.ID, a, c)
			}
			if !p.Open(post.Campaign, post.Office, post.At) {
				t.Fatalf("%q is outside its window", post.ID)
			}
			if i > 0 && (post.At.Before(whole[i-1].At) || post.At.Equal(whole[i-1].At) && post.ID <= whole[i-1].ID) {
				t.Fatalf("%q comes after %q", post.ID, whole[i-1].ID)
			}
		}
	})
}

// The nth occurrence takes the nth message, whenever one asks: that a stream from the start of the window agrees with one
// from its middle shows that counting ahead (series.before) is right.
func TestDueCountsTheSameFromAnywhere(t *testing.T) {
	load := loader(t)
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlanner(t, load)
		asked := drawMoment(t, "asked")
		for _, drawn := range p.order {
			for _, at := range drawn.places {
				from, until, ok := p.Window(drawn.id, at.id, asked)
				if !ok || !from.Before(asked) || drawn.entries[0].spec.count(from, asked) > 5000 {
					continue // not open then, or too slow to walk through
				}
				if day := asked.Add(24 * time.Hour); day.Before(until) {
					until = day
				}
				one := &Planner{plans: p.plans, order: []*plan{{id: drawn.id, window: drawn.window, entries: drawn.entries, places: []*place{at}}}}
				n := -1
				var last time.Time
				for post := range one.Due(from, until) {
					if !post.At.Equal(last) {
						last, n = post.At, n+1
					}
					if want := drawn.entries[0].messages[n%len(drawn.entries[0].messages)]; post.Message != want {
						t.Fatalf("occurrence %d, %q, has the message %q, want %q", n, post.ID, post.Message, want)
					}
				}
				wantSuffix(t, slices.Collect(one.Due(from, until)), slices.Collect(one.Due(asked, until)))
			}
		}
	})
}

func wantSuffix(t *rapid.T, whole, end []Post) {
	if len(end) > len(whole) || !slices.Equal(whole[len(whole)-len(end):], end) {
		t.Fatalf("from the middle of the window: %v", end)
	}
}
