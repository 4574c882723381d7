// Command telebot is a trivial bot on telebot, with a transport that keeps as many connections as there are people.
package main

import (
	"log"
	"net/http"
	"os"
	"time"

	tele "gopkg.in/telebot.v3"

	"beaware/channel/telegram/telegramtest/crowd"
)

func main() {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 512, 512
	bot, err := tele.NewBot(tele.Settings{
		Token: crowd.Token, URL: os.Args[1], Client: &http.Client{Transport: t},
		Poller: &tele.LongPoller{Timeout: 50 * time.Second, AllowedUpdates: []string{"message", "callback_query", "my_chat_member"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	bot.Handle(tele.OnCallback, func(c tele.Context) error {
		if err := c.Respond(); err != nil {
			return err
		}
		var rows [][]tele.InlineButton
		for _, l := range crowd.Labels {
			rows = append(rows, []tele.InlineButton{{Text: l, Data: l}})
		}
		return c.Edit(crowd.Text, &tele.SendOptions{
			ParseMode: tele.ModeHTML, DisableWebPagePreview: true, ReplyMarkup: &tele.ReplyMarkup{InlineKeyboard: rows},
		})
	})
	bot.Start()
}
