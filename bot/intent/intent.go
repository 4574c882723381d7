// Package intent finds out what a person who types wants: it owns the search for the phrases of locales/words in
// a message. It is pure; it may not touch storage, the network, the clock or a log, and keeps nothing of a message.
//
// A message is folded (see catalog.Folding) and cut into words. A phrase is found where its words stand in their order,
// with at most one other word between two of them, each spelled right or nearly so. Crisis phrases of all
// languages come first, then a safe word alone in the message, then what people ask for.
package intent

import (
	"slices"
	"sync"
	"unicode/utf8"

	"beaware/catalog"
)

// MaxBytes is how much of a message is read.
const MaxBytes = 1_000

// maxTokens bounds the words of a message that are looked at.
const maxTokens = 400

// Kind says what was found.
type Kind int

const (
	Intent Kind = iota // ID is one of catalog.Intents
	Crisis             // ID is one of catalog.CrisisKinds
	Safe               // the safe word; ID is ""
)

// Found is what a message asks for.
type Found struct {
	Kind Kind
	ID   string
	// Language is the one whose phrase it is; where several have the phrase, the one that was asked for first.
	// Neighbours share many phrases, so for a language that was not asked for it is a hint.
	Language string
}

// Matcher searches messages. It is immutable and safe for concurrent use.
type Matcher struct {
	fold    *catalog.Folding
	tags    []string         // own languages, sorted
	index   map[string]uint8 // tag, also of a derived language → place in tags
	words   *vocabulary
	phrases *phrases
	safe    map[string][]uint8 // folded words joined by spaces → languages
	work    sync.Pool          // *work, wiped
}

// maxLanguages is bounded by the type that holds a language's place.
const maxLanguages = 255

// New prepares a matcher for the words of each language, by tag. A catalog that was loaded without an Error has no phrase that is
// dropped here: one without letters, or of more words than are searched for.
func New(words map[string]catalog.Words) *Matcher {
	m := &Matcher{fold: catalog.NewFolding(), index: map[string]uint8{}, safe: map[string][]uint8{}}
	for tag, w := range words {
		if w.From == "" {
			m.tags = append(m.tags, tag)
		}
	}
	slices.Sort(m.tags)
	m.tags = m.tags[:min(len(m.tags), maxLanguages)]
	b := newBuilder(m.fold)
	for i, tag := range m.tags {
		m.index[tag] = uint8(i)
		b.language(uint8(i), words[tag])
		for _, p := range words[tag].Safe {
			key := joined(m.fold.Phrase(p))
			m.safe[key] = append(m.safe[key], uint8(i))
		}
	}
	for tag, w := range words {
		if i, ok := m.index[w.From]; ok && w.From != "" {
			m.index[tag] = i
		}
	}
	delete(m.safe, "")
	m.words, m.phrases = b.done()
	m.work.New = func() any { return newWork() }
	return m
}

func joined(words []catalog.PhraseWord) string {
	key := ""
	for i, w := range words {
		if i > 0 {
			key += " "
		}
		key += w.Letters
	}
	return key
}

// Match finds out what a message asks for. Languages are those that the person reads, most likely first: their
// phrases come before those of others. The text may hold any bytes; it is not kept.
func (m *Matcher) Match(text string, languages ...string) (Found, bool) {
	w := m.work.Get().(*work)
	defer m.work.Put(w)
	defer w.wipe()
	w.asked = w.asked[:0]
	for _, tag := range languages {
		if i, ok := m.index[tag]; ok && len(w.asked) < cap(w.asked) {
			w.asked = append(w.asked, asked{i, tag})
		}
	}
	whole := len(text) <= MaxBytes
	m.read(w, text)
	crisis, wanted := m.phrases.search(w)
	if crisis.found() {
		return m.result(w, Crisis, crisis), true
	}
	if whole && !w.cut {
		if f, ok := m.isSafe(w); ok {
			return f, true
		}
	}
	if wanted.found() {
		return m.result(w, Intent, wanted), true
	}
	return Found{}, false
}

// read folds a message into words and looks each up.
func (m *Matcher) read(w *work, text string) {
	text, w.norm = m.fold.Normal(w.norm, start(text))
	w.letters, w.ends = m.fold.Words(w.letters[:0], w.ends[:0], text)
	if len(w.ends) > maxTokens {
		clear(w.ends[maxTokens:])
		w.ends, w.cut = w.ends[:maxTokens], true
	}
	w.hits, w.from = w.hits[:0], w.from[:0]
	begin := uint16(0)
	for _, end := range w.ends {
		w.from = append(w.from, uint32(len(w.hits)))
		m.words.look(w, w.letters[begin:end])
		begin = end
	}
	w.from = append(w.from, uint32(len(w.hits)))
}

// start gives the part of a message that is read, cut between characters.
func start(text string) string {
	if len(text) <= MaxBytes {
		return text
	}
	end := MaxBytes
	for end > MaxBytes-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

func (m *Matcher) isSafe(w *work) (Found, bool) {
	w.key = w.key[:0]
	begin := uint16(0)
	for i, end := range w.ends {
		if len(w.key)+int(end-begin) >= cap(w.key) {
			return Found{}, false
		}
		if i > 0 {
			w.key = append(w.key, ' ')
		}
		w.key = append(w.key, w.letters[begin:end]...)
		begin = end
	}
	langs, ok := m.safe[string(w.key)]
	if !ok {
		return Found{}, false
	}
	for _, a := range w.asked {
		if slices.Contains(langs, a.lang) {
			return Found{Kind: Safe, Language: a.tag}, true
		}
	}
	return Found{Kind: Safe, Language: m.tags[langs[0]]}, true
}

func (m *Matcher) result(w *work, kind Kind, c choice) Found {
	f := Found{Kind: kind, ID: m.phrases.ids[c.id], Language: m.tags[c.lang]}
	for _, a := range w.asked {
		if a.lang == c.lang {
			f.Language = a.tag
			break
		}
	}
	return f
}
