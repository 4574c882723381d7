package catalog

import (
	"fmt"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// formNames are the plural forms of CLDR, as go-i18n names them.
var formNames = [...]string{"zero", "one", "two", "few", "many", "other"}

// carrierTag reads a tag whose plural rules go-i18n has.
func carrierTag(tag string) (language.Tag, error) {
	t, err := language.Parse(tag)
	if err != nil || t == language.Und {
		return language.Und, fmt.Errorf("%s is not a language tag that go-i18n knows; name one whose plural rules fit as carrier", quote(tag))
	}
	// A tag that is read as another would silently share its texts and rules: "sh" becomes "sr-Latn".
	if !strings.EqualFold(t.String(), tag) {
		return language.Und, fmt.Errorf("%s is read as %q; write that as carrier if it is meant", quote(tag), t)
	}
	if err := i18n.NewBundle(t).AddMessages(t); err != nil {
		return language.Und, fmt.Errorf("%w; name a language with the same plural forms as carrier, such as \"sr-Latn-ME\" for Montenegrin", err)
	}
	return t, nil
}

// pluralForms gives the forms that whole numbers reach in a language, which a plural text must
// have, and those that only fractions reach, which it may have. go-i18n keeps its
// rules to itself, so they are asked for by example.
func pluralForms(tag language.Tag) (must, may map[string]bool) {
	all := &i18n.Message{ID: "m", Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: "other"}
	bundle := i18n.NewBundle(tag)
	must, may = map[string]bool{"other": true}, map[string]bool{}
	if bundle.AddMessages(tag, all) != nil {
		return must, may
	}
	loc := i18n.NewLocalizer(bundle, tag.String())
	ask := func(n any, forms map[string]bool) {
		form, err := loc.Localize(&i18n.LocalizeConfig{MessageID: "m", PluralCount: n, TemplateParser: parser{}})
		if err == nil {
			forms[form] = true
		}
	}
	for n := range 201 {
		ask(n, must)
	}
	ask(1_000_000, must)
	for _, n := range []string{"0.0", "0.1", "0.5", "1.0", "1.5", "2.0", "2.5", "5.5", "10.1"} {
		ask(n, may)
	}
	return must, may
}
