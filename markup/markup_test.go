package markup_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"beaware/markup"
)

func plain(s string) markup.Span   { return markup.Span{Kind: markup.Plain, Text: s} }
func strong(s string) markup.Span  { return markup.Span{Kind: markup.Strong, Text: s} }
func isolate(s string) markup.Span { return markup.Span{Kind: markup.Isolate, Text: s} }

func para(lines ...markup.Line) markup.Block { return markup.Block{Lines: lines} }
func list(lines ...markup.Line) markup.Block { return markup.Block{List: true, Lines: lines} }

func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []markup.Block
	}{
		"nothing":              {"", nil},
		"only space":           {" \n\t\n\u00a0\n", nil},
		"only marks":           {"\u2066\u2069\n\u2069", nil},
		"one line":             {"a", []markup.Block{para(markup.Line{plain("a")})}},
		"two paragraphs":       {"a\nb\n\n\n c", []markup.Block{para(markup.Line{plain("a")}, markup.Line{plain("b")}), para(markup.Line{plain("c")})}},
		"CRLF":                 {"a\r\n\r\nb\r\n", []markup.Block{para(markup.Line{plain("a")}), para(markup.Line{plain("b")})}},
		"a list after a line":  {"a\n- b\n- c\nd", []markup.Block{para(markup.Line{plain("a")}), list(markup.Line{plain("b")}, markup.Line{plain("c")}), para(markup.Line{plain("d")})}},
		"two lists":            {"- a\n\n- b", []markup.Block{list(markup.Line{plain("a")}), list(markup.Line{plain("b")})}},
		"a dash is no list":    {"-a\n-", []markup.Block{para(markup.Line{plain("-a")}, markup.Line{plain("-")})}},
		"a number is no list":  {"1. a", []markup.Block{para(markup.Line{plain("1. a")})}},
		"strong":               {"a **b** c", []markup.Block{para(markup.Line{plain("a "), strong("b"), plain(" c")})}},
		"Kosovo*":              {"Kosovo* and Kosovo*", []markup.Block{para(markup.Line{plain("Kosovo* and Kosovo*")})}},
		"stars alone":          {"a ** b", []markup.Block{para(markup.Line{plain("a ** b")})}},
		"nothing strong":       {"a ****b **c**", []markup.Block{para(markup.Line{plain("a ****b "), strong("c")})}},
		"strong over a line":   {"**a\nb**", []markup.Block{para(markup.Line{plain("**a")}, markup.Line{plain("b**")})}},
		"isolate":              {"call \u2066+383 38 000\u2069.", []markup.Block{para(markup.Line{plain("call "), isolate("+383 38 000"), plain(".")})}},
		"named":                {"not \u2068112\u2069.", []markup.Block{para(markup.Line{plain("not "), {Kind: markup.Named, Text: "112"}, plain(".")})}},
		"named and isolate":    {"\u2068112\u2069 \u2066122\u2069", []markup.Block{para(markup.Line{{Kind: markup.Named, Text: "112"}, plain(" "), isolate("122")})}},
		"unclosed named":       {"a \u2068b", []markup.Block{para(markup.Line{plain("a b")})}},
		"strong isolate":       {"**\u2066122\u2069**", []markup.Block{para(markup.Line{isolate("122")})}},
		"strong round isolate": {"**call \u2066122\u2069 now** ok", []markup.Block{para(markup.Line{strong("call "), isolate("122"), strong(" now"), plain(" ok")})}},
		"stars in an isolate":  {"\u2066**\u2069 **a**", []markup.Block{para(markup.Line{isolate("**"), plain(" "), strong("a")})}},
		"unclosed isolate":     {"a \u2066b", []markup.Block{para(markup.Line{plain("a b")})}},
		"unopened isolate":     {"a \u2069b", []markup.Block{para(markup.Line{plain("a b")})}},
		"isolate in isolate":   {"\u2066a \u2066b\u2069 c\u2069", []markup.Block{para(markup.Line{isolate("a b"), plain(" c")})}},
		"isolate over a line":  {"\u2066a\nb\u2069", []markup.Block{para(markup.Line{plain("a")}, markup.Line{plain("b")})}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, markup.Parse(c.text)); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

func TestText(t *testing.T) {
	const text = "**Call** \u2066+383 38 000\u2069\n- one\n- **two**\n\nend"
	for _, c := range []struct {
		rtl  bool
		want string
	}{
		{false, "Call +383 38 000\n\n• one\n• two\n\nend"},
		{true, "Call \u2066+383 38 000\u2069\n\n• one\n• two\n\nend"},
	} {
		if got := markup.Text(text, c.rtl); got != c.want {
			t.Errorf("Text(rtl %v) = %q, want %q", c.rtl, got, c.want)
		}
	}
}

func TestDial(t *testing.T) {
	for shown, want := range map[string]string{
		"+383 38 000":         "+38338000",
		"0 800 500 202":       "0800500202",
		"(033)\u00a0222 000":  "033222000",
		"116 006":             "116006",
		"122":                 "122",
		"":                    "",
		"+":                   "",
		"24/7":                "",
		"08:00-20:00":         "",
		"17.07.2027":          "",
		"12+3":                "",
		"++38":                "",
		"example.org":         "",
		"\u2066122\u2069":     "",
		"\u0661\u0662\u0662":  "",
		"122 \U0001f4de call": "",
	} {
		if got := markup.Dial(shown); got != want {
			t.Errorf("Dial(%q) = %q, want %q", shown, got, want)
		}
	}
}

// What is said never depends on the direction, and no character is lost but marks, spaces at the ends of lines and paired stars.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"a **b** \u2066122\u2069\n- c\n\nd", "****", "**\u2066**\u2069**", "- \u2066", "\xff**\xfe**", "\u2066\u2066\u2069\u2069- "} {
		f.Add(s)
	}
	f.Add("\xe2\x81\u2066\xa9")
	f.Fuzz(func(t *testing.T, raw string) {
		ltr, rtl := markup.Text(raw, false), markup.Text(raw, true)
		text := strings.ToValidUTF8(raw, "\ufffd")
		unmark := strings.NewReplacer(markup.LRI, "", markup.PDI, "")
		if unmark.Replace(ltr) != ltr {
			t.Errorf("marks in left-to-right text: %q", ltr)
		}
		if got := unmark.Replace(rtl); got != ltr {
			t.Errorf("the text depends on the direction: %q, %q", got, ltr)
		}
		for _, b := range markup.Parse(text) {
			if len(b.Lines) == 0 {
				t.Error("an empty block")
			}
			for _, l := range b.Lines {
				if len(l) == 0 {
					t.Error("an empty line")
				}
				for _, s := range l {
					if s.Text == "" || strings.Contains(s.Text, "\n") {
						t.Errorf("span %q", s.Text)
					}
				}
			}
		}
		if got, want := bare(ltr), bare(unmark.Replace(text)); got != want {
			t.Errorf("said %q, want %q", got, want)
		}
	})
}

// bare leaves what no rule of the markup takes away or adds.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("*•-", r) {
			return -1
		}
		return r
	}, s)
}

func FuzzDial(f *testing.F) {
	f.Add("+383 38 000")
	f.Fuzz(func(t *testing.T, shown string) {
		for i, r := range markup.Dial(shown) {
			if !(r >= '0' && r <= '9') && !(r == '+' && i == 0) {
				t.Errorf("Dial(%q) = %q", shown, markup.Dial(shown))
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := strings.Repeat("Work should be **paid**. Call \u2066116 006\u2069.\n\n- You can ask\n- You can leave\n\n", 5)
	for b.Loop() {
		markup.Parse(text)
	}
}
