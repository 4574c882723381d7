package telegramtest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A long poll waits as long as it says, in a bubble where time costs nothing, and ends at once with an update.
func TestLongPollWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := StartInMemory(t)
		a := connect(t, s)
		u := s.AddUser("mk")
		begin := time.Now()
		if got := a.updates("timeout", "30"); len(got) != 0 || time.Since(begin) != 30*time.Second {
			t.Errorf("empty poll: %d updates after %s", len(got), time.Since(begin))
		}
		begin = time.Now()
		go func() {
			time.Sleep(7 * time.Second)
			u.Send("/start")
		}()
		if got := a.updates("timeout", "30"); len(got) != 1 || time.Since(begin) != 7*time.Second {
			t.Errorf("poll: %d updates after %s", len(got), time.Since(begin))
		}
	})
}

func TestAcknowledgement(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	u := s.AddUser("en")
	for range 5 {
		u.Send("hi")
	}
	first := a.updates("limit", "2")
	again := a.updates()
	if len(first) != 2 || len(again) != 5 || first[0].ID != again[0].ID {
		t.Fatalf("unconfirmed updates went: %d, then %d", len(first), len(again))
	}
	if left := a.updates("offset", itoa(first[1].ID+1)); len(left) != 3 || s.Bot().Pending() != 3 {
		t.Errorf("%d left after two were confirmed, want 3", len(left))
	}
	if last := a.updates("offset", "-1"); len(last) != 1 || last[0].ID != again[4].ID {
		t.Errorf("negative offset gave %+v", last)
	}
	s.Advance(25 * time.Hour)
	if old := a.updates(); len(old) != 0 {
		t.Errorf("%d updates after a day, want none", len(old))
	}
}

func TestAllowedUpdates(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	u := s.AddUser("en")
	a.form("getUpdates", "allowed_updates", `["callback_query"]`).wants(t, 200, "")
	u.Send("unheard")
	if got := a.updates(); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
	a.form("getUpdates", "allowed_updates", `[]`).wants(t, 200, "")
	u.Send("heard")
	if got := a.updates(); len(got) != 1 {
		t.Errorf("%d updates, want 1", len(got))
	}
	a.form("getUpdates", "allowed_updates", `{`).wants(t, 400, "Bad Request: can't parse allowed updates JSON object")
	if id := s.Bot().PushUpdate("message_reaction", json.RawMessage(`{}`)); id != 0 {
		t.Error("message_reaction is sent without being asked for")
	}
	if id := s.Bot().PushUpdate("poll", json.RawMessage(`{"id":7,"question":[]}`)); id == 0 {
		t.Error("poll is not sent")
	}
}

func TestEarlierPollerLoses(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	earlier := make(chan result, 1)
	go func() { earlier <- a.form("getUpdates", "timeout", "50") }()
	err := s.Wait(soon(t), func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.bots[0].poll != nil
	})
	if err != nil {
		t.Fatal(err)
	}
	a.form("getUpdates").wants(t, 200, "")
	lost := <-earlier
	lost.wants(t, 409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
}

func TestWebhook(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	type delivery struct{ secret, body string }
	got := make(chan delivery, 8)
	calls := 0
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if calls++; calls == 1 {
			http.Error(w, "not now", http.StatusInternalServerError)
			return
		}
		got <- delivery{r.Header.Get("X-Telegram-Bot-Api-Secret-Token"), string(body)}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"method":"sendMessage","chat_id":`+itoa(5_000_000_001)+`,"text":"in reply"}`)
	}))
	defer hook.Close()
	a.form("setWebhook", "url", "http://example.org/").wants(t, 400, "Bad Request: bad webhook: an HTTPS URL must be provided for webhook")
	a.form("setWebhook", "url", hook.URL, "secret_token", "no spaces").wants(t, 400, "Bad Request: secret token contains unallowed characters")
	a.form("setWebhook", "url", hook.URL, "secret_token", "sEcret_1").wants(t, 200, "")
	a.form("getUpdates").wants(t, 409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	u := s.AddUser("en")
	u.Send("hello")
	select {
	case d := <-got: // the second try
		if d.secret != "sEcret_1" || !strings.Contains(d.body, `"update_id":`) || !strings.Contains(d.body, "hello") {
			t.Errorf("delivered %+v", d)
		}
	case <-soon(t).Done():
		t.Fatal("nothing was delivered")
	}
	if m, err := u.Next(soon(t)); err != nil || m.Text != "in reply" {
		t.Errorf("method in the webhook's reply: %+v %v", m, err)
	}
	var info struct {
		URL       string `json:"url"`
		Pending   int    `json:"pending_update_count"`
		LastError string `json:"last_error_message"`
	}
	if err := json.Unmarshal(a.form("getWebhookInfo").Result, &info); err != nil || info.URL != hook.URL || info.Pending != 0 || info.LastError != "Wrong response from the webhook: 500 Internal Server Error" {
		t.Errorf("info %+v %v", info, err)
	}
	a.form("deleteWebhook").wants(t, 200, "")
	a.form("getUpdates").wants(t, 200, "")
}

func TestPollEndsWithServer(t *testing.T) {
	s := New(Options{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/bot"+Token+"/getUpdates?timeout=50", nil)
		s.ServeHTTP(httptest.NewRecorder(), r)
	}()
	s.Close()
	<-done
}
