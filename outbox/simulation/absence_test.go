package simulation

import (
	"testing"
	"time"

	"beaware/catalog"
)

// TestBlackoutAfterAnAbsence: a post that a blackout keeps back does not push out an older one that may still go.
func TestBlackoutAfterAnAbsence(t *testing.T) {
	bubble(t, setup{during(catalog.Window{From: "07-17", To: "07-30"}, catalog.Entry{Cron: "30 19 * * *", Grace: "3d"}), dark(t, "2027-07-19", "2027-07-19"), "2027-07-17 12:00"}, func(t *testing.T, w *world) {
		w.on()
		w.run("2027-07-17 18:00")
		w.off()
		time.Sleep(2 * 24 * time.Hour) // until 20:00 of the blackout
		w.on()
		w.run("2027-07-20 12:00")
		same(t, "sent", w.sends("o"), []string{"2027-07-17 17:30", "2027-07-19 22:00"})
		same(t, "states", w.states("o"), []string{"2027-07-17 19:30 sent", "2027-07-18 19:30 sent", "2027-07-19 19:30 skipped"})
	})
}

// TestClockAheadForAWhile: a clock that was ten days ahead for ten minutes and was then corrected costs no post whose moment is still to come.
func TestClockAheadForAWhile(t *testing.T) {
	bubble(t, setup{evenings("latest", "3h"), sarajevo(t), "2027-07-17 16:00"}, func(t *testing.T, w *world) {
		w.on()
		w.run("2027-07-17 16:30")
		w.set(10 * 24 * time.Hour)
		time.Sleep(10 * time.Minute)
		w.set(-10 * 24 * time.Hour)
		w.run("2027-07-20 18:00")
		same(t, "sent", w.sends("o"), []string{"2027-07-17 17:30", "2027-07-18 17:30", "2027-07-19 17:30", "2027-07-20 17:30"})
	})
}
