package telegram

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"beaware/channel"
	"beaware/channel/telegram/telegramtest"
)

// What people do besides pressing buttons: what they see of it, and that the bot sees their words only where it should.
func TestTalk(t *testing.T) {
	const heard, unheard = "typed words=true resume=i:sq:AL group=false", "typed words=false resume=i:sq:AL group=false"
	for name, c := range map[string]struct {
		do   func(*story)
		want []string // after the first screen
	}{
		"words": {func(st *story) { st.send(markedWords) }, []string{">" + markedWords, heard}},
		"voice": {func(st *story) { _, _ = st.person.SendKind("voice", markedWords) }, []string{">", unheard}},
		"photo": {func(st *story) {
			if _, err := st.person.SendPhoto(dot(), markedWords); err != nil {
				st.Error(err)
			}
		}, []string{">" + markedWords, unheard}},
		"location":          {func(st *story) { _, _ = st.person.SendKind("location", "") }, []string{">", unheard}},
		"contact":           {func(st *story) { _, _ = st.person.SendKind("contact", "") }, []string{">", unheard}},
		"sticker":           {func(st *story) { _, _ = st.person.SendKind("sticker", "") }, []string{">", unheard}},
		"service message":   {func(st *story) { _, _ = st.person.SendKind("message_auto_delete_timer_changed", "") }, []string{">"}},
		"forwarded":         {func(st *story) { st.person.Forward(markedWords) }, []string{">" + markedWords, unheard}},
		"forwarded command": {func(st *story) { st.person.Forward("/wipe") }, []string{">/wipe", unheard}},
		"edited": {func(st *story) {
			id := st.send("hello")
			if err := st.person.Edit(id, markedWords); err != nil {
				st.Error(err)
			}
		}, []string{">" + markedWords, heard}},
		"not modified": {func(st *story) {
			st.press("Keep")
			st.press("Keep")
		}, nil},
		"deleted screen": {func(st *story) {
			st.server.Fail(telegramtest.Fault{Method: editText, Do: telegramtest.Slow, Delay: time.Second})
			m, _ := st.person.Last()
			_, _ = st.person.Press("Keep")
			time.Sleep(500 * time.Millisecond)
			_ = st.person.Delete(m.ID)
		}, []string{"Kept."}},
		"too old to edit": {func(st *story) {
			st.refuse(editText, 400, "Bad Request: message can't be edited")
			st.press("Keep")
		}, []string{first, "Kept."}},
		"blocked": {func(st *story) {
			_, _ = st.person.Press("Keep")
			st.person.Block()
			time.Sleep(time.Minute)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			tell(t, func(st *story) {
				st.send("/start")
				c.do(st)
				time.Sleep(5 * time.Second)
				want := append([]string{">/start", first}, c.want...)
				switch name {
				case "not modified":
					want[1] = "Kept."
				case "deleted screen":
					want = []string{">/start", "Kept."}
				case "too old to edit":
					want = []string{">/start", first, "Kept."}
				case "blocked":
					m, _ := st.person.Last()
					want[1] = m.Text // whether the answer came before is left to chance
				}
				st.sees(want...)
				if st.server.Bot().Pending() != 0 {
					t.Error("not all is confirmed")
				}
				if strings.Contains(st.log.String(), "WARN") || strings.Contains(st.log.String(), "ERROR") {
					t.Errorf("log: %s", st.log)
				}
			})
		})
	}
}

// dot is a small picture.
func dot() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 100, 100))) // into memory
	return b.Bytes()
}

// What waited for hours while the bot was away gets a neutral screen; a press whose query the server no longer takes
// is one of those.
func TestVeryOld(t *testing.T) {
	tellWith(t, ConversationOptions{}, false, func(st *story) {
		st.person.Send(markedWords)
		time.Sleep(3 * time.Hour)
		st.begin()
		st.settle()
		st.sees(">"+markedWords, note1)
	})
	tell(t, func(st *story) {
		st.send("/start")
		st.stop()
		if _, err := st.person.Press("Keep"); err != nil {
			t.Error(err)
		}
		time.Sleep(3 * time.Hour)
		st.begin()
		st.settle()
		st.sees(">/start", note1)
		if n := st.calls("answerCallbackQuery"); n != 1 {
			t.Errorf("the query was ended %d times", n)
		}
	})
}

// An update that comes twice, in one batch, in another one and after it was answered, is answered once.
func TestDuplicates(t *testing.T) {
	tell(t, func(st *story) {
		st.server.Fail(telegramtest.Fault{Method: sendText, Do: telegramtest.Slow, Delay: 5 * time.Second})
		st.person.Send("/start") // comes with every poll while it is answered
		time.Sleep(time.Second)
		other := st.server.AddUser("mk")
		other.Send("/start")
		time.Sleep(20 * time.Second)
		st.sees(">/start", first)
		if n := st.calls(sendText); n != 2 {
			t.Errorf("%d answers, want 2", n)
		}
	})
}

