package channeltest

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"beaware/channel"
)

// patience bounds every single Send; a channel that paces itself still fits.
const patience = 30 * time.Second

func send(t *testing.T, p Platform, m channel.Message) (channel.Receipt, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := p.Channel.Send(ctx, m)
	CheckSecrets(t, p, err)
	return r, err
}

func mustSend(t *testing.T, p Platform, m channel.Message) Post {
	t.Helper()
	if _, err := send(t, p, m); err != nil {
		t.Fatalf("Send: %v", err)
	}
	posts := p.Published()
	if len(posts) != 1 {
		t.Fatalf("%d posts are published, want 1", len(posts))
	}
	return posts[0]
}

func mustNotPublish(t *testing.T, p Platform) {
	t.Helper()
	if n := len(p.Published()); n != 0 {
		t.Errorf("%d posts are published, want none", n)
	}
}

// squeeze makes texts comparable: how paragraphs are parted is the platform's affair.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func wantWords(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(squeeze(text), squeeze(w)) {
			t.Errorf("the post lacks %q: %q", w, text)
		}
	}
}

func plain(t *testing.T, h Harness) {
	p := h.Open(t)
	post := mustSend(t, p, Simple("simple"))
	wantWords(t, post.Text, "Be aware", "Work should be paid.", "You can ask", "You can leave", "Call 116 006.")
	if strings.Contains(post.Text, "**") || strings.ContainsAny(post.Text, "\u2066\u2069") {
		t.Errorf("markup shows: %q", post.Text)
	}
}

// Picture is a PNG of one pixel.
func Picture() []byte {
	data, err := base64.StdEncoding.DecodeString(
		"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	if err != nil {
		panic("channeltest: " + err.Error()) // a constant
	}
	return data
}

func photo(t *testing.T, h Harness) {
	p := h.Open(t)
	m := Simple("photo")
	m.Photo = &channel.Photo{Name: "launch.png", Data: Picture(), Alt: "Two people talk on a bench"}
	post := mustSend(t, p, m)
	wantWords(t, post.Text, "Be aware", "Work should be paid.", "You can ask")
	if string(post.Photo) != string(m.Photo.Data) {
		t.Errorf("the photo has %d bytes, %d were sent", len(post.Photo), len(m.Photo.Data))
	}
}

func links(t *testing.T, h Harness) {
	p := h.Open(t)
	m := Simple("links")
	m.Links = []channel.Link{{Label: "Get help", URL: "https://example.org/help?a=1&b=%22x%22"}}
	m.Silent = true
	post := mustSend(t, p, m)
	for _, l := range m.Links {
		found := false
		for _, got := range post.Links {
			found = found || got == l
		}
		if !found {
			t.Errorf("the link %q is missing, there are %q", l, post.Links)
		}
	}
}

func rightToLeft(t *testing.T, h Harness) {
	const run = "+383 38 000"
	p := h.Open(t)
	m := channel.Message{ID: "rtl", Language: "ar", RTL: true, Title: "كن على دراية",
		Text: "اتصل على \u2066" + run + "\u2069 الآن.", At: Simple("").At}
	post := mustSend(t, p, m)
	wantWords(t, post.Text, m.Title, "اتصل على")
	isolated := h.Isolated
	if isolated == nil {
		isolated = func(p Post, run string) bool { return strings.Contains(p.Text, "\u2066"+run+"\u2069") }
	}
	if !isolated(post, run) {
		t.Errorf("the number is not kept together and left to right: %q", post.Text)
	}
}

// hostile characters are shown as they are, or the whole post is refused; nothing is eaten and nothing turns into formatting.
func hostile(t *testing.T, h Harness) {
	for name, text := range map[string]string{
		"tags":          `a < b & "c" <script>alert('x')</script> <b>not bold</b> &lt; &amp;`,
		"stars":         "Kosovo* and ** alone, _under_ [x](y) `code`",
		"marks":         "one \u2066two three \u2069four\u2069 \u2066",
		"emoji":         "👩‍👩‍👧 🇧🇦 e\u0301",
		"invalid UTF-8": "a \xff\xfe b",
		"control":       "a \x00\x01\x1b b",
	} {
		t.Run(name, func(t *testing.T) {
			p := h.Open(t)
			m := Simple("hostile")
			m.Text = text
			_, err := send(t, p, m)
			switch {
			case err != nil && channel.KindOf(err) != channel.Refused:
				t.Errorf("Send: %v, want no error or a refusal", err)
			case err == nil && (name == "tags" || name == "stars" || name == "emoji"):
				wantWords(t, p.Published()[0].Text, text)
			}
		})
	}
}

