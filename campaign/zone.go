package campaign

import "time"

// A wall time is a time.Time in UTC whose fields are the local ones. One rule turns it into an instant: the
// first instant at which the local clock shows that time or, where a clock change skips it, a later one. So a
// skipped time comes at the first valid instant after the gap, and a doubled one at its first occurrence. The
// rule is monotone: a later wall time never comes at an earlier instant.

// jump is more than any clock change in the tz database (24 h, at the date line), and more than any offset from UTC.
const jump = 26 * time.Hour

// wallAt gives what the clock on the wall shows at an instant.
func wallAt(t time.Time, zone *time.Location) time.Time {
	_, offset := t.In(zone).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// clock turns wall times of one zone into instants. It keeps the stretch between two clock changes that it
// last worked in, so it belongs to one goroutine.
type clock struct {
	zone   *time.Location
	known  bool
	offset time.Duration
	calm   time.Time // from here to end each wall time is shown once; zero: since ever
	end    time.Time // the next clock change; zero: never
}

func newClock(zone *time.Location) *clock { return &clock{zone: zone} }

// instant gives the moment of a wall time.
func (c *clock) instant(wall time.Time) time.Time {
	if c.known {
		at := wall.Add(-c.offset)
		if !at.Before(c.calm) && (c.end.IsZero() || at.Before(c.end)) {
			return at
		}
	}
	return c.search(wall)
}

// search walks from a moment that is certainly too early over the clock changes that follow.
func (c *clock) search(wall time.Time) time.Time {
	at := wall.Add(-2 * jump)
	for {
		start, end := c.settle(at)
		candidate := wall.Add(-c.offset)
		if candidate.Before(at) { // the clock change at this moment jumped over the wall time
			candidate = at
		}
		if end.IsZero() || candidate.Before(end) || !end.After(at) {
			c.calm = start
			if !start.IsZero() {
				c.calm = start.Add(jump)
			}
			return candidate
		}
		at = end
	}
}

// shown gives what the wall shows at the moment that instant has just given, without asking the zone again.
func (c *clock) shown(at time.Time) time.Time { return at.Add(c.offset) }

func (c *clock) settle(at time.Time) (start, end time.Time) {
	local := at.In(c.zone)
	start, end = local.ZoneBounds()
	_, offset := local.Zone()
	c.known, c.offset, c.end = true, time.Duration(offset)*time.Second, end.UTC()
	return start.UTC(), c.end
}

// calmUntil gives the wall time up to which, from this one on, each wall time is one instant of its own.
// ok is false close to a clock change.
func (c *clock) calmUntil(wall time.Time) (until time.Time, ok bool) {
	at := c.instant(wall)
	if c.end.IsZero() {
		return wall.AddDate(100, 0, 0), !at.Before(c.calm)
	}
	return c.end.Add(c.offset), !at.Before(c.calm)
}
