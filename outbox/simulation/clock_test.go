package simulation

import (
	"strings"
	"testing"
	"time"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/channel"
)

func sarajevo(t testing.TB) []campaign.Office {
	return []campaign.Office{office(t, "o", "Europe/Sarajevo")}
}

// evenings is a post at 17:30 UTC each day in summer, so late as its grace says.
func evenings(missed, grace string) []*catalog.Campaign {
	return always(catalog.Entry{Cron: "30 19 * * *", Missed: missed, Grace: grace})
}

// TestClockSetBack: what was sent is not sent again when the clock shows its moment a second time, and what was still to
// come is sent when the clock shows it.
func TestClockSetBack(t *testing.T) {
	bubble(t, setup{always(catalog.Entry{Cron: "0 * * * *", Grace: "1m"}), sarajevo(t), "2027-07-17 09:30"}, func(t *testing.T, w *world) {
		w.on()
		w.run("2027-07-17 12:10")
		w.set(-2 * time.Hour) // 10:10 again
		w.run("2027-07-17 12:50")
		same(t, "while the time comes a second time", w.sends("o"), []string{"2027-07-17 10:00", "2027-07-17 11:00", "2027-07-17 12:00"})
		w.run("2027-07-17 14:10")
		same(t, "afterwards", w.sends("o"), []string{"2027-07-17 10:00", "2027-07-17 11:00", "2027-07-17 12:00", "2027-07-17 13:00", "2027-07-17 14:00"})
		w.set(-30 * 24 * time.Hour)
		w.off()
		w.on() // and a start with such a clock
		w.run("2027-06-20 00:00")
		w.set(moment(t, "2027-07-17 15:10").Sub(w.now()))
		w.run("2027-07-17 16:10")
		same(t, "states", w.states("o"), []string{"2027-07-17 12:00 sent", "2027-07-17 13:00 sent", "2027-07-17 14:00 sent", "2027-07-17 15:00 sent",
			"2027-07-17 16:00 sent", "2027-07-17 17:00 missed", "2027-07-17 18:00 sent"})
	})
}

// TestClockSetBackWhileWaiting: a retry that waits, and a platform that asked for silence, are not put off by
// as much as the clock was set back.
func TestClockSetBackWhileWaiting(t *testing.T) {
	bubble(t, setup{evenings("latest", "3h"), sarajevo(t), "2027-07-17 17:00"}, func(t *testing.T, w *world) {
		w.places["o"].answer = func(_ channel.Message, nth int) error {
			if nth == 1 {
				return &channel.SendError{Kind: channel.Throttled, RetryAfter: time.Minute, Reason: "too many"}
			}
			return nil
		}
		w.on()
		time.Sleep(30*time.Minute + 10*time.Second)
		w.set(-5 * time.Minute)
		w.run("2027-07-17 17:45")
		same(t, "sent", w.sends("o"), []string{"2027-07-17 17:31"})
	})
}

// TestClockSetForward looks like an absence: what was jumped over is judged by its entry's rule.
func TestClockSetForward(t *testing.T) {
	bubble(t, setup{evenings("latest", "1h"), sarajevo(t), "2027-07-17 16:00"}, func(t *testing.T, w *world) {
		w.on()
		w.run("2027-07-17 17:00")
		w.set(time.Hour) // over the evening of the 17th, within its grace
		w.run("2027-07-17 18:05")
		same(t, "within its grace", w.sends("o"), []string{"2027-07-17 18:01"}) // the next wake-up
		w.set(3 * 24 * time.Hour)                                               // to the 20th: the 18th and 19th are gone, that of the 20th is 35 minutes late
		w.run("2027-07-20 18:10")
		w.set(20 * time.Hour) // to the 21st, 14:10
		w.run("2027-07-21 17:35")
		same(t, "states", w.states("o"), []string{"2027-07-17 19:30 sent", "2027-07-18 19:30 missed", "2027-07-19 19:30 missed", "2027-07-20 19:30 sent", "2027-07-21 19:30 sent"})
		if sends := w.sends("o"); sends[len(sends)-1] != "2027-07-21 17:30" {
			t.Errorf("the last was sent at %s", sends[len(sends)-1])
		}
	})
}

// TestClockDrifts: a clock that is corrected by seconds all the time loses nothing and doubles nothing.
func TestClockDrifts(t *testing.T) {
	bubble(t, setup{always(catalog.Entry{Cron: "*/5 * * * *", Grace: "3m"}), sarajevo(t), "2027-07-17 00:00"}, func(t *testing.T, w *world) {
		w.on()
		for i := range 24 * 60 {
			w.set([]time.Duration{-3 * time.Second, 2 * time.Second, -59 * time.Second, time.Minute}[i%4])
			time.Sleep(time.Minute)
		}
		w.run("2027-07-18 00:02")
		seen := map[string]bool{}
		for _, s := range w.places["o"].sends() {
			if seen[s.id] {
				t.Errorf("%s was sent twice", s.id)
			}
			seen[s.id] = true
		}
		for p := range w.planner.Due(moment(t, "2027-07-17 00:00"), moment(t, "2027-07-18 00:01")) {
			if !seen[p.ID] {
				t.Errorf("%s was not sent", p.ID)
			}
		}
	})
}

