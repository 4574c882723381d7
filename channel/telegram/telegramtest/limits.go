package telegramtest

import (
	"math"
	"time"
)

// Limits on sending: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
// 0: no limit.
type Limits struct {
	PerSecond     int // messages a second, a token
	PerChatSecond int // messages a second in one chat
	PerGroupMin   int // messages a minute in one group, supergroup or channel
}

// RealLimits are Telegram's, without the short bursts that it sometimes lets through.
func RealLimits() Limits { return Limits{PerSecond: 30, PerChatSecond: 1, PerGroupMin: 20} }

// SetLimits switches limits on or off.
func (s *Server) SetLimits(l Limits) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.Limits = l
}

// limit refuses a call that comes too early, or counts it. Callers hold s.mu.
func (s *Server) limit(c *call) error {
	l := s.opts.Limits
	chat := c.bot.token + " " + c.args.text("chat_id")
	group := ""
	if found, err := s.find(c.bot, c.args.text("chat_id")); err == nil && found.kind != "private" {
		group = "minute " + chat
	}
	now := s.now()
	wait := max(
		s.wait(c.bot.token, l.PerSecond, time.Second, now),
		s.wait(chat, l.PerChatSecond, time.Second, now),
		s.wait(group, l.PerGroupMin, time.Minute, now),
	)
	if wait > 0 {
		return tooMany(int(math.Ceil(wait.Seconds())))
	}
	for _, key := range []string{c.bot.token, chat, group} {
		s.sent[key] = append(s.sent[key], now)
	}
	return nil
}

// wait is how long until one more fits into most per span; it forgets what is older than the span.
func (s *Server) wait(key string, most int, span time.Duration, now time.Time) time.Duration {
	recent := s.sent[key][:0:0]
	for _, t := range s.sent[key] {
		if now.Sub(t) < span {
			recent = append(recent, t)
		}
	}
	s.sent[key] = recent
	if key == "" || most == 0 || len(recent) < most {
		return 0
	}
	return recent[len(recent)-most].Add(span).Sub(now)
}
