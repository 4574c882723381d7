package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
)

// Profile is what the bot says of itself in one language.
type Profile struct {
	Language    string // two letters, ISO 639-1: Telegram has no place for scripts or for three letters; "" is for all others
	Description string // in the empty chat before /start, at most 512 characters; "" leaves it as it is
	Short       string // on the bot's page and where it is shared, at most 120 characters; "" leaves it as it is
	Commands    []Command
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

// introduce sets the profiles as well as it can. Nothing depends on it.
func (c *Client) introduce(ctx context.Context, bot string, profiles []Profile) {
	for _, p := range profiles {
		calls, ok := p.calls()
		if !ok {
			c.log.Warn("a profile is passed over: Telegram takes two-letter languages, 256 characters for a command, 512 and 120 for the descriptions",
				"bot", bot, "language", p.Language)
		}
		for _, call := range calls {
			if err := c.try(ctx, call.method, call.params); err != nil {
				if ctx.Err() == nil {
					c.log.Warn("the bot's profile was not set", "bot", bot, "language", p.Language, "error", err.Error())
				}
				return // the next would fail for the same reason
			}
		}
	}
}

// try waits once if told to.
func (c *Client) try(ctx context.Context, method string, params map[string]string) error {
	if err := c.pace.call(ctx); err != nil {
		return err
	}
	err := c.Call(ctx, method, params, nil)
	var e *callError
	if errors.As(err, &e) && e.code == http.StatusTooManyRequests && e.retryAfter <= maxThrottle {
		sleep(ctx, max(e.retryAfter, retries[0]))
		return c.Call(ctx, method, params, nil)
	}
	return err
}

type profileCall struct {
	method string
	params map[string]string
}

func (p Profile) calls() (calls []profileCall, ok bool) {
	if !twoLetters.MatchString(p.Language) || units(p.Description) > 512 || units(p.Short) > 120 {
		return nil, false
	}
	add := func(method, key, value string) {
		params := map[string]string{key: clean(value)}
		if p.Language != "" {
			params["language_code"] = p.Language
		}
		calls = append(calls, profileCall{method, params})
	}
	if len(p.Commands) > 0 {
		for _, c := range p.Commands {
			if n := units(c.Description); !menuName.MatchString(c.Name) || n < 1 || n > 256 {
				return nil, false
			}
		}
		list, err := json.Marshal(p.Commands)
		if err != nil {
			return nil, false
		}
		add("setMyCommands", "commands", string(list))
	}
	if p.Description != "" {
		add("setMyDescription", "description", p.Description)
	}
	if p.Short != "" {
		add("setMyShortDescription", "short_description", p.Short)
	}
	return calls, true
}
