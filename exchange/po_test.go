package exchange

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"beaware/catalog"
)

// carriers are languages with every kind of plural rule.
var carriers = []string{
	"en", "fr", "es", "pt", "it", "sq", "bs", "hr", "sr", "mk", "ar", "ro", "tr", "uk", "ru", "be", "ka", "fa", "ps", "ur", "bn", "ku", "ckb", "uz", "tg", "kk", "ky", "hy", "az",
	"pl", "cs", "sk", "sl", "lt", "lv", "ga", "cy", "mt", "he", "hu", "ja", "zh", "vi", "am", "ti", "so", "hi", "is", "gd", "br", "gv",
}

// plurals are the rules of a language by its carrier.
func plurals(carrier string) catalog.Plurals {
	l := catalog.Language{Tag: carrier, Carrier: carrier}
	return l.Plurals()
}

// TestPluralHeader asks gettext itself, where it is there, for the form of each number.
func TestPluralHeader(t *testing.T) {
	t.Parallel()
	for carrier, want := range map[string]string{
		"en": "nplurals=2; plural=(n != 1);",
		"ja": "nplurals=1; plural=0;",
		"sr": "nplurals=3; plural=((n%10==1) && !(n%100==11)) ? 0 : ((n%10>=2 && n%10<=4)) && !((n%100>=12 && n%100<=14)) ? 1 : 2;",
	} {
		if got := pluralHeader(plurals(carrier)); strings.NewReplacer("(", "", ")", "").Replace(got) != strings.NewReplacer("(", "", ")", "").Replace(want) {
			t.Errorf("%s: %s", carrier, got)
		}
	}
	for _, carrier := range carriers {
		p := plurals(carrier)
		e, err := parseExpr(pluralHeader(p))
		if err != nil {
			t.Errorf("%s: %v", carrier, err)
			continue
		}
		for n := range 1200 {
			if i := e(n); i < 0 || i >= len(p.Forms) || p.Forms[i] != p.Of(n) {
				t.Errorf("%s: %d takes form %d of %v, want %s: %s", carrier, n, i, p.Forms, p.Of(n), pluralHeader(p))
				break
			}
		}
		if i := e(1_000_000); p.Forms[i] != p.Of(1_000_000) {
			t.Errorf("%s: a million takes %s, want %s: %s", carrier, p.Forms[i], p.Of(1_000_000), pluralHeader(p))
		}
	}
}

// TestGettext has the GNU tools read the files of all shipped languages. They are not needed; where they are missing, it is skipped.
func TestGettext(t *testing.T) {
	t.Parallel()
	msgfmt, err := exec.LookPath("msgfmt")
	if err != nil {
		t.Skip("msgfmt is missing: apt-get install gettext")
	}
	s := source(t, os.DirFS(".."))
	for _, l := range s.Catalog.Languages {
		b := book(t, s, l.Tag)
		file := filepath.Join(t.TempDir(), l.Tag+".po")
		if err := os.WriteFile(file, written(t, b, PO), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(msgfmt, "--check-format", "--check-domain", "-o", os.DevNull, file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", l.Tag, err, out)
		}
		merged := filepath.Join(t.TempDir(), "again.po")
		if out, err := exec.Command("msgcat", "--width=60", "-o", merged, file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", l.Tag, err, out)
			continue
		}
		data, err := os.ReadFile(merged)
		if err != nil {
			t.Fatal(err)
		}
		readBack(t, s, b, data)
		nothing(t, planned(t, s, data, Options{}))
	}
}

// TestFuzzy: a stale text is fuzzy in PO, and comes back as what it is.
func TestFuzzy(t *testing.T) {
	t.Parallel()
	files := small()
	files["locales/ru.review.toml"] = fmt.Sprintf("[\"bot.hide\"]\ntext = %q\nsource = %q\nby = \"translator\"\non = \"2026-11-21\"\n", hash("Скрыть"), hash("Old"))
	s := source(t, os.DirFS(folder(t, files)))
	data := string(written(t, book(t, s, "ru"), PO))
	want := "#. Bot: hide. Stands on a button\n#. State: stale\n#. At export: " + hash("Hide") + " " + hash("Скрыть") +
		"\n#: locales/en.toml:9\n#, fuzzy\nmsgctxt \"bot.hide\"\nmsgid \"Hide\"\nmsgstr \"Скрыть\"\n"
	if !strings.Contains(data, want) || strings.Count(data, "fuzzy") != 1 {
		t.Errorf("lacks\n%s\n%s", want, data)
	}
	nothing(t, planned(t, s, []byte(data), Options{}))
	for _, gone := range []string{"\n#. At export: " + hash("Hide") + " " + hash("Скрыть")} { // an editor that keeps no such comments
		bare := strings.Replace(data, gone, "", 1)
		nothing(t, planned(t, s, []byte(bare), Options{}))
		p := planned(t, s, []byte(strings.Replace(bare, `"Скрыть"`, `"Закрыть"`, 1)), Options{})
		if !has(p.Conflicts, "bot.hide", "does not say any more") {
			t.Errorf("changes %v, conflicts %v", p.Changes, p.Conflicts)
		}
	}
}
