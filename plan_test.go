package main

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// worldDay is the example of the help text.
var worldDay = []string{"plan", "--campaign", "world-day", "--from", "2027-07-16", "--to", "2027-07-31"}

func plannedJSON(t testing.TB, config string, args ...string) []planned {
	t.Helper()
	return readPlan(t, beaware(t, "", config, append(args, "--json")...).good(t).out)
}

// listed is the plan of the sample, without reading that again.
func listed(t testing.TB, c planCommand) string {
	t.Helper()
	var out bytes.Buffer
	if err := c.list(sampled(t), terminal{out: &out}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func readPlan(t testing.TB, text string) (rows []planned) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&rows); err != nil || rows == nil {
		t.Fatalf("not a JSON array: %v\n%.300s", err, text)
	}
	return rows
}

// TestPlanOfWorldDay: fourteen evenings for each channel and language of each office.
func TestPlanOfWorldDay(t *testing.T) {
	t.Parallel()
	in := sampled(t)
	rows := plannedJSON(t, sampleConfig(t), worldDay...)
	perTarget, ids := map[string]int{}, map[string]bool{}
	for _, r := range rows {
		ids[r.ID] = true
		perTarget[r.Office+" "+r.Channel+" "+r.Language]++
		fields := reflect.ValueOf(r)
		for i := range fields.NumField() {
			if fields.Field(i).String() == "" {
				t.Errorf("%s has no %s", r.ID, fields.Type().Field(i).Name)
			}
		}
		inTime(t, in, r)
		if r.Served != r.Language || r.State != "draft" || r.Campaign != "world-day" {
			t.Errorf("%+v", r)
		}
	}
	targets := 0
	for _, c := range in.all {
		for _, lang := range in.languagesOfChannel(c.ID) {
			targets++
			if n := perTarget[c.Office+" "+c.ID+" "+lang]; n != 14 {
				t.Errorf("%s in %s has %d posts, want 14", c.ID, lang, n)
			}
		}
	}
	if len(rows) != 14*targets || len(ids) != len(rows) {
		t.Errorf("%d posts with %d ids, want %d", len(rows), len(ids), 14*targets)
	}
}

// inTime holds that a post is at 19:30 in its office's zone, and that UTC is the same moment.
func inTime(t *testing.T, in *installation, r planned) {
	t.Helper()
	office, _ := in.office(r.Office)
	local, err := time.Parse(time.RFC3339, r.Local)
	utc, err2 := time.Parse(time.RFC3339, r.UTC)
	if err != nil || err2 != nil || !local.Equal(utc) || !strings.HasSuffix(r.UTC, "Z") {
		t.Fatalf("%s: local %q, UTC %q", r.ID, r.Local, r.UTC)
	}
	there := utc.In(office.Zone)
	if there.Format("15:04") != "19:30" || there.Format(time.RFC3339) != r.Local || r.Zone != office.Zone.String() {
		t.Errorf("%s is at %s in %s, written as %q in %q", r.ID, there, office.Zone, r.Local, r.Zone)
	}
	if day := there.Format(time.DateOnly); day < "2027-07-17" || day > "2027-07-30" {
		t.Errorf("%s is on %s", r.ID, day)
	}
}

// TestPlanFilters: each filter keeps exactly the posts that it names, and days are the offices' own.
func TestPlanFilters(t *testing.T) {
	t.Parallel()
	plan := planCommand{Campaign: "world-day", From: "2027-07-16", To: "2027-07-31", JSON: true}
	all := readPlan(t, listed(t, plan))
	for _, c := range []struct {
		filter func(*planCommand)
		keep   func(planned) bool
	}{
		{func(c *planCommand) { c.Office = "ge" }, func(p planned) bool { return p.Office == "ge" }},
		{func(c *planCommand) { c.Channel = "ba-feed" }, func(p planned) bool { return p.Channel == "ba-feed" }},
		{func(c *planCommand) { c.Language = "ar" }, func(p planned) bool { return p.Language == "ar" }},
		{func(c *planCommand) { c.Office, c.Language = "mk", "sq" }, func(p planned) bool { return p.Office == "mk" && p.Language == "sq" }},
		{func(c *planCommand) { c.Office, c.Channel = "mk", "ba-feed" }, func(planned) bool { return false }},
		{func(c *planCommand) { c.From, c.To = "2027-07-20", "2027-07-21" }, func(p planned) bool { return strings.HasPrefix(p.Local, "2027-07-20") }},
		{func(c *planCommand) { c.From, c.To = "2027-08-01", "2027-09-01" }, func(planned) bool { return false }},
	} {
		filtered := plan
		c.filter(&filtered)
		want := []planned{}
		for _, p := range all {
			if c.keep(p) {
				want = append(want, p)
			}
		}
		if diff := cmp.Diff(want, readPlan(t, listed(t, filtered))); diff != "" {
			t.Errorf("%+v:\n%s", filtered, diff)
		}
	}
}

