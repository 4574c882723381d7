package bot

import (
	"testing"

	"beaware/catalog"
)

func sample() self {
	q := func(id string, w byte, who string) catalog.Question {
		return catalog.Question{ID: id, Weight: w, For: who}
	}
	return newSelf(&catalog.Check{
		ID: "exploitation", Version: "test", Max: 6,
		General: []catalog.Question{q("G1", 'S', ""), q("G2", 'M', ""), q("G3", 'W', "")},
		Forms: []catalog.Form{{ID: "work", Questions: []catalog.Question{
			q("C1", 'S', "child"), q("L1", 'S', "adult"), q("L2", 'M', ""), q("L3", 'M', ""), q("L4", 'W', ""),
		}}},
		Rule: catalog.Rule{Top: []string{"SS", "SM", "SW", "MMM", "MMW"}, Middle: []string{"M", "WW"}, ChildTop: []string{"S"}},
	})
}

func TestBand(t *testing.T) {
	for _, c := range []struct {
		name, form, answers string
		voice               voice
		want                string
	}{
		{"no answer", "", "", adult, low},
		{"only no", "", "nnn", adult, low},
		{"all skipped", "work", "ssssss", adult, low},
		{"one weak", "", "nny", adult, low},
		{"one medium", "", "nyn", adult, middle},
		{"one strong", "", "ynn", adult, middle},
		{"one strong, a child", "", "ynn", child, top},
		{"not sure of a strong one, a child", "", "unn", child, middle},
		{"strong and medium in the general part", "", "yyn", adult, top},
		{"strong and weak in the general part", "", "yny", adult, top},
		{"strong in general, medium in the form: not one group", "work", "ynnny", adult, middle},
		{"two weak over all", "work", "nnynny", adult, middle},
		{"not sure twice: a medium and a weak", "", "uun", adult, middle},
		{"not sure of a weak one counts nothing", "", "nnu", adult, low},
		{"strong and medium in the form", "work", "nnnyy", adult, top},
		{"three medium in the form, one by not sure", "work", "nnnuyy", adult, top},
		{"answers beyond the questions are ignored", "", "nnnyyyyyy", adult, low},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := state{voice: c.voice, form: c.form, answers: c.answers}
			self := sample()
			general, specific := self.questions(c.voice, c.form)
			if got := self.band(s, general, specific); got != c.want {
				t.Errorf("band(%q, %q) = %s, want %s", c.form, c.answers, got, c.want)
			}
		})
	}
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		name, form, answers string
		voice               voice
		question            string
		form_               bool
	}{
		{"first", "", "", adult, "G1", false},
		{"third", "", "nn", adult, "G3", false},
		{"then the form", "", "nnn", adult, "", true},
		{"an adult's first of the form", "work", "nnn", adult, "L1", false},
		{"a child's first of the form", "work", "nnn", child, "C1", false},
		{"no form chosen: the result", noForm, "nnn", adult, "", false},
		{"ends as soon as the top is reached", "", "yy", adult, "", false},
		{"ends at the maximum", "work", "nnnnnn", adult, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, choose, _ := sample().next(state{voice: c.voice, form: c.form, answers: c.answers})
			got := ""
			if q != nil {
				got = q.ID
			}
			if got != c.question || choose != c.form_ {
				t.Errorf("next = %q, %v; want %q, %v", got, choose, c.question, c.form_)
			}
		})
	}
}
