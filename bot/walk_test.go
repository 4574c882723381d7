package bot

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"beaware/catalog"
	"beaware/channel"
	"beaware/markup"
)

// TestEveryButton presses, in every language, every button that can be reached from the first screen. Countries are
// reached by their own buttons. Of all answers to the questions, those that weigh the same are taken for one.
func TestEveryButton(t *testing.T) {
	b := shippedBot(t)
	for _, l := range b.cat.Languages {
		t.Run(l.Tag, func(t *testing.T) {
			t.Parallel()
			w := walker{t: t, bot: b, lang: l.Tag, seen: map[string]bool{}, places: map[place]bool{}, countries: map[string]bool{}}
			w.walk()
			t.Logf("%d screens, %d places, %d countries", len(w.seen), len(w.places), len(w.countries))
			for _, p := range []place{atStart, atHelp, atLine, atAbroad, atAbout, atOffer, atBefore, atSigns, atHow, atResponders, atNeed,
				atWiped, atRemembered, atForgotten, atConsent, atSafe, atNotSafe, atDanger, atWho, atAge, atAsk, atStopped} {
				if !w.places[p] {
					t.Errorf("no button leads to %q", p)
				}
			}
			for _, c := range b.cat.Countries {
				if !w.countries[c.Code] {
					t.Errorf("no button leads to %s", c.Code)
				}
			}
		})
	}
}

type walker struct {
	t         *testing.T
	bot       *Bot
	lang      string
	seen      map[string]bool
	places    map[place]bool
	countries map[string]bool
}

func (w *walker) walk() {
	first := state{lang: w.lang, place: atStart}
	// all but the first come by writing, not by pressing
	queue := []state{first, first.at(atUnclear), first.at(atSent), first.at(atAway), first.at(atEnded), first.at(atPrivacy),
		first.at(atCrisis).choosing("life"), first.at(atCrisis).choosing("danger")}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		screen := w.bot.Step(channel.Event{Data: s.data(), Platform: "telegram", Keeps: true, Now: moment})
		w.look(s, screen)
		for _, row := range screen.Rows {
			for _, button := range row {
				next, ok := parse(button.Data)
				if !ok || next.lang != w.lang {
					continue
				}
				for _, next := range w.everywhere(next) {
					if key := w.key(next); !w.seen[key] {
						w.seen[key] = true
						w.places[next.place], w.countries[next.country] = true, true
						queue = append(queue, next)
					}
				}
			}
		}
	}
}

// everywhere gives a result in each country, since its numbers differ; the way to it is the same in all of them.
func (w *walker) everywhere(s state) []state {
	if !w.asking(s) {
		if c, ok := w.bot.checks[s.version]; ok && s.place == atAsk && s.overlay == none && c.check != nil {
			all := []state{s}
			for _, country := range w.bot.cat.Countries {
				s.country = country.Code
				all = append(all, s)
			}
			return all
		}
	}
	return []state{s}
}

// asking tells a question, or the choice of a form: nothing on it depends on the country.
func (w *walker) asking(s state) bool {
	c, ok := w.bot.checks[s.version]
	if !ok || s.place != atAsk {
		return false
	}
	q, choose, _ := c.next(s)
	return q != nil || choose
}

// key takes states for one whose screens, and all that can follow, are the same.
func (w *walker) key(s state) string {
	answers := ""
	if s.overlay == none && w.asking(s) {
		s.country = ""
	}
	// what is laid over a question is the same over all of them, and leads back to where it came from
	if c, ok := w.bot.checks[s.version]; ok && s.answers != "" && s.overlay == none {
		general, specific := c.questions(s.voice, s.form)
		n := min(len(general), len(s.answers))
		answers = fmt.Sprint(len(s.answers), weigh(general, s.answers[:n]), weigh(specific, s.answers[n:]))
	}
	s.answers = ""
	return s.data() + answers
}

