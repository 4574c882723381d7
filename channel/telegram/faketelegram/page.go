package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"beaware/channel/telegram/telegramtest"
)

func (s site) page(w http.ResponseWriter, r *http.Request) {
	var out bytes.Buffer
	if err := s.html.Execute(&out, s.look(number(r.FormValue("person")), number(r.FormValue("bot")))); err != nil {
		http.Error(w, "the page cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(out.Bytes()) // the reader may have gone
}

// args hands a template two things: the whole view, and one message of it.
func args(v view, m messageView) map[string]any { return map[string]any{"View": v, "Message": m} }

// typed is a person writing to the bot.
func (s site) typed(w http.ResponseWriter, r *http.Request) {
	v := s.look(number(r.FormValue("person")), number(r.FormValue("bot")))
	if text := strings.TrimSpace(r.FormValue("text")); text != "" && v.Me != nil {
		v.Me.SendTo(v.Bot, text)
	}
	back(w, r)
}

// tapped is a person pressing an inline button.
func (s site) tapped(w http.ResponseWriter, r *http.Request) {
	v := s.look(number(r.FormValue("person")), number(r.FormValue("bot")))
	chat := s.chat(v, r.FormValue("chat"))
	if chat == nil || v.Me == nil {
		http.Error(w, "no such chat", http.StatusBadRequest)
		return
	}
	id, _ := strconv.Atoi(r.FormValue("message")) // no number: no such message
	if _, err := v.Me.PressData(chat, id, r.FormValue("data")); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	back(w, r)
}

// chat finds a chat by id, @name, or the id of the person whose private chat with the bot it is.
func (s site) chat(v view, ref string) *telegramtest.Chat {
	for _, c := range s.fake.Chats() {
		if c.Ref() == ref || strconv.FormatInt(c.ID(), 10) == ref {
			return c
		}
	}
	for _, u := range v.People {
		if strconv.FormatInt(u.ID(), 10) == ref {
			return u.PrivateWith(v.Bot)
		}
	}
	return nil
}

func back(w http.ResponseWriter, r *http.Request) {
	q := url.Values{"person": {r.FormValue("person")}, "bot": {r.FormValue("bot")}}
	http.Redirect(w, r, fmt.Sprintf("/?%s#end", q.Encode()), http.StatusSeeOther)
}
