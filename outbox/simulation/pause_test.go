package simulation

import (
	"testing"
	"time"

	"beaware/catalog"
	"beaware/outbox"
)

// pause and resume hold one scope, as staff would.
func (w *world) pause(scope, id string) {
	w.t.Helper()
	if err := w.outbox.Pause(w.t.Context(), outbox.Pause{Scope: scope, ID: id, By: "staff"}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) resume(scope, id string) {
	w.t.Helper()
	if err := w.outbox.Resume(w.t.Context(), scope, id, "staff"); err != nil {
		w.t.Fatal(err)
	}
}

// TestPause: nothing goes out while it holds, whatever its scope and however often the process starts; what is not too
// late goes out within a second afterwards.
func TestPause(t *testing.T) {
	for _, scope := range [][2]string{{"all", ""}, {"office", "o"}, {"campaign", "c"}, {"channel", "o"}} {
		t.Run(scope[0], func(t *testing.T) {
			bubble(t, setup{evenings("latest", "3h"), sarajevo(t), "2027-07-17 17:00"}, func(t *testing.T, w *world) {
				w.on()
				w.pause(scope[0], scope[1])
				w.run("2027-07-17 18:00")
				w.off()
				w.on()
				w.run("2027-07-17 19:00")
				same(t, "sent while paused", w.sends("o"), nil)
				w.resume(scope[0], scope[1])
				time.Sleep(time.Second)
				same(t, "sent", w.sends("o"), []string{"2027-07-17 19:00"})
				w.run("2027-07-18 18:00")
				same(t, "and the next evening", w.sends("o"), []string{"2027-07-17 19:00", "2027-07-18 17:30"})
			})
		})
	}
}

// TestPauseOfAnother does not hold this one.
func TestPauseOfAnother(t *testing.T) {
	bubble(t, setup{evenings("latest", "3h"), sarajevo(t), "2027-07-17 17:00"}, func(t *testing.T, w *world) {
		w.on()
		for _, scope := range []string{"office", "campaign", "channel"} {
			w.pause(scope, "another")
		}
		w.run("2027-07-17 18:00")
		same(t, "sent", w.sends("o"), []string{"2027-07-17 17:30"})
	})
}

// TestPauseTooLong: a post whose grace ends in a pause is missed and says so, and the one after it goes out.
func TestPauseTooLong(t *testing.T) {
	bubble(t, setup{evenings("latest", "3h"), sarajevo(t), "2027-07-17 17:00"}, func(t *testing.T, w *world) {
		w.on()
		w.pause("campaign", "c")
		w.run("2027-07-18 12:00")
		w.resume("campaign", "c")
		w.run("2027-07-18 18:00")
		same(t, "states", w.states("o"), []string{"2027-07-17 19:30 missed", "2027-07-18 19:30 sent"})
		because(t, w, "c/e/2027-07-17T19:30/o/en", outbox.Missed, "paused")
	})
}

// TestPauseOverTheEndOfAWindow: nothing of it goes out after the window, however long its grace.
func TestPauseOverTheEndOfAWindow(t *testing.T) {
	july := during(catalog.Window{From: "07-17", To: "07-18"}, catalog.Entry{Cron: "30 23 * * *", Grace: "60d"})
	bubble(t, setup{july, sarajevo(t), "2027-07-17 12:00"}, func(t *testing.T, w *world) {
		w.on()
		w.run("2027-07-18 20:00")
		w.pause("all", "")
		w.run("2027-07-18 22:10")
		w.resume("all", "")
		w.run("2027-07-19 12:00")
		same(t, "sent", w.sends("o"), []string{"2027-07-17 21:30"})
		same(t, "states", w.states("o"), []string{"2027-07-17 23:30 sent", "2027-07-18 23:30 missed"})
		because(t, w, "c/e/2027-07-18T23:30/o/en", outbox.Missed, "paused")
	})
}

// TestPauseIntoQuietHours: what a pause let go into the night waits for the morning.
func TestPauseIntoQuietHours(t *testing.T) {
	bubble(t, setup{evenings("latest", "14h"), quietly(t), "2027-07-17 17:00"}, func(t *testing.T, w *world) {
		w.on()
		w.pause("office", "o")
		w.run("2027-07-17 21:00")
		w.resume("office", "o")
		w.run("2027-07-18 06:00")
		same(t, "sent", w.sends("o"), []string{"2027-07-18 05:00"})
	})
}
