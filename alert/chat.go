package alert

import (
	"context"
	"strings"
	"time"

	"beaware/channel"
)

// Chat tells staff through anything that takes a text: the first paragraph is the title.
type Chat func(ctx context.Context, text string) error

// Tell implements Sink.
func (c Chat) Tell(ctx context.Context, d Digest) error { return c(ctx, d.Title+"\n\n"+d.Text) }

// Through tells staff on a channel, such as a chat of theirs that a Telegram bot may write to.
func Through(ch channel.Channel) Chat {
	return func(ctx context.Context, text string) error {
		title, rest, _ := strings.Cut(text, "\n\n")
		now := time.Now()
		_, err := ch.Send(ctx, channel.Message{
			ID: "alert/" + now.UTC().Format(time.RFC3339Nano), Language: "en", Title: title, Text: rest, At: now,
		})
		return err
	}
}
