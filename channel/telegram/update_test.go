package telegram

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"beaware/channel"
)

var us = who{id: hide(123456789), username: "our_bot"}

const (
	person  = `"from":{"id":5,"is_bot":false,"first_name":"Marked","language_code":"sq"},`
	private = `"chat":{"id":5,"type":"private","first_name":"Marked"},`
	group   = `"chat":{"id":-7,"type":"supergroup","title":"Marked"},`
)

func msg(rest string) string { return `"message":{"message_id":3,"date":9,` + rest + `}` }

func TestRead(t *testing.T) {
	said := func(e channel.Event) turn {
		e.Now, e.Languages, e.Platform, e.At = 42, []string{"sq"}, "telegram", 9
		tn := turn{event: e, chat: hide(5), message: 3, show: true}
		if e.Group {
			tn.chat = hide(-7)
		}
		return tn
	}
	pressed := func(tn turn) turn { tn.callback, tn.message, tn.event.At = "q", 0, 0; return tn }
	press := func(chat, data string) string {
		return fmt.Sprintf(`"callback_query":{"id":"q",%s"data":%q,"message":{"message_id":3,"date":9,%s"text":"x"}}`, person, data, chat)
	}
	edited := said(channel.Event{Data: "h:ba"})
	edited.edit = 3
	forum := said(channel.Event{Command: "/start", Group: true})
	forum.thread = 11
	for name, c := range map[string]struct {
		update string
		want   *turn
	}{
		"start":               {msg(person + private + `"text":"/start"`), ptr(said(channel.Event{Command: "/start"}))},
		"deep link":           {msg(person + private + `"text":"/start ba_help-1"`), ptr(said(channel.Event{Command: "/start", Payload: "ba_help-1"}))},
		"words after start":   {msg(person + private + `"text":"/start I am Marked"`), ptr(said(channel.Event{Command: "/start"}))},
		"no-break space":      {msg(person + private + "\"text\":\"/start\u00a0ba\""), ptr(said(channel.Event{Command: "/start", Payload: "ba"}))},
		"capitals":            {msg(person + private + `"text":"/PRIVACY@Our_Bot x"`), ptr(said(channel.Event{Command: "/privacy"}))},
		"another bot":         {msg(person + private + `"text":"/start@other_bot"`), nil},
		"not a command":       {msg(person + private + `"text":"/наш text"`), ptr(said(channel.Event{Typed: true, Words: "/наш text"}))},
		"a slash":             {msg(person + private + `"text":"/"`), ptr(said(channel.Event{Typed: true, Words: "/"}))},
		"words":               {msg(person + private + `"text":"help me"`), ptr(said(channel.Event{Typed: true, Words: "help me"}))},
		"voice and caption":   {msg(person + private + `"voice":{},"caption":"help me"`), ptr(said(channel.Event{Typed: true}))},
		"forwarded":           {msg(person + private + `"forward_origin":{"type":"user"},"text":"help me"`), ptr(said(channel.Event{Typed: true}))},
		"forwarded command":   {msg(person + private + `"forward_date":7,"text":"/start"`), ptr(said(channel.Event{Typed: true}))},
		"forwarded, other":    {msg(person + private + `"forward_from":{"id":6},"giveaway":{}`), ptr(said(channel.Event{Typed: true}))},
		"forwarded, hidden":   {msg(person + private + `"forward_sender_name":"Marked","photo":[]`), ptr(said(channel.Event{Typed: true}))},
		"group forward":       {msg(person + group + `"forward_date":7,"text":"/start@our_bot"`), nil},
		"photo":               {msg(person + private + `"photo":[{"file_id":"x"}],"caption":"/start"`), ptr(said(channel.Event{Typed: true}))},
		"voice":               {msg(person + private + `"voice":{}`), ptr(said(channel.Event{Typed: true}))},
		"location":            {msg(person + private + `"location":{"latitude":1}`), ptr(said(channel.Event{Typed: true}))},
		"contact":             {msg(person + private + `"contact":{"phone_number":"1"}`), ptr(said(channel.Event{Typed: true}))},
		"service message":     {msg(person + private + `"message_auto_delete_timer_changed":{"message_auto_delete_time":1}`), nil},
		"null photo":          {msg(person + private + `"photo":null`), nil},
		"a bot":               {msg(`"from":{"id":6,"is_bot":true},` + private + `"text":"/start"`), nil},
		"nobody":              {msg(private + `"text":"/start"`), nil},
		"no chat":             {msg(person + `"text":"/start"`), nil},
		"group chatter":       {msg(person + group + `"text":"hello"`), nil},
		"group command":       {msg(person + group + `"text":"/start"`), nil},
		"group command to us": {msg(person + group + `"text":"/start@our_bot"`), ptr(said(channel.Event{Command: "/start", Group: true}))},
		"group reply to us":   {msg(person + group + `"text":"thanks","reply_to_message":{"from":{"id":123456789,"is_bot":true}}`), ptr(said(channel.Event{Typed: true, Group: true}))},
		"group reply":         {msg(person + group + `"text":"thanks","reply_to_message":{"from":{"id":8}}`), nil},
		"forum":               {msg(person + group + `"is_topic_message":true,"message_thread_id":11,"text":"/start@our_bot"`), &forum},
		"thread, no forum":    {msg(person + group + `"message_thread_id":11,"text":"/start@our_bot"`), ptr(said(channel.Event{Command: "/start", Group: true}))},
		"edited":              {`"edited_message":{"message_id":3,` + person + private + `"text":"/start"}`, nil},
		"channel post":        {`"channel_post":{"message_id":3,"chat":{"id":-1,"type":"channel"},"text":"/start"}`, nil},
		"inline":              {`"inline_query":{"id":"1"}`, nil},
		"unknown kind":        {`"message_reaction":{}`, nil},
		"blocked":             {`"my_chat_member":{` + private + `"new_chat_member":{"status":"kicked"}}`, nil},

		"press":             {press(private, "h:ba"), ptr(pressed(edited))},
		"press, bad bytes":  {`"callback_query":{"id":"q",` + person + `"data":"` + strings.Repeat("x", 65) + `","message":{"message_id":3,"date":0,` + private + `"text":"x"}}`, ptr(pressed(said(channel.Event{Typed: true})))},
		"press, old":        {`"callback_query":{"id":"q",` + person + `"data":"h:ba","message":{"message_id":3,"date":0,"chat":{"id":5,"type":"private"}}}`, ptr(pressed(said(channel.Event{Data: "h:ba"})))},
		"press, no message": {`"callback_query":{"id":"q",` + person + `"inline_message_id":"1","data":"h:ba"}`, &turn{callback: "q", chat: hide(5)}},
		"press, no data":    {`"callback_query":{"id":"q",` + person + `"game_short_name":"g","message":{"message_id":3,"date":9,` + private + `"text":"x"}}`, &turn{callback: "q", chat: hide(5)}},
		"press, channel":    {press(`"chat":{"id":-1,"type":"channel"},`, "h:ba"), &turn{callback: "q", chat: hide(5)}},
		"press, no id":      {`"callback_query":{"data":"x"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			id, known, u, err := decode([]byte(`{"update_id":8,` + c.update + `}`))
			if id != 8 || !known || err != nil {
				t.Fatalf("decode: %d, %v, %v", id, known, err)
			}
			got, ok := us.read(u, 42)
			if ok != (c.want != nil) {
				t.Fatalf("read: %v", ok)
			}
			if ok {
				if diff := cmp.Diff(*c.want, got, cmp.AllowUnexported(turn{})); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

func ptr(t turn) *turn { return &t }

func TestLanguages(t *testing.T) {
	for code, want := range map[string]int{"sq": 1, "pt-br": 1, "zh-hans": 1, "": 0, "x": 0, "Marked words": 0, "sr\n": 0} {
		if got := languages(&user{Language: code}); len(got) != want {
			t.Errorf("languages(%q) = %q", code, got)
		}
	}
}

func TestDecodePoison(t *testing.T) {
	for raw, want := range map[string]struct {
		id    int64
		known bool
		fails bool
	}{
		`{"update_id":1}`:                        {1, true, false},
		`{"update_id":1,"message":7}`:            {1, true, true},
		`{"update_id":1,"message":{"chat":[]}}`:  {1, true, true},
		`{"update_id":"1"}`:                      {0, false, true},
		`{"update_id":-1}`:                       {0, false, true},
		`{"update_id":9223372036854775807}`:      {0, false, true},
		`{"update_id":null}`:                     {0, false, true},
		`{}`:                                     {0, false, true},
		`null`:                                   {0, false, true},
		`[1]`:                                    {0, false, true},
		`"x"`:                                    {0, false, true},
		``:                                       {0, false, true},
		`{"update_id":1,"message":{"text":"\ud8`: {0, false, true},
		`{"update_id":1,"message":{"photo":true}}`: {1, true, false},
	} {
		id, known, _, err := decode([]byte(raw))
		if id != want.id || known != want.known || (err != nil) != want.fails {
			t.Errorf("decode(%q) = %d, %v, %v", raw, id, known, err)
		}
	}
}

// Whatever arrives: no panic, and nothing that a person wrote comes out on the other side.
func FuzzUpdate(f *testing.F) {
	for _, s := range []string{
		msg(person + private + `"text":"/start ba"`), msg(person + group + `"text":"/x@our_bot y"`),
		`"callback_query":{"id":"q",` + person + `"data":"h:ba","message":{"message_id":3,"date":9,` + private + `"text":"x"}}`,
		`"my_chat_member":{}`, `"message":{"from":null}`,
	} {
		f.Add([]byte(`{"update_id":8,` + s + `}`))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, known, u, _ := decode(raw)
		tn, ok := us.read(u, 42)
		if !known && ok {
			t.Error("an update without an id is answered")
		}
		checkEvent(t, tn.event)
		if ok && tn.show && tn.chat == 0 {
			t.Error("an answer without a chat")
		}
	})
}

// Data of a button made by hand, and commands typed by hand.
func FuzzCallbackData(f *testing.F) {
	f.Add("h:ba")
	f.Add(strings.Repeat("😀", 17))
	f.Add("/start@our_bot \u00a0x")
	f.Fuzz(func(t *testing.T, s string) {
		m := &message{ID: 1, Date: 1, From: &user{ID: 5}, Chat: chat{ID: 5, Type: "private"}, Text: s}
		if tn, ok := readCallback(&callback{ID: "q", From: user{ID: 5}, Message: m, Data: s}, 42); !ok || tn.callback != "q" {
			t.Error("a press is not ended")
		} else {
			checkEvent(t, tn.event)
		}
		if tn, ok := us.readMessage(m, 42); ok {
			checkEvent(t, tn.event)
			if strings.ContainsAny(tn.event.Payload+tn.event.Command, " \n\t") {
				t.Errorf("words were passed on: %+v", tn.event)
			}
		}
		_, err := json.Marshal(key{Text: clean(s), Data: s})
		if err != nil {
			t.Error(err)
		}
	})
}

func checkEvent(t *testing.T, e channel.Event) {
	t.Helper()
	if len(e.Data) > maxData || !utf8.ValidString(e.Data) {
		t.Errorf("data %q", e.Data)
	}
	if e.Command != "" && !commandName.MatchString(e.Command) || e.Payload != "" && !startPayload.MatchString(e.Payload) {
		t.Errorf("command %q, payload %q", e.Command, e.Payload)
	}
	if e.Words != "" && (!e.Typed || e.Group) {
		t.Errorf("words of something else: %+v", e)
	}
	if e.Typed && (e.Data != "" || e.Command != "") {
		t.Errorf("two things at once: %+v", e)
	}
}
