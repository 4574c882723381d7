package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"beaware/campaign"
	"beaware/outbox"
	"beaware/state"
)

// offices is an installation of three offices in English, each with a feed.
func offices(t testing.TB) (config string) {
	t.Helper()
	const more = `kind = "feed"
[[office]]
id = "ba"
country = "BA"
zone = "Europe/Sarajevo"
languages = ["en"]
[[channel]]
id = "ba-feed"
office = "ba"
kind = "feed"
[[office]]
id = "ge"
country = "GE"
zone = "Asia/Tbilisi"
languages = ["en"]
[[channel]]
id = "ge-feed"
office = "ge"
kind = "feed"
[web]
listen = "127.0.0.1:0"
public_url = "http://127.0.0.1:8080"
`
	return english(t, "kind = \"feed\"\n", more)
}

// row is a post of the weekly sign, so many days ago at local noon, in a state.
func row(office string, days int, s outbox.State, reason string) outbox.Delivery {
	zone := map[string]string{"al": "Europe/Tirane", "ba": "Europe/Sarajevo", "ge": "Asia/Tbilisi"}[office]
	loc, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	now := time.Now()
	day := now.UTC().AddDate(0, 0, -days) // the same for each office
	at := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, loc)
	p := campaign.Post{Campaign: "always-on", Entry: "weekly-sign", Message: "sign-debt", Office: office, Channel: office + "-feed", Language: "en", At: at}
	p.ID = strings.Join([]string{p.Campaign, p.Entry, at.Format("2006-01-02T15:04"), p.Channel, p.Language}, "/")
	d := outbox.Delivery{Post: p, State: s, Reason: reason, Due: at.UTC(), Updated: now.Add(-time.Duration(days) * time.Hour).UTC()}
	if s == outbox.Planned {
		d.Asked = d.Updated // the plan does not have it, so only what staff asked for stays
	}
	return d
}

