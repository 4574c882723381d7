package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"beaware/catalog"
	"beaware/channel/feed"
)

const feedItems = 50

// formats are the kinds of feeds, by the end of their address.
var formats = map[string]struct {
	mediaType string
	write     func(io.Writer, feed.Head, []feed.Item) error
}{
	".atom": {"application/atom+xml; charset=utf-8", feed.Atom},
	".json": {"application/feed+json; charset=utf-8", feed.JSON},
}

// channelFeed is a channel in all its languages. Its own words are in the source language.
func (s *site) channelFeed(w http.ResponseWriter, r *http.Request) error {
	id, _ := strings.CutSuffix(r.PathValue("file"), path.Ext(r.PathValue("file")))
	return s.feed(w, r, id, "")
}

func (s *site) languageFeed(w http.ResponseWriter, r *http.Request) error {
	tag, _ := strings.CutSuffix(r.PathValue("file"), path.Ext(r.PathValue("file")))
	return s.feed(w, r, r.PathValue("channel"), tag)
}

func (s *site) feed(w http.ResponseWriter, r *http.Request, id, tag string) error {
	format, known := formats[path.Ext(r.PathValue("file"))]
	i := slices.IndexFunc(s.Channels, func(c ChannelInfo) bool { return c.ID == id })
	if !known || i < 0 || tag != "" && !slices.Contains(s.Channels[i].Languages, tag) {
		return errNotFound
	}
	languages := s.Channels[i].Languages
	if tag != "" {
		languages = []string{tag}
	}
	items, err := feed.Newest(r.Context(), s.Shelf, id, languages, feedItems)
	if err != nil {
		return err
	}
	head := s.head(s.Channels[i], tag)
	head.Self = r.URL.EscapedPath()
	var b bytes.Buffer
	if err := format.write(&b, head, items); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", format.mediaType)
	h.Set("Access-Control-Allow-Origin", "*") // readers in a browser; there is nothing here that is not public
	h.Set("Cache-Control", "public, max-age=60")
	s.conditional(w, r, b.Bytes(), head.Modified(items))
	return nil
}

func (s *site) head(c ChannelInfo, tag string) feed.Head {
	h := feed.Head{PublicURL: s.PublicURL, Language: tag, Started: s.started, Home: "/?office=" + url.QueryEscape(c.Office)}
	if tag == "" {
		h.Language = catalog.SourceLanguage
	} else {
		h.Home = homeURL(tag, c.Office)
	}
	loc := s.Catalog.Locale(h.Language)
	name := loc.Text("country." + c.Country)
	h.Title = loc.Text("web.title") + " – " + name
	h.Subtitle = loc.Text("web.intro")
	if s.Sample {
		h.Subtitle += " " + loc.Text("web.sample")
	}
	if loc.WithFootnote(name) != name {
		h.Subtitle += " " + loc.Text("footnote.kosovo")
	}
	return h
}

// conditional answers a request that may name what the reader has already. A date counts in whole
// seconds, so it is not given while more may still come within the same one.
func (s *site) conditional(w http.ResponseWriter, r *http.Request, body []byte, modified time.Time) {
	sum := sha256.Sum256(body)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	if s.Now().Sub(modified) < 2*time.Second {
		modified = time.Time{}
	}
	http.ServeContent(w, r, "", modified, bytes.NewReader(body))
}

// media serves a photo. Its name is made from its bytes, so it never changes.
func (s *site) media(w http.ResponseWriter, r *http.Request) error {
	id, file := r.PathValue("channel"), r.PathValue("file")
	if !slices.ContainsFunc(s.Channels, func(c ChannelInfo) bool { return c.ID == id }) {
		return errNotFound
	}
	data, err := feed.PhotoData(r.Context(), s.Shelf, id, file)
	if err != nil {
		return err
	}
	if data == nil {
		return errNotFound
	}
	w.Header().Set("Content-Type", feed.MediaType(file))
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin") // feed readers on other sites show photos
	forever(w)
	s.conditional(w, r, data, time.Time{})
	return nil
}

func forever(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
}
