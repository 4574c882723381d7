// Package campaign decides what is due, for whom and when: windows, schedule entries
// and message sequences, in each office's local time. It is pure but for Wake, which
// only rings. It may not touch network or storage. It is the only importer of cron.
package campaign

import (
	"time"

	"beaware/catalog"
)

// Office is a country office as campaigns see it.
type Office struct {
	ID        string
	Country   string // upper case, as in catalog.Country
	Zone      *time.Location
	Languages []string // tags, most used first
	Quiet     *Quiet   // hours of the day without posts; nil for none
	Blackouts []Blackout
}

// Channel is one place that an office publishes to.
type Channel struct {
	ID        string
	Office    string   // id
	Kind      string   // "feed", "telegram"
	Languages []string // tags; the office's when empty
}

// Post is one message, in one language, on one channel, at one planned moment.
type Post struct {
	// ID is campaign/entry/local date and time/channel/language, for example
	// "world-day/daily/2027-07-17T19:30/ba-feed/bs". It is the same on every machine and every run.
	ID       string
	Campaign string
	Entry    string
	Message  string
	Office   string
	Channel  string
	Language string
	At       time.Time // in the office's zone
}

// Planner knows all campaigns, offices and channels. It is immutable and safe for concurrent use.
type Planner struct {
	plans  map[string]*plan  // by campaign id
	order  []*plan           // as in the catalog
	places map[string]*place // by office id
}

// plan is a campaign, compiled for the offices it is meant for.
type plan struct {
	id      string
	window  window
	entries []*entry
	places  []*place
}

// place is an office with its channels, as campaigns see it.
type place struct {
	id      string
	zone    *time.Location
	targets []target // by tail, so that posts of one moment come in the order of their ids
	quiet   *Quiet   // nil for none
	dark    []dark
}

// target is a channel in one of its languages.
type target struct {
	channel, language string
	tail              string // "/channel/language", the end of a post's id
}

// entry is a schedule entry, compiled.
type entry struct {
	id       string
	head     string // "campaign/entry/", the start of a post's id
	spec     spec
	messages []string
	repeat   bool
	rule     Rule
}

// New compiles the schedules. The findings name file and line of every line that cannot be read, of windows that
// end before they start, of entries that can never fire or only in quiet hours, and of offices or channels that do
// not exist.
// The planner is nil when one of the findings is an Error.
func New(cat *catalog.Catalog, offices []Office, channels []Channel) (*Planner, catalog.Findings) {
	c := compiler{places: map[string]*place{}}
	c.offices(offices)
	c.channels(offices, channels)
	p := &Planner{plans: map[string]*plan{}, places: c.places}
	for _, written := range cat.Campaigns {
		compiled := c.campaign(written)
		p.plans[compiled.id] = compiled
		p.order = append(p.order, compiled)
	}
	if found := c.sorted(); c.broken {
		return nil, found
	}
	return p, c.findings
}

// Open tells whether t lies in a window of the campaign at that office. Nothing is ever sent outside it.
func (p *Planner) Open(campaign, office string, t time.Time) bool {
	from, _, ok := p.Window(campaign, office, t)
	return ok && !t.Before(from)
}

// Window gives the first window of a campaign at an office that is open at t or
// starts after it, [from, to). ok is false when there is none. An always-open campaign gives the year that holds t.
func (p *Planner) Window(campaign, office string, t time.Time) (from, to time.Time, ok bool) {
	plan, found := p.plans[campaign]
	if !found {
		return from, to, false
	}
	for _, at := range plan.places {
		if at.id == office {
			return plan.window.openAt(t, at.zone)
		}
	}
	return from, to, false
}

// openAt gives the first span that ends after an instant, as instants.
func (w window) openAt(t time.Time, zone *time.Location) (from, to time.Time, ok bool) {
	clock := newClock(zone)
	s, ok := w.next(wallAt(t, zone))
	for ok {
		if to = clock.instant(s.to); to.After(t) {
			return clock.instant(s.from).In(zone), to.In(zone), true
		}
		s, ok = w.next(s.to) // a clock change went back over midnight: the wall shows a day that is over
	}
	return time.Time{}, time.Time{}, false
}
