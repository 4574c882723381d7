package telegramtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestAddressing(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	get := func(path string) result {
		resp, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		return decode(t, resp)
	}
	get("/bot"+Token+"/getMe").wants(t, 200, "")
	get("/bot"+Token+"/GETME").wants(t, 200, "")
	get("/bot1:wrong/getMe").wants(t, 401, "Unauthorized")
	get("/bot"+Token+"/getNothing").wants(t, 404, "Not Found: method not found")
	get("/elsewhere").wants(t, 404, "Not Found")
	get("/bot"+Token).wants(t, 404, "Not Found")
	a.form("sendMessage", "text", "x").wants(t, 400, "Bad Request: chat_id is empty")
	if got := s.Requests()[0]; got.Token != Token || got.Method != "getMe" || got.Status != 200 {
		t.Errorf("first request logged as %+v", got)
	}
}

func TestAnyToken(t *testing.T) {
	s := Start(t, Options{AnyToken: true})
	for token, want := range map[string]int{"123456789:" + strings.Repeat("x", 35): 200, "123456789:short": 401, "": 401} {
		a := api{t: t, s: s, url: s.URL + "/bot" + token + "/"}
		if got := a.form("getMe").Status; got != want {
			t.Errorf("token %q: status %d, want %d", token, got, want)
		}
	}
}

// One message, sent in each of the ways that the Bot API takes.
func TestBodies(t *testing.T) {
	s := Start(t)
	channel := s.AddChannel("@office_test")
	a := connect(t, s)
	a.form("sendMessage", "chat_id", "@office_test", "text", "ä", "disable_notification", "true").wants(t, 200, "")
	a.post("sendMessage", "application/json", []byte(`{"chat_id":"@office_test","text":"ä","disable_notification":true}`)).wants(t, 200, "")
	a.post("sendMessage?chat_id=@OFFICE_test&text=%C3%A4&disable_notification=1", "", nil).wants(t, 200, "")
	a.upload("sendMessage", map[string]string{"chat_id": "@office_test", "text": "ä", "disable_notification": "True"}, nil).wants(t, 200, "")
	posts := channel.Posts()
	if len(posts) != 4 {
		t.Fatalf("%d posts, want 4", len(posts))
	}
	for i, p := range posts {
		if p.Text != "ä" || !p.Silent || p.ID != i+1 {
			t.Errorf("post %d: %+v", i, p)
		}
	}
	a.form("sendMessage", "chat_id", "@office_test", "text", "a\xff").wants(t, 400, "Bad Request: strings must be encoded in UTF-8")
	a.post("sendMessage", "application/json", []byte("{\"chat_id\":1,\"text\":\"\xff\"}")).wants(t, 400, "Bad Request: strings must be encoded in UTF-8")
	a.post("sendMessage", "application/json", []byte(`[`)).wants(t, 400, "Bad Request: can't parse request: object expected")
	a.post("sendMessage", "multipart/form-data", []byte(`x`)).wants(t, 400, "Bad Request: failed to parse the multipart form")
}

func TestTextLimits(t *testing.T) {
	s := Start(t)
	s.AddChannel("@office_test")
	a := connect(t, s)
	for name, c := range map[string]struct {
		text, mode string
		want       string
	}{
		"full":               {strings.Repeat("x", 4096), "", ""},
		"one more":           {strings.Repeat("x", 4097), "", "Bad Request: message is too long"},
		"two units each":     {strings.Repeat("😀", 2048), "", ""},
		"two units and one":  {strings.Repeat("😀", 2048) + "x", "", "Bad Request: message is too long"},
		"tags do not count":  {"<b>" + strings.Repeat("x", 4096) + "</b>", "HTML", ""},
		"references are one": {strings.Repeat("&lt;", 4096), "html", ""},
		"space goes":         {strings.Repeat("x", 4096) + "   \n", "", ""},
		"empty":              {"", "", "Bad Request: message text is empty"},
		"blank":              {" \n ", "", "Bad Request: text must be non-empty"},
		"only tags":          {"<b></b>", "HTML", "Bad Request: text must be non-empty"},
		"a mode":             {"x", "BBCode", "Bad Request: unsupported parse_mode"},
		"bad tag":            {"ä<p>x</p>", "HTML", `Bad Request: can't parse entities: Unsupported start tag "p" at byte offset 2`},
	} {
		t.Run(name, func(t *testing.T) {
			r := a.form("sendMessage", "chat_id", "@office_test", "text", c.text, "parse_mode", c.mode)
			if r.Description != c.want {
				t.Errorf("got %q, want %q", r.Description, c.want)
			}
		})
	}
}

