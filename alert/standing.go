package alert

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/outbox"
)

const (
	// VerifiedFor is how long a test call vouches for a number.
	VerifiedFor = 90 * 24 * time.Hour
	// verifySoon is how long before its end staff hear of it.
	verifySoon = 14 * 24 * time.Hour
	// usualDays is how long before a window staff hear of missing texts.
	usualDays = 7
)

// Planner knows when campaigns are open; campaign.Planner is one.
type Planner interface {
	// Window gives the first window at an office that is open at t or starts after it.
	Window(campaign, office string, t time.Time) (from, to time.Time, ok bool)
}

// Outlook is what standing worries are derived from.
type Outlook struct {
	Catalog  *catalog.Catalog
	Planner  Planner
	Offices  []campaign.Office
	Channels []campaign.Channel
	Gate     outbox.Gate
	Sample   bool // numbers that were never verified are expected
	Days     int  // how long before a window starts; 7 when zero
}

// Standing gives what worries at a moment without anything having happened: campaigns that start within Days with texts
// missing, or under the gate "require" not reviewed, and numbers whose verification has ended or ends within 14 days. The events are
// the same from hour to hour, so that telling them again is no news. It is a pure function; call it once an hour.
func Standing(now time.Time, o Outlook) []Event {
	events := o.windows(now)
	for _, c := range o.Catalog.Countries {
		for i := range c.Emergency {
			if e := &c.Emergency[i]; e.Show {
				events = append(events, o.number(strings.ToLower(c.Code)+"."+e.Service, e.Verified, now)...)
			}
		}
		for _, h := range c.Hotlines {
			if h.Show {
				events = append(events, o.number(h.ID, h.Verified, now)...)
			}
		}
	}
	return events
}

func (o Outlook) number(id string, verified, now time.Time) []Event {
	ends := verified.Add(VerifiedFor)
	var text string
	switch {
	case verified.IsZero() && o.Sample:
		return nil
	case verified.IsZero():
		text = "never verified by a test call"
	case !now.Before(ends):
		text = fmt.Sprintf("last verified on %s, more than %d days ago", date(verified), VerifiedFor/day)
	case !now.Before(ends.Add(-verifySoon)):
		text = fmt.Sprintf("last verified on %s, which holds until %s", date(verified), date(ends))
	default:
		return nil
	}
	return []Event{{Kind: Number, Subject: id, Text: text, At: now}}
}

func date(t time.Time) string { return t.Format("2 January 2006") }

func (o Outlook) windows(now time.Time) (events []Event) {
	days := o.Days
	if days == 0 {
		days = usualDays
	}
	for _, c := range o.Catalog.Campaigns {
		if c.Window.Always {
			continue // it never starts
		}
		for _, office := range o.Offices {
			from, _, ok := o.Planner.Window(c.ID, office.ID, now)
			if !ok || !from.After(now) || from.After(now.AddDate(0, 0, days)) {
				continue
			}
			if faults := o.faults(c, o.languages(office)); faults != "" {
				events = append(events, Event{Kind: Window, Subject: c.ID + "/" + office.ID, At: now,
					Text: fmt.Sprintf("%s begins on %s at %s: %s", c.ID, from.Format("2 January"), office.ID, faults)})
			}
		}
	}
	return events
}

// languages gives those that an office publishes in. One that is derived from another of them by rule is left out: its
// texts are missing where the other's are.
func (o Outlook) languages(office campaign.Office) []string {
	var tags []string
	for _, ch := range o.Channels {
		switch {
		case ch.Office != office.ID:
		case len(ch.Languages) == 0:
			tags = append(tags, office.Languages...)
		default:
			tags = append(tags, ch.Languages...)
		}
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)
	return slices.DeleteFunc(slices.Clone(tags), func(tag string) bool {
		l, ok := o.Catalog.Language(tag)
		return ok && l.DerivedFrom != "" && slices.Contains(tags, l.DerivedFrom)
	})
}

// faults says what a campaign's languages lack, "" for nothing.
func (o Outlook) faults(c *catalog.Campaign, tags []string) string {
	ids := scheduled(c)
	var parts, drafts []string
	for _, tag := range tags {
		lacking, unreviewed := 0, 0
		for _, id := range ids {
			p, err := o.Catalog.Post(c.ID, id, tag, "")
			switch {
			case err != nil || p.Fallback:
				lacking++
			case p.State != catalog.Reviewed && o.Gate != outbox.Warn:
				unreviewed++
			}
		}
		switch {
		case lacking == 0 && unreviewed == 0:
		case lacking == 0 && unreviewed == len(ids):
			drafts = append(drafts, tag)
		default:
			parts = append(parts, tag+" "+shortfall(lacking, unreviewed, len(ids)))
		}
	}
	switch len(drafts) {
	case 0:
	case 1:
		parts = append(parts, drafts[0]+" is not reviewed")
	default:
		last := len(drafts) - 1
		parts = append(parts, strings.Join(drafts[:last], ", ")+" and "+drafts[last]+" are not reviewed")
	}
	return strings.Join(parts, ", ")
}

func shortfall(lacking, unreviewed, all int) string {
	var parts []string
	switch {
	case lacking == all:
		parts = append(parts, "has no texts")
	case lacking == 1:
		parts = append(parts, "lacks 1 text")
	case lacking > 1:
		parts = append(parts, fmt.Sprintf("lacks %d texts", lacking))
	}
	if unreviewed > 0 {
		parts = append(parts, fmt.Sprintf("has %d of %d texts not reviewed", unreviewed, all))
	}
	return strings.Join(parts, " and ")
}

// scheduled gives the messages that an entry of the campaign takes.
func scheduled(c *catalog.Campaign) []string {
	var ids []string
	for _, e := range c.Entries {
		ids = append(ids, e.Messages...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
