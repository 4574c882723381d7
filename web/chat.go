package web

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"beaware/channel"
	"beaware/channel/feed"
)

const (
	maxForm = 64 << 10 // bytes of a form
	maxData = 64       // bytes of a button, as in channel.Button
)

// chat shows the first screen, or the one that follows a button. The buttons carry all state in the form, so addresses, and
// with them the browser's history, tell nothing of it. A press is answered with the page itself: a redirect would need
// the state in an address, a cookie or a store. "Back" to such a page asks before it sends the form again.
func (s *site) chat(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	e := channel.Event{Platform: "web"}
	if r.Method == http.MethodPost {
		form, err := s.form(w, r)
		if err != nil {
			return err
		}
		e.Data, e.Languages = form.Get("d"), wishes(r, form.Get("lang"))
	} else {
		q := r.URL.Query()
		e.Languages = wishes(r, q.Get("lang"))
		if q.Has("hidden") {
			e.Command = "/hide"
		} else if start := q.Get("start"); len(start) <= maxData && utf8.ValidString(start) {
			e.Payload = start
		}
	}
	if e.Data == "" && e.Command == "" {
		e.Command = "/start"
	}
	e.Now = s.Now().Unix()
	screen := s.Answer(e)
	s.steps.Inc()
	p := s.page(screen.Language)
	p.Chat = p.screen(screen)
	p.Title = p.plain("chat_title")
	if p.Neutral = screen.Neutral; p.Neutral && !screen.Wipe {
		line, _, _ := strings.Cut(strings.TrimSpace(screen.Text), "\n")
		p.Title = feed.Plain(line, screen.RTL)
	}
	if screen.Idle != "" && r.Method == http.MethodPost {
		// For browsers without scripts; an answer that a script fetched is not refreshed. Not with GET: there the header would act
		// beside the script's own timer, and a page that nobody pressed anything on yet holds no answers.
		w.Header().Set("Refresh", strconv.Itoa(p.Chat.After)+"; url="+hiddenURL(p.Lang))
	}
	return s.render(w, http.StatusOK, "chat", p)
}

// form reads what a button sent, and nothing but that.
func (s *site) form(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, fault{http.StatusUnsupportedMediaType, "unreadable"}
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, fault{http.StatusRequestEntityTooLarge, "unreadable"}
		}
		return nil, errForm
	}
	if d := r.PostForm.Get("d"); len(d) > maxData || !utf8.ValidString(d) {
		return nil, errForm
	}
	return r.PostForm, nil
}
