package campaign

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"beaware/catalog"
)

// configFile is where offices and channels are written, for findings.
const configFile = "config.toml"

// crowded is how often an entry may repeat before people are asked whether they mean it.
const crowded = 15 * time.Minute

// compiler turns what was written into what Due works with, and gathers all faults on the way.
type compiler struct {
	places   map[string]*place // by office id
	order    []*place          // as in the configuration
	findings catalog.Findings
	broken   bool
}

func (c *compiler) add(pos catalog.Pos, severity catalog.Severity, text string) {
	c.findings = append(c.findings, catalog.Finding{Pos: pos, Severity: severity, Text: text})
	c.broken = c.broken || severity == catalog.Error
}

func (c *compiler) config(format string, args ...any) {
	c.add(catalog.Pos{File: configFile}, catalog.Error, fmt.Sprintf(format, args...))
}

func (c *compiler) sorted() catalog.Findings {
	slices.SortStableFunc(c.findings, func(a, b catalog.Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return c.findings
}

func (c *compiler) offices(offices []Office) {
	for _, o := range offices {
		switch {
		case !plainID(o.ID):
			c.config("office id %q: an id is needed, without spaces or slashes", o.ID)
		case c.places[o.ID] != nil:
			c.config("office %q is there twice; an id stands for one office", o.ID)
		case o.Zone == nil:
			c.config(`office %q has no time zone; write one, for example zone = "Europe/Sarajevo"`, o.ID)
		default:
			at := &place{id: o.ID, zone: o.Zone}
			c.still(at, o)
			c.places[o.ID] = at
			c.order = append(c.order, at)
		}
	}
}

func (c *compiler) channels(offices []Office, channels []Channel) {
	spoken := map[string][]string{}
	known := map[string]bool{}
	for _, o := range offices {
		spoken[o.ID] = o.Languages
		known[o.ID] = true
	}
	seen := map[string]bool{}
	for _, ch := range channels {
		languages := ch.Languages
		if len(languages) == 0 {
			languages = spoken[ch.Office]
		}
		switch {
		case !plainID(ch.ID):
			c.config("channel id %q: an id is needed, without spaces or slashes", ch.ID)
		case seen[ch.ID]:
			c.config("channel %q is there twice; an id stands for one channel", ch.ID)
		case !known[ch.Office]:
			c.config("channel %q belongs to office %q, which does not exist; there is: %s", ch.ID, ch.Office, c.names())
		case len(languages) == 0:
			c.config("channel %q has no language, nor has its office %q; name at least one", ch.ID, ch.Office)
		case c.places[ch.Office] != nil: // else the office has a finding of its own
			c.targets(c.places[ch.Office], ch.ID, languages)
		}
		seen[ch.ID] = true
	}
	for _, at := range c.order {
		slices.SortFunc(at.targets, func(a, b target) int { return strings.Compare(a.tail, b.tail) })
	}
}

func (c *compiler) targets(at *place, channel string, languages []string) {
	for i, language := range languages {
		switch {
		case !plainID(language):
			c.config("channel %q has the language %q, which is not a language tag", channel, language)
		case slices.Contains(languages[:i], language):
			c.config("channel %q has the language %q twice; name it once", channel, language)
		default:
			at.targets = append(at.targets, target{channel, language, "/" + channel + "/" + language})
		}
	}
}

// names lists the offices that exist, for findings.
func (c *compiler) names() string {
	if len(c.order) == 0 {
		return "no office"
	}
	var ids []string
	for _, at := range c.order {
		ids = append(ids, at.id)
	}
	return strings.Join(ids, ", ")
}

func (c *compiler) campaign(written *catalog.Campaign) *plan {
	compiled := &plan{id: written.ID, places: c.meant(written)}
	var ok bool
	compiled.window, ok = parseWindow(written.Window, func(key, text string) {
		c.add(written.Pos(key), catalog.Error, text)
	})
	uncertain := parseOnUncertain(written, func(key, text string) {
		c.add(written.Pos(key), catalog.Error, text)
	})
	for i := range written.Entries {
		e := c.entry(written.ID, &written.Entries[i])
		e.rule.OnUncertain = uncertain
		compiled.entries = append(compiled.entries, e)
		if ok && e.spec.cron != nil && len(e.messages) > 0 {
			c.fit(compiled.window, e, &written.Entries[i])
			c.fitQuiet(compiled.places, e, &written.Entries[i])
		}
	}
	return compiled
}

// meant gives the offices that a campaign is for: all, when it names none.
func (c *compiler) meant(written *catalog.Campaign) []*place {
	if len(written.Offices) == 0 {
		return c.order
	}
	var meant []*place
	for i, id := range written.Offices {
		switch at := c.places[id]; {
		case at == nil:
			c.add(written.Pos("offices."+id), catalog.Error, fmt.Sprintf("office %q does not exist; there is: %s", id, c.names()))
		case slices.Contains(written.Offices[:i], id):
			c.add(written.Pos("offices."+id), catalog.Error, fmt.Sprintf("office %q is there twice; name it once", id))
		default:
			meant = append(meant, at)
		}
	}
	return meant
}

func (c *compiler) entry(campaign string, written *catalog.Entry) *entry {
	compiled := &entry{
		id:       written.ID,
		head:     campaign + "/" + written.ID + "/",
		messages: written.Messages,
		repeat:   written.Repeat,
		rule: parseRule(written, func(key, text string) {
			c.add(written.Pos(key), catalog.Error, text)
		}),
	}
	if len(written.Messages) == 0 {
		c.add(written.Pos("messages"), catalog.Error, fmt.Sprintf("entry %q has no messages; name at least one", written.ID))
	}
	var err error
	if compiled.spec, err = parseSpec(written.Cron); err != nil {
		compiled.spec = spec{}
		c.add(written.Pos("cron"), catalog.Error, fmt.Sprintf("cron of entry %q: %v", written.ID, err))
	}
	return compiled
}

// fit says how an entry's messages fit into the window, counted by the wall clock: all that a clock change can do
// is to make one of several occurrences.
func (c *compiler) fit(w window, e *entry, written *catalog.Entry) {
	least, most := -1, 0
	for _, s := range w.sample() {
		n := e.spec.count(s.from, s.to)
		most = max(most, n)
		if least < 0 || n < least {
			least = n
		}
	}
	if most == 0 {
		c.add(written.Pos("cron"), catalog.Error, fmt.Sprintf("entry %q never fires: %q has no time in the campaign's window", e.id, written.Cron))
		return
	}
	if gap := e.spec.gap(); gap < crowded && most > 1 {
		c.add(written.Pos("cron"), catalog.Advice, fmt.Sprintf("entry %q fires every %d minutes at times (%q); is that meant?",
			e.id, int(gap.Minutes()), written.Cron))
	}
	c.fitMessages(w, e, least, most, written.Pos("messages"))
}

func (c *compiler) fitMessages(w window, e *entry, least, most int, pos catalog.Pos) {
	have := len(e.messages)
	stretch := "in the window"
	if w.kind == always {
		stretch = "in a year, and then starts again"
	}
	switch {
	case most < have:
		c.add(pos, catalog.Warning, fmt.Sprintf("entry %q has %s but fires only %s %s: the last %d would never go out",
			e.id, plural(have, "message"), plural(most, "time"), stretch, have-most))
	case least < have:
		c.add(pos, catalog.Advice, fmt.Sprintf("entry %q has %s but in some years fires only %s %s: the last %d do not go out then",
			e.id, plural(have, "message"), plural(least, "time"), stretch, have-least))
	case least > have && !e.repeat:
		c.add(pos, catalog.Advice, fmt.Sprintf("entry %q fires %s %s but has %s: it is quiet after the last one; repeat = true starts again",
			e.id, plural(least, "time"), stretch, plural(have, "message")))
	}
}

// plainID keeps the parts of a post's id apart: no slash, no space, nothing that does not print.
func plainID(id string) bool {
	return id != "" && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r == '/' || r == 0x7f || r == '\uFFFD' })
}
