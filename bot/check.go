package bot

import (
	"hash/crc32"
	"slices"
	"strconv"
	"strings"

	"beaware/catalog"
)

// The three result texts. None of them is a verdict.
const (
	low    = "low"
	middle = "middle"
	top    = "top"
)

// self is a check as the conversation walks it: a pure function of the answers so far.
type self struct {
	check   *catalog.Check
	version string
}

func newSelf(c *catalog.Check) self {
	// Two characters are enough to notice that answers belong to another set of questions.
	sum := crc32.ChecksumIEEE([]byte(c.ID + c.Version))
	return self{c, strconv.FormatUint(uint64(sum%(36*36)), 36)}
}

// questions gives what may be asked, in order: the general ones, then those of the form.
func (c self) questions(v voice, form string) (general, specific []catalog.Question) {
	if v == otherChild {
		return c.check.AboutChild, nil
	}
	return askable(c.check.General, v), askable(c.form(form).Questions, v)
}

func (c self) form(id string) catalog.Form {
	for _, f := range c.check.Forms {
		if f.ID == id {
			return f
		}
	}
	return catalog.Form{}
}

func askable(all []catalog.Question, v voice) (asked []catalog.Question) {
	for _, q := range all {
		if q.For == "" || (q.For == "child") == v.young() {
			asked = append(asked, q)
		}
	}
	return asked
}

// next tells what follows the answers so far: a question, the choice of a form, or
// with neither the band of the result.
func (c self) next(s state) (q *catalog.Question, chooseForm bool, band string) {
	general, specific := c.questions(s.voice, s.form)
	band = c.band(s, general, specific)
	n := len(s.answers)
	switch {
	case band == top || n >= c.check.Max:
		return nil, false, band
	case n < len(general):
		return &general[n], false, band
	case s.form == "" && s.voice != otherChild:
		return nil, true, band
	case n < len(general)+len(specific):
		return &specific[n-len(general)], false, band
	}
	return nil, false, band
}

// band weighs the answers by the check's rule: the top patterns inside one group (the general
// questions, or one form), the others over all answers.
func (c self) band(s state, general, specific []catalog.Question) string {
	inGeneral := weigh(general, s.answers)
	inForm := ""
	if len(s.answers) > len(general) {
		inForm = weigh(specific, s.answers[len(general):])
	}
	all := sorted(inGeneral + inForm)
	rule := c.check.Rule
	switch {
	case meets(inGeneral, rule.Top), meets(inForm, rule.Top), s.voice.young() && meets(all, rule.ChildTop):
		return top
	case meets(all, rule.Middle):
		return middle
	}
	return low
}

// wording gives the id of a question's text in the voice of who is asked.
func (c self) wording(v voice, q *catalog.Question) string {
	table := ".q."
	switch {
	case v == child && c.check.Child:
		table = ".q_child."
	case v == otherAdult && c.check.Other:
		table = ".q_other."
	}
	return "check." + c.check.ID + table + q.ID
}

// result gives the id of the text for a band.
func (c self) result(v voice, band string) string {
	prefix := map[voice]string{child: "child_", otherAdult: "other_", otherChild: "other_child_"}[v]
	return "check." + c.check.ID + ".result." + prefix + band
}

// weigh gives the weights of the answers, heaviest first. "Not sure" counts one
// weight lower than "yes", a weak one nothing; "no" and "skip" count nothing.
func weigh(qs []catalog.Question, answers string) string {
	var w []byte
	for i := 0; i < len(answers) && i < len(qs); i++ {
		switch weight := qs[i].Weight; {
		case answers[i] == 'y':
			w = append(w, weight)
		case answers[i] == 'u' && weight == 'S':
			w = append(w, 'M')
		case answers[i] == 'u' && weight == 'M':
			w = append(w, 'W')
		}
	}
	return sorted(string(w))
}

const heaviness = "SMW"

func heavier(a, b byte) int {
	return strings.IndexByte(heaviness, a) - strings.IndexByte(heaviness, b)
}

func sorted(weights string) string {
	w := []byte(weights)
	slices.SortFunc(w, heavier)
	return string(w)
}

// meets tells whether sorted weights satisfy one of the patterns: each letter by one at least as heavy.
func meets(weights string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if p == "" || len(weights) < len(p) {
			return false
		}
		for i := range len(p) {
			if heavier(weights[i], p[i]) > 0 {
				return false
			}
		}
		return true
	})
}
