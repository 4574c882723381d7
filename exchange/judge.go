package exchange

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"beaware/catalog"
)

// problem is an Error of the catalog, or what Also found. Lines shift when a file changes, so they are not part of it.
type problem struct{ file, text string }

type problems map[problem]int

func count(found []catalog.Finding) problems {
	out := problems{}
	for _, f := range found {
		out[problem{f.File, f.Text}]++
	}
	return out
}

// beyond gives the findings that are not among the problems.
func beyond(found []catalog.Finding, known problems) (out []catalog.Finding) {
	seen := problems{}
	for _, f := range found {
		p := problem{f.File, f.Text}
		if seen[p]++; seen[p] > known[p] {
			out = append(out, f)
		}
	}
	return out
}

// look reads a tree as the program would at its start: what stops it, and what is a warning.
func look(tree fs.FS, also func(*catalog.Catalog) catalog.Findings) (stops, warns []catalog.Finding) {
	cat, found := catalog.Read(tree)
	for _, f := range found {
		switch f.Severity {
		case catalog.Error:
			stops = append(stops, f)
		case catalog.Warning:
			warns = append(warns, f)
		}
	}
	if also != nil && cat != nil {
		stops = append(stops, also(cat)...)
	}
	return stops, warns
}

// judge has the catalog read the files as they would be, and refuses each change that it finds at fault, until none is.
func (p *Plan) judge(s *Source, opt Options) error {
	if len(p.Changes) == 0 {
		return nil
	}
	stops, warns := look(s.Tree, opt.Also)
	p.known, p.before = count(stops), map[string]string{}
	faulty := map[string]bool{} // files that had errors before: what they still lack is not this import's doing
	for _, f := range stops {
		faulty[f.File] = true
	}
	for len(p.Changes) > 0 {
		if err := p.compose(s); err != nil {
			return err
		}
		then, thenWarns := look(overlay{s.Tree, p.files}, opt.Also)
		fresh := beyond(then, p.known)
		if !p.drop(s, fresh, faulty) {
			p.remark(s, beyond(thenWarns, count(warns)))
			for _, f := range fresh {
				p.known[problem{f.File, f.Text}]++
			}
			return nil
		}
	}
	p.files = nil
	return nil
}

// compose makes the new contents of the files. A change that cannot be written is refused.
func (p *Plan) compose(s *Source) error {
	for {
		p.files = map[string]string{}
		edits, first := map[string]map[string]string{}, map[string]string{}
		for _, c := range p.Changes {
			file, texts := c.edit(s, p.Language)
			if edits[file] == nil {
				edits[file] = map[string]string{}
				first[file] = c.ID
			}
			for key, text := range texts {
				edits[file][key] = text
			}
		}
		again := false
		for file, texts := range edits {
			src, err := p.read(s.Tree, file)
			if err != nil {
				return err
			}
			out, err := editTOML(src, texts)
			if err != nil {
				p.dropUnwritable(s, file, src, err)
				again = true
				break
			}
			p.files[file] = out
		}
		if !again {
			return nil
		}
	}
}

// read gives what a file holds now; for one that is not there, the line that a new one begins with.
func (p *Plan) read(tree fs.FS, file string) (string, error) {
	data, err := fs.ReadFile(tree, file)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Sprintf("# %s, taken over from a translator's file. Translated from %s.toml.\n", p.Language, catalog.SourceLanguage), nil
	}
	if err != nil {
		return "", err
	}
	p.before[file] = string(data)
	return string(data), nil
}

// edit gives what a change writes: the file, and the texts by their keys there.
func (c Change) edit(s *Source, lang string) (file string, texts map[string]string) {
	i := slices.IndexFunc(s.wordings, func(w catalog.Wording) bool { return w.ID == c.ID })
	file, key := place(s.wordings[i].Pos.File, c.ID, lang)
	texts = map[string]string{}
	if c.whole && c.Forms[0].Form != "" {
		for _, v := range s.Catalog.Locale(lang).Forms(c.ID) {
			texts[key+"."+v.Name] = v.Text
		}
	}
	for _, f := range c.Forms {
		if f.Form == "" {
			texts[key] = f.New
		} else {
			texts[key+"."+f.Form] = f.New
		}
	}
	return file, texts
}

// dropUnwritable refuses what cannot be written into a file: single texts if that helps, else all of them.
func (p *Plan) dropUnwritable(s *Source, file, src string, err error) {
	bad := map[string]string{}
	for _, all := range []bool{false, true} {
		for _, c := range p.Changes {
			in, texts := c.edit(s, p.Language)
			if in != file {
				continue
			}
			if _, alone := editTOML(src, texts); alone != nil {
				bad[c.ID] = alone.Error()
			} else if all {
				bad[c.ID] = err.Error()
			}
		}
		if len(bad) > 0 {
			break
		}
	}
	p.refuseAll(bad)
}

func (p *Plan) refuseAll(why map[string]string) {
	p.Changes = slices.DeleteFunc(p.Changes, func(c Change) bool {
		text, bad := why[c.ID]
		if bad {
			p.Refused = append(p.Refused, Remark{c.ID, c.Place, text})
		}
		return bad
	})
}

// drop refuses the changes that findings are about; false when there are none to refuse.
func (p *Plan) drop(s *Source, fresh []catalog.Finding, faulty map[string]bool) bool {
	bad, rest := map[string]string{}, []catalog.Finding{}
	for _, f := range fresh {
		if id := p.about(s, f); id == "" {
			rest = append(rest, f)
		} else if bad[id] == "" {
			bad[id] = f.Text
		} else {
			bad[id] += "; " + f.Text
		}
	}
	if len(bad) == 0 {
		for _, f := range rest {
			if faulty[f.File] {
				continue
			}
			for _, c := range p.Changes {
				bad[c.ID] = "it cannot be told which text is at fault: " + f.String()
			}
		}
	}
	p.refuseAll(bad)
	return len(bad) > 0
}

// remark tells the warnings that changes bring.
func (p *Plan) remark(s *Source, warns []catalog.Finding) {
	for _, f := range warns {
		if id := p.about(s, f); id != "" {
			i := slices.IndexFunc(p.Changes, func(c Change) bool { return c.ID == id })
			p.Remarks = append(p.Remarks, Remark{id, p.Changes[i].Place, f.Text})
		}
	}
}

// about gives the changed text that a finding is about, in whatever language it was found; "" for none.
func (p *Plan) about(s *Source, f catalog.Finding) string {
	src, ok := p.files[f.File]
	if !ok {
		data, err := fs.ReadFile(s.Tree, f.File)
		if err != nil {
			return ""
		}
		src = string(data)
	}
	file, err := scanTOML(src)
	if err != nil {
		return ""
	}
	keys := map[string]string{} // id in the file → id of the text
	lang := strings.TrimSuffix(path.Base(f.File), ".toml")
	for _, c := range p.Changes {
		i := slices.IndexFunc(s.wordings, func(w catalog.Wording) bool { return w.ID == c.ID })
		in, key := place(s.wordings[i].Pos.File, c.ID, lang)
		if in != f.File {
			continue
		}
		keys[key] = c.ID
		for _, form := range c.Forms {
			if form.Form != "" {
				keys[key+"."+form.Form] = c.ID
			}
		}
	}
	for _, v := range file.values {
		if id, ok := keys[v.id]; ok && f.Line >= v.line && f.Line <= v.last {
			return id
		}
	}
	for _, t := range file.tables {
		if id, ok := keys[t.id]; ok && f.Line == t.line {
			return id
		}
	}
	return ""
}
