package web

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"beaware/channel"
	"beaware/markup"
)

func number(s string) string { return markup.LRI + s + markup.PDI }

func pageIn(t testing.TB, tag string) *page {
	t.Helper()
	s := &site{Options: Options{Catalog: load(t)}}
	return s.page(tag)
}

func TestScreenIsWritten(t *testing.T) {
	for name, tc := range map[string]struct {
		text          string
		neutral       bool
		heading, body string
	}{
		"nothing":                        {"", false, "", ""},
		"a title":                        {"**Help: Serbia**\nText", false, "Help: Serbia", "<p>Text</p>\n"},
		"a title alone":                  {"**Question 1**", false, "Question 1", ""},
		"no title":                       {"Are you safe?\nNow", false, "", "<p>Are you safe?<br>Now</p>\n"},
		"stress in a line":               {"**Not** now", false, "", "<p><strong>Not</strong> now</p>\n"},
		"a card":                         {"**A**\n\n**Line**\nPhone\nHours", false, "A", "<h2>Line</h2>\n<p>Phone<br>Hours</p>\n"},
		"stress inside a paragraph":      {"**A**\nb\n**c**\nd", false, "A", "<p>b<br><strong>c</strong><br>d</p>\n"},
		"stress at the end":              {"**A**\nb\n\n**That is all.**", false, "A", "<p>b</p>\n<p><strong>That is all.</strong></p>\n"},
		"a long stressed text":           {"**" + strings.Repeat("a", 101) + "**\nb", false, "", "<p><strong>" + strings.Repeat("a", 101) + "</strong><br>b</p>\n"},
		"a list":                         {"**A**\n\n- **b**\n- c", false, "A", "<ul><li><strong>b</strong></li><li>c</li></ul>\n"},
		"a list first":                   {"- a", false, "", "<ul><li>a</li></ul>\n"},
		"a number":                       {"**A " + number("122") + "**\n" + number("+381 11"), false, `A <a href="tel:122" aria-label="Call 122"><bdi dir="ltr" class="num">122</bdi></a>`, `<p><a href="tel:+38111" aria-label="Call +381 11"><bdi dir="ltr" class="num">+381 11</bdi></a></p>` + "\n"},
		"a number that reaches nobody":   {"x " + markup.FSI + "112" + markup.PDI, false, "", `<p>x <bdi dir="ltr" class="num">112</bdi></p>` + "\n"},
		"nothing but a number":           {number("122") + "\nx", false, "", `<p><a href="tel:122" aria-label="Call 122"><bdi dir="ltr" class="num">122</bdi></a><br>x</p>` + "\n"},
		"tags":                           {"**<b>**\n<script>&\"", false, "&lt;b&gt;", "<p>&lt;script&gt;&amp;&#34;</p>\n"},
		"neutral":                        {"All done.", true, "All done.", ""},
		"neutral, more than one line":    {"All done.\nGo on.", true, "All done.", "<p>Go on.</p>\n"},
		"the same words, not asking for": {"a · b", false, "", "<p>a · b</p>\n"},
	} {
		t.Run(name, func(t *testing.T) {
			heading, body := pageIn(t, "en").write(channel.Screen{Language: "en", Text: tc.text, Neutral: tc.neutral})
			if string(heading) != tc.heading || string(body) != tc.body {
				t.Errorf("got  %q, %q\nwant %q, %q", heading, body, tc.heading, tc.body)
			}
		})
	}
}

