package telegramtest

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

type fetched struct {
	ID      int64           `json:"update_id"`
	Message *wireMessage    `json:"message"`
	Member  json.RawMessage `json:"my_chat_member"`
	Query   *struct {
		ID   string   `json:"id"`
		From wireUser `json:"from"`
		Data string   `json:"data"`
	} `json:"callback_query"`
}

func (a api) updates(pairs ...string) []fetched {
	a.t.Helper()
	r := a.form("getUpdates", pairs...)
	var list []fetched
	if err := json.Unmarshal(r.Result, &list); err != nil {
		a.t.Fatalf("getUpdates: %v: %s", err, r.Description)
	}
	return list
}

func TestConversation(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	u := s.AddUser("sq")
	u.Send("/start al")
	got := a.updates()
	if len(got) != 1 || got[0].Message.Text != "/start al" || got[0].Message.From.LanguageCode != "sq" {
		t.Fatalf("updates: %+v", got)
	}
	if e := got[0].Message.Entities; len(e) != 1 || e[0].Type != "bot_command" || e[0].Length != 6 {
		t.Errorf("entities of a command: %+v", e)
	}
	chat := itoa(u.ID())
	keyboard := `{"inline_keyboard":[[{"text":"Ndihmë","callback_data":"h"}],[{"text":"Site","url":"https://example.org/"}]]}`
	m := a.form("sendMessage", "chat_id", chat, "text", "Mirë se vini", "reply_markup", keyboard).message(t)
	if first, err := u.Next(soon(t)); err != nil || first.Text != "Mirë se vini" {
		t.Fatalf("first screen: %+v %v", first, err)
	}
	if _, err := u.Press("Site"); err == nil {
		t.Error("a URL button was pressed")
	}
	if _, err := u.Press("nothing"); err == nil {
		t.Error("a button that is not there was pressed")
	}
	press, err := u.Press("Ndihmë")
	if err != nil {
		t.Fatal(err)
	}
	got = a.updates("offset", itoa(got[0].ID+1))
	if len(got) != 1 || got[0].Query.Data != "h" || got[0].Query.From.ID != u.ID() {
		t.Fatalf("updates: %+v", got)
	}
	a.form("answerCallbackQuery", "callback_query_id", got[0].Query.ID, "text", "po").wants(t, 200, "")
	if text, alert, err := press.Answered(soon(t)); text != "po" || alert || err != nil {
		t.Errorf("answer: %q %v %v", text, alert, err)
	}
	const old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
	a.form("answerCallbackQuery", "callback_query_id", got[0].Query.ID).wants(t, 400, old)
	a.form("answerCallbackQuery", "callback_query_id", "1").wants(t, 400, old)
	late, _ := u.Press("h")
	s.Advance(16 * time.Minute)
	a.form("answerCallbackQuery", "callback_query_id", late.ID()).wants(t, 400, old)

	id := strconv.Itoa(m.ID)
	edit := func(text string) result {
		return a.form("editMessageText", "chat_id", chat, "message_id", id, "text", text, "reply_markup", keyboard)
	}
	edit("Mirë se vini").wants(t, 400, "Bad Request: "+notModified)
	edit("Numrat").wants(t, 200, "")
	if next, err := u.Next(soon(t)); err != nil || next.Text != "Numrat" || next.Edited != 1 || next.ID != m.ID {
		t.Errorf("edited screen: %+v %v", next, err)
	}
	if n := len(u.Private().Posts()); n != 1 {
		t.Errorf("%d messages of the bot, want 1 edited in place", n)
	}
	a.form("editMessageText", "chat_id", chat, "message_id", "99", "text", "x").wants(t, 400, "Bad Request: message to edit not found")
	a.form("editMessageText", "chat_id", chat, "message_id", "1", "text", "x").wants(t, 400, "Bad Request: message can't be edited")
	a.form("editMessageReplyMarkup", "chat_id", chat, "message_id", id).wants(t, 200, "")
	if last, _ := u.Last(); len(last.Rows) != 0 {
		t.Errorf("keyboard is still there: %+v", last.Rows)
	}
}

func TestDelete(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	c := s.AddChannel("@office_test")
	send := func() string {
		return strconv.Itoa(a.form("sendMessage", "chat_id", "@office_test", "text", "x").message(t).ID)
	}
	young, old, older := send(), send(), send()
	a.form("deleteMessage", "chat_id", "@office_test", "message_id", young).wants(t, 200, "")
	a.form("deleteMessage", "chat_id", "@office_test", "message_id", young).wants(t, 400, "Bad Request: message to delete not found")
	s.Advance(49 * time.Hour)
	a.form("deleteMessage", "chat_id", "@office_test", "message_id", old).wants(t, 400, "Bad Request: message can't be deleted for everyone")
	c.SetStanding(Standing{Status: "administrator", Post: true, Delete: true})
	a.form("deleteMessages", "chat_id", "@office_test", "message_ids", "["+old+","+older+",77]").wants(t, 200, "")
	if n := len(c.Posts()); n != 0 {
		t.Errorf("%d posts left", n)
	}
}

func TestGroupPrivacy(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	g := s.AddGroup("Neighbours")
	u := s.AddUser("en")
	u.Say(g, "between us")
	u.Say(g, "/start@"+s.Bot().Username())
	if got := a.updates(); len(got) != 1 || got[0].Message.Chat.Type != "group" {
		t.Errorf("the bot heard %+v", got)
	}
}

func TestBlockIsTold(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	u := s.AddUser("en")
	u.Block()
	u.Send("hello again")
	got := a.updates()
	if len(got) != 3 || got[0].Member == nil || got[1].Member == nil || got[2].Message == nil {
		t.Errorf("updates: %+v", got)
	}
}
