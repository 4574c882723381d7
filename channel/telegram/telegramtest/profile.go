package telegramtest

import (
	"cmp"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Command is a BotCommand: https://core.telegram.org/bots/api#botcommand
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// Commands are those set for a scope ("default" without one) and a language code ("" for all languages).
func (b *Bot) Commands(scope, lang string) []Command {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	return append([]Command(nil), b.commands[scope+" "+lang]...)
}

// Profile is "name", "description" or "short_description" as set for a language code, "" where none was set.
func (b *Bot) Profile(what, lang string) string {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	return b.profile[what][lang]
}

// setMyCommands: https://core.telegram.org/bots/api#setmycommands
func (s *Server) setMyCommands(c *call) (any, error) {
	var list []Command
	if c.args.text("commands") == "" {
		return nil, badRequest("can't parse commands JSON object")
	}
	if err := c.args.object("commands", "commands", &list); err != nil {
		return nil, err
	}
	if len(list) > 100 { // "at most 100 commands"
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for i := range list {
		list[i].Command = strings.TrimPrefix(list[i].Command, "/")
		if !validCommand(list[i].Command) {
			return nil, badRequest("BOT_COMMAND_INVALID")
		}
		if n := utf8.RuneCountInString(list[i].Description); n < 1 || n > 256 { // "1-256 characters"
			return nil, badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	key, err := commandKey(c.args)
	if err != nil {
		return nil, err
	}
	c.bot.commands[key] = list
	return true, nil
}

func (s *Server) getMyCommands(c *call) (any, error) {
	key, err := commandKey(c.args)
	if err != nil {
		return nil, err
	}
	return append([]Command{}, c.bot.commands[key]...), nil
}

func (s *Server) deleteMyCommands(c *call) (any, error) {
	key, err := commandKey(c.args)
	if err != nil {
		return nil, err
	}
	delete(c.bot.commands, key)
	return true, nil
}

// validCommand: "1-32 characters. Can contain only lowercase English letters, digits and underscores."
func validCommand(s string) bool {
	if len(s) < 1 || len(s) > 32 {
		return false
	}
	for i := range len(s) {
		if !(s[i] >= 'a' && s[i] <= 'z' || isDigit(s[i]) || s[i] == '_') {
			return false
		}
	}
	return true
}

// scopes: https://core.telegram.org/bots/api#botcommandscope
const scopes = " default all_private_chats all_group_chats all_chat_administrators chat chat_administrators chat_member "

func commandKey(a args) (string, error) {
	var scope struct {
		Type   string          `json:"type"`
		ChatID json.RawMessage `json:"chat_id"`
	}
	if err := a.object("scope", "BotCommandScope", &scope); err != nil {
		return "", err
	}
	kind := cmp.Or(scope.Type, "default")
	if !strings.Contains(scopes, " "+kind+" ") {
		return "", badRequest("can't parse BotCommandScope: unsupported type specified")
	}
	if strings.HasPrefix(kind, "chat") {
		if len(scope.ChatID) == 0 {
			return "", badRequest("can't parse BotCommandScope: can't find field \"chat_id\"")
		}
		kind += ":" + strings.Trim(string(scope.ChatID), `"`)
	}
	lang, err := languageCode(a)
	return kind + " " + lang, err
}

// languageCode: "A two-letter ISO 639-1 language code" or nothing.
func languageCode(a args) (string, error) {
	lang := a.text("language_code")
	ok := lang == "" || len(lang) == 2 && lang[0] >= 'a' && lang[0] <= 'z' && lang[1] >= 'a' && lang[1] <= 'z'
	if !ok {
		return "", badRequest("invalid language code specified")
	}
	return lang, nil
}

// setProfile makes setMyName, setMyDescription and setMyShortDescription: https://core.telegram.org/bots/api#setmyname
func setProfile(what string, most int) func(*Server, *call) (any, error) {
	return func(_ *Server, c *call) (any, error) {
		lang, err := languageCode(c.args)
		if err != nil {
			return nil, err
		}
		text := c.args.text(what)
		if utf8.RuneCountInString(text) > most {
			return nil, badRequest("%s is too long: at most %d characters", strings.ReplaceAll(what, "_", " "), most)
		}
		if c.bot.profile[what] == nil {
			c.bot.profile[what] = map[string]string{}
		}
		c.bot.profile[what][lang] = text
		return true, nil
	}
}

// getProfile falls back to what is set for all languages.
func getProfile(what string) func(*Server, *call) (any, error) {
	return func(_ *Server, c *call) (any, error) {
		lang, err := languageCode(c.args)
		if err != nil {
			return nil, err
		}
		set := c.bot.profile[what]
		return map[string]string{what: cmp.Or(set[lang], set[""])}, nil
	}
}
