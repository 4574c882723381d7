package alert

import (
	"fmt"
	"testing"
	"time"

	"beaware/campaign"
	"beaware/outbox"
)

// BenchmarkTell is what a settled post costs its courier, with three sinks that know of a thousand other troubles.
func BenchmarkTell(b *testing.B) {
	s := &ear{}
	d := New(map[string]Sink{"a": s, "b": s, "c": s}, nil)
	for i := range maxWaiting {
		d.Tell(failed(fmt.Sprint(i), "x"))
	}
	now := time.Now()
	for _, state := range []outbox.State{outbox.Sent, outbox.Failed} {
		post := outbox.Delivery{Post: campaign.Post{ID: "world-day/daily/2027-07-17T19:30/ba-telegram/bs", At: now}, State: state, Reason: "chat not found"}
		b.Run(string(state), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d.Tell(Post(post, now, time.Hour)...)
			}
		})
	}
}
