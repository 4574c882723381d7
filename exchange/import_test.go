package exchange

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"beaware/catalog"
)

// edited is a book of a language with some texts set, by name as in a Remark.
func edited(t testing.TB, s *Source, lang string, texts map[string]string) *Book {
	t.Helper()
	b := book(t, s, lang)
	for id, text := range texts {
		i := slices.IndexFunc(b.Rows, func(r Row) bool { return name(r) == id })
		if i < 0 {
			t.Fatalf("there is no row %s", id)
		}
		b.Rows[i].Text = text
	}
	return b
}

// TestRefused: each fault is refused, and the good text beside it is taken, in every format.
func TestRefused(t *testing.T) {
	t.Parallel()
	files := small()
	files["content/hotlines/rs.toml"] = "country = \"RS\"\nzone = \"Europe/Belgrade\"\nhelp_lines = [\"rs-astra\"]\n[[hotline]]\nid = \"rs-astra\"\nnumber = \"011 785 0000\"\nshow = true\nlooked_up = \"2026-11-21\"\nsources = [{ url = \"https://example.org/\" }]\n"
	s := source(t, os.DirFS(folder(t, files)))
	s.Limit = func(_, id string) int {
		if id == "bot.hide" {
			return 10
		}
		return 0
	}
	for _, c := range []struct{ id, text, why string }{
		{"bot.start", "**Здраво** свима", "{hide} is lost"},
		{"bot.start", "**Здраво** {hide} {name}", "{name} is unknown"},
		{"campaign.day.launch.text", "Добар дан.\n\n{помоћ}", "{help} is lost"},
		{"bot.plus", "Позовите 011 785 0000", "{number:rs-astra}"},
		{"bot.plus", "Позовите 064 123 4567", "looks like a phone number"},
		{"bot.start", "**Здраво {hide}", "** stands alone"},
		{"bot.plus", "знак \u2066 и", "not in pairs"},
		{"bot.plus", "знак \u2069 и \u2066", "not in pairs"},
		{"bot.plus", "знак \u202e и", "U+202E"},
		{"bot.hide", "Сакриј одмах", "too long: 12 characters, at most 10"},
		{"bot.plus", "", "emptied"},
		{"web.posts_count (few)", "", "emptied"},
		{"bot.plus", "This is not in the right language", "no letter of the script Cyrl"},
		{"bot.plus", "ÐšÐ¾ÑÐ¾Ð²Ð¾ Ñ˜Ðµ", "changed encoding"},
		{"bot.plus", "РљРѕСЃРѕРІРѕ", "changed encoding"},
		{"bot.plus", "+ ? - ?? ???????", "question marks"},
		{"bot.start", questioned(exact(s.Catalog.Locale("sr-Cyrl").Forms("bot.start"), "")), "question marks"},
		{"bot.digits", "0", "leading zeros"},
		{"bot.sum", "1", "for a formula"},
		{"bot.item", "#NAME?", "for a formula"},
		{"campaign.day.launch.title", "Први ред.\n\n- један\n- два\n\n{help}", "rows have probably been shifted"},
		{"bot.plus", "Косово и", "Kosovo"},
		{"bot.plus", "a { b", "{"},
	} {
		for _, format := range formats {
			data := written(t, edited(t, s, "sr-Cyrl", map[string]string{"bot.quote": "'друго'", c.id: c.text}), format)
			p := planned(t, s, data, Options{})
			id, _, _ := strings.Cut(c.id, " ")
			if len(p.Refused) != 1 || !strings.HasPrefix(p.Refused[0].ID, id) || !strings.Contains(p.Refused[0].Text, c.why) || p.Refused[0].Place == "" {
				t.Errorf("%s, %s = %q: refused %v, want %q", format, c.id, c.text, p.Refused, c.why)
			}
			if len(p.Changes) != 1 || p.Changes[0].ID != "bot.quote" {
				t.Errorf("%s, %s: changes %v", format, c.id, p.Changes)
			}
		}
	}
}

