// Package catalog reads and checks what is said to people: the folders content/
// and locales/. It owns languages and their fallback, the texts in them, the
// hotlines, the checks and the state of each translation. It may not touch the
// clock, the network or paths on disk: it is handed an fs.FS and hands back values.
// It is the only importer of go-i18n.
package catalog

import "slices"

// SourceLanguage is the language that every text is first written in. A text that
// is missing here is missing altogether.
const SourceLanguage = "en"

// Catalog is everything that was read, checked and cross-referenced. It is
// immutable: a reload builds a new one. Safe for concurrent use.
type Catalog struct {
	Languages []*Language       // in the order of locales/languages.toml
	Campaigns []*Campaign       // by id
	Countries []*Country        // by code; "EU" holds the lines that work across the Union
	Checks    map[string]*Check // by id
	Words     map[string]Words  // what people type, by language

	tags     map[string]string // normal tag or alias → tag
	locales  map[string]*Locale
	hotlines map[string]*Hotline
	numbers  map[string]number
}

// Language gives the language with this tag, exactly as written in languages.toml.
func (c *Catalog) Language(tag string) (*Language, bool) {
	return pick(c.Languages, func(l *Language) bool { return l.Tag == tag })
}

// Campaign gives a campaign by its id.
func (c *Catalog) Campaign(id string) (*Campaign, bool) {
	return pick(c.Campaigns, func(x *Campaign) bool { return x.ID == id })
}

// Country gives a country by its code, upper case ("BA", "XK", "EU").
func (c *Catalog) Country(code string) (*Country, bool) {
	return pick(c.Countries, func(x *Country) bool { return x.Code == code })
}

// Hotline gives a hotline by its id, held ones included.
func (c *Catalog) Hotline(id string) (*Hotline, bool) {
	h, ok := c.hotlines[id]
	return h, ok
}

func pick[T any](list []*T, is func(*T) bool) (*T, bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	return nil, false
}

// Locale gives the texts of one language; for a tag that is not in languages.toml,
// those of the source language.
func (c *Catalog) Locale(tag string) *Locale {
	if l, ok := c.locales[tag]; ok {
		return l
	}
	if l, ok := c.locales[SourceLanguage]; ok {
		return l
	}
	return &Locale{Language: &Language{Tag: SourceLanguage, Direction: "ltr", Script: "Latn", Carrier: SourceLanguage}}
}

// build makes the languages' tables and texts, once everything was found to be right.
func (c *Catalog) build(ld *loader) {
	c.tags = map[string]string{}
	for _, l := range c.Languages {
		c.tags[normalTag(l.Tag)] = l.Tag
		for _, a := range l.Aliases {
			c.tags[a] = l.Tag
		}
	}
	c.numbers = ld.numbers
	c.locales = buildLocales(ld)
}
