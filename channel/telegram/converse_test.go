package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"beaware/channel"
	"beaware/channel/channeltest"
)

// desk is a Bot API server without a network: updates are kept until they are confirmed, and every call is noted.
type desk struct {
	mu      sync.Mutex
	updates []int64
	raw     map[int64]string
	calls   []call
	refuse  func(c call) *http.Response // nil, or an answer other than success
}

type call struct {
	method string
	form   url.Values
	at     time.Time
}

func (d *desk) push(id int64, raw string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.raw == nil {
		d.raw = map[int64]string{}
	}
	d.updates = append(d.updates, id)
	d.raw[id] = raw
}

func (d *desk) pushMessage(id, chat int64, text string) {
	d.push(id, fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"date":1,"from":{"id":%d,"first_name":"MarkedName","language_code":"sq"},"chat":{"id":%d,"type":"private"},"text":%q}}`, id, chat, chat, text))
}

func (d *desk) pushPress(id, chat int64, data string) {
	d.push(id, fmt.Sprintf(`{"update_id":%d,"callback_query":{"id":"q%d","from":{"id":%d},"data":%q,"message":{"message_id":77,"date":1,"chat":{"id":%d,"type":"private"},"text":"x"}}}`, id, id, chat, data, chat))
}

func (d *desk) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	r.Body.Close()
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	c := call{path.Base(r.URL.Path), form, time.Now()}
	d.mu.Lock()
	d.calls = append(d.calls, c)
	refuse := d.refuse
	d.mu.Unlock()
	if refuse != nil {
		if resp := refuse(c); resp != nil {
			return resp, nil
		}
	}
	if c.method == "getUpdates" {
		return d.poll(r.Context(), form)
	}
	return respond(200, `{"ok":true,"result":{"message_id":78}}`), nil
}

func (d *desk) poll(ctx context.Context, form url.Values) (*http.Response, error) {
	offset, _ := strconv.ParseInt(form.Get("offset"), 10, 64)
	timeout, _ := strconv.Atoi(form.Get("timeout"))
	deadline := time.Now().Add(time.Duration(timeout) * time.Second)
	for {
		d.mu.Lock()
		for len(d.updates) > 0 && d.updates[0] < offset {
			d.updates = d.updates[1:]
		}
		var out []string
		for _, id := range d.updates {
			out = append(out, d.raw[id])
		}
		d.mu.Unlock()
		if len(out) > 0 || !time.Now().Before(deadline) {
			return respond(200, `{"ok":true,"result":[`+strings.Join(out, ",")+`]}`), nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// of gives the calls of one method.
func (d *desk) of(method string) []call {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []call
	for _, c := range d.calls {
		if c.method == method {
			out = append(out, c)
		}
	}
	return out
}

func (d *desk) unconfirmed() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.updates)
}

// echo is a bot that shows what it was told.
func echo(e channel.Event) channel.Screen {
	return channel.Screen{
		Language: "en", Text: fmt.Sprintf("%s|%s|%s|%v|%v", e.Data, e.Command, e.Payload, e.Typed, e.Group),
		Rows: [][]channel.Button{{{Label: "next", Data: "d:1"}, {Label: "site", URL: "https://example.org"}}},
	}
}

// converse runs a conversation in a bubble for a while, then ends it.
func converse(t *testing.T, d *desk, o ConversationOptions, d1 time.Duration) *record {
	t.Helper()
	log := &record{}
	c := newClient(t, "http://desk.example", d, log)
	if o.Answer == nil {
		o.Answer = echo
	}
	if o.Username == "" {
		o.Username = "@our_bot"
	}
	o.Name = "bot1"
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- c.Converse(ctx, o) }()
	time.Sleep(d1)
	ended := time.Now()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Converse: %v", err)
	}
	if d := time.Since(ended); d > 2*lastWord {
		t.Errorf("Converse ended %v after its context", d)
	}
	channeltest.CheckSecrets(t, channeltest.Platform{
		Logged:  log.String,
		Secrets: append(secrets(), "MarkedName", "marked words", "5550001", "5550002"),
	})
	return log
}

func TestConversation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		d.pushMessage(10, 5550001, "/start ba")
		d.push(11, `{"update_id":11,"message":"poison"}`)
		d.pushMessage(12, 5550001, "marked words")
		d.pushPress(13, 5550002, "h:ba")
		converse(t, d, ConversationOptions{}, 3*time.Second)

		sent := d.of("sendMessage")
		if len(sent) != 2 || sent[0].form.Get("text") != "|/start|ba|false|false" || sent[1].form.Get("text") != "|||true|false" {
			t.Fatalf("sent %v", sent)
		}
		want := map[string]string{
			"chat_id": "5550001", "parse_mode": "HTML", "disable_notification": "true", "link_preview_options": noPreview,
			"reply_markup": `{"inline_keyboard":[[{"text":"next","callback_data":"d:1"},{"text":"site","url":"https://example.org"}]]}`,
		}
		for k, v := range want {
			if got := sent[0].form.Get(k); got != v {
				t.Errorf("%s = %q, want %q", k, got, v)
			}
		}
		edits := d.of("editMessageText")
		if len(edits) != 1 || edits[0].form.Get("message_id") != "77" || edits[0].form.Get("text") != "h:ba|||false|false" {
			t.Errorf("edits %v", edits)
		}
		if ended := d.of("answerCallbackQuery"); len(ended) != 1 || ended[0].form.Get("callback_query_id") != "q13" {
			t.Errorf("ended %v", ended)
		}
		if n := d.unconfirmed(); n != 0 {
			t.Errorf("%d updates are not confirmed", n)
		}
		if polls := d.of("getUpdates"); len(polls) > 12 || polls[0].form.Get("allowed_updates") != `["message","callback_query","my_chat_member"]` {
			t.Errorf("%d polls, the first %v", len(polls), polls[0].form)
		}
	})
}

// An update is confirmed only when it was handled; what a slow one holds up is not handled twice and does not hold up others.
func TestSlowAnswerHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		d.refuse = func(c call) *http.Response {
			if c.method == "sendMessage" && c.form.Get("chat_id") == "5550001" {
				time.Sleep(5 * time.Second)
			}
			return nil
		}
		d.pushMessage(10, 5550001, "/start")
		var unconfirmed int
		var wg sync.WaitGroup
		wg.Go(func() {
			time.Sleep(time.Second)
			d.pushMessage(11, 5550002, "/start")
			time.Sleep(2 * time.Second)
			unconfirmed = d.unconfirmed()
		})
		converse(t, d, ConversationOptions{}, 10*time.Second)
		wg.Wait()
		sent := d.of("sendMessage")
		if len(sent) != 2 || sent[1].at.Sub(sent[0].at) > 2*time.Second {
			t.Errorf("sent %v", sent)
		}
		if unconfirmed != 2 || d.unconfirmed() != 0 {
			t.Errorf("unconfirmed: %d while one is handled, %d in the end", unconfirmed, d.unconfirmed())
		}
	})
}

// What was not handled when the program ended comes again after the next start; what was handled does not.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		slow := true
		d.refuse = func(c call) *http.Response {
			if slow && c.form.Get("chat_id") == "5550002" {
				return respond(500, "") // so it is tried again later
			}
			return nil
		}
		d.pushMessage(10, 5550001, "/start")
		d.pushMessage(11, 5550002, "/start")
		converse(t, d, ConversationOptions{}, 40*time.Millisecond)
		slow = false
		converse(t, d, ConversationOptions{}, 5*time.Second)
		got := map[string]int{}
		for _, c := range d.of("sendMessage") {
			got[c.form.Get("chat_id")]++
		}
		if got["5550001"] != 1 || got["5550002"] != 2 || d.unconfirmed() != 0 {
			t.Errorf("sent %v, %d unconfirmed", got, d.unconfirmed())
		}
	})
}

func TestPanicOfTheBot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		d.pushPress(10, 5550001, "boom")
		d.pushMessage(11, 5550001, "/start")
		log := converse(t, d, ConversationOptions{Answer: func(e channel.Event) channel.Screen {
			if e.Data == "boom" {
				panic("marked words")
			}
			return echo(e)
		}}, 3*time.Second)
		if len(d.of("sendMessage")) != 1 || len(d.of("answerCallbackQuery")) != 1 || d.unconfirmed() != 0 {
			t.Errorf("calls %v", d.calls)
		}
		if !strings.Contains(log.String(), "panicked") {
			t.Error("nobody is told of the panic")
		}
	})
}

func TestPollFailures(t *testing.T) {
	for name, c := range map[string]struct {
		resp  func() *http.Response
		polls int // in ten minutes and a second, one that succeeds at the end not counted
		says  string
	}{
		"token": {func() *http.Response {
			return respond(401, `{"ok":false,"error_code":401,"description":"Unauthorized"}`)
		}, 2, "does not know this bot's token"},
		"not found": {func() *http.Response { return respond(404, `{"ok":false,"error_code":404,"description":"Not Found"}`) }, 2, "does not know this bot's token"},
		"conflict": {func() *http.Response {
			return respond(409, `{"ok":false,"error_code":409,"description":"Conflict: terminated"}`)
		}, 21, "somebody else"},
		"throttled": {func() *http.Response {
			return respond(429, `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":100}}`)
		}, 7, "429"},
		"down":     {func() *http.Response { return respond(502, "<html>"+token) }, 30, "not one of a Bot API server"},
		"nameless": {func() *http.Response { return respond(200, `{"ok":true,"result":[{"update_id":"x"},7]}`) }, 30, "update_id"},
		"no list":  {func() *http.Response { return respond(200, `{"ok":true,"result":{}}`) }, 30, "not of the kind"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &desk{refuse: func(cl call) *http.Response {
					if cl.method == "getUpdates" {
						return c.resp()
					}
					return nil
				}}
				log := converse(t, d, ConversationOptions{}, 10*time.Minute+time.Second)
				n := len(d.of("getUpdates"))
				if n > c.polls || n < c.polls/2 {
					t.Errorf("%d polls, want about %d", n, c.polls)
				}
				if !strings.Contains(log.String(), c.says) {
					t.Errorf("the log does not say %q: %s", c.says, log)
				}
			})
		})
	}
}

