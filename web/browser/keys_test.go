package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// seen is true where the focused thing has a visible ring and nothing lies over it (WCAG 2.2, 2.4.7 and 2.4.11).
const seen = `(() => { const n = document.activeElement, s = getComputedStyle(n), r = n.getBoundingClientRect();
	if (s.outlineStyle === "none" || parseFloat(s.outlineWidth) < 2) return "no ring: " + n.outerHTML;
	const at = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
	return at && (n.contains(at) || at.contains(n)) ? "" : "covered: " + n.outerHTML; })()`

// tabTo moves the focus with the Tab key only, and looks at each stop.
func (b *tab) tabTo(what, is string) {
	b.Helper()
	for range 60 {
		b.do(chromedp.KeyEvent(kb.Tab))
		if !must[bool](b, `document.activeElement !== document.body`) {
			continue
		}
		if fault := must[string](b, seen); fault != "" {
			b.Errorf("on the way to %s: %s", what, fault)
		}
		if must[bool](b, is) {
			return
		}
	}
	b.Fatalf("%s cannot be reached by keyboard\n%s", what, b.text())
}

// TestKeyboard holds a conversation without a mouse.
func TestKeyboard(t *testing.T) {
	for name, scripts := range map[string]bool{"js": true, "plain": false} {
		t.Run(name, func(t *testing.T) {
			b := open(t, serve(t, nil), scripts)
			b.visit(b.ours + "/chat?lang=en")
			const again = "the first screen"
			for _, id := range []string{"bot.btn_help", "country.RS", again, "bot.btn_check", "check.go_on", "bot.btn_hide", "bot.btn_open"} {
				label, ok := b.offers("en", id)
				is := `document.activeElement === ` + find(label)
				if id == again {
					label, ok, is = id, true, `document.activeElement.matches(".restart a")`
				}
				if !ok {
					t.Fatalf("no button %s, only %q", id, b.labels())
				}
				b.tabTo(label, is)
				must[chromedp.Void](b, mark)
				b.do(chromedp.KeyEvent(kb.Enter))
				b.until("screen after "+label, arrived)
				if scripts && !must[bool](b, `document.activeElement === document.querySelector("main h1")`) {
					t.Errorf("after %s the focus is elsewhere", label)
				}
			}
			b.tabTo("the way out", `document.activeElement.id === "exit"`)
			b.do(chromedp.KeyEvent(kb.Enter))
			b.until("the page that people leave to", atInnocence)
		})
	}
}

// TestAnnouncement: the heading has the focus, the first words below it are said as a status, and then are gone.
func TestAnnouncement(t *testing.T) {
	b := open(t, serve(t, small), true)
	b.visit(b.ours + "/chat?lang=en")
	b.press("Next")
	b.until("the status", `document.querySelector("[role=status]").textContent === `+js(secret))
	if n := must[int](b, `document.querySelectorAll("main [aria-live], main[aria-live]").length`); n != 0 {
		t.Errorf("%d live regions besides the status: words would be read twice", n)
	}
	b.press("Hide")
	b.until("silence", `document.querySelector("[role=status]").textContent === ""`)
}
