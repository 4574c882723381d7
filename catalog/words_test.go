package catalog

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

func TestTypedNumbers(t *testing.T) {
	for typed, want := range map[string]bool{
		"Under 18, day and night (24/7), ages 15-24.":             false,
		"From 08:00 to 20:00, 08:00-20:00, mon 9-17.":             false,
		"On 30.07.2026, 30/7/2026, 2026-07-30, in 1999 and 2027.": false,
		"On 30. 7. 2026. 17.-30. 7.":                              false,
		"In 2025-2026.":                                           false,
		"25,000 people":                                           false,
		"https://example.org/2026/12345":                          false,
		"{number:ba-1265}":                                        false,
		"A 1 b 2 c 3":                                             false,
		"Call 122":                                                true,
		"Call 1265 now":                                           true,
		"Call 1-2-2":                                              true,
		"+383 38 000":                                             true,
		"(033) 222-000":                                           true,
		"0800/11112":                                              true,
		"080 05 03 05":                                            true,
		"12 34 56 78":                                             true,
		"١١٢":                                                     true,
		"۱۲۶۵":                                                    true,
		"112/122":                                                 true,
		"Since 1999: 112":                                         true,
		"Resolution 1244":                                         true,
		"116\u00a0000":                                            true,
		"\u2066116 000\u2069":                                     true,
	} {
		ld := &loader{report: newReport(), known: map[string]string{"122": "ba.police", "1265": "ba-1265"}}
		w := &wording{area: "locales", file: "f", texts: map[string]*text{}}
		ld.numbers = map[string]number{"ba-1265": {}}
		ld.put(w, "bot.x", "bot.x", Pos{}, map[string]form{"other": {typed, 1}}, false)
		ld.words = []*wording{w}
		ld.lint()
		if got := ld.findings().Err() != nil; got != want {
			t.Errorf("%q: %v, want %v: %v", typed, got, want, ld.findings())
		}
	}
}

func TestMentions(t *testing.T) {
	for text, want := range map[string]int{
		"Kosovo*": 0, "Kosovo": 1, "**Kosovo**": 1, "**Kosovo***": 0, "**In Kosovo* now**": 0, "Kosova, Kosovës, Kosovu": 3, "KOSOVO": 1,
		"Косово*, Косова, на Косову": 2, "кокосово млеко": 0, "Косава": 1, "у Косаве": 1, "Косава*": 0, "بكوسوفو": 1, "كوسوفو*": 0, "در کوزوو": 1, "کوزوو*": 0, "کوسوو": 1, "Kosovo *": 1, "Mikosov": 0, "": 0,
	} {
		if got := len(unstarred(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestPluralForms(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "one other", "sq": "one other", "mk": "one other", "bs": "few one other", "sr-Latn-ME": "few one other",
		"ar": "few many one other two zero", "cs": "few one other", "ja": "other", "art-x-rmn": "one other",
	} {
		carrier, err := carrierTag(tag)
		if err != nil {
			t.Errorf("%s: %v", tag, err)
			continue
		}
		must, _ := pluralForms(carrier)
		if got := strings.Join(slices.Sorted(maps.Keys(must)), " "); got != want {
			t.Errorf("%s: %s, want %s", tag, got, want)
		}
	}
	for _, tag := range []string{"cnr", "prs", "xx", "active.toml", "sh", "", "und"} {
		if _, err := carrierTag(tag); err == nil {
			t.Errorf("%q carries plural rules", tag)
		}
	}
}

// What is read here is what go-i18n itself reads from the same files.
func TestMessageFilesAreOfGoI18n(t *testing.T) {
	shipped := os.DirFS("..")
	for _, tree := range []interface{ ReadFile(string) ([]byte, error) }{good().fs(), shipped.(interface {
		ReadFile(string) ([]byte, error)
	})} {
		data, err := tree.ReadFile(enFile)
		if err != nil {
			t.Fatal(err)
		}
		bundle := i18n.NewBundle(language.English)
		bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
		file, err := bundle.ParseMessageFileBytes(data, "en.toml")
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, m := range file.Messages {
			want = append(want, m.ID)
		}
		ld := &loader{fsys: fstest.MapFS{enFile: {Data: data}}, report: newReport(), adHoc: true, cat: &Catalog{}, declared: map[string]*declaration{}, rules: map[string]pluralRules{}}
		ld.uiTexts()
		got := slices.Sorted(maps.Keys(ld.find("locales", "en").texts))
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("ids differ:\n%q\n%q", got, want)
		}
	}
}

func TestReadTOML(t *testing.T) {
	type office struct {
		ID        string   `toml:"id"`
		Languages []string `toml:"languages"`
	}
	var c struct {
		Sample bool  `toml:"sample"`
		Answer *bool `toml:"answer"`
		Port   int   `toml:"port"`
		Web    struct {
			Listen string `toml:"listen"`
		} `toml:"web"`
		Offices []office `toml:"office"`
		hidden  string
	}
	src := "sample = true\nanswer = false\nport = 80\n[web]\nlisten = \"x\"\n[[office]]\nid = \"a\"\n[[office]]\nid = \"b\"\nlanguages = [\"sq\",\n\"en\"]\n"
	at, found := ReadTOML(fstest.MapFS{"c.toml": {Data: []byte(src)}}, "c.toml", &c)
	if len(found) > 0 || !c.Sample || *c.Answer || c.Port != 80 || c.Web.Listen != "x" || len(c.Offices) != 2 || c.Offices[1].Languages[1] != "en" || c.hidden != "" {
		t.Errorf("%v %+v", found, c)
	}
	if p := at("office", 1, "languages", 1); p != (Pos{"c.toml", 11}) {
		t.Errorf("%v", p)
	}
	if p := at("office", 0, "zone"); p.Line != 6 {
		t.Errorf("a missing key is where its table is: %v", p)
	}
	const token = "123456:AAAAAAAAAAAAAAAAAAAA"
	bad := "sample = \"" + token + "\"\nport = \"x\"\n[web]\nlisen = \"x\"\n[[office]]\nid = 1\n"
	_, found = ReadTOML(fstest.MapFS{"c.toml": {Data: []byte(bad)}}, "c.toml", &c)
	if len(found) != 4 || found[2].Line != 4 || !strings.Contains(found[2].Text, `did you mean "listen"`) || strings.Contains(found.String(), token) {
		t.Errorf("%v", found)
	}
	for _, bad := range []string{"token = " + token, "x = \"" + token + "\n", token} {
		if _, found = ReadTOML(fstest.MapFS{"c.toml": {Data: []byte(bad)}}, "c.toml", &c); found.Err() == nil || strings.Contains(found.String(), "AAAA") {
			t.Errorf("%v", found)
		}
	}
	if _, found = ReadTOML(fstest.MapFS{}, "c.toml", &c); found.Err() == nil {
		t.Error("no file, no finding")
	}
}

func BenchmarkLoad(b *testing.B) {
	fsys := os.DirFS("..")
	for b.Loop() {
		Load(fsys)
	}
}
