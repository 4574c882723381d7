package web

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"beaware/catalog"
	"beaware/channel/feed"
)

const (
	pagePosts = 100 // posts of one office on its page
	fewPosts  = 3   // and on the page of all offices
)

// homePage is the posts of one language, by office.
type homePage struct {
	Offices []choice // filter
	Groups  []group
	Feeds   []feedLink
}

type group struct {
	office string
	Name   template.HTML
	Count  template.HTML // "14 messages"
	All    string        // address of all of them; "" when they are all here
	Posts  []postView
	newest time.Time
}

type feedLink struct {
	Name       template.HTML
	Plain      string
	Atom, JSON string
}

// home is the campaign page. Without a language that fits, it asks for one.
func (s *site) home(w http.ResponseWriter, r *http.Request) error {
	tag, ok := s.language(r)
	office := r.URL.Query().Get("office")
	if office != "" && !slices.ContainsFunc(s.Channels, func(c ChannelInfo) bool { return c.Office == office }) {
		return errNotFound
	}
	if !ok {
		p := s.page(catalog.SourceLanguage)
		p.languages(func(tag string) string { return homeURL(tag, office) })
		return s.render(w, http.StatusOK, "languages", p)
	}
	p := s.page(tag)
	p.languages(func(tag string) string { return homeURL(tag, office) })
	p.Home = &homePage{}
	if err := p.fill(r.Context(), office); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "home", p)
}

func homeURL(tag, office string) string {
	q := url.Values{"lang": {tag}}
	if office != "" {
		q.Set("office", office)
	}
	return "/?" + q.Encode()
}

func (p *page) fill(ctx context.Context, office string) error {
	h := p.Home
	h.Offices = []choice{{Label: p.T("all_countries"), URL: homeURL(p.Lang, ""), Current: office == ""}}
	posts := map[string][]feed.Item{}
	for _, c := range p.Channels {
		if !slices.Contains(c.Languages, p.Lang) {
			continue
		}
		name := p.country(c.Country)
		if _, known := posts[c.Office]; !known {
			h.Offices = append(h.Offices, choice{Label: feed.Label(name), URL: homeURL(p.Lang, c.Office), Current: c.Office == office})
			posts[c.Office] = nil
			if office == "" || office == c.Office {
				h.Groups = append(h.Groups, group{office: c.Office, Name: feed.Label(name)})
			}
		}
		if office != "" && office != c.Office {
			continue
		}
		at := "/feeds/" + url.PathEscape(c.ID) + "/" + p.Lang
		h.Feeds = append(h.Feeds, feedLink{feed.Label(name), p.Title + " – " + name, at + ".atom", at + ".json"})
		items, err := feed.Newest(ctx, p.Shelf, c.ID, []string{p.Lang}, pagePosts)
		if err != nil {
			return err
		}
		posts[c.Office] = append(posts[c.Office], items...)
	}
	p.Alternates = h.Feeds
	for i := range h.Groups {
		p.show(&h.Groups[i], posts[h.Groups[i].office], office == "")
	}
	if office == "" {
		h.Groups = slices.DeleteFunc(h.Groups, func(g group) bool { return len(g.Posts) == 0 })
	}
	slices.SortStableFunc(h.Groups, func(a, b group) int { return b.newest.Compare(a.newest) })
	return nil
}

// show fills a group with all of its posts, or the newest few.
func (p *page) show(g *group, items []feed.Item, few bool) {
	feed.Sort(items)
	g.Count = feed.Label(p.loc.Count("web.posts_count", len(items)))
	if few && len(items) > fewPosts {
		items, g.All = items[:fewPosts], homeURL(p.Lang, g.office)
	}
	for _, it := range items {
		g.Posts = append(g.Posts, p.view(it))
	}
	if len(items) > 0 {
		g.newest = items[0].At
	}
}

// postView is a post on a page.
type postView struct {
	Lang, Dir string
	Title     template.HTML
	Text      template.HTML
	Photo     string
	Alt       string
	Links     []choice
	At        string // RFC 3339
	Published template.HTML
	URL       string
	All       string // on its own page: where the others are
}

func (p *page) view(it feed.Item) postView {
	v := postView{
		Lang: cmp.Or(it.Language, p.Lang), Dir: it.Dir(), Title: feed.Label(it.Title), Text: feed.HTML(it.Text), Photo: it.PhotoPath(),
		At: it.At.Format(time.RFC3339), Published: p.T("published", "date", p.date(it.At)), URL: it.Path() + "?lang=" + url.QueryEscape(p.Lang),
	}
	if it.Photo != nil {
		v.Alt = feed.Plain(it.Photo.Alt, it.RTL)
	}
	for _, l := range it.Links {
		if u, ok := feed.SafeURL(l.URL); ok {
			v.Links = append(v.Links, choice{Label: feed.Label(l.Label), URL: string(u)})
		}
	}
	return v
}

// post is the page of one post, for links from feeds. It is in the language of the post unless another was chosen.
func (s *site) post(w http.ResponseWriter, r *http.Request) error {
	i := slices.IndexFunc(s.Channels, func(c ChannelInfo) bool { return c.ID == r.PathValue("channel") })
	if i < 0 {
		return errNotFound
	}
	c := s.Channels[i]
	it, ok, err := feed.Find(r.Context(), s.Shelf, c.ID, c.Languages, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !ok {
		return errNotFound
	}
	tag, ok := s.Catalog.Match(r.URL.Query().Get("lang"), it.Language)
	if !ok {
		tag = catalog.SourceLanguage
	}
	p := s.page(tag)
	name := p.country(c.Country)
	p.Heading = feed.Label(name)
	v := p.view(it)
	v.All = homeURL(tag, c.Office)
	p.Post = &v
	return s.render(w, http.StatusOK, "post", p)
}