func TestKeyboards(t *testing.T) {
	s := Start(t)
	s.AddChannel("@office_test")
	a := connect(t, s)
	hundred := func(n int) string {
		return `{"inline_keyboard":[` + strings.TrimSuffix(strings.Repeat(`[{"text":"a","callback_data":"x"}],`, n), ",") + `]}`
	}
	for name, c := range map[string]struct{ markup, want string }{
		"data":         {`{"inline_keyboard":[[{"text":"a","callback_data":"` + strings.Repeat("x", 64) + `"}]]}`, ""},
		"data long":    {`{"inline_keyboard":[[{"text":"a","callback_data":"` + strings.Repeat("x", 65) + `"}]]}`, "BUTTON_DATA_INVALID"},
		"data bytes":   {`{"inline_keyboard":[[{"text":"a","callback_data":"` + strings.Repeat("ä", 33) + `"}]]}`, "BUTTON_DATA_INVALID"},
		"data empty":   {`{"inline_keyboard":[[{"text":"a","callback_data":""}]]}`, "BUTTON_DATA_INVALID"},
		"no action":    {`{"inline_keyboard":[[{"text":"a"}]]}`, "can't parse inline keyboard button: text buttons are unallowed in the inline keyboard"},
		"two actions":  {`{"inline_keyboard":[[{"text":"a","callback_data":"x","url":"https://example.org"}]]}`, "can't parse inline keyboard button: exactly one action must be specified"},
		"no text":      {`{"inline_keyboard":[[{"callback_data":"x"}]]}`, `can't parse inline keyboard button: can't find field "text"`},
		"empty text":   {`{"inline_keyboard":[[{"text":" ","callback_data":"x"}]]}`, "inline keyboard button text must be non-empty"},
		"url":          {`{"inline_keyboard":[[{"text":"a","url":"https://t.me/x?start=1"}]]}`, ""},
		"url bad":      {`{"inline_keyboard":[[{"text":"a","url":"nowhere"}]]}`, "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL"},
		"url scheme":   {`{"inline_keyboard":[[{"text":"a","url":"javascript://a.b/"}]]}`, "inline keyboard button URL 'javascript://a.b/' is invalid: Unsupported URL protocol"},
		"hundred":      {hundred(100), ""},
		"hundred one":  {hundred(101), "too many inline keyboard buttons: at most 100"},
		"not JSON":     {`{`, "can't parse reply keyboard markup JSON object"},
		"an array":     {`[]`, "object expected as reply markup"},
		"rows missing": {`{"inline_keyboard":[{"text":"a"}]}`, `field "inline_keyboard" must be an Array of Arrays`},
		"remove":       {`{"remove_keyboard":true}`, ""},
		"null":         {`{"inline_keyboard":[[null]]}`, `can't parse inline keyboard button: can't find field "text"`},
	} {
		t.Run(name, func(t *testing.T) {
			r := a.form("sendMessage", "chat_id", "@office_test", "text", "x", "reply_markup", c.markup)
			if want := "Bad Request: " + c.want; r.OK != (c.want == "") || (!r.OK && r.Description != want) {
				t.Errorf("got %q, want %q", r.Description, c.want)
			}
		})
	}
	a.form("sendMessage", "chat_id", "@office_test", "text", "x", "link_preview_options", `{"is_disabled":1}`).
		wants(t, 400, `Bad Request: can't parse link preview options: field "is_disabled" has the wrong type`)
}

