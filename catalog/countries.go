package catalog

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

const hotlinesFolder = "content/hotlines"

// countries reads content/hotlines/*.toml.
func (ld *loader) countries() {
	seen := map[string]*table{} // hotline id → where it was first
	for _, name := range ld.tomls(hotlinesFolder) {
		file := hotlinesFolder + "/" + name + ".toml"
		doc, ok := ld.document(file)
		if !ok {
			ld.broken[strings.ToUpper(name)] = true
			continue
		}
		ld.country(name, ld.root(doc), seen)
	}
	slices.SortFunc(ld.cat.Countries, func(a, b *Country) int { return cmp.Compare(a.Code, b.Code) })
	ld.cat.hotlines = map[string]*Hotline{}
	for _, c := range ld.cat.Countries {
		for _, h := range c.Hotlines {
			ld.cat.hotlines[h.ID] = h
		}
	}
}

func (ld *loader) country(name string, t *table, seen map[string]*table) {
	c := &Country{Code: t.need("country", `its ISO 3166-1 code, such as "BA"`), Zone: t.str("zone"), No112: t.bool("no_112"), Autonym: t.str("autonym")}
	if !countryForm.MatchString(c.Code) || strings.ToLower(c.Code) != name {
		ld.add(Error, t.at("country"), "country is %s; it must be the name of the file in upper case, %q", quote(c.Code), strings.ToUpper(name))
		c.Code = strings.ToUpper(name)
	}
	ld.zone(c, t)
	ld.ask("country", c.Code, t.at("country"))
	places := map[string]*table{}
	for _, e := range t.tables("emergency") {
		ld.emergency(c, e, places)
	}
	for _, h := range t.tables("hotline") {
		ld.hotline(c, h, seen)
	}
	ld.helpLines(c, t)
	t.done()
	ld.cat.Countries = append(ld.cat.Countries, c)
}

var countryForm = regexp.MustCompile(`^[A-Z]{2}$`)

func (ld *loader) zone(c *Country, t *table) {
	ld.kosovo(c.Autonym, t.at("autonym"))
	if c.Zone == "" {
		if c.Code != "EU" {
			ld.add(Error, t.at("zone"), `zone is missing; it must be an IANA time zone, such as "Europe/Sarajevo"`)
		}
		return
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "Local" {
		ld.add(Error, t.at("zone"), `zone is %s; it must be an IANA time zone, such as "Europe/Sarajevo"`, quote(c.Zone))
	}
}

func (ld *loader) emergency(c *Country, t *table, places map[string]*table) {
	e := Emergency{
		Service: t.need("service", `which, such as "police"`), Number: t.need("number", "the number as dialled in the country"),
		Show: t.bool("show"), LookedUp: t.date("looked_up"), Verified: t.date("verified"), Sources: ld.sources(t), pos: t.at("number"),
	}
	t.done()
	if e.Service == "" {
		return
	}
	if first, twice := places[e.Service]; twice {
		ld.add(Error, t.at("service"), "service %s is listed twice; first on line %d", quote(e.Service), first.at("service").Line)
		return
	}
	places[e.Service] = t
	if !slug(e.Service) {
		ld.add(Error, t.at("service"), "service is %s; it must be made of %s", quote(e.Service), slugRule)
	}
	ld.checkNumber(t, e.Number)
	ld.checkShown(t, e.Show, e.LookedUp, e.Sources)
	ref := strings.ToLower(c.Code) + "." + e.Service
	held := heldReason(e.Show)
	if c.No112 && digitsOf(e.Number) == "112" {
		held = "has no_112 = true"
		if e.Show {
			ld.add(Error, t.at("show"), "112 is shown, and the country says no_112 = true; one of the two is wrong")
		}
	}
	ld.numbers[ref] = number{e.Number, held, !e.Verified.IsZero()}
	ld.remember(e.Number, ref)
	if e.Show {
		ld.ask("emergency", e.Service, t.at("service"))
	}
	c.Emergency = append(c.Emergency, e)
}

func heldReason(show bool) string {
	if show {
		return ""
	}
	return "has show = false"
}

// remember notes the digits of a number, so that they are found where somebody types them.
func (ld *loader) remember(shown, ref string) {
	d := digitsOf(shown)
	if len(d) < 3 {
		return
	}
	if old, ok := ld.known[d]; !ok || ref < old {
		ld.known[d] = ref
	}
}

func (ld *loader) checkNumber(t *table, number string) {
	if number != "" && !numberForm.MatchString(number) {
		ld.add(Error, t.at("number"), `number is %s; it must be a phone number of digits and spaces, such as "080 020 505"`, quote(number))
	}
}

var numberForm = regexp.MustCompile(`^\+?[0-9(][0-9 ()/-]*[0-9]$`)

func (ld *loader) checkShown(t *table, show bool, lookedUp time.Time, sources []Source) {
	if !show {
		return
	}
	if len(sources) == 0 {
		ld.add(Error, t.at("sources"), "is shown (show = true) without a source; name where the number was read, or set show = false")
	}
	if lookedUp.IsZero() {
		ld.add(Error, t.at("looked_up"), `is shown (show = true) without looked_up, the day a source was read, such as "2026-11-21"`)
	}
}

func (ld *loader) sources(t *table) []Source {
	var out []Source
	for _, s := range t.tables("sources") {
		src := Source{URL: s.need("url", "the address of the page"), Date: s.str("date")}
		s.done()
		if src.URL != "" && !strings.HasPrefix(src.URL, "https://") && !strings.HasPrefix(src.URL, "http://") {
			ld.add(Error, s.at("url"), "url is %s; it must begin with https:// or http://", quote(src.URL))
		}
		out = append(out, src)
	}
	return out
}

// helpLines reads what {help} stands for: lines of this country that may be shown.
func (ld *loader) helpLines(c *Country, t *table) {
	lines := map[string]string{} // id or service → why it is held
	for _, h := range c.Hotlines {
		lines[h.ID] = heldReason(h.Show)
	}
	for _, e := range c.Emergency {
		lines[e.Service] = ld.numbers[strings.ToLower(c.Code)+"."+e.Service].held
	}
	c.HelpLines = t.unique("help_lines")
	for _, it := range t.items("help_lines") {
		held, ok := lines[it.value]
		switch {
		case !ok:
			ld.add(Error, it.pos, "help_lines names %s, which is neither a hotline nor a service of this file%s", quote(it.value), meant(it.value, maps.Keys(lines)))
		case held != "":
			ld.add(Error, it.pos, "help_lines names %s, which %s; help lines must be lines that may be shown", quote(it.value), held)
		}
	}
	if len(c.HelpLines) == 0 {
		ld.add(Warning, t.at("help_lines"), "help_lines is empty; posts for this country could name no help")
	}
}
