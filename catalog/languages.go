package catalog

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

const languagesFile = "locales/languages.toml"

// languages reads locales/languages.toml.
func (ld *loader) languages() {
	doc, ok := ld.document(languagesFile)
	if !ok {
		// Files of texts are still read, each under its own name, so that their faults show as well.
		ld.adHoc = true
		return
	}
	root := ld.root(doc)
	for _, t := range root.tables("language") {
		ld.language(t)
	}
	root.done()
	if _, ok := ld.langPos[SourceLanguage]; !ok {
		ld.add(Error, Pos{File: languagesFile}, "there is no language %q, which every text is first written in", SourceLanguage)
	}
	ld.languageReferences()
}

func (ld *loader) language(t *table) {
	l := &Language{
		Tag:         t.need("tag", `its BCP 47 tag, such as "sq"`),
		Autonym:     t.need("autonym", "the language's name in itself"),
		Direction:   t.oneOf("direction", "ltr", "rtl"),
		Script:      t.need("script", `its ISO 15924 script, such as "Latn"`),
		Carrier:     t.str("carrier"),
		DerivedFrom: t.str("derived_from"),
		Fallback:    t.unique("fallback"),
	}
	for _, it := range t.items("aliases") {
		l.Aliases = append(l.Aliases, normalTag(it.value))
	}
	t.done()
	if l.Tag == "" {
		return
	}
	if !tagForm.MatchString(l.Tag) {
		ld.add(Error, t.at("tag"), `tag is %s; it must be a BCP 47 tag such as "sq" or "sr-Latn"`, quote(l.Tag))
		return
	}
	if first, twice := ld.langPos[l.Tag]; twice {
		ld.add(Error, t.at("tag"), "language %q is listed twice; first on line %d", l.Tag, first.at("tag").Line)
		return
	}
	key := "carrier"
	if l.Carrier == "" {
		l.Carrier, key = l.Tag, "tag"
	}
	if _, err := carrierTag(l.Carrier); err != nil {
		ld.add(Error, t.at(key), "%v", err)
		l.Carrier = SourceLanguage
	}
	ld.langPos[l.Tag] = t
	ld.cat.Languages = append(ld.cat.Languages, l)
}

// tagForm is looser than BCP 47 and strict about what may stand in a file's name.
var tagForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)

// languageReferences checks what languages say about each other.
func (ld *loader) languageReferences() {
	owner := map[string]string{} // normal tag or alias → tag
	for _, l := range ld.cat.Languages {
		owner[normalTag(l.Tag)] = l.Tag
	}
	for _, l := range ld.cat.Languages {
		t := ld.langPos[l.Tag]
		for _, it := range t.items("fallback") {
			ld.knownLanguage(it.value, it.pos, "fallback")
			if it.value == l.Tag {
				ld.add(Error, it.pos, "fallback of %q is the language itself", l.Tag)
			}
		}
		for _, it := range t.items("aliases") {
			a := normalTag(it.value)
			if other, taken := owner[a]; taken {
				ld.add(Error, it.pos, "alias %s is taken by language %q already; an alias belongs to one language", quote(it.value), other)
			}
			owner[a] = l.Tag
		}
		ld.derivation(l, t)
	}
}

func (ld *loader) derivation(l *Language, t *table) {
	if l.DerivedFrom == "" || !ld.knownLanguage(l.DerivedFrom, t.at("derived_from"), "derived_from") {
		return
	}
	base, _ := ld.cat.Language(l.DerivedFrom)
	switch {
	case l.DerivedFrom == l.Tag || base.DerivedFrom != "":
		ld.add(Error, t.at("derived_from"), "derived_from is %q, which is derived itself", l.DerivedFrom)
	case base.Script != "Cyrl" || l.Script != "Latn":
		ld.add(Error, t.at("derived_from"),
			"there is no rule from script %s to script %s; the one rule is from Serbian Cyrillic (Cyrl) to Latin (Latn)", quote(base.Script), quote(l.Script))
	}
}

func (ld *loader) knownLanguage(tag string, pos Pos, what string) bool {
	if _, ok := ld.langPos[tag]; ok {
		return true
	}
	ld.add(Error, pos, "%s is %s, which is not a language of %s%s", what, quote(tag), languagesFile, meant(tag, maps.Keys(ld.langPos)))
	return false
}

// fileLanguage tells whether a file of texts is named after a language.
func (ld *loader) fileLanguage(tag, file string) bool {
	if ld.adHoc {
		if !slices.ContainsFunc(ld.cat.Languages, func(l *Language) bool { return l.Tag == tag }) {
			ld.cat.Languages = append(ld.cat.Languages, &Language{Tag: tag, Direction: "ltr", Carrier: SourceLanguage})
		}
		return true
	}
	return ld.knownLanguage(tag, Pos{File: file}, "the file's name")
}

// normalTag is how tags are compared: lower case, "-" for "_".
func normalTag(tag string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(tag)), "_", "-")
}
