package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// TextHash is what a review binds to: the first 16 hex digits of the SHA-256 of a text, line ends trimmed as Load
// does. Locale.Written gives the text to hash.
func TextHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// written joins the forms of a plural text, so that a review covers all of them.
func (t *text) written() string {
	if !t.plural {
		return t.other()
	}
	var b strings.Builder
	for _, name := range formNames {
		if f, ok := t.forms[name]; ok {
			b.WriteString(name + " = " + f.raw + "\n")
		}
	}
	return b.String()
}

// review is one entry of a sidecar such as bs.review.toml.
type review struct{ text, source string }

var hashForm = regexp.MustCompile(`^[0-9a-f]{16}$`)

// reviews reads the sidecars beside all files of texts, and says how far each text has come.
func (ld *loader) reviews() {
	ld.strayReviews()
	ld.states = map[string]map[string]State{}
	for _, w := range ld.words {
		if w.broken {
			continue
		}
		reviewed := ld.sidecar(w)
		source := ld.find(w.area, SourceLanguage)
		if ld.states[w.lang] == nil {
			ld.states[w.lang] = map[string]State{}
		}
		for id, t := range w.texts {
			ld.states[w.lang][id] = ld.state(w, t, reviewed[t.key], source)
		}
	}
}

type placedReview struct {
	review
	pos Pos
}

func (ld *loader) state(w *wording, t *text, r *placedReview, source *wording) State {
	if r == nil {
		return Draft
	}
	if w.lang == SourceLanguage && r.source == "" {
		r.source = r.text
	}
	var src *text
	if source != nil {
		src = source.texts[t.id]
	}
	switch {
	case r.text != TextHash(t.written()):
		ld.add(Advice, r.pos, "the review of %s has lapsed: the text has changed since", quote(t.key))
	case src != nil && r.source != TextHash(src.written()):
		ld.add(Advice, r.pos, "the review of %s has lapsed: the source language's text has changed since", quote(t.key))
	default:
		return Reviewed
	}
	return Stale
}

// sidecar reads the reviews of one file of texts, by the texts' keys.
func (ld *loader) sidecar(w *wording) map[string]*placedReview {
	file := strings.TrimSuffix(w.file, ".toml") + reviewEnd
	if !ld.exists(file) {
		return nil
	}
	doc, ok := ld.document(file)
	if !ok {
		return nil
	}
	keys := map[string]bool{}
	for _, t := range w.texts {
		keys[t.key] = true
	}
	root, out := ld.root(doc), map[string]*placedReview{}
	for _, key := range root.keys() {
		if !keys[key] {
			ld.add(Warning, root.at(key), "a review of %s, which is no text of %s%s", quote(key), w.file, meant(key, maps.Keys(keys)))
		}
		t := root.sub(key)
		r := &placedReview{review{ld.hash(t, "text", true), ld.hash(t, "source", w.lang != SourceLanguage)}, root.at(key)}
		t.need("by", `who reviewed, such as "translator, Sarajevo"`)
		if on := t.need("on", `the day, such as "2026-06-01"`); on != "" {
			if _, err := time.Parse(time.DateOnly, on); err != nil {
				ld.add(Error, t.at("on"), `on is %s; it must be a date such as "2026-06-01"`, quote(on))
			}
		}
		t.done()
		out[key] = r
	}
	return out
}

func (ld *loader) hash(t *table, key string, needed bool) string {
	v := t.str(key)
	if (v != "" || needed) && !hashForm.MatchString(v) {
		ld.add(Error, t.at(key), "%s is %s; it must be the first 16 hex digits of the text's SHA-256", key, quote(v))
	}
	return v
}

func (ld *loader) exists(file string) bool {
	folder, name := file[:strings.LastIndexByte(file, '/')], file[strings.LastIndexByte(file, '/')+1:]
	files, _ := ld.dir(folder)
	return slices.Contains(files, name)
}

// strayReviews reports sidecars that stand beside no file of texts.
func (ld *loader) strayReviews() {
	folders := []string{localesFolder, hotlineTextsFolder, checksFolder}
	_, campaigns := ld.dir(campaignsFolder)
	for _, c := range campaigns {
		folders = append(folders, campaignsFolder+"/"+c)
	}
	for _, folder := range folders {
		files, _ := ld.dir(folder)
		for _, f := range files {
			lang, ok := strings.CutSuffix(f, reviewEnd)
			if ok && !slices.Contains(files, lang+".toml") {
				ld.add(Error, Pos{File: folder + "/" + f}, "reviews no file: there is no %s.toml beside it", lang)
			}
		}
	}
}
