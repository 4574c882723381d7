package web

import (
	"bytes"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"beaware/channel"
	"beaware/channel/feed"
)

var update = flag.Bool("update", false, "write the golden pages anew")

func TestRoutes(t *testing.T) {
	r := newRig(t)
	r.publish(t, "ba-feed", "en", 2)
	for _, tc := range []struct {
		method, target string
		status         int
		kind           string
		has            []string
	}{
		{"GET", "/?lang=en", 200, "text/html", []string{`<html lang="en" dir="ltr">`, "Title en 07-18", `href="tel:122"`, "/chat?lang=en", "This is a sample", "drafts", "resolution 1244", "Esc key"}},
		{"HEAD", "/?lang=en", 200, "text/html", nil},
		{"GET", "/?lang=ar", 200, "text/html", []string{`<html lang="ar" dir="rtl">`}},
		{"GET", "/?lang=bs", 200, "text/html", []string{"Potražite pomoć sada", "Ovdje još nema poruka"}},
		{"GET", "/?lang=en&office=ba", 200, "text/html", []string{"Title en 07-17", `href="/?lang=en&amp;office=ba" aria-current="true"`}},
		{"GET", "/?lang=en&office=zz", 404, "text/html", []string{"This page does not exist"}},
		{"GET", "/posts/ba-feed/world-day/daily/2027-07-17T19:30/ba-feed/en", 200, "text/html", []string{"<h1>Title en 07-17</h1>", `<img src="/media/ba-feed/6105d6cc76af400325e94d588ce511be.png" alt="Two &#34;people&#34;"`, `<a href="/?lang=en&amp;office=ba">Messages: Bosnia and Herzegovina</a>`, "https://t.example/x"}},
		{"GET", "/posts/ba-feed/world-day/daily/2027-07-17T19:30/ba-feed/bs", 404, "text/html", nil},
		{"GET", "/posts/nix/a/b", 404, "text/html", nil},
		{"GET", "/privacy?lang=en", 200, "text/html", []string{"What we do not keep"}},
		{"GET", "/feeds/ba-feed.atom", 200, "application/atom+xml", []string{`xml:lang="en"`, "Bosnia and Herzegovina", "This is a sample"}},
		{"GET", "/feeds/ba-feed.json", 200, "application/feed+json", []string{`"feed_url": "https://example.org/feeds/ba-feed.json"`}},
		{"GET", "/feeds/ba-feed/ar.atom", 200, "application/atom+xml", []string{`xml:lang="ar"`, "البوسنة"}},
		{"GET", "/feeds/xk-feed/en.json", 200, "application/feed+json", []string{"resolution 1244"}},
		{"GET", "/feeds/al-feed/ar.json", 404, "text/html", nil},
		{"GET", "/feeds/ba-feed/mk.atom", 404, "text/html", nil},
		{"GET", "/feeds/ba-feed/en.rss", 404, "text/html", nil},
		{"GET", "/feeds/ba-feed", 404, "text/html", nil},
		{"GET", "/media/ba-feed/6105d6cc76af400325e94d588ce511be.png", 200, "image/png", []string{"image"}},
		{"GET", "/media/ba-feed/no.png", 404, "text/html", nil},
		{"GET", "/media/nix/a.png", 404, "text/html", nil},
		{"GET", "/assets/style.css", 200, "text/css", nil},
		{"GET", "/assets/app.js", 200, "text/javascript", nil},
		{"GET", "/assets/nix.js", 404, "text/html", nil},
		{"GET", "/favicon.ico", 204, "", nil},
		{"GET", "/healthz", 200, "text/plain", []string{"ok"}},
		{"GET", "/readyz", 200, "text/plain", []string{"ready"}},
		{"GET", "/metrics", 200, "text/plain", []string{"beaware_http_requests_total"}},
		{"GET", "/nix", 404, "text/html", []string{"This page does not exist"}},
		{"GET", "/nix?lang=ar", 404, "text/html", []string{`dir="rtl"`, "هذه الصفحة غير موجودة"}},
		{"POST", "/?lang=en", 405, "text/html", []string{"We could not read that"}},
		{"DELETE", "/chat", 405, "text/html", nil},
		{"BREW", "/feeds/ba-feed.atom", 405, "text/html", nil},
	} {
		resp := r.do(tc.method, tc.target, "")
		body := text(t, resp)
		if resp.StatusCode != tc.status || !strings.HasPrefix(resp.Header.Get("Content-Type"), tc.kind) {
			t.Errorf("%s %s: %d %s\n%s", tc.method, tc.target, resp.StatusCode, resp.Header.Get("Content-Type"), body)
		}
		for _, want := range tc.has {
			if !strings.Contains(body, want) {
				t.Errorf("%s %s: lacks %q\n%s", tc.method, tc.target, want, body)
			}
		}
		for _, h := range safety {
			want := h[1]
			if tc.kind == "image/png" && h[0] == "Cross-Origin-Resource-Policy" {
				want = "cross-origin"
			}
			if resp.Header.Get(h[0]) != want {
				t.Errorf("%s %s: header %s is %q", tc.method, tc.target, h[0], resp.Header.Get(h[0]))
			}
		}
		if resp.StatusCode == 405 && resp.Header.Get("Allow") == "" {
			t.Errorf("%s %s: no Allow", tc.method, tc.target)
		}
		if len(resp.Cookies()) > 0 {
			t.Errorf("%s %s: sets a cookie", tc.method, tc.target)
		}
	}
}

