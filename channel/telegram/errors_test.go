package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"beaware/channel"
	"beaware/channel/channeltest"
)

// refusal is a Bot API error; the descriptions are Telegram's, with marked values where a server could put them.
func refusal(code int, description, more string) http.HandlerFunc {
	return reply(code, fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q%s}`, code, description, more))
}

var faults = []struct {
	name  string
	serve http.HandlerFunc
	want  channel.Kind
	after time.Duration
}{
	{"429", refusal(429, "Too Many Requests: retry after 35", `,"parameters":{"retry_after":35}`), channel.Throttled, 35 * time.Second},
	{"429 without a time", refusal(429, "Too Many Requests", ""), channel.Throttled, defaultRetry},
	{"429 with a negative time", refusal(429, "Too Many Requests", `,"parameters":{"retry_after":-1}`), channel.Throttled, defaultRetry},
	{"429 for ever", refusal(429, "Too Many Requests", `,"parameters":{"retry_after":9223372036854775807}`), channel.Throttled, 30 * 24 * time.Hour},
	{"429 from a proxy", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "7")
		reply(429, "<html>slow down</html>")(w, r)
	}, channel.Throttled, 7 * time.Second},
	{"429 with status 200", reply(200, `{"ok":false,"description":"Too Many Requests: retry after 3","parameters":{"retry_after":3}}`), channel.Throttled, 3 * time.Second},

	{"500 with HTML", reply(500, "<html>bot"+token+"</html>"), channel.Temporary, 0},
	{"502 as JSON", refusal(502, "Bad Gateway", ""), channel.Temporary, 0},
	{"502 with HTML", reply(502, "<html>"), channel.Temporary, 0},
	{"503 without a body", reply(503, ""), channel.Temporary, 0},
	{"504 from a gateway", reply(504, "<html>"), channel.Unknown, 0},

	{"401", refusal(401, "Unauthorized", ""), channel.Misconfigured, 0},
	{"401 that repeats the token", refusal(401, "Unauthorized: "+token+" 123456789%3AAA-marked_Token-7f3e", ""), channel.Misconfigured, 0},
	{"404", refusal(404, "Not Found", ""), channel.Misconfigured, 0},
	{"404 with HTML", reply(404, "<html>"), channel.Misconfigured, 0},
	{"302", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/bot"+token, http.StatusFound)
	}, channel.Misconfigured, 0},
	{"403 not a member", refusal(403, "Forbidden: bot is not a member of the channel chat", ""), channel.Misconfigured, 0},
	{"403 kicked", refusal(403, "Forbidden: bot was kicked from the supergroup chat", ""), channel.Misconfigured, 0},
	{"chat not found", refusal(400, "Bad Request: chat not found "+markedChat, ""), channel.Misconfigured, 0},
	{"no rights", refusal(400, "Bad Request: need administrator rights in the channel chat", ""), channel.Misconfigured, 0},
	{"no rights to write", refusal(400, "Bad Request: CHAT_WRITE_FORBIDDEN", ""), channel.Misconfigured, 0},
	{"upgraded without an id", refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", ""), channel.Misconfigured, 0},

	{"entities", refusal(400, "Bad Request: can't parse entities: Unexpected end tag at byte offset 33", ""), channel.Refused, 0},
	{"too long", refusal(400, "Bad Request: message is too long", ""), channel.Refused, 0},
	{"caption too long", refusal(400, "Bad Request: message caption is too long", ""), channel.Refused, 0},
	{"bad photo", refusal(400, "Bad Request: IMAGE_PROCESS_FAILED", ""), channel.Refused, 0},
	{"wrong file", refusal(400, "Bad Request: wrong file identifier/HTTP URL specified", ""), channel.Refused, 0},
	{"413", reply(413, "<html>"), channel.Refused, 0},
	{"another 400", refusal(400, "Bad Request: something new", ""), channel.Permanent, 0},
	{"another 4xx", refusal(418, "teapot", ""), channel.Permanent, 0},

	{"garbage with 200", reply(200, `{"ok":true,"result":{`), channel.Unknown, 0},
	{"HTML with 200", reply(200, `<html>`+token), channel.Unknown, 0},
	{"nothing with 200", reply(200, ``), channel.Unknown, 0},
	{"null", reply(200, `null`), channel.Unknown, 0},
	{"a number", reply(200, `7`), channel.Unknown, 0},
	{"ok false without a reason", reply(200, `{"ok":false}`), channel.Unknown, 0},
	{"deep nesting", reply(200, `{"ok":true,"result":`+strings.Repeat("[", 20000)), channel.Unknown, 0},
	{"cut in the middle", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		reply(200, `{"ok":true`)(w, r)
	}, channel.Unknown, 0},
	{"reset after reading", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	}, channel.Unknown, 0},
	{"endless reply", endless, channel.Unknown, 0},
}

func endless(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	chunk := []byte(strings.Repeat(" ", 1<<16))
	for r.Context().Err() == nil {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// Every fault is tried with a text and with an upload: the library treats them differently.
func TestFaults(t *testing.T) {
	h := channeltest.Harness{}
	for _, f := range faults {
		for _, kind := range []string{"text", "photo"} {
			m := channeltest.Simple("fault")
			if kind == "photo" {
				m.Photo = &channel.Photo{Name: "a.png", Data: channeltest.Picture()}
			}
			h.Faults = append(h.Faults, channeltest.Fault{
				Name: f.name + "/" + kind, Message: &m, Want: f.want, RetryAfter: f.after,
				Open: func(t *testing.T) channeltest.Platform { return serve(t, markedChat, f.serve) },
			})
		}
	}
	channeltest.Faults(t, h)
}

// A request that cannot have been written is tried again; one that may have been is not.
func TestTransport(t *testing.T) {
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	for _, c := range []struct {
		name, api string
		rt        http.RoundTripper
		want      channel.Kind
	}{
		{"refused", "http://" + dead.Addr().String(), nil, channel.Temporary},
		{"no such host", "http://nowhere.invalid", nil, channel.Temporary},
		{"dial fails", "http://x.example", roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Err: errors.New("no route to bot" + token)}
		}), channel.Temporary},
		{"no trace", "http://x.example", roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, errors.New("lost https://x.example/bot" + token + "/sendMessage")
		}), channel.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := platform(t, c.api, c.rt, markedChat)
			_, err := p.Channel.Send(t.Context(), channeltest.Simple("x"))
			channeltest.CheckSecrets(t, p, err)
			if got := channel.KindOf(err); got != c.want || err == nil {
				t.Errorf("%v (%v), want %v", got, err, c.want)
			}
		})
	}
}

// Our own time limit leaves open what the server did; so does the caller's, but that one is told.
func TestTimeouts(t *testing.T) {
	hang := make(chan struct{})
	p := serve(t, markedChat, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-hang
	})
	t.Cleanup(func() { close(hang) })
	ch := p.Channel.(*Channel)
	err := sendError(ch.client.call(t.Context(), 50*time.Millisecond, "sendMessage", map[string]string{"chat_id": markedChat}, nil, nil))
	if channel.KindOf(err) != channel.Unknown || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("our limit: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = ch.Send(ctx, channeltest.Simple("x"))
	if channel.KindOf(err) != channel.Unknown || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the caller's limit: %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	_, err = ch.Send(ended, channeltest.Simple("x"))
	if channel.KindOf(err) != channel.Temporary || !errors.Is(err, context.Canceled) {
		t.Errorf("ended before: %v", err)
	}
}

func TestNewRefusesWithoutShowing(t *testing.T) {
	for _, o := range []Options{
		{},
		{Token: token + "/../x"},
		{Token: token, API: "api.telegram.org"},
		{Token: token, API: "ftp://x"},
		{Token: token, API: "https://me:" + "AA-marked_Token-7f3e" + "@x"},
		{Token: token, API: "https://x/?a=%zz"},
		{Token: token, API: "http://[::1"},
	} {
		_, err := New(o)
		if err == nil {
			t.Errorf("New(API %q) took it", o.API)
		}
		channeltest.CheckSecrets(t, channeltest.Platform{Secrets: secrets()}, err)
	}
	c := newClient(t, "", nil, &record{})
	for _, chat := range []string{"", "markedchannel", "@9876543210", "@markedchannel/1", "0", "--1"} {
		_, err := c.Channel("x", chat)
		if err == nil {
			t.Errorf("chat %q was taken", chat)
		}
		channeltest.CheckSecrets(t, channeltest.Platform{Secrets: secrets()}, err)
	}
}

func TestPrintingShowsNoSecret(t *testing.T) {
	log := &record{}
	c := newClient(t, "", nil, log)
	ch, err := c.Channel("x", markedChat)
	if err != nil {
		t.Fatal(err)
	}
	log.logger().Info("x", "client", c, "channel", ch, "error", &callError{method: "x", migrate: -1009876543210})
	for _, v := range []any{c, ch, &callError{method: "x", migrate: -1009876543210}} {
		fmt.Fprintf(log, "%v %+v %#v %s", v, v, v, v)
	}
	channeltest.CheckSecrets(t, channeltest.Platform{Logged: log.String, Secrets: secrets()})
}

// Whatever a server replies: no panic, no secret, and published only where it says ok.
func FuzzReply(f *testing.F) {
	f.Add(200, `{"ok":true,"result":{"message_id":1,"chat":{"username":"x"}}}`)
	f.Add(429, `{"ok":false,"error_code":429,"parameters":{"retry_after":1e3,"migrate_to_chat_id":-1}}`)
	f.Add(400, `{"ok":false,"description":"Bad Request: `+token+markedChat+`"}`)
	f.Add(500, "<html>")
	f.Fuzz(func(t *testing.T, status int, body string) {
		status = 200 + min(max(status-200, 0), 399)
		p := platform(t, "http://x.example", roundTripper(func(r *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, r.Body)
			return respond(status, body), nil
		}), markedChat)
		_, err := p.Channel.Send(t.Context(), channeltest.Simple("x"))
		channeltest.CheckSecrets(t, p, err)
		var e *channel.SendError
		if err != nil && (!errors.As(err, &e) || e.Kind == channel.Throttled && e.RetryAfter <= 0) {
			t.Errorf("%#v", err)
		}
		var answer map[string]any
		if json.Unmarshal([]byte(body), &answer) != nil && err == nil {
			t.Errorf("%q was taken for a success", body)
		}
	})
}
