package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"beaware/catalog"
)

// staleAfter is how long a test call is trusted (facts on running a helpline directory: red after 90 days).
const staleAfter = 90 * 24 * time.Hour

// emergency adds the emergency numbers of a country that may be shown, and the warning where 112 reaches nobody.
func (v *screen) emergency(c *catalog.Country) {
	block := []string{v.loc.Text("card.danger")}
	for _, e := range c.Emergency {
		if e.Show {
			block = append(block, v.loc.Text("emergency."+e.Service)+": "+catalog.Number(e.Number))
		}
	}
	if len(block) > 1 {
		v.write(strings.Join(block, "\n"))
	}
	if c.No112 {
		v.say("card.no112", "number", catalog.Unreachable("112"))
	}
}

// brief is what a person needs to choose a line: its name, its number (second), for whom it is, and when.
func (v *screen) brief(c *catalog.Country, h *catalog.Hotline) []string {
	return []string{
		"**" + v.loc.Text("hotline."+h.ID+".name") + "**",
		v.loc.Text("card.number", "number", catalog.Number(h.Number)),
		v.loc.Text("card.for", "list", v.list("audience.", h.Audience)),
		v.hours(c, h),
	}
}

// checked says when numbers were checked: once for all where it is the same for all, else each with its name.
func (v *screen) checked(c *catalog.Country, emergency bool, lines []*catalog.Hotline) {
	type row struct{ name, said string }
	var rows []row
	for _, e := range c.Emergency {
		if e.Show && emergency {
			rows = append(rows, row{v.loc.Text("emergency." + e.Service), v.checkedOn(e.LookedUp, e.Verified)})
		}
	}
	for _, h := range lines {
		rows = append(rows, row{v.loc.Text("hotline." + h.ID + ".name"), v.checkedOn(h.LookedUp, h.Verified)})
	}
	if !slices.ContainsFunc(rows, func(r row) bool { return r.said != rows[0].said }) {
		if len(rows) > 0 {
			v.write(rows[0].said)
		}
		return
	}
	var text []string
	for _, r := range rows {
		text = append(text, "- "+r.name+": "+r.said)
	}
	v.write(strings.Join(text, "\n"))
}

// card adds one help line with all that a person needs to know before dialling.
func (v *screen) card(c *catalog.Country, h *catalog.Hotline) {
	rows := []string{
		"**" + v.loc.Text("hotline."+h.ID+".name") + "**",
		v.loc.Text("card.number", "number", catalog.Number(h.Number)),
		v.loc.Text("card.for", "list", v.list("audience.", h.Audience)),
		v.hours(c, h),
	}
	if len(h.Languages) > 0 {
		rows = append(rows, v.loc.Text("card.languages", "list", v.list("lang.", h.Languages)))
	}
	rows = append(rows, v.loc.Text(costs[h.Free]), v.abroad(h))
	if note := "hotline." + h.ID + ".note"; v.loc.Has(note) {
		rows = append(rows, v.loc.Text(note))
	}
	v.write(strings.Join(append(rows, v.checkedOn(h.LookedUp, h.Verified)), "\n"))
}

// short names lines with their numbers and nothing else; "" for none.
func (v *screen) short(lines []*catalog.Hotline) string {
	var rows []string
	unverified := false
	for _, h := range lines {
		rows = append(rows, "- "+v.loc.Text("hotline."+h.ID+".name")+": "+catalog.Number(h.Number))
		unverified = unverified || h.Verified.IsZero()
	}
	text := strings.Join(rows, "\n")
	if unverified {
		text += "\n\n" + v.loc.Text("post.numbers")
	}
	return text
}

var costs = map[string]string{"yes": "card.free", "no": "card.not_free", "unknown": "card.cost_unknown"}

func (v *screen) abroad(h *catalog.Hotline) string {
	switch {
	case h.Abroad == "yes" && h.E164 != "":
		return v.loc.Text("card.abroad_yes", "number", catalog.Number(international(h)))
	case h.Abroad == "no":
		return v.loc.Text("card.abroad_no")
	}
	return v.loc.Text("card.abroad_unknown")
}