// TestPutRight: what programs do to a text is told from what a person did.
func TestPutRight(t *testing.T) {
	t.Parallel()
	s := source(t, os.DirFS(folder(t, small())))
	start := exact(s.Catalog.Locale("sr-Cyrl").Forms("bot.start"), "")
	for _, c := range []struct {
		id, text string
		now      string // what is written, "" for no change
		said     string // a remark, "" for none
	}{
		{"bot.start", strings.ReplaceAll(start, "\n", "\r\n"), "", ""},
		{"bot.start", strings.ReplaceAll(start, "\n", "\r"), "", ""},
		{"bot.start", start + "  \n", "", ""},
		{"bot.start", strings.Replace(start, "\n", "  \n", 1), "", ""},
		{"bot.start", strings.NewReplacer("„", `"`, "“", `"`).Replace(start), strings.NewReplacer("„", `"`, "“", `"`).Replace(start), "only quotes"},
		{"bot.mark", "абв", "", "invisible marks"},
		{"bot.plus", "+ и - су знаци ", "+ и - су знаци", "spaces at its ends"},
		{"bot.plus", "и\u0306 и", "й и", ""}, // NFC
		{"bot.comma", ", ", "", ""},
		{"bot.comma", ";", ";", ""},
	} {
		data := written(t, edited(t, s, "sr-Cyrl", map[string]string{c.id: c.text}), XLSX)
		p := planned(t, s, data, Options{})
		got := ""
		if len(p.Changes) == 1 {
			got = p.Changes[0].Forms[0].New
		}
		if got != c.now || len(p.Refused)+len(p.Conflicts)+len(p.Missing) > 0 {
			t.Errorf("%s = %q: now %q, want %q; refused %v, conflicts %v", c.id, c.text, got, c.now, p.Refused, p.Conflicts)
		}
		if c.said == "" && len(p.Remarks) > 0 || c.said != "" && !has(p.Remarks, c.id, c.said) {
			t.Errorf("%s = %q: remarks %v, want %q", c.id, c.text, p.Remarks, c.said)
		}
	}
}

// TestWrite changes the files, only there, and all of it is there when it is exported again.
func TestWrite(t *testing.T) {
	t.Parallel()
	files := small()
	dir := folder(t, files)
	s := source(t, os.DirFS(dir))
	texts := map[string]string{
		"bot.hide": `Затвори "ово"`, "bot.start": "**Здраво**\n\nНов ред {hide}.", "web.posts_count (few)": "{count} нове поруке", "campaign.day.launch.text": "Нови ред.\n\n{help}",
	}
	for _, format := range formats {
		p := planned(t, s, written(t, edited(t, s, "sr-Cyrl", texts), format), Options{})
		if len(p.Changes) != 4 || len(p.Refused) > 0 {
			t.Fatalf("%s: %+v", format, p)
		}
		if format != PO {
			continue // planned only: all of them must find the same
		}
		if err := p.Write(dir, Options{}); err != nil {
			t.Fatal(err)
		}
	}
	want := maps.Clone(files)
	want["locales/sr-Cyrl.toml"] = strings.NewReplacer(
		`hide = "Сакриј"   # на`, `hide = "Затвори \"ово\""   # на`,
		"Да ли је безбедно? Притисните „{hide}“.", "Нов ред {hide}.", "{count} поруке", "{count} нове поруке").Replace(files["locales/sr-Cyrl.toml"])
	want["content/campaigns/day/sr-Cyrl.toml"] = strings.Replace(files["content/campaigns/day/sr-Cyrl.toml"], "Први ред.\n\n- један\n- два\n", "Нови ред.\n", 1)
	for name, text := range want {
		if got := content(t, dir, name); got != text {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, text)
		}
	}
	after := book(t, source(t, os.DirFS(dir)), "sr-Cyrl")
	for _, r := range after.Rows {
		if text, ok := texts[name(r)]; ok && r.Text != text {
			t.Errorf("%s is %q", name(r), r.Text)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "locales", ".import*")); err != nil || left != nil {
		t.Errorf("%v, left: %v", err, left)
	}
}

