// Package channeltest is the one suite that every channel must pass. A vendor's test hands in a Harness:
// how to open the channel on an empty platform, how to see what the public sees there, and the ways in
// which that platform fails. It is for tests only and knows no vendor.
package channeltest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"beaware/channel"
)

// Harness is what a vendor hands in.
type Harness struct {
	// Open starts an empty platform that works, with a channel on it.
	Open func(t *testing.T) Platform
	// Faults are the ways in which this platform fails.
	Faults []Fault
	// Isolated tells whether a run of right-to-left text is kept together in a post. Nil: it stands
	// between U+2066 and U+2069 in Post.Text.
	Isolated func(p Post, run string) bool
}

// Platform is one channel and what can be seen of it from outside.
type Platform struct {
	Channel   channel.Channel
	Published func() []Post // what the public sees now, oldest first
	Logged    func() string // everything that was logged so far; nil where the channel logs nothing
	Secrets   []string      // may stand in no error and in no log: token, chat id
}

// Post is one published post as a reader sees it.
type Post struct {
	Text   string // title and text, without any formatting
	Photo  []byte
	Links  []channel.Link
	Silent bool
}

// Fault is one way in which a platform fails, and what the channel must say about it.
type Fault struct {
	Name       string
	Open       func(t *testing.T) Platform
	Message    *channel.Message // what to send; nil: a simple one
	Want       channel.Kind
	RetryAfter time.Duration // exactly, where Want is Throttled
	// Hangs: the platform never answers. Send must end with its context, and Want is not looked at.
	Hangs bool
}

// Run holds one channel to the contract of package channel.
func Run(t *testing.T, h Harness) {
	t.Helper()
	t.Run("plain text", func(t *testing.T) { plain(t, h) })
	t.Run("photo", func(t *testing.T) { photo(t, h) })
	t.Run("links and silence", func(t *testing.T) { links(t, h) })
	t.Run("right to left", func(t *testing.T) { rightToLeft(t, h) })
	t.Run("hostile characters", func(t *testing.T) { hostile(t, h) })
	t.Run("nothing to say", func(t *testing.T) { empty(t, h) })
	t.Run("at the limit", func(t *testing.T) { atLimit(t, h) })
	t.Run("over the limit", func(t *testing.T) { overLimit(t, h) })
	t.Run("cancelled before", func(t *testing.T) { cancelled(t, h) })
	t.Run("many at once", func(t *testing.T) { concurrent(t, h) })
	t.Run("twice", func(t *testing.T) { twice(t, h) })
	Faults(t, h)
}

// Faults is the part of Run that is about a platform that fails.
func Faults(t *testing.T, h Harness) {
	t.Helper()
	for _, f := range h.Faults {
		t.Run("fault/"+f.Name, func(t *testing.T) { fault(t, f) })
	}
}

// Simple is a message that every platform takes.
func Simple(id string) channel.Message {
	return channel.Message{
		ID: id, Language: "en", Title: "Be aware",
		Text: "Work should be paid.\n\n- You can **ask**\n- You can leave\n\nCall \u2066116 006\u2069.",
		At:   time.Date(2027, 7, 17, 17, 30, 0, 0, time.UTC),
	}
}

// CheckSecrets fails when anything that was logged, or any of errs however it is printed, holds a secret.
func CheckSecrets(t testing.TB, p Platform, errs ...error) {
	t.Helper()
	var all strings.Builder
	if p.Logged != nil {
		all.WriteString(p.Logged())
	}
	for _, err := range errs {
		if err != nil {
			fmt.Fprintf(&all, "%v\n%+v\n%#v\n", err, err, err)
		}
	}
	for i, secret := range p.Secrets {
		if secret != "" && strings.Contains(all.String(), secret) {
			// the secret itself is not repeated
			t.Errorf("secret number %d stands in an error or a log", i)
		}
	}
}
