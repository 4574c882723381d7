package browser

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"beaware/channel"
)

const secret = "WORDS THAT NOBODY ELSE MAY SEE"

// small is a bot of few screens: what the pages promise is tested apart from what the bot says.
func small(e channel.Event) channel.Screen {
	button := func(label, data string) []channel.Button { return []channel.Button{{Label: label, Data: data}} }
	s := channel.Screen{Language: "en", Text: "**First**\nPlease press.", Rows: [][]channel.Button{button("Next", "next")}}
	switch {
	case e.Command == "/hide" || e.Data == "hide":
		return channel.Screen{Language: "en", Text: "All done.", Neutral: true, Rows: [][]channel.Button{button("Open", "next")}}
	case e.Data == "next":
		s.Text, s.Idle = "**Second**\n"+secret, "hide"
		s.Rows = [][]channel.Button{button("Next", "next"), button("Hide", "hide"), button("Delete", "wipe")}
	case e.Data == "wipe":
		s.Text, s.Wipe = "**Deleted**\nNothing is kept here.", true
	}
	return s
}

// entries are the addresses that "back" and "forward" lead to, and the present one.
func (b *tab) entries() []string {
	b.Helper()
	var list []string
	for _, e := range call(b, page.GetNavigationHistory, cdp.Empty{}).Entries {
		list = append(list, strings.TrimPrefix(strings.TrimPrefix(e.URL, b.ours), b.theirs))
	}
	return list
}

// back presses the browser's button, and waits for what comes; a page that is not loaded again counts, too.
func (b *tab) back() {
	b.Helper()
	h := call(b, page.GetNavigationHistory, cdp.Empty{})
	if h.CurrentIndex == 0 {
		b.Fatal("there is nothing to go back to")
	}
	before := must[string](b, "location.href + performance.timeOrigin")
	call(b, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: h.Entries[h.CurrentIndex-1].ID})
	b.until("the page before", `location.href + performance.timeOrigin !== `+js(before)+` && document.readyState === "complete"`)
}

// strokes presses one key several times.
func (b *tab) strokes(n int, key string, options ...chromedp.KeyOption) {
	b.Helper()
	for range n {
		b.do(chromedp.KeyEvent(key, options...))
	}
}

const atInnocence = `document.title === "` + innocence + `"`

func TestLeaving(t *testing.T) {
	p := serve(t, small)
	for name, leave := range map[string]func(*tab){
		"the link":    func(b *tab) { b.click(`document.querySelector("#exit")`, "exit") },
		"three Esc":   func(b *tab) { b.strokes(3, kb.Escape) },
		"three Shift": func(b *tab) { b.strokes(3, kb.Shift) },
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, p, true)
			b.visit(p.theirs + "/before")
			b.visit(p.ours + "/chat?lang=en")
			b.press("Next")
			b.press("Next")
			leave(b)
			b.until("the page that people leave to", atInnocence+` && location.pathname === "/exit"`)
			if got := b.entries(); len(got) < 2 || !slices.Equal(got[len(got)-2:], []string{"/before", "/exit"}) {
				t.Errorf("the history is %q", got)
			}
			b.back()
			if strings.Contains(b.text(), secret) || must[string](b, "location.pathname") != "/before" {
				t.Errorf("back leads to %s", b.text())
			}
		})
	}
}

func TestNotLeaving(t *testing.T) {
	b := open(t, serve(t, small), true)
	b.visit(b.ours + "/chat?lang=en")
	b.press("Next")
	for range 4 { // backwards through the page, as keyboards do it: Shift goes down, Tab, Shift comes up
		must[chromedp.Void](b, `for (const [type, key] of [["keydown", "Shift"], ["keydown", "Tab"], ["keyup", "Tab"], ["keyup", "Shift"]])
			document.body.dispatchEvent(new KeyboardEvent(type, {key, bubbles: true}))`)
	}
	b.strokes(2, kb.Escape)
	b.strokes(2, kb.Shift)
	must[chromedp.Void](b, `for (let i = 0; i < 9; i++) document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "Shift", repeat: i > 0, bubbles: true}))`)
	if !strings.Contains(b.text(), secret) {
		t.Errorf("the page was left without being asked to: %s", b.text())
	}
}

// TestSlowLeaving: while the other page takes its time, nothing of ours is to be seen.
func TestSlowLeaving(t *testing.T) {
	p := serve(t, small)
	b := open(t, p, true)
	b.visit(p.ours + "/chat?lang=en")
	b.press("Next")
	// In one go, since the debugger waits for a page that is going away.
	const keys = `const key = (n) => { for (let i = 0; i < n; i++) for (const type of ["keydown", "keyup"])
		document.body.dispatchEvent(new KeyboardEvent(type, {key: "Escape", bubbles: true, cancelable: true})); };`
	got := must[[]string](b, `(() => { `+keys+` key(3); const seen = [String(document.body.getClientRects().length), document.title];
		key(2); return seen; })()`) // two more, at which browsers stop loading
	if !slices.Equal(got, []string{"0", "…"}) {
		t.Errorf("boxes that are drawn, title: %q", got)
	}
	close(p.hold)
	b.until("the page that people leave to", atInnocence)
}

