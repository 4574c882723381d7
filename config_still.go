package main

import (
	"slices"
	"strings"
	"time"

	"beaware/campaign"
)

// QuietConfig is the part of each local day in which an office publishes nothing.
type QuietConfig struct {
	From string `toml:"from"` // "22:00", local
	To   string `toml:"to"`   // "07:00", the first minute that is not quiet any more
}

// BlackoutConfig is one or more days on which nothing is published, such as a day of mourning.
type BlackoutConfig struct {
	From   string `toml:"from"`   // "2027-07-20", the first local day
	To     string `toml:"to"`     // the last, which belongs to it
	Office string `toml:"office"` // id; all offices when empty
	Reason string `toml:"reason"` // for staff
}

// still finds what is wrong with quiet hours and blackouts.
func (f *faults) still() {
	c := f.c
	for i, o := range c.Offices {
		from, to, ok := f.quiet(i, o.Quiet)
		if ok && from == to%dayMinutes {
			f.add(c.pos("office", i, "quiet"), "quiet hours from %q to %q leave nothing of the day", o.Quiet.From, o.Quiet.To)
		}
	}
	for i, b := range c.Blackouts {
		from, okFrom := f.date(i, "from", b.From)
		to, okTo := f.date(i, "to", b.To)
		if okFrom && okTo && to.Before(from) {
			f.add(c.pos("blackout", i, "to"), "the blackout ends on %s before it starts on %s", b.To, b.From)
		}
		if b.Office != "" && !slices.ContainsFunc(c.Offices, func(o OfficeConfig) bool { return o.ID == b.Office }) {
			f.add(c.pos("blackout", i, "office"), "there is no office %q; without office, the blackout is for all", b.Office)
		}
	}
}

// quiet checks both ends of quiet hours; ok is false where there are none or one cannot be read.
func (f *faults) quiet(i int, q QuietConfig) (from, to int, ok bool) {
	if q == (QuietConfig{}) {
		return 0, 0, false
	}
	from, okFrom := minutes(q.From)
	to, okTo := minutes(q.To)
	if !okFrom || from == dayMinutes {
		f.add(f.c.pos("office", i, "quiet", "from"), `quiet from %q is not a time of day; write it as "22:00"`, q.From)
	}
	if !okTo {
		f.add(f.c.pos("office", i, "quiet", "to"), `quiet to %q is not a time of day; write it as "07:00"`, q.To)
	}
	return from, to, okFrom && okTo && from < dayMinutes
}

func (f *faults) date(i int, key, value string) (time.Time, bool) {
	day, err := time.Parse(time.DateOnly, value)
	if err != nil {
		f.add(f.c.pos("blackout", i, key), `%s of the blackout is %q; it must be a date such as "2027-07-20"`, key, value)
	}
	return day, err == nil
}

const dayMinutes = 24 * 60

// minutes reads "07:00", up to "24:00", as minutes of the day.
func minutes(text string) (n int, ok bool) {
	if text == "24:00" {
		return dayMinutes, true
	}
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil && len(text) == len("15:04")
}

// quiet gives the office's quiet hours as campaigns see them; nil for none.
func (o OfficeConfig) quiet() *campaign.Quiet {
	from, okFrom := minutes(o.Quiet.From)
	to, okTo := minutes(o.Quiet.To)
	if !okFrom || !okTo {
		return nil
	}
	return &campaign.Quiet{From: from, To: to}
}

// blackouts gives those that count at an office.
func (c *Config) blackouts(office string) []campaign.Blackout {
	var out []campaign.Blackout
	for _, b := range c.Blackouts {
		from, err := time.Parse(time.DateOnly, b.From)
		to, err2 := time.Parse(time.DateOnly, b.To)
		if err == nil && err2 == nil && (b.Office == "" || b.Office == office) {
			out = append(out, campaign.Blackout{From: from, To: to, Reason: strings.TrimSpace(b.Reason)})
		}
	}
	return out
}
