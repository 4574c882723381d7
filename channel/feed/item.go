package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"beaware/channel"
)

// Item is a post as readers are shown it, and as it is stored. Texts are markup.
type Item struct {
	ID       string    `json:"id"`
	Channel  string    `json:"channel"`
	Language string    `json:"language"` // BCP 47, the language the text is in
	RTL      bool      `json:"rtl,omitempty"`
	Title    string    `json:"title"`
	Text     string    `json:"text"`
	Photo    *Photo    `json:"photo,omitempty"`
	Links    []Link    `json:"links,omitempty"`
	At       time.Time `json:"at"`     // the planned moment, in the office's zone
	Stored   time.Time `json:"stored"` // when it was put on the shelf, UTC
}

// Photo refers to the bytes of an image, which lie in a row of their own: one image serves all languages.
type Photo struct {
	File string `json:"file"` // "<hash of the bytes>.png"
	Alt  string `json:"alt"`
}

// Link is a labelled address.
type Link struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

func newItem(id string, m channel.Message, now time.Time) Item {
	it := Item{ID: m.ID, Channel: id, Language: m.Language, RTL: m.RTL, Title: m.Title, Text: m.Text, At: m.At, Stored: now.UTC()}
	for _, l := range m.Links {
		it.Links = append(it.Links, Link(l))
	}
	if m.Photo != nil && len(m.Photo.Data) > 0 {
		sum := sha256.Sum256(m.Photo.Data)
		ext := strings.ToLower(path.Ext(m.Photo.Name))
		if imageTypes[ext] == "" {
			ext = ".bin"
		}
		it.Photo = &Photo{File: hex.EncodeToString(sum[:16]) + ext, Alt: m.Photo.Alt}
	}
	return it
}

var imageTypes = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
}

// MediaType gives the type to serve a photo file as. What is not known as an image is no image.
func MediaType(file string) string {
	if t := imageTypes[path.Ext(file)]; t != "" {
		return t
	}
	return "application/octet-stream"
}

// Path is where the post's own page is, below the public address.
func (it Item) Path() string {
	parts := strings.Split(it.ID, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return "/posts/" + url.PathEscape(it.Channel) + "/" + strings.Join(parts, "/")
}

// PhotoPath is where the photo is, below the public address; "" without one.
func (it Item) PhotoPath() string {
	if it.Photo == nil {
		return ""
	}
	return "/media/" + url.PathEscape(it.Channel) + "/" + url.PathEscape(it.Photo.File)
}

// Dir is the HTML attribute for the direction of the text.
func (it Item) Dir() string {
	if it.RTL {
		return "rtl"
	}
	return "ltr"
}

// Newest gives at most limit posts of a channel for the readers of these languages, newest first.
func Newest(ctx context.Context, shelf Shelf, channel string, languages []string, limit int) ([]Item, error) {
	var out []Item
	for _, language := range languages {
		items, err := list(ctx, shelf, row(channel, language), limit)
		if err != nil {
			return nil, err
		}
		out = append(out, items...)
	}
	Sort(out)
	return out[:min(limit, len(out))], nil
}

// Sort puts items newest first, those of one moment by id.
func Sort(items []Item) {
	slices.SortStableFunc(items, func(a, b Item) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
}

// findable is how many of the newest posts of a language have a page of their own.
const findable = 2000

// Find gives one post of a channel by its id.
func Find(ctx context.Context, shelf Shelf, channel string, languages []string, id string) (it Item, ok bool, err error) {
	for _, language := range languages {
		if wanted(channel, id, language) != language {
			continue
		}
		items, err := list(ctx, shelf, row(channel, language), findable)
		if err != nil {
			return Item{}, false, err
		}
		if i := slices.IndexFunc(items, func(it Item) bool { return it.ID == id }); i >= 0 {
			return items[i], true, nil
		}
	}
	return Item{}, false, nil
}

// PhotoData gives the bytes of a photo of a channel; nil when there is none of that name.
func PhotoData(ctx context.Context, shelf Shelf, channel, file string) ([]byte, error) {
	found, err := shelf.List(ctx, photoRow(channel, file), 1)
	if err != nil {
		return nil, fmt.Errorf("read photo of %s: %w", channel, err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found[0], nil
}

func list(ctx context.Context, shelf Shelf, row string, limit int) ([]Item, error) {
	raw, err := shelf.List(ctx, row, limit)
	if err != nil {
		return nil, fmt.Errorf("read shelf %s: %w", row, err)
	}
	items := make([]Item, len(raw))
	for i, data := range raw {
		if err := json.Unmarshal(data, &items[i]); err != nil {
			return nil, fmt.Errorf("read shelf %s, item %d: %w", row, i, err)
		}
	}
	return items, nil
}
