package bot

import (
	"strings"

	"beaware/catalog"
	"beaware/channel"
)

// selfCheck draws the screens of the self-check: consent, three gate questions that are never
// scored, the questions, the choice of a form, and a result with help for everybody.
func (b *Bot) selfCheck(s state) channel.Screen {
	v := b.open(s)
	switch s.place {
	case atConsent:
		paragraph(&v.text, v.loc.Text("check.consent", "max", number(b.self.check.Max)))
		v.row(v.to("check.go_on", s.fresh(atSafe)))
	case atSafe:
		v.say("check.safe")
		v.row(v.to("check.yes", s.at(atDanger)), v.to("check.no", s.at(atNotSafe)))
		v.row(v.to("check.stop", s.fresh(atStopped)))
	case atNotSafe:
		v.say("check.not_safe")
		v.row(v.to("bot.btn_help", s.fresh(atHelp)))
	case atDanger:
		v.say("check.danger")
		v.row(v.to("check.yes", s.fresh(atHelp)), v.to("check.no", s.at(atAge)))
		v.row(v.to("check.not_sure", s.at(atAge)), v.to("check.skip", s.at(atAge)))
		v.row(v.to("check.stop", s.fresh(atStopped)))
	case atAge:
		v.say("check.age")
		v.row(v.to("check.yes", b.begin(s, child)), v.to("check.no", b.begin(s, adult)))
		v.row(v.to("check.not_sure", b.begin(s, child)), v.to("check.skip", b.begin(s, child)))
		v.row(v.to("check.stop", s.fresh(atStopped)))
	case atStopped:
		v.say("check.stopped")
		b.whoToTalkTo(v, s)
	default:
		return b.ask(v, s)
	}
	return v.done()
}

// begin starts the questions; who does not say their age is met as a child would be.
func (b *Bot) begin(s state, age byte) state {
	s = s.fresh(atAsk)
	s.age, s.version = age, b.self.version
	return s
}

func (b *Bot) ask(v *screen, s state) channel.Screen {
	q, chooseForm, band := b.self.next(s)
	switch {
	case q != nil:
		paragraph(&v.text, v.loc.Text("check.question", "number", number(len(s.answers)+1))+"\n"+
			v.loc.Text("check."+checkID+".q."+q.ID))
		answer := func(label, letter string) channel.Button {
			next := s
			next.answers += letter
			return v.to(label, next)
		}
		v.row(answer("check.yes", "y"), answer("check.no", "n"))
		v.row(answer("check.not_sure", "u"), answer("check.skip", "s"))
		stop := s.fresh(atStopped)
		stop.age = s.age
		v.row(v.to("check.stop", stop), b.undo(v, s))
	case chooseForm:
		v.say("check.form")
		var forms []channel.Button
		for _, f := range b.self.check.Forms {
			next := s
			next.form = f.ID
			forms = append(forms, v.to("check."+checkID+".form."+f.ID, next))
		}
		v.pairs(forms)
		next := s
		next.form = noForm
		v.row(v.to("check.form_none", next))
		v.row(b.undo(v, s))
	default:
		b.result(v, s, band)
	}
	return v.done()
}

// undo leads one answer back, or to the question before the first.
func (b *Bot) undo(v *screen, s state) channel.Button {
	general, _ := b.self.questions(s.age, s.form)
	switch {
	case s.form != "" && len(s.answers) <= len(general):
		s.form = ""
	case s.answers != "":
		s.answers = s.answers[:len(s.answers)-1]
	default:
		s = s.fresh(atAge)
	}
	return v.to("bot.btn_back", s)
}

func (b *Bot) result(v *screen, s state, band string) {
	id := band
	if s.age == child {
		id = "child_" + band
	}
	v.say("check." + checkID + ".result." + id)
	b.whoToTalkTo(v, s)
}

// whoToTalkTo is help for everybody, whatever was answered: the lines themselves where the country is
// known, else the way to them.
func (b *Bot) whoToTalkTo(v *screen, s state) {
	if lines := b.lines(v, s); lines != "" {
		paragraph(&v.text, v.loc.Text("check.help_below")+"\n"+lines)
		v.say("card.call_list")
	} else {
		v.say("check.choose_country")
		v.row(v.to("bot.btn_country", s.under(inCountries)))
	}
	help := s.fresh(atHelp)
	help.age = s.age
	v.row(v.to("bot.btn_help", help))
}

// lines names up to three lines of the country, children's first for a child.
func (b *Bot) lines(v *screen, s state) string {
	country, ok := b.cat.Country(s.country)
	if !ok {
		return ""
	}
	order := orderAdult
	if s.age == child {
		order = orderChild
	}
	var rows []string
	unverified := false
	for _, h := range shown(country, order) {
		if len(rows) == linesOnPage {
			break
		}
		rows = append(rows, "- "+v.loc.Text("hotline."+h.ID+".name")+": "+catalog.Number(h.Number))
		unverified = unverified || h.Verified.IsZero()
	}
	if len(rows) == 0 {
		return ""
	}
	text := strings.Join(rows, "\n")
	if unverified {
		text += "\n\n" + v.loc.Text("post.numbers")
	}
	return text
}
