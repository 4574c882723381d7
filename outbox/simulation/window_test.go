package simulation

import (
	"strings"
	"testing"
	"time"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/channel"
	"beaware/outbox"
)

// TestWindowEdges: a window opens and closes at each office's own midnight, to the minute.
func TestWindowEdges(t *testing.T) {
	offices := []campaign.Office{office(t, "nz", "Pacific/Auckland"), office(t, "ba", "Europe/Sarajevo"), office(t, "cu", "America/Havana")}
	july := during(catalog.Window{From: "07-17", To: "07-18"}, catalog.Entry{Cron: "0,59 0,23 * * *", Grace: "1m"})
	bubble(t, setup{july, offices, "2027-07-15 00:00"}, func(t *testing.T, w *world) {
		w.on()
		w.run("2027-07-21 00:00")
		for id, want := range map[string][]string{
			"nz": {"2027-07-16 12:00", "2027-07-16 12:59", "2027-07-17 11:00", "2027-07-17 11:59", "2027-07-17 12:00", "2027-07-17 12:59", "2027-07-18 11:00", "2027-07-18 11:59"},
			"ba": {"2027-07-16 22:00", "2027-07-16 22:59", "2027-07-17 21:00", "2027-07-17 21:59", "2027-07-17 22:00", "2027-07-17 22:59", "2027-07-18 21:00", "2027-07-18 21:59"},
			"cu": {"2027-07-17 04:00", "2027-07-17 04:59", "2027-07-18 03:00", "2027-07-18 03:59", "2027-07-18 04:00", "2027-07-18 04:59", "2027-07-19 03:00", "2027-07-19 03:59"},
		} {
			same(t, id, w.sends(id), want)
		}
	})
}

// TestWindowCloses: nothing goes out after the window, whatever held it up; each says why.
func TestWindowCloses(t *testing.T) {
	last := during(catalog.Window{From: "07-17", To: "07-30"}, catalog.Entry{Cron: "59 23 30 7 *", Grace: "12h"})
	answers := map[string]struct {
		answer func(channel.Message, int) error
		want   outbox.State
	}{
		"taken":   {nil, outbox.Sent},
		"busy":    {fails(channel.Temporary, 0), outbox.Failed},
		"asks":    {fails(channel.Throttled, 2*time.Minute), outbox.Missed},
		"mending": {fails(channel.Misconfigured, 0), outbox.Failed},
		"lost":    {fails(channel.Unknown, 0), outbox.Uncertain},
	}
	var offices []campaign.Office
	for id := range answers {
		offices = append(offices, office(t, id, "Europe/Sarajevo"))
	}
	bubble(t, setup{last, offices, "2027-07-30 21:00"}, func(t *testing.T, w *world) {
		for id, a := range answers {
			w.places[id].answer = a.answer
		}
		w.on()
		w.run("2027-07-31 12:00")
		for id, d := range w.rows() {
			a := answers[d.Post.Channel]
			if d.State != a.want {
				t.Errorf("%s is %s (%s), want %s", id, d.State, d.Reason, a.want)
			}
			if (d.State == outbox.Failed || d.State == outbox.Missed) && !strings.Contains(d.Reason, "window") {
				t.Errorf("%s is %s for another reason: %s", id, d.State, d.Reason)
			}
		}
		for id := range answers {
			for _, s := range w.places[id].sends() {
				if !s.at.Before(moment(t, "2027-07-30 22:00")) {
					t.Errorf("%s was sent at %s, after its window", s.id, s.at)
				}
			}
		}
	})
}

// TestOffOverTheWindow: a process that starts after the window sends nothing of it, and says what it missed.
func TestOffOverTheWindow(t *testing.T) {
	bubble(t, setup{during(catalog.Window{From: "07-17", To: "07-19"}, catalog.Entry{Cron: "30 19 * * *", Grace: "60d", Missed: "all"}), sarajevo(t), "2027-07-17 12:00"}, func(t *testing.T, w *world) {
		w.on()
		w.run("2027-07-17 18:00")
		w.off()
		time.Sleep(5 * 24 * time.Hour)
		w.on()
		w.run("2027-07-23 00:00")
		same(t, "states", w.states("o"), []string{"2027-07-17 19:30 sent", "2027-07-18 19:30 missed", "2027-07-19 19:30 missed"})
		same(t, "sent", w.sends("o"), []string{"2027-07-17 17:30"})
	})
}

// fails makes a platform that never takes anything; Unknown is an error that tells nothing.
func fails(kind channel.Kind, after time.Duration) func(channel.Message, int) error {
	return func(channel.Message, int) error {
		return &channel.SendError{Kind: kind, RetryAfter: after, Reason: "the server said no"}
	}
}
