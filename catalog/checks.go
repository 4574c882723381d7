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
	ld.voices(c, t)
	c.Rule = ld.rule(c, t.sub("rule"))
	q := questions{ld: ld, check: c, seen: map[string]*table{}, decl: decl}
	c.General = q.list(t, "general")
	c.AboutChild = q.list(t, "about_child")
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
	decl.need("check."+c.ID+".choose", t.at("id"))
	for _, voice := range c.voices() {
		for _, band := range []string{"low", "middle", "top"} {
			decl.need("check."+c.ID+".result."+voice+band, t.at("rule"))
		}
	}
	t.done()
	ld.cat.Checks[c.ID] = c
}

// voices reads in which voices a check is worded beside that of an adult who answers for themselves.
func (ld *loader) voices(c *Check, t *table) {
	for _, it := range t.items("voices") {
		switch it.value {
		case "child":
			c.Child = true
		case "other":
			c.Other = true
		default:
			ld.add(Error, it.pos, `voices holds %s; it may hold "child" and "other"`, quote(it.value))
			c.Child, c.Other = true, true // so that the texts of the one that was meant are not reported too
		}
	}
	t.strs("voices")
	if c.Other && !c.Child {
		ld.add(Error, t.at("voices"), `voices holds "other" without "child"; someone else may be a child too`)
		c.Child = true
	}
}

// voices gives the beginnings of the ids of result texts: one for each kind of person answering, or answered about.
func (c *Check) voices() []string {
	all := []string{""}
	if c.Child {
		all = append(all, "child_")
	}
	if c.Other {
		all = append(all, "other_", "other_child_")
	}
	return all
}

func (ld *loader) rule(c *Check, t *table) Rule {
	r := Rule{Top: ld.patterns(t, "top"), Middle: ld.patterns(t, "middle")}
	if c.Child {
		r.ChildTop = ld.patterns(t, "child_top")
	}
	t.done()
	return r
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
	check *Check
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
		for _, voice := range q.voices(key, whom) {
			q.decl.need("check."+q.check.ID+"."+voice+"."+id, e.at("id"))
		}
		out = append(out, question)
	}
	return out
}

// voices gives the tables of the wordings that a question needs: those of the people who may be asked it.
func (q *questions) voices(key, whom string) []string {
	voices := []string{}
	if key == "about_child" || whom != "child" {
		voices = append(voices, "q")
	}
	if key == "about_child" {
		return voices
	}
	if q.check.Child && whom != "adult" {
		voices = append(voices, "q_child")
	}
	if q.check.Other && whom != "child" {
		voices = append(voices, "q_other")
	}
	return voices
}

func (ld *loader) checkTexts(lang string, doc *document) {
	w := ld.newWording("checks", lang, doc)
	t := ld.root(doc)
	ld.tree(w, t, "check", "")
	t.done()
}

// textFile is the path of a language's file in a folder.
func textFile(folder, lang string) string { return path.Join(folder, lang+".toml") }
