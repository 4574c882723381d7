package catalog

import (
	"iter"
	"strings"
)

// meant suggests the known name that a wrong one most likely stands for, as "; did you mean ...?",
// and nothing when none is near.
func meant(wrong string, known iter.Seq[string]) string {
	const longest = 60 // hostile names are not worth the comparing
	if len(wrong) > longest {
		return ""
	}
	best, least := "", max(1, len(wrong)/3)+1
	for k := range known {
		if len(k) > longest {
			continue
		}
		d := distance(strings.ToLower(wrong), strings.ToLower(k))
		if d < least || d == least && best != "" && k < best {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + quote(best) + "?"
}

// distance counts insertions, deletions, replacements and swaps of neighbours between two names.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
