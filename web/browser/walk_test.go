package browser

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// mark is put on a page, so that its successor is known by lacking it.
const mark = `document.querySelector("main").marked = true`

// arrived is true once the screen after a mark is there.
const arrived = `document.readyState === "complete" && !!document.querySelector("main") && !document.querySelector("main").marked && !document.querySelector("[aria-busy]")`

// find is the button or link of the screen with a label.
func find(label string) string {
	return `[...document.querySelectorAll("main button, main .row a")].find((n) => n.textContent.trim() === ` + js(label) + `)`
}

// labels gives what the screen's buttons are called.
func (b *tab) labels() []string {
	b.Helper()
	return must[[]string](b, `[...document.querySelectorAll("main .row > *")].map((n) => n.textContent.trim())`)
}

// offers gives the first of some texts, by their ids, that a button of the screen bears.
func (b *tab) offers(lang string, ids ...string) (label string, ok bool) {
	b.Helper()
	have := b.labels()
	for _, id := range ids {
		text := b.cat.Locale(lang).Text(id)
		i := slices.IndexFunc(have, func(label string) bool { return label == text || strings.HasPrefix(label, text+" · ") }) // a country's own name follows
		if i >= 0 {
			return have[i], true
		}
	}
	return "", false
}

// press presses a button with the mouse, where it is.
func (b *tab) press(label string) {
	b.Helper()
	b.click(find(label), label)
	b.until("screen after "+label, arrived)
}

// click points at a thing and presses the mouse.
func (b *tab) click(thing, what string) {
	b.Helper()
	at := must[[]float64](b, `(() => { `+mark+`; const n = `+thing+`; if (!n) return [];
		n.scrollIntoView({block: "center"}); const r = n.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`)
	if len(at) != 2 {
		b.Fatalf("there is no %q on the screen, only %q\n%s", what, b.labels(), b.text())
	}
	b.do(chromedp.MouseClickXY(at[0], at[1]))
}

// choose presses the button that bears one of these texts.
func (b *tab) choose(lang string, ids ...string) {
	b.Helper()
	label, ok := b.offers(lang, ids...)
	if !ok {
		b.Fatalf("no button is called %v, only %q\n%s", ids, b.labels(), b.text())
	}
	b.press(label)
}

// judge looks at everything that must hold on every screen.
func (b *tab) judge(what string) {
	b.Helper()
	b.picture(what)
	b.axe(what)
	if n := must[int](b, `document.querySelectorAll("h1").length`); n != 1 {
		b.Errorf("%s: %d headings of the first rank", what, n)
	}
	if b.scripts && b.shot > 1 {
		if !must[bool](b, `document.activeElement === document.querySelector("main h1")`) {
			b.Errorf("%s: focus is on %s", what, must[string](b, `document.activeElement.outerHTML.slice(0, 200)`))
		}
	}
	small := must[[]string](b, `[...document.querySelectorAll("button, .row a, .exit")].filter((n) => { const r = n.getBoundingClientRect(); return r.height < 44 || r.width < 44; }).map((n) => n.outerHTML)`)
	if len(small) > 0 {
		b.Errorf("%s: smaller than 44 by 44: %q", what, small)
	}
	b.fits(what)
	if bad := must[[]string](b, `[...document.querySelectorAll("main a[href^='tel:']:not(.row a)")].filter((a) => !(a.getAttribute("aria-label") ?? "").includes(a.textContent)).map((a) => a.outerHTML)`); len(bad) > 0 {
		b.Errorf("%s: numbers that a screen reader does not name: %q", what, bad)
	}
	for _, id := range []string{"bot.", "check.", "web.", "card."} {
		if strings.Contains(" "+b.text(), " "+id) {
			b.Errorf("%s: a text is missing: %s…\n%s", what, id, b.text())
		}
	}
}

const overflow = `document.documentElement.scrollWidth - document.documentElement.clientWidth`

// fits looks for sideways scrolling on the smallest screen, and with letters twice as large.
func (b *tab) fits(what string) {
	b.Helper()
	b.size(320, 640)
	if n := must[int](b, overflow); n > 0 {
		b.Errorf("%s: 320 px wide, it overflows by %d px", what, n)
	}
	b.size(640, 900)
	if n := must[int](b, `(() => { document.documentElement.style.fontSize = "200%"; const n = `+overflow+`; document.documentElement.style.fontSize = ""; return n; })()`); n > 0 {
		b.Errorf("%s: with letters twice as large, it overflows by %d px", what, n)
	}
	b.size(390, 844)
}

