package alert

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	_ "time/tzdata"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/outbox"
)

// content is a tree with one campaign of four texts: en has all, bs and sr-Cyrl lack some, ar has none.
func content(reviewed map[string][]string) fstest.MapFS {
	texts := map[string][]string{"en": {"one", "two", "three", "four"}, "bs": {"one"}, "sr-Cyrl": {"one", "two", "three"}}
	tree := map[string]string{
		"locales/languages.toml": `[[language]]
tag = "en"
autonym = "English"
direction = "ltr"
script = "Latn"
[[language]]
tag = "bs"
autonym = "Bosanski"
direction = "ltr"
script = "Latn"
fallback = ["en"]
[[language]]
tag = "sr-Cyrl"
autonym = "Српски"
direction = "ltr"
script = "Cyrl"
carrier = "sr"
fallback = ["en"]
[[language]]
tag = "sr-Latn"
autonym = "Srpski"
direction = "ltr"
script = "Latn"
carrier = "sr-Latn"
derived_from = "sr-Cyrl"
fallback = ["en"]
[[language]]
tag = "ar"
autonym = "العربية"
direction = "rtl"
script = "Arab"
fallback = ["en"]
`,
		"locales/en.toml": "[country]\nBA = \"Bosnia and Herzegovina\"\n[emergency]\npolice = \"Police\"\nfire = \"Fire\"\n",
		"content/campaigns/world-day/campaign.toml": `id = "world-day"
[window]
from = "07-17"
to = "07-30"
[[message]]
id = "one"
[[message]]
id = "two"
[[message]]
id = "three"
[[message]]
id = "four"
[[entry]]
id = "daily"
cron = "30 19 * * *"
messages = ["one", "two", "three", "four"]
`,
		"content/campaigns/always-on/campaign.toml": `id = "always-on"
[window]
always = true
[[message]]
id = "one"
[[entry]]
id = "daily"
cron = "30 19 * * *"
messages = ["one"]
`,
		"content/campaigns/always-on/en.toml": "[one]\ntitle = \"T\"\ntext = \"X\"\n",
		"content/hotlines/ba.toml": `country = "BA"
zone = "Europe/Sarajevo"
help_lines = ["police"]
[[emergency]]
service = "police"
number = "122"
show = true
looked_up = "2027-01-01"
verified = "2027-07-01"
sources = [{ url = "https://example.org/", date = "" }]
[[emergency]]
service = "fire"
number = "123"
show = true
looked_up = "2027-01-01"
verified = ""
sources = [{ url = "https://example.org/", date = "" }]
[[hotline]]
id = "ba-1"
number = "033 111 111"
show = true
looked_up = "2027-01-01"
verified = "2027-04-20"
sources = [{ url = "https://example.org/", date = "" }]
[[hotline]]
id = "ba-2"
number = "033 222 222"
show = true
looked_up = "2027-01-01"
verified = "2027-04-11"
sources = [{ url = "https://example.org/", date = "" }]
[[hotline]]
id = "ba-3"
number = "033 333 333"
show = false
looked_up = "2027-01-01"
verified = "2020-01-01"
sources = [{ url = "https://example.org/", date = "" }]
`,
		"content/hotlines/texts/en.toml": "[ba-1]\nname = \"One\"\n[ba-2]\nname = \"Two\"\n[ba-3]\nname = \"Three\"\n",
	}
	for _, lang := range []string{"bs", "sr-Cyrl", "ar"} {
		for _, file := range []string{"locales/", "content/hotlines/texts/"} {
			tree[file+lang+".toml"] = tree[file+"en.toml"]
		}
	}
	for lang, ids := range texts {
		var b, r strings.Builder
		for _, id := range ids {
			title, text := "Title "+lang+id, "Text "+lang+id
			fmt.Fprintf(&b, "[%s]\ntitle = %q\ntext = %q\n", id, title, text)
			if slices.Contains(reviewed[lang], id) {
				for key, s := range map[string][2]string{"title": {title, "Title en" + id}, "text": {text, "Text en" + id}} {
					fmt.Fprintf(&r, "[\"%s.%s\"]\ntext = %q\nsource = %q\nby = \"x\"\non = \"2027-06-01\"\n", id, key, catalog.TextHash(s[0]), catalog.TextHash(s[1]))
				}
			}
		}
		tree["content/campaigns/world-day/"+lang+".toml"] = b.String()
		if r.Len() > 0 {
			tree["content/campaigns/world-day/"+lang+".review.toml"] = r.String()
		}
	}
	fs := fstest.MapFS{}
	for name, data := range tree {
		fs[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return fs
}

func outlook(t *testing.T, reviewed map[string][]string, languages ...string) Outlook {
	t.Helper()
	cat, findings := catalog.Load(content(reviewed))
	zone, err := time.LoadLocation("Europe/Sarajevo")
	if cat == nil || err != nil {
		t.Fatal(findings, err)
	}
	o := Outlook{Catalog: cat, Gate: outbox.Warn, Sample: true,
		Offices:  []campaign.Office{{ID: "ba", Country: "BA", Zone: zone, Languages: languages}, {ID: "rs", Country: "BA", Zone: zone, Languages: []string{"ar"}}},
		Channels: []campaign.Channel{{ID: "ba-feed", Office: "ba", Kind: "feed"}, {ID: "ba-telegram", Office: "ba", Kind: "telegram", Languages: languages[:1]}}}
	planner, found := campaign.New(cat, o.Offices, o.Channels)
	if planner == nil {
		t.Fatal(found)
	}
	o.Planner = planner
	return o
}

func TestStandingWindows(t *testing.T) {
	all := []string{"one", "two", "three", "four"}
	at := func(s string) time.Time {
		when, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	soon := at("2027-07-12T12:00:00Z")
	for _, c := range []struct {
		name      string
		now       time.Time
		languages []string
		reviewed  map[string][]string
		change    func(*Outlook)
		want      string
	}{
		{"texts missing", soon, []string{"bs", "en", "ar"}, nil, nil, "world-day begins on 17 July at ba: ar has no texts, bs lacks 3 texts"},
		{"one text missing, the derived language not said twice", soon, []string{"sr-Cyrl", "sr-Latn"}, nil, nil,
			"world-day begins on 17 July at ba: sr-Cyrl lacks 1 text"},
		{"the derived language alone", soon, []string{"sr-Latn"}, nil, nil, "world-day begins on 17 July at ba: sr-Latn lacks 1 text"},
		{"nothing missing", soon, []string{"en"}, nil, nil, ""},
		{"not reviewed", soon, []string{"en"}, nil, func(o *Outlook) { o.Gate = outbox.Require }, "world-day begins on 17 July at ba: en is not reviewed"},
		{"no gate is the strict one", soon, []string{"en"}, nil, func(o *Outlook) { o.Gate = "" }, "world-day begins on 17 July at ba: en is not reviewed"},
		{"partly reviewed", soon, []string{"en", "bs"}, map[string][]string{"en": {"one", "two", "three"}}, func(o *Outlook) { o.Gate = outbox.Require },
			"world-day begins on 17 July at ba: bs lacks 3 texts and has 1 of 4 texts not reviewed, en has 1 of 4 texts not reviewed"},
		{"all reviewed", soon, []string{"en"}, map[string][]string{"en": all}, func(o *Outlook) { o.Gate = outbox.Require }, ""},
		{"eight days before", at("2027-07-08T22:00:00Z"), []string{"bs"}, nil, nil, ""},
		{"seven days before, at the office's midnight", at("2027-07-09T22:00:00Z"), []string{"bs"}, nil, nil, "world-day begins on 17 July at ba: bs lacks 3 texts"},
		{"more days", at("2027-07-08T22:00:00Z"), []string{"bs"}, nil, func(o *Outlook) { o.Days = 30 }, "world-day begins on 17 July at ba: bs lacks 3 texts"},
		{"it has begun", at("2027-07-16T22:00:00Z"), []string{"bs"}, nil, nil, ""},
		{"no channels", soon, []string{"bs"}, nil, func(o *Outlook) { o.Channels = nil }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := outlook(t, c.reviewed, c.languages...)
			if c.change != nil {
				c.change(&o)
			}
			var got []string
			for _, e := range Standing(c.now, o) {
				if e.Kind == Window {
					got = append(got, e.Text)
					if e.Subject != "world-day/ba" || e.Over || !e.At.Equal(c.now) {
						t.Errorf("%+v", e)
					}
				}
			}
			if strings.Join(got, "\n") != c.want {
				t.Errorf("%s\nwant %s", strings.Join(got, "\n"), c.want)
			}
		})
	}
}

func TestStandingNumbers(t *testing.T) {
	now := time.Date(2027, 7, 12, 12, 0, 0, 0, time.UTC)
	o := outlook(t, nil, "en")
	say := func(now time.Time) (lines []string) {
		for _, e := range Standing(now, o) {
			if e.Kind == Number {
				lines = append(lines, e.Subject+": "+e.Text)
			}
		}
		return lines
	}
	soon := "ba-1: last verified on 20 April 2027, which holds until 19 July 2027"
	gone := "ba-2: last verified on 11 April 2027, more than 90 days ago"
	if got := say(now); !slices.Equal(got, []string{soon, gone}) {
		t.Errorf("sample: %q", got)
	}
	if got := say(now.Add(time.Hour)); !slices.Equal(got, []string{soon, gone}) {
		t.Errorf("an hour later it is worded anew: %q", got)
	}
	o.Sample = false
	if got := say(now); !slices.Equal(got, []string{"ba.fire: never verified by a test call", soon, gone}) {
		t.Errorf("live: %q", got)
	}
	edge := time.Date(2027, 7, 19, 0, 0, 0, 0, time.UTC) // 90 days after 20 April
	if got := say(edge.Add(-time.Second)); !slices.Contains(got, soon) {
		t.Errorf("the last second: %q", got)
	}
	if got := say(edge); slices.Contains(got, soon) || len(got) != 3 {
		t.Errorf("90 days: %q", got)
	}
}

// The shipped sample has numbers that nobody called and drafts only, and says so without the marks of a rehearsal.
func TestStandingShipped(t *testing.T) {
	cat, findings := catalog.Load(os.DirFS(".."))
	if cat == nil {
		t.Fatal(findings)
	}
	office := campaign.Office{ID: "mk", Country: "MK", Zone: time.UTC, Languages: []string{"mk", "sq"}}
	channels := []campaign.Channel{{ID: "mk-feed", Office: "mk", Kind: "feed"}}
	planner, found := campaign.New(cat, []campaign.Office{office}, channels)
	if planner == nil {
		t.Fatal(found)
	}
	o := Outlook{Catalog: cat, Planner: planner, Offices: []campaign.Office{office}, Channels: channels}
	kinds := map[Kind]int{}
	for _, e := range Standing(time.Date(2027, 7, 12, 0, 0, 0, 0, time.UTC), o) {
		kinds[e.Kind]++
		if e.Text != oneLine(e.Text, longestText) || e.Subject != oneLine(e.Subject, longestSubject) {
			t.Errorf("too long to be told: %+v", e)
		}
	}
	if kinds[Number] == 0 || len(kinds) > 2 {
		t.Errorf("%v", kinds)
	}
}
