package outbox

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

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
	// HelpLink gives the address of the bot for the button of a post; "" leaves the button out.
	HelpLink func(Opening) string
	// Silent tells whether an entry's posts make no sound.
	Silent func(campaign, entry string) bool
}

// Opening is what the button of a post opens, and for whom.
type Opening struct {
	Channel  string // id of the channel that the post stands in
	Language string // of the text as it is shown
	Country  string // of the office
	Opens    string // one of catalog.Screens
	Code     string // Code of the post
}

// Code is a short name of a post for the address of its button: six of [a-z2-7], the first 30 bits of its id's SHA-256.
// Whoever knows the id knows the code. A post without an id, as in a preview, has none.
func Code(postID string) string {
	if postID == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(postID))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5])[:6])
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
	message := p.message(post.Campaign, post.Message)
	wanted, served := p.Catalog.Locale(post.Language), p.Catalog.Locale(text.Served)
	m := channel.Message{
		ID:       post.ID,
		Language: text.Served,
		RTL:      served.Language.Direction == "rtl",
		Title:    text.Title,
		Text:     p.body(text, wanted, served),
		Photo:    photo(message, text.Alt),
		Silent:   p.Silent != nil && p.Silent(post.Campaign, post.Entry),
		At:       post.At,
	}
	if p.HelpLink != nil {
		if url := p.HelpLink(Opening{post.Channel, text.Served, country, message.Opens, Code(post.ID)}); url != "" {
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

// message finds what the campaign says of a message beside its text.
func (p *Press) message(campaign, id string) catalog.Message {
	if c, ok := p.Catalog.Campaign(campaign); ok {
		for _, m := range c.Messages {
			if m.ID == id {
				return m
			}
		}
	}
	return catalog.Message{}
}

func photo(m catalog.Message, alt string) *channel.Photo {
	if m.Photo == nil {
		return nil
	}
	return &channel.Photo{Name: m.PhotoName, Data: m.Photo, Alt: alt}
}
