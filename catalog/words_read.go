package catalog

import "path"

const (
	wordsFolder = "locales/words"
	safeList    = "safe"

	maxPhrases = 5_000 // of one language
	maxPhrase  = 120   // bytes
	maxWords   = 10    // of one phrase
)

// phraseAt is a phrase and the list that has it.
type phraseAt struct {
	lang, list, key string // key: how the phrase is compared
	pos             Pos
}

// typedWords reads locales/words/*.toml: what people type, by language.
func (ld *loader) typedWords() {
	ld.cat.Words = map[string]Words{}
	wl := &wordLists{loader: ld, fold: NewFolding(), first: map[string]map[string]phraseAt{}}
	broken := map[string]bool{}
	for _, lang := range ld.tomls(wordsFolder) {
		file := wordsFile(lang)
		if !ld.wordsLanguage(lang, file) {
			continue
		}
		doc, ok := ld.document(file)
		if !ok {
			broken[lang] = true
			continue
		}
		ld.cat.Words[lang] = wl.file(lang, ld.root(doc))
	}
	wl.across()
	if ld.adHoc {
		return // the languages are not known
	}
	for _, l := range ld.cat.Languages {
		_, has := ld.cat.Words[l.Tag]
		switch {
		case l.DerivedFrom != "":
			w := Words{From: l.DerivedFrom}
			for _, word := range ld.cat.Words[l.DerivedFrom].Safe {
				w.Safe = append(w.Safe, latin(word))
			}
			ld.cat.Words[l.Tag] = w
		case !has && !broken[l.Tag]:
			ld.add(Warning, Pos{File: wordsFile(l.Tag)}, "is missing: nothing that people type in %s is understood, and no crisis word of it; translate %s", l.Autonym, wordsFile(SourceLanguage))
		}
	}
}

func wordsFile(lang string) string { return path.Join(wordsFolder, lang+".toml") }

func (ld *loader) wordsLanguage(lang, file string) bool {
	if ld.adHoc {
		return true
	}
	if !ld.knownLanguage(lang, Pos{File: file}, "the file's name") {
		return false
	}
	if l, _ := ld.cat.Language(lang); l.DerivedFrom != "" {
		ld.add(Error, Pos{File: file}, "language %q is derived from %q and uses its words in both scripts; move the phrases to %s", lang, l.DerivedFrom, wordsFile(l.DerivedFrom))
		return false
	}
	return true
}

// wordLists checks the lists while it reads them.
type wordLists struct {
	*loader
	fold  *Folding
	first map[string]map[string]phraseAt // by language and key
	all   []phraseAt
}

func (wl *wordLists) file(lang string, t *table) Words {
	w := Words{Crisis: map[string][]string{}, Intent: map[string][]string{}}
	wl.first[lang] = map[string]phraseAt{}
	n := len(wl.all)
	w.Safe = wl.list(lang, safeList, t, safeList, Warning)
	w.Never = wl.banned(t)
	crisis := t.sub("crisis")
	for _, k := range CrisisKinds() {
		w.Crisis[k] = wl.list(lang, "crisis."+k, crisis, k, Error)
	}
	crisis.done()
	intent := t.sub("intent")
	for _, id := range Intents() {
		w.Intent[id] = wl.list(lang, "intent."+id, intent, id, Warning)
	}
	intent.done()
	t.done()
	if n = len(wl.all) - n; n > maxPhrases {
		wl.add(Error, t.here(), "the file has %d phrases; at most %d are allowed", n, maxPhrases)
	}
	return w
}

// list reads one list and keeps its phrases without a fault.
func (wl *wordLists) list(lang, name string, t *table, key string, empty Severity) []string {
	items := t.items(key)
	if len(items) == 0 {
		why := "nothing that people type leads there"
		if empty == Error {
			why = "people in danger would not be understood"
		}
		wl.add(empty, t.at(key), "%s has no phrase: %s", name, why)
		return nil
	}
	var out []string
	for _, it := range items {
		words := wl.phrase(name, it)
		if words == nil || !wl.place(phraseAt{lang, name, phraseKey(words), it.pos}, it.value) {
			continue
		}
		out = append(out, it.value)
	}
	return out
}

func phraseKey(words []PhraseWord) string {
	key := ""
	for _, w := range words {
		key += " " + w.Letters
		if w.Open {
			key += "*"
		}
	}
	return key[1:]
}
