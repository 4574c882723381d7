package telegramtest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever a client sends, each answer is whole and in the form of the Bot API.
func FuzzRequest(f *testing.F) {
	f.Add("sendMessage", "application/json", []byte(`{"chat_id":"@office_test","text":"x","entities":[{"type":"bold","offset":9223372036854775807,"length":1}]}`))
	f.Add("sendMessage", "", []byte("chat_id=@office_test&text=<b>x</b>&parse_mode=HTML&reply_markup=%7B%22inline_keyboard%22:[[null]]%7D"))
	f.Add("sendPhoto", "multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"\"\r\n\r\n\x89PNG\r\n--b--"))
	f.Add("sendMediaGroup", "application/json", []byte(`{"chat_id":"@office_test","media":[{"type":"photo","media":"attach://"},{"type":"photo"}]}`))
	f.Add("editMessageText", "", []byte("chat_id=@office_test&message_id=1&text=y"))
	f.Add("getUpdates", "", []byte("offset=-9223372036854775808&limit=-1&timeout=0"))
	f.Add("setMyCommands", "", []byte(`commands=[{}]&scope={"type":"chat","chat_id":{}}`))
	f.Fuzz(func(t *testing.T, method, kind string, body []byte) {
		if strings.Contains(strings.ToLower(method), "webhook") || bytes.Contains(body, []byte("timeout")) && !bytes.Contains(body, []byte("timeout=0")) {
			t.Skip("would wait or deliver")
		}
		s := New(Options{})
		defer s.Close()
		s.AddChannel("@office_test")
		r := httptest.NewRequest(http.MethodPost, "/bot"+Token+"/"+url.PathEscape(method), bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := decode(t, w.Result()); got.OK != (got.Status == 200) || got.OK == (got.Description != "") || got.Status >= 500 {
			t.Errorf("%s: %d %+v", method, got.Status, got.envelope)
		}
	})
}

// Entities lie within the text and what goes in as UTF-8 comes out as UTF-8.
func FuzzHTML(f *testing.F) {
	for _, html := range []string{`<b>x</b>`, `<a href="tg://user?id=1">😀</a>`, `<pre><code class="language-go">x</code></pre>`, "&#x1F600;<", "<b\x00"} {
		f.Add(html)
	}
	f.Fuzz(func(t *testing.T, html string) {
		if !utf8.ValidString(html) {
			t.Skip("refused before parsing")
		}
		plain, found, err := ParseHTML(html)
		if err != nil {
			return
		}
		tidied, kept := tidy(plain, slices.Clone(found))
		for _, c := range []struct {
			text string
			list []Entity
		}{{plain, found}, {tidied, kept}} {
			for _, e := range c.list {
				if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > Length(c.text) {
					t.Errorf("%q: entity %+v outside %q", html, e, c.text)
				}
			}
		}
	})
}
