package channel

// Event is one thing that a person did, without saying who: no name, no id.
type Event struct {
	Data      string   // data of the button that was pressed; "" when none was
	Command   string   // "/start", "/privacy" ...: with its slash, lower case, without a bot's name
	Payload   string   // what followed /start in a deep link
	Typed     bool     // the person wrote or sent something that is not a command; what it was is not passed on
	Languages []string // what the platform says the person reads, most wanted first
	Group     bool     // in a group chat, where others read along
	Now       int64    // Unix seconds, for opening hours
}

// Screen is what a person sees next: a text and rows of buttons, in one message
// that is edited in place.
type Screen struct {
	Language string // BCP 47; "und" on a screen that asks for the language
	RTL      bool
	Text     string // markup
	Rows     [][]Button
	Neutral  bool // the person hides: nothing around the screen may tell what this is
}

// Button is one choice. Exactly one of Data (at most 64 bytes) and URL is set.
type Button struct {
	Label string
	Data  string
	URL   string
}

// Answerer is the bot, seen from a platform. It is a pure function: the same event gives the same screen.
type Answerer func(Event) Screen
