package simulation

import (
	"strings"
	"testing"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/channel"
	"beaware/outbox"
)

// quietly is an office in Sarajevo whose nights, from 22:00 to 07:00, are quiet.
func quietly(t testing.TB) []campaign.Office {
	o := office(t, "o", "Europe/Sarajevo")
	o.Quiet = &campaign.Quiet{From: 22 * 60, To: 7 * 60}
	return []campaign.Office{o}
}

// dark is an office in Sarajevo with a blackout, both days included.
func dark(t testing.TB, from, to string) []campaign.Office {
	o := office(t, "o", "Europe/Sarajevo")
	o.Blackouts = []campaign.Blackout{{From: moment(t, from+" 00:00"), To: moment(t, to+" 00:00"), Reason: "day of mourning"}}
	return []campaign.Office{o}
}

// because holds that a row is in a state, for a reason that holds these words.
func because(t testing.TB, w *world, id string, state outbox.State, words string) {
	t.Helper()
	if d := w.rows()[id]; d.State != state || !strings.Contains(d.Reason, words) {
		t.Errorf("%s is %q (%q), want %q for %q", id, d.State, d.Reason, state, words)
	}
}

// TestQuietHours: what is due in quiet hours goes out when they end, at any clock change, if its grace reaches so far.
func TestQuietHours(t *testing.T) {
	for _, tt := range []struct {
		name, cron, grace, from, to string
		want                        []string
	}{
		{"waits", "30 23 * * *", "8h", "2027-07-17 12:00", "2027-07-19 12:00", []string{"2027-07-18 05:00", "2027-07-19 05:00"}},
		{"after midnight", "0 3 * * *", "8h", "2027-07-17 12:00", "2027-07-19 12:00", []string{"2027-07-18 05:00", "2027-07-19 05:00"}},
		{"grace ends with them", "0 3 * * *", "4h", "2027-07-17 12:00", "2027-07-19 12:00", []string{"2027-07-18 05:00", "2027-07-19 05:00"}},
		{"grace ends before", "0 3 * * *", "239m", "2027-07-17 12:00", "2027-07-19 12:00", nil},
		{"the first quiet minute", "0 22 * * *", "9h", "2027-07-17 12:00", "2027-07-18 12:00", []string{"2027-07-18 05:00"}},
		{"the last free minute", "59 21 * * *", "9h", "2027-07-17 12:00", "2027-07-18 12:00", []string{"2027-07-17 19:59"}},
		{"the first free minute", "0 7 * * *", "3h", "2027-07-17 12:00", "2027-07-18 12:00", []string{"2027-07-18 05:00"}},
		{"over a clock change in spring", "30 23 * * *", "8h", "2027-03-27 12:00", "2027-03-29 12:00", []string{"2027-03-28 05:00", "2027-03-29 05:00"}},
		{"over a clock change in autumn", "30 23 * * *", "9h", "2027-10-30 12:00", "2027-11-01 12:00", []string{"2027-10-31 06:00", "2027-11-01 06:00"}},
		{"an hour too much in autumn", "30 23 * * *", "8h", "2027-10-30 12:00", "2027-10-31 12:00", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, setup{always(catalog.Entry{Cron: tt.cron, Grace: tt.grace}), quietly(t), tt.from}, func(t *testing.T, w *world) {
				w.on()
				w.run(tt.to)
				same(t, "sent", w.sends("o"), tt.want)
				for id, d := range w.rows() {
					if d.State == outbox.Sent {
						continue
					}
					if d.State != outbox.Missed || !strings.Contains(d.Reason, "quiet") {
						t.Errorf("%s is %s (%s), want missed because of the quiet hours", id, d.State, d.Reason)
					}
				}
			})
		})
	}
}

// TestQuietHoursKeepARetryBack: also a post of the evening that is tried again until the night begins.
func TestQuietHoursKeepARetryBack(t *testing.T) {
	for _, tt := range []struct {
		grace string
		want  []string
		state outbox.State
	}{
		{"12h", []string{"2027-07-18 05:00"}, outbox.Sent},
		{"3h", nil, outbox.Failed},
	} {
		bubble(t, setup{always(catalog.Entry{Cron: "30 21 * * *", Grace: tt.grace}), quietly(t), "2027-07-17 19:00"}, func(t *testing.T, w *world) {
			w.places["o"].answer = func(channel.Message, int) error {
				switch now := w.now(); {
				case now.Before(moment(t, "2027-07-17 20:00")):
					return &channel.SendError{Kind: channel.Temporary, Reason: "busy"}
				case now.Before(moment(t, "2027-07-18 05:00")):
					t.Errorf("asked at %s, in quiet hours", now.UTC().Format(shown))
				}
				return nil
			}
			w.on()
			w.run("2027-07-18 12:00")
			same(t, "sent", w.sends("o"), tt.want)
			if d := w.rows()["c/e/2027-07-17T21:30/o/en"]; d.State != tt.state {
				t.Errorf("with a grace of %s it is %s (%s), want %s", tt.grace, d.State, d.Reason, tt.state)
			}
		})
	}
}

