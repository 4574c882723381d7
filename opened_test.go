package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/channel"
	"beaware/channel/telegram/telegramtest"
	"beaware/outbox"
	"beaware/state"
)

// TestHelpLinks: the button of every post, in every language and country and to every screen, has an address that Telegram takes and
// that says all that it should.
func TestHelpLinks(t *testing.T) {
	t.Parallel()
	in := opened(t, sampleConfig(t, "# --- Telegram:", "[[telegram]]\nid = \"help\"\nusername = \"your_help_bot\"\ntoken_env = \"X\"\n[[channel]]\nid = \"ba-telegram\"\noffice = \"ba\"\nkind = \"telegram\"\ntelegram = \"help\"\nchat = \"@your_channel\"\n# --- Telegram:"))
	form, longest := regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`), 0
	for _, l := range in.catalog.Languages {
		for _, o := range in.offices {
			for _, screen := range catalog.Screens() {
				want := channel.DeepLink{Language: l.Tag, Country: o.Country, Screen: screen, Code: outbox.Code("a/b/c/d/" + l.Tag)}
				for id, before := range map[string]string{"ba-telegram": "https://t.me/your_help_bot?start=", "ba-feed": "http://127.0.0.1:8080/chat?start=", "gone": "http://127.0.0.1:8080/chat?start="} {
					link := in.helpLink(outbox.Opening{Channel: id, Language: l.Tag, Country: o.Country, Opens: screen, Code: want.Code})
					payload, ok := strings.CutPrefix(link, before)
					longest = max(longest, len(payload))
					if !ok || !form.MatchString(payload) || channel.ParseDeepLink(payload) != want {
						t.Errorf("%s: %q is %+v, want %+v", id, link, channel.ParseDeepLink(payload), want)
					}
				}
			}
		}
	}
	t.Logf("the longest has %d characters", longest)
}

// TestPostsOpenTheirScreens: each shipped post leads to the screen that its campaign names, under its own code.
func TestPostsOpenTheirScreens(t *testing.T) {
	t.Parallel()
	in := sampled(t)
	codes := map[string]string{}
	for _, c := range in.catalog.Campaigns {
		for _, m := range c.Messages {
			if strings.HasSuffix(m.ID, "-help") && m.Opens != "help" || strings.HasSuffix(m.ID, "-aware") && m.Opens != "signs-"+strings.TrimSuffix(m.ID, "-aware") {
				t.Errorf("%s/%s opens %s", c.ID, m.ID, m.Opens)
			}
			id := c.ID + "/daily/2027-07-17T19:30/ba-feed/en#" + m.ID
			msg, _, err := in.press().Compose(outbox.Delivery{Post: campaign.Post{ID: id, Campaign: c.ID, Message: m.ID, Office: "ba", Channel: "ba-feed", Language: "en"}})
			if want := "http://127.0.0.1:8080/chat?start=en_BA_" + m.Opens + "_" + outbox.Code(id); err != nil || len(msg.Links) != 1 || msg.Links[0].URL != want {
				t.Errorf("%s/%s: %v, %v; want %s", c.ID, m.ID, msg.Links, err, want)
			}
			codes[outbox.Code(id)] = id
		}
	}
	if len(codes) < 20 {
		t.Errorf("only %d codes", len(codes))
	}
	if got := outbox.Code("world-day/daily/2027-07-17T19:30/ba-feed/bs"); got != "rlekqv" || outbox.Code("") != "" {
		t.Errorf("the code of a post is %q: codes that are in posts already must stay", got)
	}
}

func july(day int) time.Time { return time.Date(2027, 7, day, 0, 0, 0, 0, time.UTC) }

// told is a list as "post day opened" in short.
func told(list []openedRow) (out []string) {
	for _, r := range list {
		switch {
		case r.Day != nil && r.Opened != nil && r.Under == 0:
			out = append(out, fmt.Sprintf("%s %s %d", r.Post, *r.Day, *r.Opened))
		case r.Day == nil && r.Opened == nil:
			out = append(out, fmt.Sprintf("%s <%d", r.Post, r.Under))
		default:
			out = append(out, fmt.Sprintf("%+v", r))
		}
	}
	return out
}

// TestFewOpeningsAreNotTold: a day with nine openings and one with none cannot be told apart, nor by any sum or filter.
func TestFewOpeningsAreNotTold(t *testing.T) {
	sent := func(id, office string, day int) outbox.Delivery {
		return outbox.Delivery{Post: campaign.Post{ID: id, Office: office, Language: "en"}, State: outbox.Sent, Updated: july(day).Add(19 * time.Hour)}
	}
	count := func(id string, day, n int) state.Opened {
		return state.Opened{Day: july(day), Code: outbox.Code(id), N: n}
	}
	posts := []outbox.Delivery{sent("old", "al", 1), sent("new", "ba", 10)}
	everything := func(outbox.Delivery) bool { return true }
	list := func(totals ...state.Opened) []string {
		return told(openedRows(slices.Clone(posts), totals, july(1), july(15), everything))
	}
	none := []string{"new <10", "old <10"}
	for _, c := range []struct {
		name   string
		totals []state.Opened
		want   []string
	}{
		{"none", nil, none},
		{"one", []state.Opened{count("new", 10, 1)}, none},
		{"nine on each day", []state.Opened{count("new", 10, 9), count("new", 11, 9), count("new", 12, 9), count("old", 12, 9)}, none},
		{"ten", []state.Opened{count("new", 10, 10), count("new", 11, 9)}, []string{"new 2027-07-10 10", "new <10", "old <10"}},
		{"before it was sent", []state.Opened{count("new", 9, 50)}, none},
		{"of no post", []state.Opened{{Day: july(12), Code: "aaaaaa", N: 50}}, none},
		{"all days", []state.Opened{count("new", 10, 10), count("new", 11, 11), count("new", 12, 12), count("new", 13, 13), count("new", 14, 14)},
			[]string{"new 2027-07-10 10", "new 2027-07-11 11", "new 2027-07-12 12", "new 2027-07-13 13", "new 2027-07-14 14", "old <10"}},
	} {
		if got := list(c.totals...); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	// Whatever the hidden numbers are, each filter gives a part of the same list.
	for n := range fewest {
		totals := []state.Opened{count("new", 10, 25), count("new", 11, n), count("old", 11, fewest-1-n)}
		whole := list(totals...)
		if want := []string{"new 2027-07-10 25", "new <10", "old <10"}; !slices.Equal(whole, want) {
			t.Errorf("%q, want %q", whole, want)
		}
		var parts []string
		for _, office := range []string{"ba", "al"} {
			parts = append(parts, told(openedRows(slices.Clone(posts), totals, july(1), july(15), func(d outbox.Delivery) bool { return d.Post.Office == office }))...)
		}
		if !slices.Equal(parts, whole) {
			t.Errorf("in parts %q, whole %q", parts, whole)
		}
	}
	// A post is counted for 60 days, and not listed after them.
	for _, c := range []struct{ from, to, want int }{{1, 15, 14}, {60, 63, 2}, {61, 63, 1}, {62, 80, 0}, {-5, 1, 0}, {-5, 2, 1}} {
		if got := max(countedDays(posts[0], july(c.from), july(c.to)), 0); got != c.want {
			t.Errorf("from %d to %d: %d days, want %d", c.from, c.to, got, c.want)
		}
	}
}

// TestOpenedSpan: the last day that is shown is over, for everybody.
func TestOpenedSpan(t *testing.T) {
	now := july(20).Add(3 * time.Minute)
	for _, c := range []struct {
		from, to, want, err string
	}{
		{"", "", "2027-06-19 2027-07-19", ""}, // the 19th may still be counted
		{"2027-07-17", "", "2027-07-17 2027-07-19", ""},
		{"2027-07-17", "2027-09-01", "2027-07-17 2027-07-19", ""},
		{"", "2027-07-18", "2027-06-18 2027-07-18", ""},
		{"2027-08-01", "", "2027-08-01 2027-07-19", ""},
		{"2027-07-18", "2027-07-18", "", "is not after"},
		{"soon", "", "", "write it as"},
		{"", "soon", "", "write it as"},
	} {
		from, to, err := openedSpan(filter{From: c.from, To: c.to}, now)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%v: %v", c, err)
			}
			continue
		}
		if got := from.Format(time.DateOnly) + " " + to.Format(time.DateOnly); got != c.want || err != nil {
			t.Errorf("%v: %s, %v", c, got, err)
		}
	}
}

// TestOpenedCommand shows totals with a running program and without.
func TestOpenedCommand(t *testing.T) {
	t.Parallel()
	config := offices(t)
	rows := kept()
	ledger(t, config, rows, everything)
	s, err := opened(t, config).store()
	if err != nil {
		t.Fatal(err)
	}
	today := midnight(time.Now().UTC())
	al, ge := rows[0].Post, rows[7].Post // sent now less one hour, and less two
	totals := []state.Opened{{Day: today.AddDate(0, 0, -2), Code: outbox.Code(al.ID), N: 57}, {Day: today, Code: outbox.Code(al.ID), N: 4000}, {Day: today, Code: outbox.Code(ge.ID), N: 3}}
	for _, i := range []int{0, 7} { // they were sent three days ago
		d := rows[i]
		d.Updated = today.AddDate(0, 0, -3).Add(time.Hour)
		if err := s.Settle(t.Context(), outbox.Sent, d); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddOpened(t.Context(), totals); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	table := func(t *testing.T) {
		for _, c := range []struct {
			args string
			want []string
		}{
			{"", []string{al.ID + " " + today.AddDate(0, 0, -2).Format(time.DateOnly) + " 57", al.ID + " <10", ge.ID + " <10"}},
			{"--office ge --campaign always-on --language en --channel ge-feed", []string{ge.ID + " <10"}},
			{"--to " + today.AddDate(0, 0, -2).Format(time.DateOnly), []string{al.ID + " <10", ge.ID + " <10"}},
			{"--from " + today.AddDate(0, 0, -1).Format(time.DateOnly) + " --office al", []string{al.ID + " <10"}},
			{"--office ba", nil},
			{"--from " + today.AddDate(0, 0, 1).Format(time.DateOnly), nil},
		} {
			out := beaware(t, "", config, append([]string{"opened", "--json"}, strings.Fields(c.args)...)...).good(t).out
			var list []openedRow
			if err := json.Unmarshal([]byte(out), &list); err != nil || list == nil {
				t.Fatalf("%v\n%s", err, out)
			}
			got := told(list)
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("opened %s: %q, want %q", c.args, got, c.want)
			}
			if strings.Contains(out, "4000") || strings.Contains(out, ": 3") {
				t.Errorf("it tells more than it may:\n%s", out)
			}
		}
		out := beaware(t, "", config, "opened").good(t).out
		for _, say := range []string{"57", "each other day", "each day", "<10", "At least 50 openings"} {
			if !strings.Contains(out, say) {
				t.Errorf("the table lacks %q:\n%s", say, out)
			}
		}
		if out := beaware(t, "", config, "opened", "--office", "ba").good(t).out; !strings.Contains(out, "No post was counted") {
			t.Errorf("an empty table says %s", out)
		}
		for args, say := range map[string]string{"opened --office xx": "there are: al, ba, ge", "opened --from 2027-07-17 --to 2027-07-17": "is not after", "opened --from soon": "write it as"} {
			if s := beaware(t, "", config, strings.Fields(args)...); s.code != misuse || !strings.Contains(s.err, say) {
				t.Errorf("%s: exit %d, %s", args, s.code, s.err)
			}
		}
	}
	t.Run("alone", table)
	a := awake(t, config)
	t.Run("running", table)
	a.stop()
}

// TestOpeningsAreCounted: who comes by the button of a post that was sent is counted, on the web and in Telegram, and written at
// the latest when the program ends; what names no such post is not, and the file has nothing of who came.
func TestOpeningsAreCounted(t *testing.T) {
	t.Parallel()
	fake := telegramtest.Start(t)
	config := offices(t)
	bot := fmt.Sprintf("[[telegram]]\nid = \"help\"\napi = %q\ntoken_env = %q\nusername = %q\n", fake.URL, tokenVariable, fake.Bot().Username())
	f, err := os.OpenFile(config, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(bot)
	}
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	rows := kept()
	ledger(t, config, rows, everything)
	a := awake(t, config)
	code, unsent := outbox.Code(rows[0].Post.ID), outbox.Code(rows[1].Post.ID)
	for _, start := range []string{"en_AL_help_" + code, "sq_AL__" + code, "en_AL_help_" + unsent, "en_AL_help_aaaaaa", "en_AL_help", "en_AL", strings.Repeat("_", 64)} {
		if status, _ := a.do("GET", "/chat?start="+start, ""); status != 200 {
			t.Errorf("%s: status %d", start, status)
		}
	}
	person := fake.AddUser("en")
	person.Send("/start en_AL_help_" + code)
	eventually(t, "the bot answers", func() bool { return fake.Bot().Pending() == 0 && len(person.Messages()) > 1 })
	a.stop()
	s, err := opened(t, config).store()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := time.Now()
	list, err := s.Opened(t.Context(), now.AddDate(0, 0, -1), now.AddDate(0, 0, 2))
	n := 0
	for _, o := range list {
		if o.Code != code {
			t.Errorf("code %s is counted", o.Code)
		}
		n += o.N
	}
	if err != nil || n != 3 {
		t.Errorf("%d openings, %v; want 3: %v", n, err, list)
	}
	data, err := os.ReadFile(filepath.Join(a.dir, "data", "beaware.db"))
	if err != nil || strings.Contains(string(data), fmt.Sprint(person.ID())) || strings.Contains(string(data), "en_AL") {
		t.Errorf("the store holds more than a total, %v", err)
	}
	if info, err := os.Stat(filepath.Join(a.dir, "data", "remember.key")); err != nil || info.Size() != state.SecretLen {
		t.Errorf("there is no secret of the memory: %v", err)
	}
}

// TestMemoryKeyFile: where the secret may not lie.
func TestMemoryKeyFile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, say string }{
		{"data/beaware.db", "another file of this installation"},
		{"config.toml", "another file of this installation"},
		{"data/backups/remember.key", "kept apart"},
		{"secrets/remember.key", ""},
	} {
		config := sampleConfig(t, "[web]", fmt.Sprintf("[memory]\nkey_file = %q\n[web]", c.key))
		in, findings, err := open(config)
		if err != nil || (in == nil) != (c.say != "") || c.say != "" && !strings.Contains(fmt.Sprint(findings), c.say) {
			t.Errorf("%s: %v, %v", c.key, findings, err)
		}
	}
	if in := opened(t, sampleConfig(t, "data/beaware.db", "elsewhere/b.db")); in.config.Memory.KeyFile != filepath.Join("elsewhere", "remember.key") {
		t.Errorf("without key_file it is %s", in.config.Memory.KeyFile)
	}
}
