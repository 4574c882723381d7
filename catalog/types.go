package catalog

import "time"

// Pos is a place in a content file, for findings.
type Pos struct {
	File string // slash-separated, relative to the root handed to Load
	Line int    // from 1; 0 when the whole file is meant
}

// Severity says what a finding stops.
type Severity int

const (
	// Advice is worth knowing and stops nothing; it does not make `check` fail.
	Advice Severity = iota
	// Warning makes `check` fail, but the program may run: a missing translation falls back, announced.
	Warning
	// Error stops the start.
	Error
)

// Finding is one fault in content or configuration, in words for staff: what was
// found and what would be right.
type Finding struct {
	Pos
	Severity Severity
	Text     string
}

// Findings are all faults of one run, sorted by file and line.
type Findings []Finding

// Language is one entry of locales/languages.toml.
type Language struct {
	Tag         string   // ours, BCP 47: "en", "sr-Latn", "cnr"
	Autonym     string   // its name in itself
	Direction   string   // "ltr" or "rtl"
	Script      string   // ISO 15924: "Latn", "Cyrl", "Arab"
	Carrier     string   // tag whose plural rules go-i18n has; "sr-Latn-ME" carries Montenegrin. Tag by default
	DerivedFrom string   // language whose texts become this one's by rule (script conversion); "" for none
	Fallback    []string // languages to try in order when a text is missing; nothing else is tried
	Aliases     []string // what platforms call it, lower case: "sr", "sr-rs", "sh"
}

// Campaign is one folder of content/campaigns.
type Campaign struct {
	ID       string
	Window   Window
	Offices  []string // ids of offices in config.toml; empty means all
	Entries  []Entry
	Messages []Message // in the order of campaign.toml
	// OnUncertain is "hold" (default) or "resend": what happens to a post when nobody knows whether it arrived.
	OnUncertain string
	pos         map[string]Pos
}

// Window says between which local dates a campaign publishes, both included. Exactly one
// form is set: From and To as "2027-07-17", or as "07-17" for every year, or Always.
// The strings are as written; package campaign parses them.
type Window struct {
	From, To string
	Always   bool
}

// Entry is one schedule line of a campaign.
type Entry struct {
	ID        string
	Cron      string   // five fields, read in the office's zone
	Messages  []string // ids; the nth occurrence in the window takes the nth
	Repeat    bool     // start again after the last message; else the entry ends there
	Missed    string   // "skip", "latest" (default) or "all"
	MissedCap int      // of "all": how many late posts go out at most, the newest; 3 by default
	Grace     string   // how late a post may still go out: "1h" (default), "36h", "8d"
	Silent    bool     // without a sound on the reader's phone
	pos       map[string]Pos
}

// Pos gives the place of a key ("id", "window.to", "offices.ba" for an office that is listed), or of the
// campaign itself for an unknown one.
func (c *Campaign) Pos(key string) Pos { return placeOf(c.pos, key) }

// Pos gives the place of a key ("cron", "grace", "messages.launch" for a message that is listed), or of the
// entry itself for an unknown one.
func (e *Entry) Pos(key string) Pos { return placeOf(e.pos, key) }

func placeOf(pos map[string]Pos, key string) Pos {
	if p, ok := pos[key]; ok {
		return p
	}
	return pos[""]
}

// Message is one authored text of a campaign.
type Message struct {
	ID        string
	Photo     []byte // the image's bytes, nil without one
	PhotoName string // "launch.png"
	Opens     string // one of Screens: where the post's button leads
}

// Screens are the screens of the bot that the button of a post can open. The first is opened unless a message says otherwise.
func Screens() []string {
	return []string{"start", "help", "check", "offer", "before", "signs", "signs-work", "signs-home", "signs-sex", "signs-begging",
		"signs-marriage", "how", "responders", "else", "about", "privacy"}
}

