package campaign

import "time"

// series is one entry at one office, standing at one of its occurrences. The nth occurrence in a window takes
// the nth message. Occurrences that a clock change puts on one instant are one; an occurrence that a
// clock change carries past the end of its window is none.
type series struct {
	plan  *plan
	entry *entry
	place *place
	clock *clock

	opened bool
	span   span      // the window that it stands in
	end    time.Time // of the span, as an instant
	at     time.Time // of the occurrence
	shown  time.Time // on the wall, at that moment
	nth    int       // of the occurrence in the span, from 0; -1 when not counted yet
}

// seek moves to the first occurrence in [from, to); false when there is none.
func (s *series) seek(from, to time.Time) bool {
	// Seen from the last moment before from, so that what a clock change at from itself carries over is found.
	lo := wallAt(from.Add(-1), s.place.zone).Truncate(time.Second).Add(time.Second)
	return s.advance(lo, from, to)
}

// next moves to the next occurrence before to.
func (s *series) next(to time.Time) bool {
	return s.advance(s.shown.Add(time.Second), s.at.Add(1), to)
}

// advance moves to the first occurrence planned at lo (a wall time) or later that comes in [from, to).
func (s *series) advance(lo, from, to time.Time) bool {
	for {
		if !s.opened || !lo.Before(s.span.to) {
			if !s.open(lo, to) {
				return false
			}
		}
		if lo.Before(s.span.from) {
			lo = s.span.from
		}
		wall, ok := s.entry.spec.first(lo, s.span.to)
		if !ok {
			lo = s.span.to
			continue
		}
		at := s.clock.instant(wall)
		shown := s.clock.shown(at)
		lo = wall.Add(time.Minute)
		switch {
		case !at.Before(to):
			return false
		case at.Before(from):
			continue
		case !at.Before(s.end) || !s.take(at, shown):
			lo = s.span.to
			continue
		}
		return true
	}
}

// open enters the first window that ends after lo; false when it starts at to or later.
func (s *series) open(lo, to time.Time) bool {
	var ok bool
	if s.span, ok = s.plan.window.next(lo); !ok || !s.clock.instant(s.span.from).Before(to) {
		return false
	}
	s.opened, s.end, s.nth = true, s.clock.instant(s.span.to), -1
	return true
}

// take makes an instant the current occurrence; false when the sequence has ended before it.
func (s *series) take(at, shown time.Time) bool {
	if s.nth < 0 {
		s.nth = s.before(at, shown)
	} else {
		s.nth++
	}
	s.at, s.shown = at, shown
	return s.entry.repeat || s.nth < len(s.entry.messages)
}

// before counts the occurrences of the window that come before an instant. Far from clock changes it counts days;
// close to one it looks at each.
func (s *series) before(at, shown time.Time) int {
	n, lo, last := 0, s.span.from, time.Time{}
	for {
		if until, ok := s.clock.calmUntil(lo); ok && lo.Before(shown) && lo.Before(until) {
			if until.After(shown) {
				until = shown
			}
			n += s.entry.spec.count(lo, until)
			lo = until
			continue
		}
		wall, ok := s.entry.spec.first(lo, s.span.to)
		if !ok {
			return n
		}
		t := s.clock.instant(wall)
		if !t.Before(at) {
			return n
		}
		if n == 0 || !t.Equal(last) {
			n++
		}
		last, lo = t, wall.Add(time.Minute)
	}
}

// message gives the message of the current occurrence.
func (s *series) message() string {
	return s.entry.messages[s.nth%len(s.entry.messages)]
}

// posts appends what is due at the current occurrence, in the order of the ids.
func (s *series) posts(to []Post) []Post {
	at := s.at.In(s.place.zone)
	head := s.entry.head + s.shown.Format("2006-01-02T15:04")
	for _, target := range s.place.targets {
		to = append(to, Post{
			ID:       head + target.tail,
			Campaign: s.plan.id,
			Entry:    s.entry.id,
			Message:  s.message(),
			Office:   s.place.id,
			Channel:  target.channel,
			Language: target.language,
			At:       at,
		})
	}
	return to
}
