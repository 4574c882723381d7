package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"beaware/catalog"
)

// linesOnPage is how many help lines one screen holds: few enough to read on a small phone.
const linesOnPage = 3

// For whom a line is decides how early it stands; lines for none of these, such as those that take reports for the
// police, come last. Within the same rank the order of the content file counts.
var (
	orderAdult = []string{"trafficking", "violence", "women", "migrants", "asylum", "children", "missing-children"}
	orderChild = []string{"children", "missing-children", "trafficking", "violence", "women"}
)

// helpPages writes the help screens of a country in one language: emergency numbers first, then who to talk to.
func helpPages(loc *catalog.Locale, c *catalog.Country, forChild bool) []string {
	order := orderAdult
	if forChild {
		order = orderChild
	}
	lines := shown(c, order)
	var pages []string
	for first := true; first || len(lines) > 0; first = false {
		var b strings.Builder
		paragraph(&b, loc.Text("card.title", "country", loc.Text("country."+c.Code)))
		if first {
			emergency(&b, loc, c)
		}
		if first && len(lines) > 0 {
			paragraph(&b, loc.Text("card.lines"))
		} else if first {
			paragraph(&b, loc.Text("card.no_lines"))
		}
		n := min(linesOnPage, len(lines))
		for _, h := range lines[:n] {
			paragraph(&b, card(loc, h))
		}
		lines = lines[n:]
		paragraph(&b, loc.Text("card.decide")+"\n"+loc.Text("card.call_list"))
		pages = append(pages, loc.WithFootnote(b.String()))
		if len(pages) == maxPages {
			break
		}
	}
	return pages
}

// shown gives the lines of a country that may be shown, those for the audiences in order first.
func shown(c *catalog.Country, order []string) []*catalog.Hotline {
	var lines []*catalog.Hotline
	for _, h := range c.Hotlines {
		if h.Show {
			lines = append(lines, h)
		}
	}
	rank := func(h *catalog.Hotline) int {
		for i, a := range order {
			if slices.Contains(h.Audience, a) {
				return i
			}
		}
		return len(order)
	}
	slices.SortStableFunc(lines, func(a, b *catalog.Hotline) int { return rank(a) - rank(b) })
	return lines
}

func emergency(b *strings.Builder, loc *catalog.Locale, c *catalog.Country) {
	block := []string{loc.Text("card.danger")}
	var first *catalog.Emergency
	for i, e := range c.Emergency {
		if !e.Show {
			continue
		}
		if first == nil {
			first = &c.Emergency[i]
		}
		block = append(block, loc.Text("emergency."+e.Service)+": "+catalog.Number(e.Number))
	}
	if first != nil {
		block = append(block, checkedOn(loc, first.LookedUp, first.Verified))
		paragraph(b, strings.Join(block, "\n"))
	}
	if c.No112 {
		paragraph(b, loc.Text("card.no112", "number", catalog.Unreachable("112")))
	}
}

// card is one help line, with all that a person needs to know before dialling.
func card(loc *catalog.Locale, h *catalog.Hotline) string {
	rows := []string{
		"**" + loc.Text("hotline."+h.ID+".name") + "**",
		loc.Text("card.number", "number", catalog.Number(h.Number)),
		loc.Text("card.for", "list", list(loc, "audience.", h.Audience)),
		loc.Text("card.hours", "hours", hours(loc, h.Hours)),
	}
	if len(h.Languages) > 0 {
		rows = append(rows, loc.Text("card.languages", "list", list(loc, "lang.", h.Languages)))
	}
	rows = append(rows, loc.Text(costs[h.Free]), abroad(loc, h))
	if note := "hotline." + h.ID + ".note"; loc.Has(note) {
		rows = append(rows, loc.Text(note))
	}
	rows = append(rows, checkedOn(loc, h.LookedUp, h.Verified))
	return strings.Join(rows, "\n")
}

var costs = map[string]string{"yes": "card.free", "no": "card.not_free", "unknown": "card.cost_unknown"}

func abroad(loc *catalog.Locale, h *catalog.Hotline) string {
	switch {
	case h.Abroad == "yes" && h.E164 != "":
		return loc.Text("card.abroad_yes", "number", catalog.Number(h.E164))
	case h.Abroad == "no":
		return loc.Text("card.abroad_no")
	}
	return loc.Text("card.abroad_unknown")
}

// checkedOn keeps two dates apart: a source was read, and somebody called.
func checkedOn(loc *catalog.Locale, lookedUp, verified time.Time) string {
	if verified.IsZero() {
		return loc.Text("card.looked_up", "date", date(loc, lookedUp))
	}
	return loc.Text("card.verified", "date", date(loc, verified))
}

func date(loc *catalog.Locale, t time.Time) string {
	return loc.Text("date.full", "day", strconv.Itoa(t.Day()), "month",
		loc.Text("date.month_"+strconv.Itoa(int(t.Month()))), "year", strconv.Itoa(t.Year()))
}

var (
	everyDay = [7]bool{true, true, true, true, true, true, true}
	weekdays = [7]bool{time.Monday: true, time.Tuesday: true, time.Wednesday: true, time.Thursday: true, time.Friday: true}
)

func hours(loc *catalog.Locale, h catalog.Hours) string {
	span := catalog.Number(clock(h.From) + "–" + clock(h.To))
	switch {
	case h.Days == everyDay && h.From == 0 && h.To == 24*60:
		return loc.Text("hours.always")
	case h.Days == everyDay:
		return loc.Text("hours.daily", "time", span)
	case h.Days == weekdays:
		return loc.Text("hours.weekdays", "time", span)
	}
	return loc.Text("hours.unknown")
}

func clock(minute int) string {
	return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC).Format("15:04")
}

func list(loc *catalog.Locale, prefix string, ids []string) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = loc.Text(prefix + id)
	}
	if loc.Language.Script == "Arab" {
		return strings.Join(words, "، ")
	}
	return strings.Join(words, ", ")
}

func paragraph(b *strings.Builder, text string) {
	if b.Len() > 0 {
		b.WriteString("\n\n")
	}
	b.WriteString(text)
}
