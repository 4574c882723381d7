package telegramtest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What each effect looks like to a client, and whether the post was made all the same.
func TestEffects(t *testing.T) {
	for effect, want := range map[Effect]struct {
		see   string
		posts int
	}{
		Slow:          {"ok", 1},
		TooMany:       {"429 Too Many Requests: retry after 7", 0},
		Refuse:        {"418 no", 0},
		ServerError:   {"500 HTML", 0},
		BadGateway:    {"502 HTML", 0},
		ResetBefore:   {"broken", 0},
		Hang:          {"timeout", 0},
		ResetAfter:    {"broken", 1},
		ResetMidReply: {"cut", 1},
		HangAfter:     {"timeout", 1},
		Endless:       {"timeout", 1},
		WrongJSON:     {"200 no JSON", 1},
		NoMessageID:   {"ok", 1},
	} {
		t.Run(string(effect), func(t *testing.T) {
			s := Start(t)
			channel := s.AddChannel("@office_test")
			s.Fail(Fault{Method: "sendMessage", Do: effect, RetryAfter: 7, Code: 418, Description: "no"})
			if see := look(t, s); see != want.see {
				t.Errorf("client sees %q, want %q", see, want.see)
			}
			if n := len(channel.Posts()); n != want.posts {
				t.Errorf("%d posts, want %d", n, want.posts)
			}
			if see := look(t, s); see != "ok" {
				t.Errorf("the next call sees %q", see)
			}
			if calls, err := s.WaitCalls(soon(t), "sendMessage", 2); err != nil || calls[0].Fault != effect || calls[1].Fault != "" {
				t.Errorf("log: %+v %v", calls, err)
			}
		})
	}
	if len(Effects()) != 13 {
		t.Error("an effect is not in this table")
	}
}

func look(t *testing.T, s *Server) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/bot"+Token+"/sendMessage?chat_id=@office_test&text=x", nil)
	resp, err := s.Client().Do(req)
	if errors.Is(err, context.DeadlineExceeded) {
		return "timeout"
	}
	if err != nil {
		return "broken"
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	switch body := string(raw); {
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case err != nil:
		return "cut"
	case strings.HasPrefix(body, "<html>"):
		return resp.Status[:3] + " HTML"
	case !strings.HasSuffix(body, "}"):
		return resp.Status[:3] + " no JSON"
	case resp.StatusCode == 200:
		return "ok"
	default:
		_, after, _ := strings.Cut(body, `"description":"`)
		description, _, _ := strings.Cut(after, `"`)
		return resp.Status[:3] + " " + description
	}
}

func TestNthCall(t *testing.T) {
	s := Start(t)
	s.AddChannel("@office_test")
	s.Fail(Fault{Method: "sendMessage", Skip: 1, Times: 2, Do: ServerError})
	s.Fail(Fault{Method: "getMe", Times: -1, Do: ServerError})
	var seen []string
	for range 4 {
		seen = append(seen, look(t, s))
	}
	if got := strings.Join(seen, ","); got != "ok,500 HTML,500 HTML,ok" {
		t.Errorf("saw %s", got)
	}
	s.ClearFaults()
	connect(t, s).form("getMe").wants(t, 200, "")
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := StartInMemory(t)
		s.Fail(Fault{Do: Slow, Delay: 9 * time.Second})
		begin := time.Now()
		connect(t, s).form("getMe").wants(t, 200, "")
		if took := time.Since(begin); took != 9*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestLimits(t *testing.T) {
	now := time.Date(2026, 7, 17, 19, 30, 0, 0, time.UTC)
	s := Start(t, Options{Limits: RealLimits(), Now: func() time.Time { return now }})
	a := connect(t, s)
	s.AddGroup("Neighbours")
	g := itoa(s.Chats()[0].ID())
	send := func(chat string) result { return a.form("sendMessage", "chat_id", chat, "text", "x") }
	send(g).wants(t, 200, "")
	r := send(g)
	r.wants(t, 429, "Too Many Requests: retry after 1")
	if r.Parameters == nil || r.Parameters.RetryAfter != 1 {
		t.Errorf("parameters %+v", r.Parameters)
	}
	for range 19 {
		s.Advance(time.Second)
		send(g).wants(t, 200, "")
	}
	s.Advance(time.Second)
	send(g).wants(t, 429, "Too Many Requests: retry after 40")
	s.Advance(40 * time.Second)
	send(g).wants(t, 200, "")

	s.Advance(time.Minute)
	for range 30 {
		c := s.AddUser("en")
		c.Send("hi")
		send(itoa(c.ID())).wants(t, 200, "")
	}
	last := s.AddUser("en")
	last.Send("hi")
	send(itoa(last.ID())).wants(t, 429, "Too Many Requests: retry after 1")
	s.SetLimits(Limits{})
	send(itoa(last.ID())).wants(t, 200, "")
}
