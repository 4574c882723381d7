package intent

import "beaware/catalog"

// distance counts what must be inserted, left out, replaced or swapped with its neighbour to make one word of
// the other (optimal string alignment). With open it is the least distance to any beginning of b.
func distance(a, b []rune, open bool) int {
	var rows [3][catalog.MaxWordLetters + 1]uint8
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = uint8(j)
	}
	for i := 1; i <= len(a); i++ {
		row[0] = uint8(i)
		for j := 1; j <= len(b); j++ {
			d := last[j-1]
			if a[i-1] != b[j-1] {
				d = min(d, last[j], row[j-1]) + 1
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
		}
		before, last, row = last, row, before
	}
	least := last[len(b)]
	for j := 0; open && j < len(b); j++ {
		least = min(least, last[j])
	}
	return int(least)
}