// Country is one file of content/hotlines.
type Country struct {
	Code      string // ISO 3166-1 alpha-2, upper case; XK as user-assigned, EU for the Union
	Zone      string // IANA name, for "open now"; "" for EU
	Autonym   string // the country's name in its own language or languages; "" if none
	No112     bool   // 112 does not reach the emergency services here: it is never shown, and said so
	Emergency []Emergency
	HelpLines []string // what {help} stands for in posts: hotline ids, or "police", "general" ... of Emergency
	Hotlines  []*Hotline
}

// Emergency is a number of the police, an ambulance ... of a country.
type Emergency struct {
	Service  string // "general", "police", "ambulance" ...; its name is the text "emergency.<service>"
	Number   string // as dialled in the country
	Show     bool
	LookedUp time.Time // the day a source was read
	Verified time.Time // the day the office made a test call; zero when never
	Sources  []Source
	pos      Pos
}

// Pos gives the place of the number in its country's file.
func (e *Emergency) Pos() Pos { return e.pos }

// Hotline is a help line. A number stands in one place only, here.
type Hotline struct {
	ID        string
	Country   string
	Number    string // as dialled inside the country, spaced for reading
	E164      string // the same line in international form, "" where not certain
	Abroad    string // callable from abroad: "yes", "no", "unknown"
	Hours     Hours
	Languages []string // BCP 47, only those that a source names; the name of each is the text "lang.<tag>"
	Audience  []string // "trafficking", "children", "women" ...; the name of each is the text "audience.<audience>"
	Free      string   // "yes", "no", "unknown"
	Website   string
	Operator  string // proper name, not translated
	LocalName string // proper name in the country, not translated; "" if none
	Show      bool   // false: on hold, shown nowhere
	LookedUp  time.Time
	Verified  time.Time
	Sources   []Source
	pos       Pos
}

// Pos gives the place of the hotline in its country's file.
func (h *Hotline) Pos() Pos { return h.pos }

// Source is where a number was read.
type Source struct {
	URL  string
	Date string // of the source, as far as visible
}

// Hours are the opening hours of a line in its country's zone. The zero value means not known.
type Hours struct {
	Days     [7]bool // by time.Weekday
	From, To int     // minutes of the day; 0 and 1440 for round the clock
}

// Check is a self-check: questions, weights and the rule that turns answers into
// one of three result texts. Wording is in the locales, under "check.<id>.…".
type Check struct {
	ID      string
	Version string
	Max     int        // at most so many questions are asked, gate not counted
	General []Question // asked first, of everybody
	Forms   []Form
	// AboutChild is asked, and nothing else, when another person answers about a child.
	AboutChild []Question
	Rule       Rule
	// Child and Other tell that there are wordings for who is or may be under 18, and about someone else.
	Child, Other bool
}

// Form is one form of exploitation with its own questions.
type Form struct {
	ID        string // "work", "home", "sex", "begging", "marriage"
	Questions []Question
}

// Question is worded so that "yes" is the sign.
type Question struct {
	ID     string // "G1"; its wording is "check.<check>.q.<ID>", and ".q_child." or ".q_other." in the other voices
	Weight byte   // 'S' strong, 'M' medium, 'W' weak
	For    string // "" everybody, "adult", "child" (under 18, not sure, or no answer)
}

// Rule holds patterns of weights, strongest first: "SM" means one strong and one medium. Answers meet a
// pattern when, sorted, each is at least as heavy as its letter.
type Rule struct {
	Top      []string // met inside one group (general, or one form)
	Middle   []string // met over all answers
	ChildTop []string // met over all answers, where the person is or may be under 18
}

// State is how far a text in a language has come.
type State int

const (
	Missing State = iota
	Draft         // written, not reviewed
	Stale         // reviewed, but the text or its source changed since
	Reviewed
)

// String gives "missing", "draft", "stale" or "reviewed".
func (s State) String() string {
	switch s {
	case Draft:
		return "draft"
	case Stale:
		return "stale"
	case Reviewed:
		return "reviewed"
	default:
		return "missing"
	}
}
