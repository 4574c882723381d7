package bot

import (
	"strings"
	"testing"

	"beaware/catalog"
)

// A plain second reading of the rule that the facts propose (screening, section 6), which knows nothing of patterns:
//
//	(c) per form or general: 2 S; or 1 S + 1 M or W; or 3 M; or 2 M + 1 W
//	(b) any single S or M, or two W
//	weak items alone never give (c); under 18, one S anywhere gives (c)
//	"not sure" counts one weight lower than "yes": S to M, M to W, W to nothing; "skip" and "no" count nothing
type tally struct{ s, m, w int }

func (t *tally) add(weight byte, answer byte) {
	switch {
	case answer == 'y' && weight == 'S':
		t.s++
	case answer == 'y' && weight == 'M', answer == 'u' && weight == 'S':
		t.m++
	case answer == 'y' && weight == 'W', answer == 'u' && weight == 'M':
		t.w++
	}
}

func (t tally) strong() bool {
	return t.s >= 2 || t.s == 1 && t.m+t.w >= 1 || t.m >= 3 || t.m >= 2 && t.w >= 1
}

func bandOf(general, specific []catalog.Question, answers string, under18 bool) string {
	var g, f tally
	for i := range len(answers) {
		switch {
		case i < len(general):
			g.add(general[i].Weight, answers[i])
		case i < len(general)+len(specific):
			f.add(specific[i-len(general)].Weight, answers[i])
		}
	}
	switch {
	case g.strong(), f.strong(), under18 && g.s+f.s >= 1:
		return top
	case g.s+f.s+g.m+f.m >= 1, g.w+f.w >= 2:
		return middle
	}
	return low
}

// TestBandsExhaustively answers the shipped checks in every way that there is, for every voice and form, and compares
// each step with the second reading: the band, that the questions end as soon as the top is reached, that at most
// eight are asked, and that none is asked twice.
func TestBandsExhaustively(t *testing.T) {
	for id, check := range shipped(t).Checks {
		c := newSelf(check)
		for _, who := range []voice{adult, child, otherAdult, otherChild} {
			if !check.Child && who != adult {
				continue
			}
			forms := []string{noForm}
			for _, f := range check.Forms {
				forms = append(forms, f.ID)
			}
			if who == otherChild {
				forms = []string{""}
			}
			for _, form := range forms {
				n := answerAll(t, c, who, form)
				t.Logf("%s, voice %c, form %q: %d ways", id, who, form, n)
			}
		}
	}
}

func answerAll(t *testing.T, c self, who voice, form string) (ways int) {
	general, specific := c.questions(who, form)
	stack := []string{""}
	for len(stack) > 0 {
		answers := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		ways++
		s := state{voice: who, answers: answers, version: c.version}
		if len(answers) >= len(general) {
			s.form = form
		}
		q, choose, band := c.next(s)
		want := bandOf(general, specific, answers, who == child || who == otherChild)
		if band != want {
			t.Fatalf("%s, voice %c, form %q, answers %q: %s, want %s", c.check.ID, who, form, answers, band, want)
		}
		if (q != nil || choose) && (want == top || len(answers) >= 8) {
			t.Fatalf("%s, voice %c, form %q: goes on after %q", c.check.ID, who, form, answers)
		}
		if q == nil {
			if !choose && want != top && len(answers) < min(8, len(general)+len(specific)) {
				t.Fatalf("%s, voice %c, form %q: ends too early, after %q", c.check.ID, who, form, answers)
			}
			continue
		}
		if asked := append(append([]catalog.Question{}, general...), specific...); q.ID != asked[len(answers)].ID {
			t.Fatalf("%s, voice %c, form %q: asks %s after %q", c.check.ID, who, form, q.ID, answers)
		}
		for _, a := range "ynus" {
			stack = append(stack, answers+string(a))
		}
	}
	return ways
}

// TestWeakAloneIsNeverTop holds for any number of weak answers, also in a check that asks more of them.
func TestWeakAloneIsNeverTop(t *testing.T) {
	for id, check := range shipped(t).Checks {
		for n := range 9 {
			if meets(strings.Repeat("W", n), check.Rule.Top) || meets(strings.Repeat("W", n), check.Rule.ChildTop) {
				t.Errorf("%s: %d weak answers reach the top band", id, n)
			}
		}
	}
}
