package telegramtest

import (
	"strings"
	"testing"
)

func TestCommands(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	a.form("setMyCommands", "commands", `[{"command":"start","description":"Fillo"}]`, "language_code", "sq", "scope", `{"type":"all_private_chats"}`).wants(t, 200, "")
	if got := s.Bot().Commands("all_private_chats", "sq"); len(got) != 1 || got[0].Description != "Fillo" {
		t.Errorf("commands %+v", got)
	}
	if r := a.form("getMyCommands", "language_code", "sq"); string(r.Result) != "[]" {
		t.Errorf("default scope has %s", r.Result)
	}
	for name, c := range map[string]struct{ commands, lang, scope, want string }{
		"capital":     {`[{"command":"Start","description":"x"}]`, "", "", "BOT_COMMAND_INVALID"},
		"long":        {`[{"command":"` + strings.Repeat("a", 33) + `","description":"x"}]`, "", "", "BOT_COMMAND_INVALID"},
		"undescribed": {`[{"command":"a","description":""}]`, "", "", "BOT_COMMAND_DESCRIPTION_INVALID"},
		"many":        {`[` + strings.TrimSuffix(strings.Repeat(`{"command":"a","description":"x"},`, 101), ",") + `]`, "", "", "BOT_COMMANDS_TOO_MUCH"},
		"language":    {`[]`, "sr-Latn", "", "invalid language code specified"},
		"three":       {`[]`, "cnr", "", "invalid language code specified"},
		"scope":       {`[]`, "", `{"type":"everywhere"}`, "can't parse BotCommandScope: unsupported type specified"},
		"no chat":     {`[]`, "", `{"type":"chat"}`, `can't parse BotCommandScope: can't find field "chat_id"`},
		"no JSON":     {`{`, "", "", "can't parse commands JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			a.form("setMyCommands", "commands", c.commands, "language_code", c.lang, "scope", c.scope).wants(t, 400, "Bad Request: "+c.want)
		})
	}
	a.form("deleteMyCommands", "language_code", "sq", "scope", `{"type":"all_private_chats"}`).wants(t, 200, "")
	if got := s.Bot().Commands("all_private_chats", "sq"); len(got) != 0 {
		t.Errorf("commands %+v", got)
	}
}

func TestProfile(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	a.form("setMyName", "name", "Ndihmë", "language_code", "sq").wants(t, 200, "")
	a.form("setMyName", "name", strings.Repeat("ä", 65)).wants(t, 400, "Bad Request: name is too long: at most 64 characters")
	a.form("setMyShortDescription", "short_description", strings.Repeat("ä", 121)).wants(t, 400, "Bad Request: short description is too long: at most 120 characters")
	a.form("setMyDescription", "description", strings.Repeat("ä", 512)).wants(t, 200, "")
	if s.Bot().Profile("name", "sq") != "Ndihmë" || s.Bot().Profile("name", "") != "" {
		t.Error("the name is not where it was put")
	}
	if r := a.form("getMyName", "language_code", "mk"); string(r.Result) != `{"name":""}` {
		t.Errorf("name in another language: %s", r.Result)
	}
}

func TestUnknownParametersAreNoted(t *testing.T) {
	s := Start(t)
	connect(t, s).form("getMe", "colour", "blue", "chat_id", "1").wants(t, 200, "")
	if got := s.Calls("getMe")[0].Unknown; strings.Join(got, ",") != "chat_id,colour" {
		t.Errorf("unknown: %v", got)
	}
}

func TestChatMethods(t *testing.T) {
	s := Start(t)
	a := connect(t, s)
	c := s.AddChannel("@office_test")
	private := s.AddChannel("Closed")
	if r := a.form("getChat", "chat_id", "@office_test"); !strings.Contains(string(r.Result), `"type":"channel"`) {
		t.Errorf("chat: %s", r.Result)
	}
	if r := a.form("getChatMember", "chat_id", "@office_test", "user_id", itoa(s.Bot().ID())); !strings.Contains(string(r.Result), `"can_post_messages":true`) {
		t.Errorf("member: %s", r.Result)
	}
	a.form("leaveChat", "chat_id", "@office_test").wants(t, 200, "")
	a.form("leaveChat", "chat_id", itoa(private.ID())).wants(t, 200, "")
	a.form("getChat", "chat_id", itoa(private.ID())).wants(t, 403, "Forbidden: bot is not a member of the channel chat")
	a.form("getChat", "chat_id", "@office_test").wants(t, 200, "")
	a.form("sendMessage", "chat_id", c.Ref(), "text", "x").wants(t, 403, "Forbidden: bot is not a member of the channel chat")
	a.form("sendChatAction", "chat_id", c.Ref(), "action", "typing").wants(t, 403, "Forbidden: bot is not a member of the channel chat")
}
