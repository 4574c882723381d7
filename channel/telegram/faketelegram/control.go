package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"beaware/channel/telegram/telegramtest"
)

// control mounts the API for tests in other processes. Bodies and answers are JSON; an error is {"error": "..."} with 400.
//
//	GET  /_fake/state                           bots, people, chats
//	GET  /_fake/posts?chat=@name                what is in a chat, oldest first; for a private chat the person's id
//	GET  /_fake/requests?method=sendMessage     the log
//	POST /_fake/people    {"language"}          a new person
//	POST /_fake/channels  {"name","kind"}       kind: channel (default), group, supergroup
//	POST /_fake/standing  {"chat","status","post","edit","delete"}
//	POST /_fake/say       {"person","text"}     and, in a group, "chat"
//	POST /_fake/press     {"person","button"}   label or data; or "message" and "data"; in another chat, "chat"
//	POST /_fake/block     {"person","blocked"}
//	POST /_fake/fail      a Fault: {"method","chat","skip","times","do","delay_ms","retry_after","code","description"}
//	POST /_fake/clear     no more faults
//	POST /_fake/limits    {"on"}
//	POST /_fake/advance   {"seconds"}           moves the clock
func (s site) control(mux *http.ServeMux) {
	mux.HandleFunc("GET /_fake/state", s.get(s.state))
	mux.HandleFunc("GET /_fake/posts", s.get(s.posts))
	mux.HandleFunc("GET /_fake/requests", s.get(s.requests))
	mux.HandleFunc("POST /_fake/people", s.post(s.addPerson))
	mux.HandleFunc("POST /_fake/channels", s.post(s.addChannel))
	mux.HandleFunc("POST /_fake/standing", s.post(s.setStanding))
	mux.HandleFunc("POST /_fake/say", s.post(s.say))
	mux.HandleFunc("POST /_fake/press", s.post(s.press))
	mux.HandleFunc("POST /_fake/block", s.post(s.block))
	mux.HandleFunc("POST /_fake/fail", s.post(s.fail))
	mux.HandleFunc("POST /_fake/clear", s.post(s.clear))
	mux.HandleFunc("POST /_fake/limits", s.post(s.limits))
	mux.HandleFunc("POST /_fake/advance", s.post(s.advance))
}

// order is the union of all bodies.
type order struct {
	Language, Name, Kind, Chat, Status, Text, Button, Data, Method, Do, Description string
	Person                                                                          int64
	Message, Skip, Times, Code, Seconds                                             int
	Post, Edit, Delete, Blocked, On                                                 bool
	DelayMS                                                                         int `json:"delay_ms"`
	RetryAfter                                                                      int `json:"retry_after"`
}

func done() (any, error) { return map[string]bool{"ok": true}, nil }

func (s site) get(answer func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { say(w, r, answer) }
}

func (s site) post(do func(order) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		say(w, r, func(r *http.Request) (any, error) {
			var o order
			d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
			d.DisallowUnknownFields()
			if err := d.Decode(&o); err != nil && r.ContentLength != 0 {
				return nil, fmt.Errorf("read the body as JSON: %w", err)
			}
			return do(o)
		})
	}
}

func say(w http.ResponseWriter, r *http.Request, answer func(*http.Request) (any, error)) {
	out, err := answer(r)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		out = map[string]string{"error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(out) // the client may have gone
}

func (s site) state(*http.Request) (any, error) {
	type entry map[string]any
	out := map[string][]entry{"bots": {}, "people": {}, "chats": {}}
	for _, b := range s.fake.Bots() {
		out["bots"] = append(out["bots"], entry{"id": b.ID(), "username": b.Username(), "pending": b.Pending()})
	}
	for _, u := range s.fake.Users() {
		out["people"] = append(out["people"], entry{"id": u.ID(), "name": u.Name(), "language": u.Language()})
	}
	for _, c := range s.fake.Chats() {
		out["chats"] = append(out["chats"], entry{"id": c.ID(), "ref": c.Ref(), "kind": c.Kind(), "title": c.Title(), "posts": len(c.Posts())})
	}
	return out, nil
}

func (s site) posts(r *http.Request) (any, error) {
	c, err := s.place(r.FormValue("chat"))
	if err != nil {
		return nil, err
	}
	return append([]telegramtest.Message{}, c.All()...), nil
}

func (s site) requests(r *http.Request) (any, error) {
	after, _ := strconv.Atoi(r.FormValue("after"))
	list := s.fake.Requests()
	if m := r.FormValue("method"); m != "" {
		list = s.fake.Calls(m)
	}
	return append([]telegramtest.Request{}, list[min(max(after, 0), len(list)):]...), nil
}
