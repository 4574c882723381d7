// Package alert tells staff what needs a person: posts that failed, are uncertain or late, a channel that does not let us
// in, numbers to verify, a campaign that is about to start with texts missing, trouble with the store. It owns what is
// told, when and how often, and the ways to tell it: a chat, e-mail, a webhook. It may not touch storage, and never
// holds up or changes a delivery.
package alert

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Kind is a sort of trouble. Kinds are lower-case words that receivers of the webhook may rely on.
type Kind string

const (
	Store     Kind = "store"     // the ledger cannot be read or written
	Channel   Kind = "channel"   // token, address or rights of a channel are wrong: nothing can be published there
	Uncertain Kind = "uncertain" // nobody knows whether a post went out
	Failed    Kind = "failed"    // a post was not taken and is not tried again
	Late      Kind = "late"      // a post should have gone out by now and may still
	Missed    Kind = "missed"    // a post's moment passed
	Window    Kind = "window"    // a campaign is about to start and has texts missing
	Number    Kind = "number"    // a number's verification has ended, or is about to
)

// Kinds gives all kinds in the order in which a digest lists them, the most pressing first.
func Kinds() []Kind {
	return []Kind{Store, Channel, Uncertain, Failed, Late, Missed, Window, Number}
}

// Event is one thing that happened, or that stands. Kind and Subject say which trouble it is about; Text is the trouble as
// staff know it, so an event with another Text is news, and one with the same is not. None of the fields may hold a
// token, a chat id or a person's words.
type Event struct {
	Kind    Kind
	Subject string    // a channel's or post's id, a number's id ...
	Text    string    // in plain words; nothing that changes by itself, such as minutes or counts
	Detail  string    // shown beside Text, but no news when it changes: the latest reason
	Over    bool      // the trouble is over; told only to those who were told of the trouble
	At      time.Time // now when zero
}

// Trouble is what became of all events of one Kind and Subject since staff were told last.
type Trouble struct {
	Kind    Kind      `json:"kind"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	Detail  string    `json:"detail,omitempty"`
	Over    bool      `json:"over"`
	Still   bool      `json:"still"` // told before, in the same words
	Count   int       `json:"count"` // events, at least 1
	First   time.Time `json:"first"` // UTC
	Last    time.Time `json:"last"`  // UTC
}

// Digest is what one sink is told at one time.
type Digest struct {
	Title    string    `json:"title"` // one line
	Text     string    `json:"text"`  // plain English, lines of a list begin with "- "; at most 3000 UTF-16 units, which fits any chat
	Troubles []Trouble `json:"troubles"`
	Dropped  int       `json:"dropped"` // troubles that there was no room to keep
	At       time.Time `json:"at"`      // UTC
}

// Sink is a way to tell staff. Tell obeys its context. It returns a *channel.SendError, whose Reason is
// logged; nothing is kept of any other error, as it may hold a secret.
type Sink interface {
	Tell(ctx context.Context, d Digest) error
}

const (
	longestSubject = 120 // runes
	longestText    = 300
)

// trim makes the event safe to keep and to show: bounded lines without control characters.
func (e Event) trim(now time.Time) Event {
	e.Subject, e.Text, e.Detail = oneLine(e.Subject, longestSubject), oneLine(e.Text, longestText), oneLine(e.Detail, longestText)
	if e.At.IsZero() {
		e.At = now
	}
	e.At = e.At.UTC().Round(0) // without the monotonic clock
	return e
}

// oneLine drops control characters, and marks that would turn the direction of what follows.
func oneLine(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > limit {
		s = string(r[:limit-1]) + "…"
	}
	return s
}

// sorted orders troubles for a digest: by kind, then as they came.
func sorted(list []Trouble) []Trouble {
	rank := func(k Kind) int {
		if i := slices.Index(Kinds(), k); i >= 0 {
			return i
		}
		return len(Kinds())
	}
	slices.SortFunc(list, func(a, b Trouble) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.Kind, b.Kind),
			a.First.Compare(b.First), cmp.Compare(a.Subject, b.Subject))
	})
	return list
}
