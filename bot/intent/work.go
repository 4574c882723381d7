package intent

import "beaware/catalog"

// work is the memory of one Match. It is used again, so everything that came from a message is wiped.
type work struct {
	asked   []asked
	norm    []byte
	letters []byte   // of all words, folded
	ends    []uint16 // of each word
	hits    []hit    // of all words
	from    []uint32 // where each word's hits begin, and the end
	key     []byte
	cut     bool // words were left out
	word    word
}

// asked is a language that the person reads.
type asked struct {
	lang uint8
	tag  string
}

// hit is a word of the vocabulary that a word of the message may stand for.
type hit struct {
	vocab  uint32
	errors uint8
	ending bool // the last letter is another one
}

// word is the word that is being looked up, with hashes of its beginnings.
type word struct {
	runes  [catalog.MaxWordLetters]rune
	hashes [catalog.MaxWordLetters + 1]uint64
	n      int
	cut    bool // there are more letters
}

func newWork() *work {
	return &work{
		asked:   make([]asked, 0, 8),
		norm:    make([]byte, 0, 12*MaxBytes), // NFKC makes at most eleven bytes of one
		letters: make([]byte, 0, 12*MaxBytes),
		ends:    make([]uint16, 0, 12*MaxBytes),
		hits:    make([]hit, 0, 1024),
		from:    make([]uint32, 0, maxTokens+1),
		key:     make([]byte, 0, 256),
	}
}

func (w *work) wipe() {
	clear(w.norm)
	clear(w.letters)
	clear(w.ends)
	clear(w.hits)
	clear(w.from)
	clear(w.key)
	clear(w.asked)
	w.norm, w.letters, w.ends, w.hits, w.from, w.key = w.norm[:0], w.letters[:0], w.ends[:0], w.hits[:0], w.from[:0], w.key[:0]
	w.word, w.cut = word{}, false
}
