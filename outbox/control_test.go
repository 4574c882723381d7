package outbox_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"beaware/campaign"
	"beaware/channel"
	"beaware/outbox"
	"beaware/outbox/outboxtest"
)

// everyState puts one post into each state.
func everyState(t *testing.T, d *desk) {
	t.Helper()
	var rows []outbox.Delivery
	for _, s := range outbox.States() {
		row := outboxtest.Row(string(s), "one", start)
		row.State, row.Attempts, row.Reason = s, 2, "as it was"
		row.MaybeSent = s == outbox.Uncertain
		rows = append(rows, row)
	}
	if _, err := d.store.Enqueue(t.Context(), rows, start); err != nil {
		t.Fatal(err)
	}
}

// TestControl: what staff may do with a post in each state, hours after its grace is over.
func TestControl(t *testing.T) {
	const planned, retry, sent, cancelled = outbox.Planned, outbox.Retry, outbox.Sent, outbox.Cancelled
	all := outbox.Filter{}
	for _, test := range []struct {
		name    string
		do      func(d *desk) (int, error)
		want    map[outbox.State]outbox.State // the others stay
		action  string
		outcome string
	}{
		{"retry", func(d *desk) (int, error) { return d.Retry(d.t.Context(), all, "amra") },
			map[outbox.State]outbox.State{outbox.Failed: planned, outbox.Missed: planned, outbox.Skipped: planned, cancelled: planned},
			"retry all posts", "4 posts planned again"},
		{"retry one state", func(d *desk) (int, error) {
			return d.Retry(d.t.Context(), outbox.Filter{States: []outbox.State{outbox.Failed, sent, outbox.Uncertain}, Channel: "one"}, "amra")
		}, map[outbox.State]outbox.State{outbox.Failed: planned},
			"retry state failed or sent or uncertain, channel one", "1 post planned again"},
		{"cancel", func(d *desk) (int, error) { return d.Cancel(d.t.Context(), all, "amra") },
			map[outbox.State]outbox.State{planned: cancelled, retry: cancelled}, "cancel all posts", "2 posts taken back"},
		{"cancel one", func(d *desk) (int, error) { return d.Cancel(d.t.Context(), outbox.Filter{ID: "retry"}, "amra") },
			map[outbox.State]outbox.State{retry: cancelled}, "cancel post retry", "1 post taken back"},
		{"cancel what was sent", func(d *desk) (int, error) {
			return d.Cancel(d.t.Context(), outbox.Filter{States: []outbox.State{sent}}, "amra")
		}, nil, "cancel state sent", "0 posts taken back"},
		{"published", func(d *desk) (int, error) { return d.Resolve(d.t.Context(), all, true, "amra") },
			map[outbox.State]outbox.State{outbox.Uncertain: sent}, "resolve all posts", "1 post found published"},
		{"not published", func(d *desk) (int, error) { return d.Resolve(d.t.Context(), all, false, "amra") },
			map[outbox.State]outbox.State{outbox.Uncertain: retry}, "resolve all posts", "1 post found not published, and tried again"},
		{"retry elsewhere", func(d *desk) (int, error) {
			return d.Retry(d.t.Context(), outbox.Filter{Office: "al", Language: "sq", From: start, To: start.Add(time.Hour)}, "amra")
		}, nil, "retry office al, language sq, from 2027-07-17T17:30:00Z, before 2027-07-17T18:30:00Z", "0 posts planned again"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, nil)
			everyState(t, d)
			d.now = start.Add(5 * time.Hour)
			n, err := test.do(d)
			if err != nil || n != len(test.want) {
				t.Errorf("%d posts, %v; want %d", n, err, len(test.want))
			}
			for _, was := range outbox.States() {
				want, row := was, d.row(string(was))
				if to, moved := test.want[was]; moved {
					want = to
					if row.Reason == "as it was" || row.MaybeSent {
						t.Errorf("%s became %+v without a reason of its own", was, row)
					}
				}
				if row.State != want {
					t.Errorf("%s became %s, want %s", was, row.State, want)
				}
			}
			log, err := d.Audit(t.Context(), 10)
			want := []outbox.Action{{At: d.now, By: "amra", Name: strings.Fields(test.action)[0], Target: strings.SplitN(test.action, " ", 2)[1], Outcome: test.outcome}}
			if diff := cmp.Diff(want, log); diff != "" || err != nil {
				t.Errorf("audit log (-want +got), %v\n%s", err, diff)
			}
		})
	}
}