func empty(t *testing.T, h Harness) {
	p := h.Open(t)
	_, err := send(t, p, channel.Message{ID: "empty", Language: "en", At: Simple("").At})
	if err == nil || channel.KindOf(err) != channel.Refused {
		t.Errorf("Send of a message without text: %v, want a refusal", err)
	}
	mustNotPublish(t, p)
}

// filled is a message of exactly length, as the channel measures; emoji make bytes, runes and UTF-16 units differ.
func filled(t *testing.T, c channel.Channel, length int) channel.Message {
	t.Helper()
	m := channel.Message{ID: "filled", Language: "en", Title: "T", At: Simple("").At}
	m.Text = "😀č" + strings.Repeat("a", length)
	n, _ := c.Measure(m)
	if over := n - length; over > 0 && over < len(m.Text) {
		m.Text = m.Text[:len(m.Text)-over]
	}
	if n, _ = c.Measure(m); n != length {
		t.Skipf("this platform does not count characters one by one (%d, want %d)", n, length)
	}
	return m
}

func atLimit(t *testing.T, h Harness) {
	p := h.Open(t)
	_, limit := p.Channel.Measure(Simple("limit"))
	if limit == 0 {
		t.Skip("this platform has no limit")
	}
	mustSend(t, p, filled(t, p.Channel, limit))
}

func overLimit(t *testing.T, h Harness) {
	p := h.Open(t)
	_, limit := p.Channel.Measure(Simple("limit"))
	if limit == 0 {
		t.Skip("this platform has no limit")
	}
	_, err := send(t, p, filled(t, p.Channel, limit+1))
	if err == nil || channel.KindOf(err) != channel.Refused {
		t.Errorf("Send of a message that is too long: %v, want a refusal", err)
	}
	mustNotPublish(t, p)
}

func cancelled(t *testing.T, h Harness) {
	p := h.Open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.Channel.Send(ctx, Simple("cancelled"))
	CheckSecrets(t, p, err)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Send with an ended context: %v, want an error that wraps context.Canceled", err)
	}
	mustNotPublish(t, p)
}

func concurrent(t *testing.T, h Harness) {
	p := h.Open(t)
	const n = 4
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			m := Simple(fmt.Sprintf("many-%d", i))
			m.Title = fmt.Sprintf("Number %d.", i)
			p.Channel.Measure(m)
			if _, err := send(t, p, m); err != nil {
				t.Errorf("Send: %v", err)
			}
		})
	}
	wg.Wait()
	var all strings.Builder
	for _, post := range p.Published() {
		all.WriteString(post.Text + "\n")
	}
	for i := range n {
		if c := strings.Count(all.String(), fmt.Sprintf("Number %d.", i)); c != 1 {
			t.Errorf("post %d is published %d times, want once", i, c)
		}
	}
}

func twice(t *testing.T, h Harness) {
	p := h.Open(t)
	if !p.Channel.Idempotent() {
		t.Skip("this platform has no idempotency key")
	}
	mustSend(t, p, Simple("twice"))
	mustSend(t, p, Simple("twice"))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := send(t, p, Simple("twice")); err != nil {
				t.Errorf("Send: %v", err)
			}
		})
	}
	wg.Wait()
	if n := len(p.Published()); n != 1 {
		t.Errorf("one message sent six times is published %d times", n)
	}
}

func fault(t *testing.T, f Fault) {
	p := f.Open(t)
	m := Simple("fault")
	if f.Message != nil {
		m = *f.Message
	}
	if f.Hangs {
		hangs(t, p, m)
		return
	}
	_, err := send(t, p, m)
	var e *channel.SendError
	if !errors.As(err, &e) {
		t.Fatalf("Send: %v, want a *channel.SendError", err)
	}
	if e.Kind != f.Want {
		t.Errorf("kind %v (%v), want %v", e.Kind, err, f.Want)
	}
	if f.Want == channel.Throttled && e.RetryAfter != f.RetryAfter {
		t.Errorf("retry after %v, want %v", e.RetryAfter, f.RetryAfter)
	}
	if e.Reason == "" {
		t.Error("the error gives no reason")
	}
}

// hangs asks only that Send ends soon after its context; the two seconds are for a busy machine, not a speed claim.
func hangs(t *testing.T, p Platform, m channel.Message) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := p.Channel.Send(ctx, m)
		done <- err
	}()
	select {
	case err := <-done:
		CheckSecrets(t, p, err)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Send: %v, want an error that wraps context.DeadlineExceeded", err)
		}
	case <-time.After(2 * time.Second):
		t.Error("Send does not end with its context")
	}
}
