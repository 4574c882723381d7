package telegram

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"beaware/channel"
)

// BenchmarkManyChats measures what a whole conversation keeps of each of 100,000 people who wrote one message and got
// one answer: right afterwards, and when nothing but the trail is left.
func BenchmarkManyChats(b *testing.B) {
	const chats = 100_000
	for b.Loop() {
		var id atomic.Int64
		rt := roundTripper(func(r *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, r.Body)
			r.Body.Close()
			return respond(200, fmt.Sprintf(`{"ok":true,"result":{"message_id":%d}}`, 1_000_000+id.Add(1))), nil
		})
		c := newClient(b, "http://desk.example", rt, &record{})
		v := c.conversation(ConversationOptions{Name: "bot1", Username: "our_bot", Answer: func(channel.Event) channel.Screen {
			return channel.Screen{Text: "x", Resume: "i:sq:AL"}
		}})
		ctx, cancel := context.WithCancel(b.Context())
		before := heap()
		v.lanes = newLanes(ctx, v.run)
		now := time.Now().Unix()
		for i := range int64(chats) {
			for v.flying() > maxFlying {
				runtime.Gosched()
			}
			v.take(i + 1)
			v.dispatch(ctx, i+1, update{Message: &message{ID: i + 1, Date: now, From: &user{ID: hide(i + 5e9)}, Chat: chat{ID: hide(i + 5e9), Type: "private"}, Text: "/start"}}, nil)
			v.offset()
		}
		for v.busy() {
			time.Sleep(time.Millisecond)
		}
		v.offset()
		b.ReportMetric(float64(heap()-before)/chats, "B/chat-now")
		time.Sleep(idle + sweep)
		c.pace.tidy()
		if c.pace.tidy(); len(c.pace.chats) != 0 || v.trail.chats() != chats {
			b.Errorf("%d chats in the pace, %d in the trail", len(c.pace.chats), v.trail.chats())
		}
		b.ReportMetric(float64(heap()-before)/chats, "B/chat-later")
		cancel()
		v.lanes.wait()
		runtime.KeepAlive(v)
	}
}