// A server that never holds a poll is not asked without a pause.
func TestServerThatDoesNotHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{refuse: func(call) *http.Response { return respond(200, `{"ok":true,"result":[]}`) }}
		converse(t, d, ConversationOptions{}, 10*time.Second)
		if n := len(d.of("getUpdates")); n > 40 {
			t.Errorf("%d polls in ten seconds", n)
		}
	})
}

func TestAnswerFailures(t *testing.T) {
	bad := func(desc string) *http.Response {
		return respond(400, fmt.Sprintf(`{"ok":false,"error_code":400,"description":"Bad Request: %s"}`, desc))
	}
	for name, c := range map[string]struct {
		refuse        func(method string, n int) *http.Response
		edits, sends  int
		silent        bool // nothing about it in the log
		press, wanted bool
	}{
		"not modified": {func(m string, _ int) *http.Response {
			if m == "editMessageText" {
				return bad("message is not modified: x")
			}
			return nil
		}, 1, 0, true, true, true},
		"gone": {func(m string, _ int) *http.Response {
			if m == "editMessageText" {
				return bad("message to edit not found")
			}
			return nil
		}, 1, 1, true, true, true},
		"blocked": {func(m string, _ int) *http.Response {
			return respond(403, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`)
		}, 0, 1, true, false, false},
		"throttled once": {func(m string, n int) *http.Response {
			if m == "sendMessage" && n == 1 {
				return respond(429, `{"ok":false,"error_code":429,"parameters":{"retry_after":7}}`)
			}
			return nil
		}, 0, 2, true, false, true},
		"down for a while": {func(m string, n int) *http.Response {
			if m == "sendMessage" && n < 4 {
				return respond(502, "")
			}
			return nil
		}, 0, 4, true, false, true},
		"garbage, send": {func(m string, _ int) *http.Response { return respond(200, "{") }, 0, 1, false, false, false},
		"garbage, edit": {func(m string, n int) *http.Response {
			if m == "editMessageText" && n < 2 {
				return respond(200, "{")
			}
			return nil
		}, 2, 0, true, true, true},
		"refused": {func(m string, _ int) *http.Response { return bad("can't parse entities marked words") }, 0, 1, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				counts := map[string]int{}
				var mu sync.Mutex
				d := &desk{}
				d.refuse = func(cl call) *http.Response {
					if cl.method == "getUpdates" {
						return nil
					}
					mu.Lock()
					defer mu.Unlock()
					counts[cl.method]++
					return c.refuse(cl.method, counts[cl.method])
				}
				if c.press {
					d.pushPress(10, 5550001, "x")
				} else {
					d.pushMessage(10, 5550001, "/start")
				}
				log := converse(t, d, ConversationOptions{}, time.Minute)
				if counts["editMessageText"] != c.edits || counts["sendMessage"] != c.sends {
					t.Errorf("calls %v", counts)
				}
				if silent := !strings.Contains(log.String(), "not delivered"); silent != c.silent {
					t.Errorf("log: %s", log)
				}
				if d.unconfirmed() != 0 {
					t.Error("the update is not confirmed")
				}
			})
		})
	}
}

func TestScreens(t *testing.T) {
	log := &record{}
	v := &conversation{client: newClient(t, "", nil, log)}
	b64 := strings.Repeat("é", 32)
	for name, c := range map[string]struct {
		screen   channel.Screen
		text     string
		keyboard string
		says     string
	}{
		"plain":       {channel.Screen{Text: "**a** \u2066122\u2069"}, "<b>a</b> 122", "", ""},
		"rtl":         {channel.Screen{Text: "\u2066122\u2069", RTL: true}, "\u2066122\u2069", "", ""},
		"empty":       {channel.Screen{Text: " \n"}, "", "", "without text"},
		"64 bytes":    {channel.Screen{Text: "a", Rows: [][]channel.Button{{{Label: "x", Data: b64}}}}, "a", `{"inline_keyboard":[[{"text":"x","callback_data":"` + b64 + `"}]]}`, ""},
		"65 bytes":    {channel.Screen{Text: "a", Rows: [][]channel.Button{{{Label: "x", Data: b64 + "a"}}}}, "a", "", "left out"},
		"bad bytes":   {channel.Screen{Text: "a", Rows: [][]channel.Button{{{Label: "x", Data: "\xff"}}}}, "a", "", "left out"},
		"both":        {channel.Screen{Text: "a", Rows: [][]channel.Button{{{Label: "x", Data: "d", URL: "https://x.org"}}}}, "a", "", "left out"},
		"neither":     {channel.Screen{Text: "a", Rows: [][]channel.Button{{{Label: "x"}}}}, "a", "", "left out"},
		"no label":    {channel.Screen{Text: "a", Rows: [][]channel.Button{{{Data: "x"}}}}, "a", "", "left out"},
		"javascript:": {channel.Screen{Text: "a", Rows: [][]channel.Button{{{Label: "x", URL: "javascript:alert(1)"}}}}, "a", "", "left out"},
		"empty rows":  {channel.Screen{Text: "a", Rows: [][]channel.Button{{}, nil}}, "a", "", ""},
		"too long":    {channel.Screen{Text: "a\n\n" + strings.Repeat("b", maxText)}, "a\n…", "", "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(log.String())
			params, ok := v.screen(c.screen)
			if ok != (c.text != "") || params["text"] != c.text || params["reply_markup"] != c.keyboard {
				t.Errorf("screen: %v, %v", ok, params)
			}
			said := log.String()[before:]
			if c.says == "" && said != "" || !strings.Contains(said, c.says) {
				t.Errorf("log %q, want %q", said, c.says)
			}
		})
	}
}

func TestUsernameIsLearnt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		d.refuse = func(c call) *http.Response {
			if c.method == "getMe" {
				return respond(200, `{"ok":true,"result":{"id":123456789,"is_bot":true,"username":"Our_Bot"}}`)
			}
			return nil
		}
		d.push(10, `{"update_id":10,"message":{"message_id":1,"date":1,"from":{"id":5},"chat":{"id":-5550001,"type":"group"},"text":"/start@our_bot"}}`)
		log := &record{}
		c := newClient(t, "http://desk.example", d, log)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_ = c.Converse(ctx, ConversationOptions{Answer: echo})
		if sent := d.of("sendMessage"); len(sent) != 1 || sent[0].form.Get("text") != "|/start||false|true" {
			t.Errorf("sent %v", sent)
		}
		if n := len(d.of("getMe")); n != 1 {
			t.Errorf("getMe was asked %d times", n)
		}
	})
}

// Somebody who presses without end loses presses; everybody else is answered at once.
func TestFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		for i := range int64(90) {
			d.pushMessage(10+i, 5550001, "/start")
		}
		d.pushMessage(100, 5550002, "/start")
		log := &record{}
		c, err := New(Options{Token: token, API: "http://desk.example", HTTP: &http.Client{Transport: d}, Logger: log.logger()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		began := time.Now()
		_ = c.Converse(ctx, ConversationOptions{Username: "our_bot", Answer: echo})
		flooder, other := 0, time.Duration(-1)
		for _, cl := range d.of("sendMessage") {
			if cl.form.Get("chat_id") == "5550002" {
				other = cl.at.Sub(began)
			} else {
				flooder++
			}
		}
		if other < 0 || other > time.Second || flooder < perChat || flooder > perChat+2 {
			t.Errorf("the other was answered after %v, the flooder %d times", other, flooder)
		}
		if d.unconfirmed() != 0 {
			t.Error("not all was confirmed")
		}
	})
}