// TestAskedAgain: what staff ask for goes out although its grace is over, but not outside the window, and not after
// an absence that eats up the new grace.
func TestAskedAgain(t *testing.T) {
	for _, test := range []struct {
		name         string
		closed       bool
		away         time.Duration
		moved, sends int
		want         outbox.State
	}{
		{"at once", false, 0, 1, 1, outbox.Sent},
		{"window closed", true, 0, 0, 0, outbox.Failed},
		{"a restart later", false, 30 * time.Minute, 1, 1, outbox.Sent},
		{"too long a restart later", false, 2 * time.Hour, 1, 0, outbox.Missed},
	} {
		t.Run(test.name, func(t *testing.T) {
			to := &place{}
			d := newDesk(t, func(c *outbox.Config) { c.Channels["one"] = to })
			everyState(t, d)
			d.planner.rule = campaign.Rule{Missed: campaign.Skip, Grace: time.Hour}
			d.now = start.Add(24 * time.Hour)
			if _, err := d.store.Enqueue(t.Context(), nil, d.now); err != nil {
				t.Fatal(err)
			}
			d.planner.closed = func(time.Time) bool { return test.closed }
			n, err := d.Retry(t.Context(), outbox.Filter{ID: "failed"}, "amra")
			if err != nil || n != test.moved {
				t.Errorf("Retry = %d, %v; want %d", n, err, test.moved)
			}
			if _, err := d.Cancel(t.Context(), outbox.Filter{States: []outbox.State{outbox.Retry}}, "amra"); err != nil {
				t.Fatal(err)
			}
			d.now = d.now.Add(test.away)
			d.through()
			if row := d.row("failed"); row.State != test.want {
				t.Errorf("row = %+v, want %s", row, test.want)
			}
			if got := slices.Index(to.sends(), "failed"); (got >= 0) != (test.sends > 0) {
				t.Errorf("sent %v", to.sends())
			}
		})
	}
}

// TestCancelMaybeSent: what may be on the platform is not called cancelled.
func TestCancelMaybeSent(t *testing.T) {
	d := newDesk(t, nil)
	row := outboxtest.Row("a", "one", start)
	row.State, row.MaybeSent, row.Attempts = outbox.Retry, true, 1
	if _, err := d.store.Enqueue(t.Context(), []outbox.Delivery{row}, start); err != nil {
		t.Fatal(err)
	}
	if n, err := d.Cancel(t.Context(), outbox.Filter{}, "amra"); n != 1 || err != nil {
		t.Errorf("Cancel = %d, %v", n, err)
	}
	if got := d.row("a"); got.State != outbox.Uncertain || !strings.Contains(got.Reason, "staff took it back") {
		t.Errorf("row = %+v", got)
	}
}

// TestAuditFirst: without a line in the audit log nothing is done.
func TestAuditFirst(t *testing.T) {
	d := newDesk(t, func(c *outbox.Config) { c.Store = silent{c.Store} })
	everyState(t, d)
	before := d.states()
	_, retried := d.Retry(t.Context(), outbox.Filter{}, "amra")
	paused := d.Pause(t.Context(), outbox.Pause{Scope: outbox.ScopeAll, By: "amra"})
	if !errors.Is(retried, errDisk) || !errors.Is(paused, errDisk) {
		t.Errorf("Retry = %v, Pause = %v; want the disk's error", retried, paused)
	}
	if diff := cmp.Diff(before, d.states()); diff != "" {
		t.Errorf("something was done: %s", diff)
	}
	if list, _ := d.Pauses(t.Context()); len(list) != 0 {
		t.Errorf("paused: %v", list)
	}
}

