package exchange

import (
	"fmt"
	"slices"
	"strings"

	"beaware/catalog"
)

// Options say how a returned file is taken.
type Options struct {
	Language   string // that it must be for; "" takes what the file says
	ForceNewer bool   // also take texts over ones that changed since the export
	// Also gives more findings of a catalog, such as posts that are too long; one about a changed text refuses it. May be nil.
	Also func(*catalog.Catalog) catalog.Findings
}

// Change is one text that the file changes.
type Change struct {
	ID    string       `json:"id"`
	Area  string       `json:"area"`
	Place string       `json:"place"`
	Forms []FormChange `json:"forms"`
	whole bool         // the language has no such text of its own yet: all forms are written
}

// FormChange is one form of it; Form is "" for a plain text.
type FormChange struct {
	Form string `json:"form,omitempty"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// Plan is what a returned file would do. Nothing is written before Write.
type Plan struct {
	Language  string   `json:"language"`
	Format    Format   `json:"format"`
	Changes   []Change `json:"changes"`   // in the order of the file
	Refused   []Remark `json:"refused"`   // texts that would break something
	Conflicts []Remark `json:"conflicts"` // texts that changed here since the export, and in the file
	Remarks   []Remark `json:"remarks"`   // taken or put right, but worth a look
	Missing   []string `json:"missing"`   // texts of the export that the file lacks, as "id" or "id (form)"
	Same      int      `json:"same"`      // texts without a change
	Newer     int      `json:"newer"`     // texts that the file leaves as they were and that have changed here since

	files  map[string]string // what the changed files will hold, by path
	before map[string]string // what they hold now; a path that is not in it is new
	known  problems          // the errors that there will be: those that there are
}

// Plan holds a returned file against the texts as they are.
func (s *Source) Plan(f *Returned, opt Options) (*Plan, error) {
	tag := f.Language
	switch {
	case tag == "" && opt.Language == "":
		return nil, fmt.Errorf("the file does not say its language; name it with --language")
	case tag == "":
		tag = opt.Language
	case opt.Language != "" && opt.Language != tag:
		return nil, fmt.Errorf("the file is in language %q, and --language says %q", tag, opt.Language)
	}
	book, err := s.Book(tag)
	if err != nil {
		return nil, fmt.Errorf("the file is in language %q: %w", tag, err)
	}
	l, _ := s.Catalog.Language(tag)
	p := &Plan{Language: tag, Format: f.Format, Remarks: f.Damage}
	c := &comparison{Plan: p, source: s, book: book, language: l, opt: opt, now: map[string][]Row{}, owners: map[string]string{}}
	for _, r := range book.Rows {
		c.now[r.ID] = append(c.now[r.ID], r)
		if len(r.Text) > 40 {
			c.owners[r.Text] = r.ID
		}
	}
	for _, rows := range byID(f.Rows) {
		c.text(rows)
	}
	c.missing(f)
	return p, p.judge(s, opt)
}

// byID gathers the forms of each text, in the order in which texts first appear.
func byID(rows []Row) (out [][]Row) {
	at := map[string]int{}
	for _, r := range rows {
		i, ok := at[r.ID]
		if !ok {
			i = len(out)
			at[r.ID] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], r)
	}
	return out
}

// comparison is one run over a returned file.
type comparison struct {
	*Plan
	source   *Source
	book     *Book
	language *catalog.Language
	opt      Options
	now      map[string][]Row  // by id
	owners   map[string]string // longer text → the id that has it
}

func (c *comparison) refuse(r Row, format string, args ...any) {
	c.Refused = append(c.Refused, Remark{name(r), r.Place, fmt.Sprintf(format, args...)})
}

// name is a text's id, with its form where it has some.
func name(r Row) string {
	if r.Form == "" {
		return r.ID
	}
	return r.ID + " (" + r.Form + ")"
}

// text takes one text with all its forms, or says why not.
func (c *comparison) text(rows []Row) {
	now, first := c.now[rows[0].ID], rows[0]
	switch {
	case now == nil:
		c.refuse(first, "there is no text with this id")
		return
	case first.Language != "" && first.Language != c.Plan.Language:
		c.refuse(first, "the row is for language %q, the file for %q", first.Language, c.Plan.Language)
		return
	}
	came := map[string]Row{}
	for _, r := range rows {
		if old, twice := came[r.Form]; twice && lineEnds(old.Text) != lineEnds(r.Text) {
			c.refuse(r, "the text stands twice with different words, first at %s", old.Place)
			return
		}
		if r.Text != "" && !slices.ContainsFunc(now, func(n Row) bool { return n.Form == r.Form }) {
			c.refuse(r, "the text has no form %q in this language", r.Form)
			return
		}
		came[r.Form] = r
	}
	if change, ok := c.change(now, came); ok {
		c.Changes = append(c.Changes, change)
	}
}

// change compares the forms of a text. ok is false where there is nothing to write, for whatever reason.
func (c *comparison) change(now []Row, came map[string]Row) (change Change, ok bool) {
	loc := c.source.Catalog.Locale(c.Plan.Language)
	id := now[0].ID
	change = Change{ID: id, Area: now[0].Area, whole: !loc.Has(id) || loc.Derived(id)}
	final := map[string]string{}
	newer := false
	for _, n := range now {
		final[n.Form] = n.Text
		r, there := came[n.Form]
		if !there || hash(lineEnds(r.Text)) == r.TextHash || hash(strings.TrimSpace(lineEnds(r.Text))) == r.TextHash && r.Text != "" {
			newer = newer || there && r.TextHash != n.TextHash
			continue // left alone by the translator
		}
		same := r.TextHash == n.TextHash
		v := judgeText(r, n.Text, same, n.Source)
		if v.refused != "" {
			c.refuse(r, "%s", v.refused)
			return change, false
		}
		c.say(r, v)
		if v.text == n.Text {
			continue
		}
		if !c.mayReplace(r, n, v.text) {
			return change, false
		}
		change.Place = r.Place
		change.Forms = append(change.Forms, FormChange{n.Form, n.Text, v.text})
		final[n.Form] = v.text
	}
	switch {
	case len(change.Forms) == 0 && newer:
		c.Newer++
	case len(change.Forms) == 0:
		c.Same++
	}
	return change, len(change.Forms) > 0 && c.complete(now, came, final)
}

func (c *comparison) say(r Row, v verdict) {
	for _, what := range []string{v.restored, v.doubt} {
		if what != "" {
			c.Remarks = append(c.Remarks, Remark{name(r), r.Place, what})
		}
	}
}

// mayReplace holds one form's new text against the rules, and against what has happened here since the export.
func (c *comparison) mayReplace(r, now Row, text string) bool {
	if text == "" {
		c.refuse(r, "the text is emptied; importing deletes nothing, write the text or leave it as it was")
		return false
	}
	if owner, ok := c.owners[text]; ok && owner != r.ID && !sameSource(c.now[owner], now) {
		c.refuse(r, "this is the text of %s; rows have probably been shifted or sorted", owner)
		return false
	}
	if fault := broken(now, text, now.Limit, c.language); fault != "" {
		c.refuse(r, "%s", fault)
		return false
	}
	if r.TextHash != now.TextHash && !c.opt.ForceNewer {
		why := "the text has changed here since the export"
		if r.TextHash == "" {
			why = "the file does not say any more what the text was at export"
		}
		if r.TextHash != "" || now.Text != "" {
			c.Conflicts = append(c.Conflicts, Remark{name(r), r.Place, fmt.Sprintf("%s: here %q, in the file %q", why, short(now.Text), short(text))})
			return false
		}
	}
	if r.SourceHash != "" && r.SourceHash != now.SourceHash {
		c.Remarks = append(c.Remarks, Remark{name(r), r.Place, fmt.Sprintf("the source has changed since the export; it says now: %q", short(now.Source))})
	}
	if text == now.Source && c.Plan.Language != catalog.SourceLanguage && len(text) > 20 {
		c.Remarks = append(c.Remarks, Remark{name(r), r.Place, "the text is the same as the source: it is probably not translated"})
	}
	return true
}

func sameSource(rows []Row, now Row) bool {
	return slices.ContainsFunc(rows, func(r Row) bool { return r.Source == now.Source })
}

// complete demands every plural form that the language needs.
func (c *comparison) complete(now []Row, came map[string]Row, final map[string]string) bool {
	for _, n := range now {
		if n.Form != "" && final[n.Form] == "" && slices.Contains(c.book.Plurals.Forms, n.Form) {
			r := n
			r.Place = came[n.Form].Place
			c.refuse(r, "the plural form %q is missing, %s", n.Form, examples(c.book.Plurals, n.Form))
			return false
		}
	}
	return true
}

// missing lists rows that were exported and did not come back.
func (c *comparison) missing(f *Returned) {
	type key struct{ id, form string }
	have, areas := map[key]bool{}, map[string]bool{}
	for _, r := range f.Rows {
		have[key{r.ID, r.Form}] = true
		if now := c.now[r.ID]; now != nil {
			areas[now[0].Area] = true
		}
	}
	if f.Total > 0 && len(have) >= f.Total {
		return
	}
	for _, r := range c.book.Rows {
		if !have[key{r.ID, r.Form}] && (areas[r.Area] || f.Total >= c.book.Total) {
			c.Missing = append(c.Missing, name(r))
		}
	}
	if f.Total > 0 && len(c.Missing) == 0 {
		c.Remarks = append(c.Remarks, Remark{Text: fmt.Sprintf("%d of %d rows did not come back", f.Total-len(have), f.Total)})
	}
}
