package catalog

import (
	"maps"
	"slices"
	"strings"
)

const localesFolder = "locales"

// uiTexts reads locales/*.toml. They are go-i18n message files, so that its tools can be used on them; read here with its rules, it
// refuses what go-i18n would silently take for something else.
func (ld *loader) uiTexts() {
	ld.declare("locales")
	for _, lang := range ld.tomls(localesFolder) {
		if lang == "languages" {
			continue
		}
		if w := ld.wordingOf("locales", lang, textFile(localesFolder, lang)); w != nil {
			ld.messages(w, ld.root(w.doc), "")
		}
	}
	if en := ld.find("locales", SourceLanguage); en != nil {
		for id, t := range en.texts {
			ld.declared["locales"].need(id, t.pos)
		}
		ld.declared["locales"].open = en.broken
	}
}

// reserved are the names that go-i18n keeps for itself, in any case (v2.7.0, i18n/parse.go).
var reserved = []string{"id", "description", "hash", "leftdelim", "rightdelim", "zero", "one", "two", "few", "many", "other", "translation"}

// messages reads a table, whose keys are texts, tables, or the forms of one plural text.
func (ld *loader) messages(w *wording, t *table, prefix string) {
	kept, others := t.reservedKeys()
	isPlural := slices.ContainsFunc(kept, func(k string) bool { return slices.Contains(formNames[:], k) })
	switch {
	case len(kept) > 0 && len(others) == 0 && prefix != "":
		ld.pluralText(w, t, prefix)
		return
	case isPlural && prefix != "":
		for _, k := range others {
			ld.add(Error, t.at(k), "unknown key %s beside the plural forms %q%s", quote(k), kept, meant(k, slices.Values(formNames[:])))
		}
		ld.pluralText(w, t, prefix)
		return
	}
	for _, k := range kept {
		ld.add(Error, t.at(k), "%s is a name that go-i18n keeps for itself, so that it would take this table for one message; give the text another name", quote(k))
	}
	for _, k := range t.keys() {
		id := dotted(prefix, k)
		if _, ok := t.m[k].(map[string]any); ok {
			ld.messages(w, t.sub(k), id)
		} else if f, ok := t.plain(k); ok {
			ld.put(w, id, id, t.at(k), map[string]form{"other": f}, false)
		}
	}
}

func (t *table) reservedKeys() (kept, others []string) {
	for _, k := range slices.Sorted(maps.Keys(t.m)) {
		_, isText := t.m[k].(string)
		if slices.Contains(reserved, strings.ToLower(k)) && (isText || k == "translation") {
			kept = append(kept, k)
		} else {
			others = append(others, k)
		}
	}
	return kept, others
}

// pluralText reads one text whose forms are keys of a table.
func (ld *loader) pluralText(w *wording, t *table, id string) {
	t.asked["description"], t.asked["hash"] = true, true
	forms := map[string]form{}
	for _, name := range formNames {
		if f, ok := t.plain(name); ok {
			forms[name] = f
		}
	}
	for _, k := range t.keys() {
		if k != "description" && k != "hash" && !slices.Contains(formNames[:], k) && slices.Contains(reserved, strings.ToLower(k)) {
			ld.add(Error, t.at(k), "%s is not used here; a plural text has the forms %q and a description", quote(k), formNames)
		}
	}
	must := ld.forms(w.lang).must
	plural := len(forms) > 1 || len(must) == 1 // a language with one form writes a plural text so
	if _, ok := forms["other"]; !ok {
		ld.add(Error, t.here(), "text %s has no form \"other\", which every language needs", quote(id))
		return
	}
	ld.put(w, id, id, t.here(), forms, plural)
	if plural {
		ld.checkForms(w, w.texts[id], t)
	}
}

type pluralRules struct{ must, may map[string]bool }

func (ld *loader) forms(lang string) pluralRules {
	carrier := SourceLanguage
	if l, ok := ld.cat.Language(lang); ok {
		carrier = l.Carrier
	}
	if r, ok := ld.rules[carrier]; ok {
		return r
	}
	tag, err := carrierTag(carrier)
	if err != nil {
		return pluralRules{must: map[string]bool{"other": true}}
	}
	must, may := pluralForms(tag)
	ld.rules[carrier] = pluralRules{must, may}
	return ld.rules[carrier]
}

func (ld *loader) checkForms(w *wording, x *text, t *table) {
	if ld.adHoc {
		return // the rules of the language are not known
	}
	r := ld.forms(w.lang)
	for _, name := range formNames {
		_, has := x.forms[name]
		switch {
		case r.must[name] && !has:
			ld.add(Error, t.here(), "text %s lacks the plural form %q, which this language needs", quote(x.id), name)
		case has && !r.must[name] && !r.may[name]:
			ld.add(Warning, t.at(name), "plural form %q is never used in this language; remove it", name)
		}
	}
}
