package feed

import (
	"encoding/json"
	"fmt"
	"io"

	"beaware/markup"
)

type jsonFeed struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	Description string       `json:"description,omitempty"`
	HomePageURL string       `json:"home_page_url"`
	FeedURL     string       `json:"feed_url"`
	Language    string       `json:"language"`
	Authors     []jsonAuthor `json:"authors"`
	Items       []jsonItem   `json:"items"`
}

type jsonAuthor struct {
	Name string `json:"name"`
}

type jsonItem struct {
	ID        string `json:"id"`
	URL       string `json:"url"`
	Title     string `json:"title"`
	HTML      string `json:"content_html"`
	Text      string `json:"content_text"`
	Image     string `json:"image,omitempty"`
	Published string `json:"date_published"`
	Modified  string `json:"date_modified"`
	Language  string `json:"language"`
}

// JSON writes items as a JSON Feed (https://www.jsonfeed.org/version/1.1/), each with its own language.
func JSON(w io.Writer, h Head, items []Item) error {
	title := Plain(h.Title, false)
	f := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1",
		Title:   title, Description: Plain(h.Subtitle, false), Language: h.Language,
		HomePageURL: h.PublicURL + h.Home, FeedURL: h.PublicURL + h.Self,
		Authors: []jsonAuthor{{title}},
		Items:   []jsonItem{}, // required even when empty
	}
	for _, it := range items {
		j := jsonItem{
			ID: h.tag(it.Path()), URL: h.PublicURL + it.Path(), Title: Plain(it.Title, it.RTL), Language: it.Language,
			HTML: content(h.PublicURL, it), Text: markup.Text(clean(it.Text), it.RTL),
			Published: stamp(it.At), Modified: stamp(it.At),
		}
		if it.Photo != nil {
			j.Image = h.PublicURL + it.PhotoPath()
		}
		f.Items = append(f.Items, j)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	if err := e.Encode(f); err != nil {
		return fmt.Errorf("write JSON Feed: %w", err)
	}
	return nil
}
