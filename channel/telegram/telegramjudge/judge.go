// Package telegramjudge asks Telegram's own parser whether it takes a text: TDLib's parseTextEntities, which works without a client and
// without a network. It is for tests only. The library is not part of this project: BEAWARE_TDJSON names the file libtdjson.so, which
// the npm package @prebuilt-tdlib/linux-x64-glibc ships.
package telegramjudge

import (
	"encoding/json"
	"errors"
	"os"
	"testing"
	"unicode/utf8"
)

// Library is the environment variable that names libtdjson.so.
const Library = "BEAWARE_TDJSON"

// Need skips a test where the library is missing; where CI is set, it fails it.
func Need(t testing.TB) {
	t.Helper()
	_, _, err := Parse("ready")
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatalf("Telegram's parser is needed in CI: %v", err)
	default:
		t.Skipf("Telegram's parser is not here: %v", err)
	}
}

// Parse gives the text as Telegram shows it and how many formatted runs it has, or Telegram's refusal.
func Parse(html string) (plain string, entities int, err error) {
	if !utf8.ValidString(html) {
		return "", 0, errors.New("not UTF-8")
	}
	request, err := json.Marshal(map[string]any{
		"@type": "parseTextEntities", "text": html, "parse_mode": map[string]string{"@type": "textParseModeHTML"},
	})
	if err != nil {
		return "", 0, err
	}
	reply, err := execute(string(request))
	if err != nil {
		return "", 0, err
	}
	var r struct {
		Type     string            `json:"@type"`
		Text     string            `json:"text"`
		Entities []json.RawMessage `json:"entities"`
		Message  string            `json:"message"`
	}
	if err := json.Unmarshal([]byte(reply), &r); err != nil {
		return "", 0, err
	}
	if r.Type != "formattedText" {
		return "", 0, errors.New("Telegram refuses the text: " + r.Message)
	}
	return r.Text, len(r.Entities), nil
}
