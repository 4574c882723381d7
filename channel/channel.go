// Package channel is the contract that every channel obeys: what is sent, what comes
// back, what an error means, and for channels where people write to us, what a
// conversation looks like. Vendors live in packages below it. It owns no channel and imports no other room.
package channel

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Message is one post, ready to be shown. Texts are in the markup of package markup.
type Message struct {
	ID       string // the post's id; the idempotency key where a platform has one
	Language string // BCP 47, the language the text is in
	RTL      bool
	Title    string // one line; shown in bold where a platform has no titles
	Text     string
	Photo    *Photo
	Links    []Link // shown as buttons where the platform has them
	Silent   bool   // no sound or banner on the reader's phone
	At       time.Time
}

// Photo is an image with its description for people who do not see it.
type Photo struct {
	Name string // file name, without a folder
	Data []byte
	Alt  string
}

// Link is a labelled address.
type Link struct{ Label, URL string }

// Receipt is what a platform answered to a post that it took.
type Receipt struct {
	Ref string // the platform's own id of the post; "" where it gives none
	URL string // public address of the post, "" where none is known
}

// Channel is one place to publish to. Safe for concurrent use.
type Channel interface {
	// Send publishes a message once. It returns a *SendError, or an error that
	// wraps ctx.Err(), when it did not, or cannot know whether it did.
	Send(ctx context.Context, m Message) (Receipt, error)
	// Measure gives the length of a message as this platform counts, and its limit. 0, 0 without a limit.
	Measure(m Message) (length, limit int)
	// Idempotent tells whether sending the same Message.ID twice publishes it once.
	Idempotent() bool
}

// Kind says what became of a post that was not taken, and so what to do next.
type Kind int

const (
	// Unknown: the platform may or may not have published it.
	Unknown Kind = iota
	// Throttled: not published; try again after RetryAfter. Does not count as an attempt.
	Throttled
	// Temporary: not published; trying again may help.
	Temporary
	// Permanent: not published; trying this post again cannot help.
	Permanent
	// Misconfigured: not published; token, address or rights are wrong, and no post to this channel can succeed.
	Misconfigured
	// Refused: not published; the platform refuses this content.
	Refused
)

var kindNames = [...]string{"unknown", "throttled", "temporary", "permanent", "misconfigured", "refused"}

func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("kind %d", int(k))
	}
	return kindNames[k]
}

// SendError says why a post was not taken. Reason is for staff and logs: it holds no token, no chat id, no person's words.
type SendError struct {
	Kind       Kind
	RetryAfter time.Duration // the platform's own delay, with Throttled
	Reason     string
}

func (e *SendError) Error() string { return e.Kind.String() + ": " + e.Reason }

// KindOf gives the kind of any error that Send returned. An error that is not a *SendError tells nothing about
// what the platform did, so it is Unknown.
func KindOf(err error) Kind {
	var e *SendError
	if errors.As(err, &e) && e != nil {
		return e.Kind
	}
	return Unknown
}
