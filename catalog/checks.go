package catalog

import (
	"path"
	"strings"
)

const checksFolder = "content/checks"

// checks reads content/checks/*.toml: the checks themselves, and their wording by language.
func (ld *loader) checks() {
	decl := ld.declare("checks")
	for _, name := range ld.tomls(checksFolder) {
		file := checksFolder + "/" + name + ".toml"
		_, isLanguage := ld.langPos[name]
		doc, ok := ld.document(file)
		switch {
		case !ok && !isLanguage:
			decl.open = true
		case !ok:
			ld.words = append(ld.words, &wording{area: "checks", lang: name, file: file, broken: true})
		case isLanguage || !looksLikeCheck(doc):
			if ld.fileLanguage(name, file) {
				ld.checkTexts(name, doc)
			}
		default:
			ld.check(name, ld.root(doc), decl)
		}
	}
}

// looksLikeCheck tells a check from wording in a language that nobody declared.
func looksLikeCheck(d *document) bool {
	for _, key := range []string{"id", "version", "max", "rule", "general", "form"} {
		if _, ok := d.values[key]; ok {
			return true
		}
	}
	return false
}

func (ld *loader) check(name string, t *table, decl *declaration) {
	c := &Check{ID: t.need("id", "the name of the file"), Version: t.need("version", `the day of its last change, such as "2026-11-21"`), Max: t.int("max")}
	t.strs("sources")
	if c.ID != name || !slug(c.ID) {
		ld.add(Error, t.at("id"), "id is %s; it must be the name of the file, %q, made of %s", quote(c.ID), name, slugRule)
		c.ID = name
	}
	if c.Max < 1 {
		ld.add(Error, t.at("max"), "max is %d; it must say how many questions are asked at most, 1 or more", c.Max)
	}
	rule := t.sub("rule")
	c.Rule = Rule{Top: ld.patterns(rule, "top"), Middle: ld.patterns(rule, "middle"), ChildTop: ld.patterns(rule, "child_top")}
	rule.done()
	q := questions{ld: ld, check: c.ID, seen: map[string]*table{}, decl: decl}
	c.General = q.list(t, "general")
	forms := map[string]bool{}
	for _, f := range t.tables("form") {
		form := Form{ID: f.need("id", `its id, such as "work"`)}
		if forms[form.ID] {
			ld.add(Error, f.at("id"), "form %s stands twice", quote(form.ID))
		} else if form.ID != "" && !slug(form.ID) {
			ld.add(Error, f.at("id"), "id is %s; it must be made of %s", quote(form.ID), slugRule)
		}
		forms[form.ID] = true
		form.Questions = q.list(f, "question")
		f.done()
		decl.need("check."+c.ID+".form."+form.ID, f.at("id"))
		c.Forms = append(c.Forms, form)
	}
	for _, r := range []string{"low", "middle", "top", "child_low", "child_middle", "child_top"} {
		decl.need("check."+c.ID+".result."+r, t.at("rule"))
	}
	t.done()
	ld.cat.Checks[c.ID] = c
}

// patterns reads lists of weights such as "SM".
func (ld *loader) patterns(t *table, key string) []string {
	for _, it := range t.items(key) {
		if it.value == "" || strings.Trim(it.value, "SMW") != "" || !strongestFirst(it.value) {
			ld.add(Error, it.pos, `%s holds %s; a pattern is made of S, M and W, strongest first, such as "SM"`, key, quote(it.value))
		}
	}
	if !t.has(key) {
		ld.add(Error, t.at(key), `the rule has no %s; it must list patterns such as "SM", or [] for none`, key)
	}
	return t.strs(key)
}

func strongestFirst(pattern string) bool {
	for i := 1; i < len(pattern); i++ {
		if strings.IndexByte("SMW", pattern[i]) < strings.IndexByte("SMW", pattern[i-1]) {
			return false
		}
	}
	return true
}

// questions reads the questions of one check, whose ids must differ across its groups.
type questions struct {
	ld    *loader
	check string
	seen  map[string]*table
	decl  *declaration
}

func (q *questions) list(t *table, key string) []Question {
	var out []Question
	for _, e := range t.tables(key) {
		id := e.need("id", `its id, such as "G1"`)
		weight := e.need("weight", `"S", "M" or "W"`)
		whom := e.oneOf("for", "", "adult", "child")
		e.done()
		if id == "" {
			continue
		}
		if !slug(strings.ToLower(id)) {
			q.ld.add(Error, e.at("id"), `id is %s; it must be made of letters, digits and "-"`, quote(id))
		}
		if first, twice := q.seen[id]; twice {
			q.ld.add(Error, e.at("id"), "question id %s stands twice; first on line %d", quote(id), first.at("id").Line)
			continue
		}
		q.seen[id] = e
		if weight != "" && weight != "S" && weight != "M" && weight != "W" {
			q.ld.add(Error, e.at("weight"), `weight is %s; it must be "S", "M" or "W"`, quote(weight))
		}
		question := Question{ID: id, For: whom}
		if weight != "" {
			question.Weight = weight[0]
		}
		q.decl.need("check."+q.check+".q."+id, e.at("id"))
		out = append(out, question)
	}
	return out
}

func (ld *loader) checkTexts(lang string, doc *document) {
	w := ld.newWording("checks", lang, doc)
	t := ld.root(doc)
	ld.tree(w, t, "check", "")
	t.done()
}

// textFile is the path of a language's file in a folder.
func textFile(folder, lang string) string { return path.Join(folder, lang+".toml") }
