package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
)

// Profile is what the bot says of itself in one language.
type Profile struct {
	Language    string // two letters, ISO 639-1: Telegram has no place for scripts or for three letters; "" is for all others
	Name        string // in the chat list, at most 64 characters; "" leaves it as it is
	Description string // in the empty chat before /start, at most 512 characters; "" leaves it as it is
	Short       string // on the bot's page and where it is shared, at most 120 characters; "" leaves it as it is
	// Commands are the menu of private chats. In groups there is none, so that nobody is led to ask there what others
	// would read along; a command that is typed with the bot's name is answered all the same.
	Commands []Command
}

// Command is one line of the bot's menu.
type Command struct {
	Name        string `json:"command"`     // without its slash
	Description string `json:"description"` // at most 256 characters
}

var (
	twoLetters = regexp.MustCompile(`^([a-z]{2})?$`)
	menuName   = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
)

const privateChats = `{"type":"all_private_chats"}`

// introduce sets what differs from what Telegram has, as well as it can. Nothing depends on it. What Telegram refuses in
// one language it is not asked again in this run: names above all may be changed a few times a day only.
func (c *Client) introduce(ctx context.Context, bot string, profiles []Profile) {
	refused := map[string]bool{}
	for _, p := range profiles {
		if !p.good() {
			c.log.Warn("a profile is passed over: Telegram takes two-letter languages, 64 characters for the name, 256 for a command, 512 and 120 for the descriptions",
				"bot", bot, "language", p.Language)
			continue
		}
		for _, f := range p.facts() {
			if refused[f.set] || ctx.Err() != nil {
				continue
			}
			if err := c.settle(ctx, f); err != nil && ctx.Err() == nil {
				refused[f.set] = true
				c.log.Warn("the bot's profile was not set", "bot", bot, "language", p.Language, "error", err.Error())
			}
		}
	}
}

// fact is one thing that Telegram knows of the bot.
type fact struct {
	get, set string            // methods
	params   map[string]string // of both
	key      string            // of the value
	value    string
	commands []Command // instead of key and value
}

// settle asks first: Telegram limits changes far more than questions.
func (c *Client) settle(ctx context.Context, f fact) error {
	params := map[string]string{}
	for k, v := range f.params {
		params[k] = v
	}
	same, err := c.has(ctx, f, params)
	var e *callError
	switch {
	case same:
		return nil
	case errors.As(err, &e) && (e.ended != nil || e.outcome == answered && e.code == http.StatusUnauthorized):
		return err
	} // else the server cannot tell, or tells something else
	if f.key != "" {
		params[f.key] = f.value
	}
	return c.try(ctx, f.set, params, nil)
}

func (c *Client) has(ctx context.Context, f fact, params map[string]string) (same bool, err error) {
	if f.key == "" || f.key == "commands" {
		var list []Command
		err = c.try(ctx, f.get, params, &list)
		return err == nil && slices.Equal(list, f.commands), err
	}
	var set map[string]string
	err = c.try(ctx, f.get, params, &set)
	return err == nil && set[f.key] == f.value, err
}

// try waits once if told to.
func (c *Client) try(ctx context.Context, method string, params map[string]string, out any) error {
	if err := c.pace.call(ctx); err != nil {
		return &callError{method: method, outcome: neverLeft, desc: "ended before its turn", ended: ctx.Err()}
	}
	err := c.Call(ctx, method, params, out)
	var e *callError
	if errors.As(err, &e) && e.code == http.StatusTooManyRequests && e.retryAfter <= maxThrottle {
		sleep(ctx, max(e.retryAfter, retries[0]))
		return c.Call(ctx, method, params, out)
	}
	return err
}

func (p Profile) good() bool {
	for _, c := range p.Commands {
		if n := units(c.Description); !menuName.MatchString(c.Name) || n < 1 || n > 256 {
			return false
		}
	}
	return twoLetters.MatchString(p.Language) && units(p.Name) <= 64 && units(p.Description) <= 512 && units(p.Short) <= 120
}

func (p Profile) facts() (facts []fact) {
	params := func(scope string) map[string]string {
		m := map[string]string{}
		if p.Language != "" {
			m["language_code"] = p.Language
		}
		if scope != "" {
			m["scope"] = scope
		}
		return m
	}
	text := func(method, key, value string) {
		if value != "" {
			facts = append(facts, fact{get: "getMy" + method, set: "setMy" + method, params: params(""), key: key, value: clean(value)})
		}
	}
	if len(p.Commands) > 0 {
		list := slices.Clone(p.Commands)
		for i := range list {
			list[i].Description = clean(list[i].Description)
		}
		if raw, err := json.Marshal(list); err == nil {
			facts = append(facts,
				fact{get: "getMyCommands", set: "setMyCommands", params: params(privateChats), key: "commands", value: string(raw), commands: list},
				// what an earlier release set for groups as well
				fact{get: "getMyCommands", set: "deleteMyCommands", params: params("")})
		}
	}
	text("Name", "name", p.Name)
	text("Description", "description", p.Description)
	text("ShortDescription", "short_description", p.Short)
	return facts
}