func TestPhotos(t *testing.T) {
	s := Start(t)
	channel := s.AddChannel("@office_test")
	a := connect(t, s)
	fields := map[string]string{"chat_id": "@office_test", "caption": "<b>x</b>", "parse_mode": "HTML"}
	m := a.upload("sendPhoto", fields, map[string][]byte{"photo": picture(t, 4, 4)}).message(t)
	if m.Caption != "x" || len(m.CaptionEntities) != 1 || len(m.Photo) != 1 || m.Photo[0].Width != 4 {
		t.Errorf("photo came back as %+v", m)
	}
	a.form("sendPhoto", "chat_id", "@office_test", "photo", m.Photo[0].FileID).wants(t, 200, "")
	a.form("sendPhoto", "chat_id", "@office_test", "photo", "nothing").wants(t, 400, "Bad Request: wrong file identifier/HTTP URL specified")
	a.form("sendPhoto", "chat_id", "@office_test").wants(t, 400, "Bad Request: there is no photo in the request")
	a.upload("sendPhoto", fields, map[string][]byte{"photo": []byte("GIF no")}).wants(t, 400, "Bad Request: IMAGE_PROCESS_FAILED")
	a.upload("sendPhoto", fields, map[string][]byte{"photo": {}}).wants(t, 400, "Bad Request: file must be non-empty")
	a.upload("sendPhoto", fields, map[string][]byte{"photo": picture(t, 100, 1)}).wants(t, 400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
	fields["caption"] = strings.Repeat("x", 1025)
	a.upload("sendPhoto", fields, map[string][]byte{"photo": picture(t, 4, 4)}).wants(t, 400, "Bad Request: message caption is too long")

	group := map[string]string{"chat_id": "@office_test", "media": `[{"type":"photo","media":"attach://p1","caption":"one"},{"type":"photo","media":"attach://p2"}]`}
	r := a.upload("sendMediaGroup", group, map[string][]byte{"p1": picture(t, 4, 4), "p2": picture(t, 5, 5)})
	var album []wireMessage
	if err := json.Unmarshal(r.Result, &album); err != nil || len(album) != 2 || album[0].Album == "" || album[0].Album != album[1].Album {
		t.Errorf("album: %v %s", err, r.Result)
	}
	if n := len(channel.Posts()); n != 4 {
		t.Errorf("%d posts, want 4", n)
	}

	var file struct {
		Path string `json:"file_path"`
	}
	if err := json.Unmarshal(a.form("getFile", "file_id", m.Photo[0].FileID).Result, &file); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(s.URL + "/file/bot" + Token + "/" + file.Path)
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("download of %s: %v %v", file.Path, err, resp)
	}
	_ = resp.Body.Close()
}

func TestRefusedChats(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	u := s.AddUser("sq")
	c := s.AddChannel("@office_test")
	g := s.AddGroup("Neighbours")
	send := func(chat string) result { return a.form("sendMessage", "chat_id", chat, "text", "x") }
	send("@nobody_here").wants(t, 400, "Bad Request: chat not found")
	send("12").wants(t, 400, "Bad Request: chat not found")
	send(itoa(u.ID())).wants(t, 400, "Bad Request: chat not found")
	u.Send("/start")
	send(itoa(u.ID())).wants(t, 200, "")
	send(itoa(c.ID())).wants(t, 200, "")
	send(itoa(g.ID())).wants(t, 200, "")
	u.Block()
	send(itoa(u.ID())).wants(t, 403, "Forbidden: bot was blocked by the user")
	u.Unblock()
	u.Deactivate()
	send(itoa(u.ID())).wants(t, 403, "Forbidden: user is deactivated")
	for status, want := range map[string]struct {
		code int
		text string
	}{
		"left":          {403, "Forbidden: bot is not a member of the channel chat"},
		"kicked":        {403, "Forbidden: bot was kicked from the channel chat"},
		"member":        {400, "Bad Request: need administrator rights in the channel chat"},
		"administrator": {400, "Bad Request: need administrator rights in the channel chat"},
	} {
		c.SetStanding(Standing{Status: status})
		send("@office_test").wants(t, want.code, want.text)
	}
	up := g.Upgrade()
	r := send(itoa(g.ID()))
	r.wants(t, 400, "Bad Request: group chat was upgraded to a supergroup chat")
	if r.Parameters == nil || r.Parameters.MigrateTo != up.ID() {
		t.Errorf("parameters %+v, want migrate_to_chat_id %d", r.Parameters, up.ID())
	}
	send(itoa(up.ID())).wants(t, 200, "")
}
