package catalog

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// Wording is one text of the source language, which every other language translates.
type Wording struct {
	ID     string
	Area   string // as in Coverage
	Plural bool
	Pos    Pos // in the source language's file
}

// Wordings lists every text of the source language by area, and within an area in the order of its files.
func (c *Catalog) Wordings() []Wording {
	own := c.Locale(SourceLanguage).own
	all := make([]Wording, 0, len(own))
	for id, m := range own {
		all = append(all, Wording{id, c.area(id), m.plural != nil, m.pos})
	}
	slices.SortFunc(all, func(a, b Wording) int {
		return cmp.Or(byArea(a.Area, b.Area), cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// Variant is one plural form of a text; Name is "" for a text without forms.
type Variant struct{ Name, Text string }

// Forms gives a text as its authors wrote it, with its placeholders, form by form in the order of CLDR. A derived
// text is in the letters of this language. It is nil where Has is false.
func (l *Locale) Forms(id string) []Variant {
	m, ok := l.own[id]
	if !ok {
		return nil
	}
	forms := []Variant{{"", m.written}}
	if m.plural != nil {
		forms = writtenForms(m.written)
	}
	if l.Derived(id) {
		for i := range forms {
			forms[i].Text = latin(forms[i].Text)
		}
	}
	return forms
}

// Derived tells whether this language has the text only by rule from another.
func (l *Locale) Derived(id string) bool {
	m, ok := l.own[id]
	return ok && l.Language.DerivedFrom != "" && path.Base(m.pos.File) != l.Language.Tag+".toml"
}

// writtenForms takes apart what text.written joined.
func writtenForms(written string) (forms []Variant) {
	rest := strings.TrimSuffix(written, "\n")
	for i, name := range formNames {
		after, ok := strings.CutPrefix(rest, name+" = ")
		if !ok {
			continue
		}
		end := len(after)
		for _, next := range formNames[i+1:] {
			if n := strings.Index(after, "\n"+next+" = "); n >= 0 {
				end = min(end, n)
			}
		}
		forms = append(forms, Variant{name, after[:end]})
		rest = strings.TrimPrefix(after[end:], "\n")
	}
	return forms
}

// Plurals are a language's plural rules.
type Plurals struct {
	Forms     []string // those that whole numbers reach, which every plural text must have, in the order of CLDR
	localizer *i18n.Localizer
}

// Plurals gives the plural rules of the language's carrier; for an unknown carrier those with the one form "other".
func (l *Language) Plurals() Plurals {
	tag, err := carrierTag(l.Carrier)
	if err != nil {
		return Plurals{Forms: []string{"other"}}
	}
	must, _ := pluralForms(tag)
	bundle := i18n.NewBundle(tag)
	if bundle.AddMessages(tag, &i18n.Message{ID: "m", Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: "other"}) != nil {
		return Plurals{Forms: []string{"other"}}
	}
	p := Plurals{localizer: i18n.NewLocalizer(bundle, tag.String())}
	for _, name := range formNames {
		if must[name] {
			p.Forms = append(p.Forms, name)
		}
	}
	return p
}

// Of names the form that a whole number takes.
func (p Plurals) Of(n int) string {
	if p.localizer == nil {
		return "other"
	}
	form, err := p.localizer.Localize(&i18n.LocalizeConfig{
		MessageID: "m", PluralCount: strconv.Itoa(n), TemplateParser: parser{},
	})
	if err != nil {
		return "other"
	}
	return form
}
