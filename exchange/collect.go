package exchange

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"beaware/catalog"
)

// Source is what books are made of and what returned ones are held against.
type Source struct {
	Catalog *catalog.Catalog
	Tree    fs.FS // the folders content and locales that the catalog was read from
	// Limit gives how long a text may be in a language, in UTF-16 units as Telegram counts; 0 for no limit. nil for none at all.
	Limit func(language, id string) int

	wordings []catalog.Wording
	comments map[string]string // of the source language, by text id
}

// Book collects all texts of a language, whether it has them or not.
func (s *Source) Book(tag string) (*Book, error) {
	l, ok := s.Catalog.Language(tag)
	if !ok {
		return nil, fmt.Errorf("there is no language %q in locales/languages.toml", tag)
	}
	s.prepare()
	own := s.commentsOf(tag)
	b := &Book{Language: tag, RTL: l.Direction == "rtl", Plurals: l.Plurals()}
	source, loc := s.Catalog.Locale(catalog.SourceLanguage), s.Catalog.Locale(tag)
	for _, w := range s.wordings {
		from := source.Forms(w.ID)
		base := Row{
			Area: w.Area, ID: w.ID, State: loc.State(w.ID).String(), Ref: w.Pos.String(),
			Context: joined(". ", s.where(w), s.comments[w.ID]), Limit: s.limit(tag, w.ID),
		}
		for _, form := range b.forms(w, loc) {
			r := base
			r.Form, r.Source, r.Text = form, textOf(from, form), exact(loc.Forms(w.ID), form)
			r.SourceHash, r.TextHash = hash(r.Source), hash(r.Text)
			r.Note = b.note(r, own[w.ID])
			b.Rows = append(b.Rows, r)
		}
	}
	b.Total = len(b.Rows)
	return b, nil
}

// Only keeps the rows of some areas, as catalog.Coverage names them.
func (b *Book) Only(areas []string) {
	b.Rows = slices.DeleteFunc(b.Rows, func(r Row) bool { return !slices.Contains(areas, r.Area) })
	b.Total = len(b.Rows)
}

func (s *Source) limit(tag, id string) int {
	if s.Limit == nil {
		return 0
	}
	return s.Limit(tag, id)
}

// forms gives the plural forms that a language must have, and those that it has.
func (b *Book) forms(w catalog.Wording, loc *catalog.Locale) []string {
	if !w.Plural {
		return []string{""}
	}
	order := []string{"zero", "one", "two", "few", "many", "other"}
	return slices.DeleteFunc(order, func(name string) bool {
		return !slices.Contains(b.Plurals.Forms, name) &&
			!slices.ContainsFunc(loc.Forms(w.ID), func(v catalog.Variant) bool { return v.Name == name })
	})
}

// textOf gives a form, or the one called "other" where the language has no such form.
func textOf(forms []catalog.Variant, name string) string {
	if s := exact(forms, name); s != "" {
		return s
	}
	return exact(forms, "other")
}

func exact(forms []catalog.Variant, name string) string {
	for _, f := range forms {
		if f.Name == name {
			return f.Text
		}
	}
	return ""
}

// where says in words what a text belongs to.
func (s *Source) where(w catalog.Wording) string {
	k := strings.Split(w.ID, ".")
	last := k[len(k)-1]
	switch {
	case strings.HasPrefix(w.Area, "campaigns/") && len(k) == 4:
		what := map[string]string{"text": "text of the post", "alt": "what its photo shows, for people who cannot see it"}
		return fmt.Sprintf("Campaign %s, message %s: %s", k[1], k[2], cmp.Or(what[last], last))
	case w.Area == "hotlines":
		return "Help line " + strings.TrimPrefix(strings.TrimSuffix(w.ID, "."+last), "hotline.") + ": " + last
	case w.Area == "checks" && len(k) > 3:
		return fmt.Sprintf("Check %s: %s", k[1], question(k[2], last))
	case w.Area == "checks":
		return fmt.Sprintf("Check %s: %s", k[1], last)
	case w.Area == "pages":
		return "Web pages: " + strings.TrimPrefix(w.ID, "web.")
	case len(k) > 1 && k[0] != "bot":
		return fmt.Sprintf("Bot, %s: %s", k[0], strings.Join(k[1:], "."))
	}
	return "Bot: " + strings.TrimPrefix(w.ID, "bot.")
}

func question(table, id string) string {
	switch table {
	case "q":
		return "question " + id + ", to the person"
	case "q_child":
		return "question " + id + ", to a person who is or may be under 18"
	case "q_other":
		return "question " + id + ", about someone else"
	}
	return table + " " + id
}

// note tells what the translator must know of one row.
func (b *Book) note(r Row, comment string) string {
	var parts []string
	if names := placeholders(r.Source); len(names) > 0 {
		parts = append(parts, "Keep "+strings.Join(names, " ")+" as written")
	}
	if strings.Contains(r.Source, "**") {
		parts = append(parts, "** stands before and after strong words")
	}
	if r.Form != "" {
		parts = append(parts, "Plural form "+r.Form+", "+examples(b.Plurals, r.Form))
	}
	if comment != "" {
		parts = append(parts, comment)
	}
	return joined(". ", parts...)
}

func joined(between string, parts ...string) string {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	for i, p := range parts {
		parts[i] = strings.TrimSuffix(p, ".")
	}
	return strings.Join(parts, between)
}

func (s *Source) prepare() {
	if s.comments == nil {
		s.wordings = s.Catalog.Wordings()
		s.comments = s.commentsOf(catalog.SourceLanguage)
	}
}

// commentsOf gives what stands as a comment above the texts of a language, or as their description. A file that
// cannot be followed gives none.
func (s *Source) commentsOf(tag string) map[string]string {
	out := map[string]string{}
	files := map[string]*tomlFile{}
	for _, w := range s.wordings {
		name, key := place(w.Pos.File, w.ID, tag)
		f, seen := files[name]
		if !seen {
			f = commentsIn(s.Tree, name)
			files[name] = f
		}
		if f == nil {
			continue
		}
		for _, v := range f.values {
			switch {
			case v.id == key:
				out[w.ID] = v.comment
			case w.Plural && v.id == key+".description":
				out[w.ID], _ = unquoteTOML(f.src[v.start:v.end])
			}
		}
	}
	return out
}

// commentsIn reads a file and keeps of it what has something to say.
func commentsIn(tree fs.FS, name string) *tomlFile {
	data, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil
	}
	f, err := scanTOML(string(data))
	if err != nil {
		return nil
	}
	f.values = slices.DeleteFunc(f.values, func(v value) bool {
		return v.comment == "" && !strings.HasSuffix(v.id, ".description")
	})
	return f
}
