package feed

import (
	"encoding/xml"
	"errors"
	"html"
	"io"
	"slices"
	"strings"
	"testing"

	"beaware/markup"
)

func TestHTML(t *testing.T) {
	num := func(s string) string { return markup.LRI + s + markup.PDI }
	for in, want := range map[string]string{
		"":                                        "",
		"One\ntwo\n\nthree":                       "<p>One<br/>two</p>\n<p>three</p>\n",
		"- a\n- **b**":                            "<ul><li>a</li><li><strong>b</strong></li></ul>\n",
		"Kosovo* ** <b> & \"'":                    "<p>Kosovo* ** &lt;b&gt; &amp; &#34;&#39;</p>\n",
		"Call " + num("+383\u00a038\u00a0000"):    `<p>Call <a href="tel:+38338000"><bdi dir="ltr" class="num">+383` + "\u00a0" + `38` + "\u00a0" + "000</bdi></a></p>\n",
		markup.FSI + "112" + markup.PDI:           `<p><bdi dir="ltr" class="num">112</bdi></p>` + "\n",
		num("122"):                                `<p><a href="tel:122"><bdi dir="ltr" class="num">122</bdi></a></p>` + "\n",
		num("2027-07-17") + " " + num("09:00"):    `<p><bdi dir="ltr" class="num">2027-07-17</bdi> <bdi dir="ltr" class="num">09:00</bdi></p>` + "\n",
		num("https://example.org/a/long/address"): `<p><bdi dir="ltr" class="num long">https://example.org/a/long/address</bdi></p>` + "\n",
		num("+"):                                  `<p><bdi dir="ltr" class="num">+</bdi></p>` + "\n",
		"a\x00b\xffc\u000bd":                      "<p>a\ufffdb\ufffdc\ufffdd</p>\n",
	} {
		if got := string(HTML(in)); got != want {
			t.Errorf("%q:\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestLabelIsOneLineWithoutLinks(t *testing.T) {
	got := string(Label("Police: " + markup.LRI + "122" + markup.PDI + "\n\n- <i>"))
	if want := `Police: <bdi dir="ltr" class="num">122</bdi> &lt;i&gt;`; got != want {
		t.Errorf("got %s", got)
	}
}

func TestSafeURL(t *testing.T) {
	for in, want := range map[string]bool{
		"https://example.org/?a=1&b": true, "HTTP://x": true, "tel:+387122": true, "tg://resolve?domain=x": true,
		"javascript:alert(1)": false, "data:text/html,x": false, "": false, "/chat": false, "https": false, " javascript:x": false, "java\nscript:x": false,
	} {
		if u, ok := SafeURL(in); ok != want || !ok && u != "" {
			t.Errorf("%q: %q, %v", in, u, ok)
		}
	}
}

// Whatever the text, the page parses, holds no tag but ours, and keeps every character that may be shown.
func FuzzHTML(f *testing.F) {
	for _, seed := range []string{
		"", "a\n\n- b\n- **c**", "<script>alert(1)</script>", markup.LRI + "+387 122" + markup.PDI, "**" + markup.LRI + "**", "\x00\xff\r\u2028]]>&amp;", "- \n-\n**x",
		markup.LRI + `"><a href="javascript:x` + markup.PDI,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, out := range []string{string(HTML(text)), string(Label(text)), content("https://example.org", Item{Text: text, Title: text, Photo: &Photo{File: text, Alt: text}, Links: []Link{{text, text}, {text, "https:" + text}}, Language: text})} {
			wellFormed(t, out)
		}
		shown := strings.ReplaceAll(string(Label(text)), `<bdi dir="ltr" class="num">`, "")
		for _, tag := range []string{`<bdi dir="ltr" class="num long">`, "</bdi>", "<strong>", "</strong>"} {
			shown = strings.ReplaceAll(shown, tag, "")
		}
		words := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "• ", "")), " ") }
		if got, want := words(html.UnescapeString(shown)), words(markup.Text(clean(text), false)); got != want {
			t.Errorf("shown %q, want %q", got, want)
		}
	})
}

func wellFormed(t *testing.T, out string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader("<x>" + out + "</x>"))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !slices.Contains([]string{"x", "p", "br", "ul", "li", "strong", "bdi", "a", "div", "img"}, start.Name.Local) {
			t.Fatalf("%q: tag %s", out, start.Name.Local)
		}
		for _, a := range start.Attr {
			if !slices.Contains([]string{"dir", "class", "href", "lang", "src", "alt"}, a.Name.Local) {
				t.Fatalf("%q: attribute %s", out, a.Name.Local)
			}
			if a.Name.Local == "href" {
				if _, ok := SafeURL(a.Value); !ok {
					t.Fatalf("%q: address %s", out, a.Value)
				}
			}
		}
	}
}

func BenchmarkHTML(b *testing.B) {
	text := strings.Repeat("Some **words** and a number: "+markup.LRI+"+387\u00a033\u00a0000\u00a0000"+markup.PDI+".\n\n- one\n- two\n\n", 10)
	b.ReportAllocs()
	for b.Loop() {
		HTML(text)
	}
}