// international is the number as it is dialled from abroad, spaced for reading where the national form says how.
func international(h *catalog.Hotline) string {
	digits := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, s)
	}
	national, trunk := strings.CutPrefix(h.Number, "0")
	code, ok := strings.CutSuffix(digits(h.E164), digits(national))
	switch {
	case strings.HasPrefix(h.Number, "+") && digits(h.Number) == digits(h.E164):
		return h.Number
	case trunk && ok && len(code) >= 1 && len(code) <= 3: // calling codes have one to three digits
		return "+" + code + " " + strings.TrimSpace(national)
	}
	return h.E164
}

// checkedOn keeps two dates apart: a source was read, and somebody called. An old test call is said to be old.
func (v *screen) checkedOn(lookedUp, verified time.Time) string {
	switch {
	case verified.IsZero():
		return v.loc.Text("card.looked_up", "date", v.date(lookedUp))
	case v.stale(verified):
		return v.loc.Text("card.stale", "date", v.date(verified))
	}
	return v.loc.Text("card.verified", "date", v.date(verified))
}

// stale tells a test call that is long ago. Where none was made at all, that is said instead.
func (v *screen) stale(verified time.Time) bool {
	return !verified.IsZero() && v.now.Sub(verified) > staleAfter
}

func (v *screen) date(t time.Time) string {
	return v.loc.Text("date.full", "day", strconv.Itoa(t.Day()), "month",
		v.loc.Text("date.month_"+strconv.Itoa(int(t.Month()))), "year", strconv.Itoa(t.Year()))
}

var (
	everyDay = [7]bool{true, true, true, true, true, true, true}
	weekdays = [7]bool{time.Monday: true, time.Tuesday: true, time.Wednesday: true, time.Thursday: true, time.Friday: true}
)

const wholeDay = 24 * 60 // minutes

// hours tells when a line answers, and whether that is now. Public holidays are not known here, so it says "by these hours".
func (v *screen) hours(c *catalog.Country, h *catalog.Hotline) string {
	span := catalog.Number(clock(h.Hours.From) + "–" + clock(h.Hours.To))
	said, always := v.loc.Text("hours.unknown"), h.Hours.From == 0 && h.Hours.To == wholeDay
	switch {
	case h.Hours.Days == everyDay && always:
		return v.loc.Text("card.hours", "hours", v.loc.Text("hours.always"))
	case h.Hours.Days == everyDay:
		said = v.loc.Text("hours.daily", "time", span)
	case h.Hours.Days == weekdays:
		said = v.loc.Text("hours.weekdays", "time", span)
	default:
		return v.loc.Text("card.hours", "hours", said)
	}
	said = v.loc.Text("card.hours", "hours", said)
	zone, ok := v.bot.zones[c.Code]
	if !ok { // many
		return said
	}
	if open(h.Hours, v.now.In(zone)) {
		return said + "\n" + v.loc.Text("card.open_now")
	}
	return said + "\n" + v.loc.Text("card.closed_now")
}

// open tells whether a local time lies in the hours. Hours over midnight belong to the day on which they begin.
func open(h catalog.Hours, local time.Time) bool {
	minute, today := local.Hour()*60+local.Minute(), local.Weekday()
	if h.From < h.To {
		return h.Days[today] && minute >= h.From && minute < h.To
	}
	yesterday := (today + 6) % 7
	return h.Days[today] && minute >= h.From || h.Days[yesterday] && minute < h.To
}

func clock(minute int) string {
	return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC).Format("15:04")
}

// list names things in a row.
func (v *screen) list(prefix string, ids []string) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = v.loc.Text(prefix + id)
	}
	return strings.Join(words, v.comma())
}

func (v *screen) comma() string {
	if v.loc.Language.Script == "Arab" {
		return "، "
	}
	return ", "
}