// Nothing on any page is loaded from elsewhere, and no style or script stands inside it.
func TestPagesLoadNothingFromElsewhere(t *testing.T) {
	r := newRig(t)
	r.publish(t, "ba-feed", "en", 2)
	loads := regexp.MustCompile(`<(?:script|img|iframe|video|audio|object|embed|source)[^>]*?(?:src|data)="([^"]*)"|<link[^>]*rel="(?:stylesheet|icon|preload)"[^>]*href="([^"]*)"`)
	for _, target := range []string{"/?lang=en", "/", "/chat?lang=en", "/privacy?lang=en", "/nix"} {
		body := text(t, r.get(target))
		for _, m := range loads.FindAllStringSubmatch(body, -1) {
			if !strings.HasPrefix(m[1]+m[2], "/") || strings.HasPrefix(m[1]+m[2], "//") {
				t.Errorf("%s loads %s", target, m[0])
			}
		}
		if regexp.MustCompile(`<style|<script(?:>| [^>]*>[^<])|\son\w+=|\sstyle=`).MatchString(body) {
			t.Errorf("%s has style or script inside:\n%s", target, body)
		}
	}
	for name := range readAssets() {
		if data, _ := files.ReadFile("assets/" + name); bytes.Contains(data, []byte("//cdn")) || bytes.Contains(data, []byte("url(")) || bytes.Contains(data, []byte("@import")) {
			t.Errorf("%s loads something", name)
		}
	}
}

func TestLanguageOfThePage(t *testing.T) {
	r := newRig(t)
	for _, tc := range []struct{ target, accept, want string }{
		{"/", "ar-SY,en;q=0.5", `<html lang="ar" dir="rtl">`},
		{"/", "en;q=0.1, bs-BA;q=0.9", `<html lang="bs" dir="ltr">`},
		{"/?lang=ar", "en", `<html lang="ar"`},
		{"/?lang=klingon", "en", `<html lang="en"`},
		{"/", "uk", `<h1 id="choose">`}, // nothing is guessed
		{"/", "", `<h1 id="choose">`},
		{"/", "*", `<h1 id="choose">`},
		{"/?office=ba", "", `href="/?lang=bs&amp;office=ba"`},
		{"/privacy", "uk", `<html lang="en"`},
	} {
		resp := r.get(tc.target, "Accept-Language", tc.accept)
		if body := text(t, resp); resp.StatusCode != 200 || !strings.Contains(body, tc.want) {
			t.Errorf("%s, %q: %d, want %s\n%s", tc.target, tc.accept, resp.StatusCode, tc.want, body)
		}
		if !strings.Contains(resp.Header.Get("Vary"), "Accept-Language") {
			t.Errorf("%s: Vary %q", tc.target, resp.Header.Get("Vary"))
		}
	}
	body := text(t, r.get("/"))
	for _, want := range []string{`<a lang="ar" hreflang="ar" dir="rtl" href="/?lang=ar">العربية</a>`, ">Bosanski<", `<section lang="en" dir="ltr">`} {
		if !strings.Contains(body, want) {
			t.Errorf("choice lacks %s\n%s", want, body)
		}
	}
}

func TestAccepted(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "",
		"en":                               "en",
		"sr-Latn-RS, sr;q=0.8,en;q=0.9, *": "sr-Latn-RS en sr",
		"en;q=0, bs;q=1":                   "bs",
		"a;q=x,b;q=2,c;q=NaN,d;q=-1,e":     "e",
		"<script>,é,\x00,mk":               "mk",
		strings.Repeat("x", 36) + ",sq":    "sq",
		strings.Repeat("en,", 1000):        strings.TrimSpace(strings.Repeat("en ", 20)),
	} {
		if got := strings.Join(accepted(in), " "); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestHomeGroupsByOffice(t *testing.T) {
	r := newRig(t)
	r.publish(t, "ba-feed", "en", 2)
	r.publish(t, "xk-feed", "en", 5)
	body := text(t, r.get("/?lang=en"))
	var order []string
	for _, m := range regexp.MustCompile(`<h[23]>(?:<a[^>]*>)?([^<]*)`).FindAllStringSubmatch(body, -1) {
		order = append(order, m[1])
	}
	want := []string{
		"Kosovo*", "Title en 07-21", "Title en 07-20", "Title en 07-19", "Bosnia and Herzegovina", "Title en 07-18", "Title en 07-17",
		"Follow these messages in a feed reader",
	}
	if !slices.Equal(order, want) {
		t.Errorf("order %q, want %q", order, want)
	}
	for _, want := range []string{`<a href="/?lang=en&amp;office=xk">Kosovo*: 5 messages</a>`, "resolution 1244", "/feeds/xk-feed/en.atom"} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s\n%s", want, body)
		}
	}
	if empty := text(t, r.get("/?lang=en&office=al")); !strings.Contains(empty, "<h2>Albania") || !strings.Contains(empty, "no messages here") {
		t.Errorf("office without posts:\n%s", empty)
	}
	if one := text(t, r.get("/?lang=en&office=xk")); strings.Count(one, "<article") != 5 || strings.Contains(one, "<h2>Albania") {
		t.Errorf("office page:\n%s", one)
	}
}

