// Command ours is this project's Telegram code with a trivial bot, for the benchmark.
package main

import (
	"context"
	"log"
	"os"
	"strings"

	"beaware/channel"
	"beaware/channel/telegram"
	"beaware/channel/telegram/telegramtest/crowd"
)

func main() {
	c, err := telegram.New(telegram.Options{
		Token: crowd.Token, API: os.Args[1],
		Limits: telegram.Limits{All: -1, Posts: -1, Chat: -1, Edits: -1, Group: -1},
	})
	if err != nil {
		log.Fatal(err)
	}
	// the same text as the others send, in our markup
	text := strings.NewReplacer("<b>", "**", "</b>", "**").Replace(crowd.Text)
	_ = c.Converse(context.Background(), telegram.ConversationOptions{
		Name: "crowd", Username: crowd.Username,
		Answer: func(e channel.Event) channel.Screen {
			s := channel.Screen{Language: "en", Text: text}
			for _, l := range crowd.Labels {
				s.Rows = append(s.Rows, []channel.Button{{Label: l, Data: l}})
			}
			return s
		},
	})
}
