package channel

import (
	"regexp"
	"strings"
)

// DeepLink is what the button of a post tells the bot: where to begin, and which post it was. As a payload it is
// language_COUNTRY_screen_code, at most 64 of [A-Za-z0-9_-], which is what Telegram takes. Each field may be "".
type DeepLink struct {
	Language string // BCP 47, at most 35 characters
	Country  string // ISO 3166-1 alpha-2, upper case
	Screen   string // one of catalog.Screens, as far as the post was made by this version
	Code     string // outbox.Code of the post
}

// The longest that all four let through make 64 characters with the three lines between them.
var (
	linkLanguage = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)
	linkCountry  = regexp.MustCompile(`^[A-Z]{2}$`)
	linkScreen   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,17}$`)
	linkCode     = regexp.MustCompile(`^[a-z2-7]{6}$`)
)

const longestLinkLanguage = 35

// whole leaves out the fields that a payload cannot hold.
func (l DeepLink) whole() DeepLink {
	l.Country = strings.ToUpper(l.Country)
	if len(l.Language) > longestLinkLanguage || !linkLanguage.MatchString(l.Language) {
		l.Language = ""
	}
	if !linkCountry.MatchString(l.Country) {
		l.Country = ""
	}
	if !linkScreen.MatchString(l.Screen) {
		l.Screen = ""
	}
	if !linkCode.MatchString(l.Code) {
		l.Code = ""
	}
	return l
}

// String gives the payload, without the fields at its end that are empty. A field that a payload cannot hold is empty.
func (l DeepLink) String() string {
	l = l.whole()
	return strings.TrimRight(strings.Join([]string{l.Language, l.Country, l.Screen, l.Code}, "_"), "_")
}

// ParseDeepLink reads a payload. Anybody can send one, so it may be anything: what is not a field of its kind is "",
// also where fields at the end are missing, as in the links of older versions, or more follow, as in those of newer ones.
func ParseDeepLink(payload string) DeepLink {
	part := append(strings.SplitN(payload, "_", 5), "", "", "", "")
	return DeepLink{part[0], part[1], part[2], part[3]}.whole()
}
