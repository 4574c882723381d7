package outbox_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beaware/campaign"
	"beaware/outbox"
	"beaware/outbox/outboxtest"
)

// TestLatePosts: the clock stands at start, and the program was last there four days ago.
func TestLatePosts(t *testing.T) {
	day := 24 * time.Hour
	posts := []campaign.Post{
		post("3d", "one", start.Add(-3*day)), post("2d", "one", start.Add(-2*day)), post("1d", "one", start.Add(-day)),
		post("now", "one", start), post("later", "one", start.Add(time.Nanosecond)),
	}
	const sent, missed = outbox.Sent, outbox.Missed
	for _, test := range []struct {
		name   string
		rule   campaign.Rule
		closed bool
		want   map[string]outbox.State
	}{
		{"latest", campaign.Rule{Missed: campaign.Latest, Grace: 8 * day}, false, map[string]outbox.State{"3d": missed, "2d": missed, "1d": sent, "now": sent}},
		{"latest, short grace", campaign.Rule{Missed: campaign.Latest, Grace: time.Hour}, false, map[string]outbox.State{"3d": missed, "2d": missed, "1d": missed, "now": sent}},
		{"grace is kept to the moment", campaign.Rule{Missed: campaign.All, Grace: day}, false, map[string]outbox.State{"3d": missed, "2d": missed, "1d": sent, "now": sent}},
		{"grace is over by a moment", campaign.Rule{Missed: campaign.All, Grace: day - 1}, false, map[string]outbox.State{"3d": missed, "2d": missed, "1d": missed, "now": sent}},
		{"all", campaign.Rule{Missed: campaign.All, Grace: 8 * day}, false, map[string]outbox.State{"3d": sent, "2d": sent, "1d": sent, "now": sent}},
		{"all in two days", campaign.Rule{Missed: campaign.All, Grace: 2 * day}, false, map[string]outbox.State{"3d": missed, "2d": sent, "1d": sent, "now": sent}},
		{"skip", campaign.Rule{Missed: campaign.Skip, Grace: 8 * day}, false, map[string]outbox.State{"3d": missed, "2d": missed, "1d": missed, "now": sent}},
		{"no rule", campaign.Rule{}, false, map[string]outbox.State{"3d": missed, "2d": missed, "1d": missed, "now": sent}},
		{"window closed", campaign.Rule{Missed: campaign.All, Grace: 8 * day}, true, map[string]outbox.State{"3d": missed, "2d": missed, "1d": missed, "now": missed}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, nil, posts...)
			d.planner.rule = test.rule
			if _, err := d.store.Enqueue(t.Context(), nil, start.Add(-4*day)); err != nil {
				t.Fatal(err)
			}
			d.planner.closed = func(time.Time) bool { return test.closed }
			d.through()
			if diff := cmp.Diff(test.want, d.states()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, row := range outboxtest.All(t, d.store, outbox.Filter{States: []outbox.State{missed}}) {
				if row.Reason == "" {
					t.Errorf("%s is missed without a reason", row.Post.ID)
				}
			}
		})
	}
}