func content(t testing.TB, dir, file string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestNewTexts: a language without a campaign gets its file; a text over a derived one goes into a file of its own.
func TestNewTexts(t *testing.T) {
	t.Parallel()
	dir := folder(t, small())
	s := source(t, os.DirFS(dir))
	for _, c := range []struct{ lang, id, text, file, want string }{
		{"ru", "campaign.day.launch.title", "Будьте внимательны", "content/campaigns/day/ru.toml", "\n\n[launch]\ntitle = \"Будьте внимательны\"\n"},
		{"sr-Latn", "web.posts_count (few)", "{count} poruke ovde", "locales/sr-Latn.toml", "[web.posts_count]\nfew = \"{count} poruke ovde\"\none = \"{count} poruka\"\nother = \"{count} poruka\"\n"},
	} {
		p := planned(t, s, written(t, edited(t, s, c.lang, map[string]string{c.id: c.text}), CSV), Options{})
		if len(p.Changes) != 1 || len(p.Refused) > 0 {
			t.Fatalf("%s: %+v", c.lang, p)
		}
		if err := p.Write(dir, Options{}); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.SplitAfter(c.want, "\n") {
			if got := content(t, dir, c.file); !strings.Contains(got, line) {
				t.Errorf("%s lacks %q:\n%s", c.file, line, got)
			}
		}
	}
}

// TestNewLanguage: a language that stands in languages.toml only is filled from a book, partly at first.
func TestNewLanguage(t *testing.T) {
	t.Parallel()
	files := small()
	files["locales/languages.toml"] += "[[language]]\ntag = \"uk\"\nautonym = \"Українська\"\nscript = \"Cyrl\"\nfallback = [\"en\"]\n"
	dir := folder(t, files)
	ru := source(t, os.DirFS(dir)).Catalog.Locale("ru")
	for _, some := range []string{"bot.", ""} {
		s := source(t, os.DirFS(dir))
		b := book(t, s, "uk")
		for i, r := range b.Rows {
			if strings.HasPrefix(r.ID, some) {
				b.Rows[i].Text = exact(ru.Forms(r.ID), r.Form)
			}
		}
		p := planned(t, s, written(t, b, PO), Options{})
		if len(p.Changes) == 0 || len(p.Refused) > 0 {
			t.Fatalf("%+v", p)
		}
		if err := p.Write(dir, Options{}); err != nil {
			t.Fatal(err)
		}
	}
	stops, _ := look(os.DirFS(dir), nil)
	for _, f := range stops {
		if strings.HasSuffix(f.File, "uk.toml") && !strings.HasPrefix(f.File, "locales/words/") {
			t.Error(f)
		}
	}
}

// TestNewerTexts: what changed here since the export is never written over unsaid.
func TestNewerTexts(t *testing.T) {
	t.Parallel()
	files := small()
	old := source(t, os.DirFS(folder(t, files)))
	files["locales/sr-Cyrl.toml"] = strings.Replace(files["locales/sr-Cyrl.toml"], "Сакриј", "Склони", 1)
	files["locales/en.toml"] = strings.Replace(files["locales/en.toml"], "- one", "- number one", 1)
	s := source(t, os.DirFS(folder(t, files)))
	for _, format := range formats {
		p := planned(t, s, written(t, edited(t, old, "sr-Cyrl", map[string]string{"bot.item": "- нов"}), format), Options{})
		if p.Newer != 1 || len(p.Changes) != 1 || !has(p.Remarks, "bot.item", `the source has changed since the export; it says now: "- number one"`) {
			t.Errorf("%s: newer %d, changes %v, remarks %v", format, p.Newer, p.Changes, p.Remarks)
		}
		data := written(t, edited(t, old, "sr-Cyrl", map[string]string{"bot.hide": "Затвори"}), format)
		p = planned(t, s, data, Options{})
		if len(p.Changes) > 0 || !has(p.Conflicts, "bot.hide", "has changed here since the export") {
			t.Errorf("%s: changes %v, conflicts %v", format, p.Changes, p.Conflicts)
		}
		p = planned(t, s, data, Options{ForceNewer: true})
		if len(p.Changes) != 1 || p.Changes[0].Forms[0] != (FormChange{"", "Склони", "Затвори"}) {
			t.Errorf("%s, forced: changes %v, conflicts %v", format, p.Changes, p.Conflicts)
		}
	}
}

// TestRowsThatAreWrong: unknown ids, twins, other languages, rows that are gone.
func TestRowsThatAreWrong(t *testing.T) {
	t.Parallel()
	s := source(t, os.DirFS(folder(t, small())))
	for _, format := range []Format{XLSX, CSV} {
		b := book(t, s, "sr-Cyrl")
		at := func(id string) *Row {
			return &b.Rows[slices.IndexFunc(b.Rows, func(r Row) bool { return name(r) == id })]
		}
		at("bot.item").ID = "bot.itemm"
		at("bot.digits").Form = "many"
		twin := *at("bot.hide")
		twin.Text = "Друго"
		b.Rows = append(slices.DeleteFunc(b.Rows, func(r Row) bool { return r.ID == "bot.sum" || r.Form == "few" }), twin)
		p := planned(t, s, written(t, b, format), Options{})
		if !has(p.Refused, "bot.itemm", "no text with this id") || !has(p.Refused, "bot.digits (many)", `no form "many"`) || !has(p.Refused, "bot.hide", "stands twice") || len(p.Refused) != 3 {
			t.Errorf("%s: refused %v", format, p.Refused)
		}
		if want := []string{"bot.digits", "bot.item", "bot.sum", "web.posts_count (few)"}; !slices.Equal(slices.Sorted(slices.Values(p.Missing)), want) {
			t.Errorf("%s: missing %v, want %v", format, p.Missing, want)
		}
	}
	data := written(t, book(t, s, "sr-Cyrl"), PO)
	f, err := s.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Plan(f, Options{Language: "ar"}); err == nil || !strings.Contains(err.Error(), `the file is in language "sr-Cyrl", and --language says "ar"`) {
		t.Error(err)
	}
	f.Language = "xx"
	if _, err := s.Plan(f, Options{}); err == nil {
		t.Error("a language that is not there was taken")
	}
	f.Language = ""
	if _, err := s.Plan(f, Options{}); err == nil || !strings.Contains(err.Error(), "--language") {
		t.Error(err)
	}
}

// TestNothingIsKept: where reading the written files finds a new error, or somebody else was there, all is as before.
func TestNothingIsKept(t *testing.T) {
	t.Parallel()
	dir := folder(t, small())
	s := source(t, os.DirFS(dir))
	p := planned(t, s, written(t, edited(t, s, "ru", map[string]string{"bot.hide": "Закрыть", "campaign.day.launch.title": "Внимание"}), CSV), Options{})
	calls := 0
	late := func(*catalog.Catalog) catalog.Findings {
		calls++
		return catalog.Findings{{Pos: catalog.Pos{File: "x"}, Severity: catalog.Error, Text: "too late"}}
	}
	if err := p.Write(dir, Options{Also: late}); err == nil || !strings.Contains(err.Error(), "too late") || calls != 1 {
		t.Errorf("%v, %d calls", err, calls)
	}
	for name, text := range small() {
		if got := content(t, dir, name); got != text {
			t.Errorf("%s was kept:\n%s", name, got)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "content/campaigns/day/ru.toml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the new file is still there: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "locales/ru.toml"), []byte("# other\n"+small()["locales/ru.toml"]), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := p.Write(dir, Options{}); err == nil || !strings.Contains(err.Error(), "changed by somebody else") {
		t.Error(err)
	}
}

// TestSourceText: a change of the source that breaks another language is refused.
func TestSourceText(t *testing.T) {
	t.Parallel()
	s := source(t, os.DirFS(folder(t, small())))
	b := edited(t, s, "en", map[string]string{"bot.hide": "Hide now", "bot.start": "**Hello**, press it."})
	p := planned(t, s, written(t, b, XLSX), Options{})
	if len(p.Changes) != 1 || p.Changes[0].ID != "bot.hide" || len(p.Refused) != 1 {
		t.Errorf("changes %v, refused %v", p.Changes, p.Refused)
	}
}

// TestAlso: what others find of a changed text refuses it.
func TestAlso(t *testing.T) {
	t.Parallel()
	s := source(t, os.DirFS(folder(t, small())))
	also := func(c *catalog.Catalog) (f catalog.Findings) {
		loc := c.Locale("sr-Cyrl")
		if strings.Contains(loc.Text("campaign.day.launch.text"), "предуго") {
			f = append(f, catalog.Finding{Pos: loc.Pos("campaign.day.launch.text"), Severity: catalog.Warning, Text: "launch is too long"})
		}
		return f
	}
	b := edited(t, s, "sr-Cyrl", map[string]string{"campaign.day.launch.text": "предуго\n\n{help}", "bot.hide": "Затвори"})
	p := planned(t, s, written(t, b, XLSX), Options{Also: also})
	if len(p.Changes) != 1 || !has(p.Refused, "campaign.day.launch.text", "launch is too long") {
		t.Errorf("changes %v, refused %v", p.Changes, p.Refused)
	}
}
