package telegramtest_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"beaware/channel/telegram/telegramjudge"
	"beaware/channel/telegram/telegramtest"
)

var htmlTable = []string{
	"", "plain", "&lt;&gt;&amp;&quot;", "&lt&gt;&nbsp;&apos;", "&#65;&#x41;&#X41;&#0;&#1114111;&#55357;&#x1F600;", "&#65 &# &#x", "&",
	"<b>x</b>", "<B>x</B>", "<strong>x</strong><em>y</em><ins>z</ins><strike>a</strike><del>b</del>", "<b>x", "x</b>", "<b>x</i>", "<b><i>x</b></i>",
	"<p>x</p>", "<br>", "<br/>", "<b/>", "a < b", "a <", "<", "</", "</>", "<b></>", "<b>x</>", "<b>x</b", "<b>x</b >", "<b >x</b>", "<b x>y</b>", "<b x=1>y</b>",
	`<a href="https://example.org">x</a>`, `<a href='https://example.org/?a=1&amp;b=2'>x</a>`, `<a href=example.org>x</a>`, `<a href="nowhere">x</a>`, `<a>example.org</a>`,
	`<a href="">x</a>`, `<a href="javascript:alert(1)">x</a>`, `<a href="mailto:a@b.org">x</a>`, `<a href="tel:+38712">x</a>`, `<a href="tg://user?id=42">x</a>`,
	`<a href="tg://resolve?domain=x">x</a>`, `<a href="HTTPS://EXAMPLE.ORG">x</a>`, `<a href="https://exa mple.org">x</a>`, `<a href="https://example.org">`, `<a href="https://a.b`,
	`<a href="https://user:pw@example.org:8080/p?q#f">x</a>`, `<a href="https://[::1]/">x</a>`, `<a href="https://шко.мк/">x</a>`, `<a href="//example.org">x</a>`, `<a href="https://example.org." >x</a>`,
	`<span class="tg-spoiler">x</span>`, `<span>x</span>`, `<span class="x">y</span>`, `<tg-spoiler>x</tg-spoiler>`, `<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>`, `<tg-emoji>x</tg-emoji>`,
	`<pre>x</pre>`, `<code>x</code>`, `<pre><code class="language-go">x</code></pre>`, `<code class="language-go"><pre>x</pre></code>`, `<pre><code>x</code></pre>`, `<code>a<b>c</b></code>`, `<b>a<code>c</code></b>`,
	`<blockquote>x</blockquote>`, `<blockquote expandable>x</blockquote>`, `<blockquote>a<blockquote>b</blockquote></blockquote>`, `<b>a</b><b>b</b>`, `<b><b>x</b></b>`, `<b>a<i>b</i>c</b>`, `<b> </b>`, `<i></i>`,
	" <b>x</b> ", "\n\n<b>x</b>\n", "a\r\nb", "😀<b>😀</b>", "<b>\u202bx\u202c</b>", "\u2066+387 33\u2069", "<tg-time unix=\"1\">x</tg-time>", "<u>a</u>b<s>c</s>", "<b>a\n\nb</b>",
	"<a href=\"https://example.org\"><b>x</b></a>", "<b><a href=\"https://example.org\">x</a></b>", "<a href=\"https://a.org\">x<a href=\"https://b.org\">y</a></a>",
	"<b>one</b> @name #tag /cmd https://example.org a@b.org", "x\x00y", "<b\x00>x</b>", "<b>x</b\x00>",
}

// compare holds our parser against Telegram's: verdict, words of refusal, plain text, number of entities.
func compare(t *testing.T, html string) bool {
	t.Helper()
	plain, found, err := telegramtest.ParseHTML(html)
	theirs, count, judged := telegramjudge.Parse(html)
	switch {
	case (err != nil) != (judged != nil):
		t.Errorf("%q: ours says %v, Telegram says %v", html, err, judged)
	case err != nil && !strings.HasSuffix(judged.Error(), err.Error()):
		t.Errorf("%q: refused with %q, Telegram says %q", html, err, judged)
	case err == nil && plain != theirs:
		t.Errorf("%q: text %q, Telegram has %q", html, plain, theirs)
	case err == nil && len(found) != count:
		t.Errorf("%q: %d entities %+v, Telegram has %d", html, len(found), found, count)
	default:
		return true
	}
	return false
}

func TestHTMLAgainstTelegramTable(t *testing.T) {
	telegramjudge.Need(t)
	for _, html := range htmlTable {
		compare(t, html)
	}
}

