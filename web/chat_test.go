package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"beaware/channel"
)

// A conversation as a browser without JavaScript has it: it reads the buttons of one page and sends one of them.
func TestChatWithoutJavaScript(t *testing.T) {
	r := newRig(t)
	resp := r.get("/chat?lang=ar&start=ba")
	body := text(t, resp)
	if resp.StatusCode != 200 || resp.Header.Get("Cache-Control") != "no-store" || !strings.Contains(body, `<html lang="ar" dir="rtl">`) || !strings.Contains(body, "ar /start ba") {
		t.Fatalf("%d %v\n%s", resp.StatusCode, resp.Header, body)
	}
	if !strings.Contains(body, `id="exit" rel="noreferrer" href="https://exit.example/"`) {
		t.Errorf("no exit:\n%s", body)
	}
	buttons := regexp.MustCompile(`<button name="d" value="([^"]*)">`).FindAllStringSubmatch(body, -1)
	lang := regexp.MustCompile(`name="lang" value="([^"]*)"`).FindStringSubmatch(body)
	if len(buttons) != 2 || html.UnescapeString(buttons[1][1]) != `a"><b>&` || lang == nil {
		t.Fatalf("buttons %q, lang %q", buttons, lang)
	}
	form := url.Values{"d": {buttons[0][1]}, "lang": {lang[1]}}
	resp = r.do("POST", "/chat", form.Encode(), "Content-Type", formType)
	body = text(t, resp)
	if resp.StatusCode != 200 || resp.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	for _, want := range []string{
		`<html lang="ar" dir="rtl">`, `<a href="tel:+387122" aria-label="اتصل بـ +387` + "\u00a0" + `122"><bdi dir="ltr" class="num">`, "&lt;now&gt; " + now.Format(time.DateOnly),
		`<a rel="noreferrer" href="https://example.org/?a=1&amp;b=2">Site &lt;1&gt;</a>`, `href="tel:122">Call <bdi dir="ltr" class="num">122</bdi></a>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s\n%s", want, body)
		}
	}
	if strings.Contains(body, "javascript:") || strings.Contains(body, "Bad") {
		t.Errorf("a dangerous address is a button:\n%s", body)
	}
}

func TestChatRefusesNonsense(t *testing.T) {
	r := newRig(t)
	for name, tc := range map[string]struct {
		kind, body string
		status     int
	}{
		"nothing pressed":    {formType, "", 200},
		"data of our own":    {formType, "d=unknown", 200},
		"other fields":       {formType, "x=1&d=help&y=2", 200},
		"charset":            {formType + "; charset=utf-8", "d=help", 200},
		"huge":               {formType, "d=help&x=" + strings.Repeat("a", 70<<10), http.StatusRequestEntityTooLarge},
		"long data":          {formType, "d=" + strings.Repeat("a", 65), 400},
		"broken escape":      {formType, "d=%zz", 400},
		"binary":             {formType, "\x00\x01\xff=\xfe&d=help", 200},
		"wrong encoding":     {formType, "d=%ff%fe", 400},
		"semicolons":         {formType, "d=help;x=1", 400},
		"JSON":               {"application/json", `{"d":"help"}`, http.StatusUnsupportedMediaType},
		"multipart":          {"multipart/form-data; boundary=x", "--x--", http.StatusUnsupportedMediaType},
		"no type":            {"", "d=help", http.StatusUnsupportedMediaType},
		"nonsense type":      {"///;;", "d=help", http.StatusUnsupportedMediaType},
		"the bot has panics": {formType, "d=panic", 500},
	} {
		resp := r.do("POST", "/chat", tc.body, "Content-Type", tc.kind)
		body := text(t, resp)
		if resp.StatusCode != tc.status || !strings.Contains(body, "</html>") || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v\n%s", name, resp.StatusCode, resp.Header, body)
		}
		if tc.status != 200 && !strings.Contains(body, `href="/chat?lang=en"`) {
			t.Errorf("%s: no way back\n%s", name, body)
		}
	}
}

func FuzzChatForm(f *testing.F) {
	r := newRig(f)
	for _, seed := range []string{"", "d=help", "d=%ff", "d=a&d=b", "lang=ar&d=x", "lang=%00&d=\"><script>", ";;;", "d=panic"} {
		f.Add(seed, "en")
	}
	f.Fuzz(func(t *testing.T, form, accept string) {
		resp := r.do("POST", "/chat", form, "Content-Type", formType, "Accept-Language", accept)
		if body := text(t, resp); !strings.Contains(body, "</html>") || strings.Contains(body, "<script>") {
			t.Errorf("%d\n%s", resp.StatusCode, body)
		}
	})
}

// Nothing that a visitor sent stands in the log or in the metrics.
func TestLogHoldsNothingOfVisitors(t *testing.T) {
	r := newRig(t)
	const mark = "MARKED"
	r.do("POST", "/chat?q="+mark, "d="+mark+"&lang="+mark, "Content-Type", formType, "User-Agent", mark, "Referer", mark, "Accept-Language", mark, "Cookie", mark, "X-Forwarded-For", mark)
	r.do("POST", "/chat", "d=panic&x="+mark, "Content-Type", formType)
	r.do("POST", "/chat", "d="+mark+"%zz", "Content-Type", formType)
	r.do("POST", "/chat", mark, "Content-Type", mark)
	r.get("/?lang=" + mark + "&office=" + mark)
	r.get("/chat?lang=" + mark + "&start=" + mark)
	r.get("/" + mark)
	r.get("/posts/" + mark + "/" + mark)
	r.get("/feeds/" + mark + ".atom")
	r.get("/feeds/ba-feed/" + mark + ".json")
	r.get("/media/ba-feed/" + mark)
	r.get("/assets/" + mark)
	r.get("//" + mark + "/../x")
	r.do(mark, "/chat", mark)
	log := r.log.String()
	metrics := text(t, r.get("/metrics"))
	for _, bad := range []string{mark, strings.ToLower(mark), "words-of-a-person", "192.0.2.1", "d=panic"} {
		if strings.Contains(log, bad) || strings.Contains(metrics, bad) {
			t.Errorf("%q is written:\n%s\n%s", bad, log, metrics)
		}
	}
	for _, want := range []string{"method=POST route=/chat status=200", "route=/{$} status=404", "method=other", "page panicked"} {
		if !strings.Contains(log, want) {
			t.Errorf("log lacks %q:\n%s", want, log)
		}
	}
	for _, want := range []string{`beaware_http_requests_total{class="4xx",route="/"} 1`, "beaware_chat_steps_total 2"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %q:\n%s", want, metrics)
		}
	}
}

func TestBrokenShelfIsAPage(t *testing.T) {
	r := newRig(t)
	r.shelf.err = http.ErrBodyNotAllowed
	for _, target := range []string{"/?lang=en", "/feeds/ba-feed.atom", "/posts/ba-feed/x", "/media/ba-feed/x"} {
		resp := r.get(target)
		if body := text(t, resp); resp.StatusCode != 500 || !strings.Contains(body, "The fault is on our side") {
			t.Errorf("%s: %d\n%s", target, resp.StatusCode, body)
		}
	}
}

func BenchmarkChatPage(b *testing.B) {
	r := newRig(b)
	for b.Loop() {
		r.do("POST", "/chat", "d=help&lang=en", "Content-Type", formType)
	}
}

func BenchmarkHomePage(b *testing.B) {
	r := newRig(b)
	r.publish(b, "ba-feed", "en", 30)
	r.publish(b, "xk-feed", "en", 30)
	for b.Loop() {
		r.get("/?lang=en")
	}
}

// TestHiddenChatTellsNothing: a person who hides sees one line and two buttons, and nothing of what this is.
func TestHiddenChatTellsNothing(t *testing.T) {
	r := newRig(t, func(o *Options) {
		o.Sample, o.Drafts = true, true
		o.Answer = func(channel.Event) channel.Screen {
			return channel.Screen{Language: "en", Text: "All done.", Neutral: true, Rows: [][]channel.Button{{{Label: "Open", Data: "x"}}}}
		}
	})
	body := text(t, r.get("/chat?lang=en"))
	loc := load(t).Locale("en")
	for _, id := range []string{"web.title", "web.get_help", "web.sample", "web.drafts", "web.service", "web.home", "web.privacy_title"} {
		if said := loc.Text(id); strings.Contains(body, html.EscapeString(said)) {
			t.Errorf("the hidden page says %q (%s)", said, id)
		}
	}
	for _, want := range []string{"<title>All done.</title>", `class="neutral"`, "Open", `id="exit"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the hidden page lacks %q\n%s", want, body)
		}
	}
}
