package bot

import (
	"slices"
	"strings"

	"beaware/catalog"
	"beaware/channel"
)

// guide shows what is only read: before a journey, the signs, how to help, and what first responders look for.
func (b *Bot) guide(s state, a around) channel.Screen {
	v := b.open(s, a)
	switch {
	case s.place == atBefore:
		v.say("before.text")
		v.row(v.to("bot.btn_offer", s.at(atOffer)))
	case s.place == atHow:
		v.say("how.text")
		v.row(v.to("bot.btn_signs", s.at(atSigns)))
	case !b.hasForm(s.form):
		v.say(guides[s.place] + ".choose")
		b.guideForms(v, s)
	case s.place == atSigns:
		v.say("signs." + s.form)
		v.say("signs.end")
		v.row(v.to("bot.btn_how", s.at(atHow)))
		return v.done(s.at(atSigns))
	default:
		v.say("responders." + s.form)
		v.say("responders.next")
		b.whomToCall(v, s)
		return v.done(s.at(atResponders))
	}
	return v.done(s.fresh(atStart))
}

var guides = map[place]string{atSigns: "signs", atResponders: "responders"}

func (b *Bot) hasForm(id string) bool { return b.self[aboutSituation].form(id).ID != "" }

func (b *Bot) guideForms(v *screen, s state) {
	var buttons []channel.Button
	for _, f := range b.self[aboutSituation].check.Forms {
		buttons = append(buttons, v.to("check."+aboutSituation+".form."+f.ID, s.choosing(f.ID)))
	}
	v.pairs(buttons)
	if s.place == atSigns {
		v.row(v.to("bot.btn_how", s.at(atHow)))
	}
}

// whomToCall names for first responders the emergency numbers of the country and the lines that take reports.
func (b *Bot) whomToCall(v *screen, s state) {
	c, ok := b.cat.Country(s.country)
	if !ok {
		v.say("responders.choose_country")
		v.row(v.to("bot.btn_country", s.under(inCountries)))
		return
	}
	rows := []string{v.loc.Text("responders.call")}
	for _, e := range c.Emergency {
		if e.Show && (e.Service == "police" || e.Service == "general" || e.Service == "ambulance") {
			rows = append(rows, "- "+v.loc.Text("emergency."+e.Service)+": "+catalog.Number(e.Number))
		}
	}
	lines := v.short(v.first(c, orderPolice))
	if lines == "" && len(rows) == 1 {
		v.say("card.no_lines")
	} else {
		v.write(strings.TrimSpace(strings.Join(append(rows, lines), "\n")))
	}
	v.row(v.to("bot.btn_country", s.under(inCountries)))
}

// need is something else that people look for.
type need struct {
	id        string
	audiences []string // of the lines that are for it
	urgent    bool     // emergency numbers belong to it
}

var needs = []need{
	{"food", []string{"food"}, false},
	{"shelter", []string{"shelter"}, false},
	{"asylum", []string{"asylum", "migrants"}, false},
	{"home-violence", []string{"home-violence", "violence"}, true},
	{"life", []string{"life"}, true},
	{"children", []string{"children", "missing-children"}, false},
}

// need shows the numbers for something else, or says honestly that there is none.
func (b *Bot) need(s state, a around) channel.Screen {
	v := b.open(s, a)
	i := slices.IndexFunc(needs, func(n need) bool { return n.id == s.form })
	if i < 0 {
		v.say("else.choose")
		var buttons []channel.Button
		for _, n := range needs {
			buttons = append(buttons, v.to("else."+n.id, s.choosing(n.id)))
		}
		v.pairs(buttons)
		return v.done(s.fresh(atStart))
	}
	c, ok := b.cat.Country(s.country)
	switch {
	case s.country == elsewhere:
		return b.elsewhere(s, a)
	case !ok:
		return b.countries(s.under(inCountries), a)
	}
	v.say("else.title", "need", v.loc.Text("else."+s.form), "country", v.loc.Text("country."+c.Code))
	if needs[i].urgent {
		v.emergency(c)
	}
	lines, rest := meant(v.shown(c, orderAdult), needs[i].audiences)
	if len(lines) > 0 {
		lines = lines[:min(len(lines), linesOnPage)]
		v.lines(c, lines, false)
		v.checked(c, needs[i].urgent, lines)
	} else {
		v.checked(c, needs[i].urgent, nil)
		v.say("else.none")
		if more := v.short(rest[:min(len(rest), linesOnPage)]); more != "" {
			v.write(v.loc.Text("else.others") + "\n" + more)
		}
		v.say("else.person")
	}
	v.row(v.to("bot.btn_country", s.under(inCountries)))
	return v.done(s.at(atNeed))
}

// crisis answers words that tell of danger: kindly, and with numbers at once.
func (b *Bot) crisis(s state, a around) channel.Screen {
	v := b.open(s, a)
	if s.form == "life" {
		v.say("crisis.life")
	} else {
		v.say("crisis.danger")
	}
	c, ok := b.cat.Country(s.country)
	if !ok {
		b.emergencies(v)
		v.row(v.to("bot.btn_country", s.under(inCountries)))
		return v.done(s.fresh(atStart))
	}
	v.emergency(c)
	order := orderAdult
	if s.form == "life" {
		order = append([]string{"life"}, orderAdult...)
	}
	lines := v.first(c, order)
	v.write(v.short(lines))
	if len(lines) == 0 {
		v.checked(c, true, nil)
	}
	v.row(v.to("bot.btn_country", s.under(inCountries)))
	return v.done(s.fresh(atStart))
}
