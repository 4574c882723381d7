package outboxtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beaware/campaign"
	"beaware/outbox"
)

var start = time.Date(2027, 7, 17, 17, 30, 0, 0, time.UTC)

// Suite checks that a store keeps what outbox.Store promises. open gives an empty
// store, and whatever its own consistency check is belongs into its t.Cleanup.
func Suite(t *testing.T, open func(t *testing.T) outbox.Store) {
	for name, check := range map[string]func(*testing.T, outbox.Store){
		"watermark":         watermark,
		"enqueue":           enqueue,
		"whole row":         wholeRow,
		"claim in order":    claimInOrder,
		"claim says when":   claimSaysWhen,
		"claim once":        claimOnce,
		"settle":            settle,
		"settle twice":      settleTwice,
		"settle and claim":  settleAndClaim,
		"filters":           filters,
		"settle while list": settleWhileListing,
		"stop listing":      stopListing,
		"counts":            counts,
		"claim passes over": claimPassesOver,
		"pauses":            pauses,
		"actions":           actions,
		"plan":              plan,
	} {
		t.Run(name, func(t *testing.T) { check(t, open(t)) })
	}
}

// Row is a planned delivery with a post that is due at a moment.
func Row(id, channel string, at time.Time) outbox.Delivery {
	return outbox.Delivery{
		Post:  campaign.Post{ID: id, Campaign: "world-day", Entry: "daily", Message: "launch", Office: "ba", Channel: channel, Language: "bs", At: at},
		State: outbox.Planned, Due: at.UTC(), Updated: at.UTC(),
	}
}

// All collects the deliveries that match.
func All(t testing.TB, s outbox.Reader, f outbox.Filter) []outbox.Delivery {
	t.Helper()
	var all []outbox.Delivery
	for d, err := range s.Deliveries(context.Background(), f) {
		if err != nil {
			t.Fatalf("Deliveries: %v", err)
		}
		all = append(all, d)
	}
	return all
}

func ids(ds []outbox.Delivery) []string {
	var ids []string
	for _, d := range ds {
		ids = append(ids, d.Post.ID)
	}
	slices.Sort(ids)
	return ids
}

func put(t *testing.T, s outbox.Store, ds ...outbox.Delivery) {
	t.Helper()
	if n, err := s.Enqueue(t.Context(), ds, start); err != nil || n != len(ds) {
		t.Fatalf("Enqueue = %d, %v; want %d new", n, err, len(ds))
	}
}

