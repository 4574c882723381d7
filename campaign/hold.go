package campaign

import (
	"fmt"
	"strings"
	"time"

	"beaware/catalog"
)

// dayMinutes is how many minutes a day has on the wall.
const dayMinutes = 24 * 60

// Quiet is the part of each local day in which an office publishes nothing, from the first moment that the
// clock shows From to the first moment that it shows To.
type Quiet struct {
	From, To int // minutes of the local day, To not included; over midnight where To is not after From
}

// String gives "22:00 to 07:00".
func (q Quiet) String() string {
	return fmt.Sprintf("%02d:%02d to %02d:%02d", q.From/60, q.From%60, q.To/60, q.To%60)
}

// valid tells whether the hours lie in a day and leave some of it free.
func (q Quiet) valid() bool {
	return q.From >= 0 && q.From < dayMinutes && q.To >= 0 && q.To <= dayMinutes && q.From != q.To && q.To-q.From < dayMinutes
}

// length gives how many minutes are quiet.
func (q Quiet) length() int { return (q.To - q.From + dayMinutes) % dayMinutes }

// Blackout is one or more local days on which an office publishes nothing, such as a day of mourning.
type Blackout struct {
	From, To time.Time // only the dates count; both days belong to it
	Reason   string    // for staff, may be empty
}

// dark is a blackout, compiled.
type dark struct {
	span
	reason string
}

// Hold tells whether a post has to wait at t. No reason: it may go out. A reason with a moment: it waits until
// then, in quiet hours or because t is in a blackout. A reason with the zero time: it never goes out, as it was
// planned for a day of a blackout. Grace and windows are not looked at.
func (p *Planner) Hold(post Post, t time.Time) (until time.Time, reason string) {
	at := p.places[post.Office]
	if at == nil || at.quiet == nil && len(at.dark) == 0 {
		return time.Time{}, ""
	}
	clock := newClock(at.zone)
	if _, why := at.blackout(clock, post.At); why != "" {
		return time.Time{}, why
	}
	var reasons []string
	for {
		end, why := at.held(clock, t)
		if why == "" {
			return until, strings.Join(reasons, ", then ")
		}
		until, t, reasons = end.In(at.zone), end, append(reasons, why)
	}
}

// held gives the end of what forbids to publish at t, with the reason; no reason when nothing does.
func (at *place) held(clock *clock, t time.Time) (end time.Time, reason string) {
	if end, reason = at.blackout(clock, t); reason != "" || at.quiet == nil {
		return end, reason
	}
	// Where the clock went back over midnight, the wall shows the day before the one that has begun.
	today := midnight(wallAt(t, at.zone))
	for day := today.AddDate(0, 0, -1); !day.After(today.AddDate(0, 0, 1)); day = day.AddDate(0, 0, 1) {
		from := day.Add(time.Duration(at.quiet.From) * time.Minute)
		to := from.Add(time.Duration(at.quiet.length()) * time.Minute)
		if begin, over := clock.instant(from), clock.instant(to); !t.Before(begin) && over.After(t) {
			end, reason = over, "the quiet hours of its office, "+at.quiet.String()
		}
	}
	return end, reason
}

// blackout gives the end of the last blackout that holds t, with the reason; no reason when none does.
func (at *place) blackout(clock *clock, t time.Time) (end time.Time, reason string) {
	for _, d := range at.dark {
		over := clock.instant(d.to)
		if over.After(t) && over.After(end) && !t.Before(clock.instant(d.from)) {
			end, reason = over, d.reason
		}
	}
	return end, reason
}

// fitQuiet warns of posts that would wait in quiet hours for longer than their grace.
func (c *compiler) fitQuiet(places []*place, e *entry, written *catalog.Entry) {
	for _, at := range places {
		if at.quiet == nil {
			continue
		}
		for minute := range dayMinutes {
			into := (minute - at.quiet.From + dayMinutes) % dayMinutes
			wait := time.Duration(at.quiet.length()-into) * time.Minute
			if wait <= e.rule.Grace || !has(e.spec.cron.Hour, minute/60) || !has(e.spec.cron.Minute, minute%60) {
				continue
			}
			c.add(written.Pos("cron"), catalog.Warning, fmt.Sprintf("entry %q fires at %02d:%02d, in the quiet hours of office %q (%s), which end later than its grace allows: "+
				"these posts would be missed; choose another time or a longer grace", e.id, minute/60, minute%60, at.id, at.quiet))
			break // one such time of an office is enough
		}
	}
}

// still takes over when an office publishes nothing.
func (c *compiler) still(at *place, o Office) {
	if o.Quiet != nil && !o.Quiet.valid() {
		c.config("quiet hours of office %q: %s is not a part of a day; it must leave some of the day free", o.ID, o.Quiet)
	} else if o.Quiet != nil {
		q := *o.Quiet
		at.quiet = &q
	}
	for _, b := range o.Blackouts {
		from, to := midnight(b.From), midnight(b.To)
		shown := from.Format(time.DateOnly)
		if to.Before(from) {
			c.config("blackout of office %q: it ends on %s before it starts on %s", o.ID, to.Format(time.DateOnly), shown)
			continue
		}
		if to.After(from) {
			shown = fmt.Sprintf("from %s to %s", shown, to.Format(time.DateOnly))
		}
		reason := "a blackout of its office, " + shown
		if b.Reason != "" {
			reason += ": " + b.Reason
		}
		at.dark = append(at.dark, dark{span{from, to.AddDate(0, 0, 1)}, reason})
	}
}