func TestGoldenRightToLeft(t *testing.T) {
	r := newRig(t)
	r.publish(t, "ba-feed", "ar", 1)
	body := text(t, r.get("/?lang=ar"))
	got := regexp.MustCompile(`\?v=[0-9a-f]+`).ReplaceAllString(body, "?v=VERSION")
	file := filepath.Join("testdata", "home.ar.html")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("page differs from %s (-update writes it anew):\n%s", file, got)
	}
}

func TestConditionalGet(t *testing.T) {
	r := newRig(t)
	r.publish(t, "ba-feed", "en", 2)
	for _, target := range []string{"/feeds/ba-feed.atom", "/feeds/ba-feed/en.json", "/assets/style.css", "/media/ba-feed/6105d6cc76af400325e94d588ce511be.png"} {
		etag := r.get(target).Header.Get("ETag")
		if again := r.get(target, "If-None-Match", etag); etag == "" || again.StatusCode != http.StatusNotModified || text(t, again) != "" {
			t.Errorf("%s, etag %s: %d", target, etag, again.StatusCode)
		}
		if other := r.get(target, "If-None-Match", `"x"`); other.StatusCode != 200 {
			t.Errorf("%s, other etag: %d", target, other.StatusCode)
		}
	}
}

// A date is given only once no more can come within the same second.
func TestLastModified(t *testing.T) {
	clock := now
	r := newRig(t, func(o *Options) { o.Now = func() time.Time { return clock } })
	if got := r.get("/feeds/ba-feed/en.atom").Header.Get("Last-Modified"); got != "" {
		t.Errorf("at once: %q", got)
	}
	clock = now.Add(3 * time.Second)
	modified := r.get("/feeds/ba-feed/en.atom").Header.Get("Last-Modified")
	if modified != now.Format(http.TimeFormat) {
		t.Errorf("later: %q", modified)
	}
	if same := r.get("/feeds/ba-feed/en.atom", "If-Modified-Since", modified); same.StatusCode != http.StatusNotModified {
		t.Errorf("unchanged: %d", same.StatusCode)
	}
	c := feed.New("ba-feed", "", r.shelf, func() time.Time { return now.Add(2 * time.Second) })
	late := channel.Message{ID: "a/b/c/ba-feed/en", Language: "en", Title: "Late", Text: "Text", At: now.Add(-time.Hour)}
	if _, err := c.Send(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	clock = now.Add(10 * time.Second)
	if changed := r.get("/feeds/ba-feed/en.atom", "If-Modified-Since", modified); changed.StatusCode != 200 {
		t.Errorf("a post that came late: %d", changed.StatusCode)
	}
}

func TestWithoutBotThereIsNoChat(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Answer = nil })
	if resp := r.get("/chat"); resp.StatusCode != 404 {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestReadiness(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Ready = func() error { return errors.New("store is closed") } })
	resp := r.get("/readyz")
	if body := text(t, resp); resp.StatusCode != 503 || strings.Contains(body, "store") || !strings.Contains(r.log.String(), "store is closed") {
		t.Errorf("%d %s\n%s", resp.StatusCode, body, r.log)
	}
}

// Every text that templates and code ask for is in the shipped source language.
func TestTextsAreShipped(t *testing.T) {
	var english map[string]map[string]any
	if _, err := toml.DecodeFile("../locales/en.toml", &english); err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`\.T\(?\s?"(\w+)"|"web\.(\w+)"`)
	sources, _ := filepath.Glob("templates/*.html")
	code, _ := filepath.Glob("*.go")
	found := 0
	for _, file := range append(sources, code...) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(string(data), -1) {
			found++
			if _, ok := english["web"][m[1]+m[2]]; !ok {
				t.Errorf("%s asks for web.%s", file, m[1]+m[2])
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d texts found", found)
	}
}