// silent is a store that cannot write its audit log.
type silent struct{ outbox.Store }

func (silent) Record(context.Context, outbox.Action) error { return errDisk }

// TestPauseScopes: each kind of pause holds its own posts, and lets the others of the same channel pass.
func TestPauseScopes(t *testing.T) {
	posts := func() []campaign.Post {
		a, b, c := post("a", "one", start), post("b", "one", start), post("c", "two", start)
		a.Campaign, a.Office = "always-on", "al"
		return []campaign.Post{a, b, c}
	}
	for _, test := range []struct {
		pause outbox.Pause
		held  []string
		bad   string
	}{
		{outbox.Pause{Scope: outbox.ScopeAll}, []string{"a", "b", "c"}, ""},
		{outbox.Pause{Scope: outbox.ScopeOffice, ID: "al"}, []string{"a"}, ""},
		{outbox.Pause{Scope: outbox.ScopeCampaign, ID: "world-day"}, []string{"b", "c"}, ""},
		{outbox.Pause{Scope: outbox.ScopeChannel, ID: "one"}, []string{"a", "b"}, ""},
		{outbox.Pause{Scope: outbox.ScopeChannel, ID: "three"}, nil, ""},
		{outbox.Pause{Scope: outbox.ScopeChannel}, nil, "its id is missing"},
		{outbox.Pause{Scope: outbox.ScopeAll, ID: "one"}, nil, "has no name"},
		{outbox.Pause{Scope: "language", ID: "sr"}, nil, "right are all, office, campaign and channel"},
	} {
		t.Run(test.pause.Scope+test.pause.ID, func(t *testing.T) {
			d := newDesk(t, func(c *outbox.Config) {
				c.Channels = map[string]channel.Channel{"one": &place{}, "two": &place{}}
			}, posts()...)
			test.pause.By = "amra"
			err := d.Pause(t.Context(), test.pause)
			if test.bad != "" {
				if err == nil || !strings.Contains(err.Error(), test.bad) {
					t.Errorf("Pause = %v, want %q", err, test.bad)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			d.through()
			d.through()
			for id, state := range d.states() {
				if held := slices.Contains(test.held, id); held != (state == outbox.Planned) || !held && state != outbox.Sent {
					t.Errorf("%s is %s, held: %v", id, state, held)
				}
			}
			d.now = start.Add(30 * time.Second)
			if err := d.Resume(t.Context(), test.pause.Scope, test.pause.ID, "ines"); err != nil {
				t.Fatal(err)
			}
			d.through()
			for id, state := range d.states() {
				if state != outbox.Sent {
					t.Errorf("%s is %s after resuming", id, state)
				}
			}
			if err := d.Resume(t.Context(), test.pause.Scope, test.pause.ID, "ines"); err == nil || !strings.Contains(err.Error(), "is not paused") {
				t.Errorf("resuming twice: %v", err)
			}
			if log, _ := d.Audit(t.Context(), -1); len(log) != 3 || log[2].Outcome != "paused" || log[2].By != "amra" {
				t.Errorf("audit log: %v", log)
			}
		})
	}
}

// TestResume: what a pause held is judged by its entry's rule when it ends, as after an absence; what another pause holds
// too is left alone.
func TestResume(t *testing.T) {
	hour := time.Hour
	for _, test := range []struct {
		name string
		rule campaign.Rule
		want map[string]outbox.State
	}{
		{"latest", campaign.Rule{Missed: campaign.Latest, Grace: 24 * hour}, map[string]outbox.State{"a": outbox.Missed, "b": outbox.Missed, "c": outbox.Sent, "d": outbox.Planned}},
		{"skip", campaign.Rule{Missed: campaign.Skip, Grace: 24 * hour}, map[string]outbox.State{"a": outbox.Missed, "b": outbox.Missed, "c": outbox.Missed, "d": outbox.Planned}},
		{"all", campaign.Rule{Missed: campaign.All, Grace: 24 * hour}, map[string]outbox.State{"a": outbox.Sent, "b": outbox.Sent, "c": outbox.Sent, "d": outbox.Planned}},
		{"all, capped", campaign.Rule{Missed: campaign.All, Grace: 24 * hour, Cap: 2}, map[string]outbox.State{"a": outbox.Missed, "b": outbox.Sent, "c": outbox.Sent, "d": outbox.Planned}},
		{"short grace", campaign.Rule{Missed: campaign.All, Grace: 90 * time.Minute}, map[string]outbox.State{"a": outbox.Missed, "b": outbox.Missed, "c": outbox.Sent, "d": outbox.Planned}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, func(c *outbox.Config) {
				c.Channels = map[string]channel.Channel{"one": &place{}, "two": &place{}}
			}, post("a", "one", start), post("b", "one", start.Add(hour)), post("c", "one", start.Add(2*hour)), post("d", "two", start.Add(2*hour)))
			d.planner.rule = test.rule
			for _, p := range []outbox.Pause{{Scope: outbox.ScopeCampaign, ID: "world-day", By: "amra"}, {Scope: outbox.ScopeChannel, ID: "two", By: "amra"}} {
				if err := d.Pause(t.Context(), p); err != nil {
					t.Fatal(err)
				}
			}
			for minutes := range 180 { // the program runs all the time
				d.now = start.Add(time.Duration(minutes) * time.Minute)
				if err := d.Tick(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			d.through()
			if err := d.Resume(t.Context(), outbox.ScopeCampaign, "world-day", "ines"); err != nil {
				t.Fatal(err)
			}
			d.through()
			if diff := cmp.Diff(test.want, d.states()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, row := range outboxtest.All(t, d.store, outbox.Filter{States: []outbox.State{outbox.Missed}}) {
				if !strings.HasPrefix(row.Reason, "paused until too late: ") {
					t.Errorf("%s is missed because %q", row.Post.ID, row.Reason)
				}
			}
		})
	}
}

// TestPausedWhileComposed: a pause is looked at once more just before the request.
func TestPausedWhileComposed(t *testing.T) {
	to := &place{}
	var d *desk
	d = newDesk(t, func(c *outbox.Config) {
		c.Channels["one"] = to
		c.Composer = composer(func(outbox.Delivery) (channel.Message, string, error) {
			return channel.Message{Text: "Be aware."}, "bs", d.Pause(t.Context(), outbox.Pause{Scope: outbox.ScopeAll, By: "amra"})
		})
	}, post("a", "one", start))
	d.through()
	if row := d.row("a"); row.State != outbox.Planned || len(to.sends()) != 0 {
		t.Errorf("row = %+v, sent %v", row, to.sends())
	}
}

// TestRunPaused: a pause holds at once and across a restart, and what it held goes out as soon as it ends.
func TestRunPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, to := &outboxtest.Memory{}, &place{}
		change := func(c *outbox.Config) { only(to)(c); c.Store = store }
		posts := map[string]time.Duration{"one/a": 0, "one/b": 10 * time.Minute, "one/c": 20 * time.Minute}
		began := time.Now()
		l := run(t, change, posts)
		l.rings(9 * time.Minute)
		if err := l.Pause(t.Context(), outbox.Pause{Scope: outbox.ScopeAll, By: "amra"}); err != nil {
			t.Fatal(err)
		}
		l.rings(15 * time.Minute)
		l.stop()
		for id := range posts {
			posts[id] -= 15 * time.Minute
		}
		l = run(t, change, posts)
		l.rings(10 * time.Minute)
		same(t, to.times(began), []time.Duration{0})
		time.Sleep(7 * time.Second)
		if err := l.Resume(t.Context(), outbox.ScopeAll, "", "amra"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		l.stop()
		// Of b and c, both held until after they were due, the rule "latest" lets c through.
		same(t, to.times(began), []time.Duration{0, 25*time.Minute + 7*time.Second})
		if b := l.row("one/b"); b.State != outbox.Missed {
			t.Errorf("row = %+v, want it missed", b)
		}
	})
}
