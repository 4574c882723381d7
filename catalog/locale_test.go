package catalog

import (
	"strings"
	"sync"
	"testing"
)

func TestText(t *testing.T) {
	c := mustLoad(t, good())
	for _, row := range []struct {
		lang, id string
		pairs    []string
		want     string
	}{
		{"en", "bot.start", nil, "Hello"},
		{"sr-Cyrl", "bot.start", nil, "Здраво"},
		{"sr-Latn", "bot.start", nil, "Zdravo"},
		{"ar", "bot.start", nil, "مرحبا"},
		{"xx", "bot.start", nil, "Hello"},
		{"en", "bot.nothing", nil, "bot.nothing"},
		{"en", "bot.no112", nil, "Here {number} does not reach the police."},
		{"en", "bot.no112", []string{"number", Number("112")}, "Here \u2066112\u2069 does not reach the police."},
		{"en", "bot.no112", []string{"number"}, "Here {number} does not reach the police."},
		{"en", "bot.no112", []string{"other", "x"}, "Here {number} does not reach the police."},
		{"sr-Latn", "hotline.ba-1265.name", nil, "Linija za žene"},
		{"en", "check.exploitation.q.G1", nil, "Papers?"},
		{"ar", "campaign.day.end.text", nil, "That was all."},
		{"en", "posts", []string{"count", "7", "page", "p"}, "7 messages on p"},
	} {
		if got := c.Locale(row.lang).Text(row.id, row.pairs...); got != row.want {
			t.Errorf("%s %s %q: %q, want %q", row.lang, row.id, row.pairs, got, row.want)
		}
	}
	if c.Locale("ar").Has("campaign.day.end.text") || !c.Locale("sr-Latn").Has("campaign.day.end.text") {
		t.Error("Has counts derived texts, and no fallbacks")
	}
	empty := (&Catalog{}).Locale("en")
	if empty.Text("a") != "a" || empty.Count("a", 1) != "a" || empty.WithFootnote("Kosovo*") != "Kosovo*" || empty.State("a") != Missing {
		t.Error("an empty catalog")
	}
}

func TestCount(t *testing.T) {
	c := mustLoad(t, good())
	for _, row := range []struct {
		lang string
		n    int
		want string
	}{
		{"en", 1, "1 message on p"}, {"en", 0, "0 messages on p"}, {"en", -3, "-3 messages on p"},
		{"sr-Cyrl", 1, "1 порука на p"}, {"sr-Cyrl", 3, "3 поруке на p"}, {"sr-Cyrl", 11, "11 порука на p"}, {"sr-Latn", 22, "22 poruke na p"},
		{"ar", 0, "لا رسائل p"}, {"ar", 1, "رسالة p"}, {"ar", 2, "رسالتان p"}, {"ar", 5, "5 رسائل p"}, {"ar", 11, "11 رسالة p"}, {"ar", 100, "100 رسالة p"},
	} {
		if got := c.Locale(row.lang).Count("posts", row.n, "page", "p"); got != row.want {
			t.Errorf("%s %d: %q, want %q", row.lang, row.n, got, row.want)
		}
	}
	if got := c.Locale("en").Count("bot.start", 2); got != "Hello" {
		t.Errorf("a plain text: %q", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	c := mustLoad(t, good())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for n := range 50 {
				l := c.Locale("sr-Latn")
				l.Count("posts", n, "page", "p")
				l.Text("bot.no112", "number", "1")
				c.Match("sr_RS")
			}
		})
	}
	wg.Wait()
}

