package bot

import (
	"strings"
	"testing"
	"time"

	"beaware/catalog"
)

func at(day time.Weekday, clock string) time.Time {
	t, _ := time.Parse("15:04", clock)
	// 4 January 2026 was a Sunday
	return time.Date(2026, 1, 4+int(day), t.Hour(), t.Minute(), 0, 0, time.UTC)
}

func TestOpen(t *testing.T) {
	weekdays := catalog.Hours{Days: weekdays, From: 9 * 60, To: 22 * 60}
	night := catalog.Hours{Days: [7]bool{time.Friday: true}, From: 20 * 60, To: 4 * 60}
	for _, c := range []struct {
		name  string
		hours catalog.Hours
		now   time.Time
		want  bool
	}{
		{"the minute it opens", weekdays, at(time.Monday, "09:00"), true},
		{"a minute before", weekdays, at(time.Monday, "08:59"), false},
		{"the last minute", weekdays, at(time.Friday, "21:59"), true},
		{"the minute it closes", weekdays, at(time.Friday, "22:00"), false},
		{"a day off", weekdays, at(time.Saturday, "12:00"), false},
		{"before midnight", night, at(time.Friday, "23:00"), true},
		{"after midnight, still Friday's", night, at(time.Saturday, "03:59"), true},
		{"after it", night, at(time.Saturday, "04:00"), false},
		{"Friday morning is Thursday's night", night, at(time.Friday, "03:00"), false},
		{"round the clock", catalog.Hours{Days: everyDay, To: wholeDay}, at(time.Sunday, "00:00"), true},
	} {
		if got := open(c.hours, c.now); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestInternational(t *testing.T) {
	for _, c := range []struct{ number, e164, want string }{
		{"011 785 0000", "+381117850000", "+381 11 785 0000"},
		{"+355 44 500 388", "+35544500388", "+355 44 500 388"},
		{"02 2777 070", "+38922777070", "+389 2 2777 070"},
		{"116 006", "+355800116006", "+355800116006"}, // another number: nothing is made up
	} {
		h := &catalog.Hotline{Number: c.number, E164: c.e164}
		if got := international(h); got != c.want {
			t.Errorf("%s, %s: %q, want %q", c.number, c.e164, got, c.want)
		}
	}
}

// TestStale: a number whose test call is long ago says so, and stands behind those that were tested lately.
func TestStale(t *testing.T) {
	b := shippedBot(t)
	now := time.Unix(moment, 0)
	v := b.open(state{lang: "en", country: "XX"}, around{now: now})
	line := func(id string, tested time.Duration, audience string) *catalog.Hotline {
		return &catalog.Hotline{ID: id, Show: true, Audience: []string{audience}, LookedUp: now, Verified: now.Add(-tested)}
	}
	c := &catalog.Country{Hotlines: []*catalog.Hotline{
		line("old", 91*24*time.Hour, "trafficking"), line("child", time.Hour, "children"), line("new", 89*24*time.Hour, "trafficking"),
	}}
	var order []string
	for _, h := range v.shown(c, orderAdult) {
		order = append(order, h.ID)
	}
	if got := strings.Join(order, " "); got != "new old child" {
		t.Errorf("in the order %q", got)
	}
	if got := v.checkedOn(now, c.Hotlines[0].Verified); !strings.Contains(got, "long ago") {
		t.Errorf("an old test call is told as %q", got)
	}
	if got := v.checkedOn(now, c.Hotlines[2].Verified); strings.Contains(got, "long ago") {
		t.Errorf("a test call of 89 days ago is told as %q", got)
	}
}

// TestChildren: who is or may be under 18 is not asked what only adults are asked, hears it in other words, and sees the lines
// for children first.
func TestChildren(t *testing.T) {
	b := shippedBot(t)
	for id, c := range b.self {
		for _, f := range append(c.check.Forms, catalog.Form{}) {
			general, specific := c.questions(child, f.ID)
			for _, q := range append(general, specific...) {
				if q.For == "adult" || q.ID == "X1" || q.ID == "X2" || q.ID == "X4" {
					t.Errorf("%s: a child is asked %s", id, q.ID)
				}
				if c.check.Child && !strings.Contains(c.wording(child, &q), ".q_child.") {
					t.Errorf("%s: a child is asked %s in an adult's words", id, q.ID)
				}
			}
		}
	}
	for _, country := range b.cat.Countries {
		v := b.open(state{lang: "en", country: country.Code}, around{now: time.Unix(moment, 0)})
		adults, children := v.shown(country, orderAdult), v.shown(country, orderChild)
		these, _ := meant(adults, []string{"children", "missing-children"})
		if these != nil && children[0] != these[0] {
			t.Errorf("%s: a child sees %s first", country.Code, children[0].ID)
		}
	}
}
