package feed

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"beaware/markup"
)

func sampleItems() []Item {
	return []Item{
		{
			ID: "world-day/daily/2027-07-18T19:30/ba-feed/ar", Channel: "ba-feed", Language: "ar", RTL: true, Title: "احصل على مساعدة", Stored: stored.Add(time.Hour),
			Text: "اتصل: " + markup.LRI + "122" + markup.PDI, At: evening.AddDate(0, 0, 1), Photo: &Photo{File: "abc.png", Alt: `"Two" people`},
			Links: []Link{{"Help", "https://example.org/chat?a=1&b=2"}, {"Bad", "javascript:x"}},
		},
		{ID: "odd id/ü?#<>&", Channel: "ba-feed", Language: "bs", Title: "Budi **svjesna**\x00 & ]]>", Text: "<b>", At: evening, Stored: stored},
	}
}

var head = Head{
	PublicURL: "https://Example.org:8443", Self: "/feeds/ba-feed.atom", Home: "/?lang=bs&office=ba", Title: "Be aware – Bosnia & Herzegovina", Subtitle: "Sub", Language: "bs",
	Started: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
}

// parsed is an Atom feed as a reader sees it.
type parsed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string   `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	common
	Author  []string `xml:"author>name"`
	Entries []struct {
		Lang string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
		common
		Published []time.Time `xml:"published"`
		Content   []struct {
			Type string `xml:"type,attr"`
			Text string `xml:",chardata"`
		} `xml:"content"`
	} `xml:"entry"`
}

type common struct {
	ID      []string    `xml:"id"`
	Title   []string    `xml:"title"`
	Updated []time.Time `xml:"updated"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
}

func readAtom(t *testing.T, h Head, items []Item) parsed {
	t.Helper()
	var b bytes.Buffer
	if err := Atom(&b, h, items); err != nil {
		t.Fatal(err)
	}
	var f parsed
	if err := xml.Unmarshal(b.Bytes(), &f); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	return f
}

// The rules of RFC 4287, sections 4.1.1 and 4.1.2, on what stands exactly once.
func TestAtom(t *testing.T) {
	f := readAtom(t, head, sampleItems())
	seen := map[string]bool{}
	once := func(where string, c common) {
		t.Helper()
		if len(c.ID) != 1 || len(c.Title) != 1 || len(c.Updated) != 1 {
			t.Fatalf("%s: %d ids, %d titles, %d updated", where, len(c.ID), len(c.Title), len(c.Updated))
		}
		if !strings.HasPrefix(c.ID[0], "tag:example.org,2026:") || strings.ContainsAny(c.ID[0], " <>#ü") || seen[c.ID[0]] {
			t.Errorf("%s: id %q", where, c.ID[0])
		}
		seen[c.ID[0]] = true
	}
	once("feed", f.common)
	if f.Lang != "bs" || len(f.Author) != 1 || f.Author[0] == "" || f.Title[0] != "Be aware – Bosnia & Herzegovina" {
		t.Errorf("feed: %q, author %q, title %q", f.Lang, f.Author, f.Title)
	}
	if got, want := f.Updated[0], stored.Add(time.Hour); !got.Equal(want) {
		t.Errorf("feed updated %v, want the newest item's %v", got, want)
	}
	links := map[string]string{}
	for _, l := range f.Links {
		links[l.Rel] = l.Type + " " + l.Href
	}
	if links["self"] != "application/atom+xml https://Example.org:8443/feeds/ba-feed.atom" || links["alternate"] != "text/html https://Example.org:8443/?lang=bs&office=ba" {
		t.Errorf("links %v", links)
	}
	if len(f.Entries) != 2 {
		t.Fatalf("%d entries", len(f.Entries))
	}
	for i, e := range f.Entries {
		once("entry", e.common)
		want := sampleItems()[i]
		if e.Lang != want.Language || len(e.Links) != 1 || e.Links[0].Rel != "alternate" || !strings.HasPrefix(e.Links[0].Href, "https://Example.org:8443/posts/ba-feed/") {
			t.Errorf("entry %d: %q, %v", i, e.Lang, e.Links)
		}
		if len(e.Published) != 1 || !e.Published[0].Equal(want.At) || !e.Updated[0].Equal(want.At) {
			t.Errorf("entry %d: published %v, updated %v", i, e.Published, e.Updated)
		}
		if len(e.Content) != 1 || e.Content[0].Type != "html" {
			t.Fatalf("entry %d: %v", i, e.Content)
		}
		wellFormed(t, e.Content[0].Text)
	}
	if got := f.Entries[1].Title[0]; got != "Budi svjesna\ufffd & ]]>" {
		t.Errorf("title %q", got)
	}
	want := `<div lang="ar" dir="rtl"><p><img src="https://Example.org:8443/media/ba-feed/abc.png" alt="&#34;Two&#34; people"/></p>` +
		`<p>اتصل: <a href="tel:122"><bdi dir="ltr" class="num">122</bdi></a></p>` + "\n" +
		`<p><a href="https://example.org/chat?a=1&amp;b=2">Help</a></p></div>`
	if got := f.Entries[0].Content[0].Text; got != want {
		t.Errorf("content\n got %s\nwant %s", got, want)
	}
}

