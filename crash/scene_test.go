//go:build unix

package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"beaware/catalog"
	"beaware/state"
)

// zone is the office's.
const zone = "Europe/Tirane"

// line is one entry of the plan. Its posts were due in the two full hours before now, so that nothing comes to be due, or
// too late for "on time", while a test runs.
type line struct {
	campaign, id string
	minutes      string // of both hours
	missed       string
}

// posts is how many an entry has on a channel.
func (l line) posts() int { return 2 * (strings.Count(l.minutes, ",") + 1) }

// Campaigns: hold keeps uncertain posts for staff, again sends them again, and nobody has reviewed the texts of unread.
const (
	hold   = "hold"
	again  = "again"
	unread = "unread"
)

// full is the plan of most scenes: 28 posts on each channel, of which 15 are to be sent, 11 are missed by the rules of
// their entries and two are kept back.
var full = []line{
	{hold, "all-one", "5,25,45", "all"},
	{hold, "all-two", "5,25,45", "all"},
	{hold, "latest", "5,25,45", "latest"},
	{hold, "skip", "5,25,45", "skip"},
	{again, "all", "15", "all"},
	{unread, "all", "35", "all"},
}

// scene is an installation in a folder of its own, with its pretended Telegram.
type scene struct {
	t         testing.TB
	dir       string
	lines     []line
	feeds     int
	telegrams int
	long      bool // long texts, so that the store grows
	first     bool // nothing was ever planned before: what is missed leaves no row then
	fake      *fake
	start     time.Time // of the plan
}

func (s *scene) path(names ...string) string {
	return filepath.Join(append([]string{s.dir}, names...)...)
}
func (s *scene) db() string { return s.path("data", "beaware.db") }

func feedID(i int) string     { return fmt.Sprintf("f%02d", i) }
func telegramID(i int) string { return fmt.Sprintf("t%02d", i) }
func chatOf(id string) string { return "@crash_" + id }

