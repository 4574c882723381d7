package web

import (
	"errors"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"unicode/utf8"

	"beaware/channel"
	"beaware/channel/feed"
)

const (
	maxForm = 64 << 10 // bytes of a form
	maxData = 64       // bytes of a button, as in channel.Button
)

// chatPage is a screen of the bot in a browser.
type chatPage struct {
	Lang string // of the screen; "und" until a language is chosen, so that the next answer does not guess one
	Text template.HTML
	Rows [][]chatButton
}

// chatButton is a button of the form, or a link where it has an address.
type chatButton struct {
	Label template.HTML
	Data  string
	URL   template.URL
}

// chat shows the first screen, or the one that follows a button. The buttons carry
// all state in the form, so addresses, and with them the browser's history, tell nothing of it.
func (s *site) chat(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	var e channel.Event
	if r.Method == http.MethodPost {
		form, err := s.form(w, r)
		if err != nil {
			return err
		}
		e = channel.Event{Data: form.Get("d"), Languages: wishes(r, form.Get("lang"))}
	} else {
		q := r.URL.Query()
		e = channel.Event{Languages: wishes(r, q.Get("lang")), Payload: q.Get("start")}
		if len(e.Payload) > maxData || !utf8.ValidString(e.Payload) {
			e.Payload = ""
		}
	}
	if e.Data == "" {
		e.Command = "/start"
	}
	e.Now = s.Now().Unix()
	screen := s.Answer(e)
	s.steps.Inc()
	p := s.page(screen.Language)
	p.Chat = show(screen)
	if p.Neutral = screen.Neutral; p.Neutral {
		p.Title = feed.Plain(screen.Text, screen.RTL)
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

func show(screen channel.Screen) *chatPage {
	c := &chatPage{Lang: screen.Language, Text: feed.HTML(screen.Text)}
	for _, row := range screen.Rows {
		var buttons []chatButton
		for _, b := range row {
			link, ok := feed.SafeURL(b.URL)
			if b.URL != "" && !ok {
				continue // an address that no browser should follow
			}
			buttons = append(buttons, chatButton{feed.Label(b.Label), b.Data, link})
		}
		if buttons != nil {
			c.Rows = append(c.Rows, buttons)
		}
	}
	return c
}
