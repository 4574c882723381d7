package main

import (
	"encoding/json"
	"encoding/xml"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beaware/outbox"
)

// TestRun is what a newcomer does: start in an empty folder, look, stop, start again.
func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if s := once(t, dir, "status"); s.code != failed || !strings.Contains(s.err, "beaware run makes it") {
		t.Errorf("status before the first run: exit %d, %q", s.code, s.err)
	}
	p := startIn(t, dir)
	for _, page := range []string{"/", "/?lang=sq", "/chat", "/privacy", "/healthz", "/readyz", "/metrics"} {
		p.get(page)
	}
	first := p.settled(dir)
	posts := p.posts(sampled(t))
	t.Run("taps", func(t *testing.T) { twoTaps(t, p) })
	t.Run("status", func(t *testing.T) {
		s := once(t, dir, "status", "--json").good(t)
		var r report
		if err := json.Unmarshal([]byte(s.out), &r); err != nil || !r.Running {
			t.Errorf("%v\n%s", err, s.out)
		}
		if s := once(t, dir, "status").good(t); !strings.HasPrefix(s.out, "Running.") {
			t.Errorf("status says %s", s.out)
		}
	})
	t.Run("second program in one folder", func(t *testing.T) {
		s := once(t, dir, "run", "--listen", "127.0.0.1:0")
		if s.code != failed || !strings.Contains(s.err, "in use") || !strings.Contains(s.err, "beaware.db") {
			t.Errorf("exit %d, %q", s.code, s.err)
		}
	})
	t.Logf("ended %s after Ctrl-C", p.interrupt())

	t.Run("status without a program", func(t *testing.T) {
		var r report
		if err := json.Unmarshal([]byte(once(t, dir, "status", "--json").good(t).out), &r); err != nil {
			t.Fatal(err)
		}
		if r.Running || !maps.Equal(r.totals(), first.totals()) {
			t.Errorf("running %v, %v; %v was sent", r.Running, r.totals(), first.totals())
		}
	})

	p = startIn(t, dir)
	same(t, p, posts, first, p.settled(dir))
	p.kill()
	p = startIn(t, dir)
	same(t, p, posts, first, p.settled(dir))
	p.interrupt()
}

// TestRunAfterACrash kills the program while it publishes for the first time.
func TestRunAfterACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	startIn(t, dir).kill()
	p := startIn(t, dir)
	r := p.settled(dir)
	if sum := r.totals(); sum[outbox.Sent] == 0 || len(sum) != 1 {
		t.Errorf("ended in %v; every post must be sent", sum)
	}
	n := 0
	for _, ids := range p.posts(sampled(t)) {
		n += len(ids)
	}
	if sent := r.totals()[outbox.Sent]; n != sent {
		t.Errorf("%d posts stand in the feeds, the ledger says %d", n, sent)
	}
	p.interrupt()
}

// same holds that nothing went out twice; what became due meanwhile may be there once.
func same(t *testing.T, p *process, posts map[string][]string, before, after report) {
	t.Helper()
	due := 0
	for range sampled(t).planner.Due(before.Watermark, after.Watermark) {
		due++
	}
	if got, want := after.totals()[outbox.Sent], before.totals()[outbox.Sent]+due; got != want || len(after.totals()) != 1 {
		t.Errorf("the ledger says %v after another start, want %d sent", after.totals(), want)
	}
	if due > 0 {
		return // a post became due while the test ran
	}
	if diff := cmp.Diff(posts, p.posts(sampled(t))); diff != "" {
		t.Errorf("the feeds changed by another start:\n%s", diff)
	}
}

// posts gives the ids of every feed by channel and language, the same in both formats, at least one in each.
func (p *process) posts(in *installation) map[string][]string {
	p.t.Helper()
	all := map[string][]string{}
	for _, c := range in.feeds {
		for _, lang := range in.languagesOfChannel(c.ID) {
			at := "/feeds/" + c.ID + "/" + lang
			ids, languages := atomIDs(p.t, p.get(at+".atom"))
			if len(ids) == 0 {
				p.t.Errorf("%s is empty", at)
			}
			for _, l := range languages {
				if l != lang {
					p.t.Errorf("%s holds a post in %s", at, l)
				}
			}
			if diff := cmp.Diff(ids, jsonIDs(p.t, p.get(at+".json"))); diff != "" {
				p.t.Errorf("%s differs between its two formats:\n%s", at, diff)
			}
			all[at] = ids
		}
	}
	return all
}

func atomIDs(t testing.TB, body string) (ids, languages []string) {
	t.Helper()
	var feed struct {
		Entries []struct {
			ID   string `xml:"id"`
			Lang string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(body), &feed); err != nil {
		t.Fatal(err)
	}
	for _, e := range feed.Entries {
		ids, languages = append(ids, e.ID), append(languages, e.Lang)
	}
	return ids, languages
}

func jsonIDs(t testing.TB, body string) (ids []string) {
	t.Helper()
	var feed struct{ Items []struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &feed); err != nil {
		t.Fatal(err)
	}
	for _, i := range feed.Items {
		ids = append(ids, i.ID)
	}
	return ids
}

// twoTaps goes from /chat to a card with a number that can be dialled, by forms alone, in every language.
func twoTaps(t *testing.T, p *process) {
	for _, l := range sampled(t).catalog.Languages {
		page := p.get("/chat?lang=" + url.QueryEscape(l.Tag))
		for _, id := range []string{"bot.btn_help", "country.BA"} {
			page = p.tap(page, sampled(t).label(l.Tag, id))
		}
		if !strings.Contains(page, `href="tel:`) || !strings.Contains(page, `<html lang="`+l.Tag+`" dir="`+l.Direction+`"`) {
			t.Errorf("%s: no number to dial after two taps:\n%s", l.Tag, page)
		}
	}
}

var (
	buttons = regexp.MustCompile(`<button name="d" value="([^"]*)">(.*?)</button>`)
	hidden  = regexp.MustCompile(`<input type="hidden" name="lang" value="([^"]*)">`)
	tags    = regexp.MustCompile(`<[^>]*>`)
)

// tap sends the form of a page by the button with this label, as a browser without JavaScript does.
func (p *process) tap(page, label string) string {
	p.t.Helper()
	form := url.Values{}
	if m := hidden.FindStringSubmatch(page); m != nil {
		form.Set("lang", html.UnescapeString(m[1]))
	}
	for _, m := range buttons.FindAllStringSubmatch(page, -1) {
		if html.UnescapeString(tags.ReplaceAllString(m[2], "")) == label {
			form.Set("d", html.UnescapeString(m[1]))
		}
	}
	if form.Get("d") == "" {
		p.t.Fatalf("no button %q on\n%s", label, page)
	}
	resp, err := http.PostForm(p.base+"/chat", form)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("POST /chat: %s, %v", resp.Status, err)
	}
	return string(body)
}
