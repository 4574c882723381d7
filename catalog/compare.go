package catalog

import (
	"maps"
	"slices"
	"strings"
)

// compare holds each language against what is declared and against the source language.
func (ld *loader) compare() {
	for _, area := range slices.Sorted(maps.Keys(ld.declared)) {
		decl, source := ld.declared[area], ld.find(area, SourceLanguage)
		if area == "hotlines" && source != nil {
			ld.declareNotes(decl, source)
		}
		for _, w := range ld.words {
			if w.area == area && !w.broken {
				ld.tooMuch(w, decl, source)
				ld.sameShape(w, source)
				ld.missing(w, decl, source)
			}
		}
		ld.missingFiles(area, decl)
	}
}

// declareNotes makes a note that the source language has a duty of every language.
func (ld *loader) declareNotes(decl *declaration, source *wording) {
	for id, t := range source.texts {
		if strings.HasSuffix(id, ".note") {
			decl.need(id, t.pos)
		}
	}
}

// tooMuch reports texts that nothing asks for. Campaign messages and hotlines were reported when they were read.
func (ld *loader) tooMuch(w *wording, decl *declaration, source *wording) {
	if decl.open || source == nil || source.broken || strings.HasPrefix(w.area, "campaigns/") {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(w.texts)) {
		if _, ok := decl.ids[id]; ok {
			continue
		}
		t := w.texts[id]
		switch w.area {
		case "locales":
			ld.add(Error, t.pos, "text %s is not in %s%s", quote(id), textFile(localesFolder, SourceLanguage), meant(id, maps.Keys(decl.ids)))
		case "checks":
			ld.add(Error, t.pos, "wording for %s, which no check declares%s", quote(t.key), meant(id, maps.Keys(decl.ids)))
		case "hotlines":
			if hotline, isNote := strings.CutSuffix(t.key, ".note"); isNote && ld.cat.hotlines[hotline] != nil {
				ld.add(Error, t.pos, "hotline %s has a note here but none in the source language; a note must stand in every language", quote(hotline))
			}
		}
	}
}

// missing reports declared texts that a file lacks. Only campaign messages may be missing: they fall back, announced.
func (ld *loader) missing(w *wording, decl *declaration, source *wording) {
	l, ok := ld.cat.Language(w.lang)
	if !ok || l.DerivedFrom != "" {
		return // what is missing comes from the language it is derived from
	}
	campaign := strings.HasPrefix(w.area, "campaigns/")
	for _, id := range slices.Sorted(maps.Keys(decl.ids)) {
		if w.texts[id] != nil {
			continue
		}
		key := ld.keyIn(w.area, id)
		pos := w.doc.pos(tablePath(key))
		switch {
		case !campaign:
			ld.add(Error, pos, "text %s is missing; it must be there in every language", quote(key))
		case w.lang == SourceLanguage:
			ld.add(Error, pos, "%s is missing; campaign.toml declares the message at line %d", quote(key), decl.ids[id].Line)
		case source == nil || source.texts[id] != nil:
			ld.add(Warning, pos, "%s is missing; readers of %q will be shown the message in another language", quote(key), w.lang)
		}
	}
}

// keyIn gives the name of a text inside its file.
func (ld *loader) keyIn(area, id string) string {
	switch {
	case area == "hotlines":
		return strings.TrimPrefix(id, "hotline.")
	case area == "checks":
		return strings.TrimPrefix(id, "check.")
	case strings.HasPrefix(area, "campaigns/"):
		return strings.TrimPrefix(id, "campaign."+strings.TrimPrefix(area, "campaigns/")+".")
	}
	return id
}

// tablePath is the path of the table that a text would stand in.
func tablePath(key string) string {
	path := ""
	parts := strings.Split(key, ".")
	for _, k := range parts[:len(parts)-1] {
		path = joinKey(path, k)
	}
	return path
}

// missingFiles reports languages without a file where there must be one.
func (ld *loader) missingFiles(area string, decl *declaration) {
	if len(decl.ids) == 0 && area != "locales" {
		return
	}
	folders := map[string]string{"locales": localesFolder, "hotlines": hotlineTextsFolder, "checks": checksFolder}
	folder, all := folders[area]
	for _, l := range ld.cat.Languages {
		if l.DerivedFrom != "" || ld.find(area, l.Tag) != nil {
			continue
		}
		switch {
		case all:
			ld.add(Error, Pos{File: textFile(folder, l.Tag)}, "there is no such file; every language of %s needs one", languagesFile)
		case l.Tag == SourceLanguage:
			ld.add(Error, Pos{File: textFile("content/"+area, l.Tag)}, "there is no such file; every campaign is first written in %q", SourceLanguage)
		default:
			ld.add(Advice, Pos{File: textFile("content/"+area, l.Tag)}, "there is no such file; the campaign is shown in another language instead of %q", l.Tag)
		}
	}
}

// sameShape compares each text with the source language's: plural or not, and the placeholders.
func (ld *loader) sameShape(w, source *wording) {
	if source == nil || w.lang == SourceLanguage {
		return
	}
	campaign := strings.HasPrefix(w.area, "campaigns/")
	for _, id := range slices.Sorted(maps.Keys(w.texts)) {
		t, src := w.texts[id], source.texts[id]
		switch {
		case src == nil:
		case t.plural != src.plural && !ld.adHoc:
			ld.add(Error, t.pos, "text %s is %s here and %s in %s", quote(id), pluralWord(t), pluralWord(src), source.file)
		case campaign:
			if slices.Contains(names(src.other()), "help") && !slices.Contains(names(t.other()), "help") {
				ld.add(Error, t.pos, "the text lacks {help}, which the source language has; readers would see no help lines")
			}
		default:
			for _, form := range slices.Sorted(maps.Keys(t.forms)) {
				ld.samePlaceholders(w, t, form, names(src.other()))
			}
		}
	}
}

func pluralWord(t *text) string {
	if t.plural {
		return "a plural text"
	}
	return "a plain text"
}

// names gives the placeholders of a text, each once.
func names(raw string) []string {
	var out []string
	parts, _ := split(raw)
	for _, p := range parts {
		if p.name != "" && !slices.Contains(out, p.name) {
			out = append(out, p.name)
		}
	}
	return out
}

// samePlaceholders compares one form. "One message" and "two messages" may do without the {count}.
func (ld *loader) samePlaceholders(w *wording, t *text, name string, want []string) {
	f := t.forms[name]
	have := names(f.raw)
	pos := Pos{w.file, f.line}
	for _, p := range have {
		if !slices.Contains(want, p) {
			ld.add(Error, pos, "unknown placeholder {%s}; the source language has %s here%s", p, braced(want), meant(p, slices.Values(want)))
		}
	}
	for _, p := range want {
		if !slices.Contains(have, p) && !(p == "count" && (name == "zero" || name == "one" || name == "two")) {
			ld.add(Error, pos, "placeholder {%s} is missing; the source language has %s here", p, braced(want))
		}
	}
}

func braced(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return "{" + strings.Join(names, "} {") + "}"
}
