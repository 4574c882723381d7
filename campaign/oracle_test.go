package campaign

import (
	"archive/zip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"beaware/catalog"
)

// The oracle knows neither cron nor ZoneBounds. It walks real time minute by minute and looks at the clock on the wall
// as time.Time shows it. A minute fires when the wall shows a time for the first time that is later than all it has
// shown before, and a line matches that time or one that the clock jumped over on the way to it.

// oracleLine is a cron line and what it means, written by hand.
type oracleLine struct {
	cron    string
	matches func(day time.Weekday, dayOfMonth, hour, minute int) bool
}

func oracleLines() []oracleLine {
	at := func(hours, minutes []int) func(time.Weekday, int, int, int) bool {
		return func(_ time.Weekday, _, hour, minute int) bool {
			return slices.Contains(hours, hour) && slices.Contains(minutes, minute)
		}
	}
	return []oracleLine{
		{"30 2 * * *", at([]int{2}, []int{30})},
		{"@daily", at([]int{0}, []int{0})},
		{"15,30,45 1,2,23 * * *", at([]int{1, 2, 23}, []int{15, 30, 45})},
		{"59 23 * * *", at([]int{23}, []int{59})},
		{"0 3 * * *", at([]int{3}, []int{0})},
		{"*/15 * * * *", func(_ time.Weekday, _, _, minute int) bool { return minute%15 == 0 }},
		{"0-4 * * * *", func(_ time.Weekday, _, _, minute int) bool { return minute <= 4 }},
		{"30 0-3 * * 0", func(day time.Weekday, _, hour, minute int) bool {
			return day == time.Sunday && hour <= 3 && minute == 30
		}},
		{"0 2,19 */2 * *", func(_ time.Weekday, d, hour, minute int) bool {
			return d%2 == 1 && (hour == 2 || hour == 19) && minute == 0
		}},
	}
}

// walk gives the instants in [from, to) at which each line fires at a zone, by brute force. It starts a while before
// from, to know what the wall has shown.
func walk(zone *time.Location, lines []oracleLine, from, to time.Time) [][]time.Time {
	fired := make([][]time.Time, len(lines))
	shown := func(t time.Time) int64 { // minutes on the wall since 1970
		_, offset := t.In(zone).Zone()
		return (t.Unix() + int64(offset)) / 60
	}
	t := from.Add(-26 * time.Hour)
	latest := shown(t)
	for ; t.Before(to); t = t.Add(time.Minute) {
		now := shown(t)
		if !t.Before(from) {
			for i, hit := range anyMatch(lines, latest+1, now) {
				if hit {
					fired[i] = append(fired[i], t)
				}
			}
		}
		latest = max(latest, now)
	}
	return fired
}

// anyMatch tells which lines match a minute from first to last, both counted on the wall since 1970.
func anyMatch(lines []oracleLine, first, last int64) (hits [16]bool) {
	for m := first; m <= last; m++ {
		day := m / 1440
		dayOfMonth := time.Unix(day*86400, 0).UTC().Day()
		weekday := time.Weekday((day + 4) % 7) // 1 January 1970 was a Thursday
		for i := range lines {
			hits[i] = hits[i] || lines[i].matches(weekday, dayOfMonth, int(m%1440/60), int(m%60))
		}
	}
	return hits
}

// changes finds when a zone's offset changes, to six hours.
func changes(zone *time.Location, from, to time.Time) []time.Time {
	var found []time.Time
	_, last := from.In(zone).Zone()
	for t := from; t.Before(to); t = t.Add(6 * time.Hour) {
		if _, now := t.In(zone).Zone(); now != last {
			found, last = append(found, t), now
		}
	}
	return found
}

// zones reads every zone of the tz database that comes with Go. Names that stand for the very same
// data (Europe/Belgrade, Europe/Sarajevo ...) are read once; names counts them all.
func zones(t *testing.T) (all []*time.Location, names int) {
	t.Helper()
	root := os.Getenv("GOROOT") // go test sets it
	if root == "" {
		out, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			t.Skipf("no tz database to compare with: %v", err)
		}
		root = strings.TrimSpace(string(out))
	}
	archive, err := zip.OpenReader(filepath.Join(root, "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Skipf("no tz database to compare with: %v", err)
	}
	defer archive.Close()
	seen := map[string]bool{}
	for _, f := range archive.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		names++
		if seen[string(data)] {
			continue
		}
		seen[string(data)] = true
		zone, err := time.LoadLocationFromTZData(f.Name, data)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, zone)
	}
	return all, names
}

func TestDueAgainstBruteForceInAllZones(t *testing.T) {
	from, to := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	all, names := zones(t)
	if testing.Short() {
		all = slices.DeleteFunc(all, func(z *time.Location) bool {
			return !slices.Contains([]string{"Europe/Tirane", "Africa/Cairo", "Asia/Beirut", "America/Havana", "Australia/Lord_Howe",
				"Africa/Casablanca", "America/Nuuk", "Pacific/Chatham", "Asia/Tbilisi"}, z.String())
		})
	}
	if underRace { // races do not depend on names: one zone for each way of behaving in these years
		seen := map[string]bool{}
		all = slices.DeleteFunc(all, func(z *time.Location) bool {
			key := from.In(z).Format("-0700")
			for _, change := range changes(z, from, to) {
				key += change.In(z).Format(" 20060102T15 -0700")
			}
			again := seen[key]
			seen[key] = true
			return again
		})
	}
	lines := oracleLines()
	var sum tally
	t.Run("zones", func(t *testing.T) {
		for part := range slices.Chunk(all, len(all)/4+1) {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				for _, zone := range part {
					compareZone(t, zone, lines, from, to, &sum)
				}
			})
		}
	})
	t.Logf("%d zones under %d names, %d transitions, %d ordinary stretches, %d lines: %d instants compared, %d differences",
		len(all), names, sum.transitions.Load(), sum.ordinary.Load(), len(lines), sum.instants.Load(), sum.differences.Load())
	if len(all) < 5 || sum.transitions.Load() < 10 {
		t.Error("too few zones and transitions were there to compare")
	}
}

// tally is what was compared.
type tally struct{ transitions, ordinary, instants, differences atomic.Int64 }

// compareZone compares the days around each of a zone's clock changes, and some ordinary ones.
func compareZone(t *testing.T, zone *time.Location, lines []oracleLine, from, to time.Time, sum *tally) {
	planners := make([]*Planner, len(lines))
	for i, line := range lines {
		planners[i] = single(t, catalog.Window{Always: true}, zone, catalog.Entry{Cron: line.cron, Messages: sequence("a"), Repeat: true})
	}
	compare := func(from, to time.Time) {
		for i, want := range walk(zone, lines, from, to) {
			var got []time.Time
			for post := range planners[i].Due(from, to) {
				got = append(got, post.At)
			}
			sum.instants.Add(int64(len(want)))
			if !slices.EqualFunc(got, want, time.Time.Equal) && sum.differences.Add(1) <= 10 {
				t.Errorf("%s, %q, %v to %v: got %v, want %v", zone, lines[i].cron, from, to, got, want)
			}
		}
	}
	for _, change := range changes(zone, from, to) {
		sum.transitions.Add(1)
		compare(change.Add(-30*time.Hour), change.Add(36*time.Hour))
	}
	for _, day := range []string{"2025-12-31T00:00:00Z", "2028-02-28T12:00:00Z", "2030-07-17T00:00:00Z"} {
		sum.ordinary.Add(1)
		compare(instant(t, day), instant(t, day).Add(36*time.Hour))
	}
}
