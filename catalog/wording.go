package catalog

import (
	"maps"
	"strings"
)

// wording is one file of texts: one area in one language.
type wording struct {
	area   string // "locales", "hotlines", "checks", "campaigns/world-day"
	lang   string
	file   string
	broken bool // could not be read: what it lacks cannot be told
	doc    *document
	texts  map[string]*text // by id
}

// text is one authored text as read.
type text struct {
	id     string
	key    string // its name inside its file, as a review says it: "launch.text"
	pos    Pos
	plural bool
	forms  map[string]form // by plural form; only "other" for a text without
}

type form struct {
	raw  string
	line int // of its first character
}

func (t *text) other() string { return t.forms["other"].raw }

// declaration says which texts an area must have.
type declaration struct {
	open bool           // a declaring file could not be read, so that nothing is known to be missing or too much
	ids  map[string]Pos // text id → where something asks for it
}

func (d *declaration) need(id string, pos Pos) { d.ids[id] = pos }

func (ld *loader) declare(area string) *declaration {
	d := &declaration{ids: map[string]Pos{}}
	ld.declared[area] = d
	return d
}

func (ld *loader) newWording(area, lang string, doc *document) *wording {
	w := &wording{area: area, lang: lang, file: doc.file, doc: doc, texts: map[string]*text{}}
	ld.words = append(ld.words, w)
	return w
}

// wordingOf reads a language's file of an area; nil when it cannot be read or belongs to no language.
func (ld *loader) wordingOf(area, lang, file string) *wording {
	if !ld.fileLanguage(lang, file) {
		return nil
	}
	doc, ok := ld.document(file)
	if !ok {
		ld.words = append(ld.words, &wording{area: area, lang: lang, file: file, broken: true})
		return nil
	}
	return ld.newWording(area, lang, doc)
}

func (ld *loader) find(area, lang string) *wording {
	for _, w := range ld.words {
		if w.area == area && w.lang == lang {
			return w
		}
	}
	return nil
}

// put takes one text in. Its forms are trimmed of the line ends that """ brings along.
func (ld *loader) put(w *wording, id, key string, pos Pos, forms map[string]form, plural bool) {
	if first, twice := w.texts[id]; twice {
		ld.add(Error, pos, "text %s stands twice; first on line %d", quote(id), first.pos.Line)
		return
	}
	for name, f := range forms {
		if trimmed := strings.TrimLeft(f.raw, "\n"); strings.Contains(f.raw, "\n") {
			f.line += len(f.raw) - len(trimmed)
			f.raw = strings.TrimSpace(trimmed)
			forms[name] = f
		}
	}
	w.texts[id] = &text{id: id, key: key, pos: pos, forms: forms, plural: plural}
}

// plain reads the text under a key of a table.
func (t *table) plain(key string) (form, bool) {
	s, ok := get[string](t, key, "text in quotes")
	return form{s, t.place(joinKey(t.path, key)).value}, ok
}

// tree reads nested tables of plain texts; keys become dotted ids under prefix.
func (ld *loader) tree(w *wording, t *table, prefix, key string) {
	for _, k := range t.keys() {
		id, name := dotted(prefix, k), dotted(key, k)
		if _, ok := t.m[k].(map[string]any); ok {
			ld.tree(w, t.sub(k), id, name)
		} else if f, ok := t.plain(k); ok {
			ld.put(w, id, name, t.at(k), map[string]form{"other": f}, false)
		}
	}
}

func dotted(prefix, key string) string {
	if prefix == "" {
		return key
	}
	return prefix + "." + key
}

// campaignTexts reads the texts of one campaign in one language: [message] title, text, alt.
func (ld *loader) campaignTexts(name, folder, lang string, decl *declaration) {
	w := ld.wordingOf("campaigns/"+name, lang, textFile(folder, lang))
	if w == nil {
		return
	}
	root := ld.root(w.doc)
	for _, message := range root.keys() {
		t := root.sub(message)
		id := "campaign." + name + "." + message
		if _, ok := decl.ids[id+".text"]; !ok && !decl.open {
			ld.add(Error, root.at(message), "wording for message %s, which campaign.toml does not declare%s", quote(message), meant(message, messageIDs(decl)))
		}
		for _, k := range []string{"title", "text", "alt"} {
			if f, ok := t.plain(k); ok {
				ld.put(w, id+"."+k, message+"."+k, t.at(k), map[string]form{"other": f}, false)
			}
		}
		if _, photo := decl.ids[id+".alt"]; !photo && t.has("alt") && !decl.open {
			ld.add(Warning, t.at("alt"), "alt describes a photo, and message %s has none", quote(message))
		}
		t.done()
	}
}

// messageIDs gives the messages that a campaign declares.
func messageIDs(decl *declaration) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for id := range maps.Keys(decl.ids) {
			if rest, ok := strings.CutSuffix(id, ".text"); ok && !yield(rest[strings.LastIndexByte(rest, '.')+1:]) {
				return
			}
		}
	}
}

const hotlineTextsFolder = hotlinesFolder + "/texts"

// hotlineTexts reads content/hotlines/texts: [hotline id] name, note.
func (ld *loader) hotlineTexts() {
	decl := ld.declare("hotlines")
	for _, c := range ld.cat.Countries {
		for _, h := range c.Hotlines {
			decl.need("hotline."+h.ID+".name", Pos{File: hotlinesFolder + "/" + strings.ToLower(c.Code) + ".toml"})
		}
	}
	for _, lang := range ld.tomls(hotlineTextsFolder) {
		w := ld.wordingOf("hotlines", lang, textFile(hotlineTextsFolder, lang))
		if w == nil {
			continue
		}
		root := ld.root(w.doc)
		for _, id := range root.keys() {
			if _, ok := ld.cat.hotlines[id]; !ok && !ld.maybeKnown(id) {
				ld.add(Error, root.at(id), "there is no hotline %s in %s%s", quote(id), hotlinesFolder, meant(id, maps.Keys(ld.cat.hotlines)))
			}
			t := root.sub(id)
			for _, k := range []string{"name", "note"} {
				if f, ok := t.plain(k); ok {
					ld.put(w, "hotline."+id+"."+k, id+"."+k, t.at(k), map[string]form{"other": f}, false)
				}
			}
			t.done()
		}
	}
}
