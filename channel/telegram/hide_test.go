package telegram

import (
	"errors"
	"strings"
	"testing"
	"time"

	"beaware/channel"
	"beaware/channel/telegram/telegramtest"
)

const (
	first   = "first /start resume= keeps=false platform=telegram"
	note1   = "A note."
	cleared = "How to clear the rest."
)

func TestHide(t *testing.T) {
	tell(t, func(st *story) {
		st.send("/start")
		st.press("Hide")
		st.sees(">/start", note1)
		// edited in place before anything else, and the wheel is stopped all the same
		var order []string
		for _, r := range st.server.Requests() {
			if r.Method == editText || r.Method == "answerCallbackQuery" {
				order = append(order, r.Method)
			}
		}
		if strings.Join(order, " ") != "editMessageText answerCallbackQuery" {
			t.Errorf("calls: %v", order)
		}
	})
}

// Who writes a safe word hides the screen that stands there.
func TestHideByWord(t *testing.T) {
	for _, word := range []string{"/hide", "safe word"} {
		tell(t, func(st *story) {
			st.send("/start")
			st.send(word)
			st.sees(">/start", note1, ">"+word)
			st.send(word) // it is hidden already
			st.sees(">/start", note1, ">"+word, ">"+word)
		})
		tellWith(t, ConversationOptions{}, true, func(st *story) { // nothing is known of the chat
			st.send(word)
			st.sees(">"+word, note1)
		})
	}
}

// A message that cannot be edited any more is taken away and the neutral one sent without a sound.
func TestHideWhatCannotBeEdited(t *testing.T) {
	tell(t, func(st *story) {
		st.send("/start")
		st.refuse(editText, 400, "Bad Request: message can't be edited")
		st.press("Hide")
		st.sees(">/start", note1)
		if st.calls(sendText) != 2 || st.calls("deleteMessages") != 1 {
			t.Error("not deleted and sent anew")
		}
	})
}

