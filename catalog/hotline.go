package catalog

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// hotline reads one [[hotline]] of a country.
func (ld *loader) hotline(c *Country, t *table, seen map[string]*table) {
	h := &Hotline{
		ID: t.need("id", `its id, such as "ba-1265"`), Country: c.Code,
		Number: t.need("number", "the number as dialled in the country"), E164: t.str("e164"),
		Abroad: t.oneOf("abroad", "unknown", "yes", "no"), Free: t.oneOf("free", "unknown", "yes", "no"),
		Languages: t.unique("languages"), Audience: t.unique("audience"),
		Website: t.str("website"), Operator: t.str("operator"), LocalName: t.str("local_name"),
		Show: t.bool("show"), LookedUp: t.date("looked_up"), Verified: t.date("verified"), Sources: ld.sources(t), pos: t.at("id"),
	}
	hours, err := parseHours(t.str("hours"))
	if err != "" {
		ld.add(Error, t.at("hours"), "hours is %s; %s", quote(t.str("hours")), err)
	}
	h.Hours = hours
	t.done()
	if h.ID == "" {
		return
	}
	if first, twice := seen[h.ID]; twice {
		ld.add(Error, t.at("id"), "hotline id %s stands twice; first at %s", quote(h.ID), first.at("id"))
		return
	}
	seen[h.ID] = t
	ld.checkHotline(h, t)
	ld.numbers[h.ID] = number{h.Number, heldReason(h.Show), !h.Verified.IsZero()}
	ld.remember(h.Number, h.ID)
	ld.remember(h.E164, h.ID)
	c.Hotlines = append(c.Hotlines, h)
}

func (ld *loader) checkHotline(h *Hotline, t *table) {
	// The id's country lets staff see whose line it is, and keeps ids apart across files.
	if !slug(h.ID) || !strings.HasPrefix(h.ID, strings.ToLower(h.Country)+"-") {
		ld.add(Error, t.at("id"), `id is %s; it must begin with %q and be made of %s`, quote(h.ID), strings.ToLower(h.Country)+"-", slugRule)
	}
	ld.checkNumber(t, h.Number)
	ld.checkShown(t, h.Show, h.LookedUp, h.Sources)
	if h.Show {
		for _, it := range t.items("audience") {
			ld.ask("audience", it.value, it.pos)
		}
		for _, it := range t.items("languages") {
			ld.ask("lang", it.value, it.pos)
		}
	}
	ld.checkAbroad(h, t)
	if h.Website != "" && !strings.HasPrefix(h.Website, "https://") && !strings.HasPrefix(h.Website, "http://") {
		ld.add(Error, t.at("website"), "website is %s; it must begin with https:// or http://", quote(h.Website))
	}
	ld.kosovo(h.Operator, t.at("operator"))
	ld.kosovo(h.LocalName, t.at("local_name"))
}

// checkAbroad holds the international form against the number that is dialled in the country.
func (ld *loader) checkAbroad(h *Hotline, t *table) {
	if h.E164 != "" {
		switch national := strings.TrimLeft(digitsOf(h.Number), "0"); {
		case !e164Form.MatchString(h.E164):
			ld.add(Error, t.at("e164"), `e164 is %s; it must be "+", the country code and the number, digits only, such as "+38733222000"`, quote(h.E164))
		case !strings.HasSuffix(h.E164, national):
			ld.add(Error, t.at("e164"), "e164 is %s and number is %s; they must be the same line", quote(h.E164), quote(h.Number))
		}
	} else if h.Show && h.Abroad == "yes" {
		ld.add(Error, t.at("abroad"), `abroad is "yes" without e164; write the number as dialled from abroad, or "unknown"`)
	}
}

// e164Form is ITU-T E.164: at most 15 digits.
var e164Form = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

const hoursRule = `it must be "24/7", "daily 08:00-20:00", "mon-fri 09:00-22:00", or "" when not known`

var hoursForm = regexp.MustCompile(`^(daily|[a-z]{3}(?:-[a-z]{3})?) ([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})$`)

var dayNames = map[string]time.Weekday{
	"sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday,
	"thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday,
}

// parseHours reads opening hours; fault says what would be right.
func parseHours(s string) (h Hours, fault string) {
	if s == "" {
		return Hours{}, ""
	}
	if s == "24/7" {
		return Hours{Days: allDays(), To: 1440}, ""
	}
	m := hoursForm.FindStringSubmatch(s)
	if m == nil {
		return Hours{}, hoursRule
	}
	var ok bool
	if h.Days, ok = parseDays(m[1]); !ok {
		return Hours{}, hoursRule
	}
	h.From, h.To = minutes(m[2], m[3]), minutes(m[4], m[5])
	if h.From < 0 || h.To < 0 || h.From >= h.To {
		return Hours{}, "the time must run from an earlier to a later time of the same day, at most 00:00-24:00"
	}
	return h, ""
}

func allDays() (d [7]bool) {
	for i := range d {
		d[i] = true
	}
	return d
}

func parseDays(s string) (d [7]bool, ok bool) {
	if s == "daily" {
		return allDays(), true
	}
	first, last, span := strings.Cut(s, "-")
	from, ok1 := dayNames[first]
	to, ok2 := from, ok1
	if span {
		to, ok2 = dayNames[last]
	}
	if !ok1 || !ok2 {
		return d, false
	}
	for day := from; ; day = (day + 1) % 7 {
		d[day] = true
		if day == to {
			return d, true
		}
	}
}

// minutes of the day, or -1 for a time that there is not.
func minutes(hh, mm string) int {
	h, err1 := strconv.Atoi(hh)
	m, err2 := strconv.Atoi(mm)
	if err1 != nil || err2 != nil || m > 59 || h*60+m > 1440 {
		return -1
	}
	return h*60 + m
}
