package intent

import (
	"cmp"
	"unicode/utf8"

	"beaware/catalog"
)

// phrases holds what is searched for, each under the rarest of its words.
type phrases struct {
	ids    []string // kinds of crisis, then intents
	crises uint8    // how many of ids are kinds of crisis
	words  []uint32 // of all phrases, as numbers of the vocabulary
	all    []phrase
	starts []uint32 // by word: where in under the phrases begin that are found by it
	under  []uint32
}

type phrase struct {
	from      uint32 // in words
	n, anchor uint8
	lang, id  uint8
	letters   uint16
	brief     bool // counts only in a short message
	tight     bool // in a script without spaces: nothing may stand between its words
}

// Errors that are forgiven in a phrase as a whole. A crisis word that stands alone must be spelled right
// if it is short, since many words are near a short one; must end as it does, since emergence is no emergency; and with an error
// counts only in a language that was asked for, where one was.
const (
	phraseErrors     = 3
	crisisErrors     = 2
	loneCrisisLength = 7
	loneCrisisErrors = 1
)

// briefWords is how many words a short message has at most (see catalog.BriefOnly).
const briefWords = 3

// choice is the best phrase so far.
type choice struct {
	score    int // 0: none
	rank     int // of the language among those asked for
	lang, id uint8
}

func (c choice) found() bool { return c.score > 0 }

// search gives the best phrase of a crisis and the best of the rest.
func (p *phrases) search(w *work) (crisis, wanted choice) {
	for t := range len(w.from) - 1 {
		for _, h := range w.hits[w.from[t]:w.from[t+1]] {
			for _, i := range p.under[p.starts[h.vocab]:p.starts[h.vocab+1]] {
				ph := &p.all[i]
				c, ok := p.try(w, ph, t, h)
				switch {
				case !ok:
				case ph.id < p.crises:
					crisis = better(crisis, c)
				default:
					wanted = better(wanted, c)
				}
			}
		}
	}
	return crisis, wanted
}

// try fits a phrase round its anchor at word t of the message.
func (p *phrases) try(w *work, ph *phrase, t int, found hit) (choice, bool) {
	words := p.words[ph.from : ph.from+uint32(ph.n)]
	rank := w.rank(ph.lang)
	if ph.brief && len(w.ends) > briefWords || p.lone(ph) && found.errors > 0 && (found.ending || rank == len(w.asked) && rank > 0) {
		return choice{}, false
	}
	before, gapsBefore, ok := fit(w, words, int(ph.anchor)-1, t, -1, ph.tight)
	if !ok {
		return choice{}, false
	}
	after, gapsAfter, ok := fit(w, words, int(ph.anchor)+1, t, 1, ph.tight)
	errors := int(found.errors) + before + after
	if !ok || errors > p.allowed(ph) {
		return choice{}, false
	}
	// The longest phrase is the most specific; an error or a word between makes it less sure.
	c := choice{score: 8*int(ph.letters) - 10*errors - 2*(gapsBefore+gapsAfter), rank: rank, lang: ph.lang, id: ph.id}
	if c.rank < len(w.asked) {
		c.score += askedScore
	}
	c.score = max(c.score, 1)
	return c, true
}

// askedScore is more than any phrase has by its letters: languages that were asked for come first.
const askedScore = 1 << 20

// lone tells a crisis phrase of one word.
func (p *phrases) lone(ph *phrase) bool { return ph.n == 1 && ph.id < p.crises }

// rank gives the place of a language among those asked for, or how many they are.
func (w *work) rank(lang uint8) int {
	for i, a := range w.asked {
		if a.lang == lang {
			return i
		}
	}
	return len(w.asked)
}

func (p *phrases) allowed(ph *phrase) int {
	switch {
	case ph.id >= p.crises:
		return phraseErrors
	case !p.lone(ph):
		return crisisErrors
	case ph.letters >= loneCrisisLength:
		return loneCrisisErrors
	default:
		return 0
	}
}

