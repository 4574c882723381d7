package bot

import (
	"slices"
	"strings"

	"beaware/catalog"
	"beaware/channel"
)

// linesOnPage is how many help lines one screen holds: few enough to read on a small phone.
const linesOnPage = 3

// For whom a line is decides how early it stands; lines for none of these, such as those that take reports for the
// police, come last. Within the same rank the order of the content file counts.
var (
	orderAdult  = []string{"trafficking", "violence", "women", "migrants", "asylum", "children", "missing-children"}
	orderChild  = []string{"children", "missing-children", "trafficking", "violence", "women"}
	orderPolice = []string{"police", "trafficking", "crime", "children", "missing-children"}
)

func orderFor(v voice) []string {
	if v.young() {
		return orderChild
	}
	return orderAdult
}

// shown gives the lines of a country that may be shown, those for the audiences in order first, and of those for
// the same audience one whose test call is long ago last; none for a nil country.
func (v *screen) shown(c *catalog.Country, order []string) []*catalog.Hotline {
	if c == nil {
		return nil
	}
	var lines []*catalog.Hotline
	for _, h := range c.Hotlines {
		if h.Show {
			lines = append(lines, h)
		}
	}
	rank := func(h *catalog.Hotline) int {
		n := 2 * len(order)
		for i, a := range slices.Backward(order) {
			if slices.Contains(h.Audience, a) {
				n = 2 * i
			}
		}
		if v.stale(h.Verified) {
			n++
		}
		return n
	}
	slices.SortStableFunc(lines, func(a, b *catalog.Hotline) int { return rank(a) - rank(b) })
	return lines
}

// meant gives the lines that are for one of the audiences.
func meant(lines []*catalog.Hotline, audiences []string) (these, others []*catalog.Hotline) {
	for _, h := range lines {
		if slices.ContainsFunc(h.Audience, func(a string) bool { return slices.Contains(audiences, a) }) {
			these = append(these, h)
		} else {
			others = append(others, h)
		}
	}
	return these, others
}

// help shows the numbers of the person's country: those for emergencies first, then who to talk to. Where no country is
// known, it shows the emergency numbers of all, and asks.
func (b *Bot) help(s state, a around) channel.Screen {
	c, ok := b.cat.Country(s.country)
	switch {
	case s.country == elsewhere:
		return b.elsewhere(s, a)
	case !ok:
		return b.countries(s.under(inCountries), a)
	}
	v := b.open(s, a)
	pages := slices.Collect(slices.Chunk(v.shown(c, orderFor(s.voice)), linesOnPage))
	n := 0
	if s.page > '0' && int(s.page-'0') < len(pages) {
		n = int(s.page - '0')
	}
	v.say("card.title", "country", v.loc.Text("country."+c.Code))
	if n == 0 {
		v.emergency(c)
	}
	var lines []*catalog.Hotline
	if len(pages) > 0 {
		lines = pages[n]
		v.lines(c, lines, n == 0)
	} else {
		v.say("card.no_lines")
	}
	v.checked(c, n == 0, lines)
	if b.opts.Sample {
		v.say("bot.sample")
	}
	if len(pages) > 1 {
		more := s
		more.page = '0' + byte((n+1)%min(len(pages), maxPages))
		v.row(v.to("bot.btn_more", more))
	}
	v.row(v.to("bot.btn_country", s.under(inCountries)), v.to("bot.btn_abroad", s.fresh(atAbroad).under(inCountries)))
	return v.done(s.fresh(atStart))
}

// lines shows help lines, each with a button to all that is known of it.
func (v *screen) lines(c *catalog.Country, lines []*catalog.Hotline, first bool) {
	if first {
		v.say("card.lines")
	}
	for _, h := range lines {
		v.write(strings.Join(v.brief(c, h), "\n"))
		v.row(v.to("hotline."+h.ID+".name", v.s.at(atLine).choosing(h.ID)))
	}
	v.say("card.more_about")
}

func (b *Bot) elsewhere(s state, a around) channel.Screen {
	v := b.open(s, a)
	v.say("bot.country_none")
	v.row(v.to("bot.btn_country", s.under(inCountries)), v.to("bot.btn_abroad", s.fresh(atAbroad).under(inCountries)))
	back := s.fresh(atStart)
	if s.place == atNeed {
		back = s.at(atNeed)
	}
	return v.done(back)
}