// Hiding waits for nothing that waits in the same chat.
func TestHideOvertakes(t *testing.T) {
	tell(t, func(st *story) {
		st.send("/start")
		st.server.Fail(telegramtest.Fault{Method: editText, Do: telegramtest.TooMany, RetryAfter: 50})
		for range 4 {
			_, _ = st.person.Press("Check")
		}
		time.Sleep(time.Second)
		began := time.Now()
		if _, err := st.person.Press("Hide"); err != nil {
			t.Fatal(err)
		}
		for time.Since(began) < time.Minute {
			if m, _ := st.person.Last(); m.Text == note1 {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if d := time.Since(began); d > time.Second {
			t.Errorf("hidden after %v", d)
		}
		time.Sleep(2 * time.Minute)
		st.sees(">/start", note1)
		if st.server.Bot().Pending() != 0 {
			t.Error("not all is confirmed")
		}
	})
}

func TestWipe(t *testing.T) {
	for name, c := range map[string]struct {
		how  func(*story)
		want []string
		sent int // messages in all
	}{
		"button": {func(st *story) { st.press("Wipe") }, []string{cleared}, 3},
		"typed":  {func(st *story) { st.send("/wipe") }, []string{cleared}, 4},
		"message can't be edited": {func(st *story) {
			st.refuse(editText, 400, "Bad Request: message can't be edited")
			st.press("Wipe")
		}, []string{cleared}, 4},
		"message was deleted": {func(st *story) {
			st.server.Fail(telegramtest.Fault{Method: editText, Do: telegramtest.Slow, Delay: time.Second})
			m, _ := st.person.Last()
			_, _ = st.person.Press("Wipe")
			time.Sleep(500 * time.Millisecond)
			_ = st.person.Delete(m.ID)
			st.settle()
		}, []string{cleared}, 4},
		"an old server": {func(st *story) {
			st.refuse("deleteMessages", 404, "Not Found: method not found")
			st.press("Wipe")
		}, []string{cleared}, 3},
		"the server stumbles": {func(st *story) {
			st.server.Fail(telegramtest.Fault{Method: "deleteMessages", Do: telegramtest.BadGateway})
			st.server.Fail(telegramtest.Fault{Method: editText, Do: telegramtest.TooMany, RetryAfter: 2})
			st.press("Wipe")
			time.Sleep(5 * time.Second)
		}, []string{cleared}, 4},
		"one message went already": {func(st *story) {
			_ = st.person.Delete(firstID)
			st.press("Wipe")
		}, []string{cleared}, 3},
		"the edit fails for good": {func(st *story) {
			st.refuse(editText, 400, "Bad Request: something else")
			st.press("Wipe")
		}, []string{cleared}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			memory := &notebook{}
			tellWith(t, ConversationOptions{Memory: memory}, true, func(st *story) {
				st.send("/start")
				st.press("Keep")
				if _, err := st.person.SendKind("voice", markedWords); err != nil {
					t.Error(err)
				}
				st.settle()
				st.person.Send("/start@another_bot") // not answered, and deleted as well
				st.send(markedWords)
				st.press("Check")
				c.how(st)
				st.sees(c.want...)
				st.forgotten()
				if _, kept := memory.state(); len(kept) != 0 {
					t.Error("the person is remembered")
				}
				if n := st.calls(sendText); n != c.sent {
					t.Errorf("%d messages were sent, want %d", n, c.sent)
				}
				time.Sleep(channel.IdleAfter + time.Minute)
				st.sees(c.want...)
				if strings.Contains(st.log.String(), `"WARN"`) {
					t.Errorf("log: %s", st.log)
				}
			})
		})
	}
}

// What is older than 48 hours cannot be deleted, which is no fault; what is younger goes.
func TestWipeAfterDays(t *testing.T) {
	tell(t, func(st *story) {
		st.send("/start")
		time.Sleep(30 * time.Hour)
		st.send(markedWords)
		time.Sleep(17*time.Hour + 59*time.Minute)
		st.send("/wipe")
		st.sees(">/start", first, cleared)
		st.forgotten()
	})
	tell(t, func(st *story) { // the fake's clock goes on, ours does not, so that the server refuses what we ask
		st.send("/start")
		st.server.Advance(49 * time.Hour)
		st.send(markedWords)
		st.send("/wipe")
		st.sees(">/start", first, cleared)
		if st.calls("deleteMessage") == 0 {
			t.Error("the rest was not tried one by one")
		}
		st.forgotten()
	})
}

// More than one batch, a blocked bot, a server that is down: what can go goes, the rest is told without ids, and nothing is kept.
func TestWipeFailures(t *testing.T) {
	tell(t, func(st *story) {
		for range 45 {
			st.send("/start")
		}
		for range 45 {
			st.send(markedWords)
		}
		st.refuse("deleteMessages", 500, "Internal Server Error")
		st.person.Send("/wipe")
		time.Sleep(5 * time.Minute)
		if m, _ := st.person.Last(); m.Text != cleared {
			t.Errorf("the last message is %q", m.Text)
		}
		if !strings.Contains(st.log.String(), "not all of its messages") {
			t.Error("nobody is told")
		}
		st.forgotten()
	})
	tellWith(t, ConversationOptions{Memory: &notebook{fail: errors.New(markedWords)}}, true, func(st *story) {
		st.send("/start")
		if _, err := st.person.Press("Wipe"); err != nil {
			t.Error(err)
		}
		st.person.Block()
		time.Sleep(time.Minute)
		st.forgotten()
		if !strings.Contains(st.log.String(), "could not be kept, found or forgotten") {
			t.Error("nobody is told that the memory failed")
		}
	})
}

// A wipe that began is finished when the program is told to end.
func TestWipeAtTheEnd(t *testing.T) {
	tell(t, func(st *story) {
		st.send("/start")
		st.server.Fail(telegramtest.Fault{Method: "deleteMessages", Do: telegramtest.Slow, Delay: 600 * time.Millisecond})
		if _, err := st.person.Press("Wipe"); err != nil {
			t.Error(err)
		}
		time.Sleep(300 * time.Millisecond)
		st.stop()
		st.sees(cleared)
		if st.server.Bot().Pending() != 0 {
			t.Error("it would be wiped again")
		}
	})
}