// TestWordsOfManyLanguages: each name of a language is in that language, and words side by side keep their own direction.
func TestWordsOfManyLanguages(t *testing.T) {
	r := newRig(t, func(o *Options) {
		o.Answer = func(channel.Event) channel.Screen {
			return channel.Screen{Language: "und", Text: "Jezik · Language · لغة", Rows: [][]channel.Button{
				{{Label: "Bosanski", Data: "1"}, {Label: "English", Data: "2"}, {Label: "العربية", Data: "3"}}, {{Label: "Hide · إخفاء", Data: "4"}},
			}}
		}
	})
	body := text(t, r.get("/chat"))
	for _, want := range []string{
		`<html lang="en" dir="ltr">`, `<div class="screen text" lang="">`, `<input type="hidden" name="lang" value="und">`,
		`<p><span><bdi>Jezik</bdi> · <bdi>Language</bdi> · <bdi lang="ar" dir="rtl">لغة</bdi></span></p>`,
		`<button name="d" value="1" lang="bs" dir="ltr">Bosanski</button>`, `<button name="d" value="2">English</button>`,
		`<button name="d" value="3" lang="ar" dir="rtl">العربية</button>`, `<bdi lang="ar" dir="rtl">إخفاء</bdi>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s\n%s", want, body)
		}
	}
}

// TestIdleScreen: where no script runs, the browser itself asks for the neutral screen after a while, by an address that says nothing.
func TestIdleScreen(t *testing.T) {
	var got channel.Event
	r := newRig(t, func(o *Options) {
		o.Answer = func(e channel.Event) channel.Screen {
			got = e
			return channel.Screen{Language: "ar", RTL: true, Text: "x", Idle: "the-idle-data"}
		}
	})
	resp := r.do("POST", "/chat", "d=x", "Content-Type", formType)
	body := text(t, resp)
	if got := resp.Header.Get("Refresh"); got != "600; url=/chat?lang=ar&hidden=1" {
		t.Errorf("Refresh: %q", got)
	}
	if !strings.Contains(body, `data-idle="the-idle-data" data-after="600"`) {
		t.Errorf("the script is not told:\n%s", body)
	}
	if got.Platform != "web" || got.Keeps || got.Words != "" || got.Data != "x" || got.Command != "" {
		t.Errorf("the bot is asked %+v", got)
	}
	if resp := r.get("/chat?lang=ar"); resp.Header.Get("Refresh") != "" {
		t.Error("a page with a script would be taken away under the reader")
	}
	r.get("/chat?lang=ar&hidden=1&start=x")
	if got.Command != "/hide" || got.Payload != "" || !slices.Equal(got.Languages, []string{"ar"}) {
		t.Errorf("the address asks %+v", got)
	}
}

func TestChatLeavesNothing(t *testing.T) {
	r := newRig(t)
	for _, resp := range []struct{ method, target, body string }{{"GET", "/chat?lang=en", ""}, {"POST", "/chat", "d=help"}, {"GET", "/privacy?lang=en", ""}, {"GET", "/?lang=en", ""}} {
		got := r.do(resp.method, resp.target, resp.body, "Content-Type", formType)
		if got.Header.Get("Cache-Control") != "no-store" || len(got.Header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: %v", resp.target, got.Header)
		}
		if robots := got.Header.Get("X-Robots-Tag"); strings.HasPrefix(resp.target, "/chat") != (robots == "noindex, nofollow") {
			t.Errorf("%s: X-Robots-Tag %q", resp.target, robots)
		}
	}
	body := text(t, r.get("/chat?lang=en"))
	if !strings.Contains(body, "<title>Information</title>") {
		t.Errorf("the title says more than it must\n%s", body)
	}
}

// TestFirstScreenIsSmall: page, style and script together, not compressed.
func TestFirstScreenIsSmall(t *testing.T) {
	r := newRig(t)
	body := text(t, r.get("/chat?lang=ar"))
	sum, files := len(body), 0
	for _, m := range regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`).FindAllStringSubmatch(body, -1) {
		files++
		sum += len(text(t, r.get(m[1])))
	}
	if files != 2 || sum > 30<<10 {
		t.Errorf("%d bytes, %d files besides the page", sum, files)
	}
}

// TestNothingMoves: there is nothing to turn off for people whom movement makes ill.
func TestNothingMoves(t *testing.T) {
	style, _ := files.ReadFile("assets/style.css")
	for _, bad := range []string{"transition", "animation", "@keyframes", "smooth", "url(", "@import"} {
		if bytes.Contains(style, []byte(bad)) {
			t.Errorf("the style has %q", bad)
		}
	}
	script, _ := files.ReadFile("assets/app.js")
	for _, bad := range []string{"localStorage", "sessionStorage", "indexedDB", "cookie", "pushState", "innerHTML", "eval("} {
		if bytes.Contains(script, []byte(bad)) {
			t.Errorf("the script has %q", bad)
		}
	}
}

// Whatever the text, what is written is well-formed, has only tags that it may have, and says every word.
func FuzzScreen(f *testing.F) {
	for _, seed := range []string{"", "**a**\n- b\n\n**c**\nd", "<script>", number("+381 11"), "**" + number("**"), "a · **b** · \u202e", "\x00\xff\r", markup.LRI + `"><a href="javascript:x` + markup.PDI} {
		f.Add(seed, "en", false)
		f.Add(seed, "und", true)
	}
	p := pageIn(f, "en")
	f.Fuzz(func(t *testing.T, raw, tag string, neutral bool) {
		raw = strings.Map(func(r rune) rune { // the judge below reads XML, which forbids what HTML shows nothing for
			if unicode.IsControl(r) && r != '\n' || r >= 0xFFFE && r <= 0xFFFF {
				return -1
			}
			return r
		}, raw)
		heading, body := p.write(channel.Screen{Language: tag, Text: raw, Neutral: neutral})
		said := ""
		d := xml.NewDecoder(strings.NewReader("<x>" + strings.ReplaceAll(string(heading)+"\n"+string(body), "<br>", "<br/>\n") + "</x>"))
		d.Strict = true
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v", body, err)
			}
			switch e := token.(type) {
			case xml.CharData:
				said += string(e)
			case xml.StartElement:
				if !slices.Contains([]string{"x", "h2", "p", "br", "ul", "li", "strong", "span", "bdi", "a"}, e.Name.Local) {
					t.Fatalf("%q: tag %s", body, e.Name.Local)
				}
				for _, a := range e.Attr {
					if u, _ := url.Parse(a.Value); a.Name.Local == "href" && (u == nil || u.Scheme != "tel") {
						t.Fatalf("%q: address %s", body, a.Value)
					}
				}
			}
		}
		words := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "• ", "")), "") }
		if got, want := words(said), words(markup.Text(raw, false)); got != want {
			t.Errorf("said %q, want %q", got, want)
		}
	})
}

func BenchmarkScreen(b *testing.B) {
	p := pageIn(b, "en")
	s := channel.Screen{Language: "en", Text: "**Help**\n\n" + strings.Repeat(fmt.Sprintf("**Line**\nPhone: %s\nHours\n\n", number("116 111")), 5)}
	b.ReportAllocs()
	for b.Loop() {
		p.write(s)
	}
}
