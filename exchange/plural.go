package exchange

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"beaware/catalog"
)

// pluralHeader writes a language's plural rules as gettext wants them (GNU gettext manual, "Plural forms"), found by asking
// the catalog for the forms of numbers: the last two digits decide, but for some small numbers and whole millions.
func pluralHeader(p catalog.Plurals) string {
	rest := p.Forms[len(p.Forms)-1]
	byRest := map[string][]int{} // last two digits, by form
	for r := range 100 {
		form := p.Of(200 + r)
		byRest[form] = append(byRest[form], r)
	}
	// where everything large takes one form, that is what remains
	for form, r := range byRest {
		if len(r) == 100 {
			rest = form
		}
	}
	expr := strconv.Itoa(slices.Index(p.Forms, rest))
	for _, form := range slices.Backward(p.Forms) {
		if r := byRest[form]; form != rest && len(r) > 0 {
			expr = fmt.Sprintf("%s ? %d : %s", lastDigits(r), slices.Index(p.Forms, form), expr)
		}
	}
	for n := 199; n >= 0; n-- {
		if form := p.Of(n); form != p.Of(200+n%100) {
			expr = fmt.Sprintf("n==%d ? %d : %s", n, slices.Index(p.Forms, form), expr)
		}
	}
	if form := p.Of(1_000_000); form != p.Of(200) {
		expr = fmt.Sprintf("(n!=0 && n%%1000000==0) ? %d : %s", slices.Index(p.Forms, form), expr)
	}
	if expr == "n==1 ? 0 : 1" { // as everybody writes it
		expr = "(n != 1)"
	}
	return fmt.Sprintf("nplurals=%d; plural=%s;", len(p.Forms), expr)
}

// lastDigits is the condition that the last two digits of n are among these: by the last digit where that tells
// it but for a few, else as ranges.
func lastDigits(set []int) string {
	var last, without []int
	for d := range 10 {
		n := 0
		for r := d; r < 100; r += 10 {
			if slices.Contains(set, r) {
				n++
			}
		}
		if n >= 5 {
			last = append(last, d)
		}
	}
	for r := range 100 {
		if slices.Contains(last, r%10) && !slices.Contains(set, r) {
			without = append(without, r)
		}
	}
	inside := func(r int) bool { return slices.Contains(last, r%10) }
	if len(last) > 0 && len(last) < 10 && !slices.ContainsFunc(set, func(r int) bool { return !inside(r) }) {
		cond := ranges("n%10", last)
		if len(without) > 0 {
			cond += " && !" + ranges("n%100", without)
		}
		return "(" + cond + ")"
	}
	return ranges("n%100", set)
}

// ranges is the condition that a value is among sorted numbers.
func ranges(what string, set []int) string {
	var parts []string
	for i := 0; i < len(set); {
		j := i
		for j+1 < len(set) && set[j+1] == set[j]+1 {
			j++
		}
		if i == j {
			parts = append(parts, fmt.Sprintf("%s==%d", what, set[i]))
		} else {
			parts = append(parts, fmt.Sprintf("(%s>=%d && %s<=%d)", what, set[i], what, set[j]))
		}
		i = j + 1
	}
	return "(" + strings.Join(parts, " || ") + ")"
}

// examples names the first whole numbers that take a form, for the note to the translator.
func examples(p catalog.Plurals, form string) string {
	var some []string
	for n := 0; n <= 200 && len(some) < 6; n++ {
		if p.Of(n) == form {
			some = append(some, strconv.Itoa(n))
		}
	}
	if len(some) == 0 {
		return "for fractions"
	}
	return "for numbers such as " + strings.Join(some, ", ")
}
