package outbox

import (
	"fmt"

	"beaware/catalog"
	"beaware/channel"
)

// Gate says what happens to texts that nobody has reviewed.
type Gate string

const (
	Require Gate = "require" // only reviewed texts go out. The default
	Warn    Gate = "warn"    // drafts go out, marked as drafts: for rehearsing
)

// Press is the Composer that makes posts out of the catalog: the text in the language asked for or in
// an announced fallback, the marks of drafts and of unverified numbers, and the button to the bot.
type Press struct {
	Catalog   *catalog.Catalog
	Countries map[string]string // office id to country code
	Gate      Gate
	// HelpLink gives the address of the bot for readers of a channel; "" leaves the button out.
	HelpLink func(channel, language, country string) string
	// Silent tells whether an entry's posts make no sound.
	Silent func(campaign, entry string) bool
}

// Compose makes the message of a delivery. It returns a *Skip when the gate keeps the text back,
// and another error when there is no text at all.
func (p *Press) Compose(d Delivery) (channel.Message, string, error) {
	post := d.Post
	country := p.Countries[post.Office]
	text, err := p.Catalog.Post(post.Campaign, post.Message, post.Language, country)
	if err != nil {
		return channel.Message{}, "", err
	}
	if p.Gate != Warn && text.State != catalog.Reviewed {
		return channel.Message{}, text.Served, &Skip{fmt.Sprintf(
			`the text %s/%s in %s is not reviewed (gate = "require")`, post.Campaign, post.Message, text.Served)}
	}
	wanted, served := p.Catalog.Locale(post.Language), p.Catalog.Locale(text.Served)
	m := channel.Message{
		ID:       post.ID,
		Language: text.Served,
		RTL:      served.Language.Direction == "rtl",
		Title:    text.Title,
		Text:     p.body(text, wanted, served),
		Photo:    p.photo(post.Campaign, post.Message, text.Alt),
		Silent:   p.Silent != nil && p.Silent(post.Campaign, post.Entry),
		At:       post.At,
	}
	if p.HelpLink != nil {
		if url := p.HelpLink(post.Channel, text.Served, country); url != "" {
			m.Links = []channel.Link{{Label: served.Text("post.get_help"), URL: url}}
		}
	}
	return m, text.Served, nil
}

// body is the text with what a reader must know about it: a fallback in the language that they
// asked for, everything else in the language of the text.
func (p *Press) body(text catalog.PostText, wanted, served *catalog.Locale) string {
	body := text.Text
	if text.Fallback {
		body = wanted.Text("post.fallback", "wanted", wanted.Language.Autonym, "served", served.Language.Autonym) + "\n\n" + body
	}
	if text.Unverified {
		body += "\n\n" + served.Text("post.numbers")
	}
	if text.State != catalog.Reviewed {
		body += "\n\n" + served.Text("post.draft")
	}
	return served.WithFootnote(body)
}

func (p *Press) photo(campaign, message, alt string) *channel.Photo {
	c, ok := p.Catalog.Campaign(campaign)
	if !ok {
		return nil
	}
	for _, m := range c.Messages {
		if m.ID == message && m.Photo != nil {
			return &channel.Photo{Name: m.PhotoName, Data: m.Photo, Alt: alt}
		}
	}
	return nil
}
