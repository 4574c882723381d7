package bot

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"beaware/catalog"
	"beaware/channel"
	"beaware/markup"
)

var update = flag.Bool("update", false, "rewrite the golden transcripts")

// shipped loads the content that the program ships.
func shipped(t testing.TB) *catalog.Catalog {
	t.Helper()
	cat, findings := catalog.Load(os.DirFS(".."))
	if cat == nil {
		t.Fatalf("the shipped content has errors:\n%v", findings)
	}
	return cat
}

func shippedBot(t testing.TB) *Bot {
	t.Helper()
	b, err := New(shipped(t), Options{Sample: true, Drafts: true, PrivateChat: "https://t.me/example_bot"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// talk is one conversation being held and written down.
type talk struct {
	t      *testing.T
	bot    *Bot
	screen channel.Screen
	paper  strings.Builder
}

func (k *talk) event(e channel.Event, what string) {
	k.t.Helper()
	k.screen = k.bot.Step(e)
	fmt.Fprintf(&k.paper, "=== %s\n\n%s\n\n", what, markup.Text(k.screen.Text, k.screen.RTL))
	for _, row := range k.screen.Rows {
		for _, b := range row {
			if (b.Data == "") == (b.URL == "") || len(b.Data) > maxData || b.Label == "" {
				k.t.Errorf("bad button %+v", b)
			}
			fmt.Fprintf(&k.paper, "[%s] ", b.Label)
		}
		fmt.Fprintln(&k.paper)
	}
	fmt.Fprintln(&k.paper)
}

// press presses the button with the label that this text id has in the screen's language.
func (k *talk) press(ids ...string) {
	k.t.Helper()
	for _, id := range ids {
		label := k.bot.cat.Locale(k.screen.Language).Text(id)
		if !k.pressLabel(label) {
			k.t.Fatalf("no button %q (%s) on the screen\n%s", label, id, k.paper.String())
		}
	}
}

func (k *talk) pressLabel(label string) bool {
	k.t.Helper()
	for _, row := range k.screen.Rows {
		for _, b := range row {
			if b.Label == label {
				k.event(channel.Event{Data: b.Data}, "pressed: "+label)
				return true
			}
		}
	}
	return false
}

func (k *talk) golden(name string) {
	k.t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			k.t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(k.paper.String()), 0o644); err != nil {
			k.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		k.t.Fatalf("%v (go test ./bot -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), k.paper.String()); diff != "" {
		k.t.Errorf("the conversation changed (go test ./bot -update, then read the difference):\n%s", diff)
	}
}

// TestWholeConversation holds one whole conversation in each language.
func TestWholeConversation(t *testing.T) {
	b := shippedBot(t)
	for _, l := range b.cat.Languages {
		t.Run(l.Tag, func(t *testing.T) {
			k := &talk{t: t, bot: b}
			k.event(channel.Event{Command: "/start", Languages: []string{"xx"}}, "/start, from a language that we do not have")
			if !k.pressLabel(l.Autonym) {
				t.Fatalf("%s is not among the languages", l.Autonym)
			}
			k.press("bot.btn_help", "country.BA", "bot.btn_more", "bot.btn_start")
			k.press("bot.btn_check", "check.go_on", "check.yes", "check.no", "check.no") // alone and safe, no danger, over 18
			k.press("check.no", "check.skip", "check.not_sure", "bot.btn_back", "check.no", "check.no", "check.no")
			k.press("check.exploitation.form.work", "check.no", "check.no", "check.yes")
			k.press("bot.btn_help", "bot.btn_start", "bot.btn_country", "country.XK", "bot.btn_start")
			k.press("bot.btn_about", "bot.btn_hide", "bot.btn_open")
			k.event(channel.Event{Command: "/privacy", Languages: []string{l.Tag}}, "/privacy")
			k.event(channel.Event{Typed: true, Languages: []string{l.Tag}}, "something typed")
			k.event(channel.Event{Group: true, Command: "/help", Languages: []string{l.Tag}}, "/help in a group")
			k.golden("conversations/" + l.Tag)
		})
	}
}

// TestBands walks to each of the result texts in English.
func TestBands(t *testing.T) {
	b := shippedBot(t)
	no := func(n int) []string { return strings.Split(strings.Repeat(" check.no", n)[1:], " ") }
	for _, c := range []struct {
		name string
		path []string
		want string
	}{
		{"low", append([]string{"check.no"}, append(no(5), "check.form_none")...), "low"},
		{"middle", append([]string{"check.no", "check.not_sure"}, append(no(4), "check.exploitation.form.marriage", "check.no", "check.no", "check.skip")...), "middle"},
		{"top", []string{"check.no", "check.yes", "check.no", "check.yes"}, "top"},
		{"top-in-form", append([]string{"check.no"}, append(no(5), "check.exploitation.form.begging", "check.yes", "check.not_sure")...), "top"},
		{"child-low", append([]string{"check.yes"}, append(no(5), "check.form_none")...), "child_low"},
		{"child-middle", append([]string{"check.skip", "check.not_sure"}, append(no(4), "check.exploitation.form.sex", "check.no", "check.no", "check.skip")...), "child_middle"},
		{"child-top", append([]string{"check.not_sure"}, append(no(5), "check.exploitation.form.begging", "check.yes")...), "child_top"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := &talk{t: t, bot: b}
			k.event(channel.Event{Command: "/check", Payload: "en_RS"}, "/check")
			k.press("check.go_on", "check.yes", "check.no")
			k.press(c.path...)
			if want := b.cat.Locale("en").Text("check.exploitation.result." + c.want); !strings.HasPrefix(k.screen.Text, want) {
				t.Errorf("ended at\n%s\nwant the result %s", k.screen.Text, c.want)
			}
			k.golden("bands/" + c.name)
		})
	}
}

// TestEveryScreen walks every button from the start in every language and looks at what must hold on each screen.
func TestEveryScreen(t *testing.T) {
	b := shippedBot(t)
	for _, l := range b.cat.Languages {
		t.Run(l.Tag, func(t *testing.T) {
			seen := map[string]bool{}
			queue := []channel.Event{{Command: "/start", Languages: []string{l.Tag}}}
			for len(queue) > 0 && len(seen) < 4000 {
				s := b.Step(queue[0])
				queue = queue[1:]
				examine(t, b, s)
				for _, row := range s.Rows {
					for _, button := range row {
						if st, ok := parse(button.Data); ok && st.lang == l.Tag && !seen[button.Data] {
							seen[button.Data] = true
							queue = append(queue, channel.Event{Data: button.Data})
						}
					}
				}
			}
			t.Logf("%d screens", len(seen))
		})
	}
}

func examine(t testing.TB, b *Bot, s channel.Screen) {
	t.Helper()
	plain := markup.Text(s.Text, s.RTL)
	if plain == "" || !utf8.ValidString(plain) || utf8.RuneCountInString(plain) > 3500 {
		t.Errorf("bad text of %d characters: %q", utf8.RuneCountInString(plain), plain)
	}
	if strings.ContainsAny(plain, "{}") {
		t.Errorf("an unfilled placeholder: %s", plain)
	}
	shown := plain
	for _, row := range s.Rows {
		for _, button := range row {
			shown += "\n" + button.Label
			if _, ok := parse(button.Data); !ok && button.URL == "" {
				t.Errorf("our own button is refused: %+v", button)
			}
		}
	}
	loc := b.cat.Locale(s.Language)
	if strings.Contains(shown, strings.TrimSuffix(loc.Text("country.XK"), "*")+"*") && !strings.Contains(plain, loc.Text("footnote.kosovo")) {
		t.Errorf("Kosovo* without its footnote: %s", shown)
	}
}

// TestNo112: where 112 does not reach anybody the warning names it, and nothing offers it to be dialled.
func TestNo112(t *testing.T) {
	b := shippedBot(t)
	warned := false
	for _, country := range b.cat.Countries {
		for _, l := range b.cat.Languages {
			text := b.Step(channel.Event{Data: state{lang: l.Tag, country: country.Code, place: atHelp}.data()}).Text
			if !country.No112 {
				continue
			}
			warned = true
			if !strings.Contains(text, "112") || strings.Contains(text, catalog.Number("112")) {
				t.Errorf("%s in %s: the warning is missing, or 112 can be dialled:\n%s", country.Code, l.Tag, text)
			}
		}
	}
	if !warned {
		t.Error("no country without 112 was looked at")
	}
}