// fit places word k of a phrase and those beyond it, next to word t of the message or with one other word between.
func fit(w *work, words []uint32, k, t, step int, tight bool) (errors, gaps int, ok bool) {
	if k < 0 || k == len(words) {
		return 0, 0, true
	}
	for gap := range 2 {
		if gap == 1 && tight {
			break
		}
		at := t + step*(1+gap)
		if at < 0 || at >= len(w.from)-1 {
			break
		}
		for _, h := range w.hits[w.from[at]:w.from[at+1]] {
			if h.vocab != words[k] {
				continue
			}
			if e, g, ok := fit(w, words, k+step, at, step, tight); ok {
				return e + int(h.errors), g + gap, true
			}
		}
	}
	return 0, 0, false
}

func better(a, b choice) choice {
	if cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.rank, b.rank), cmp.Compare(a.id, b.id), cmp.Compare(a.lang, b.lang)) > 0 {
		return b
	}
	return a
}

// builder collects the phrases of all languages.
type builder struct {
	fold   *catalog.Folding
	p      *phrases
	number map[catalog.PhraseWord]uint32
	words  []catalog.PhraseWord
	uses   []int
}

// maxWords is how many words a phrase may have.
const maxWords = 16

func newBuilder(fold *catalog.Folding) *builder {
	kinds := catalog.CrisisKinds()
	return &builder{
		fold:   fold,
		p:      &phrases{ids: append(kinds, catalog.Intents()...), crises: uint8(len(kinds))},
		number: map[catalog.PhraseWord]uint32{},
	}
}

func (b *builder) language(lang uint8, w catalog.Words) {
	for id, name := range b.p.ids {
		list := w.Intent[name]
		if id < int(b.p.crises) {
			list = w.Crisis[name]
		}
		for _, text := range list {
			b.phrase(lang, uint8(id), b.fold.Phrase(text))
		}
	}
}

func (b *builder) phrase(lang, id uint8, words []catalog.PhraseWord) {
	if len(words) == 0 || len(words) > maxWords {
		return
	}
	for _, w := range words {
		if utf8.RuneCountInString(w.Letters) > catalog.MaxWordLetters {
			return
		}
	}
	ph := phrase{from: uint32(len(b.p.words)), n: uint8(len(words)), lang: lang, id: id, tight: true, brief: len(words) == 1 && catalog.BriefOnly(b.p.ids[id])}
	for _, w := range words {
		n, ok := b.number[w]
		if !ok {
			n = uint32(len(b.words))
			b.number[w] = n
			b.words = append(b.words, w)
			b.uses = append(b.uses, 0)
		}
		b.uses[n]++
		b.p.words = append(b.p.words, n)
		ph.letters += uint16(utf8.RuneCountInString(w.Letters))
		r, _ := utf8.DecodeRuneInString(w.Letters)
		ph.tight = ph.tight && catalog.Spaceless(r)
	}
	b.p.all = append(b.p.all, ph)
}

// done chooses for each phrase the word under which it is found: the one that the fewest phrases have.
func (b *builder) done() (*vocabulary, *phrases) {
	p := b.p
	p.starts = make([]uint32, len(b.words)+1)
	anchors := make([]uint32, len(p.all))
	for i := range p.all {
		ph := &p.all[i]
		words := p.words[ph.from : ph.from+uint32(ph.n)]
		for k, n := range words {
			if b.uses[n] < b.uses[words[ph.anchor]] {
				ph.anchor = uint8(k)
			}
		}
		anchors[i] = words[ph.anchor]
		p.starts[anchors[i]+1]++
	}
	for i := 1; i < len(p.starts); i++ {
		p.starts[i] += p.starts[i-1]
	}
	next := append([]uint32(nil), p.starts...)
	p.under = make([]uint32, len(p.all))
	for i, n := range anchors {
		p.under[next[n]] = uint32(i)
		next[n]++
	}
	return newVocabulary(b.words), p
}
