package campaign

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// maxCron is the longest cron line in bytes; sixty listed minutes need 169.
const maxCron = 256

// starBit is how package cron marks a field that was "*" (spec.go, v3.0.1).
const starBit = 1 << 63

// spec is a cron line that was read and found to fire. It knows nothing of zones: it counts on a
// wall clock, which here is a time.Time in UTC whose fields are the local ones.
type spec struct {
	cron *cron.SpecSchedule
}

// field is one of the five fields of a cron line.
type field struct {
	name     string
	min, max int
}

func fields() [5]field {
	return [5]field{
		{"minute", 0, 59}, {"hour", 0, 23}, {"day of month", 1, 31}, {"month", 1, 12}, {"day of week", 0, 6},
	}
}

// parseSpec reads a cron line: five fields, or @hourly, @daily, @weekly, @monthly, @yearly.
func parseSpec(line string) (spec, error) {
	text := strings.TrimSpace(line)
	switch {
	case text == "":
		return spec{}, errors.New(`it is empty; write five fields, for example "30 19 * * *" for each day at 19:30`)
	case len(text) > maxCron:
		return spec{}, fmt.Errorf("it is %d bytes long; at most %d are read", len(text), maxCron)
	case strings.Contains(strings.ToUpper(text), "TZ="):
		return spec{}, fmt.Errorf("%q names a time zone; leave that out, the office's own zone counts", text)
	case strings.HasPrefix(text, "@"):
		return parseDescriptor(text)
	}
	parts := strings.Fields(text)
	if len(parts) != 5 {
		return spec{}, fmt.Errorf("%q has %s; five are right: minute, hour, day of month, month, day of week", text, plural(len(parts), "field"))
	}
	var faults []error
	for i, f := range fields() {
		faults = append(faults, f.check(parts[i]))
	}
	if err := errors.Join(faults...); err != nil {
		return spec{}, err
	}
	s, err := readCron(strings.Join(parts, " "))
	if err != nil {
		return spec{}, fmt.Errorf("%q is not a cron line: %w", text, err)
	}
	return s, s.checkDays(parts)
}

func parseDescriptor(text string) (spec, error) {
	switch text {
	case "@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually":
		return readCron(text)
	}
	if strings.HasPrefix(text, "@every") {
		return spec{}, fmt.Errorf(`%q counts from the start of the program, not by the clock; write the times, for example "0 */6 * * *"`, text)
	}
	return spec{}, fmt.Errorf("%q is not known; @hourly, @daily, @weekly, @monthly and @yearly are, or five fields", text)
}

// readCron is the only call of the library's parser, which panics on some lines (robfig/cron#470, #554).
func readCron(text string) (s spec, err error) {
	defer func() {
		if recover() != nil {
			s, err = spec{}, errors.New("the cron parser cannot read it")
		}
	}()
	schedule, err := cron.ParseStandard(text)
	if err != nil {
		return spec{}, err
	}
	c, ok := schedule.(*cron.SpecSchedule)
	if !ok {
		return spec{}, errors.New("it does not go by the clock")
	}
	c.Location = time.UTC
	return spec{c}, nil
}

// check refuses what the library would misread in silence, then lets it read the field on its own,
// so that the error can name the field.
func (f field) check(text string) error {
	for _, part := range strings.Split(text, ",") {
		if err := f.checkPart(text, part); err != nil {
			return err
		}
	}
	line := []string{"*", "*", "*", "*", "*"}
	for i, g := range fields() {
		if g == f {
			line[i] = text
		}
	}
	if _, err := readCron(strings.Join(line, " ")); err != nil {
		return f.fault(text, err.Error())
	}
	return nil
}

func (f field) checkPart(text, part string) error {
	span, step, stepped := strings.Cut(part, "/")
	low, high, _ := strings.Cut(span, "-")
	star := strings.HasPrefix(part, "*") || strings.HasPrefix(part, "?")
	switch {
	case part == "":
		return f.fault(text, "the list has an empty place")
	case strings.Trim(strings.ToLower(part), "0123456789abcdefghijklmnopqrstuvwxyz*?-/") != "":
		return f.fault(text, "it holds a character that does not belong")
	case f.name == "day of week" && (low == "7" || high == "7"):
		return f.fault(text, `7 is not a day here, Sunday is 0 or SUN (for Friday to Sunday write "5,6,0")`)
	case star && span != "*" && span != "?":
		return f.fault(text, "* stands alone or before a step")
	case star && text != part:
		return f.fault(text, "* in a list means every value")
	}
	if n, err := strconv.Atoi(step); stepped && err == nil && n > f.max {
		return f.fault(text, fmt.Sprintf("a step of %d leaves the field, so it would fire once", n))
	}
	return nil
}

