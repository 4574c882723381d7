package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"beaware/channel"
	"beaware/channel/channeltest"
)

func open(t *testing.T, shelf *memory) channeltest.Platform {
	return channeltest.Platform{
		Channel:   New("f", "https://example.org", shelf, clock),
		Published: func() []channeltest.Post { return published(t, shelf) },
	}
}

// published is what a reader of the JSON feed sees.
func published(t *testing.T, shelf *memory) []channeltest.Post {
	t.Helper()
	items, err := Newest(t.Context(), shelf, "f", []string{"en", "ar"}, 100)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(items)
	var b bytes.Buffer
	if err := JSON(&b, head, items); err != nil {
		t.Fatal(err)
	}
	var f jsonFeed
	if err := json.Unmarshal(b.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	var posts []channeltest.Post
	for i, it := range f.Items {
		p := channeltest.Post{Text: it.Title + "\n" + it.Text}
		if items[i].Photo != nil {
			if p.Photo, err = PhotoData(t.Context(), shelf, "f", items[i].Photo.File); err != nil {
				t.Fatal(err)
			}
		}
		for _, l := range items[i].Links {
			p.Links = append(p.Links, channel.Link(l))
		}
		wellFormed(t, it.HTML)
		posts = append(posts, p)
	}
	return posts
}

func TestContract(t *testing.T) {
	channeltest.Run(t, channeltest.Harness{
		Open: func(t *testing.T) channeltest.Platform { return open(t, &memory{}) },
		Faults: []channeltest.Fault{
			{Name: "shelf fails", Open: func(t *testing.T) channeltest.Platform { return open(t, &memory{err: errors.New("disk full")}) }, Want: channel.Temporary},
			{
				Name: "no id", Open: func(t *testing.T) channeltest.Platform { return open(t, &memory{}) }, Want: channel.Permanent,
				Message: &channel.Message{Language: "en", Text: "Text"},
			},
		},
	})
}