// TestLatestIsPerSeries: the newest of each channel and language goes out.
func TestLatestIsPerSeries(t *testing.T) {
	hour := start.Add(-time.Hour)
	sq := post("sq", "one", hour.Add(-time.Hour))
	sq.Language = "sq"
	other := post("entry", "one", hour.Add(-2*time.Hour))
	other.Entry = "reminder"
	d := newDesk(t, func(c *outbox.Config) { c.Channels["two"] = &place{} },
		post("old", "one", hour.Add(-time.Minute)), post("new", "one", hour), sq, other, post("two", "two", hour.Add(-3*time.Hour)))
	d.planner.rule.Grace = 24 * time.Hour
	d.through()
	want := map[string]outbox.State{"new": outbox.Sent, "sq": outbox.Sent, "entry": outbox.Sent, "two": outbox.Sent}
	if diff := cmp.Diff(want, d.states()); diff != "" { // a first start, so "old" is no row
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFirstStart(t *testing.T) {
	d := newDesk(t, nil, post("old", "one", start.Add(-9*24*time.Hour)), post("last week", "one", start.Add(-7*24*time.Hour)),
		post("gone", "none", start), post("now", "one", start), post("later", "one", start.Add(time.Hour)))
	d.planner.rule.Grace = 8 * 24 * time.Hour
	d.through()
	d.through()
	want := map[string]outbox.State{"last week": outbox.Sent, "now": outbox.Sent, "gone": outbox.Skipped}
	if diff := cmp.Diff(want, d.states()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if row := d.row("gone"); !strings.Contains(row.Reason, "not in the configuration") {
		t.Errorf("skipped because %q", row.Reason)
	}
	d.now = start.Add(time.Hour)
	d.through()
	if got := d.row("later").State; got != outbox.Sent {
		t.Errorf("the next post is %s", got)
	}
}

// TestOneMinuteLate: a ring that was lost makes no post a missed one, whatever its rule says.
func TestOneMinuteLate(t *testing.T) {
	for late, want := range map[time.Duration]outbox.State{0: outbox.Sent, outbox.OnTime: outbox.Sent, outbox.OnTime + 1: outbox.Missed} {
		d := newDesk(t, nil, post("a", "one", start.Add(-late)))
		d.planner.rule = campaign.Rule{Missed: campaign.Skip}
		if _, err := d.store.Enqueue(t.Context(), nil, start.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		d.through()
		if got := d.row("a").State; got != want {
			t.Errorf("%v late: %s, want %s", late, got, want)
		}
	}
}

// TestPlannedBeforeAnAbsence: a post that was written but not tried before the program was away is
// judged like those that became due meanwhile.
func TestPlannedBeforeAnAbsence(t *testing.T) {
	for _, test := range []struct {
		missed campaign.Policy
		away   time.Duration
		want   map[string]outbox.State
	}{
		{campaign.Latest, 3 * time.Hour, map[string]outbox.State{"a": outbox.Missed, "b": outbox.Sent}},
		{campaign.Skip, 3 * time.Hour, map[string]outbox.State{"a": outbox.Missed, "b": outbox.Missed}},
		{campaign.All, 3 * time.Hour, map[string]outbox.State{"a": outbox.Sent, "b": outbox.Sent}},
		{campaign.Skip, time.Minute, map[string]outbox.State{"a": outbox.Sent}},
	} {
		d := newDesk(t, nil, post("a", "one", start), post("b", "one", start.Add(time.Hour)))
		d.planner.rule = campaign.Rule{Missed: test.missed, Grace: 24 * time.Hour}
		if err := d.Tick(t.Context()); err != nil { // and there the process was killed
			t.Fatal(err)
		}
		d.now = start.Add(test.away)
		d.through()
		if diff := cmp.Diff(test.want, d.states()); diff != "" {
			t.Errorf("rule %d, away for %v: (-want +got)\n%s", test.missed, test.away, diff)
		}
	}
}

// TestYearOfAbsence: it is written in batches, a crash between two of them loses nothing, and
// no batch is larger than it may be.
func TestYearOfAbsence(t *testing.T) {
	var posts []campaign.Post
	for i := range 2000 { // eight at each moment, so that batches end within a moment
		posts = append(posts, post(fmt.Sprintf("p%04d", i), fmt.Sprint("c", i%8), start.Add(-365*24*time.Hour+time.Duration(i/8)*time.Hour)))
	}
	posts = append(posts, post("now", "one", start))
	inner := &outboxtest.Memory{}
	if _, err := inner.Enqueue(t.Context(), nil, start.Add(-366*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	writes := 0
	d := newDesk(t, func(c *outbox.Config) {
		c.Batch = 100
		c.Store = &flaky{Store: inner, broken: func(call string, _ outbox.Delivery) bool {
			writes++
			return call == "enqueue" && writes%3 == 0
		}}
	}, posts...)
	crashes := 0
	for d.Tick(t.Context()) != nil {
		if crashes++; crashes > 50 {
			t.Fatal("no end of it")
		}
	}
	states := d.states()
	counts := map[outbox.State]int{}
	for state := range maps.Values(states) {
		counts[state]++
	}
	if crashes < 5 || len(states) != len(posts) || counts[outbox.Missed] != 2000 || counts[outbox.Planned] != 1 {
		t.Errorf("%d crashes, %d rows of %d posts: %v", crashes, len(states), len(posts), counts)
	}
}

// TestClockSetBack: nothing is planned twice, nothing sent twice, and nothing lost.
func TestClockSetBack(t *testing.T) {
	to := &place{}
	d := newDesk(t, nil, post("a", "one", start), post("b", "one", start.Add(30*time.Minute)), post("c", "one", start.Add(2*time.Hour)))
	d.Channels["one"] = to
	d.planner.rule.Missed = campaign.All
	d.now = start.Add(time.Hour)
	if err := d.Tick(t.Context()); err != nil { // a and b are planned
		t.Fatal(err)
	}
	for _, minutes := range []int{-600, 0, 10, 29, 30, 59, 60, 119, 120, 20, 120} {
		d.now = start.Add(time.Duration(minutes) * time.Minute)
		d.through()
	}
	if got := to.sends(); len(got) != 3 {
		t.Errorf("sent %v, want each post once", got)
	}
	if !strings.Contains(d.log.String(), "the clock was set back") {
		t.Error("staff are not told")
	}
	if mark, _ := d.store.Watermark(t.Context()); mark.Before(start.Add(2 * time.Hour)) {
		t.Errorf("the watermark went back to %v", mark)
	}
}