// TestAsleep: the machine sleeps for a day and a half. After it wakes, the running process judges what was due
// meanwhile within a minute or two.
func TestAsleep(t *testing.T) {
	for _, tt := range []struct {
		missed string
		limit  int
		grace  string
		sent   []string // of what was due in the sleep, local hours
	}{
		{"skip", 0, "60d", nil},
		{"latest", 0, "60d", []string{"2027-07-19 06:00"}},
		{"latest", 0, "2h", nil},
		{"all", 0, "60d", []string{"2027-07-18 18:00", "2027-07-19 00:00", "2027-07-19 06:00"}},
		{"all", 2, "60d", []string{"2027-07-19 00:00", "2027-07-19 06:00"}},
		{"all", 100, "60d", []string{"2027-07-18 06:00", "2027-07-18 12:00", "2027-07-18 18:00", "2027-07-19 00:00", "2027-07-19 06:00"}},
		{"all", 100, "14h", []string{"2027-07-19 00:00", "2027-07-19 06:00"}},
	} {
		t.Run(tt.missed+" "+tt.grace, func(t *testing.T) {
			every := always(catalog.Entry{Cron: "0 */6 * * *", Missed: tt.missed, MissedCap: tt.limit, Grace: tt.grace})
			bubble(t, setup{every, sarajevo(t), "2027-07-17 21:59"}, func(t *testing.T, w *world) {
				w.on()
				w.run("2027-07-17 22:30")
				before := len(w.sends("o"))
				w.set(34 * time.Hour) // 08:30 UTC on the 19th, 10:30 at the office
				w.run("2027-07-19 08:32")
				var sent []string
				for _, row := range w.states("o") {
					if at, ok := strings.CutSuffix(row, " sent"); ok && at > "2027-07-18 00:00" {
						sent = append(sent, at)
					}
				}
				same(t, "sent after it woke", sent, tt.sent)
				if n := len(w.sends("o")) - before; n != len(tt.sent) {
					t.Errorf("%d requests, want %d", n, len(tt.sent))
				}
				w.run("2027-07-19 11:00")
				if rows := w.rows(); rows["c/e/2027-07-19T12:00/o/en"].State != "sent" {
					t.Errorf("the next one was not sent: %v", w.states("o"))
				}
			})
		})
	}
}

// TestOffForADay: the same with the process off, and with posts that were planned before and never tried.
func TestOffForADay(t *testing.T) {
	bubble(t, setup{always(catalog.Entry{Cron: "0 */6 * * *", Missed: "latest", Grace: "3d"}), sarajevo(t), "2027-07-17 21:30"}, func(t *testing.T, w *world) {
		w.places["o"].answer = func(channel.Message, int) error {
			if w.now().Before(moment(t, "2027-07-18 12:00")) {
				return &channel.SendError{Kind: channel.Throttled, RetryAfter: 12 * time.Hour, Reason: "too many"}
			}
			return nil
		}
		w.on()
		w.run("2027-07-17 22:30")
		w.off()
		time.Sleep(34 * time.Hour)
		w.on()
		w.run("2027-07-19 08:32")
		rows, last := w.rows(), "c/e/2027-07-19T06:00/o/en"
		if rows[last].State != "sent" {
			t.Errorf("the newest is not sent: %v", w.states("o"))
		}
		for id, d := range rows {
			if !d.Post.At.Before(moment(t, "2027-07-17 22:00")) && id != last && d.State == "sent" && d.Attempts == 0 {
				t.Errorf("%s was sent without an attempt", id)
			}
		}
	})
}

// TestLeapDay: 29 February is a day like others, and one that three of four years do not have.
func TestLeapDay(t *testing.T) {
	daily := catalog.Entry{Cron: "0 9 * * *"}
	for _, tt := range []struct {
		name     string
		campaign []*catalog.Campaign
		from, to string
		want     []string
	}{
		{"daily in a leap year", always(daily), "2028-02-27 12:00", "2028-03-01 12:00", []string{"2028-02-28 08:00", "2028-02-29 08:00", "2028-03-01 08:00"}},
		{"daily in another", always(daily), "2027-02-27 12:00", "2027-03-01 12:00", []string{"2027-02-28 08:00", "2027-03-01 08:00"}},
		{"only that day", always(catalog.Entry{Cron: "0 9 29 2 *"}), "2027-02-27 12:00", "2028-03-02 12:00", []string{"2028-02-29 08:00"}},
		{"a window of that day", during(catalog.Window{From: "02-29", To: "02-29"}, daily), "2027-02-27 12:00", "2028-03-02 12:00", []string{"2028-02-29 08:00"}},
		{"a window that ends with it", during(catalog.Window{From: "02-28", To: "02-29"}, daily), "2027-02-27 12:00", "2027-03-02 12:00", []string{"2027-02-28 08:00"}},
		{"a window that ends on the 28th", during(catalog.Window{From: "02-27", To: "02-28"}, daily), "2028-02-27 12:00", "2028-03-02 12:00", []string{"2028-02-28 08:00"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, setup{tt.campaign, sarajevo(t), tt.from}, func(t *testing.T, w *world) {
				if moment(t, tt.to).Sub(moment(t, tt.from)) > 30*24*time.Hour { // the empty year is skipped
					time.Sleep(moment(t, "2028-02-27 12:00").Sub(w.now()))
				}
				w.on()
				w.skim(tt.to)
				same(t, "sent", w.sends("o"), tt.want)
			})
		})
	}
}