// TestConversation walks from the first screen through help and the self-check, hides, deletes and leaves.
func TestConversation(t *testing.T) {
	for _, lang := range []string{"en", "sr-Cyrl", "sr-Latn", "ar"} {
		for name, scripts := range map[string]bool{"js": true, "plain": false} {
			t.Run(lang+"/"+name, func(t *testing.T) {
				b := open(t, serve(t, nil), scripts)
				b.name = lang + "-" + name
				call(b, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": "xx"}})
				b.visit(b.ours + "/chat") // in a browser of a language that we do not have, everybody is asked
				b.judge("languages")
				l, _ := b.cat.Language(lang)
				history := must[int](b, "history.length")
				if got := must[string](b, find(l.Autonym)+`.lang`); got != lang && lang != "en" {
					t.Errorf("the button %s says that it is in %q", l.Autonym, got)
				}
				b.press(l.Autonym)
				b.walk(lang)
				if got := must[int](b, "history.length"); scripts && got != history {
					t.Errorf("the conversation made %d steps in the history", got-history)
				}
				if found := b.elsewhere(); len(found) > 0 {
					t.Errorf("requests to others: %q", found)
				}
				b.click(`document.querySelector("#exit")`, "exit")
				b.until("the page that people leave to", `document.title === `+js(innocence))
			})
		}
	}
}

func (b *tab) walk(lang string) {
	b.Helper()
	b.judge("start")
	if got := must[string](b, `document.documentElement.lang + " " + document.documentElement.dir`); !strings.HasPrefix(got, lang+" ") || (lang == "ar") != strings.HasSuffix(got, " rtl") {
		b.Errorf("the page says it is %q", got)
	}
	b.choose(lang, "bot.btn_help")
	b.judge("countries")
	b.choose(lang, "country.RS")
	b.judge("help")
	if must[int](b, `document.querySelectorAll("main a[href^='tel:']").length`) == 0 {
		b.Errorf("no number can be pressed\n%s", b.text())
	}
	if _, ok := b.offers(lang, "bot.btn_more"); ok {
		b.choose(lang, "bot.btn_more")
		b.judge("more")
	}
	b.press(b.labels()[0]) // the first line
	b.judge("line")
	b.toStart(lang)
	b.choose(lang, "bot.btn_check")
	b.judge("consent")
	b.choose(lang, "check.go_on")
	for range 25 {
		b.judge("check")
		if !b.reply(lang) {
			break
		}
	}
	if must[int](b, `document.querySelectorAll("main a[href^='tel:']").length`) == 0 {
		b.Errorf("the result comes without a number\n%s", b.text())
	}
	b.choose(lang, "bot.btn_hide")
	b.judge("hidden")
	if title := b.cat.Locale(lang).Text("web.title"); strings.Contains(b.text(), title) || must[string](b, "document.title") == title {
		b.Errorf("hidden, the page still says what it is")
	}
	b.choose(lang, "bot.btn_open")
	if label, ok := b.offers(lang, "bot.btn_wipe"); ok {
		b.press(label)
		b.judge("wiped")
	}
}

// toStart goes back as often as it takes.
func (b *tab) toStart(lang string) {
	b.Helper()
	for range 6 {
		if _, ok := b.offers(lang, "bot.btn_check"); ok {
			return
		}
		b.choose(lang, "bot.btn_back")
	}
	b.Fatalf("there is no way back to the first screen\n%s", b.text())
}

// reply answers one question of the self-check; false where there is none.
func (b *tab) reply(lang string) bool {
	b.Helper()
	form := "check.exploitation.form.work"
	if label, ok := b.offers(lang, "check.about_me", form); ok {
		b.press(label)
		return true
	}
	if strings.Contains(b.text(), b.cat.Locale(lang).Text("check.safe")) { // is it safe to read this now?
		b.choose(lang, "check.yes")
		return true
	}
	if _, ok := b.offers(lang, "check.not_sure"); !ok {
		return false
	}
	if b.shot%3 == 0 { // some of each
		b.choose(lang, "check.not_sure")
	} else {
		b.choose(lang, "check.no")
	}
	return true
}

// TestOtherPages has the other pages judged, in both schemes of colours.
func TestOtherPages(t *testing.T) {
	p := serve(t, nil)
	for _, scheme := range []string{"light", "dark"} {
		b := open(t, p, true)
		b.scheme(scheme)
		b.name = "pages-" + scheme
		for name, path := range map[string]string{
			"home": "/?lang=en", "home-ar": "/?lang=ar", "home-sr": "/?lang=sr-Latn", "languages": "/?lang=xx", "privacy": "/privacy?lang=sr-Cyrl", "lost": "/nowhere?lang=en",
			"chat": "/chat?lang=en", "chat-ar": "/chat?lang=ar", "hidden": "/chat?lang=en&hidden=1",
		} {
			b.shot = 0
			b.visit(p.ours + path)
			b.judge(name)
		}
		if found := b.elsewhere(); len(found) > 0 {
			t.Errorf("requests to others: %q", found)
		}
	}
}
