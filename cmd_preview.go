package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"beaware/campaign"
	"beaware/channel"
	"beaware/markup"
	"beaware/outbox"
)

type previewCommand struct {
	Message  string `arg:"" placeholder:"MESSAGE" help:"A message, as launch or world-day/launch."`
	Language string `placeholder:"TAG" help:"Only this language; without it all languages of the channel."`
	Channel  string `placeholder:"ID" help:"As this channel publishes it; without it the first channel."`
}

func (previewCommand) Help() string {
	return `Shows a message as it would be published now, character for character, with its length against the channel's limit
and what would keep it back.

  beaware preview launch --language sq
  beaware preview world-day/work-help --channel ba-feed`
}

func (c previewCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
	campaignID, message, err := in.find(c.Message)
	if err != nil {
		return err
	}
	ch, err := in.pick(c.Channel)
	if err != nil {
		return err
	}
	languages := ch.Languages
	if len(languages) == 0 {
		o, _ := in.office(ch.Office)
		languages = o.Languages
	}
	if c.Language != "" {
		if _, ok := in.catalog.Language(c.Language); !ok {
			return unknown("language", c.Language, in.languageTags())
		}
		languages = []string{c.Language}
	}
	for _, lang := range languages {
		in.preview(t, campaign.Post{ID: "preview", Campaign: campaignID, Message: message, Office: ch.Office, Channel: ch.ID, Language: lang, At: time.Now()}, ch)
	}
	return nil
}

func (in *installation) preview(t terminal, p campaign.Post, ch campaign.Channel) {
	m, served, err := in.press().Compose(outbox.Delivery{Post: p})
	fmt.Fprintf(t.out, "── %s/%s · %s · %s", p.Campaign, p.Message, p.Channel, p.Language)
	if served != "" && served != p.Language {
		fmt.Fprintf(t.out, " (shown in %s)", served)
	}
	fmt.Fprintln(t.out)
	var skip *outbox.Skip
	if errors.As(err, &skip) {
		fmt.Fprintf(t.out, "Kept back: %s\n\n", skip.Reason)
		return
	} else if err != nil {
		fmt.Fprintf(t.out, "Would fail: %v\n\n", err)
		return
	}
	if m.Photo != nil {
		fmt.Fprintf(t.out, "[photo %s: %s]\n", m.Photo.Name, m.Photo.Alt)
	}
	fmt.Fprintf(t.out, "%s\n\n%s\n", m.Title, markup.Text(m.Text, m.RTL))
	for _, l := range m.Links {
		fmt.Fprintf(t.out, "[%s] %s\n", l.Label, l.URL)
	}
	fmt.Fprintf(t.out, "%s\n\n", limitOf(ch.Kind, m))
}

// limitOf says how long a message is where it goes.
func limitOf(kind string, m channel.Message) string {
	n, limit := measure(m)
	if kind == kindTelegram {
		return fmt.Sprintf("── %d of %d characters", n, limit)
	}
	return fmt.Sprintf("── %d characters, no limit here (Telegram: %d)", n, limit)
}

// find gives the campaign and message that "launch" or "world-day/launch" names.
func (in *installation) find(name string) (campaignID, message string, err error) {
	wanted, message, qualified := strings.Cut(name, "/")
	if !qualified {
		wanted, message = "", name
	}
	var hits, all []string
	for _, c := range in.catalog.Campaigns {
		for _, m := range c.Messages {
			all = append(all, c.ID+"/"+m.ID)
			if m.ID == message && (wanted == "" || wanted == c.ID) {
				hits = append(hits, c.ID)
			}
		}
	}
	switch len(hits) {
	case 1:
		return hits[0], message, nil
	case 0:
		return "", "", unknown("message", name, all)
	}
	return "", "", fmt.Errorf("%w: several campaigns have a message %q; write one of %s/%s", errUsage, message, strings.Join(hits, "/"+message+", "), message)
}

func (in *installation) pick(id string) (campaign.Channel, error) {
	for _, c := range in.all {
		if id == "" || c.ID == id {
			return c, nil
		}
	}
	return campaign.Channel{}, unknown("channel", id, in.channelIDs())
}
