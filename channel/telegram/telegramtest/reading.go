package telegramtest

import "context"

// Private is the person's chat with the first bot. Before either wrote it is empty.
func (u *User) Private() *Chat { return u.PrivateWith(u.s.Bot()) }

// PrivateWith is the person's chat with a bot.
func (u *User) PrivateWith(bot *Bot) *Chat {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	if c := bot.dialog(u, false); c != nil {
		return c
	}
	return &Chat{s: u.s, id: u.id, kind: "private", user: u, bot: bot}
}

// Messages is all that the person sees in the chat with the first bot, their own messages included, oldest first.
func (u *User) Messages() []Message { return u.Private().All() }

// Last is the newest message of the first bot that the person sees now.
func (u *User) Last() (Message, bool) { return u.Private().Last() }

// Next waits for what the first bot sends or edits after the last Next, and gives the message as it then was.
func (u *User) Next(ctx context.Context) (Message, error) { return u.Private().Next(ctx) }

// All is what is in the chat now, oldest first.
func (c *Chat) All() []Message {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	var out []Message
	for _, m := range c.messages {
		if !m.Deleted {
			out = append(out, m.snapshot())
		}
	}
	return out
}

// Posts is what bots posted and nobody deleted, oldest first.
func (c *Chat) Posts() []Message {
	var out []Message
	for _, m := range c.All() {
		if m.FromBot {
			out = append(out, m)
		}
	}
	return out
}

// Last is the newest message of a bot.
func (c *Chat) Last() (Message, bool) {
	posts := c.Posts()
	if len(posts) == 0 {
		return Message{}, false
	}
	return posts[len(posts)-1], true
}

// Message is one message by its id, deleted ones included.
func (c *Chat) Message(id int) (Message, bool) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	for _, m := range c.messages {
		if m.ID == id {
			return m.snapshot(), true
		}
	}
	return Message{}, false
}

// Next waits for what a bot sends or edits in this chat after the last Next, and gives the message as it then was.
func (c *Chat) Next(ctx context.Context) (Message, error) {
	var got Message
	err := c.s.Wait(ctx, func() bool {
		c.s.mu.Lock()
		defer c.s.mu.Unlock()
		if c.read >= len(c.shown) {
			return false
		}
		got = c.shown[c.read]
		c.read++
		return true
	})
	return got, err
}

// WaitPosts waits until the chat holds at least n posts and gives them.
func (c *Chat) WaitPosts(ctx context.Context, n int) ([]Message, error) {
	var posts []Message
	err := c.s.Wait(ctx, func() bool {
		posts = c.Posts()
		return len(posts) >= n
	})
	return posts, err
}