// TestQuietHoursSurviveAStart: what waits for the morning waits for it also in another process.
func TestQuietHoursSurviveAStart(t *testing.T) {
	bubble(t, setup{always(catalog.Entry{Cron: "30 23 * * *", Grace: "12h", Missed: "skip"}), quietly(t), "2027-07-17 20:00"}, func(t *testing.T, w *world) {
		w.on()
		w.run("2027-07-17 22:00")
		w.off()
		w.run("2027-07-17 22:01")
		w.on()
		w.run("2027-07-18 04:59")
		same(t, "sent too early", w.sends("o"), nil)
		w.run("2027-07-18 05:02")
		same(t, "sent", w.sends("o"), []string{"2027-07-18 05:00"})
	})
}

// TestQuietHoursOfOneOffice hold up no other.
func TestQuietHoursOfOneOffice(t *testing.T) {
	offices := append(quietly(t), office(t, "free", "Europe/Sarajevo"))
	bubble(t, setup{always(catalog.Entry{Cron: "30 23 * * *", Grace: "12h"}), offices, "2027-07-17 20:00"}, func(t *testing.T, w *world) {
		w.on()
		w.run("2027-07-18 06:00")
		same(t, "o", w.sends("o"), []string{"2027-07-18 05:00"})
		same(t, "free", w.sends("free"), []string{"2027-07-17 21:30"})
	})
}

// TestQuietHoursAtTheEndOfAWindow: the window closes at midnight, so the post would be too late.
func TestQuietHoursAtTheEndOfAWindow(t *testing.T) {
	bubble(t, setup{during(catalog.Window{From: "07-17", To: "07-18"}, catalog.Entry{Cron: "30 22 * * *", Grace: "12h"}), quietly(t), "2027-07-17 12:00"}, func(t *testing.T, w *world) {
		w.on()
		w.run("2027-07-20 12:00")
		same(t, "sent", w.sends("o"), []string{"2027-07-18 05:00"})
		because(t, w, "c/e/2027-07-18T22:30/o/en", outbox.Missed, "quiet")
	})
}

// TestBlackout: posts of such a day never go out, and the days after it take the messages that they would have taken.
func TestBlackout(t *testing.T) {
	story := []*catalog.Campaign{{ID: "c", Window: catalog.Window{From: "07-17", To: "07-30"}, Entries: []catalog.Entry{
		{ID: "e", Cron: "30 19 * * *", Messages: []string{"one", "two", "three", "four"}, Grace: "36h"},
	}}}
	bubble(t, setup{story, dark(t, "2027-07-18", "2027-07-19"), "2027-07-17 12:00"}, func(t *testing.T, w *world) {
		w.on()
		w.run("2027-07-21 12:00")
		same(t, "sent", w.sends("o"), []string{"2027-07-17 17:30", "2027-07-20 17:30"})
		same(t, "states", w.states("o"), []string{"2027-07-17 19:30 sent", "2027-07-18 19:30 skipped", "2027-07-19 19:30 skipped", "2027-07-20 19:30 sent"})
		because(t, w, "c/e/2027-07-18T19:30/o/en", outbox.Skipped, "day of mourning")
		if d := w.rows()["c/e/2027-07-20T19:30/o/en"]; d.Post.Message != "four" {
			t.Errorf("the fourth day took message %q", d.Post.Message)
		}
	})
}

// TestBlackoutKeepsALatePostBack: one of the evening before is not sent on such a day, but after it if its grace allows.
func TestBlackoutKeepsALatePostBack(t *testing.T) {
	for _, tt := range []struct {
		grace string
		want  []string
		state outbox.State
	}{
		{"36h", []string{"2027-07-18 22:00"}, outbox.Sent},
		{"12h", nil, outbox.Failed},
	} {
		bubble(t, setup{always(catalog.Entry{Cron: "30 19 17 7 *", Grace: tt.grace}), dark(t, "2027-07-18", "2027-07-18"), "2027-07-17 17:00"}, func(t *testing.T, w *world) {
			w.places["o"].answer = func(channel.Message, int) error {
				if w.now().Before(moment(t, "2027-07-17 22:00")) {
					return &channel.SendError{Kind: channel.Temporary, Reason: "busy"}
				}
				return nil
			}
			w.on()
			w.run("2027-07-20 12:00")
			same(t, "sent", w.sends("o"), tt.want)
			if d := w.rows()["c/e/2027-07-17T19:30/o/en"]; d.State != tt.state {
				t.Errorf("with a grace of %s it is %s (%s), want %s", tt.grace, d.State, d.Reason, tt.state)
			}
		})
	}
}
