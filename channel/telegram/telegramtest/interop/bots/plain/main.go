// Command plain is a trivial bot on telegram-bot-api as its manual shows it, with the default transport, or with one
// that keeps as many connections as there are people.
package main

import (
	"log"
	"net/http"
	"os"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"beaware/channel/telegram/telegramtest/crowd"
)

func main() {
	client := &http.Client{}
	if len(os.Args) > 2 && os.Args[2] == "kept" {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConns, t.MaxIdleConnsPerHost = 512, 512
		client.Transport = t
	}
	bot, err := tgbotapi.NewBotAPIWithClient(crowd.Token, os.Args[1]+"/bot%s/%s", client)
	if err != nil {
		log.Fatal(err)
	}
	config := tgbotapi.NewUpdate(0)
	config.Timeout = 50
	config.AllowedUpdates = []string{"message", "callback_query", "my_chat_member"}
	for u := range bot.GetUpdatesChan(config) {
		go answer(bot, u.CallbackQuery)
	}
}

func answer(bot *tgbotapi.BotAPI, q *tgbotapi.CallbackQuery) {
	if _, err := bot.Request(tgbotapi.NewCallback(q.ID, "")); err != nil {
		log.Print(err)
	}
	var rows [][]tgbotapi.InlineKeyboardButton
	for _, l := range crowd.Labels {
		rows = append(rows, tgbotapi.NewInlineKeyboardRow(tgbotapi.NewInlineKeyboardButtonData(l, l)))
	}
	edit := tgbotapi.NewEditMessageTextAndMarkup(q.Message.Chat.ID, q.Message.MessageID, crowd.Text, tgbotapi.NewInlineKeyboardMarkup(rows...))
	edit.ParseMode, edit.DisableWebPagePreview = tgbotapi.ModeHTML, true
	if _, err := bot.Send(edit); err != nil {
		log.Print(err)
	}
}
