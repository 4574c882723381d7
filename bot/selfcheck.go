package bot

import (
	"time"

	"beaware/catalog"
	"beaware/channel"
)

// selfCheck draws the screens of the checks: consent, gate questions that are never scored, the choice of a form, the
// questions, and a result with help for everybody.
func (b *Bot) selfCheck(s state, a around) channel.Screen {
	v := b.open(s, a)
	switch s.place {
	case atConsent:
		v.say("check.consent", "max", number(b.self[aboutSituation].check.Max), "minutes", number(int(channel.IdleAfter/time.Minute)))
		v.row(v.to("check.go_on", s.fresh(atSafe)))
		return v.done(s.fresh(atStart))
	case atStopped:
		v.say("check.stopped")
		b.whoToTalkTo(v, s)
		return v.done(s.fresh(atStart))
	case atNotSafe:
		v.say("check.not_safe")
		return v.done(s.at(atSafe))
	case atOffer:
		return b.ask(v, b.begin(s, adult, aboutOffer))
	case atAsk:
		return b.ask(v, s)
	}
	return b.gate(v, s)
}

// gate asks what decides how the questions are asked, and whether now is the time for them.
func (b *Bot) gate(v *screen, s state) channel.Screen {
	back := s.at(atConsent)
	switch s.place {
	case atSafe:
		v.ask("check.safe")
		v.row(v.to("check.yes", s.at(atDanger)), v.to("check.no", s.at(atNotSafe)))
		v.row(v.to("check.not_sure", s.at(atNotSafe)), v.to("check.skip", s.at(atDanger)))
	case atDanger:
		v.ask("check.danger")
		v.row(v.to("check.yes", s.fresh(atHelp)), v.to("check.no", s.at(atWho)))
		v.row(v.to("check.not_sure", s.at(atWho)), v.to("check.skip", s.at(atWho)))
		back = s.at(atSafe)
	case atWho:
		v.ask("check.who")
		about := s.at(atAge)
		about.voice = nobody
		v.row(v.to("check.about_me", about))
		skip := v.to("check.skip", about)
		about.voice = other
		v.row(v.to("check.about_other", about))
		v.row(skip)
		back = s.fresh(atDanger)
	default:
		back = b.age(v, s)
	}
	v.row(v.to("check.stop", s.fresh(atStopped)))
	return v.done(back)
}

// age asks whether it is about someone under 18; who does not say so is met as a child would be.
func (b *Bot) age(v *screen, s state) (back state) {
	question, old, young := "check.age", adult, child
	if s.voice == other {
		question, old, young = "check.age_other", otherAdult, otherChild
	}
	v.ask(question)
	v.row(v.to("check.yes", b.begin(s, young, aboutSituation)), v.to("check.no", b.begin(s, old, aboutSituation)))
	v.row(v.to("check.not_sure", b.begin(s, young, aboutSituation)), v.to("check.skip", b.begin(s, young, aboutSituation)))
	return s.fresh(atWho)
}

// begin starts the questions of a check.
func (b *Bot) begin(s state, who voice, check string) state {
	s = s.fresh(atAsk)
	s.voice, s.version = who, b.self[check].version
	return s
}

func (b *Bot) ask(v *screen, s state) channel.Screen {
	c := b.checks[s.version]
	q, chooseForm, band := c.next(s)
	v.s = s
	switch {
	case q != nil:
		b.question(v, s, c.wording(s.voice, q))
	case chooseForm:
		b.forms(v, s, c)
	default:
		v.say(c.result(s.voice, band))
		b.after(v, s, c)
	}
	return v.done(b.undo(s, c))
}

func (b *Bot) question(v *screen, s state, id string) {
	v.write(v.loc.Text("check.question", "number", number(len(s.answers)+1)) + "\n" + v.loc.Text(id))
	answer := func(label, letter string) channel.Button {
		next := s
		next.answers += letter
		return v.to(label, next)
	}
	v.row(answer("check.yes", "y"), answer("check.no", "n"))
	v.row(answer("check.not_sure", "u"), answer("check.skip", "s"))
	stop := s.fresh(atStopped)
	stop.voice = s.voice
	v.row(v.to("check.stop", stop))
}

func (b *Bot) forms(v *screen, s state, c self) {
	v.say("check."+c.check.ID+".choose", "max", number(c.check.Max))
	var buttons []channel.Button
	for _, f := range c.check.Forms {
		buttons = append(buttons, v.to("check."+c.check.ID+".form."+f.ID, s.choosing(f.ID)))
	}
	v.pairs(buttons)
	if len(c.check.General) > 0 { // there is something to say already
		v.row(v.to("check.form_none", s.choosing(noForm)))
	}
}

// undo leads one answer back, or to the question before the first.
func (b *Bot) undo(s state, c self) state {
	general, _ := c.questions(s.voice, s.form)
	switch {
	case s.form != "" && len(s.answers) <= len(general):
		return s.choosing("")
	case s.answers != "":
		s.answers = s.answers[:len(s.answers)-1]
		return s
	case c.check.ID == aboutOffer:
		return s.fresh(atStart)
	}
	back := s.fresh(atAge)
	if s.voice == otherAdult || s.voice == otherChild {
		back.voice = other
	}
	return back
}

// after adds to a result what can be done next: help for everybody, whatever was answered.
func (b *Bot) after(v *screen, s state, c self) {
	b.whoToTalkTo(v, s)
	switch {
	case c.check.ID == aboutOffer:
		v.row(v.to("bot.btn_before", s.fresh(atBefore)))
	case s.voice == otherAdult || s.voice == otherChild:
		v.row(v.to("bot.btn_how", s.fresh(atHow)))
	}
}

// whoToTalkTo names lines of the country where it is known, else leads to them.
func (b *Bot) whoToTalkTo(v *screen, s state) {
	country, _ := b.cat.Country(s.country)
	if lines := v.short(v.first(country, orderFor(s.voice))); lines != "" {
		v.write(v.loc.Text("check.help_below") + "\n" + lines)
		v.say("card.call_list")
		return
	}
	v.say("check.choose_country")
	v.row(v.to("bot.btn_country", s.under(inCountries)))
}

// first gives as many lines as a screen holds beside other text.
func (v *screen) first(c *catalog.Country, order []string) []*catalog.Hotline {
	lines := v.shown(c, order)
	return lines[:min(len(lines), linesOnPage)]
}
