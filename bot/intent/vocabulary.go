package intent

import "beaware/catalog"

// How long words must be for typing errors to be forgiven.
const (
	oneError     = 5 // letters, of what was typed as of what was meant
	twoErrors    = 9
	oneErrorStem = 6 // of the letters before "*", since any ending adds to the doubt
	maxHits      = 32
)

// vocabulary holds every word of every phrase once.
type vocabulary struct {
	powers   *powers
	letters  []rune
	entries  []entry
	exact    *table
	stems    *table
	near     *table // words, and words without one or two letters
	nearStem *table
	// lengths that stems have, and that they have with up to one letter left out
	stemLengths, nearStemLengths lengths
}

type entry struct {
	from   uint32 // in letters
	n      uint8
	errors uint8 // that are forgiven
	open   bool
}

// lengths is a set of word lengths.
type lengths uint64

func (l lengths) has(n int) bool { return l>>n&1 == 1 }

func (v *vocabulary) of(vocab uint32) (entry, []rune) {
	e := v.entries[vocab]
	return e, v.letters[e.from : e.from+uint32(e.n)]
}

// newVocabulary takes the words in the order of their numbers.
func newVocabulary(words []catalog.PhraseWord) *vocabulary {
	v := &vocabulary{powers: newPowers()}
	var exact, stems, near, nearStem []pair
	for i, w := range words {
		letters := []rune(w.Letters)
		e := entry{from: uint32(len(v.letters)), n: uint8(len(letters)), open: w.Open, errors: forgiven(len(letters), w.Open)}
		v.letters = append(v.letters, letters...)
		v.entries = append(v.entries, e)
		h := make([]uint64, len(letters)+1)
		for j, r := range letters {
			h[j+1] = step(h[j], r)
		}
		n := len(letters)
		if w.Open {
			stems = append(stems, pair{h[n], uint32(i)})
			v.stemLengths |= 1 << n
		} else {
			exact = append(exact, pair{h[n], uint32(i)})
		}
		if e.errors == 0 {
			continue
		}
		var without []pair
		v.powers.lessLetters(h, n, int(e.errors), func(hash uint64) { without = append(without, pair{hash, uint32(i)}) })
		if w.Open {
			nearStem = append(nearStem, without...)
			v.nearStemLengths |= 1<<n | 1<<(n-1)
		} else {
			near = append(near, without...)
		}
	}
	v.exact, v.stems, v.near, v.nearStem = newTable(exact), newTable(stems), newTable(near), newTable(nearStem)
	return v
}

func forgiven(letters int, open bool) uint8 {
	switch {
	case open && letters >= oneErrorStem, !open && letters >= oneError && letters < twoErrors:
		return 1
	case !open && letters >= twoErrors:
		return 2
	}
	return 0
}

// lessLetters gives the hashes of a word, of it without each letter and, for two, without each two.
func (p *powers) lessLetters(h []uint64, n, most int, see func(uint64)) {
	see(h[n])
	for i := range n {
		see(p.without(h, n, i))
		for j := i + 1; most > 1 && j < n; j++ {
			see(p.withoutTwo(h, n, i, j))
		}
	}
}
