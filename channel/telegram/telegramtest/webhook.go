package telegramtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"time"
)

// webhook is where a bot wants its updates: https://core.telegram.org/bots/api#setwebhook
type webhook struct {
	url, secret string
	most        int
	lastError   string
	lastFailed  time.Time
	stop        context.CancelFunc
}

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

func (s *Server) setWebhook(c *call) (any, error) {
	address := c.args.text("url")
	if address == "" {
		return s.deleteWebhook(c)
	}
	if err := webhookAddress(address); err != nil {
		return nil, err
	}
	secret := c.args.text("secret_token")
	if secret != "" && !secretForm.MatchString(secret) {
		return nil, badRequest("secret token contains unallowed characters")
	}
	if err := c.bot.allow(c.args); err != nil {
		return nil, err
	}
	s.unhook(c)
	c.bot.endPoll()
	ctx, cancel := context.WithCancel(s.ctx)
	c.bot.hook = webhook{url: address, secret: secret, most: max(c.args.number("max_connections"), 0), stop: cancel}
	if s.ctx.Err() == nil { // not while closing
		s.work.Go(func() { s.deliver(ctx, c.bot) })
	}
	return true, nil
}

// webhookAddress wants HTTPS, as Telegram does, except on loopback, where this fake lives.
func webhookAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return badRequest("bad webhook: invalid webhook URL specified")
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback) {
		return badRequest("bad webhook: an HTTPS URL must be provided for webhook")
	}
	return nil
}

func (s *Server) deleteWebhook(c *call) (any, error) {
	s.unhook(c)
	return true, nil
}

func (s *Server) unhook(c *call) {
	if c.bot.hook.stop != nil {
		c.bot.hook.stop()
	}
	c.bot.hook = webhook{}
	if c.args.flag("drop_pending_updates") {
		c.bot.queue = nil
	}
}

// getWebhookInfo: https://core.telegram.org/bots/api#webhookinfo
func (s *Server) getWebhookInfo(c *call) (any, error) {
	h := c.bot.hook
	info := map[string]any{"url": h.url, "has_custom_certificate": false, "pending_update_count": len(c.bot.queue)}
	if h.most > 0 {
		info["max_connections"] = h.most
	}
	if h.lastError != "" {
		info["last_error_message"], info["last_error_date"] = h.lastError, h.lastFailed.Unix()
	}
	if len(c.bot.allowed) > 0 {
		kinds := []string{}
		for k := range c.bot.allowed {
			kinds = append(kinds, k)
		}
		info["allowed_updates"] = kinds
	}
	return info, nil
}

// deliver posts updates one by one until the webhook goes. What is not taken is tried again, slower each time.
func (s *Server) deliver(ctx context.Context, bot *Bot) {
	wait := webhookRetry
	for ctx.Err() == nil {
		s.mu.Lock()
		changed, hook := s.changed, bot.hook
		var next *update
		if len(bot.queue) > 0 {
			next = bot.queue[0]
		}
		s.mu.Unlock()
		if next == nil {
			select {
			case <-changed:
			case <-ctx.Done():
			}
			continue
		}
		if err := s.post(ctx, bot, hook, next); err != nil {
			s.hookFailed(bot, err)
			pauseFor(ctx, wait)
			wait = min(wait*2, time.Minute)
			continue
		}
		wait = webhookRetry
	}
}

const webhookRetry = 100 * time.Millisecond

func pauseFor(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (s *Server) post(ctx context.Context, bot *Bot, hook webhook, u *update) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.url, bytes.NewReader(u.raw))
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if hook.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", hook.secret)
	}
	resp, err := s.opts.Webhooks.Do(req)
	if err != nil {
		return fmt.Errorf("reach the webhook: %w", err)
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20)) // a reply is welcome, not needed
	_ = resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return telegramSays("Wrong response from the webhook: %s", resp.Status)
	}
	s.mu.Lock()
	if len(bot.queue) > 0 && bot.queue[0] == u {
		bot.queue = bot.queue[1:]
	}
	s.touch()
	s.mu.Unlock()
	s.inReply(ctx, bot, body)
	return nil
}

func (s *Server) hookFailed(bot *Bot, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bot.hook.lastError, bot.hook.lastFailed = err.Error(), s.now()
	s.touch()
}

// inReply performs a method that the webhook answered with:
// https://core.telegram.org/bots/api#making-requests-when-getting-updates
func (s *Server) inReply(ctx context.Context, bot *Bot, body []byte) {
	a := args{values: map[string]string{}, files: map[string]upload{}}
	if a.takeJSON(body) != nil || a.text("method") == "" {
		return
	}
	name := a.text("method")
	delete(a.values, "method")
	at := s.log(bot.token, name, a)
	m, ok := s.methods[lower([]byte(name))]
	if !ok || m.wait != nil {
		s.settle(at, refused(&refusal{Code: 404, Description: "Not Found: method not found"}), "")
		return
	}
	s.note(at, m, a)
	s.settle(at, answer(s.perform(ctx, m, &call{bot: bot, method: m.name, args: a})), "")
}