func TestEmptyFeedHasItsDate(t *testing.T) {
	f := readAtom(t, head, nil)
	if len(f.Updated) != 1 || !f.Updated[0].Equal(head.Started) {
		t.Errorf("updated %v", f.Updated)
	}
}

func TestTagOfOddHosts(t *testing.T) {
	for in, want := range map[string]string{
		"http://127.0.0.1:8080": "tag:127.0.0.1,2026:x", "http://[::1]:1": "tag:--1,2026:x", "": "tag:localhost,2026:x", "https://ü.org": "tag:-.org,2026:x",
	} {
		if got := (Head{PublicURL: in}).tag("/x"); got != want {
			t.Errorf("%q: %s", in, got)
		}
	}
}

// The required and some optional fields of https://www.jsonfeed.org/version/1.1/.
func TestJSON(t *testing.T) {
	h := head
	h.Self = "/feeds/ba-feed.json"
	var b bytes.Buffer
	if err := JSON(&b, h, sampleItems()); err != nil {
		t.Fatal(err)
	}
	var f struct {
		Version, Title, Language, Home_page_url, Feed_url string
		Items                                             []map[string]string
	}
	if err := json.Unmarshal(b.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	if f.Version != "https://jsonfeed.org/version/1.1" || f.Title == "" || f.Language != "bs" ||
		f.Home_page_url != "https://Example.org:8443/?lang=bs&office=ba" || f.Feed_url != "https://Example.org:8443/feeds/ba-feed.json" {
		t.Errorf("feed %+v", f)
	}
	if len(f.Items) != 2 || f.Items[0]["id"] == f.Items[1]["id"] {
		t.Fatalf("items %v", f.Items)
	}
	it := f.Items[0]
	for key, want := range map[string]string{
		"language": "ar", "date_published": "2027-07-18T19:30:00+02:00", "image": "https://Example.org:8443/media/ba-feed/abc.png",
		"content_text": "اتصل: \u2066122\u2069", "title": "احصل على مساعدة",
	} {
		if it[key] != want {
			t.Errorf("%s: %q, want %q", key, it[key], want)
		}
	}
	if !strings.Contains(it["content_html"], `dir="rtl"`) || !strings.HasPrefix(it["id"], "tag:example.org,2026:posts/ba-feed/world-day/") {
		t.Errorf("item %v", it)
	}
	b.Reset()
	if err := JSON(&b, h, nil); err != nil || !strings.Contains(b.String(), `"items": []`) {
		t.Errorf("empty: %v, %s", err, b.String())
	}
}

func TestWritingFails(t *testing.T) {
	if err := Atom(broken{}, head, nil); err == nil {
		t.Error("Atom: no error")
	}
	if err := JSON(broken{}, head, nil); err == nil {
		t.Error("JSON: no error")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, bytes.ErrTooLarge }
