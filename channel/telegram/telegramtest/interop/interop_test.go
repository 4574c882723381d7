// Package interop keeps telegramtest honest: a client library that this project does not use drives it.
// It is a module of its own, so that the library is no dependency of the project.
package interop

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"testing"
	"time"

	"github.com/mymmrac/telego"
	"github.com/mymmrac/telego/telegoapi"
	tu "github.com/mymmrac/telego/telegoutil"

	"beaware/channel/telegram/telegramtest"
)

func start(t *testing.T) (context.Context, *telegramtest.Server, *telego.Bot) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	s := telegramtest.Start(t)
	bot, err := telego.NewBot(telegramtest.Token, telego.WithAPIServer(s.URL), telego.WithDiscardLogger(), telego.WithHTTPClient(s.Client()))
	if err != nil {
		t.Fatalf("make the bot: %v", err)
	}
	return ctx, s, bot
}

// A whole conversation: long poll, send, press, answer, edit in place, delete.
func TestConversation(t *testing.T) {
	ctx, s, bot := start(t)
	me, err := bot.GetMe(ctx)
	if err != nil || me.ID != s.Bot().ID() || me.Username != s.Bot().Username() || !me.IsBot {
		t.Fatalf("getMe: %+v %v", me, err)
	}
	updates, err := bot.UpdatesViaLongPolling(ctx, &telego.GetUpdatesParams{Timeout: 5})
	if err != nil {
		t.Fatalf("poll: %v", err)
	}
	u := s.AddUser("sq")
	u.Send("/start al")
	first := <-updates
	if first.Message == nil || first.Message.Text != "/start al" || first.Message.From.LanguageCode != "sq" || first.Message.Entities[0].Type != "bot_command" {
		t.Fatalf("first update: %+v", first)
	}
	chat := tu.ID(first.Message.Chat.ID)
	keyboard := tu.InlineKeyboard(tu.InlineKeyboardRow(tu.InlineKeyboardButton("Ndihmë").WithCallbackData("help")))
	sent, err := bot.SendMessage(ctx, tu.Message(chat, "<b>Mirë</b> se vini").WithParseMode(telego.ModeHTML).WithReplyMarkup(keyboard))
	if err != nil || sent.Text != "Mirë se vini" || len(sent.Entities) != 1 || sent.Entities[0].Length != 4 {
		t.Fatalf("sendMessage: %+v %v", sent, err)
	}
	press, err := u.Press("Ndihmë")
	if err != nil {
		t.Fatal(err)
	}
	query := (<-updates).CallbackQuery
	if query == nil || query.Data != "help" || query.Message.GetMessageID() != sent.MessageID {
		t.Fatalf("callback query: %+v", query)
	}
	if err := bot.AnswerCallbackQuery(ctx, tu.CallbackQuery(query.ID).WithText("Po")); err != nil {
		t.Fatalf("answerCallbackQuery: %v", err)
	}
	if text, _, err := press.Answered(ctx); text != "Po" || err != nil {
		t.Errorf("the person sees %q, %v", text, err)
	}
	edit := &telego.EditMessageTextParams{ChatID: chat, MessageID: sent.MessageID, Text: "Numrat"}
	if edited, err := bot.EditMessageText(ctx, edit); err != nil || edited.Text != "Numrat" || edited.EditDate == 0 {
		t.Errorf("editMessageText: %+v %v", edited, err)
	}
	_, err = bot.EditMessageText(ctx, edit)
	refused(t, err, 400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	if err := bot.DeleteMessage(ctx, tu.Delete(chat, sent.MessageID)); err != nil {
		t.Errorf("deleteMessage: %v", err)
	}
	if _, shown := u.Last(); shown {
		t.Error("the deleted message is still shown")
	}
}

func TestChannel(t *testing.T) {
	ctx, s, bot := start(t)
	channel := s.AddChannel("@office_test")
	to := tu.Username("@office_test")
	photo := tu.File(tu.NameReader(bytes.NewReader(picture(t)), "a.png"))
	sent, err := bot.SendPhoto(ctx, tu.Photo(to, photo).WithCaption("caption"))
	if err != nil || len(sent.Photo) == 0 || sent.Caption != "caption" || sent.Chat.Type != "channel" {
		t.Fatalf("sendPhoto: %+v %v", sent, err)
	}
	file, err := bot.GetFile(ctx, &telego.GetFileParams{FileID: sent.Photo[0].FileID})
	if err != nil {
		t.Fatalf("getFile: %v", err)
	}
	data, err := tu.DownloadFile(bot.FileDownloadURL(file.FilePath))
	if err != nil || !bytes.Equal(data, picture(t)) {
		t.Errorf("download: %d bytes, %v", len(data), err)
	}
	album, err := bot.SendMediaGroup(ctx, tu.MediaGroup(to,
		tu.MediaPhoto(tu.File(tu.NameReader(bytes.NewReader(picture(t)), "b.png"))).WithCaption("one"),
		tu.MediaPhoto(tu.FileFromID(sent.Photo[0].FileID)),
	))
	if err != nil || len(album) != 2 || album[0].MediaGroupID == "" {
		t.Errorf("sendMediaGroup: %+v %v", album, err)
	}
	if n := len(channel.Posts()); n != 3 {
		t.Errorf("%d posts, want 3", n)
	}
	commands := &telego.SetMyCommandsParams{Commands: []telego.BotCommand{{Command: "start", Description: "Fillo"}}, LanguageCode: "sq"}
	if err := bot.SetMyCommands(ctx, commands); err != nil || s.Bot().Commands("default", "sq")[0].Description != "Fillo" {
		t.Errorf("setMyCommands: %v", err)
	}
	for _, call := range s.Requests() {
		if len(call.Unknown) > 0 {
			t.Errorf("%s: parameters that telegramtest does not know: %v", call.Method, call.Unknown)
		}
	}
}

func TestRefusals(t *testing.T) {
	ctx, s, bot := start(t)
	_, err := bot.SendMessage(ctx, tu.Message(tu.Username("@nobody_here"), "x"))
	refused(t, err, 400, "Bad Request: chat not found")
	s.AddChannel("@office_test")
	_, err = bot.SendMessage(ctx, tu.Message(tu.Username("@office_test"), "<p>x").WithParseMode(telego.ModeHTML))
	refused(t, err, 400, `Bad Request: can't parse entities: Unsupported start tag "p" at byte offset 0`)
	s.Fail(telegramtest.Fault{Method: "sendMessage", Do: telegramtest.TooMany, RetryAfter: 5})
	_, err = bot.SendMessage(ctx, tu.Message(tu.Username("@office_test"), "x"))
	if e := refused(t, err, 429, "Too Many Requests: retry after 5"); e != nil && (e.Parameters == nil || e.Parameters.RetryAfter != 5) {
		t.Errorf("parameters: %+v", e.Parameters)
	}
}

func refused(t *testing.T, err error, code int, description string) *telegoapi.Error {
	t.Helper()
	var e *telegoapi.Error
	if !errors.As(err, &e) || e.ErrorCode != code || e.Description != description {
		t.Errorf("got %v, want %d %s", err, code, description)
		return nil
	}
	return e
}

func picture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