func TestMatch(t *testing.T) {
	c := mustLoad(t, good())
	for _, row := range []struct {
		want string
		ok   bool
		tags []string
	}{
		{"sr-Cyrl", true, []string{"sr"}},
		{"sr-Cyrl", true, []string{"SR_RS"}},
		{"sr-Latn", true, []string{"sr_latn"}},
		{"sr-Latn", true, []string{"sr-Latn-RS"}},
		{"sr-Latn", true, []string{"sr-Latn-BA"}},
		{"sr-Cyrl", true, []string{"sr-BA"}},
		{"en", true, []string{"en-AU"}},
		{"ar", true, []string{"uk", "ar"}},
		{"", false, []string{"ar-Latn"}}, // another script
		{"", false, []string{"uk", "ru", "bg", "mk", "hr", "bs", "fa", "", "-", "e"}},
		{"", false, []string{strings.Repeat("a-", 1000)}},
		{"", false, nil},
	} {
		if got, ok := c.Match(row.tags...); got != row.want || ok != row.ok {
			t.Errorf("%q: %q %v, want %q", row.tags, got, ok, row.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for in, want := range map[string]string{
		"116 000": "\u2066116\u00a0000\u2069", "": "", " ": "", Number("1 2"): "\u20661\u00a02\u2069",
	} {
		if got := Number(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestLatin(t *testing.T) {
	for in, want := range map[string]string{
		"Љиљана и њени": "Ljiljana i njeni", "Његош": "Njegoš", "ЊЕГОШ": "NJEGOŠ", "КОЊ": "KONJ", "Њ": "Nj", "Џем": "Džem", "ЏЕМ": "DŽEM",
		"АБВГДЂЕЖЗИЈКЛМНОПРСТЋУФХЦЧШ":      "ABVGDĐEŽZIJKLMNOPRSTĆUFHCČŠ",
		"абвгдђежзијклмнопрстћуфхцчш":      "abvgdđežzijklmnoprstćufhcčš",
		"**Помоћ** {број} \u2066а\u2069 x": "**Pomoć** {број} \u2066а\u2069 x", "Косово* и SMS": "Kosovo* i SMS", "{": "{", "": "",
	} {
		if got := latin(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// A text of its own wins over the one that would be derived.
func TestOwnTextWins(t *testing.T) {
	c := mustLoad(t, good().with(t, "locales/sr-Latn.toml", "", "[bot]\nstart = \"Ćao\"\n"))
	l := c.Locale("sr-Latn")
	if l.Text("bot.start") != "Ćao" || l.Text("country.BA") != "Bosna i Hercegovina" {
		t.Errorf("%q, %q", l.Text("bot.start"), l.Text("country.BA"))
	}
}

func TestWithFootnote(t *testing.T) {
	c := mustLoad(t, good())
	for _, row := range []struct{ lang, text, want string }{
		{"en", "In Kosovo*.", "In Kosovo*.\n\n* Kosovo*: resolution 1244 (1999)."},
		{"en", "**Help: Kosovo***", "**Help: Kosovo***\n\n* Kosovo*: resolution 1244 (1999)."},
		{"sr-Latn", "Na Kosovu*", "Na Kosovu*\n\n* Kosovo*: rezolucija 1244 (1999)."},
		{"ar", "بكوسوفو*", "بكوسوفو*\n\n* كوسوفو*: ١٢٤٤ (١٩٩٩)."},
		{"en", "KOSOVA*", "KOSOVA*\n\n* Kosovo*: resolution 1244 (1999)."},
		{"en", "In Albania*.", "In Albania*."},
		{"sr-Cyrl", "Кокосово* млеко", "Кокосово* млеко"},
		{"en", "", ""},
	} {
		l := c.Locale(row.lang)
		got := l.WithFootnote(row.text)
		if got != row.want {
			t.Errorf("%q: %q, want %q", row.text, got, row.want)
		}
		if again := l.WithFootnote(got); again != got {
			t.Errorf("twice: %q", again)
		}
	}
	l := c.Locale("en")
	if got := l.WithFootnote(l.WithFootnote("Kosovo*") + "\n\nDraft."); strings.Count(got, "1244") != 1 || !strings.HasSuffix(got, "(1999).") {
		t.Errorf("it is the last paragraph: %q", got)
	}
}

func BenchmarkText(b *testing.B) {
	l := mustLoad(b, good()).Locale("sr-Latn")
	b.Run("plain", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			l.Text("bot.start")
		}
	})
	b.Run("filled", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			l.Text("bot.no112", "number", "112")
		}
	})
	b.Run("plural", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			l.Count("posts", 3, "page", "p")
		}
	})
	b.Run("footnote", func(b *testing.B) {
		text := strings.Repeat("Ovo je **tekst** bez tog imena. ", 20)
		for b.Loop() {
			l.WithFootnote(text)
		}
	})
}
