package telegramtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// sendMessage: https://core.telegram.org/bots/api#sendmessage
func (s *Server) sendMessage(c *call) (any, error) {
	chat, err := s.target(c)
	if err != nil {
		return nil, err
	}
	m, err := s.draft(c, chat)
	if err != nil {
		return nil, err
	}
	if err := textOf(c, m); err != nil {
		return nil, err
	}
	return s.wireMessage(chat, chat.add(m)), nil
}

// sendPhoto: https://core.telegram.org/bots/api#sendphoto
func (s *Server) sendPhoto(c *call) (any, error) {
	chat, err := s.target(c)
	if err != nil {
		return nil, err
	}
	m, err := s.draft(c, chat)
	if err != nil {
		return nil, err
	}
	if err := captionOf(c.args, m); err != nil {
		return nil, err
	}
	f, err := s.photo(c, "photo", c.args.text("photo"))
	if err != nil {
		return nil, err
	}
	m.Photo, m.PhotoID = f.data, f.id
	return s.wireMessage(chat, chat.add(m)), nil
}

// sendMediaGroup: https://core.telegram.org/bots/api#sendmediagroup
// Of the kinds of media this fake takes photos.
func (s *Server) sendMediaGroup(c *call) (any, error) {
	chat, err := s.target(c)
	if err != nil {
		return nil, err
	}
	var media []map[string]json.RawMessage
	if err := c.args.object("media", "media", &media); err != nil {
		return nil, err
	}
	if len(media) < 2 || len(media) > 10 { // "must include 2-10 items"
		return nil, badRequest("wrong number of media in the group: 2-10 expected")
	}
	var ready []*message
	album := strconv.FormatInt(s.nextSerial(), 10)
	for _, fields := range media {
		m, err := s.groupItem(c, chat, fields)
		if err != nil {
			return nil, err
		}
		m.Album = album
		ready = append(ready, m)
	}
	var out []wireMessage
	for _, m := range ready {
		out = append(out, s.wireMessage(chat, chat.add(m)))
	}
	return out, nil
}

// groupItem is one InputMediaPhoto: https://core.telegram.org/bots/api#inputmediaphoto
func (s *Server) groupItem(c *call, chat *Chat, fields map[string]json.RawMessage) (*message, error) {
	item := args{values: map[string]string{}, files: c.args.files}
	for name, raw := range fields {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		item.values[name] = text
	}
	if kind := item.text("type"); kind != "photo" {
		return nil, badRequest("can't parse InputMedia: type must be one of the supported: this fake takes photo only")
	}
	m, err := s.draft(c, chat)
	if err != nil {
		return nil, err
	}
	if err := captionOf(item, m); err != nil {
		return nil, err
	}
	f, err := s.photo(c, "", item.text("media"))
	if err != nil {
		return nil, err
	}
	m.Photo, m.PhotoID = f.data, f.id
	return m, nil
}

// draft reads what all sending methods share.
func (s *Server) draft(c *call, chat *Chat) (*message, error) {
	k, err := markup(c.args)
	if err != nil {
		return nil, err
	}
	m := &message{bot: c.bot, markup: k.raw, Message: Message{
		FromBot: true, Rows: k.rows,
		Silent: c.args.flag("disable_notification"), Protected: c.args.flag("protect_content"),
	}}
	var to struct {
		ID      int  `json:"message_id"`
		Lenient bool `json:"allow_sending_without_reply"`
	}
	if err := c.args.object("reply_parameters", "reply parameters", &to); err != nil {
		return nil, err
	}
	if to.ID != 0 && chat.message(to.ID) == nil {
		if !to.Lenient {
			return nil, badRequest("message to be replied not found")
		}
		to.ID = 0
	}
	m.ReplyTo = to.ID
	return m, nil
}

// textOf reads text, its formatting and its preview into m.
func textOf(c *call, m *message) error {
	raw := c.args.text("text")
	if raw == "" {
		return badRequest("message text is empty")
	}
	plain, entities, err := formatted(c.args, "text", "entities")
	if err != nil {
		return err
	}
	if plain == "" {
		return badRequest("text must be non-empty")
	}
	if Length(plain) > MaxText {
		return badRequest("message is too long")
	}
	preview, err := linkPreview(c.args)
	if err != nil {
		return err
	}
	m.Text, m.Entities, m.LinkPreview, m.HTML = plain, entities, preview, raw
	return nil
}

func captionOf(a args, m *message) error {
	plain, entities, err := formatted(a, "caption", "caption_entities")
	if err != nil {
		return err
	}
	if Length(plain) > MaxCaption {
		return badRequest("message caption is too long")
	}
	m.Caption, m.Entities, m.HTML = plain, entities, a.text("caption")
	return nil
}

// linkPreviewFields: https://core.telegram.org/bots/api#linkpreviewoptions
var linkPreviewFields = []string{"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}

func linkPreview(a args) (string, error) {
	raw := strings.TrimSpace(a.text("link_preview_options"))
	var fields map[string]json.RawMessage
	if err := a.object("link_preview_options", "link preview options", &fields); err != nil {
		return "", err
	}
	for name, value := range fields {
		if !slices.Contains(linkPreviewFields, name) {
			continue // Telegram ignores what it does not know
		}
		var flag bool
		var address string
		if name == "url" && json.Unmarshal(value, &address) != nil || name != "url" && json.Unmarshal(value, &flag) != nil {
			return "", badRequest("can't parse link preview options: field \"%s\" has the wrong type", name)
		}
	}
	if raw == "" && a.flag("disable_web_page_preview") { // the older name
		raw = `{"is_disabled":true}`
	}
	return raw, nil
}

// chatActions: https://core.telegram.org/bots/api#sendchataction
const chatActions = " typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location record_video_note upload_video_note "

func (s *Server) sendChatAction(c *call) (any, error) {
	if _, err := s.target(c); err != nil {
		return nil, err
	}
	if action := c.args.text("action"); action == "" || !strings.Contains(chatActions, fmt.Sprintf(" %s ", action)) {
		return nil, badRequest("wrong parameter action in request")
	}
	return true, nil
}