// look reports what no screen may be: a dead end, in another language, too long, without its numbers or its ways out.
func (w *walker) look(s state, screen channel.Screen) {
	examine(w.t, w.bot, screen)
	fault := func(what string) { w.t.Errorf("%s: %+v\n%s", what, s, screen.Text) }
	if screen.Language != w.lang {
		fault("in " + screen.Language)
	}
	if n := len(utf16.Encode([]rune(markup.Text(screen.Text, true)))); n > 4096 {
		fault(fmt.Sprintf("%d units long", n))
	}
	w.wording(screen, fault)
	labels, lead := map[string]bool{}, 0
	for _, row := range screen.Rows {
		for _, button := range row {
			labels[button.Label] = true
			if button.Data != "" && button.Data != s.data() {
				lead++
			}
		}
	}
	if lead == 0 {
		fault("a dead end")
	}
	loc := w.bot.cat.Locale(w.lang)
	if screen.Neutral {
		w.neutral(loc, screen, fault)
		return
	}
	for _, id := range []string{"bot.btn_hide", "bot.btn_wipe", "bot.btn_language"} {
		if !labels[loc.Text(id)] {
			fault("without " + id)
		}
	}
	if s.place != atHelp && !labels[loc.Text("bot.btn_help")] && s.overlay == none {
		fault("without the way to the numbers")
	}
	if (s.place != atStart || s.overlay != none) && !labels[loc.Text("bot.btn_back")] {
		fault("without a way back")
	}
	if (s.inCheck() || s.place == atOffer && s.overlay == none) != (screen.Idle != "") {
		fault("a screen of the self-check must hide itself, and no other")
	}
	w.emergency(s, screen, fault)
}

// wording looks for what no text may say, in whole screens: verdicts, promises, blame (facts on safeguarding, section 3).
func (w *walker) wording(screen channel.Screen, fault func(string)) {
	words := w.bot.cat.Words[w.lang]
	if words.From != "" {
		return // its texts come by rule from those of a language that is looked at
	}
	said := strings.ToLower(markup.Text(screen.Text, false))
	for _, row := range screen.Rows {
		for _, button := range row {
			said += "\n" + strings.ToLower(button.Label)
		}
	}
	if len(words.Never) < 15 {
		w.t.Fatalf("only %d phrases that no text may hold", len(words.Never))
	}
	for _, phrase := range words.Never {
		if strings.Contains(said, phrase) {
			fault(fmt.Sprintf("says %q", phrase))
		}
	}
}

// neutral looks at screens that must tell nothing.
func (w *walker) neutral(loc *catalog.Locale, screen channel.Screen, fault func(string)) {
	for _, id := range []string{"bot.btn_help", "bot.btn_check", "commands.name"} {
		if strings.Contains(strings.ToLower(screen.Text), strings.ToLower(loc.Text(id))) {
			fault("a neutral screen that tells what this is")
		}
	}
	if strings.Contains(screen.Text, markup.LRI) {
		fault("a neutral screen with a number")
	}
}

// emergency looks whether every number that may be shown stands where a person in danger comes to.
func (w *walker) emergency(s state, screen channel.Screen, fault func(string)) {
	first := s.place == atHelp && s.page <= '0'
	if s.overlay != none || !first && s.place != atCrisis && !(s.place == atNeed && s.form == "life") {
		return
	}
	c, ok := w.bot.cat.Country(s.country)
	for _, country := range w.bot.cat.Countries {
		if s.country == elsewhere && s.place != atCrisis || ok && country != c {
			continue
		}
		for _, e := range country.Emergency {
			if e.Show && (ok || e.Service == "police" || e.Service == "general" || e.Service == "ambulance") && !strings.Contains(screen.Text, catalog.Number(e.Number)) {
				fault("without the emergency number " + e.Number + " of " + country.Code)
			}
			if !e.Show && ok && strings.Contains(screen.Text, catalog.Number(e.Number)) {
				fault("with a number on hold: " + e.Number)
			}
		}
	}
}

