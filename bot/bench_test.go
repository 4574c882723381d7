package bot

import (
	"testing"

	"beaware/channel"
)

// BenchmarkStep answers one event after the other of a whole conversation: each op is one screen, text and buttons rendered.
// The bot has no store, so there is nothing it could write.
func BenchmarkStep(b *testing.B) {
	bot := shippedBot(b)
	for _, lang := range []string{"en", "ar"} {
		events := conversation(bot, lang)
		b.Run(lang, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				bot.Step(events[i%len(events)])
				i++
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
		})
	}
}

// conversation gives the events of a person who reads the help of a country, writes something, and then goes through the check.
func conversation(b *Bot, lang string) []channel.Event {
	s := state{lang: lang, country: "RS", place: atHelp}
	events := []channel.Event{{Command: "/start", Languages: []string{lang}}, {Data: state{lang: lang, place: atStart}.under(inCountries).data()},
		{Data: s.data()}, {Typed: true, Words: "they took my passport and i cannot leave", Languages: []string{lang}, Resume: s.fresh(atStart).data()},
		{Data: s.at(atConsent).data()}, {Data: s.at(atSafe).data()}, {Data: s.at(atDanger).data()}, {Data: s.at(atWho).data()}, {Data: s.at(atAge).data()}}
	q := b.begin(s, adult, aboutSituation)
	for _, answer := range "nsunnnny" {
		events = append(events, channel.Event{Data: q.data()})
		q.answers += string(answer)
		if len(q.answers) == 5 {
			events = append(events, channel.Event{Data: q.data()})
			q.form = "work"
		}
	}
	return append(events, channel.Event{Data: q.data()}, channel.Event{Data: q.under(hidden).data()})
}

// FuzzStep presses buttons made by hand: every answer is a screen whose own buttons are understood.
func FuzzStep(f *testing.F) {
	bot := shippedBot(f)
	for _, e := range conversation(bot, "sq") {
		f.Add(e.Data, e.Command, "sq_AL", "sq")
	}
	f.Add("1|xx|ZZ|Lq|9|c|work|yyyyyyyyyyyyyyyyy|zz", "/start", "__", "sr_RS")
	f.Add("1|en|--|ZZZ|\x00|\xff|-|ynus|", "/\xff", "en_", "")
	f.Fuzz(func(t *testing.T, data, command, payload, lang string) {
		examine(t, bot, bot.Step(channel.Event{Data: data, Command: command, Payload: payload, Languages: []string{lang}}))
		examine(t, bot, bot.Step(channel.Event{Typed: true, Words: channel.Words(payload), Resume: data, Languages: []string{lang}}))
	})
}
