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
	if e.Platform == "" {
		e.Platform, e.Keeps = "telegram", true
	}
	e.Now = moment
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

// pressCountry presses the button of a country.
func (k *talk) pressCountry(code string) {
	k.t.Helper()
	c, _ := k.bot.cat.Country(code)
	label := k.bot.cat.Locale(k.screen.Language).Text("country." + code)
	if !k.pressLabel(label) && !k.pressLabel(label+" · "+c.Autonym) {
		k.t.Fatalf("no button of %s on the screen\n%s", code, k.paper.String())
	}
}

// word gives a phrase that people type in the language of the screen.
func (k *talk) word(kind string) channel.Words {
	w := k.bot.cat.Words[k.screen.Language]
	if w.From != "" {
		w = k.bot.cat.Words[w.From]
	}
	if phrases := w.Crisis[kind]; len(phrases) > 0 {
		return channel.Words(strings.ReplaceAll(phrases[0], "*", ""))
	}
	k.t.Fatalf("no words of crisis in %s", k.screen.Language)
	return ""
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

// moment is when the conversations of the tests are held: a Saturday, 21 November 2026, 22:30 in Sarajevo.
const moment = 1795296600

// TestWholeConversation holds one whole conversation in each language, that comes to every kind of screen.
func TestWholeConversation(t *testing.T) {
	b := shippedBot(t)
	for _, l := range b.cat.Languages {
		t.Run(l.Tag, func(t *testing.T) {
			k := &talk{t: t, bot: b}
			k.event(channel.Event{Command: "/start", Languages: []string{"xx"}}, "/start, from a language that we do not have")
			if !k.pressLabel(l.Autonym) {
				t.Fatalf("%s is not among the languages", l.Autonym)
			}
			k.press("bot.btn_help")
			k.pressCountry("BA")
			k.press("hotline.ba-plavi-telefon.name", "bot.btn_back", "bot.btn_abroad")
			k.pressCountry("RS")
			k.press("bot.btn_back", "bot.btn_back")
			k.press("bot.btn_check", "check.go_on", "check.no", "bot.btn_back", "check.yes", "check.no", "check.about_me", "check.no")
			k.press("check.no", "check.skip", "check.not_sure", "bot.btn_back", "check.no", "check.no", "check.no")
			k.press("check.exploitation.form.work", "check.no", "check.no", "check.yes")
			k.press("bot.btn_hide", "bot.btn_open", "bot.btn_help", "bot.btn_country")
			k.pressCountry("XK")
			k.press("bot.btn_back", "bot.btn_offer", "check.offer.form.job", "check.yes", "check.not_sure", "bot.btn_before")
			k.press("bot.btn_back", "bot.btn_signs", "check.exploitation.form.begging", "bot.btn_how", "bot.btn_back")
			k.press("bot.btn_responders", "check.exploitation.form.marriage", "bot.btn_back", "bot.btn_back")
			k.press("bot.btn_else", "else.food", "bot.btn_back", "else.home-violence", "bot.btn_back", "else.children", "bot.btn_back", "bot.btn_back")
			k.press("bot.btn_about", "bot.btn_remember", "bot.btn_forget", "bot.btn_wipe", "bot.btn_open")
			k.event(channel.Event{Command: "/privacy", Languages: []string{l.Tag}}, "/privacy")
			k.event(channel.Event{Command: "/stop", Languages: []string{l.Tag}}, "/stop")
			k.event(channel.Event{Typed: true, Languages: []string{l.Tag}}, "a voice message")
			k.event(channel.Event{Typed: true, Words: "qqqq", Languages: []string{l.Tag}}, "something that nobody understands")
			k.event(channel.Event{Typed: true, Words: k.word("life"), Languages: []string{l.Tag}}, "a word of crisis, no country known")
			k.event(channel.Event{Typed: true, Words: k.word("danger"), Languages: []string{l.Tag}, Payload: l.Tag + "_BA"}, "a word of danger, in Bosnia and Herzegovina")
			k.event(channel.Event{Command: "/start", Languages: []string{l.Tag}, At: moment - 3600}, "/start, an hour before we could answer")
			k.event(channel.Event{Group: true, Command: "/help", Languages: []string{l.Tag}}, "/help in a group")
			k.golden("conversations/" + l.Tag)
		})
	}
}

// TestBands walks to each of the result texts in English.
func TestBands(t *testing.T) {
	b := shippedBot(t)
	no := func(n int) []string { return strings.Split(strings.Repeat(" check.no", n)[1:], " ") }
	me := func(age string, rest ...string) []string { return append([]string{"check.about_me", age}, rest...) }
	them := func(age string, rest ...string) []string {
		return append([]string{"check.about_other", age}, rest...)
	}
	for _, c := range []struct {
		name string
		path []string
		want string
	}{
		{"low", me("check.no", append(no(5), "check.form_none")...), "low"},
		{"middle", me("check.no", append([]string{"check.not_sure"}, append(no(4), "check.exploitation.form.marriage", "check.no", "check.no", "check.skip")...)...), "middle"},
		{"top", me("check.no", "check.yes", "check.no", "check.yes"), "top"},
		{"top-in-form", me("check.no", append(no(5), "check.exploitation.form.begging", "check.yes", "check.not_sure")...), "top"},
		{"child-low", me("check.yes", append(no(5), "check.form_none")...), "child_low"},
		{"child-middle", me("check.skip", append([]string{"check.not_sure"}, append(no(4), "check.exploitation.form.sex", "check.no", "check.no", "check.skip")...)...), "child_middle"},
		{"child-top", me("check.not_sure", append(no(5), "check.exploitation.form.begging", "check.yes")...), "child_top"},
		{"other-low", them("check.no", append(no(5), "check.form_none")...), "other_low"},
		{"other-middle", them("check.no", append(no(5), "check.exploitation.form.work", "check.yes", "check.no", "check.no")...), "other_middle"},
		{"other-top", them("check.no", "check.yes", "check.yes"), "other_top"},
		{"other-child-low", them("check.yes", no(7)...), "other_child_low"},
		{"other-child-middle", them("check.skip", append(no(3), "check.yes", "check.no", "check.no", "check.not_sure")...), "other_child_middle"},
		{"other-child-top", them("check.not_sure", "check.yes"), "other_child_top"},
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
