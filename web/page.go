package web

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"beaware/catalog"
	"beaware/channel/feed"
)

// page is what every page shows; its further fields are what some show.
type page struct {
	*site
	loc        *catalog.Locale
	Lang       string
	Dir        string
	Title      string
	Switch     []choice // the languages; empty on pages that are in one only
	Footnote   template.HTML
	Alternates []feedLink

	Heading template.HTML
	Text    template.HTML
	Home    *homePage
	Post    *postView
	Chat    *chatPage
	Neutral bool // the person hides: nothing but the screen and the way out
}

// choice is a link in a row of them.
type choice struct {
	Label   template.HTML
	Lang    string // language of the label, "" for that of the page
	Dir     string
	URL     string
	Current bool
}

func (s *site) page(tag string) *page {
	loc := s.Catalog.Locale(tag)
	p := &page{site: s, loc: loc, Lang: loc.Language.Tag, Dir: loc.Language.Direction}
	p.Title = p.plain("title")
	return p
}

func (p *page) rtl() bool { return p.Dir == "rtl" }

// T gives a text of the pages.
func (p *page) T(id string, pairs ...string) template.HTML {
	return feed.Label(p.loc.Text("web."+id, pairs...))
}

// plain is T for places that know no HTML.
func (p *page) plain(id string) string { return feed.Plain(p.loc.Text("web."+id), p.rtl()) }

// ExitNote names the exit button as it is labelled.
func (p *page) ExitNote() template.HTML { return p.T("exit_note", "exit", p.loc.Text("web.exit")) }

// ExitBack says what remains without a script.
func (p *page) ExitBack() template.HTML { return p.T("exit_back", "exit", p.loc.Text("web.exit")) }

// Asset is the address of a file of ours; it changes with the file, so that browsers may keep it.
func (p *page) Asset(name string) string { return "/assets/" + name + "?v=" + p.assets[name].version }

// date writes a day in the words of the language.
func (p *page) date(t time.Time) string {
	return p.loc.Text("date.full", "day", strconv.Itoa(t.Day()), "year", strconv.Itoa(t.Year()),
		"month", p.loc.Text("date.month_"+strconv.Itoa(int(t.Month()))))
}

// country names a country, and remembers the footnote that the name may need.
func (p *page) country(code string) string {
	name := p.loc.Text("country." + code)
	if p.loc.WithFootnote(name) != name {
		p.Footnote = feed.Label(p.loc.Text("footnote.kosovo"))
	}
	return name
}

// languages fills the row of languages; to gives the address of this page in another one.
func (p *page) languages(to func(tag string) string) {
	for _, l := range p.Catalog.Languages {
		p.Switch = append(p.Switch, choice{template.HTML(template.HTMLEscapeString(l.Autonym)), l.Tag, l.Direction, to(l.Tag), l.Tag == p.Lang})
	}
}

var pageNames = []string{"home", "languages", "post", "chat", "notice"}

func (s *site) parse() map[string]*template.Template {
	pages := map[string]*template.Template{}
	base := template.Must(template.ParseFS(files, "templates/layout.html", "templates/parts.html"))
	for _, name := range pageNames {
		pages[name] = template.Must(template.Must(base.Clone()).ParseFS(files, "templates/"+name+".html"))
	}
	return pages
}

// render writes a whole page or, where that fails, nothing.
func (s *site) render(w http.ResponseWriter, status int, name string, p *page) error {
	var b bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&b, "layout.html", p); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.Lang)
	h.Add("Vary", "Accept-Language")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store") // no copy of any page stays on the device
	}
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the visitor may have gone
	return nil
}

func (s *site) privacy(w http.ResponseWriter, r *http.Request) error {
	p := s.page(s.languageOr(r))
	p.languages(func(tag string) string { return "/privacy?lang=" + tag })
	p.Heading = p.T("privacy_title")
	p.Text = feed.HTML(p.loc.Text("web.privacy_text"))
	return s.render(w, http.StatusOK, "notice", p)
}
