package intent

import "math/bits"

// Words, beginnings and words with a letter left out are found by hashes that can be put together from parts, so that leaving out
// a letter costs one step whatever the word's length. A hash is only a hint; letters are compared afterwards.
const base = 0x9E3779B97F4A7C15

func step(h uint64, r rune) uint64 { return h*base + uint64(r) + 1 }

// powers of base, by length.
type powers [64]uint64

func newPowers() *powers {
	var p powers
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * base
	}
	return &p
}

// part gives the hash of letters i to j from the hashes of the beginnings.
func (p *powers) part(h []uint64, i, j int) uint64 { return h[j] - h[i]*p[j-i] }

// without gives the hash of the first n letters without letter i.
func (p *powers) without(h []uint64, n, i int) uint64 {
	return h[i]*p[n-i-1] + p.part(h, i+1, n)
}

// withoutTwo gives the hash of the first n letters without letters i and j, i before j.
func (p *powers) withoutTwo(h []uint64, n, i, j int) uint64 {
	return (h[i]*p[j-i-1]+p.part(h, i+1, j))*p[n-j-1] + p.part(h, j+1, n)
}

// table finds words of the vocabulary by a hash. It is two slices, which keeps it small and near.
type table struct {
	shift  int
	starts []uint32
	rows   []row
	// filter has one bit in sixteen set: most of what is looked up is in no table, and ends here
	filter []uint64
	bits   int // shift that leaves a place in filter
}

type row struct{ tag, vocab uint32 }

// pair is what a table is built from.
type pair struct {
	hash  uint64
	vocab uint32
}

func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	return h ^ h>>32
}

func newTable(pairs []pair) *table {
	size := bits.Len(uint(len(pairs))) // buckets: the next power of two
	t := &table{shift: 64 - size, starts: make([]uint32, 1<<size+1), rows: make([]row, len(pairs)),
		filter: make([]uint64, max(1, 1<<(size+4)/64)), bits: 64 - max(6, size+4)}
	for _, p := range pairs {
		h := mix(p.hash)
		t.starts[h>>t.shift+1]++
		t.filter[h>>t.bits>>6] |= 1 << (h >> t.bits & 63)
	}
	for i := 1; i < len(t.starts); i++ {
		t.starts[i] += t.starts[i-1]
	}
	next := append([]uint32(nil), t.starts...)
	for _, p := range pairs {
		h := mix(p.hash)
		t.rows[next[h>>t.shift]] = row{uint32(h), p.vocab}
		next[h>>t.shift]++
	}
	return t
}

// bucket gives the rows that may have this hash, and the tag by which to tell.
func (t *table) bucket(hash uint64) (rows []row, tag uint32) {
	h := mix(hash)
	if t.filter[h>>t.bits>>6]>>(h>>t.bits&63)&1 == 0 {
		return nil, 0
	}
	b := h >> t.shift
	return t.rows[t.starts[b]:t.starts[b+1]], uint32(h)
}
