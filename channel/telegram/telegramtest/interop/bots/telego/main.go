// Command telego is a trivial bot on telego with its own defaults: fasthttp, kept connections.
package main

import (
	"context"
	"log"
	"os"

	"github.com/mymmrac/telego"
	tu "github.com/mymmrac/telego/telegoutil"

	"beaware/channel/telegram/telegramtest/crowd"
)

func main() {
	ctx := context.Background()
	bot, err := telego.NewBot(crowd.Token, telego.WithAPIServer(os.Args[1]), telego.WithDiscardLogger())
	if err != nil {
		log.Fatal(err)
	}
	updates, err := bot.UpdatesViaLongPolling(ctx, &telego.GetUpdatesParams{Timeout: 50, AllowedUpdates: []string{"message", "callback_query", "my_chat_member"}})
	if err != nil {
		log.Fatal(err)
	}
	for u := range updates {
		go answer(ctx, bot, u.CallbackQuery)
	}
}

func answer(ctx context.Context, bot *telego.Bot, q *telego.CallbackQuery) {
	if err := bot.AnswerCallbackQuery(ctx, tu.CallbackQuery(q.ID)); err != nil {
		log.Print(err)
	}
	var rows [][]telego.InlineKeyboardButton
	for _, l := range crowd.Labels {
		rows = append(rows, tu.InlineKeyboardRow(tu.InlineKeyboardButton(l).WithCallbackData(l)))
	}
	_, err := bot.EditMessageText(ctx, &telego.EditMessageTextParams{
		ChatID: tu.ID(q.Message.GetChat().ID), MessageID: q.Message.GetMessageID(),
		Text: crowd.Text, ParseMode: telego.ModeHTML, ReplyMarkup: tu.InlineKeyboard(rows...),
		LinkPreviewOptions: &telego.LinkPreviewOptions{IsDisabled: true},
	})
	if err != nil {
		log.Print(err)
	}
}
