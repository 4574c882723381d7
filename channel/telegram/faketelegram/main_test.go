package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"beaware/channel/telegram/telegramtest"
)

type desk struct {
	t    *testing.T
	fake *telegramtest.Server
	url  string
}

func open(t *testing.T) desk {
	fake := telegramtest.New(telegramtest.Options{AnyToken: true, AnyChannel: true})
	srv := httptest.NewServer(handler(fake))
	t.Cleanup(func() { fake.Close(); srv.Close() })
	return desk{t, fake, srv.URL}
}

func (d desk) get(path string) string {
	d.t.Helper()
	resp, err := http.Get(d.url + path)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.body(resp)
}

func (d desk) body(resp *http.Response) string {
	d.t.Helper()
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(raw)
}

func (d desk) form(path string, form url.Values) (int, string) {
	d.t.Helper()
	resp, err := http.PostForm(d.url+path, form)
	if err != nil {
		d.t.Fatal(err)
	}
	return resp.StatusCode, d.body(resp)
}

// order posts JSON to the control API.
func (d desk) order(path, body string, out any) int {
	d.t.Helper()
	resp, err := http.Post(d.url+"/_fake/"+path, "application/json", strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	raw := d.body(resp)
	if out != nil {
		if err := json.Unmarshal([]byte(raw), out); err != nil {
			d.t.Fatalf("%s: %v: %s", path, err, raw)
		}
	}
	return resp.StatusCode
}

func (d desk) api(method string, form url.Values) string {
	d.t.Helper()
	_, body := d.form("/bot"+telegramtest.Token+"/"+method, form)
	return body
}

func TestPageShowsPostsAndPhone(t *testing.T) {
	d := open(t)
	u := d.fake.AddUser("ar")
	d.api("sendMessage", url.Values{"chat_id": {"@beaware_ba"}, "parse_mode": {"HTML"}, "text": {`<b>Budi &lt;oprezna&gt;</b> <a href="https://example.org">link</a>`}})
	id := strconv.FormatInt(u.ID(), 10)
	if code, _ := d.form("/_fake/type", url.Values{"person": {id}, "text": {"/start"}}); code != 200 {
		t.Fatalf("typing: %d", code)
	}
	link := "https://t.me/" + d.fake.Bot().Username() + "?start=ba"
	markup := `{"inline_keyboard":[[{"text":"مساعدة","callback_data":"h"},{"text":"Bot","url":"` + link + `"}]]}`
	d.api("sendMessage", url.Values{"chat_id": {id}, "text": {"<script>alert(1)</script>"}, "reply_markup": {markup}})
	page := d.get("/")
	for _, want := range []string{
		`dir="rtl"`, "beaware_ba", `<span class="bold">Budi &lt;oprezna&gt;</span>`, `href="https://example.org/"`, "مساعدة", `value="/start ba"`, "&lt;script&gt;alert(1)",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "<script>alert") {
		t.Error("a message runs as a script")
	}
	if code, _ := d.form("/_fake/tap", url.Values{"person": {id}, "chat": {id}, "message": {"2"}, "data": {"h"}}); code != 200 {
		t.Errorf("tapping: %d", code)
	}
	if got := d.api("getUpdates", nil); !strings.Contains(got, `"data":"h"`) || !strings.Contains(got, `"language_code":"ar"`) {
		t.Errorf("the bot hears %s", got)
	}
	for _, file := range []string{"/_fake/style.css", "/_fake/refresh.js"} {
		if strings.Contains(d.get(file), "http://") || strings.Contains(d.get(file), "https://") {
			t.Errorf("%s asks another server", file)
		}
	}
}

func TestControl(t *testing.T) {
	d := open(t)
	var person struct{ ID int64 }
	d.order("people", `{"language":"sq"}`, &person)
	if code := d.order("channels", `{"name":"@office_test"}`, nil); code != 200 {
		t.Errorf("channels: %d", code)
	}
	d.order("say", `{"person":`+strconv.FormatInt(person.ID, 10)+`,"text":"/start"}`, nil)
	chat := strconv.FormatInt(person.ID, 10)
	d.api("sendMessage", url.Values{"chat_id": {chat}, "text": {"x"}, "reply_markup": {`{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}`}})
	var query struct{ Query string }
	if code := d.order("press", `{"person":`+chat+`,"button":"a"}`, &query); code != 200 || query.Query == "" {
		t.Errorf("press: %d %+v", code, query)
	}
	d.order("fail", `{"method":"sendMessage","do":"refuse","code":403,"description":"Forbidden: no"}`, nil)
	if got := d.api("sendMessage", url.Values{"chat_id": {"@office_test"}, "text": {"x"}}); !strings.Contains(got, "Forbidden: no") {
		t.Errorf("fault: %s", got)
	}
	var posts []telegramtest.Message
	if err := json.Unmarshal([]byte(d.get("/_fake/posts?chat="+chat)), &posts); err != nil || len(posts) != 2 {
		t.Errorf("posts: %v %+v", err, posts)
	}
	var calls []telegramtest.Request
	if err := json.Unmarshal([]byte(d.get("/_fake/requests?method=sendMessage&after=1")), &calls); err != nil || len(calls) != 1 || calls[0].Status != 403 {
		t.Errorf("requests: %v %+v", err, calls)
	}
	d.order("block", `{"person":`+chat+`,"blocked":true}`, nil)
	d.order("limits", `{"on":true}`, nil)
	d.order("advance", `{"seconds":90000}`, nil)
	d.order("standing", `{"chat":"@office_test","status":"kicked"}`, nil)
	if got := d.api("sendMessage", url.Values{"chat_id": {"@office_test"}, "text": {"x"}}); !strings.Contains(got, "bot was kicked from the channel chat") {
		t.Errorf("standing: %s", got)
	}
	if got := d.get("/_fake/state"); !strings.Contains(got, `"kind":"channel"`) || !strings.Contains(got, `"language":"sq"`) {
		t.Errorf("state: %s", got)
	}
	for path, body := range map[string]string{
		"say": `{"person":1}`, "press": `{"person":` + chat + `,"button":"none"}`, "fail": `{"do":"explode"}`, "channels": `{}`, "people": `{"colour":1}`, "standing": `[`,
	} {
		var wrong struct{ Error string }
		if code := d.order(path, body, &wrong); code != 400 || wrong.Error == "" {
			t.Errorf("%s %s: %d %+v", path, body, code, wrong)
		}
	}
}

func TestForeignPagesAreKeptOut(t *testing.T) {
	d := open(t)
	for name, change := range map[string]func(*http.Request){
		"cross-site": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"by name":    func(r *http.Request) { r.Host = "rebound.example" },
	} {
		r, _ := http.NewRequest(http.MethodPost, d.url+"/_fake/people", strings.NewReader(`{}`))
		change(r)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if d.body(resp); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
}

func TestRunTellsHowAndEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := lines{written: make(chan string, 8)}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, []string{"-listen", "127.0.0.1:0", "-people", "sq,ar"}, &out) }()
	address := out.wait(t, "A pretended Telegram: ")
	resp, err := http.Get(address + "/_fake/state")
	if err != nil {
		t.Fatal(err)
	}
	if body := (desk{t: t}).body(resp); !strings.Contains(body, `"language":"ar"`) {
		t.Errorf("state: %s", body)
	}
	poll := make(chan struct{})
	go func() { // a long poll does not hold the end up
		defer close(poll)
		if resp, err := http.Get(address + "/bot" + telegramtest.Token + "/getUpdates?timeout=50"); err == nil {
			_ = resp.Body.Close()
		}
	}()
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
	<-poll
	if err := run(t.Context(), []string{"more"}, io.Discard); err == nil {
		t.Error("an argument too many is taken")
	}
	if err := run(t.Context(), []string{"-listen", "nowhere"}, io.Discard); err == nil {
		t.Error("a bad address is taken")
	}
}

// lines is a writer that tells what was written.
type lines struct{ written chan string }

func (l *lines) Write(p []byte) (int, error) {
	select {
	case l.written <- string(p):
	default:
	}
	return len(p), nil
}

// wait gives the rest of the line that begins so.
func (l *lines) wait(t *testing.T, begin string) string {
	t.Helper()
	select {
	case text := <-l.written:
		_, rest, ok := strings.Cut(text, begin)
		if !ok {
			t.Fatalf("it says %q", text)
		}
		line, _, _ := strings.Cut(rest, "\n")
		return line
	case <-time.After(20 * time.Second):
		t.Fatal("it says nothing")
		return ""
	}
}