// pieces that a random text is made of.
var pieces = []string{
	"<b>", "</b>", "<i>", "</i>", "<u>", "</u>", "<s>", "</s>", "<code>", "</code>", "<pre>", "</pre>", "<blockquote>", "</blockquote>", "<tg-spoiler>", "</tg-spoiler>",
	`<a href="https://example.org">`, `<a href="x">`, "<a>", "</a>", `<span class="tg-spoiler">`, "</span>", `<code class="language-go">`, "</>", "<p>", "<", ">", "&", ";", "&lt;", "&amp", "&#65;", "&#x1F600;",
	"a", "b ", " ", "\n", "ж", "😀", "\u2066", "\u2069", `"`, "'", "=", "/", "x=1", "=\"", "example.org", "\t", "#", "expandable", "\u202a", "B>", "<B", "</B>",
}

func TestHTMLAgainstTelegramRandom(t *testing.T) {
	telegramjudge.Need(t)
	rng := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for range 20_000 {
		var html strings.Builder
		for range 1 + rng.IntN(12) {
			html.WriteString(pieces[rng.IntN(len(pieces))])
		}
		if !compare(t, html.String()) && t.Failed() {
			if refused++; refused > 15 {
				t.Fatal("too many differences")
			}
		}
	}
}

// nested makes texts that are mostly well formed, so that entities are compared and not only refusals.
func TestHTMLAgainstTelegramNested(t *testing.T) {
	telegramjudge.Need(t)
	rng := rand.New(rand.NewPCG(3, 4))
	tags := []string{"b", "i", "u", "s", "code", "pre", "blockquote", "tg-spoiler", "a"}
	var make func(depth int) string
	make = func(depth int) string {
		var out strings.Builder
		for range rng.IntN(4) {
			if depth == 0 || rng.IntN(2) == 0 {
				out.WriteString([]string{"x", " ", "ж", "😀 ", "\n", "&lt;"}[rng.IntN(6)])
				continue
			}
			tag := tags[rng.IntN(len(tags))]
			open := tag
			if tag == "a" {
				open = `a href="https://example.org/` + string(rune('a'+rng.IntN(2))) + `"`
			}
			out.WriteString("<" + open + ">" + make(depth-1) + "</" + tag + ">")
		}
		return out.String()
	}
	bad := 0
	for range 10_000 {
		if !compare(t, make(4)) {
			if bad++; bad > 15 {
				t.Fatal("too many differences")
			}
		}
	}
}

// Addresses decide whether a link is an entity at all.
func TestLinksAgainstTelegram(t *testing.T) {
	telegramjudge.Need(t)
	rng := rand.New(rand.NewPCG(5, 6))
	parts := []string{
		"http", "https", "HTTPS", "tg", "ton", "tonsite", "mailto", "javascript", "://", ":", "//", "/", "example", ".", "org", "t.me", "?", "=", "#", "&amp;", "@", "user", "id", "12",
		"шко", "мк", "[", "]", "::1", "-", "_", "%20", "%", " ", "8080", "99999", "x", "..", "~", "(", ")", "\\", "|", "^", "{", "\u2066", "\n", ",", ";", "!", "*", "'", "+", "$",
	}
	bad := 0
	for range 20_000 {
		var link strings.Builder
		for range 1 + rng.IntN(8) {
			link.WriteString(parts[rng.IntN(len(parts))])
		}
		if !compare(t, `<a href="`+link.String()+`">x</a>`) {
			if bad++; bad > 40 {
				t.Fatal("too many differences")
			}
		}
	}
}

// Tags made badly.
func TestTagsAgainstTelegram(t *testing.T) {
	telegramjudge.Need(t)
	rng := rand.New(rand.NewPCG(7, 8))
	parts := []string{
		"<b", "<a", "<span", "<code", "<tg-time", "<tg-emoji", "<blockquote", " ", "href", "class", "unix", "format", "emoji-id", "expandable", "=", "\"", "'", "/", ">", ">x</b>", ">x</a>", ">x</code>",
		">x</span>", ">x</tg-time>", ">x</tg-emoji>", ">x</blockquote>", "tg-spoiler", "language-go", "1", "0", "-1", "wDT", "r", "t.me", "&quot;", "&#65;", "\t", "\n", "\v", "\f", "\x00", "ж", "x",
	}
	bad := 0
	for range 30_000 {
		var html strings.Builder
		for range 1 + rng.IntN(9) {
			html.WriteString(parts[rng.IntN(len(parts))])
		}
		if !compare(t, html.String()) {
			if bad++; bad > 15 {
				t.Fatal("too many differences")
			}
		}
	}
}
