// Package telegram speaks to the Telegram Bot API, both ways: it publishes posts to channels, and holds
// conversations in private chats and groups. It is the only importer of telegram-bot-api, and uses of it no more
// than the transport (MakeRequest, UploadFiles), so that the library can be exchanged. It owns no storage and no
// content. What a person writes lives until the bot was asked for an answer and goes nowhere else; ids of messages are in
// memory for 48 hours at most, so that a chat can be wiped; no id, name or word goes into a log or an error.
package telegram

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// DefaultAPI is Telegram's own Bot API server.
const DefaultAPI = "https://api.telegram.org"

// Options says which bot this is and how to reach the Bot API.
type Options struct {
	Token  string
	API    string           // base address of the Bot API server; "" is DefaultAPI
	HTTP   *http.Client     // nil: a transport of our own. Of a client only the Transport is used
	Logger *slog.Logger     // nil: nothing is logged
	Now    func() time.Time // nil: time.Now
	Limits Limits           // zero: Telegram's own
}

// Client is one bot. Safe for concurrent use.
type Client struct {
	bot     tgbotapi.BotAPI // copied for every call, so that each call has its own context
	buffers sync.Pool       // of *bytes.Buffer, for replies
	id      chatID          // of the bot, the digits before the colon of its token; 0 when they are none
	redact  *strings.Replacer
	http    http.RoundTripper
	log     *slog.Logger
	now     func() time.Time
	pace    *pace
}

// New makes a client without asking the server anything, so a start needs no network.
func New(o Options) (*Client, error) {
	token := strings.TrimSpace(o.Token)
	if err := checkToken(token); err != nil {
		return nil, fmt.Errorf("telegram client: %w", err)
	}
	base, err := checkAPI(o.API)
	if err != nil {
		return nil, fmt.Errorf("telegram client: %w", err)
	}
	c := &Client{
		bot:    tgbotapi.BotAPI{Token: token},
		redact: redactor(token),
		http:   transport(o.HTTP),
		log:    o.Logger,
		now:    o.Now,
		pace:   newPace(o.Limits),
	}
	digits, _, _ := strings.Cut(token, ":")
	id, _ := strconv.ParseInt(digits, 10, 64)
	c.id = hide(id)
	// the library takes a format string
	c.bot.SetAPIEndpoint(strings.ReplaceAll(base, "%", "%%") + "/bot%s/%s")
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.now == nil {
		c.now = time.Now
	}
	return c, nil
}

// String keeps the token out of anything that prints a client.
func (c *Client) String() string { return "telegram client" }

// GoString keeps the token out of %#v.
func (c *Client) GoString() string { return c.String() }

// LogValue keeps the token out of a structured log.
func (c *Client) LogValue() slog.Value { return slog.StringValue(c.String()) }

func checkToken(token string) error {
	if token == "" {
		return errors.New("the token is empty; BotFather gives one like 123456:ABC-DEF")
	}
	for i, r := range token {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r == ':', r == '_', r == '-':
		default:
			// neither the token nor the character is shown
			return fmt.Errorf("the token has a character at position %d that no token has; BotFather gives one like 123456:ABC-DEF", i+1)
		}
	}
	return nil
}

func checkAPI(api string) (string, error) {
	if api == "" {
		return DefaultAPI, nil
	}
	u, err := url.Parse(api)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return "", errors.New("the API address is not one like " + DefaultAPI)
	case u.User != nil, u.RawQuery != "", u.Fragment != "":
		return "", errors.New("the API address has a user, a query or a fragment; it should be one like " + DefaultAPI)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// redactor masks a token in all forms that a URL or a message can give it, and its secret half alone.
func redactor(token string) *strings.Replacer {
	forms := []string{token}
	if _, secret, ok := strings.Cut(token, ":"); ok && len(secret) >= 6 {
		forms = append(forms, secret)
	}
	var pairs []string
	for _, f := range forms {
		escaped := url.QueryEscape(f)
		for _, form := range []string{f, escaped, strings.ReplaceAll(escaped, "%3A", "%3a")} {
			pairs = append(pairs, form, "[token]")
		}
	}
	return strings.NewReplacer(pairs...)
}
