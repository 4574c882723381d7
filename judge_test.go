package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/channel"
	"beaware/channel/telegram"
	"beaware/channel/telegram/telegramjudge"
	"beaware/markup"
	"beaware/outbox"
)

// judged holds that Telegram's own parser takes a formatted text and shows exactly what we mean by it.
func judged(t *testing.T, what, html, want string, rtl bool) {
	t.Helper()
	plain, _, err := telegramjudge.Parse(html)
	switch {
	case err != nil:
		t.Errorf("%s: %v\n%s", what, err, html)
	case plain != strings.TrimSpace(want): // as Telegram trims it
		t.Errorf("%s: Telegram shows\n%q\nwant\n%q", what, plain, want)
	case strings.Count(plain, markup.LRI) != strings.Count(plain, markup.PDI):
		t.Errorf("%s: unpaired marks: %q", what, plain)
	case rtl && loose(plain) != "":
		t.Errorf("%s: a number stands without its marks in right-to-left text: %s", what, loose(plain))
	case !rtl && strings.ContainsAny(plain, markup.LRI+markup.PDI):
		t.Errorf("%s: marks in left-to-right text: %q", what, plain)
	}
}

// loose finds a run of three and more digits, as phone numbers have, outside of the marks.
func loose(plain string) string {
	depth, digits := 0, ""
	for _, r := range plain + " " {
		switch {
		case string(r) == markup.LRI:
			depth++
		case string(r) == markup.PDI:
			depth--
		case r >= '0' && r <= '9' && depth == 0:
			digits += string(r)
			continue
		}
		if len(digits) >= 3 && !year(digits) {
			return digits
		}
		digits = ""
	}
	return ""
}

// year tells a year of a date written in words, which keeps its order by itself, and the resolution's number.
func year(digits string) bool {
	return len(digits) == 4 && (strings.HasPrefix(digits, "19") || strings.HasPrefix(digits, "20")) || digits == "1244"
}

// TestTelegramTakesEveryPost asks about every message, for each office, in every language.
func TestTelegramTakesEveryPost(t *testing.T) {
	t.Parallel()
	telegramjudge.Need(t)
	in := sampled(t)
	press, n := in.press(), 0
	press.Gate = outbox.Warn
	for _, c := range in.catalog.Campaigns {
		for _, m := range c.Messages {
			for _, o := range in.offices {
				for _, l := range in.catalog.Languages {
					d := outbox.Delivery{Post: campaign.Post{Campaign: c.ID, Message: m.ID, Office: o.ID, Language: l.Tag}}
					msg, served, err := press.Compose(d)
					what := c.ID + "/" + m.ID + " " + o.ID + " " + l.Tag
					if err != nil || served != l.Tag {
						t.Errorf("%s is in %s, %v", what, served, err)
						continue
					}
					want := strings.Join(strings.Fields(markup.Text(msg.Title, msg.RTL)), " ") + "\n\n" + markup.Text(msg.Text, msg.RTL)
					judged(t, what, telegram.HTML(msg), want, msg.RTL)
					if length, limit := telegram.Measure(msg); length > limit {
						t.Errorf("%s has %d units, Telegram takes %d", what, length, limit)
					}
					n++
				}
			}
		}
	}
	t.Logf("%d posts", n)
}

// TestTelegramTakesEveryScreen walks all buttons from the start, in every language.
func TestTelegramTakesEveryScreen(t *testing.T) {
	t.Parallel()
	telegramjudge.Need(t)
	in := sampled(t)
	b, err := in.bot()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range in.catalog.Languages {
		t.Run(l.Tag, func(t *testing.T) {
			texts := map[string]bool{}
			for _, s := range append(reachable(b.Step, l), results(b.Step, in.catalog, l)...) {
				if s.Language != l.Tag || s.RTL != (l.Direction == "rtl") {
					t.Errorf("a screen is in %s", s.Language)
				}
				if texts[s.Text] {
					continue
				}
				texts[s.Text] = true
				html, cut := telegram.ScreenHTML(s)
				if cut {
					t.Errorf("a screen is too long for Telegram: %s", s.Text)
				}
				judged(t, l.Tag, html, markup.Text(s.Text, s.RTL), s.RTL)
			}
			for _, band := range []string{"low", "middle", "top", "child_low", "child_middle", "child_top",
				"other_low", "other_middle", "other_top", "other_child_low", "other_child_middle", "other_child_top"} {
				want := in.catalog.Locale(l.Tag).Text("check.exploitation.result." + band)
				if !slices.ContainsFunc(slices.Collect(maps.Keys(texts)), func(text string) bool { return strings.HasPrefix(text, want) }) {
					t.Errorf("the result %s was not reached", band)
				}
			}
			t.Logf("%d texts", len(texts))
		})
	}
}

// reachable gives the screens that buttons, commands and typed words lead to, each text once.
func reachable(step channel.Answerer, l *catalog.Language) (all []channel.Screen) {
	seen := map[string]bool{}
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC).Unix()
	event := func(e channel.Event) channel.Event {
		e.Languages, e.Platform, e.Keeps, e.Now = []string{l.Tag}, "telegram", true, now
		return e
	}
	var events []channel.Event
	for _, command := range []string{"/start", "/help", "/check", "/offer", "/about", "/privacy", "/country", "/stop", "/hide", "/wipe", "/moon"} {
		events = append(events, event(channel.Event{Command: command}))
	}
	events = append(events, event(channel.Event{Typed: true}), event(channel.Event{Typed: true, Words: "zzzz"}),
		event(channel.Event{Group: true}), event(channel.Event{Command: "/start", At: 1}))
	for len(events) > 0 {
		s := step(events[0])
		events = events[1:]
		if seen[s.Text] || s.Language != l.Tag { // the choice of languages leads to other languages
			continue
		}
		seen[s.Text] = true
		all = append(all, s)
		for _, b := range slices.Concat(s.Rows...) {
			if b.Data != "" {
				events = append(events, event(channel.Event{Data: b.Data}))
			}
		}
	}
	return all
}

// results gives the screens of self-checks in every country, of each form, for each kind of person, with answers that lead to each result.
func results(step channel.Answerer, cat *catalog.Catalog, l *catalog.Language) (all []channel.Screen) {
	loc := cat.Locale(l.Tag)
	for _, country := range cat.Countries {
		for _, who := range []string{"check.about_me", "check.about_other"} {
			for _, age := range []string{"check.yes", "check.no", "check.skip"} {
				for _, form := range append(slices.Clone(cat.Checks["exploitation"].Forms), catalog.Form{}) {
					for _, answers := range [][]string{{"no"}, {"not_sure", "no", "no", "no", "no", "no", "no", "no"}, {"no", "no", "no", "no", "no", "yes"}, {"yes"}} {
						s := step(channel.Event{Command: "/check", Payload: channel.DeepLink{Language: l.Tag, Country: country.Code}.String()})
						press := func(id string) bool {
							for _, b := range slices.Concat(s.Rows...) {
								if b.Label == loc.Text(id) {
									s = step(channel.Event{Data: b.Data})
									all = append(all, s)
									return true
								}
							}
							return false
						}
						formID := "check.form_none"
						if form.ID != "" {
							formID = "check.exploitation.form." + form.ID
						}
						_ = press("check.go_on") && press("check.yes") && press("check.no") && press(who) && press(age)
						for i := 0; press("check."+answers[min(i, len(answers)-1)]) || press(formID); {
							i++
						}
						press("bot.btn_help")
					}
				}
			}
		}
	}
	return all
}
