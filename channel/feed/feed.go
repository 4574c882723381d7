// Package feed publishes to feeds and pages of our own: it puts each post on a
// shelf, from where package web serves it. It owns the stored form of an item and
// writes Atom, JSON Feed and HTML from it. It may not touch storage engines, HTTP or content.
package feed

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"beaware/channel"
)

// Shelf keeps items in rows, newest first. A row's name is opaque to it: "ba-feed/bs" holds
// the posts of a channel in a language, "ba-feed/photo/<file>" the bytes of one photo.
type Shelf interface {
	// Put adds an item, or replaces the one that has this id in this row.
	Put(ctx context.Context, row, id string, at time.Time, item []byte) error
	// List gives at most limit items of a row, newest at first, equal times by id. An unknown row is empty.
	List(ctx context.Context, row string, limit int) ([][]byte, error)
}

// Channel is one feed. Safe for concurrent use.
type Channel struct {
	id        string
	publicURL string
	shelf     Shelf
	now       func() time.Time
}

var _ channel.Channel = (*Channel)(nil)

// New makes the feed with this id. publicURL is where the pages are, without a
// slash at its end; it becomes part of receipts.
func New(id, publicURL string, shelf Shelf, now func() time.Time) *Channel {
	return &Channel{id: id, publicURL: strings.TrimRight(publicURL, "/"), shelf: shelf, now: now}
}

// Send puts a post on the shelf. The same ID again replaces it, so that no reader sees it twice.
func (c *Channel) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return channel.Receipt{}, fmt.Errorf("put post on the shelf: %w", err)
	}
	if m.ID == "" || m.Language == "" {
		return channel.Receipt{}, &channel.SendError{Kind: channel.Permanent, Reason: "a post needs an id and a language"}
	}
	if strings.TrimSpace(m.Title+m.Text) == "" {
		return channel.Receipt{}, &channel.SendError{Kind: channel.Refused, Reason: "a post without text"}
	}
	item := newItem(c.id, m, c.now())
	if item.Photo != nil { // before the post, which refers to it
		if err := c.shelf.Put(ctx, photoRow(c.id, item.Photo.File), item.Photo.File, m.At, m.Photo.Data); err != nil {
			return channel.Receipt{}, failed(ctx, "photo", err)
		}
	}
	data, err := json.Marshal(item)
	if err != nil {
		// Only a time outside the years 0 to 9999 cannot be written.
		return channel.Receipt{}, &channel.SendError{Kind: channel.Permanent, Reason: "item cannot be written: " + err.Error()}
	}
	if err := c.shelf.Put(ctx, row(c.id, wanted(c.id, m.ID, m.Language)), m.ID, m.At, data); err != nil {
		return channel.Receipt{}, failed(ctx, "post", err)
	}
	return channel.Receipt{Ref: m.ID, URL: c.publicURL + item.Path()}, nil
}

// failed is Temporary even where the shelf may have kept the item: putting it again changes nothing.
func failed(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("put %s on the shelf: %w", what, ctx.Err())
	}
	return &channel.SendError{Kind: channel.Temporary, Reason: fmt.Sprintf("put %s on the shelf: %v", what, err)}
}

// Measure is 0, 0: a feed has no limit.
func (*Channel) Measure(channel.Message) (length, limit int) { return 0, 0 }

// Idempotent is true.
func (*Channel) Idempotent() bool { return true }

func row(channel, language string) string  { return channel + "/" + language }
func photoRow(channel, file string) string { return channel + "/photo/" + file }

// wanted gives the language whose readers a post is for, which its text may not be in: where a translation is missing, the
// post of "bs" is served in another language. A post's id ends in "/channel/language" (campaign.Post).
func wanted(channel, id, language string) string {
	i := strings.LastIndexByte(id, '/')
	if i >= 0 && strings.HasSuffix(id[:i], "/"+channel) && id[i+1:] != "" {
		return id[i+1:]
	}
	return language
}