// TestEveryDoor holds that all names that lead somewhere do, from links, commands and written words alike.
func TestEveryDoor(t *testing.T) {
	b := shippedBot(t)
	for _, names := range [][]string{catalog.Screens(), catalog.Intents()} {
		for _, name := range names {
			if _, ok := doors[name]; !ok {
				t.Errorf("%q leads nowhere", name)
			}
		}
	}
	for name, d := range doors {
		screen := b.Step(channel.Event{Command: "/" + name, Payload: "en_BA", Now: moment})
		want := b.Step(channel.Event{Data: state{lang: "en", country: "BA"}.through(d).data(), Now: moment})
		if screen.Text != want.Text {
			t.Errorf("/%s does not lead to its screen:\n%s", name, screen.Text)
		}
		if name != "wipe" && d.overlay == none && d.place != atStart {
			if start := b.Step(channel.Event{Command: "/start", Payload: "en_BA"}); start.Text == want.Text {
				t.Errorf("%q leads to the first screen", name)
			}
		}
	}
}

// TestLate: what was done long ago is answered with a screen that tells nothing, but for hiding and deleting.
func TestLate(t *testing.T) {
	b := shippedBot(t)
	s := state{lang: "en", country: "BA", place: atStart}
	ago := func(seconds int64, e channel.Event) channel.Screen {
		e.Now, e.At, e.Languages = moment, moment-seconds, []string{"en"}
		return b.Step(e)
	}
	away := b.cat.Locale("en").Text("bot.away")
	for name, e := range map[string]channel.Event{
		"a command": {Command: "/help"}, "a press": {Data: s.at(atConsent).data()}, "words": {Typed: true, Words: "help me"},
		"words of crisis": {Typed: true, Words: "i want to die"}, "a picture": {Typed: true},
	} {
		if got := ago(601, e); got.Text != away || !got.Neutral || got.Idle != "" {
			t.Errorf("%s, too late: %+v", name, got)
		}
		if got := ago(599, e); got.Text == away {
			t.Errorf("%s, in time, is answered with %q", name, got.Text)
		}
	}
	if got := ago(90000, channel.Event{Data: s.under(hidden).data()}); got.Text != b.cat.Locale("en").Text("bot.hidden") {
		t.Errorf("hiding, too late: %q", got.Text)
	}
	for _, e := range []channel.Event{{Data: s.at(atWiped).data()}, {Command: "/wipe"}, {Typed: true, Words: channel.Words(b.safeWord("en"))}} {
		if got := ago(90000, e); !got.Wipe || !got.Neutral || got.Resume != "" || got.Keep != channel.Forget {
			t.Errorf("deleting, too late: %+v", got)
		}
	}
}

// TestWords: what somebody writes leads to its screen, in the language that they chose, whatever the phone says.
func TestWords(t *testing.T) {
	b := shippedBot(t)
	resume := state{lang: "sq", country: "AL", place: atStart}.data()
	for words, want := range map[channel.Words]place{
		"I want to die": atCrisis, "he will kill me": atCrisis, "is this job real": atOffer, "ndihme": atHelp, "qqqq": atUnclear, "weather": atWiped,
	} {
		got := b.Step(channel.Event{Typed: true, Words: words, Resume: resume, Languages: []string{"en"}, Now: moment})
		s := b.arrive(channel.Event{Typed: true, Words: words, Resume: resume, Languages: []string{"en"}, Now: moment})
		if s.place != want || s.country != "AL" || got.Language != "sq" {
			t.Errorf("%q leads to %q in %s, want %q in sq", string(words), s.place, got.Language, want)
		}
		if strings.Contains(got.Text, string(words)) && words != "weather" {
			t.Errorf("%q is repeated:\n%s", string(words), got.Text)
		}
	}
	if got := b.Step(channel.Event{Typed: true, Words: "qqqq", Languages: []string{"fi"}, Now: moment}); got.Language != undetermined {
		t.Errorf("somebody whose language is not known is answered in %s", got.Language)
	}
	if got := b.Step(channel.Event{Typed: true, Words: "dua te vdes", Languages: []string{"fi"}, Now: moment}); got.Language != "sq" {
		t.Errorf("a crisis in Albanian is answered in %s", got.Language)
	}
}
