package catalog

// Words are what people type in one language, as files in locales/words say it: phrases by meaning.
type Words struct {
	Safe   []string            // alone in a message, each deletes the chat
	Crisis map[string][]string // by a kind of CrisisKinds
	Intent map[string][]string // by an id of Intents
	Never  []string            // what no text of ours in this language may say, also as part of a word
	From   string              // tag of the language whose words these are, for a derived language; then all but Safe is empty
}

// Kinds of crisis.
const (
	CrisisDanger = "danger" // somebody is in danger now
	CrisisLife   = "life"   // somebody thinks of ending or hurting their own life
)

// What people ask for.
const (
	IntentHelp       = "help"          // numbers, somebody to talk to
	IntentCheck      = "check"         // is what happens to me exploitation?
	IntentOffer      = "offer"         // is this job, trip, relationship or room real?
	IntentBefore     = "before"        // what to do before going
	IntentSigns      = "signs"         // worried about somebody else
	IntentResponders = "responders"    // police, border guards, social workers, doctors, teachers
	IntentViolence   = "home-violence" // violence at home
	IntentChildren   = "children"      // a child, or the person writing is one
	IntentAsylum     = "asylum"        // protection, papers
	IntentShelter    = "shelter"       // a place to sleep
	IntentFood       = "food"          // food, water, clothes
	IntentElse       = "else"          // something else
	IntentAbroad     = "abroad"        // being in a country that is not one's own
	IntentCountry    = "country"       // another country
	IntentLanguage   = "language"      // another language
	IntentPrivacy    = "privacy"       // who sees this, what is kept
	IntentHide       = "hide"          // something neutral on the screen, at once
	IntentWipe       = "wipe"          // delete what was said
	IntentStop       = "stop"          // stop, leave me alone
	IntentStart      = "start"         // greeting, menu, what is this
)

// CrisisKinds lists the kinds of crisis; each language must have words for each.
func CrisisKinds() []string { return []string{CrisisDanger, CrisisLife} }

// Intents lists what people ask for. Where two fit a message equally well, the earlier one is meant.
func Intents() []string {
	return []string{
		IntentHelp, IntentViolence, IntentChildren, IntentCheck, IntentOffer, IntentBefore, IntentSigns, IntentResponders,
		IntentAsylum, IntentShelter, IntentFood, IntentElse, IntentHide, IntentWipe, IntentStop, IntentPrivacy,
		IntentAbroad, IntentCountry, IntentLanguage, IntentStart,
	}
}

// BriefOnly tells the intents whose single words are also parts of other sentences ("he does not stop"): such a
// word counts only in a message of at most three words.
func BriefOnly(intent string) bool {
	return intent == IntentHide || intent == IntentWipe || intent == IntentStop || intent == IntentStart
}
