package telegram

import (
	"strings"
	"testing"
	"time"

	"beaware/channel/telegram/telegramtest"
)

func menu(description string) []Command {
	return []Command{{"start", description}, {"privacy", "What is kept"}}
}

func TestProfiles(t *testing.T) {
	o := ConversationOptions{Profiles: []Profile{
		{Name: "Information", Description: "d", Short: "s", Commands: menu("Begin")},
		{Language: "sr-Latn", Description: "x"},
		{Language: "sq", Commands: []Command{{"Bad Name", "x"}}},
		{Language: "bs", Name: strings.Repeat("ž", 65)},
		{Language: "mk", Name: "Информации", Description: "опис", Commands: menu("Почни")},
		{Language: "de", Description: "d"}, // the same as for all: nothing to set
	}}
	set := func(st *story) (n int) {
		for _, r := range st.server.Requests() {
			if strings.HasPrefix(r.Method, "setMy") || strings.HasPrefix(r.Method, "deleteMy") {
				n++
			}
		}
		return n
	}
	tellWith(t, o, true, func(st *story) {
		st.settle()
		b := st.server.Bot()
		for what, got := range map[string]string{
			"Information": b.Profile("name", ""), "Информации": b.Profile("name", "mk"), "d": b.Profile("description", ""),
			"опис": b.Profile("description", "mk"), "s": b.Profile("short_description", ""),
		} {
			if got != what {
				t.Errorf("got %q, want %q", got, what)
			}
		}
		if c := b.Commands("all_private_chats", "mk"); len(c) != 2 || c[0].Description != "Почни" {
			t.Errorf("commands %v", c)
		}
		if n := set(st); n != 7 {
			t.Errorf("%d changes, want 7", n)
		}
		if len(b.Commands("default", "")) != 0 || len(b.Commands("all_group_chats", "")) != 0 {
			t.Error("groups have a menu")
		}
		if n := strings.Count(st.log.String(), "passed over"); n != 3 {
			t.Errorf("%d profiles were passed over", n)
		}
		st.stop()
		st.begin()
		st.settle()
		if n := set(st); n != 7 {
			t.Errorf("%d changes after a second start: it was all there", n)
		}
	})
}

// What an earlier release set for groups too goes.
func TestProfileTakesOldMenusAway(t *testing.T) {
	tellWith(t, ConversationOptions{Profiles: []Profile{{Commands: menu("Begin")}}}, false, func(st *story) {
		c, err := New(Options{Token: telegramtest.Token, API: st.server.URL, HTTP: st.server.Client()})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Call(st.Context(), "setMyCommands", map[string]string{"commands": `[{"command":"check","description":"x"}]`}, nil); err != nil {
			t.Fatal(err)
		}
		st.begin()
		st.settle()
		if len(st.server.Bot().Commands("default", "")) != 0 || len(st.server.Bot().Commands("all_private_chats", "")) != 2 {
			t.Error("the old menu is still there")
		}
	})
}

// One method that is refused, for a day or for ever, stops no other, and is not asked again for every language.
func TestProfileRefusals(t *testing.T) {
	profiles := []Profile{{Name: "a", Short: "s"}, {Language: "mk", Name: "b", Short: "с"}, {Language: "sq", Name: "c", Short: "ç"}}
	for name, f := range map[string]telegramtest.Fault{
		"for a day":     {Method: "setMyName", Times: -1, Do: telegramtest.TooMany, RetryAfter: 70_000},
		"an old server": {Method: "setMyName", Times: -1, Do: telegramtest.Refuse, Code: 404, Description: "Not Found: method not found"},
		"cannot tell":   {Method: "getMyName", Times: -1, Do: telegramtest.Refuse, Code: 404, Description: "Not Found: method not found"},
	} {
		t.Run(name, func(t *testing.T) {
			tellWith(t, ConversationOptions{Profiles: profiles}, false, func(st *story) {
				st.server.Fail(f)
				st.begin()
				time.Sleep(time.Minute)
				if got := st.server.Bot().Profile("short_description", "sq"); got != "ç" {
					t.Errorf("the short description is %q", got)
				}
				names, want := st.calls("setMyName"), 1
				if name == "cannot tell" {
					want = 3
				}
				if names != want || strings.Count(st.log.String(), "was not set") != 2-(want+1)/2 {
					t.Errorf("the name was set %d times; log: %s", names, st.log)
				}
			})
		})
	}
}
