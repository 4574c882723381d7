package telegramtest

import "strconv"

// getChat: https://core.telegram.org/bots/api#getchat
func (s *Server) getChat(c *call) (any, error) {
	chat, err := s.find(c.bot, c.args.text("chat_id"))
	if err != nil {
		return nil, err
	}
	switch chat.standing[c.bot.id].Status {
	case "kicked":
		return nil, forbidden("bot was kicked from the " + chat.kind + " chat")
	case "left", "":
		if chat.kind != "private" && chat.username == "" {
			return nil, forbidden("bot is not a member of the " + chat.kind + " chat")
		}
	}
	full := struct {
		wireChat
		AccentColor  int `json:"accent_color_id"`
		MaxReactions int `json:"max_reaction_count"`
	}{wireChat: chat.wire(), MaxReactions: 11}
	return full, nil
}

// getChatMember tells of the bot itself: https://core.telegram.org/bots/api#getchatmember
func (s *Server) getChatMember(c *call) (any, error) {
	chat, err := s.find(c.bot, c.args.text("chat_id"))
	if err != nil {
		return nil, err
	}
	if c.args.text("user_id") != strconv.FormatInt(c.bot.id, 10) {
		return nil, badRequest("user not found")
	}
	as := chat.standing[c.bot.id]
	m := map[string]any{"user": c.bot.wire(), "status": as.Status}
	switch as.Status {
	case "administrator":
		m["can_post_messages"], m["can_edit_messages"], m["can_delete_messages"] = as.Post, as.Edit, as.Delete
		m["can_be_edited"], m["is_anonymous"], m["can_manage_chat"] = false, false, true
	case "":
		m["status"] = "left"
	case "kicked":
		m["until_date"] = 0
	}
	return m, nil
}

// leaveChat: https://core.telegram.org/bots/api#leavechat
func (s *Server) leaveChat(c *call) (any, error) {
	chat, err := s.find(c.bot, c.args.text("chat_id"))
	if err != nil {
		return nil, err
	}
	if chat.kind == "private" {
		return nil, badRequest("chat member status can't be changed in private chats")
	}
	if err := chat.mayWrite(c.bot); err != nil && chat.standing[c.bot.id].Status != "member" {
		return nil, err
	}
	chat.standing[c.bot.id] = Standing{Status: "left"}
	return true, nil
}
