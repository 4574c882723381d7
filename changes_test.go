package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestDifference compares small plans.
func TestDifference(t *testing.T) {
	t.Parallel()
	post := func(entry, at, message string) keptPost {
		moment, err := time.Parse("2006-01-02T15:04", at)
		if err != nil {
			t.Fatal(err)
		}
		return keptPost{ID: "c/" + entry + "/" + at + "/ch/en", Message: message, At: moment}
	}
	mon, tue, wed, late := "2027-03-01T18:00", "2027-03-02T18:00", "2027-03-03T18:00", "2027-03-01T19:00"
	for name, c := range map[string]struct {
		before, after []keptPost
		want          []string // change, time, message, before
	}{
		"nothing":         {nil, nil, nil},
		"the same":        {[]keptPost{post("e", mon, "a"), post("e", tue, "b")}, []keptPost{post("e", mon, "a"), post("e", tue, "b")}, nil},
		"added":           {[]keptPost{post("e", mon, "a")}, []keptPost{post("e", mon, "a"), post("e", tue, "b")}, []string{"added " + tue + " b "}},
		"gone":            {[]keptPost{post("e", mon, "a"), post("e", tue, "b")}, []keptPost{post("e", tue, "b")}, []string{"gone " + mon + " a "}},
		"moved":           {[]keptPost{post("e", mon, "a"), post("e", tue, "b")}, []keptPost{post("e", late, "a"), post("e", tue, "b")}, []string{"moved " + late + " a " + mon + ":00Z"}},
		"another message": {[]keptPost{post("e", mon, "a")}, []keptPost{post("e", mon, "b")}, []string{"message " + mon + " b a"}},
		"another entry":   {[]keptPost{post("e", mon, "a")}, []keptPost{post("f", late, "a")}, []string{"gone " + mon + " a ", "added " + late + " a "}},
		"twice the same, one goes": {[]keptPost{post("e", mon, "a"), post("e", wed, "a")}, []keptPost{post("e", tue, "a")},
			[]string{"moved " + tue + " a " + mon + ":00Z", "gone " + wed + " a "}},
		"an id of another form": {[]keptPost{{ID: "x"}}, []keptPost{{ID: "y"}}, []string{"gone 0001-01-01T00:00  ", "added 0001-01-01T00:00  "}},
	} {
		var got []string
		for _, d := range difference(c.before, c.after) {
			got = append(got, strings.Join([]string{d.Change, d.at.Format("2006-01-02T15:04"), d.Message, d.Was}, " "))
		}
		if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// TestPlanChanges: what staff change in the content shows against the plan of the running program, and not once it has started again.
func TestPlanChanges(t *testing.T) {
	t.Parallel()
	config := offices(t)
	a := awake(t, config)
	changes := func(args ...string) (list []change) {
		t.Helper()
		s := beaware(t, "", config, append([]string{"plan", "--changes", "--json"}, args...)...).good(t)
		if err := json.Unmarshal([]byte(s.out), &list); err != nil || list == nil {
			t.Fatalf("not a JSON array: %v\n%s", err, s.out)
		}
		return list
	}
	eventually(t, "the plan is kept", func() bool { return beaware(t, "", config, "plan", "--changes").code == good })
	if list := changes(); len(list) > 0 {
		t.Errorf("nothing was changed: %+v", list)
	}
	file := filepath.Join(a.dir, "ours", "content", "campaigns", "always-on", "campaign.toml")
	edit := func(old, new string) {
		data, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(data), old) {
			t.Fatalf("%s has no %q: %v", file, old, err)
		}
		if err := os.WriteFile(file, []byte(strings.Replace(string(data), old, new, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	edit(`cron = "0 18 * * 1"`, `cron = "30 19 * * 1"`)
	edit(`"help-reminder", "help-friend"]`, `"help-friend", "help-reminder"]`)
	check := func(t *testing.T) {
		kinds := map[string]int{}
		for _, c := range changes() {
			kinds[c.Change]++
			switch c.Entry {
			case "weekly-sign":
				if c.Change != postMoved || c.Local[11:16] != "19:30" || c.Was[11:16] != "18:00" || c.Local[:10] != c.Was[:10] {
					t.Errorf("%+v", c)
				}
			case "weekly-help":
				if c.Change != postOther || c.Message == c.Was || c.Local[11:16] != "18:00" {
					t.Errorf("%+v", c)
				}
			}
		}
		// Four or five weeks for three offices, less what is due just now.
		if kinds[postMoved] < 12 || kinds[postMoved] > 15 || kinds[postOther] < 12 || kinds[postOther] > 15 || len(kinds) != 2 {
			t.Errorf("%v", kinds)
		}
		if n, all := len(changes("--office", "ge")), len(changes()); n*3 < all-3 || n*3 > all+3 {
			t.Errorf("%d of %d changes at one of three offices", n, all)
		}
		if s := beaware(t, "", config, "plan", "--changes").good(t); !strings.Contains(s.out, "0 added, 0 gone, ") || !strings.Contains(s.out, "19:30") {
			t.Errorf("the table says\n%s", s.out)
		}
	}
	t.Run("running", check)
	a.stop()
	t.Run("alone", check)
	a = awake(t, config)
	eventually(t, "the new plan is kept", func() bool { return len(changes()) == 0 })
	a.stop()
}
