package telegram

import (
	"html"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"beaware/channel/channeltest"
	"beaware/channel/telegram/telegramjudge"
)

func TestPostHTML(t *testing.T) {
	for name, c := range map[string]struct {
		title, text string
		rtl         bool
		want        string
		units       int
	}{
		"nothing":     {"", "", false, "", 0},
		"title alone": {"Be **aware**", "", false, "<b>Be aware</b>", 8},
		"text alone":  {"", "a\nb", false, "a\nb", 3},
		"both":        {"T", "a **b**\n\n- c\n- d", false, "<b>T</b>\n\na <b>b</b>\n\n• c\n• d", 1 + 2 + 3 + 2 + 3 + 1 + 3},
		"escapes":     {`<"&'>`, `a<b & "c"</b>`, false, "<b>&lt;&quot;&amp;'&gt;</b>\n\na&lt;b &amp; &quot;c&quot;&lt;/b&gt;", 5 + 2 + 13},
		"ltr":         {"", "call \u2066+383 38 000\u2069", false, "call +383 38 000", 16},
		"rtl":         {"\u2066122\u2069", "اتصل \u2066+383 38 000\u2069", true, "<b>\u2066122\u2069</b>\n\nاتصل \u2066+383 38 000\u2069", 5 + 2 + 5 + 13},
		"two lines":   {"a\nb", "c", false, "<b>a b</b>\n\nc", 6},
		"emoji":       {"", "😀č", false, "😀č", 3},
		"blank bold":  {"", "a ** ** b", false, "a   b", 5},
		"control":     {"", "a\x00b\tc\x7f.", false, "a b c .", 7},
		"bad bytes":   {"\xff", "", false, "<b>\ufffd</b>", 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := post(c.title, c.text, c.rtl)
			if got := p.html.String(); got != c.want || p.units != c.units {
				t.Errorf("%q with %d units, want %q with %d", got, p.units, c.want, c.units)
			}
		})
	}
}

func TestFit(t *testing.T) {
	long := strings.Repeat("a", 30)
	for name, c := range map[string]struct {
		text  string
		limit int
		want  string
		cut   bool
	}{
		"fits":                   {"a\n\nb", 4, "a\n\nb", false},
		"at a paragraph":         {"one\n\n**two** 2\n\n" + long, 16, "one\n\n<b>two</b> 2\n…", true},
		"at a line":              {"one\ntwo\n" + long, 12, "one\ntwo\n…", true},
		"in a list":              {"- one\n- two\n- " + long, 14, "• one\n• two\n…", true},
		"at a character":         {strings.Repeat("😀", 30), 8, "😀😀😀\n…", true},
		"never inside a number":  {"call \u2066+383 38 000 111 222\u2069", 16, "call \n…", true},
		"not even if that is it": {"\u2066+383 38 000 111 222\u2069", 16, "\n…", true},
	} {
		t.Run(name, func(t *testing.T) {
			got, cut := fit(c.text, false, c.limit)
			if got != c.want || cut != c.cut {
				t.Errorf("fit = %q, %v, want %q, %v", got, cut, c.want, c.cut)
			}
		})
	}
}

// Telegram's own parser counts and reads as we do.
func TestJudgeAgrees(t *testing.T) {
	telegramjudge.Need(t)
	for _, c := range []struct{ title, text string }{
		{"Be aware", channeltest.Simple("").Text},
		{`<"&'>`, `a<b & "c"</b> &amp; &#60;`},
		{"Kosovo*", "**a** **b** \u2066122\u2069 😀 👩‍👩‍👧 e\u0301"},
		{"كن على دراية", "اتصل على \u2066+383 38 000\u2069 الآن."},
	} {
		for _, rtl := range []bool{false, true} {
			p := post(c.title, c.text, rtl)
			plain, bold, err := telegramjudge.Parse(p.html.String())
			if err != nil {
				t.Errorf("%q: %v", p.html.String(), err)
				continue
			}
			if want := strings.Count(p.html.String(), "<b>"); bold != want {
				t.Errorf("%d formatted runs, want %d", bold, want)
			}
			if n := len(utf16.Encode([]rune(plain))); n != p.units {
				t.Errorf("Telegram counts %d, we %d: %q", n, p.units, plain)
			}
		}
	}
}

var tag = regexp.MustCompile(`</?b>`)

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"a **b** \u2066122\u2069\n- c\n\nd", "<b>&lt;\"'", "** **", "\xff\x00\u202e", "&#0;&quot", "\u2066\u2069**\n**"} {
		f.Add(s, s, true, 20)
		f.Add(s, s, false, 3)
	}
	_, _, err := telegramjudge.Parse("ready")
	judge := err == nil
	if !judge && os.Getenv("CI") != "" {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, title, text string, rtl bool, limit int) {
		p := post(title, text, rtl)
		fitted, cut := fit(text, rtl, 2+min(max(limit, 0), maxText))
		for _, out := range []string{p.html.String(), fitted} {
			if rest := tag.ReplaceAllString(out, ""); strings.ContainsAny(rest, `<>"`) {
				t.Errorf("not escaped: %q", out)
			}
			if !judge {
				continue
			}
			if _, _, err := telegramjudge.Parse(out); err != nil {
				t.Errorf("%q: %v", out, err)
			}
		}
		if n := units(html.UnescapeString(tag.ReplaceAllString(p.html.String(), ""))); n != p.units {
			t.Errorf("%d units, want %d", p.units, n)
		}
		if n := units(html.UnescapeString(tag.ReplaceAllString(fitted, ""))); cut && n > 2+min(max(limit, 0), maxText) {
			t.Errorf("cut to %d units, limit %d", n, limit)
		}
	})
}

func BenchmarkPostHTML(b *testing.B) {
	m := channeltest.Simple("x")
	for b.Loop() {
		post(m.Title, m.Text, m.RTL)
	}
}
