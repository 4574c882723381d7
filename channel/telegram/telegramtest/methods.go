package telegramtest

import (
	"context"
	"strings"
)

// method is one method of the Bot API.
type method struct {
	name   string
	params string // the documented parameters; others are ignored, as Telegram does, and noted in Request.Unknown
	sends  bool   // counts against Limits
	run    func(s *Server, c *call) (any, error)
	wait   func(s *Server, ctx context.Context, c *call) (any, error) // instead of run, without the lock
}

const (
	sendParams = "business_connection_id chat_id message_thread_id direct_messages_topic_id disable_notification protect_content " +
		"allow_paid_broadcast message_effect_id suggested_post_parameters reply_parameters reply_markup "
	editParams = "business_connection_id chat_id message_id inline_message_id reply_markup "
)

// methodTable holds methods by name in lower case, as Telegram takes them in any case.
// Names and parameters: https://core.telegram.org/bots/api#available-methods
func methodTable() map[string]method {
	out := map[string]method{}
	for _, m := range methodList() {
		out[strings.ToLower(m.name)] = m
	}
	return out
}

func methodList() []method {
	return []method{
		{name: "getMe", run: (*Server).getMe},
		{name: "getUpdates", params: "offset limit timeout allowed_updates", wait: (*Server).getUpdates},
		{name: "setWebhook", params: "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token", run: (*Server).setWebhook},
		{name: "deleteWebhook", params: "drop_pending_updates", run: (*Server).deleteWebhook},
		{name: "getWebhookInfo", run: (*Server).getWebhookInfo},
		{name: "sendMessage", sends: true, params: sendParams + "text parse_mode entities link_preview_options disable_web_page_preview", run: (*Server).sendMessage},
		{name: "sendPhoto", sends: true, params: sendParams + "photo caption parse_mode caption_entities show_caption_above_media has_spoiler", run: (*Server).sendPhoto},
		{name: "sendMediaGroup", sends: true, params: sendParams + "media", run: (*Server).sendMediaGroup},
		{name: "sendChatAction", params: "business_connection_id chat_id message_thread_id action", run: (*Server).sendChatAction},
		{name: "editMessageText", params: editParams + "text parse_mode entities link_preview_options disable_web_page_preview", run: (*Server).editMessageText},
		{name: "editMessageCaption", params: editParams + "caption parse_mode caption_entities show_caption_above_media", run: (*Server).editMessageCaption},
		{name: "editMessageReplyMarkup", params: editParams, run: (*Server).editMessageReplyMarkup},
		{name: "deleteMessage", params: "chat_id message_id", run: (*Server).deleteMessage},
		{name: "deleteMessages", params: "chat_id message_ids", run: (*Server).deleteMessages},
		{name: "answerCallbackQuery", params: "callback_query_id text show_alert url cache_time", run: (*Server).answerCallbackQuery},
		{name: "setMyCommands", params: "commands scope language_code", run: (*Server).setMyCommands},
		{name: "getMyCommands", params: "scope language_code", run: (*Server).getMyCommands},
		{name: "deleteMyCommands", params: "scope language_code", run: (*Server).deleteMyCommands},
		{name: "setMyName", params: "name language_code", run: setProfile("name", 64)},
		{name: "getMyName", params: "language_code", run: getProfile("name")},
		{name: "setMyDescription", params: "description language_code", run: setProfile("description", 512)},
		{name: "getMyDescription", params: "language_code", run: getProfile("description")},
		{name: "setMyShortDescription", params: "short_description language_code", run: setProfile("short_description", 120)},
		{name: "getMyShortDescription", params: "language_code", run: getProfile("short_description")},
		{name: "getChat", params: "chat_id", run: (*Server).getChat},
		{name: "getChatMember", params: "chat_id user_id", run: (*Server).getChatMember},
		{name: "leaveChat", params: "chat_id", run: (*Server).leaveChat},
		{name: "getFile", params: "file_id", run: (*Server).getFile},
	}
}

// perform runs a method and tells everyone who waits.
func (s *Server) perform(ctx context.Context, m method, c *call) (any, error) {
	if m.wait != nil {
		return m.wait(s, ctx, c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	if m.sends {
		if err := s.limit(c); err != nil {
			return nil, err
		}
	}
	return m.run(s, c)
}

func (s *Server) getMe(c *call) (any, error) {
	type me struct {
		wireUser
		CanJoinGroups   bool `json:"can_join_groups"`
		ReadAllMessages bool `json:"can_read_all_group_messages"`
		InlineQueries   bool `json:"supports_inline_queries"`
	}
	return me{wireUser: c.bot.wire(), CanJoinGroups: true}, nil
}
