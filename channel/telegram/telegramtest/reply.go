package telegramtest

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// refusal is an error as the Bot API tells it: https://core.telegram.org/bots/api#making-requests
type refusal struct {
	Code        int
	Description string
	RetryAfter  int   // seconds, parameters.retry_after
	MigrateTo   int64 // parameters.migrate_to_chat_id
}

func (r *refusal) Error() string { return r.Description }

func badRequest(format string, args ...any) error {
	return &refusal{Code: http.StatusBadRequest, Description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func forbidden(what string) error {
	return &refusal{Code: http.StatusForbidden, Description: "Forbidden: " + what}
}

func conflict(what string) error {
	return &refusal{Code: http.StatusConflict, Description: "Conflict: " + what}
}

func tooMany(seconds int) error {
	return &refusal{
		Code: http.StatusTooManyRequests, RetryAfter: seconds,
		Description: fmt.Sprintf("Too Many Requests: retry after %d", seconds),
	}
}

type parameters struct {
	RetryAfter int   `json:"retry_after,omitempty"`
	MigrateTo  int64 `json:"migrate_to_chat_id,omitempty"`
}

type envelope struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result,omitempty"`
	ErrorCode   int             `json:"error_code,omitempty"`
	Description string          `json:"description,omitempty"`
	Parameters  *parameters     `json:"parameters,omitempty"`
}

// reply is a whole answer, ready for the wire or for a fault to spoil.
type reply struct {
	status      int
	contentType string
	body        []byte
	description string
	retryAfter  int
}

func answer(result any, err error) reply {
	if err != nil {
		return refused(err)
	}
	raw, err := json.Marshal(result)
	if err != nil {
		return refused(fmt.Errorf("encode the result: %w", err))
	}
	return encode(http.StatusOK, envelope{OK: true, Result: raw})
}

func refused(err error) reply {
	r, ok := err.(*refusal)
	if !ok {
		r = &refusal{Code: http.StatusInternalServerError, Description: "Internal Server Error: " + err.Error()}
	}
	e := envelope{ErrorCode: r.Code, Description: r.Description}
	if r.RetryAfter != 0 || r.MigrateTo != 0 {
		e.Parameters = &parameters{RetryAfter: r.RetryAfter, MigrateTo: r.MigrateTo}
	}
	out := encode(r.Code, e)
	out.description, out.retryAfter = r.Description, r.RetryAfter
	return out
}

func encode(status int, e envelope) reply {
	body, err := json.Marshal(e)
	if err != nil { // an envelope always encodes: its raw result was made by json.Marshal
		body = []byte(`{"ok":false,"error_code":500,"description":"Internal Server Error"}`)
	}
	return reply{status: status, contentType: "application/json", body: body}
}

func html(status int, page string) reply {
	return reply{status: status, contentType: "text/html", body: []byte(page), description: "HTML " + http.StatusText(status)}
}
