package feed

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
)

// Head is what a feed says about itself.
type Head struct {
	PublicURL string // where the pages are, without a slash at its end
	Self      string // path of the feed itself, below PublicURL
	Home      string // path of the page that shows the same, below PublicURL
	Title     string
	Subtitle  string
	Language  string    // BCP 47 of Title and Subtitle
	Started   time.Time // the feed's date while it holds no items
}

// Modified is when the newest item was put on the shelf, or Started if that is later or there is none.
func (h Head) Modified(items []Item) time.Time {
	t := h.Started
	for _, it := range items {
		if it.Stored.After(t) {
			t = it.Stored
		}
	}
	return t
}

// tag makes an id of a feed or post that stays the same wherever it is read (RFC 4151). The year is that of the scheme, not of the post.
func (h Head) tag(path string) string {
	host := "localhost"
	if u, err := url.Parse(h.PublicURL); err == nil && u.Hostname() != "" {
		host = strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
				return r
			}
			return '-'
		}, strings.ToLower(u.Hostname()))
	}
	return "tag:" + host + ",2026:" + strings.TrimPrefix(path, "/")
}

type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang     string      `xml:"xml:lang,attr"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle,omitempty"`
	Updated  string      `xml:"updated"`
	Author   string      `xml:"author>name"` // required where entries have none
	Links    []atomLink  `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel      string `xml:"rel,attr"`
	Type     string `xml:"type,attr"`
	HrefLang string `xml:"hreflang,attr,omitempty"`
	Href     string `xml:"href,attr"`
}

type atomEntry struct {
	Lang      string     `xml:"xml:lang,attr"`
	ID        string     `xml:"id"`
	Title     string     `xml:"title"`
	Published string     `xml:"published"`
	Updated   string     `xml:"updated"`
	Links     []atomLink `xml:"link"`
	Content   atomText   `xml:"content"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// Atom writes items as an Atom feed (RFC 4287), each entry in its own xml:lang.
func Atom(w io.Writer, h Head, items []Item) error {
	title := Plain(h.Title, false)
	f := atomFeed{
		Lang: h.Language, ID: h.tag(h.Self), Title: title, Subtitle: Plain(h.Subtitle, false), Author: title,
		Updated: stamp(h.Modified(items).UTC()),
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: h.PublicURL + h.Self},
			{Rel: "alternate", Type: "text/html", HrefLang: h.Language, Href: h.PublicURL + h.Home},
		},
	}
	for _, it := range items {
		f.Entries = append(f.Entries, atomEntry{
			Lang: it.Language, ID: h.tag(it.Path()), Title: Plain(it.Title, it.RTL), Published: stamp(it.At), Updated: stamp(it.At),
			Links:   []atomLink{{Rel: "alternate", Type: "text/html", HrefLang: it.Language, Href: h.PublicURL + it.Path()}},
			Content: atomText{"html", content(h.PublicURL, it)},
		})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write Atom feed: %w", err)
	}
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	if err := e.Encode(f); err != nil {
		return fmt.Errorf("write Atom feed: %w", err)
	}
	return nil
}

func stamp(t time.Time) string { return t.Format(time.RFC3339) }
