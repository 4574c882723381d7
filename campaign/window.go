package campaign

import (
	"fmt"
	"time"

	"beaware/catalog"
)

// maxYears bounds a window of fixed dates, so that no window is slow to count through.
const maxYears = 5

// window is when a campaign publishes, on the wall clock of any office.
type window struct {
	kind     windowKind
	from, to time.Time // midnight of the first and of the last day; the year counts only for fixed dates
}

type windowKind int

const (
	fixed windowKind = iota
	yearly
	always
)

// span is one stretch in which a campaign is open: wall times, [from, to).
type span struct {
	from, to time.Time
}

// parseWindow reads a window; fault takes what is wrong, by the key it is wrong in.
func parseWindow(w catalog.Window, fault func(key, text string)) (window, bool) {
	switch {
	case w.Always && (w.From != "" || w.To != ""):
		fault("window.always", fmt.Sprintf("always = true together with from %q and to %q: a window has dates, or it is always open", w.From, w.To))
		return window{}, false
	case w.Always:
		return window{kind: always}, true
	case w.From == "" && w.To == "":
		fault("window", `the window has no dates; write from and to ("07-17" for every year, "2027-07-17" for once) or always = true`)
		return window{}, false
	}
	from, fromKind, fromOK := parseDay("window.from", w.From, fault)
	to, toKind, toOK := parseDay("window.to", w.To, fault)
	if !fromOK || !toOK {
		return window{}, false
	}
	parsed := window{kind: fromKind, from: from, to: to}
	if text := parsed.wrong(w, toKind); text != "" {
		fault("window.to", text)
		return window{}, false
	}
	return parsed, true
}

// wrong says what two good dates get wrong together, "" for nothing.
func (w window) wrong(written catalog.Window, toKind windowKind) string {
	switch {
	case w.kind != toKind:
		return fmt.Sprintf("to %q and from %q are of two kinds: give both with a year, or both without", written.To, written.From)
	case w.to.Before(w.from) && w.kind == yearly:
		return fmt.Sprintf("the window ends on %q before it starts on %q; a yearly window cannot run over New Year: "+
			"make two campaigns of it, or give the years", written.To, written.From)
	case w.to.Before(w.from):
		return fmt.Sprintf("the window ends on %q before it starts on %q", written.To, written.From)
	case w.kind == fixed && !w.to.Before(w.from.AddDate(maxYears, 0, 0)):
		return fmt.Sprintf("from %q to %q is more than %d years; write yearly dates or always = true", written.From, written.To, maxYears)
	}
	return ""
}

func parseDay(key, text string, fault func(key, text string)) (time.Time, windowKind, bool) {
	if text == "" {
		fault(key, key+" is missing: a window has both from and to, and both days belong to it")
		return time.Time{}, 0, false
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day, fixed, true
	}
	// In a leap year, so that 02-29 is a date.
	if day, err := time.Parse(time.DateOnly, "2000-"+text); err == nil {
		return day, yearly, true
	}
	fault(key, fmt.Sprintf(`%q is not a date; write "07-17" for every year or "2027-07-17" for once`, text))
	return time.Time{}, 0, false
}

// next gives the first span that ends after a wall time.
func (w window) next(wall time.Time) (span, bool) {
	if w.kind == fixed {
		s := span{w.from, w.to.AddDate(0, 0, 1)}
		return s, s.to.After(wall)
	}
	// Only a window of the one day 29 February needs to look far: from 2096 to 2104.
	for year := wall.Year(); year <= wall.Year()+8; year++ {
		if s := w.in(year); s.to.After(wall) && s.from.Before(s.to) {
			return s, true
		}
	}
	return span{}, false
}

// in gives the span of a year; it is empty where the window has only a 29 February and the year has none.
func (w window) in(year int) span {
	if w.kind == always {
		return span{date(year, time.January, 1), date(year+1, time.January, 1)}
	}
	to := date(year, w.to.Month(), w.to.Day()+1)
	if w.to.Month() == time.February && w.to.Day() == 29 {
		to = date(year, time.March, 1)
	}
	// date makes 1 March of a 29 February that is not there, which is the next day of the window.
	return span{date(year, w.from.Month(), w.from.Day()), to}
}

// sample gives the spans that stand for all: one, or 28 years, which hold every kind of year that there is
// (each weekday of 1 January, with and without a leap day).
func (w window) sample() []span {
	if w.kind == fixed {
		s, _ := w.next(w.from)
		return []span{s}
	}
	var all []span
	for year := 2001; year <= 2028; year++ {
		if s := w.in(year); s.from.Before(s.to) {
			all = append(all, s)
		}
	}
	return all
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
