// Package bot is the conversation with the public: a pure step from what a button
// carries and what the person did to the next screen. It writes nothing, remembers
// nothing and knows no names; the buttons carry the state. It may not touch vendor
// types, storage or the network.
package bot

import (
	"fmt"
	"strings"
	"time"

	"beaware/bot/intent"
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

// The checks that the conversation offers, by the names of their files.
const (
	aboutSituation = "exploitation"
	aboutOffer     = "offer"
)

// Bot answers the public. It is immutable and safe for concurrent use.
type Bot struct {
	cat    *catalog.Catalog
	opts   Options
	typed  *intent.Matcher
	self   map[string]self           // by id
	checks map[string]self           // by the fingerprint that buttons carry
	zones  map[string]*time.Location // by country
}

// New prepares a bot. The error names what the catalog lacks, or what is too long for a button.
func New(cat *catalog.Catalog, opts Options) (*Bot, error) {
	b := &Bot{cat: cat, opts: opts, typed: intent.New(cat.Words), self: map[string]self{}, checks: map[string]self{}, zones: map[string]*time.Location{}}
	for _, c := range cat.Countries {
		if zone, err := time.LoadLocation(c.Zone); c.Zone != "" && err == nil {
			b.zones[c.Code] = zone
		}
	}
	for _, id := range []string{aboutSituation, aboutOffer} {
		c, ok := cat.Checks[id]
		if !ok {
			return nil, fmt.Errorf("bot: content/checks has no check %q", id)
		}
		check := newSelf(c)
		if same, taken := b.checks[check.version]; taken {
			return nil, fmt.Errorf("bot: the checks %s and %s would be taken for each other: give one of them another version", same.check.ID, id)
		}
		b.self[id], b.checks[check.version] = check, check
	}
	return b, b.fits()
}

// In gives the same bot for another address of the private chat, that groups are sent to.
func (b *Bot) In(privateChat string) *Bot {
	other := *b
	other.opts.PrivateChat = privateChat
	return &other
}

// fits proves that the longest state there can be stays within a button's 64 bytes.
func (b *Bot) fits() error {
	longest := func(s state, what string) error {
		for _, l := range b.cat.Languages {
			s.lang = longestOf(s.lang, l.Tag)
		}
		s.country, s.overlay, s.page, s.voice = "XX", hidden, '9', adult
		if n := len(s.data()); n > maxData {
			return fmt.Errorf("bot: a button would carry %d bytes, %d are allowed: shorten the language tag %q or %s", n, maxData, s.lang, what)
		}
		return nil
	}
	for id, c := range b.self {
		form := ""
		for _, f := range c.check.Forms {
			form = longestOf(form, f.ID)
		}
		s := state{place: atStopped, form: form, answers: strings.Repeat("y", c.check.Max), version: c.version}
		if err := longest(s, fmt.Sprintf("the form %q or the max of %d questions of the check %s", form, c.check.Max, id)); err != nil {
			return err
		}
	}
	for _, c := range b.cat.Countries {
		for _, h := range c.Hotlines {
			if err := longest(state{place: atLine, form: h.ID}, fmt.Sprintf("the hotline's id %q", h.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

func longestOf(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}

// around is what a screen depends on beside the state.
type around struct {
	now      time.Time
	platform string
	keeps    bool
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
	if late(e) && s.overlay != hidden && s.place != atWiped {
		s = s.fresh(atAway)
	}
	return b.show(b.mend(s), around{time.Unix(e.Now, 0), e.Platform, e.Keeps})
}

// late tells that nobody may be looking any more, or somebody else.
func late(e channel.Event) bool {
	return e.At > 0 && e.Now-e.At > int64(channel.Late/time.Second)
}

// mend brings a state in line with the catalog: a button may be years old, or made by hand.
func (b *Bot) mend(s state) state {
	if _, ok := b.cat.Language(s.lang); !ok {
		s.lang = ""
		if s.overlay != hidden && s.place != atWiped {
			s.overlay = inLanguages
		}
	}
	if _, ok := b.cat.Country(s.country); !ok && s.country != elsewhere {
		s.country = ""
	}
	switch s.voice {
	case adult, child, other, otherAdult, otherChild:
	default:
		s.voice = nobody
	}
	if !s.inCheck() {
		s.answers, s.version = "", ""
		return s
	}
	if c, ok := b.checks[s.version]; s.version != "" && !ok || !known(c, s.form) || ok && len(s.answers) > c.check.Max ||
		s.place == atAsk && (s.voice == nobody || s.voice == other || !ok) {
		return s.fresh(atConsent).under(s.overlay) // answers to other questions than ours
	}
	return s
}

func known(c self, form string) bool {
	return form == "" || form == noForm || c.check != nil && c.form(form).ID != ""
}
