package main

import (
	"fmt"
	"slices"
	"time"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/channel"
	"beaware/channel/telegram"
	"beaware/outbox"
)

// lengths measures every message as every kind of channel would publish it, for each office and
// language, whether or not such a channel is configured yet: translators hear of it before staff do.
func (in *installation) lengths() (findings catalog.Findings) {
	press := in.press()
	press.Gate, press.Silent = outbox.Warn, nil
	seen := map[string]bool{}
	for _, c := range in.catalog.Campaigns {
		for _, o := range in.offices {
			if len(c.Offices) > 0 && !slices.Contains(c.Offices, o.ID) {
				continue
			}
			for _, m := range c.Messages {
				for _, lang := range in.languagesOf(o) {
					d := outbox.Delivery{Post: campaign.Post{Campaign: c.ID, Message: m.ID, Office: o.ID, Language: lang, At: time.Unix(0, 0)}}
					msg, served, err := press.Compose(d)
					if err != nil {
						continue // the catalog has said so already
					}
					key := c.ID + "/" + m.ID + "/" + served
					if n, limit := measure(msg); n > limit && !seen[key] {
						seen[key] = true
						findings = append(findings, catalog.Finding{
							Pos:      in.catalog.Locale(served).Pos("campaign." + c.ID + "." + m.ID + ".text"),
							Severity: catalog.Warning,
							Text: fmt.Sprintf("%s has %d characters in %s for office %s, with help lines and marks; Telegram takes %d%s",
								m.ID, n, served, o.ID, limit, withPhoto(msg)),
						})
					}
				}
			}
		}
	}
	return findings
}

// measure gives length and limit on the strictest kind of channel.
func measure(m channel.Message) (length, limit int) { return telegram.Measure(m) }

func withPhoto(m channel.Message) string {
	if m.Photo != nil {
		return " under a photo"
	}
	return ""
}

// languagesOf gives all languages that an office publishes in, on any of its channels.
func (in *installation) languagesOf(o campaign.Office) []string {
	langs := slices.Clone(o.Languages)
	for _, c := range in.all {
		if c.Office == o.ID {
			langs = append(langs, c.Languages...)
		}
	}
	slices.Sort(langs)
	return slices.Compact(langs)
}

// live finds what is fine for a rehearsal and not for the public.
func (in *installation) live() (findings catalog.Findings) {
	file := in.config.file
	add := func(p catalog.Pos, format string, args ...any) {
		findings = append(findings, catalog.Finding{Pos: p, Severity: catalog.Error, Text: fmt.Sprintf(format, args...)})
	}
	if in.config.Sample {
		add(catalog.Pos{File: file}, "sample = true: the pages call themselves a sample; remove the line when the numbers are verified")
	}
	if in.config.Publish.Gate != string(outbox.Require) {
		add(catalog.Pos{File: file}, `gate = %q: texts that nobody has reviewed go out; set gate = "require"`, in.config.Publish.Gate)
	}
	for _, c := range in.catalog.Countries {
		for _, e := range c.Emergency {
			if e.Show && e.Verified.IsZero() {
				add(e.Pos(), "the %s number of %s is shown and was never verified by a test call; set verified, or show = false", e.Service, c.Code)
			}
		}
		for _, h := range c.Hotlines {
			if h.Show && h.Verified.IsZero() {
				add(h.Pos(), "hotline %s is shown and was never verified by a test call; set verified, or show = false", h.ID)
			}
		}
	}
	return append(findings, in.unreviewed()...)
}

func (in *installation) unreviewed() (findings catalog.Findings) {
	for _, c := range in.catalog.Campaigns {
		for _, l := range in.catalog.Languages {
			n := 0
			for _, m := range c.Messages {
				if p, err := in.catalog.Post(c.ID, m.ID, l.Tag, ""); err == nil && !p.Fallback && p.State != catalog.Reviewed {
					n++
				}
			}
			if n > 0 {
				findings = append(findings, catalog.Finding{Pos: c.Pos("id"), Severity: catalog.Error,
					Text: fmt.Sprintf("campaign %s: %d of %d texts in %s are not reviewed", c.ID, n, len(c.Messages), l.Tag)})
			}
		}
	}
	return findings
}
