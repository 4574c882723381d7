// Package bot is the conversation with the public: a pure step from what a button
// carries and what the person did to the next screen. It writes nothing, remembers
// nothing and knows no names; the buttons carry the state. It may not touch vendor
// types, storage or the network.
package bot

import (
	"fmt"
	"strings"

	"beaware/catalog"
	"beaware/channel"
)

// Options are what an installation says about itself.
type Options struct {
	Sample      bool   // the content is a sample whose numbers no office has verified: say so
	Drafts      bool   // texts may be unreviewed: say so
	PrivateChat string // address of the private chat, offered in groups; "" where there is none
}

// undetermined is the language of a screen that asks for one (BCP 47).
const undetermined = "und"

// checkID is the self-check that the conversation offers.
const checkID = "exploitation"

// Bot answers the public. It is immutable and safe for concurrent use.
type Bot struct {
	cat   *catalog.Catalog
	opts  Options
	self  self
	pages map[pageKey][]string
}

type pageKey struct {
	lang, country string
	child         bool
}

// New prepares a bot. The error names what the catalog lacks, or a tag or id too long for a button.
func New(cat *catalog.Catalog, opts Options) (*Bot, error) {
	c, ok := cat.Checks[checkID]
	if !ok {
		return nil, fmt.Errorf("bot: content/checks has no check %q", checkID)
	}
	b := &Bot{cat: cat, opts: opts, self: newSelf(c), pages: map[pageKey][]string{}}
	if err := b.fits(); err != nil {
		return nil, err
	}
	for _, l := range cat.Languages {
		for _, country := range cat.Countries {
			for _, forChild := range []bool{false, true} {
				b.pages[pageKey{l.Tag, country.Code, forChild}] = helpPages(cat.Locale(l.Tag), country, forChild)
			}
		}
	}
	return b, nil
}

// In gives the same bot for another address of the private chat, that groups are sent to.
func (b *Bot) In(privateChat string) *Bot {
	other := *b
	other.opts.PrivateChat = privateChat
	return &other
}

// fits proves that the longest state there can be stays within a button's 64 bytes.
func (b *Bot) fits() error {
	longest := state{country: "XX", overlay: hidden, place: atStopped, page: '9', age: adult,
		answers: strings.Repeat("y", b.self.check.Max), version: b.self.version}
	for _, l := range b.cat.Languages {
		longest.lang = longestOf(longest.lang, l.Tag)
	}
	for _, f := range b.self.check.Forms {
		longest.form = longestOf(longest.form, f.ID)
	}
	if n := len(longest.data()); n > maxData {
		return fmt.Errorf("bot: a button would carry %d bytes, %d are allowed: shorten the language tag %q, the form %q or the check's max of %d questions",
			n, maxData, longest.lang, longest.form, b.self.check.Max)
	}
	return nil
}

func longestOf(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}

// Step answers one event with the next screen. It is pure: the same event gives the
// same screen. It is a channel.Answerer.
func (b *Bot) Step(e channel.Event) channel.Screen {
	if e.Group {
		return b.group(e)
	}
	s, ok := parse(e.Data)
	if !ok {
		s = b.arrive(e)
	}
	return b.show(b.mend(s))
}

// arrive gives the state of a person who pressed no button of ours.
func (b *Bot) arrive(e channel.Event) state {
	s := state{place: atStart}
	lang, country := payload(e.Payload)
	s.country = country
	if tag, ok := b.cat.Match(lang); lang != "" && ok {
		s.lang = tag
	} else if tag, ok := b.cat.Match(e.Languages...); ok {
		s.lang = tag
	}
	if e.Typed {
		s.place = atTyped
	}
	if s.place, s.overlay = commandPlace(e.Command, s.place); s.lang == "" {
		// Not English by silence: nobody is guessed at, everybody is asked.
		s.overlay = inLanguages
	}
	return s
}

// payload reads the tail of a deep link, "sr-Latn_BA": a language, and a country after the last "_".
func payload(p string) (lang, country string) {
	i := strings.LastIndexByte(p, '_')
	if i < 0 {
		return p, ""
	}
	return p[:i], strings.ToUpper(p[i+1:])
}

func commandPlace(command string, otherwise place) (place, overlay) {
	switch command {
	case "":
		return otherwise, none
	case "/start":
		return atStart, none
	case "/help":
		return atHelp, none
	case "/check":
		return atConsent, none
	case "/about":
		return atAbout, none
	case "/privacy":
		return atPrivacy, none
	case "/language":
		return atStart, inLanguages
	case "/country":
		return atHelp, inCountries
	case "/stop":
		return atStopped, none
	case "/hide":
		return atStart, hidden
	}
	return atTyped, none
}

// mend brings a state in line with the catalog: a button may be years old, or made by hand.
func (b *Bot) mend(s state) state {
	if _, ok := b.cat.Language(s.lang); !ok {
		s.lang = ""
		if s.overlay != hidden {
			s.overlay = inLanguages
		}
	}
	if _, ok := b.cat.Country(s.country); !ok && s.country != elsewhere {
		s.country = ""
	}
	if s.age != adult && s.age != child {
		s.age = 0
	}
	if s.version != "" && s.version != b.self.version || !b.knowsForm(s.form) || len(s.answers) > b.self.check.Max ||
		s.place == atAsk && (s.age == 0 || s.version == "") {
		return s.fresh(atConsent).under(s.overlay) // answers to other questions than ours
	}
	return s
}

func (b *Bot) knowsForm(id string) bool {
	if id == "" || id == noForm {
		return true
	}
	for _, f := range b.self.check.Forms {
		if f.ID == id {
			return true
		}
	}
	return false
}