// line shows all that is known of one help line.
func (b *Bot) line(s state, a around) channel.Screen {
	v := b.open(s, a)
	c, _ := b.cat.Country(s.country)
	lines := v.shown(c, nil)
	i := slices.IndexFunc(lines, func(h *catalog.Hotline) bool { return h.ID == s.form })
	if i < 0 { // it is shown no more
		return b.help(s.at(atHelp), a)
	}
	v.card(c, lines[i])
	v.say("card.what_happens")
	v.write(v.loc.Text("card.decide") + "\n" + v.loc.Text("card.call_list"))
	if b.opts.Sample {
		v.say("bot.sample")
	}
	return v.done(s.at(atHelp))
}

// countriesOnPage is how many countries one screen offers.
const countriesOnPage = 8

// countries asks for the country. Where none is known yet, it shows the emergency numbers of all, so that nobody has to answer first.
func (b *Bot) countries(s state, a around) channel.Screen {
	v := b.open(s, a)
	if s.place == atAbroad {
		v.say("abroad.choose")
	} else {
		v.say("bot.country")
	}
	if s.place != atAbroad && s.country == "" {
		b.emergencies(v)
	}
	pages := slices.Collect(slices.Chunk(b.cat.Countries, countriesOnPage))
	n := 0
	if s.page > '0' && int(s.page-'0') < len(pages) {
		n = int(s.page - '0')
	}
	to := func(label, code string) channel.Button {
		next := s.under(none)
		next.country, next.page = code, 0
		return channel.Button{Label: label, Data: next.data()}
	}
	var buttons []channel.Button
	for _, c := range pages[n] {
		label := v.loc.Text("country." + c.Code)
		if c.Autonym != "" && c.Autonym != label {
			label += " · " + c.Autonym
		}
		buttons = append(buttons, to(label, c.Code))
	}
	if s.place != atAbroad {
		buttons = append(buttons, to(v.loc.Text("bot.country_other"), elsewhere))
	}
	v.pairs(buttons)
	if len(pages) > 1 {
		more := s
		more.page = '0' + byte((n+1)%min(len(pages), maxPages))
		v.row(v.to("bot.btn_more", more))
	}
	if s.place == atHelp {
		v.row(v.to("bot.btn_abroad", s.fresh(atAbroad).under(inCountries)))
	}
	back := s.under(none)
	if s.country == "" || s.place == atAbroad {
		back = s.fresh(atHelp)
	}
	if s.country == "" && (s.place == atHelp || s.place == atAbroad) {
		back = s.fresh(atStart)
	}
	return v.done(back)
}

// emergencies lists the emergency numbers of all countries, one line each.
func (b *Bot) emergencies(v *screen) {
	rows, untested := []string{v.loc.Text("crisis.by_country")}, false
	for _, c := range b.cat.Countries {
		var numbers []string
		for _, e := range c.Emergency {
			if e.Show && (e.Service == "general" || e.Service == "police" || e.Service == "ambulance") {
				numbers = append(numbers, v.loc.Text("emergency."+e.Service)+" "+catalog.Number(e.Number))
				untested = untested || e.Verified.IsZero()
			}
		}
		if len(numbers) > 0 {
			rows = append(rows, "- "+v.loc.Text("country."+c.Code)+": "+strings.Join(numbers, v.comma()))
		}
	}
	if len(rows) > 1 {
		v.write(strings.Join(rows, "\n"))
	}
	if untested {
		v.say("post.numbers")
	}
}

// abroad shows which lines of a country can be called from another.
func (b *Bot) abroad(s state, a around) channel.Screen {
	c, ok := b.cat.Country(s.country)
	if !ok {
		return b.countries(s.under(inCountries), a)
	}
	v := b.open(s, a)
	v.say("abroad.title", "country", v.loc.Text("country."+c.Code))
	var lines []*catalog.Hotline
	for _, h := range v.shown(c, orderAdult) {
		if h.Abroad == "yes" && h.E164 != "" {
			rows := v.brief(c, h)
			rows[1] = v.loc.Text("card.number", "number", catalog.Number(international(h)))
			v.write(strings.Join(rows, "\n"))
			lines = append(lines, h)
		}
	}
	v.checked(c, false, lines)
	if len(lines) == 0 {
		v.say("abroad.none")
	}
	if union, ok := b.cat.Country("EU"); ok {
		for _, e := range union.Emergency {
			if e.Show && e.Service == "general" {
				v.say("abroad.union", "number", catalog.Number(e.Number))
			}
		}
	}
	v.say("abroad.embassy")
	if len(lines) > 0 {
		v.say("card.call_list")
	}
	v.row(v.to("bot.btn_country", s.under(inCountries)))
	return v.done(s.fresh(atHelp))
}