// In a group the bot answers who speaks to it, sees no words, keeps nothing and notes nothing.
func TestGroupTalk(t *testing.T) {
	memory := &notebook{}
	tellWith(t, ConversationOptions{Memory: memory}, true, func(st *story) {
		group := st.server.AddSupergroup("Marked group")
		st.person.Say(group, markedWords)
		st.person.Say(group, "/start")
		st.person.Say(group, "/start@"+st.server.Bot().Username()+" "+markedWords)
		st.person.Say(group, "/check@"+st.server.Bot().Username())
		st.settle()
		m, ok := group.Last()
		if len(group.Posts()) != 2 || !ok {
			t.Fatalf("%d answers", len(group.Posts()))
		}
		for _, b := range []string{"Check", "Keep", "Wipe"} {
			if _, err := st.person.PressData(group, m.ID, strings.ToLower(b)); err != nil {
				t.Error(err)
			}
			st.settle()
		}
		m, _ = group.Last()
		if m.Text != cleared || len(group.Posts()) != 2 || st.calls("deleteMessages") != 0 {
			t.Errorf("the group shows %q, %d messages", m.Text, len(group.Posts()))
		}
		if recalls, kept := memory.state(); recalls != 0 || len(kept) != 0 {
			t.Error("the memory was asked about a group")
		}
		st.forgotten()
	})
}

func TestMemory(t *testing.T) {
	memory := &notebook{}
	known := func(resume string) string {
		return fmt.Sprintf("first /start resume=%s keeps=true platform=telegram", resume)
	}
	tellWith(t, ConversationOptions{Memory: memory}, true, func(st *story) {
		st.send("/start")
		st.press("Keep")
		if recalls, kept := memory.state(); recalls != 1 || kept[st.person.ID()] != "i:sq:AL" {
			t.Errorf("%d recalls, kept %v", recalls, kept)
		}
		st.send("/start")
		if recalls, _ := memory.state(); recalls != 1 {
			t.Error("the memory was asked for what the trail knows")
		}
		st.stop()
		st.begin() // the trail is gone
		_, _ = st.person.Press("Check")
		st.settle()
		if recalls, _ := memory.state(); recalls != 1 {
			t.Error("the memory was asked for a press")
		}
		st.stop()
		st.begin()
		st.send("/start")
		m, _ := st.person.Last()
		if recalls, _ := memory.state(); recalls != 2 || m.Text != known("i:sq:AL") {
			t.Errorf("%d recalls, %q", recalls, m.Text)
		}
		st.press("Drop")
		if _, kept := memory.state(); len(kept) != 0 {
			t.Error("still remembered")
		}
	})

	broken := &notebook{fail: errors.New("chat 5000000001: " + markedWords)}
	tellWith(t, ConversationOptions{Memory: broken}, true, func(st *story) {
		st.send("/start")
		st.press("Keep")
		st.press("Drop")
		st.sees(">/start", "Dropped.")
		if n := strings.Count(st.log.String(), "could not be kept"); n != 3 {
			t.Errorf("%d failures are told: %s", n, st.log)
		}
	})
}

// One who taps without end is served, slowly, and fifty others notice nothing.
func TestFlooder(t *testing.T) {
	tellWith(t, ConversationOptions{}, false, func(st *story) {
		st.limits = Limits{} // Telegram's own
		st.begin()
		var others []*telegramtest.User
		st.send("/start")
		for range 50 {
			u := st.server.AddUser("sq")
			u.Send("/start")
			others = append(others, u)
		}
		time.Sleep(10 * time.Second)
		m, _ := st.person.Last()
		before := st.calls(editText)
		worst := time.Duration(0)
		for i, u := range others {
			for n := range 10 {
				if _, err := st.person.PressData(st.person.Private(), m.ID, []string{"check", "sure"}[n%2]); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := u.Press("Keep"); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			for time.Since(began) < 10*time.Second {
				if m, _ := u.Last(); m.Text == "Kept." {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			worst = max(worst, time.Since(began))
			if i == len(others)-1 {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(20 * time.Second)
		flooded := st.calls(editText) - before - len(others)
		t.Logf("500 presses of one in 50 times the time of an answer: %d edits of theirs; the slowest answer to another took %v", flooded, worst)
		if worst > time.Second {
			t.Errorf("somebody else waited %v", worst)
		}
		if flooded < 10 || flooded > 60 {
			t.Errorf("the flooder was answered %d times", flooded)
		}
		if m, _ := st.person.Last(); m.Text != "Are your papers with you? sure" {
			t.Errorf("the newest press did not win: %q", m.Text)
		}
		if st.server.Bot().Pending() != 0 {
			t.Error("not all is confirmed")
		}
	})
}

// Words do not outlive the call of Answer, whatever becomes of the answer.
func TestWordsAreLetGo(t *testing.T) {
	tell(t, func(st *story) {
		st.server.Fail(telegramtest.Fault{Method: sendText, Do: telegramtest.TooMany, RetryAfter: 30})
		st.person.Send("/start")
		time.Sleep(time.Second)
		st.person.Send(markedWords) // waits
		time.Sleep(time.Second)
		st.conv.lanes.mu.Lock()
		waiting := 0
		for _, ln := range st.conv.lanes.chats {
			for _, w := range ln.waiting {
				waiting++
				if w.event.Words != "" {
					t.Error("words wait in a lane")
				}
			}
		}
		st.conv.lanes.mu.Unlock()
		if waiting != 1 {
			t.Errorf("%d tasks wait", waiting)
		}
		time.Sleep(time.Minute)
	})
	if got := fmt.Sprintf("%v", channel.Event{Words: markedWords}); strings.Contains(got, "marked") {
		t.Errorf("an event prints %s", got)
	}
}