// TestPlanWithoutDates shows a campaign's next window, and else the next two weeks.
func TestPlanWithoutDates(t *testing.T) {
	t.Parallel()
	next := readPlan(t, listed(t, planCommand{Campaign: "world-day", Office: "ba", Language: "bs", JSON: true}))
	if len(next) == 0 || len(next) > 14 || next[len(next)-1].Message != "world-day" {
		t.Errorf("the next window has %d posts: %+v", len(next), next)
	}
	soon := readPlan(t, listed(t, planCommand{Campaign: "always-on", Office: "ba", Language: "bs", JSON: true}))
	if len(soon) < 3 || len(soon) > 4 {
		t.Errorf("two weeks have %d posts of always-on, want two a week", len(soon))
	}
}

// TestPlanOfAFallback says in which language a post will be shown.
func TestPlanOfAFallback(t *testing.T) {
	t.Parallel()
	c := copied(t)
	c.write("content/campaigns/world-day/cnr.toml", "[launch]\ntitle", "[launch]\n# title", "[launch]")
	args := append(append([]string{}, worldDay...), "--language", "cnr", "--to", "2027-07-18")
	rows := plannedJSON(t, c.config, args...)
	if len(rows) != 1 || rows[0].Language != "cnr" || rows[0].Served != "sr-Latn" {
		t.Errorf("planned %+v", rows)
	}
	if s := beaware(t, "", c.config, args...).good(t); !strings.Contains(s.out, "cnr (shown in sr-Latn)") {
		t.Errorf("the table says\n%s", s.out)
	}
}

// TestPlanAsACalendar reads the file as a calendar program would: RFC 5545.
func TestPlanAsACalendar(t *testing.T) {
	t.Parallel()
	plan := planCommand{Campaign: "world-day", From: "2027-07-16", To: "2027-07-31"}
	calendar, list := plan, plan
	calendar.ICS, list.JSON = true, true
	ics, rows := listed(t, calendar), readPlan(t, listed(t, list))
	for line := range strings.SplitSeq(strings.TrimSuffix(ics, "\r\n"), "\r\n") {
		if strings.Contains(line, "\n") || len(line) > 75 {
			t.Fatalf("bad line of %d octets: %q", len(line), line)
		}
	}
	events := events(t, strings.ReplaceAll(ics, "\r\n ", ""))
	if len(events) != len(rows) {
		t.Fatalf("%d events, want %d", len(events), len(rows))
	}
	starts := map[string]int{}
	for _, e := range events {
		starts[e["DTSTART"]]++
		if e["SUMMARY"] == "" || e["DTSTAMP"] == "" {
			t.Errorf("an event lacks something: %v", e)
		}
	}
	for _, r := range rows {
		utc, _ := time.Parse(time.RFC3339, r.UTC) // held by another test
		starts[utc.Format("20060102T150405Z")]--
	}
	for at, n := range starts {
		if n != 0 {
			t.Errorf("%d events too many at %s", n, at)
		}
	}
}

// events reads the properties of each event; two may not have one UID.
func events(t testing.TB, ics string) (all []map[string]string) {
	t.Helper()
	var e map[string]string
	uids := map[string]bool{}
	for line := range strings.SplitSeq(strings.TrimSpace(ics), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		switch {
		case !ok:
			t.Fatalf("not a property: %q", line)
		case line == "BEGIN:VEVENT":
			e = map[string]string{}
		case line == "END:VEVENT":
			if uids[e["UID"]] || e["UID"] == "" {
				t.Errorf("UID %q is missing or there twice", e["UID"])
			}
			uids[e["UID"]] = true
			all = append(all, e)
		case e != nil:
			e[name] = value
		}
	}
	return all
}