func claim(t *testing.T, s outbox.Store, channel string, now time.Time) (*outbox.Delivery, time.Time) {
	t.Helper()
	d, next, err := s.Claim(t.Context(), channel, now, nil)
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	return d, next
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func watermark(t *testing.T, s outbox.Store) {
	for _, step := range []struct{ write, want time.Time }{
		{time.Time{}, time.Time{}},
		{start, start},
		{start.Add(time.Nanosecond), start.Add(time.Nanosecond)},
		{start.Add(-time.Hour), start.Add(time.Nanosecond)}, // never back
	} {
		if !step.write.IsZero() {
			if _, err := s.Enqueue(t.Context(), nil, step.write); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Watermark(t.Context())
		if err != nil || !got.Equal(step.want) || got.IsZero() != step.want.IsZero() {
			t.Errorf("after writing %v: Watermark = %v, %v; want %v", step.write, got, err, step.want)
		}
	}
}

func enqueue(t *testing.T, s outbox.Store) {
	put(t, s, Row("a", "one", start), Row("b", "one", start))
	d, _ := claim(t, s, "one", start)
	again := []outbox.Delivery{Row("a", "one", start.Add(time.Hour)), Row("c", "one", start), Row("c", "two", start)}
	if n, err := s.Enqueue(t.Context(), again, start); err != nil || n != 1 {
		t.Fatalf("Enqueue of two known ids and a new one = %d, %v; want 1", n, err)
	}
	equal(t, ids(All(t, s, outbox.Filter{})), []string{"a", "b", "c"})
	if got := All(t, s, outbox.Filter{States: []outbox.State{outbox.Claimed}}); len(got) != 1 || got[0].Post.ID != d.Post.ID {
		t.Errorf("claimed are %v, want only %s: a known row was touched", ids(got), d.Post.ID)
	}
}

func wholeRow(t *testing.T, s outbox.Store) {
	zone, err := time.LoadLocation("Europe/Sarajevo")
	if err != nil {
		t.Fatal(err)
	}
	d := Row("world-day/daily/2027-07-17T19:30/ba-feed/bs", "ba-feed", start.In(zone))
	d.State, d.Reason, d.Attempts, d.MaybeSent = outbox.Retry, "сервер \"ћути\"\u2028<&", 3, true
	d.Due, d.Updated = start.Add(7*time.Nanosecond), start.Add(time.Hour)
	d.Asked = start.Add(2 * time.Hour)
	d.Served, d.Ref, d.URL = "sr-Latn", "42", "https://example.org/42"
	put(t, s, d)
	got := All(t, s, outbox.Filter{})
	equal(t, got, []outbox.Delivery{d})
	if got[0].Post.At.String() != d.Post.At.String() {
		t.Errorf("At = %v, want %v: the zone is lost", got[0].Post.At, d.Post.At)
	}
}

func claimInOrder(t *testing.T, s outbox.Store) {
	retry := Row("r", "one", start)
	retry.State, retry.Due = outbox.Retry, start.Add(90*time.Second)
	put(t, s, Row("z", "one", start), Row("b", "one", start.Add(time.Minute)), Row("a", "one", start.Add(time.Minute)),
		retry, Row("other", "on", start.Add(-time.Hour)), Row("later", "one", start.Add(time.Hour)),
		Row("early", "one", time.Date(1969, 1, 1, 0, 0, 0, 5, time.UTC)))
	now := start.Add(2 * time.Minute)
	for _, want := range []string{"early", "z", "a", "b", "r"} {
		d, _ := claim(t, s, "one", now)
		if d == nil || d.Post.ID != want || d.State != outbox.Claimed || !d.Updated.Equal(now) {
			t.Fatalf("Claim = %+v, want %s claimed at %v", d, want, now)
		}
	}
	if d, next := claim(t, s, "one", now); d != nil || !next.Equal(start.Add(time.Hour)) {
		t.Errorf("Claim = %v, next %v; want nothing before %v", d, next, start.Add(time.Hour))
	}
}

func claimSaysWhen(t *testing.T, s outbox.Store) {
	if d, next := claim(t, s, "one", start); d != nil || !next.IsZero() {
		t.Errorf("Claim of an empty channel = %v, %v", d, next)
	}
	due := start.Add(3 * time.Nanosecond)
	put(t, s, Row("a", "one", due))
	if d, next := claim(t, s, "one", start); d != nil || !next.Equal(due) {
		t.Errorf("Claim too early = %v, next %v; want next %v", d, next, due)
	}
	if d, _ := claim(t, s, "two", due); d != nil {
		t.Errorf("Claim for another channel = %v", d)
	}
	if d, _ := claim(t, s, "one", due); d == nil {
		t.Error("Claim at the moment it is due gave nothing")
	}
	if d, next := claim(t, s, "one", due); d != nil || !next.IsZero() {
		t.Errorf("Claim of a claimed one = %v, next %v", d, next)
	}
}

func claimOnce(t *testing.T, s outbox.Store) {
	const posts, workers = 40, 8
	var rows []outbox.Delivery
	for i := range posts {
		rows = append(rows, Row(fmt.Sprintf("p%02d", i), "one", start))
	}
	put(t, s, rows...)
	var mu sync.Mutex
	seen := map[string]int{}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				d, _, err := s.Claim(context.Background(), "one", start, nil)
				if err != nil || d == nil {
					if err != nil {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				seen[d.Post.ID]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was claimed %d times", id, n)
		}
	}
	if len(seen) != posts {
		t.Errorf("%d posts were claimed, want %d", len(seen), posts)
	}
}

func settle(t *testing.T, s outbox.Store) {
	put(t, s, Row("a", "one", start))
	d, _ := claim(t, s, "one", start)
	d.State, d.Attempts, d.Updated = outbox.Sending, 1, start.Add(time.Second)
	if err := s.Settle(t.Context(), outbox.Planned, *d); !errors.Is(err, outbox.ErrConflict) {
		t.Errorf("Settle from a wrong state = %v, want ErrConflict", err)
	}
	if err := s.Settle(t.Context(), outbox.Claimed, *d); err != nil {
		t.Errorf("Settle = %v", err)
	}
	equal(t, All(t, s, outbox.Filter{}), []outbox.Delivery{*d})
	if err := s.Settle(t.Context(), outbox.Planned, Row("unknown", "one", start)); !errors.Is(err, outbox.ErrConflict) {
		t.Errorf("Settle of an unknown post = %v, want ErrConflict", err)
	}
	equal(t, ids(All(t, s, outbox.Filter{})), []string{"a"})
}

// settleTwice: an error may hide that a transaction took place, so the caller tries again.
func settleTwice(t *testing.T, s outbox.Store) {
	put(t, s, Row("a", "one", start))
	d, _ := claim(t, s, "one", start)
	d.State, d.Updated = outbox.Sent, start.Add(time.Second)
	for range 2 {
		if err := s.Settle(t.Context(), outbox.Claimed, *d); err != nil {
			t.Fatalf("Settle = %v", err)
		}
	}
	d.Ref = "other"
	if err := s.Settle(t.Context(), outbox.Claimed, *d); !errors.Is(err, outbox.ErrConflict) {
		t.Errorf("Settle to something else = %v, want ErrConflict", err)
	}
}

func settleAndClaim(t *testing.T, s outbox.Store) {
	put(t, s, Row("a", "one", start), Row("b", "one", start))
	d, _ := claim(t, s, "one", start)
	d.State, d.Due = outbox.Retry, start.Add(time.Minute)
	if err := s.Settle(t.Context(), outbox.Claimed, *d); err != nil {
		t.Fatal(err)
	}
	if d, _ := claim(t, s, "one", start); d == nil || d.Post.ID != "b" {
		t.Fatalf("Claim = %v, want b", d)
	}
	if d, next := claim(t, s, "one", start); d != nil || !next.Equal(start.Add(time.Minute)) {
		t.Errorf("Claim = %v, next %v; want a's retry", d, next)
	}
	if d, _ := claim(t, s, "one", start.Add(time.Minute)); d == nil || d.Post.ID != "a" {
		t.Errorf("Claim = %v, want a", d)
	}
}

func filters(t *testing.T, s outbox.Store) {
	b := Row("b", "two", start)
	b.State, b.Post.Campaign = outbox.Missed, "always-on"
	c := Row("c", "two", start)
	c.State, c.Post.Office, c.Post.Language, c.Post.At = outbox.Failed, "al", "sq", start.Add(time.Hour)
	whole := Row("w/d/2027/three/sr", "three", start)
	put(t, s, Row("a", "one", start), b, c, whole, Row("w/d/2027/three/sr-Latn", "three", start))
	for _, test := range []struct {
		f    outbox.Filter
		want []string
	}{
		{outbox.Filter{}, []string{"a", "b", "c", "w/d/2027/three/sr", "w/d/2027/three/sr-Latn"}},
		{outbox.Filter{ID: "w/d/2027/three/sr"}, []string{"w/d/2027/three/sr"}},
		{outbox.Filter{ID: "w/d/2027/three/s"}, nil},
		{outbox.Filter{ID: "w/d/20"}, []string{"w/d/2027/three/sr", "w/d/2027/three/sr-Latn"}},
		{outbox.Filter{ID: "w/", States: []outbox.State{outbox.Planned}}, []string{"w/d/2027/three/sr", "w/d/2027/three/sr-Latn"}},
		{outbox.Filter{ID: "b", States: []outbox.State{outbox.Missed, outbox.Failed}}, []string{"b"}},
		{outbox.Filter{Language: "sq"}, []string{"c"}},
		{outbox.Filter{From: start.Add(time.Hour)}, []string{"c"}},
		{outbox.Filter{ID: "a", To: start.Add(time.Hour)}, []string{"a"}},
		{outbox.Filter{ID: "a", To: start}, nil},
		{outbox.Filter{States: []outbox.State{outbox.Missed, outbox.Failed}}, []string{"b", "c"}},
		{outbox.Filter{States: []outbox.State{outbox.Missed, outbox.Missed}}, []string{"b"}},
		{outbox.Filter{States: []outbox.State{outbox.Missed}, Channel: "one"}, nil},
		{outbox.Filter{States: []outbox.State{outbox.Sent}}, nil},
		{outbox.Filter{Channel: "two"}, []string{"b", "c"}},
		{outbox.Filter{Channel: "tw"}, nil},
		{outbox.Filter{Campaign: "world-day"}, []string{"a", "c", "w/d/2027/three/sr", "w/d/2027/three/sr-Latn"}},
		{outbox.Filter{Office: "al", Channel: "two"}, []string{"c"}},
	} {
		equal(t, ids(All(t, s, test.f)), test.want)
	}
}

// settleWhileListing: what recovers a ledger settles rows while it walks through them.
func settleWhileListing(t *testing.T, s outbox.Store) {
	const posts = 700 // more than any store reads at once
	var rows []outbox.Delivery
	for i := range posts {
		d := Row(fmt.Sprintf("p%03d", i), "one", start)
		d.State = outbox.Claimed
		rows = append(rows, d)
	}
	put(t, s, rows...)
	seen := 0
	for d, err := range s.Deliveries(t.Context(), outbox.Filter{States: []outbox.State{outbox.Claimed}}) {
		if err != nil {
			t.Fatal(err)
		}
		d.State = outbox.Planned
		if err := s.Settle(t.Context(), outbox.Claimed, d); err != nil {
			t.Fatal(err)
		}
		seen++
	}
	if left := len(All(t, s, outbox.Filter{States: []outbox.State{outbox.Claimed}})); seen != posts || left != 0 {
		t.Errorf("%d of %d rows were listed, %d are left", seen, posts, left)
	}
}

func stopListing(t *testing.T, s outbox.Store) {
	put(t, s, Row("a", "one", start), Row("b", "one", start))
	for range s.Deliveries(t.Context(), outbox.Filter{}) {
		break
	}
	put(t, s, Row("c", "one", start)) // nothing is still locked
}

func counts(t *testing.T, s outbox.Store) {
	got, err := s.Counts(t.Context())
	if err != nil || len(got) != 0 {
		t.Fatalf("Counts of an empty store = %v, %v", got, err)
	}
	missed := Row("m", "two", start)
	missed.State = outbox.Missed
	put(t, s, Row("a", "one", start), Row("b", "one", start), missed)
	d, _ := claim(t, s, "one", start)
	got, err = s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, got, []outbox.Count{{Channel: "one", State: outbox.Claimed, N: 1}, {Channel: "one", State: outbox.Planned, N: 1}, {Channel: "two", State: outbox.Missed, N: 1}})
	d.State = outbox.Sent
	if err := s.Settle(t.Context(), outbox.Claimed, *d); err != nil {
		t.Fatal(err)
	}
	got, _ = s.Counts(t.Context())
	equal(t, got, []outbox.Count{{Channel: "one", State: outbox.Planned, N: 1}, {Channel: "one", State: outbox.Sent, N: 1}, {Channel: "two", State: outbox.Missed, N: 1}})
}

func claimPassesOver(t *testing.T, s outbox.Store) {
	put(t, s, Row("a", "one", start), Row("b", "one", start.Add(time.Minute)), Row("c", "one", start.Add(time.Hour)))
	not := func(ids ...string) func(outbox.Delivery) bool {
		return func(d outbox.Delivery) bool { return !slices.Contains(ids, d.Post.ID) }
	}
	now := start.Add(2 * time.Minute)
	for _, test := range []struct {
		pass func(outbox.Delivery) bool
		id   string
		next time.Time
	}{
		{not("a", "b", "c"), "", time.Time{}},
		{not("a", "b"), "", start.Add(time.Hour)},
		{not("a"), "b", time.Time{}},
		{not(), "a", time.Time{}},
		{not("c"), "", time.Time{}},
	} {
		d, next, err := s.Claim(t.Context(), "one", now, test.pass)
		got := ""
		if d != nil {
			got = d.Post.ID
		}
		if err != nil || got != test.id || !next.Equal(test.next) || next.IsZero() != test.next.IsZero() {
			t.Errorf("Claim = %q, %v, %v; want %q, %v", got, next, err, test.id, test.next)
		}
	}
}

func pauses(t *testing.T, s outbox.Store) {
	office := outbox.Pause{Scope: outbox.ScopeOffice, ID: "ba", By: "amra", Since: start, Note: "напомена"}
	all := outbox.Pause{Scope: outbox.ScopeAll, By: "amra", Since: start.Add(time.Nanosecond)}
	again := office
	again.By = "ines"
	for _, step := range []struct {
		do   func() error
		want []outbox.Pause
	}{
		{func() error { return nil }, nil},
		{func() error { return s.SetPause(t.Context(), office) }, []outbox.Pause{office}},
		{func() error { return s.SetPause(t.Context(), all) }, []outbox.Pause{all, office}},
		{func() error { return s.SetPause(t.Context(), again) }, []outbox.Pause{all, again}},
		{drop(t, s, outbox.ScopeChannel, "ba", false), []outbox.Pause{all, again}},
		{drop(t, s, outbox.ScopeOffice, "ba", true), []outbox.Pause{all}},
		{drop(t, s, outbox.ScopeOffice, "ba", false), []outbox.Pause{all}},
		{drop(t, s, outbox.ScopeAll, "", true), nil},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		got, err := s.Pauses(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		equal(t, got, step.want)
	}
}

func drop(t *testing.T, s outbox.Store, scope, id string, want bool) func() error {
	return func() error {
		found, err := s.DropPause(t.Context(), scope, id)
		if found != want {
			t.Errorf("DropPause(%s %s) found %v, want %v", scope, id, found, want)
		}
		return err
	}
}

func actions(t *testing.T, s outbox.Store) {
	first := outbox.Action{At: start, By: "amra", Name: "pause", Target: "everything", Outcome: "begun"}
	second := outbox.Action{At: start, By: "amra", Name: "retry", Target: "channel one", Outcome: "2 posts"}
	third := outbox.Action{At: start.Add(time.Second), By: "ines", Name: "cancel", Target: "all posts", Outcome: "begun"}
	done := first
	done.Outcome = "paused"
	for _, a := range []outbox.Action{third, first, second, done} {
		if err := s.Record(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	for limit, want := range map[int][]outbox.Action{-1: {third, second, done}, 10: {third, second, done}, 1: {third}, 0: nil} {
		got, err := s.Actions(t.Context(), limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 0 || len(want) != 0 {
			equal(t, got, want)
		}
	}
}

func plan(t *testing.T, s outbox.Store) {
	if got, err := s.Plan(t.Context()); err != nil || got != nil {
		t.Errorf("Plan before the first = %q, %v", got, err)
	}
	for _, want := range []string{"one", "two, and longer"} {
		if err := s.SavePlan(t.Context(), []byte(want)); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Plan(t.Context()); err != nil || string(got) != want {
			t.Errorf("Plan = %q, %v; want %q", got, err, want)
		}
	}
}
