package state

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"beaware/outbox"
	"beaware/outbox/outboxtest"
)

// sentPost is a post that was sent so many days before noon.
func sentPost(id string, days int) outbox.Delivery {
	at := noon.AddDate(0, 0, -days)
	d := outboxtest.Row(id, "one", at)
	d.State, d.Updated = outbox.Sent, at
	return d
}

// openedOf lists all totals as "day code n".
func openedOf(t testing.TB, s *Store) (list []string) {
	t.Helper()
	all, err := s.Opened(t.Context(), noon.AddDate(-3, 0, 0), noon.AddDate(3, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		list = append(list, fmt.Sprintf("%s %s %d", o.Day.Format(time.DateOnly), o.Code, o.N))
	}
	return list
}

func same(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTally: only codes of posts that were sent lately are counted, in memory until they are written together.
func TestTally(t *testing.T) {
	s := begun(t)
	late := sentPost("failed", 1)
	late.State = outbox.Failed
	if _, err := s.Enqueue(t.Context(), []outbox.Delivery{sentPost("new", 1), sentPost("old", 59), sentPost("older", 61), late}, noon); err != nil {
		t.Fatal(err)
	}
	tally := s.Tally()
	add := func(at time.Time, ids ...string) {
		for _, id := range ids {
			tally.Add(at, outbox.Code(id))
		}
	}
	flush := func() {
		t.Helper()
		if err := tally.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	add(noon, "new") // nothing is known yet
	if err := tally.Refresh(t.Context(), noon); err != nil {
		t.Fatal(err)
	}
	add(noon, "new", "new", "old", "older", "failed", "unheard of")
	for i := range 10_000 { // somebody fills the disk
		tally.Add(noon, fmt.Sprintf("%06d", i))
		tally.Add(noon, fmt.Sprint(i))
	}
	if len(tally.pending) != 2 || len(openedOf(t, s)) != 0 {
		t.Errorf("%d are counted, want 2; written: %v", len(tally.pending), openedOf(t, s))
	}
	flush()
	add(noon.Add(24*time.Hour), "new")
	add(noon, "new")
	tally.Sent("just now")
	add(noon, "just now")
	flush()
	flush()
	want := []string{"2027-07-17 " + outbox.Code("just now") + " 1", "2027-07-17 " + outbox.Code("new") + " 3", "2027-07-17 " + outbox.Code("old") + " 1"}
	slices.Sort(want)
	same(t, openedOf(t, s), append(want, "2027-07-18 "+outbox.Code("new")+" 1")...)

	if err := tally.Refresh(t.Context(), noon.AddDate(0, 0, 2)); err != nil {
		t.Fatal(err)
	}
	if tally.codes[outbox.Code("old")] || !tally.codes[outbox.Code("new")] {
		t.Error("what is counted did not follow the days")
	}
	list, err := s.Opened(t.Context(), noon, noon.AddDate(0, 0, 1))
	if err != nil || len(list) != 3 {
		t.Errorf("of one day: %v, %v", list, err)
	}
	for _, c := range []struct{ days, left int }{{400, 4}, {401, 1}, {402, 0}} {
		if err := s.PruneOpened(t.Context(), noon.AddDate(0, 0, c.days)); err != nil {
			t.Fatal(err)
		}
		if n := rowsIn(s, tallyBucket); n != c.left {
			t.Errorf("after %d days %d totals are left, want %d", c.days, n, c.left)
		}
	}
	if err := s.AddOpened(t.Context(), []Opened{{noon, "abc", 1}}); err == nil {
		t.Error("a code of three characters is written")
	}
}

// TestTallyAgain: what could not be written is not lost, and nothing is lost between many that count and one that writes.
func TestTallyAgain(t *testing.T) {
	s := begun(t)
	tally := s.Tally()
	if _, err := s.Enqueue(t.Context(), []outbox.Delivery{sentPost("post", 1)}, noon); err != nil {
		t.Fatal(err)
	}
	if err := tally.Refresh(t.Context(), noon); err != nil {
		t.Fatal(err)
	}
	code := outbox.Code("post")
	tally.Add(noon, code)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tally.Flush(ended); !errors.Is(err, context.Canceled) || len(openedOf(t, s)) > 0 {
		t.Fatalf("Flush = %v", err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				tally.Add(noon, code)
			}
		})
	}
	for range 20 {
		if err := errors.Join(tally.Flush(t.Context()), tally.Refresh(t.Context(), noon)); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	if err := tally.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, openedOf(t, s), "2027-07-17 "+code+" 8001")
}
