package bot

import (
	"cmp"
	"strings"

	"beaware/bot/intent"
	"beaware/channel"
)

// arrive gives the state of a person who pressed no button of ours: who followed a link, sent a command, or wrote.
func (b *Bot) arrive(e channel.Event) state {
	s := b.before(e)
	switch {
	case e.Command != "":
		s = command(s, e.Command)
	case e.Typed && e.Words == "":
		s.place = atSent
	case e.Typed:
		s = b.read(s, e)
	}
	return s
}

// before gives what is known of a person before they do anything: from the link that they followed, from the screen that
// they saw last, from what the platform says they read.
func (b *Bot) before(e channel.Event) state {
	link := channel.ParseDeepLink(e.Payload)
	last, _ := parse(e.Resume)
	s := state{place: atStart, country: cmp.Or(link.Country, last.country)}
	if d, ok := doors[link.Screen]; ok {
		s = s.through(d)
	}
	for _, wanted := range []string{link.Language, last.lang} {
		if tag, ok := b.cat.Match(wanted); wanted != "" && ok {
			s.lang = tag
			return s
		}
	}
	if tag, ok := b.cat.Match(e.Languages...); ok {
		s.lang = tag
	}
	return s
}

// read finds out what somebody wrote asks for. What was written goes no further than this.
func (b *Bot) read(s state, e channel.Event) state {
	found, ok := b.typed.Match(string(e.Words), b.reads(s, e)...)
	if !ok {
		return s.at(atUnclear)
	}
	if s.lang == "" {
		s.lang = found.Language
	}
	switch found.Kind {
	case intent.Crisis:
		return s.at(atCrisis).choosing(found.ID)
	case intent.Safe:
		return s.at(atWiped)
	}
	d, ok := doors[found.ID]
	if !ok {
		return s.at(atUnclear)
	}
	return s.through(d)
}

// reads lists the languages that a person reads, as far as we know, most likely first.
func (b *Bot) reads(s state, e channel.Event) []string {
	var tags []string
	if s.lang != "" {
		tags = append(tags, s.lang)
	}
	for _, l := range e.Languages {
		if tag, ok := b.cat.Match(l); ok {
			tags = append(tags, tag)
		}
	}
	return tags
}

// command leads to what a command names; "/start" leads to where a link pointed.
func command(s state, name string) state {
	if name == "/start" {
		return s
	}
	d, ok := doors[strings.TrimPrefix(name, "/")]
	if !ok {
		return s.at(atUnclear)
	}
	return s.through(d)
}

// door is where a link, a command or written words lead.
type door struct {
	place   place
	form    string
	overlay overlay
}

func (s state) through(d door) state {
	return s.at(d.place).choosing(d.form).under(d.overlay)
}

// doors are named as in links (catalog.Screens), as commands, and as the intents of written words (catalog.Intents).
var doors = map[string]door{
	"start":          {place: atStart},
	"help":           {place: atHelp},
	"abroad":         {place: atAbroad},
	"check":          {place: atConsent},
	"offer":          {place: atOffer},
	"before":         {place: atBefore},
	"signs":          {place: atSigns},
	"signs-work":     {place: atSigns, form: "work"},
	"signs-home":     {place: atSigns, form: "home"},
	"signs-sex":      {place: atSigns, form: "sex"},
	"signs-begging":  {place: atSigns, form: "begging"},
	"signs-marriage": {place: atSigns, form: "marriage"},
	"how":            {place: atHow},
	"responders":     {place: atResponders},
	"else":           {place: atNeed},
	"food":           {place: atNeed, form: "food"},
	"shelter":        {place: atNeed, form: "shelter"},
	"asylum":         {place: atNeed, form: "asylum"},
	"home-violence":  {place: atNeed, form: "home-violence"},
	"children":       {place: atNeed, form: "children"},
	"about":          {place: atAbout},
	"privacy":        {place: atPrivacy},
	"language":       {place: atStart, overlay: inLanguages},
	"country":        {place: atHelp, overlay: inCountries},
	"hide":           {place: atStart, overlay: hidden},
	"wipe":           {place: atWiped},
	"stop":           {place: atEnded},
}