func TestLinksLeaveNoStep(t *testing.T) {
	b := open(t, serve(t, small), true)
	b.visit(b.theirs + "/before")
	b.visit(b.ours + "/?lang=en")
	b.click(`document.querySelector("a.big")`, "help")
	b.until("the chat", `location.pathname === "/chat" && `+arrived)
	b.press("Next")
	b.click(`document.querySelector(".bottom .links a:last-child")`, "privacy")
	b.until("privacy", `location.pathname === "/privacy" && document.readyState === "complete"`)
	if got := b.entries(); !slices.Equal(got[len(got)-2:], []string{"/before", "/privacy?lang=en"}) {
		t.Errorf("the history is %q", got)
	}
}

// TestHidingOutlastsReloading: neither loading the page anew nor the address brings up what was hidden or deleted.
func TestHidingOutlastsReloading(t *testing.T) {
	for _, button := range []string{"Hide", "Delete"} {
		b := open(t, serve(t, small), true)
		b.visit(b.ours + "/chat?lang=en&start=x")
		n := must[int](b, "history.length")
		b.press("Next")
		b.press(button)
		if got := must[string](b, "location.search"); got != "?lang=en&hidden=1" || must[int](b, "history.length") != n {
			t.Errorf("%s: the address is %s", button, got)
		}
		b.do(chromedp.Reload())
		if got := b.text(); strings.Contains(got, secret) || !strings.Contains(got, "All done.") || must[string](b, "document.title") != "All done." {
			t.Errorf("%s: loaded anew it says %s", button, got)
		}
		b.press("Open")
		if got := must[string](b, "location.search"); got != "?lang=en" {
			t.Errorf("%s: the address is %s", button, got)
		}
	}
}

// TestIdle: a screen that nobody touches gives way, by its timer, and at once where the device was asleep meanwhile.
func TestIdle(t *testing.T) {
	for name, expression := range map[string]string{
		"the timer": `document.querySelector("main").dataset.after = "1"; document.dispatchEvent(new Event("visibilitychange"))`,
		"asleep":    `{ const now = Date.now; Date.now = () => now() + 601000; document.dispatchEvent(new Event("visibilitychange")); Date.now = now; }`,
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, serve(t, small), true)
			b.visit(b.ours + "/chat?lang=en")
			n := must[int](b, "history.length")
			b.press("Next")
			if got := must[string](b, `document.querySelector("main").dataset.after`); got != strconv.Itoa(int(channel.IdleAfter.Seconds())) {
				t.Errorf("it waits for %s s", got)
			}
			must[chromedp.Void](b, mark)
			must[chromedp.Void](b, expression)
			b.until("the neutral screen", arrived+` && document.title === "All done."`)
			if strings.Contains(b.text(), secret) || must[int](b, "history.length") != n {
				t.Errorf("it says %s", b.text())
			}
		})
	}
}

// TestPlain says what browsers without scripts do: what a person pressed never stands in an address, "back" shows no former screen by
// itself, and the page says what remains.
func TestPlain(t *testing.T) {
	b := open(t, serve(t, small), false)
	b.visit(b.ours + "/chat?lang=en")
	en := b.cat.Locale("en")
	if got := b.text(); !strings.Contains(got, en.Text("web.exit_back", "exit", en.Text("web.exit"))) || strings.Contains(got, en.Text("web.exit_keys")) {
		t.Errorf("the page does not say what remains:\n%s", got)
	}
	b.press("Next")
	b.press("Next")
	b.click(`document.querySelector("#exit")`, "exit")
	b.until("the page that people leave to", atInnocence)
	for _, e := range b.entries() {
		if strings.Contains(e, "next") || strings.Contains(e, "d=") {
			t.Errorf("an address tells what was pressed: %s", e)
		}
	}
	t.Logf("history without scripts: %q", b.entries())
	b.back()
	if strings.Contains(b.text(), secret) {
		t.Errorf("back shows %s", b.text())
	}
}

// TestFirstScreenIsSmall counts what a browser that was never here loads.
func TestFirstScreenIsSmall(t *testing.T) {
	for _, lang := range []string{"en", "sr-Cyrl", "sr-Latn", "ar"} {
		b := open(t, serve(t, nil), true)
		b.visit(b.ours + "/chat?lang=" + lang)
		b.mu.Lock()
		sum, n := 0.0, len(b.requests)
		for _, length := range b.bytes {
			sum += length
		}
		b.mu.Unlock()
		t.Logf("%s: %.0f bytes in %d requests, headers included", lang, sum, n)
		if sum > 30<<10 || n > 4 || sum < 5000 {
			t.Errorf("%s: the first screen takes %.0f bytes in %d requests", lang, sum, n)
		}
	}
}