// ledger opens the store of an installation, writes rows and pauses into it and closes it. Nothing else is due.
func ledger(t testing.TB, config string, rows []outbox.Delivery, pauses ...outbox.Pause) {
	t.Helper()
	s, err := opened(t, config).store()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Enqueue(t.Context(), rows, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, p := range pauses {
		if err := s.SetPause(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

var everything = outbox.Pause{Scope: outbox.ScopeAll, By: "somebody"}

// postsOf is what `posts --json` shows.
func postsOf(t testing.TB, config string, args ...string) (rows []postRow) {
	t.Helper()
	s := beaware(t, "", config, append([]string{"posts", "--json"}, args...)...).good(t)
	if err := json.Unmarshal([]byte(s.out), &rows); err != nil || rows == nil {
		t.Fatalf("not a JSON array: %v\n%s", err, s.out)
	}
	return rows
}

// became is the state of one post.
func became(t testing.TB, config, id string) outbox.State {
	t.Helper()
	rows := postsOf(t, config, "--id", id)
	if len(rows) != 1 {
		t.Fatalf("%d posts %s", len(rows), id)
	}
	return rows[0].State
}

// kept is one post of each state that is not on its way, and one that is planned.
func kept() []outbox.Delivery {
	return []outbox.Delivery{
		row("al", 1, outbox.Sent, ""), row("al", 2, outbox.Failed, "refused: too long"), row("al", 3, outbox.Missed, "nobody was there"),
		row("ba", 1, outbox.Failed, "the chat is gone"), row("ba", 2, outbox.Uncertain, "no answer within 30 s"), row("ba", 3, outbox.Cancelled, "staff took it back"),
		row("ge", 1, outbox.Skipped, "not reviewed"), row("ge", 2, outbox.Sent, ""), row("ge", 3, outbox.Planned, ""),
	}
}

// TestPosts: each filter lets exactly the posts through that it names, with a running program and without.
func TestPosts(t *testing.T) {
	t.Parallel()
	config := offices(t)
	rows := kept()
	ledger(t, config, rows, everything)
	day := func(i int) string { return rows[i].Post.At.Format(time.DateOnly) }
	next := func(i int) string { return rows[i].Post.At.AddDate(0, 0, 1).Format(time.DateOnly) }
	table := func(t *testing.T) {
		for _, c := range []struct {
			args string
			want []int // of rows
		}{
			{"", []int{0, 1, 2, 3, 4, 5, 6, 7, 8}},
			{"--state failed", []int{3, 1}},
			{"--state failed,uncertain", []int{3, 1, 4}},
			{"--state sent --state planned", []int{0, 7, 8}},
			{"--office ba", []int{3, 4, 5}},
			{"--channel ge-feed --state sent", []int{7}},
			{"--campaign always-on --office al", []int{0, 1, 2}},
			{"--campaign world-day", nil},
			{"--language en --office ge", []int{6, 7, 8}},
			{"--id " + rows[4].Post.ID, []int{4}},
			{"--id always-on/weekly-sign/" + day(1), []int{7, 1, 4}},
			{"--id always-on/weekly-help", nil},
			{"--from " + day(1) + " --to " + next(1), []int{7, 1, 4}},
			{"--from " + day(1) + " --office al", []int{0, 1}},
			{"--to " + day(1), []int{8, 2, 5}},
			{"--limit 2 --office al", []int{0, 1}},
		} {
			var got, want []string
			for _, r := range postsOf(t, config, strings.Fields(c.args)...) {
				got = append(got, r.ID)
			}
			for _, i := range c.want {
				want = append(want, rows[i].Post.ID)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("posts %s: %q, want %q", c.args, got, want)
			}
		}
		all := postsOf(t, config)
		if !slices.IsSortedFunc(all, func(a, b postRow) int { return strings.Compare(b.UTC, a.UTC) }) {
			t.Error("the newest must stand first")
		}
		s := beaware(t, "", config, "posts", "--state", "uncertain").good(t)
		for _, say := range []string{rows[4].Post.ID, "uncertain", "no answer within 30 s", rows[4].Post.At.Format("2006-01-02 15:04 MST"), "1 post.\n"} {
			if !strings.Contains(s.out, say) {
				t.Errorf("the table lacks %q:\n%s", say, s.out)
			}
		}
		s = beaware(t, "", config, "posts", "--limit", "1").good(t)
		if !strings.Contains(s.out, "1 of 9 posts") {
			t.Errorf("it does not say that there are more:\n%s", s.out)
		}
	}
	t.Run("alone", table)
	a := awake(t, config)
	t.Run("running", table)
	a.stop()
}

// TestControlUsage: wrong names and wrong command lines are refused, with what would be right, and change nothing.
func TestControlUsage(t *testing.T) {
	t.Parallel()
	config := offices(t)
	rows := kept()
	ledger(t, config, rows, everything)
	failedID, sentID, uncertainID := rows[1].Post.ID, rows[0].Post.ID, rows[4].Post.ID
	table := func(t *testing.T) {
		for _, c := range []struct{ args, say string }{
			{"posts --state lost", "there are: planned, claimed"},
			{"posts --office xx", "there are: al, ba, ge"},
			{"posts --campaign xx", "there are: always-on"},
			{"posts --channel xx", "there are: al-feed, ba-feed, ge-feed"},
			{"posts --language xx", "there are: en"},
			{"posts --from soon", "write it as 2027-07-16"},
			{"posts --from 2027-07-16 --to 2027-07-16", "is not after"},
			{"posts --limit 0", "from 1 to 10000"},
			{"audit --limit 20000", "from 1 to 10000"},
			{"pause", "name one thing"},
			{"pause all", `write "everything"`},
			{"pause everything --office al", "name one thing"},
			{"pause --office al --channel al-feed", "can't be used together"},
			{"pause --office xx", "there are: al, ba, ge"},
			{"pause --channel xx", "there are: al-feed"},
			{"pause --campaign xx", "there are: always-on"},
			{"pause --list --office al", "leave the rest away"},
			{"pause everything --note " + strings.Repeat("n", 201), "at most 200"},
			{"resume", "name one thing"},
			{"resume --office al", "paused: everything"},
			{"retry", "name a post"},
			{"retry --yes", "name a post"},
			{"retry " + failedID + " --office al", "not both"},
			{"retry " + sentID, "is sent"},
			{"retry " + uncertainID, "beaware resolve"},
			{"retry always-on/weekly-sign", "there is no post"},
			{"retry --state sent --yes", "cannot be sent again"},
			{"retry --state failed", "add --yes"},
			{"cancel " + failedID, "is failed"},
			{"cancel --office xx --yes", "there are: al"},
			{"resolve " + uncertainID, "say what happened"},
			{"resolve --published", "name a post"},
			{"resolve " + uncertainID + " --published --not-published", "published"},
			{"resolve " + failedID + " --published", "is failed"},
			{"plan --changes --ics", "--changes shows"},
			{"plan --changes --from 2027-01-01", "--changes shows"},
		} {
			s := beaware(t, "", config, strings.Fields(c.args)...)
			if s.code != misuse || !strings.Contains(s.out+s.err, c.say) || strings.Count(s.err, "wrong usage") > 1 {
				t.Errorf("%s: exit %d, want %d with %q\n%s%s", c.args, s.code, misuse, c.say, s.out, s.err)
			}
		}
		for _, r := range rows {
			if s := became(t, config, r.Post.ID); s != r.State {
				t.Errorf("%s is %s now, it was %s", r.Post.ID, s, r.State)
			}
		}
		if s := beaware(t, "", config, "audit").good(t); s.out != "Nobody did anything yet.\n" {
			t.Errorf("the audit log says\n%s", s.out)
		}
	}
	t.Run("alone", table)
	a := awake(t, config)
	t.Run("running", table)
	a.stop()
}

// TestControlHelp: the help of each command has an example that the command itself takes.
func TestControlHelp(t *testing.T) {
	t.Parallel()
	for name, example := range map[string]string{
		"posts": "posts --state failed,uncertain", "pause": "pause --channel ba-feed", "resume": "resume everything", "backup": "backup /media/stick/beaware-july.db",
		"retry": "retry --channel ba-telegram --state failed --from 2027-07-17 --yes", "cancel": "cancel --office ba --state retry --yes",
		"resolve": "resolve --channel ba-telegram --not-published --yes", "audit": "audit --limit 20", "opened": "opened --campaign world-day --office ba", "status": "status", "plan": "plan --changes",
	} {
		var out, errs bytes.Buffer
		if code := command([]string{name, "--help"}, terminal{in: strings.NewReader(""), out: &out, err: &errs}); code != good || !strings.Contains(out.String(), "beaware "+example) {
			t.Errorf("%s --help: exit %d, lacks %q\n%s%s", name, code, example, &out, &errs)
		}
		parser, err := kong.New(&commands{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(strings.Fields(example)); err != nil {
			t.Errorf("%s: %v", example, err)
		}
	}
}

// TestBeforeTheFirstStart: commands say that there is no store yet, and make none but to pause.
func TestBeforeTheFirstStart(t *testing.T) {
	t.Parallel()
	config := english(t)
	for _, args := range []string{"status", "posts", "audit", "backup", "pause --list", "resume everything", "retry --state failed --yes", "plan --changes", "opened"} {
		if s := beaware(t, "", config, strings.Fields(args)...); s.code != failed || !strings.Contains(s.err, "beaware run makes it") {
			t.Errorf("%s: exit %d, %s", args, s.code, s.err)
		}
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(config), "data")); err == nil {
		t.Error("a command made the store's folder")
	}
	beaware(t, "", config, "pause", "everything").good(t)
	if s := beaware(t, "", config, "plan", "--changes"); s.code != failed || !strings.Contains(s.err, "no plan is kept yet") {
		t.Errorf("exit %d, %s", s.code, s.err)
	}
}

// TestPause: what comes due while it is paused stays, over a restart too, and goes out after resume.
func TestPause(t *testing.T) {
	t.Parallel()
	config := offices(t)
	beaware(t, "", config, "pause", "everything", "--note", "not yet 123456789:AAsecret").good(t)
	for range 2 {
		a := awake(t, config)
		var r report
		eventually(t, "it has planned", func() (ok bool) {
			r, _ = a.report()
			return !r.Watermark.Before(a.began)
		})
		for _, p := range postsOf(t, config) {
			if p.State != outbox.Planned || p.Attempts > 0 {
				t.Errorf("%s is %s", p.ID, p.State)
			}
		}
		if got, want := r.Channels[0].Health, []string{healthPaused}; r.totals()[outbox.Planned] != 6 || !slices.Equal(got, want) {
			t.Errorf("%v, channels are %v, want 6 planned and %v", r.totals(), got, want)
		}
		a.stop()
	}
	if s := beaware(t, "", config, "pause", "--list").good(t); !strings.Contains(s.out, "everything") || !strings.Contains(s.out, "not yet ...") || strings.Contains(s.out, "AAsecret") || !strings.Contains(s.out, who()) {
		t.Errorf("the list says\n%s", s.out)
	}
	a := awake(t, config)
	for _, scope := range []string{"--channel ba-feed", "--office ge"} {
		beaware(t, "", config, append([]string{"pause"}, strings.Fields(scope)...)...).good(t)
	}
	if s := beaware(t, "", config, "resume", "everything").good(t); !strings.Contains(s.out, "Still paused: channel ba-feed, office ge") {
		t.Errorf("resume says\n%s", s.out)
	}
	states := func() (sum map[string]outbox.State) {
		sum = map[string]outbox.State{}
		for _, p := range postsOf(t, config) {
			sum[p.Channel] = p.State
		}
		return sum
	}
	eventually(t, "the posts of one office are sent", func() bool { return states()["al-feed"] == outbox.Sent })
	if s := states(); s["ba-feed"] != outbox.Planned || s["ge-feed"] != outbox.Planned {
		t.Errorf("what is paused by itself was sent: %v", s)
	}
	beaware(t, "", config, "resume", "--channel", "ba-feed").good(t)
	beaware(t, "", config, "resume", "--office", "ge").good(t)
	if sum := a.settled().totals(); sum[outbox.Sent] != 6 || len(sum) != 1 {
		t.Errorf("ended in %v, want 6 sent", sum)
	}
	if s := beaware(t, "", config, "pause", "--list", "--json").good(t); s.out != "[]\n" {
		t.Errorf("still paused: %s", s.out)
	}
	a.stop()
}

// TestChanges: retry, cancel and resolve do what they say, to one post and through filters, and the audit log keeps it.
func TestChanges(t *testing.T) {
	t.Parallel()
	for _, running := range []bool{true, false} {
		t.Run(map[bool]string{true: "running", false: "alone"}[running], func(t *testing.T) {
			t.Parallel()
			config := offices(t)
			rows := kept()
			rows = append(rows, row("al", 4, outbox.Uncertain, "no answer"), row("ge", 4, outbox.Failed, "x"), row("ge", 5, outbox.Failed, "x"))
			ledger(t, config, rows, everything)
			id := func(i int) string { return rows[i].Post.ID }
			do := func(args ...string) said { return beaware(t, "", config, args...).good(t) }
			var a *alive
			if running {
				a = awake(t, config)
			}
			do("cancel", id(8))
			do("retry", id(1))
			do("resolve", id(4), "--published")
			do("resolve", "--office", "al", "--not-published", "--yes")
			if s := beaware(t, "", config, "retry", "--office", "ge", "--state", "failed"); s.code != misuse || !strings.HasPrefix(s.out, "2 posts would be sent again:\n  "+id(10)+"\n  "+id(11)) && !strings.HasPrefix(s.out, "2 posts would be sent again:\n  "+id(11)) {
				t.Errorf("exit %d\n%s", s.code, s.out)
			}
			day := rows[10].Post.At.Format(time.DateOnly)
			if s := do("retry", "--from", day, "--to", rows[10].Post.At.AddDate(0, 0, 1).Format(time.DateOnly), "--yes"); s.out != "1 post: to be sent again, now or when it is resumed.\n" {
				t.Errorf("retry of a day says %s", s.out)
			}
			if s := do("cancel", "--channel", "ba-feed", "--yes"); s.out != "No post matches.\n" {
				t.Errorf("cancel says %s", s.out)
			}
			for i, want := range map[int]outbox.State{8: outbox.Cancelled, 1: outbox.Planned, 4: outbox.Sent, 9: outbox.Retry, 10: outbox.Planned, 11: outbox.Failed, 2: outbox.Missed} {
				if got := became(t, config, id(i)); got != want {
					t.Errorf("%s is %s, want %s", id(i), got, want)
				}
			}
			do("resume", "everything")
			if !running {
				a = awake(t, config)
			}
			a.settled()
			for i, want := range map[int]outbox.State{8: outbox.Cancelled, 1: outbox.Sent, 9: outbox.Sent, 10: outbox.Sent, 11: outbox.Failed} {
				if got := became(t, config, id(i)); got != want {
					t.Errorf("%s is %s in the end, want %s", id(i), got, want)
				}
			}
			auditOf(t, config, []string{"cancel", "retry", "resolve", "resolve", "retry", "resume"}, []string{id(8), id(1), id(4), "office al", "from " + day, "everything"})
			a.stop()
		})
	}
}

// TestRetryOutsideTheWindow: nothing is ever sent when its campaign is not on.
func TestRetryOutsideTheWindow(t *testing.T) {
	t.Parallel()
	config := english(t)
	d := row("al", 1, outbox.Failed, "x")
	d.Post.Campaign, d.Post.Entry, d.Post.ID = "world-day", "daily", "world-day/daily/2026-11-20T12:00/al-feed/en"
	if opened(t, config).planner.Open("world-day", "al", time.Now()) {
		t.Skip("world-day is on today")
	}
	ledger(t, config, []outbox.Delivery{d})
	if s := beaware(t, "", config, "retry", d.Post.ID); s.code != failed || !strings.Contains(s.err, "window is not open") {
		t.Errorf("exit %d\n%s%s", s.code, s.out, s.err)
	}
	if got := became(t, config, d.Post.ID); got != outbox.Failed {
		t.Errorf("it is %s", got)
	}
	auditOf(t, config, []string{"retry"}, []string{d.Post.ID})
}

// auditOf holds that the log has exactly these actions, the oldest first, by this user.
func auditOf(t *testing.T, config string, actions, targets []string) {
	t.Helper()
	var lines []auditLine
	if err := json.Unmarshal([]byte(beaware(t, "", config, "audit", "--json").good(t).out), &lines); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(lines)
	for i, l := range lines {
		if i >= len(actions) || l.Action != actions[i] || !strings.Contains(l.Target, targets[i]) || l.By != who() || l.Outcome == "" || l.Outcome == "begun" ||
			time.Since(l.At) > 10*time.Minute || l.At.Location() != time.UTC {
			t.Errorf("line %d is %+v", i, l)
		}
	}
	if len(lines) != len(actions) {
		t.Errorf("%d lines, want %d: %+v", len(lines), len(actions), lines)
	}
}

// TestBackup: a backup of a running program is a good file, and none takes the place of a file that is there.
func TestBackup(t *testing.T) {
	t.Parallel()
	config := english(t)
	a := awake(t, config)
	a.settled()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if s := beaware(t, "", config, "backup"); s.code != good {
				t.Errorf("exit %d: %s", s.code, s.err)
			}
		})
	}
	wg.Wait()
	store := filepath.Join(a.dir, "data", "beaware.db")
	list, err := state.Backups(store)
	if err != nil || len(list) != 4 {
		t.Errorf("%d backups, want 4: %v", len(list), err)
	}
	own := filepath.Join(t.TempDir(), "mine.db")
	s := beaware(t, "", config, "backup", own).good(t)
	if info, err := os.Stat(own); err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(s.out, fmt.Sprintf("%s\n%d bytes", own, info.Size())) {
		t.Errorf("it says %s: %v", s.out, err)
	}
	for _, file := range append(list, own) {
		if err := state.Check(file); err != nil {
			t.Error(err)
		}
	}
	for file, say := range map[string]string{own: "exists", store: "exists", filepath.Join(t.TempDir(), "none", "x.db"): "no such"} {
		if s := beaware(t, "", config, "backup", file); s.code != failed || !strings.Contains(s.err, say) {
			t.Errorf("backup %s: exit %d, %s", file, s.code, s.err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(own), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	a.stop()
	s = beaware(t, "", config, "backup", own+"2").good(t)
	if err := state.Check(own + "2"); err != nil {
		t.Error(err)
	}
	if s := beaware(t, "", config, "status").good(t); !strings.Contains(s.out, "newest backup "+minute(backupTime(list[0]))) {
		t.Errorf("status says\n%s", s.out)
	}
}

// TestCommandsAtOnce: many commands side by side all come through, on a running program and on the store alone.
func TestCommandsAtOnce(t *testing.T) {
	t.Parallel()
	config := offices(t)
	rows := kept()
	ledger(t, config, rows, everything)
	all := func(t *testing.T) {
		var wg sync.WaitGroup
		for _, args := range []string{"status", "posts", "pause --office al", "pause --office ba", "pause --campaign always-on", "audit", "backup",
			"retry --office ba --state failed --yes", "pause --list", "cancel --office ge --yes"} {
			wg.Go(func() {
				if s := beaware(t, "", config, strings.Fields(args)...); s.code != good {
					t.Errorf("%s: exit %d, %s", args, s.code, s.err)
				}
			})
		}
		wg.Wait()
	}
	t.Run("alone", all)
	a := awake(t, config)
	t.Run("running", all)
	a.stop()
	if err := state.Check(filepath.Join(a.dir, "data", "beaware.db")); err != nil {
		t.Error(err)
	}
}

// TestNonsenseOnTheSocket: whatever is written to it, it answers with a reason, changes nothing and goes on.
func TestNonsenseOnTheSocket(t *testing.T) {
	t.Parallel()
	config := offices(t)
	rows := kept()
	ledger(t, config, rows, everything)
	a := awake(t, config)
	path, _ := a.in.socket()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	for _, c := range []struct {
		method, path, body string
		status             int
		say                string
	}{
		{"POST", "/retry", "", 400, "cannot be read"},
		{"POST", "/retry", "nonsense", 400, "cannot be read"},
		{"POST", "/retry", "[]", 400, "cannot be read"},
		{"POST", "/retry", `{}`, 400, "who gives it"},
		{"POST", "/retry", `{"by":"x"}`, 400, "names no posts"},
		{"POST", "/retry", `{"by":"x","filter":{"offices":"al"}}`, 400, "unknown field"},
		{"POST", "/retry", `{"by":"x","filter":{"office":"al"}}{"by":"x"}`, 400, "behind the order"},
		{"POST", "/retry", `{"by":"x","filter":{"office":["al"]}}`, 400, "cannot be read"},
		{"POST", "/retry", `{"by":"x","filter":{"post":"a","prefix":"b"}}`, 400, "not both"},
		{"POST", "/retry", `{"by":"` + strings.Repeat("x", 65) + `","filter":{"office":"al"}}`, 400, "at most 64"},
		{"POST", "/retry", `{"by":"x\n2026 root","filter":{"office":"al"}}`, 400, "one line"},
		{"POST", "/retry", `{"by":"` + strings.Repeat("x", largestOrder) + `"}`, 400, "too large"},
		{"POST", "/pause", `{"by":"x","scope":"moon"}`, 400, "belong"},
		{"POST", "/pause", `{"by":"x","scope":"moon","id":"full"}`, 400, "there are: all"},
		{"POST", "/pause", `{"by":"x","scope":"all","id":"al"}`, 400, "belong"},
		{"POST", "/pause", `{"by":"x","scope":"office"}`, 400, "belong"},
		{"POST", "/backup", `{"by":"x","file":"relative.db"}`, 400, "whole path"},
		{"POST", "/posts", `{"limit":100000}`, 400, "from 1 to"},
		{"GET", "/retry", "", 404, "there is no GET /retry"},
		{"DELETE", "/posts", "", 404, "there is no"},
		{"POST", "/launch", "{}", 404, "there is no POST /launch"},
		{"GET", "/", "", 404, "there is no"},
	} {
		req, err := http.NewRequest(c.method, "http://beaware"+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Errorf("%s %s %.60s: %v", c.method, c.path, c.body, err)
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		var said refusal
		if err := json.Unmarshal(body, &said); err != nil || resp.StatusCode != c.status || !strings.Contains(said.Text, c.say) {
			t.Errorf("%s %s %.60s: %s %s, want %d with %q", c.method, c.path, c.body, resp.Status, body, c.status, c.say)
		}
	}
	for _, raw := range [][]byte{{0, 1, 2, 255}, []byte("\r\n\r\n\r\n"), bytes.Repeat([]byte("x"), 1<<20), []byte("POST /retry HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n")} {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write(raw) // it may be cut off
		_ = conn.Close()
	}
	for _, r := range rows {
		if s := became(t, config, r.Post.ID); s != r.State {
			t.Errorf("%s is %s now, it was %s", r.Post.ID, s, r.State)
		}
	}
	auditOf(t, config, nil, nil)
	a.stop()
}

// TestASocketFarAway: a store whose folder has a long name is reached all the same, by each way to name it, but never through a
// folder that others may have prepared.
func TestASocketFarAway(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long-name-of-a-folder/", 6)
	config := english(t, "[content]", "[store]\npath = \""+long+"beaware.db\"\n[content]")
	in := opened(t, config)
	path, apart := in.socket()
	if !apart || len(path) > longestSocket || filepath.Dir(filepath.Dir(path)) != filepath.Clean(os.TempDir()) {
		t.Fatalf("the socket is %s", path)
	}
	dir := filepath.Dir(path)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	a := awake(t, config)
	if s := beaware(t, "", config, "status").good(t); !strings.HasPrefix(s.out, "Running.") {
		t.Errorf("status says %s", s.out)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	a.stop()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	a = awake(t, config)
	if !strings.Contains(a.log.String(), "only this user may open") {
		t.Errorf("the log does not say why there is no socket:\n%s", a.log)
	}
	a.stop()
	if s := beaware(t, "", config, "status").good(t); !strings.HasPrefix(s.out, "Not running.") {
		t.Errorf("status says %s", s.out)
	}
}

// TestStatusOfTroubles says for each channel what is wrong with it.
func TestStatusOfTroubles(t *testing.T) {
	t.Parallel()
	config := offices(t)
	old := row("ge", 9, outbox.Failed, "long ago")
	old.Updated = time.Now().Add(-2 * lately).UTC()
	gone := row("ge", 1, outbox.Failed, "gone")
	gone.Post.Channel, gone.Post.ID = "old-feed", "always-on/weekly-sign/2026-01-01T12:00/old-feed/en"
	ledger(t, config, []outbox.Delivery{row("al", 1, outbox.Planned, ""), row("al", 2, outbox.Uncertain, "no answer"), row("al", 3, outbox.Retry, "busy"),
		row("ba", 1, outbox.Failed, "refused"), row("ba", 2, outbox.Planned, ""), row("ba", 3, outbox.Missed, "nobody there"), old, gone},
		outbox.Pause{Scope: outbox.ScopeOffice, ID: "ba", By: "somebody", Note: "elections"})
	s := beaware(t, "", config, "status", "--json").good(t)
	var r report
	if err := json.Unmarshal([]byte(s.out), &r); err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		channel, health string
		late            int
		last            string
	}{
		{"al-feed", "late, uncertain", 2, "no answer"},
		{"ba-feed", "paused, failed", 0, "refused"},
		{"ge-feed", "ok", 0, "long ago"},
		{"old-feed", "failed", 0, "gone"},
	} {
		c := r.Channels[i]
		if c.Channel != want.channel || strings.Join(c.Health, ", ") != want.health || c.Late != want.late || c.Error == nil || c.Error.Reason != want.last {
			t.Errorf("%+v (%+v), want %+v", c, c.Error, want)
		}
	}
	if r.Running || r.Behind || len(r.NotSent) != 6 || len(r.Next) != 5 || r.Backup != nil || r.Store.Bytes == 0 || len(r.Paused) != 1 {
		t.Errorf("%+v", r)
	}
	s = beaware(t, "", config, "status").good(t)
	for _, say := range []string{"Paused: office ba, since ", "by somebody: elections", "late, uncertain", "Last errors:", "uncertain no answer", "no backup yet"} {
		if !strings.Contains(s.out, say) {
			t.Errorf("status lacks %q:\n%s", say, s.out)
		}
	}
}
