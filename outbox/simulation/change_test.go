package simulation

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"beaware/campaign"
	"beaware/catalog"
)

// TestClockChanges runs through both clock changes of each zone. A time of day that is skipped comes as soon as the clock
// has jumped, one that is shown twice comes the first time, and each comes once a day.
func TestClockChanges(t *testing.T) {
	for _, tt := range []struct {
		zone string
		cron string
		from string   // UTC; the process runs for three days
		want []string // UTC
	}{
		// 02:00 becomes 03:00 on 28 March, 03:00 becomes 02:00 on 31 October.
		{"Europe/Sarajevo", "30 2 * * *", "2027-03-26 23:00", []string{"2027-03-27 01:30", "2027-03-28 01:00", "2027-03-29 00:30"}},
		{"Europe/Sarajevo", "30 2 * * *", "2027-10-29 22:00", []string{"2027-10-30 00:30", "2027-10-31 00:30", "2027-11-01 01:30"}},
		{"Europe/Sarajevo", "30 19 * * *", "2027-03-26 23:00", []string{"2027-03-27 18:30", "2027-03-28 17:30", "2027-03-29 17:30"}},
		{"Europe/Sarajevo", "30 19 * * *", "2027-10-29 22:00", []string{"2027-10-30 17:30", "2027-10-31 18:30", "2027-11-01 18:30"}},
		// All times of the skipped hour are one moment, and so one post.
		{"Europe/Sarajevo", "*/20 2 * * *", "2027-03-26 23:00", []string{"2027-03-27 01:00", "2027-03-27 01:20", "2027-03-27 01:40", "2027-03-28 01:00", "2027-03-29 00:00", "2027-03-29 00:20", "2027-03-29 00:40"}},
		// No clock change.
		{"Asia/Tbilisi", "30 2 * * *", "2027-03-26 20:00", []string{"2027-03-26 22:30", "2027-03-27 22:30", "2027-03-28 22:30"}},
		{"Asia/Kathmandu", "30 2 * * *", "2027-03-26 18:15", []string{"2027-03-26 20:45", "2027-03-27 20:45", "2027-03-28 20:45"}},
		// The other half of the year: 02:00 becomes 03:00 on 26 September, 03:00 becomes 02:00 on 4 April.
		{"Pacific/Auckland", "30 2 * * *", "2027-09-24 12:00", []string{"2027-09-24 14:30", "2027-09-25 14:00", "2027-09-26 13:30"}},
		{"Pacific/Auckland", "30 2 * * *", "2027-04-02 11:00", []string{"2027-04-02 13:30", "2027-04-03 13:30", "2027-04-04 14:30"}},
		// By half an hour: 02:00 becomes 02:30 on 3 October, 02:00 becomes 01:30 on 4 April.
		{"Australia/Lord_Howe", "15 2 * * *", "2027-10-01 13:30", []string{"2027-10-01 15:45", "2027-10-02 15:30", "2027-10-03 15:15"}},
		{"Australia/Lord_Howe", "45 1 * * *", "2027-04-02 13:00", []string{"2027-04-02 14:45", "2027-04-03 14:45", "2027-04-04 15:15"}},
		// At midnight: 30 April begins at 01:00, 28 October has 23:00 twice.
		{"Africa/Cairo", "0 0 * * *", "2027-04-28 21:00", []string{"2027-04-28 22:00", "2027-04-29 22:00", "2027-04-30 21:00"}},
		{"Africa/Cairo", "30 23 * * *", "2027-10-26 22:00", []string{"2027-10-27 20:30", "2027-10-28 20:30", "2027-10-29 21:30"}},
		{"Africa/Cairo", "0 0 * * *", "2027-10-27 20:00", []string{"2027-10-27 21:00", "2027-10-28 22:00", "2027-10-29 22:00"}},
		// 28 March begins at 01:00, 30 October has 23:00 twice.
		{"Asia/Beirut", "30 0 * * *", "2027-03-26 21:30", []string{"2027-03-26 22:30", "2027-03-27 22:00", "2027-03-28 21:30"}},
		{"Asia/Beirut", "30 23 * * *", "2027-10-29 12:00", []string{"2027-10-29 20:30", "2027-10-30 20:30", "2027-10-31 21:30"}},
		// 14 March begins at 01:00; on 7 November 00:00 comes twice.
		{"America/Havana", "0 0 * * *", "2027-03-13 04:00", []string{"2027-03-13 05:00", "2027-03-14 05:00", "2027-03-15 04:00"}},
		{"America/Havana", "30 0 * * *", "2027-11-06 02:00", []string{"2027-11-06 04:30", "2027-11-07 04:30", "2027-11-08 05:30"}},
	} {
		t.Run(fmt.Sprintf("%s %s %s", tt.zone, tt.cron, tt.from), func(t *testing.T) {
			bubble(t, setup{campaigns: always(catalog.Entry{Cron: tt.cron, Grace: "1m"}), offices: []campaign.Office{office(t, "o", tt.zone)}, start: tt.from},
				func(t *testing.T, w *world) {
					day := func(n int) string { return moment(t, tt.from).AddDate(0, 0, n).Add(-time.Minute).Format(shown) }
					w.on()
					w.skim(day(1))
					w.run(day(2)) // each minute of the day of the change
					w.skim(day(3))
					same(t, "sent", w.sends("o"), tt.want)
					if rows := w.rows(); len(rows) != len(tt.want) {
						t.Errorf("%d rows, want %d", len(rows), len(tt.want))
					}
				})
		})
	}
}