func (f field) fault(text, why string) error {
	return fmt.Errorf("%s %q: %s; right are numbers from %d to %d, *, */n, a-b, and lists of these", f.name, text, why, f.min, f.max)
}

// checkDays refuses what no calendar has, and the pair of fields that cron joins by "or".
func (s spec) checkDays(parts []string) error {
	if s.cron.Dom&starBit == 0 && s.cron.Dow&starBit == 0 {
		return fmt.Errorf("day of month %q together with day of week %q: cron would fire on the one or the other; "+
			"make one of them *, or write two entries", parts[2], parts[4])
	}
	for month, days := range [12]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31} {
		if has(s.cron.Month, month+1) && s.cron.Dom&(1<<(days+1)-2) != 0 {
			return nil
		}
	}
	return fmt.Errorf("day of month %q in month %q: there is no such date in any year", parts[2], parts[3])
}

func has(set uint64, n int) bool { return set>>uint(n)&1 == 1 }

// first gives the first wall time that fires in [lo, hi).
func (s spec) first(lo, hi time.Time) (time.Time, bool) {
	after := lo.Add(-time.Second)
	for after.Before(hi) {
		if w := s.cron.Next(after); !w.IsZero() {
			return w, w.Before(hi)
		}
		// The library looks five years ahead; from 2096 to 2104 no February has 29 days.
		after = time.Date(after.Year()+5, time.December, 31, 23, 59, 59, 0, time.UTC)
	}
	return time.Time{}, false
}

// count gives how many wall times fire in [lo, hi), without visiting each.
func (s spec) count(lo, hi time.Time) int {
	if !lo.Before(hi) {
		return 0
	}
	perDay := bits.OnesCount64(s.cron.Hour&^starBit) * bits.OnesCount64(s.cron.Minute&^starBit)
	n := s.earlier(hi) - s.earlier(lo)
	d, end := midnight(lo), midnight(hi)
	if s.cron.Month&s.cron.Dom&s.cron.Dow&starBit != 0 { // every day
		return n + perDay*int(end.Sub(d)/(24*time.Hour))
	}
	for ; d.Before(end); d = d.Add(24 * time.Hour) {
		if s.matchesDay(d) {
			n += perDay
		}
	}
	return n
}

// earlier gives how many wall times fire on the day of w before w.
func (s spec) earlier(w time.Time) int {
	if !s.matchesDay(w) {
		return 0
	}
	hour, minute, second := w.Clock()
	if second > 0 || w.Nanosecond() > 0 {
		minute++
	}
	n := bits.OnesCount64(s.cron.Hour&(1<<hour-1)) * bits.OnesCount64(s.cron.Minute&^starBit)
	if has(s.cron.Hour, hour) {
		n += bits.OnesCount64(s.cron.Minute & (1<<minute - 1))
	}
	return n
}

// matchesDay may take "and" for the two day fields, as checkDays lets only one of them be restricted.
func (s spec) matchesDay(w time.Time) bool {
	_, month, day := w.Date()
	return has(s.cron.Month, int(month)) && has(s.cron.Dom, day) && has(s.cron.Dow, int(w.Weekday()))
}

// gap gives the shortest time between two neighbours: as soon as a day holds more than 96 times, one pair is
// closer than fifteen minutes, so that a hundred steps are enough to know.
func (s spec) gap() time.Duration {
	w := s.cron.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	shortest := 24 * time.Hour
	for range 100 {
		next := s.cron.Next(w)
		if next.IsZero() {
			break
		}
		shortest = min(shortest, next.Sub(w))
		w = next
	}
	return shortest
}

func midnight(w time.Time) time.Time {
	y, m, d := w.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
