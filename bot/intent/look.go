package intent

import (
	"slices"
	"unicode/utf8"
)

// look finds the words of the vocabulary that a word of a message may stand for.
func (v *vocabulary) look(w *work, letters []byte) {
	x := &w.word
	x.set(letters)
	first := len(w.hits)
	known := v.spelled(w, first, 0)
	if x.n >= 4 && (x.runes[0] == 'و' || x.runes[0] == 'ف') {
		known = v.spelled(w, first, 1) || known // Arabic "and" is written together with the next word
	}
	// A word that is somebody's word is no misspelling of another one.
	if known || x.n < oneError || x.cut {
		return
	}
	v.misspelled(w, first)
	v.misspelledStems(w, first)
}

func (x *word) set(letters []byte) {
	x.n, x.cut = 0, false
	for len(letters) > 0 {
		if x.n == len(x.runes) {
			x.cut = true
			return
		}
		r, size := utf8.DecodeRune(letters)
		x.runes[x.n] = r
		x.hashes[x.n+1] = step(x.hashes[x.n], r)
		x.n++
		letters = letters[size:]
	}
}

// spelled looks up the word from a letter on as it stands, and reports whether the vocabulary has it in full.
func (v *vocabulary) spelled(w *work, first, skip int) bool {
	x := &w.word
	known := false
	typed := x.runes[skip:x.n]
	if !x.cut {
		rows, tag := v.exact.bucket(v.powers.part(x.hashes[:], skip, x.n))
		for _, r := range rows {
			if r.tag != tag {
				continue
			}
			if _, letters := v.of(r.vocab); slices.Equal(letters, typed) {
				known = true
				w.hit(first, r.vocab, 0, false)
			}
		}
	}
	for n := 2; n <= len(typed); n++ {
		if !v.stemLengths.has(n) {
			continue
		}
		rows, tag := v.stems.bucket(v.powers.part(x.hashes[:], skip, skip+n))
		for _, r := range rows {
			if r.tag != tag {
				continue
			}
			if _, letters := v.of(r.vocab); slices.Equal(letters, typed[:n]) {
				w.hit(first, r.vocab, 0, false)
			}
		}
	}
	return known
}

// misspelled looks up the word with one or two errors: two words that are that near share what is left of
// them without one or two letters (the symmetric delete method of SymSpell).
func (v *vocabulary) misspelled(w *work, first int) {
	x := &w.word
	most := 1
	if x.n >= twoErrors {
		most = 2
	}
	v.candidates(w, first, x.hashes[x.n])
	for i := range x.n {
		v.candidates(w, first, v.powers.without(x.hashes[:], x.n, i))
		for j := i + 1; most > 1 && j < x.n; j++ {
			v.candidates(w, first, v.powers.withoutTwo(x.hashes[:], x.n, i, j))
		}
	}
}

func (v *vocabulary) candidates(w *work, first int, hash uint64) {
	rows, tag := v.near.bucket(hash)
	for _, r := range rows {
		if r.tag != tag || w.has(first, r.vocab) {
			continue
		}
		e, letters := v.of(r.vocab)
		typed := w.word.runes[:w.word.n]
		if d := distance(letters, typed, false); d <= int(e.errors) && sameStart(letters, typed) {
			w.hit(first, r.vocab, uint8(d), letters[len(letters)-1] != typed[len(typed)-1])
		}
	}
}

func (v *vocabulary) misspelledStems(w *work, first int) {
	x := &w.word
	try := func(hash uint64) {
		rows, tag := v.nearStem.bucket(hash)
		for _, r := range rows {
			if r.tag != tag || w.has(first, r.vocab) {
				continue
			}
			e, letters := v.of(r.vocab)
			typed := x.runes[:min(x.n, len(letters)+1)]
			if d := distance(letters, typed, true); d <= int(e.errors) && sameStart(letters, typed) {
				w.hit(first, r.vocab, uint8(d), true)
			}
		}
	}
	for n := oneErrorStem - 1; n <= x.n; n++ {
		if v.nearStemLengths.has(n) {
			try(x.hashes[n])
		}
		if v.nearStemLengths.has(n - 1) {
			for i := range n - 1 { // without the last letter it is the beginning before
				try(v.powers.without(x.hashes[:], n, i))
			}
		}
	}
}

// sameStart tells whether two words begin with the same letter, or with the same two swapped: the first letter is seldom
// wrong, and another one makes another word of many.
func sameStart(a, b []rune) bool {
	return a[0] == b[0] || len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0]
}

func (w *work) has(first int, vocab uint32) bool {
	for _, h := range w.hits[first:] {
		if h.vocab == vocab {
			return true
		}
	}
	return false
}

func (w *work) hit(first int, vocab uint32, errors uint8, ending bool) {
	if len(w.hits)-first < maxHits && !w.has(first, vocab) {
		w.hits = append(w.hits, hit{vocab, errors, ending})
	}
}
