package telegram

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"beaware/channel"
	"beaware/channel/telegram/telegramtest"
)

const (
	question = "Are your papers with you? check"
	idleNote = "An idle note. telegram"
)

func TestIdle(t *testing.T) {
	for name, c := range map[string]struct {
		then func(*story)
		want []string
	}{
		"left alone": {func(st *story) { time.Sleep(channel.IdleAfter + time.Second) }, []string{">/start", idleNote}},
		"not yet":    {func(st *story) { time.Sleep(channel.IdleAfter - 10*time.Second) }, []string{">/start", question}},
		"a press puts it off": {func(st *story) {
			time.Sleep(8 * time.Minute)
			st.press("Sure")
			time.Sleep(8 * time.Minute)
		}, []string{">/start", "Are your papers with you? sure"}},
		"and it comes later": {func(st *story) {
			time.Sleep(8 * time.Minute)
			st.press("Sure")
			time.Sleep(channel.IdleAfter + time.Second)
		}, []string{">/start", idleNote}},
		"another screen calls it off": {func(st *story) {
			st.press("Keep")
			time.Sleep(time.Hour)
		}, []string{">/start", "Kept."}},
		"what is said puts it off": {func(st *story) {
			time.Sleep(8 * time.Minute)
			st.send("hello")
			time.Sleep(8 * time.Minute)
		}, []string{">/start", question, ">hello", "typed words=true resume=i:sq:AL group=false"}},
		"the screen above goes later": {func(st *story) {
			time.Sleep(8 * time.Minute)
			st.send("hello")
			time.Sleep(channel.IdleAfter + time.Second)
		}, []string{">/start", idleNote, ">hello", "typed words=true resume=i:sq:AL group=false"}},
		"two screens": {func(st *story) {
			st.send("/start")
			st.press("Check")
			time.Sleep(channel.IdleAfter + time.Second)
		}, []string{">/start", idleNote, ">/start", idleNote}},
		"hidden before": {func(st *story) {
			st.press("Hide")
			time.Sleep(time.Hour)
		}, []string{">/start", note1}},
		"deleted before": {func(st *story) {
			m, _ := st.person.Last()
			_ = st.person.Delete(m.ID)
			time.Sleep(time.Hour)
		}, []string{">/start"}}, // nothing is sent unasked
		"blocked": {func(st *story) {
			st.person.Block()
			time.Sleep(time.Hour)
		}, []string{">/start", question}},
		"the program ends": {func(st *story) { st.stop() }, []string{">/start", idleNote}},
	} {
		t.Run(name, func(t *testing.T) {
			tell(t, func(st *story) {
				st.send("/start")
				st.press("Check")
				c.then(st)
				switch name { // the newer first message shows what is remembered
				case "two screens":
					c.want[2] = ">/start"
				}
				st.sees(c.want...)
				if name == "left alone" {
					edits := st.calls(editText)
					time.Sleep(time.Hour)
					if st.calls(editText) != edits {
						t.Error("it is replaced again and again")
					}
				}
				if strings.Contains(st.log.String(), "WARN") {
					t.Errorf("log: %s", st.log)
				}
			})
		})
	}
}

// An idle screen can wipe the chat.
func TestIdleWipes(t *testing.T) {
	for _, stop := range []bool{false, true} {
		o := ConversationOptions{Answer: func(e channel.Event) channel.Screen {
			s := scripted(e)
			s.Wipe = s.Wipe || e.Data == "idle"
			return s
		}}
		tellWith(t, o, true, func(st *story) {
			st.send("/start")
			st.send(markedWords)
			st.press("Check")
			if stop {
				st.stop()
			}
			time.Sleep(channel.IdleAfter + 5*time.Second)
			st.sees(idleNote)
			st.forgotten()
		})
	}
}

// When the program ends, what fits into a second is replaced, and it ends however slow the server is.
func TestFarewell(t *testing.T) {
	for _, delay := range []time.Duration{0, time.Minute} {
		t.Run(fmt.Sprint(delay), func(t *testing.T) {
			tell(t, func(st *story) {
				people := []*telegramtest.User{st.person}
				for range 60 {
					people = append(people, st.server.AddUser("mk"))
				}
				for _, u := range people {
					u.Send("/start")
				}
				st.settle()
				for _, u := range people {
					if _, err := u.Press("Check"); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Minute)
				if delay > 0 {
					st.server.Fail(telegramtest.Fault{Method: editText, Times: -1, Do: telegramtest.Slow, Delay: delay})
				}
				st.stop() // which checks how long that takes
				replaced := 0
				for _, u := range people {
					if m, _ := u.Last(); m.Text == idleNote {
						replaced++
					}
				}
				if delay == 0 && replaced != len(people) {
					t.Errorf("%d of %d were replaced", replaced, len(people))
				}
			})
		})
	}
}

func TestIdles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := newIdles()
		i.set(5, 0, "x")
		i.set(5, 1<<40, "x")
		i.set(5, 1, "")
		if e := i.take(true); len(e) != 0 {
			t.Errorf("%d chats", len(e))
		}
		for m := range int64(5) {
			i.set(5, m+1, fmt.Sprint("d", m+1))
		}
		i.set(5, 4, "")
		if e := i.take(true); len(e) != 1 || e[0].messages != [3]int32{5, 3, 0} || e[0].data != "d5" {
			t.Errorf("idle %v", e)
		}
		i.set(5, 1, "x")
		i.drop(5)
		i.set(6, 1, "x")
		i.set(6, 1, "")
		time.Sleep(channel.IdleAfter + time.Second)
		if e := i.take(false); len(e) != 0 {
			t.Errorf("idle %v", e)
		}
		if s := fmt.Sprintf("%v %#v", i, i); s != "idles idles" {
			t.Errorf("it prints %s", s)
		}
	})
}