// TestManyZonesAtOnce: offices of one process do not disturb each other at their clock changes, also when the process
// starts anew between them.
func TestManyZonesAtOnce(t *testing.T) {
	zones := []string{"Europe/Sarajevo", "Asia/Tbilisi", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Beirut", "America/Havana", "America/New_York", "Pacific/Auckland", "Africa/Casablanca"}
	var offices []campaign.Office
	for i, zone := range zones {
		offices = append(offices, office(t, fmt.Sprintf("office-%d", i), zone))
	}
	for _, span := range [][2]string{{"2027-03-13 00:00", "2027-03-15 00:00"}, {"2027-03-27 00:00", "2027-03-29 00:00"},
		{"2027-04-03 00:00", "2027-04-05 00:00"}, {"2027-10-28 12:00", "2027-11-01 00:00"}, {"2027-11-06 00:00", "2027-11-08 00:00"}} {
		bubble(t, setup{campaigns: always(catalog.Entry{Cron: "0,30 0-3,19,23 * * *", Missed: "all", MissedCap: 100, Grace: "2h"}), offices: offices, start: span[0]},
			func(t *testing.T, w *world) {
				w.on()
				for day := moment(t, span[0]); day.Before(moment(t, span[1])); day = day.AddDate(0, 0, 1) {
					w.run(day.Add(11*time.Hour + 10*time.Minute).Format(shown))
					w.off()
					time.Sleep(50 * time.Minute)
					w.on()
				}
				w.run(span[1])
				time.Sleep(10 * time.Minute)
				onTime(t, w, moment(t, span[0]), moment(t, span[1]))
			})
	}
}

// onTime holds that exactly what was planned was sent, once, at its moment or, when the process was off, in its grace.
func onTime(t *testing.T, w *world, from, to time.Time) {
	t.Helper()
	planned := map[string]time.Time{}
	for p := range w.planner.Due(from, to.Add(1)) {
		planned[p.ID] = p.At
	}
	late := 0
	for _, id := range slices.Sorted(maps.Keys(w.places)) {
		for _, s := range w.places[id].sends() {
			at, ok := planned[s.id]
			switch {
			case !ok && s.at.Sub(from) < 2*time.Hour: // the first start looks back
			case !ok:
				t.Errorf("%s was sent at %s and is not planned, or was sent before", s.id, s.at.UTC().Format(shown))
			case s.at.Before(at) || s.at.Sub(at) > 50*time.Minute:
				t.Errorf("%s was sent at %s, planned for %s", s.id, s.at.UTC().Format(shown), at.UTC().Format(shown))
			case s.at.Sub(at) > 0:
				late++
			}
			delete(planned, s.id)
		}
	}
	for id, at := range planned {
		t.Errorf("%s of %s was not sent", id, at.UTC().Format(shown))
	}
	if late == 0 {
		t.Error("nothing was late, so the pauses fell beside all posts")
	}
}
