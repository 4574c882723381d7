package alert

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"beaware/channel"
	"beaware/outbox"
)

// Post gives what staff should hear of a delivery as it stands at a moment, and what is over by that. A post that should
// have gone out longer than late ago is late; zero for never. It is a pure function; call it whenever a delivery changes its
// state, and once a minute for those that wait.
func Post(d outbox.Delivery, now time.Time, late time.Duration) []Event {
	told := func(k Kind, text string) Event {
		return Event{Kind: k, Subject: d.Post.ID, Text: text, At: now}
	}
	over := func(text string, kinds ...Kind) (events []Event) {
		for _, k := range kinds {
			e := told(k, text)
			e.Over = true
			events = append(events, e)
		}
		return events
	}
	switch d.State {
	case outbox.Sent:
		return over("it went out", Uncertain, Failed, Late, Missed)
	case outbox.Cancelled:
		return over("staff took it back", Uncertain, Failed, Late, Missed)
	case outbox.Skipped:
		return over("a rule keeps it back", Uncertain, Failed, Late, Missed)
	case outbox.Uncertain:
		return append(over("it is uncertain", Failed, Late, Missed), told(Uncertain, d.Reason))
	case outbox.Failed:
		return append(over("it failed", Uncertain, Late, Missed), told(Failed, d.Reason))
	case outbox.Missed:
		return append(over("it was missed", Uncertain, Failed, Late), told(Missed, d.Reason))
	}
	if late <= 0 || now.Sub(expected(d)) <= late {
		return nil
	}
	e := told(Late, "was due "+d.Post.At.Format("2 January 15:04 MST")+" and has not gone out")
	e.Detail = d.Reason
	return []Event{e}
}

// expected is when a post should go out: at its moment, when quiet hours end, or when staff asked for it again.
func expected(d outbox.Delivery) time.Time {
	at := latest(d.Post.At, d.Asked)
	if d.Attempts == 0 && d.State.Waiting() {
		at = latest(at, d.Due)
	}
	return at
}

// Trouble with the store has one subject: there is one store.
const theStore = "store"

// StoreTrouble says that the ledger cannot be used; doing is what was tried. The error is not repeated but for its
// words, so it must be one of the store's own, which hold no secret.
func StoreTrouble(doing string, err error) Event {
	return Event{Kind: Store, Subject: theStore, Text: doing + "; nothing is sent until it can be", Detail: fmt.Sprint(err)}
}

// StoreWorks says that the trouble is over.
func StoreWorks() Event {
	return Event{Kind: Store, Subject: theStore, Text: "the store works again", Over: true}
}

// Watched is a channel that tells when its token, address or rights are wrong, and when they are mended. tell must not block.
func Watched(id string, ch channel.Channel, tell func(...Event)) channel.Channel {
	return &watched{Channel: ch, id: id, tell: tell}
}

type watched struct {
	channel.Channel
	id     string
	tell   func(...Event)
	broken atomic.Bool
}

// Unwrap gives the channel that is watched.
func (w *watched) Unwrap() channel.Channel { return w.Channel }

func (w *watched) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	r, err := w.Channel.Send(ctx, m)
	kind, _, reason := reading(err)
	switch {
	case err == nil:
		if w.broken.Swap(false) {
			w.tell(Event{Kind: Channel, Subject: w.id, Text: "it takes posts again", Over: true})
		}
	case kind == channel.Misconfigured:
		w.broken.Store(true)
		w.tell(Event{Kind: Channel, Subject: w.id, Text: reason})
	}
	return r, err
}
