package telegram

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"beaware/channel"
)

// defaultRetry is waited after a 429 that does not say how long.
const defaultRetry = 30 * time.Second

// Words of 400 answers, lower case, as Telegram's server and the Bot API server give them. The Bot API documents no list;
// these are its wording as seen in public issue threads of client libraries.
var (
	wordsMisconfigured = []string{
		"chat not found", "chat_id is empty", "administrator rights", "not enough rights", "no rights to send",
		"chat_write_forbidden", "chat_admin_required", "chat_restricted", "forbidden", "channel_private", "peer_id_invalid",
		"group chat was deactivated", "group chat was upgraded", "bot is not a member", "user not found",
	}
	wordsRefused = []string{
		"can't parse", "too long", "too_long", "is empty", "must be non-empty", "wrong file", "invalid file", "file is too big",
		"photo_invalid", "image_process_failed", "button_", "reply markup", "wrong http url", "failed to get http url", "wrong type",
		"unsupported url", "must be encoded in utf-8", "entity_", "media_",
	}
)

// sendError says what a failed call means for a post.
func sendError(err error) error {
	var e *callError
	if !errors.As(err, &e) {
		return &channel.SendError{Kind: channel.Unknown, Reason: "telegram: not understood"}
	}
	s := &channel.SendError{Kind: kind(e), Reason: e.Error()}
	if s.Kind == channel.Throttled {
		if s.RetryAfter = e.retryAfter; s.RetryAfter == 0 {
			s.RetryAfter = defaultRetry
		}
	}
	if e.ended != nil {
		return fmt.Errorf("%w: %w", s, e.ended)
	}
	return s
}

func kind(e *callError) channel.Kind {
	switch e.outcome {
	case neverLeft:
		return channel.Temporary
	case perhaps:
		return channel.Unknown
	}
	switch {
	case e.code == http.StatusTooManyRequests:
		return channel.Throttled
	case e.code == http.StatusGatewayTimeout:
		// a gateway that gave up waiting does not know what the server did
		return channel.Unknown
	case e.code >= 500, e.code == http.StatusRequestTimeout, e.code == http.StatusConflict:
		return channel.Temporary
	case e.code == http.StatusUnauthorized, e.code == http.StatusForbidden, e.code == http.StatusNotFound:
		return channel.Misconfigured
	case e.code >= 300 && e.code < 400:
		return channel.Misconfigured // the API address leads elsewhere
	case e.code == http.StatusRequestEntityTooLarge:
		return channel.Refused
	case e.code == http.StatusBadRequest:
		return kindOf400(e)
	case e.code < 300:
		return channel.Unknown // it says no without saying why
	}
	return channel.Permanent
}

func kindOf400(e *callError) channel.Kind {
	desc := strings.ToLower(e.desc)
	for _, w := range wordsMisconfigured {
		if strings.Contains(desc, w) {
			return channel.Misconfigured
		}
	}
	for _, w := range wordsRefused {
		if strings.Contains(desc, w) {
			return channel.Refused
		}
	}
	return channel.Permanent
}

// says tells whether a server's answer was about one of these things.
func says(err error, words ...string) bool {
	var e *callError
	if !errors.As(err, &e) {
		return false
	}
	desc := strings.ToLower(e.desc)
	for _, w := range words {
		if strings.Contains(desc, w) {
			return true
		}
	}
	return false
}
