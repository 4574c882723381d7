package channel

import (
	"log/slog"
	"time"
)

// IdleAfter is how long a screen with an Idle stays when nobody presses anything.
const IdleAfter = 10 * time.Minute

// Late is how long after it was sent a message is still answered as if the person were looking at the chat.
const Late = 10 * time.Minute

// Event is one thing that a person did, without saying who: no name, no id.
type Event struct {
	Data      string   // data of the button that was pressed; "" when none was
	Command   string   // "/start", "/privacy" ...: with its slash, lower case, without a bot's name
	Payload   string   // what followed /start in a deep link
	Typed     bool     // the person wrote or sent something that is not a command
	Words     Words    // what was written; "" for a voice message, a photo, a place, a forwarded message
	Resume    string   // Resume of the last screen that this person was shown, where the platform still has it
	Languages []string // what the platform says the person reads, most wanted first
	Group     bool     // in a group chat, where others read along
	Platform  string   // "telegram", "web", "terminal": what is said of hiding and deleting depends on it
	Keeps     bool     // the platform can keep a Resume for a person who asks for it
	Now       int64    // Unix seconds, for opening hours
	At        int64    // Unix seconds when the person did it; 0 where the platform does not say
}

// Words are what a person wrote. They are read in memory, once, to find out what is asked for. Nothing that
// prints, logs or encodes shows them.
type Words string

// String implements fmt.Stringer.
func (w Words) String() string {
	if w == "" {
		return ""
	}
	return "[words]"
}

// GoString implements fmt.GoStringer.
func (w Words) GoString() string { return w.String() }

// LogValue implements slog.LogValuer.
func (w Words) LogValue() slog.Value { return slog.StringValue(w.String()) }

// MarshalText implements encoding.TextMarshaler.
func (w Words) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// Screen is what a person sees next: a text and rows of buttons, in one message
// that is edited in place.
type Screen struct {
	Language string // BCP 47; "und" on a screen that asks for the language
	RTL      bool
	Text     string // markup
	Rows     [][]Button
	Neutral  bool   // the person hides: nothing around the screen may tell what this is
	Resume   string // data that begins again in this language and country, with no answer in it
	Idle     string // data of the screen that takes this one's place after IdleAfter; "" leaves it
	Wipe     bool   // first delete all that was said here, as far as the platform can, and forget this person
	Keep     Keep
}

// Keep is what a person wants kept of themselves, beyond the memory of the process.
type Keep int

const (
	AsBefore Keep = iota // nothing was asked for
	Remember             // keep the screen's Resume for this person
	Forget               // keep nothing any more
)

// Button is one choice. Exactly one of Data (at most 64 bytes) and URL is set.
type Button struct {
	Label string
	Data  string
	URL   string
}

// Answerer is the bot, seen from a platform. It is a pure function: the same event gives the same screen.
type Answerer func(Event) Screen
