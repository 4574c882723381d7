package catalog

import (
	"strings"
	"testing"
)

func TestPost(t *testing.T) {
	c := mustLoad(t, good())
	for _, row := range []struct {
		message, lang, country string
		served                 string
		fallback, unverified   bool
		title, end             string
	}{
		{"launch", "en", "BA", "en", false, true, "Be aware", "Call \u20661265\u2069.\n- Police: \u2066122\u2069\n- Line for women: \u20661265\u2069"},
		{"launch", "sr-Latn", "XK", "sr-Latn", false, true, "Budite svesni", "Njih Ljiljana i NJEGOŠ.\n\n- Linija: \u20660800\u00a011112\u2069"},
		{"launch", "ar", "BA", "en", true, true, "Be aware", "- Line for women: \u20661265\u2069"},
		{"launch", "en", "", "en", false, false, "Be aware", "Call \u20661265\u2069."},
		{"end", "sr-Cyrl", "BA", "sr-Cyrl", false, false, "Крај", "То је све на Косову*.\n\n* Косово*: резолуција 1244 (1999)."},
	} {
		p, err := c.Post("day", row.message, row.lang, row.country)
		if err != nil {
			t.Errorf("%s %s: %v", row.message, row.lang, err)
			continue
		}
		if p.Served != row.served || p.Fallback != row.fallback || p.Unverified != row.unverified || p.Title != row.title || p.State != Draft {
			t.Errorf("%s %s: %+v", row.message, row.lang, p)
		}
		if !strings.HasSuffix(p.Text, row.end) {
			t.Errorf("%s %s: %q, want ... %q", row.message, row.lang, p.Text, row.end)
		}
	}
	if p, _ := c.Post("day", "launch", "sr-Latn", "BA"); p.Alt != "Sunce." {
		t.Errorf("alt: %q", p.Alt)
	}
	for _, bad := range [][4]string{{"x", "launch", "en", "BA"}, {"day", "x", "en", "BA"}, {"day", "launch", "xx", "BA"}, {"day", "launch", "en", "ZZ"}} {
		if _, err := c.Post(bad[0], bad[1], bad[2], bad[3]); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

// Nothing but the declared fallbacks is ever tried.
func TestPostWithoutFallback(t *testing.T) {
	tree := good().with(t, langs, "rtl\"\nscript = \"Arab\"\nfallback = [\"en\"]", "rtl\"\nscript = \"Arab\"")
	if _, err := mustLoad(t, tree).Post("day", "launch", "ar", "BA"); err == nil {
		t.Error("no error")
	}
}

func TestReviewStates(t *testing.T) {
	c := mustLoad(t, good())
	hash := func(lang, id string) string {
		text, ok := c.Locale(lang).Written(id)
		if !ok {
			t.Fatal(lang, id)
		}
		return TextHash(text)
	}
	entry := func(lang, campaign, message, key string) string {
		id := "campaign." + campaign + "." + message + "." + key
		return "[\"" + message + "." + key + "\"]\ntext = \"" + hash(lang, id) + "\"\nsource = \"" + hash("en", id) + "\"\nby = \"translator, Sarajevo\"\non = \"2026-06-01\"\n"
	}
	all := entry("sr-Cyrl", "day", "launch", "title") + entry("sr-Cyrl", "day", "launch", "text") + entry("sr-Cyrl", "day", "launch", "alt")
	sidecar := "content/campaigns/day/sr-Cyrl.review.toml"
	reviewed := good().with(t, sidecar, "", all)
	for name, row := range map[string]struct {
		tree files
		want State
	}{
		"none":           {good(), Draft},
		"all":            {reviewed, Reviewed},
		"one":            {good().with(t, sidecar, "", entry("sr-Cyrl", "day", "launch", "text")), Draft},
		"text changed":   {reviewed.with(t, daySr, "ЊЕГОШ", "ЊЕГОШ је ту"), Stale},
		"source changed": {reviewed.with(t, dayEn, "Under 18", "Below 18"), Stale},
		"line ends":      {reviewed.with(t, daySr, "", strings.ReplaceAll(good()[daySr], "\n", "\r\n")), Reviewed},
	} {
		p, err := mustLoad(t, row.tree).Post("day", "launch", "sr-Latn", "BA")
		if err != nil || p.State != row.want {
			t.Errorf("%s: %v, want %v (%v)", name, p.State, row.want, err)
		}
	}
	if got := mustLoad(t, reviewed).Locale("ar").State("campaign.day.launch.text"); got != Missing {
		t.Errorf("a text that is not there: %v", got)
	}
}

func TestTypes(t *testing.T) {
	c := mustLoad(t, good())
	day, _ := c.Campaign("day")
	e := day.Entries[0]
	for _, row := range []struct {
		got  Pos
		line int
	}{
		{day.Pos("id"), 1}, {day.Pos(""), 1}, {day.Pos("window"), 3}, {day.Pos("window.to"), 5}, {day.Pos("offices.ba"), 2},
		{e.Pos(""), 11}, {e.Pos("?"), 11}, {e.Pos("cron"), 13}, {e.Pos("messages.end"), 16},
	} {
		if row.got != (Pos{plan, row.line}) {
			t.Errorf("%v, want line %d", row.got, row.line)
		}
	}
	if e.Missed != "latest" || e.Grace != "1h" || day.Window != (Window{From: "07-17", To: "07-30"}) {
		t.Errorf("%+v %+v", e, day.Window)
	}
	h, ok := c.Hotline("ba-held")
	weekdays := [7]bool{false, true, true, true, true, true, false}
	if !ok || h.Hours != (Hours{weekdays, 540, 1320}) || h.Verified.Year() != 1 || h.Abroad != "yes" || h.Free != "unknown" || h.Pos() != (Pos{ba, 29}) {
		t.Errorf("%+v", h)
	}
	if x, ok := c.Country("BA"); !ok || !x.No112 || x.Emergency[0].Number != "122" {
		t.Errorf("%+v", x)
	}
	if q := c.Checks["exploitation"]; q.Forms[0].Questions[0] != (Question{"L1", 'M', "adult"}) || q.Max != 8 {
		t.Errorf("%+v", q)
	}
	if p := c.Locale("sr-Latn").Pos("bot.start"); p != (Pos{srFile, 2}) {
		t.Errorf("%v", p)
	}
}

func TestParseHours(t *testing.T) {
	for in, ok := range map[string]bool{
		"": true, "24/7": true, "daily 08:00-20:00": true, "sat-mon 00:00-24:00": true, "sun 10:00-12:30": true,
		"daily 20:00-08:00": false, "daily 08:00-25:00": false, "daily 08:60-20:00": false, "foo 08:00-20:00": false,
		"mon-foo 08:00-20:00": false, "8-20": false, "daily": false, "24/7 ": false, "daily 24:01-24:59": false,
	} {
		if _, fault := parseHours(in); (fault == "") != ok {
			t.Errorf("%q: %q", in, fault)
		}
	}
}
