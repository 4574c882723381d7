package telegramtest

import (
	"encoding/json"
	"testing"
)

func TestWhatElsePeopleDo(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	u := s.AddUser("sq")
	a.updates("allowed_updates", `["message","edited_message"]`)
	text := u.Send("first")
	for _, kind := range []string{"voice", "location", "contact", "sticker", "document", "dice", "message_auto_delete_timer_changed"} {
		if _, err := u.SendKind(kind, "seen"); err != nil {
			t.Error(err)
		}
	}
	u.Forward("/start")
	if err := u.Edit(text, "second"); err != nil {
		t.Error(err)
	}
	var got []map[string]json.RawMessage
	if err := json.Unmarshal(a.form("getUpdates").Result, &got); err != nil || len(got) != 10 {
		t.Fatalf("%d updates, %v", len(got), err)
	}
	var voice, forwarded map[string]json.RawMessage
	_ = json.Unmarshal(got[1]["message"], &voice)
	_ = json.Unmarshal(got[8]["message"], &forwarded)
	if voice["voice"] == nil || string(voice["caption"]) != `"seen"` || forwarded["forward_origin"] == nil || string(forwarded["text"]) != `"/start"` {
		t.Errorf("voice %s, forwarded %s", got[1]["message"], got[8]["message"])
	}
	if got[9]["edited_message"] == nil {
		t.Errorf("edited: %v", got[9])
	}

	for _, err := range []error{second(u.SendKind("telepathy", "")), u.Edit(9999, "x"), u.Delete(9999)} {
		if err == nil {
			t.Error("what cannot be done was done")
		}
	}
	if err := u.Delete(text); err != nil {
		t.Error(err)
	}
	a.form("deleteMessage", "chat_id", itoa(u.ID()), "message_id", itoa(int64(text))).wants(t, 400, "Bad Request: message to delete not found")
}

func second(_ int, err error) error { return err }