// newScene writes the installation and starts its Telegram. The caller removes the folder.
func newScene(t testing.TB, s scene) *scene {
	t.Helper()
	dir, err := os.MkdirTemp("", "beaware-scene-")
	if err != nil {
		t.Fatal(err)
	}
	s.t, s.dir = t, dir
	s.fake = startFake(t)
	s.content()
	s.config()
	at, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(at)
	s.start = now.Truncate(time.Hour).Add(-2 * time.Hour)
	for _, c := range []string{hold, again, unread} {
		s.campaign(c, now)
	}
	if !s.first { // as if the program had run until then
		store, err := state.Open(s.db(), state.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Enqueue(context.Background(), nil, s.start); err != nil {
			t.Fatal(err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return &s
}

func (s *scene) remove() {
	s.fake.stop()
	_ = os.RemoveAll(s.dir) // it is in the folder for temporary files
}

func (s *scene) write(text string, names ...string) {
	s.t.Helper()
	file := s.path(names...)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// content is what the program needs besides campaigns, in English only: it is read at each start.
func (s *scene) content() {
	s.t.Helper()
	for _, pattern := range []string{"locales/en.toml", "locales/words/en.toml", "content/checks/exploitation.toml", "content/checks/offer.toml", "content/checks/en.toml", "content/hotlines/*.toml", "content/hotlines/texts/en.toml"} {
		files, err := filepath.Glob(filepath.Join("..", pattern))
		if err != nil || len(files) == 0 {
			s.t.Fatalf("%s: no such files, %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				s.t.Fatal(err)
			}
			s.write(string(data), "ours", strings.TrimPrefix(file, "../"))
		}
	}
	s.write("[[language]]\ntag = \"en\"\nautonym = \"English\"\ndirection = \"ltr\"\nscript = \"Latn\"\n", "ours", "locales", "languages.toml")
}

func (s *scene) config() {
	s.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "[content]\ndir = \"ours\"\n[publish]\ngate = \"require\"\n[[office]]\nid = \"al\"\ncountry = \"AL\"\nzone = %q\nlanguages = [\"en\"]\n", zone)
	for i := range s.feeds {
		fmt.Fprintf(&b, "[[channel]]\nid = %q\noffice = \"al\"\nkind = \"feed\"\n", feedID(i))
	}
	// A bot for each channel: their allowances are Telegram's own, and each start has one post free at once.
	for i := range s.telegrams {
		id := telegramID(i)
		s.write(fmt.Sprintf("7%08d:not-a-real-token-for-tests-only-000", i), id+".token")
		fmt.Fprintf(&b, "[[telegram]]\nid = %q\nusername = \"crash_help_bot\"\ntoken_file = %q\napi = %q\nanswer = false\n", id, id+".token", s.fake.url)
		fmt.Fprintf(&b, "[[channel]]\nid = %q\noffice = \"al\"\nkind = \"telegram\"\ntelegram = %q\nchat = %q\n", id, id, chatOf(id))
	}
	s.write(b.String(), "config.toml")
}

// title tells the posts of a channel apart: an entry never shows a message twice.
func title(campaign, message string) string { return "Notice " + campaign + " " + message }

// filler is how often a sentence stands in a text. Telegram takes 4096 characters.
func (s *scene) filler() int {
	if s.long {
		return 120
	}
	return 20
}

func (s *scene) campaign(id string, now time.Time) {
	s.t.Helper()
	uncertain := map[string]string{again: "on_uncertain = \"resend\"\n"}[id]
	hours := fmt.Sprintf("%d,%d", (now.Hour()+22)%24, (now.Hour()+23)%24)
	var messages, entries, texts, reviews strings.Builder
	for _, l := range s.lines {
		if l.campaign != id {
			continue
		}
		var names []string
		for n := range l.posts() {
			name := fmt.Sprintf("%s-%d", l.id, n)
			names = append(names, fmt.Sprintf("%q", name))
			text := "Be aware. Be careful. Get help." + strings.Repeat(" This notice is for a test.", s.filler())
			fmt.Fprintf(&messages, "[[message]]\nid = %q\n", name)
			fmt.Fprintf(&texts, "[%s]\ntitle = %q\ntext = %q\n", name, title(id, name), text)
			for part, words := range map[string]string{"title": title(id, name), "text": text} {
				fmt.Fprintf(&reviews, "[%q]\ntext = %q\nby = \"a test\"\non = \"2026-06-01\"\n", name+"."+part, catalog.TextHash(words))
			}
		}
		caps := ""
		if l.missed == "all" {
			caps = fmt.Sprintf("missed_cap = %d\n", l.posts())
		}
		fmt.Fprintf(&entries, "[[entry]]\nid = %q\ncron = \"%s %s * * *\"\nmessages = [%s]\nrepeat = true\nmissed = %q\n%sgrace = \"6h\"\n",
			l.id, l.minutes, hours, strings.Join(names, ", "), l.missed, caps)
	}
	if entries.Len() == 0 {
		return
	}
	at := []string{"ours", "content", "campaigns", id}
	s.write(fmt.Sprintf("id = %q\n%s[window]\nalways = true\n%s%s", id, uncertain, messages.String(), entries.String()), append(at, "campaign.toml")...)
	s.write(texts.String(), append(at, "en.toml")...)
	if id != unread {
		s.write(reviews.String(), append(at, "en.review.toml")...)
	}
}

// post is a planned post, as `beaware plan` lists it.
type post struct {
	ID, Channel, Campaign, Entry, Message string
	UTC                                   time.Time
}

func (p post) telegram() bool { return strings.HasPrefix(p.Channel, "t") }

// plan asks the program itself what was to be published, and holds that it is as much as was written.
func (s *scene) plan() map[string]post {
	s.t.Helper()
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	out := s.command("plan", "--json", "--from", day(s.start.AddDate(0, 0, -1)), "--to", day(s.start.AddDate(0, 0, 2)))
	var all []post
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		s.t.Fatalf("plan --json: %v\n%s", err, out)
	}
	plan, want := map[string]post{}, 0
	for _, p := range all {
		if !p.UTC.Before(s.start) && p.UTC.Before(s.start.Add(3*time.Hour)) {
			plan[p.ID] = p
		}
	}
	for _, l := range s.lines {
		want += l.posts() * (s.feeds + s.telegrams)
	}
	if len(plan) != want {
		s.t.Fatalf("%d posts are planned, the scene has %d", len(plan), want)
	}
	return plan
}
