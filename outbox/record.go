package outbox

import (
	"context"
	"log/slog"
)

// record tells of a change of state that was written: who it was for is in the ledger only.
func (o *Outbox) record(d Delivery) {
	level := slog.LevelWarn
	switch d.State {
	case Planned, Sending, Sent: // beaware posts lists what was sent
		level = slog.LevelDebug
	case Skipped, Cancelled:
		level = slog.LevelInfo
	}
	o.Log.Log(context.Background(), level, "post", "post", d.Post.ID, "campaign", d.Post.Campaign,
		"channel", d.Post.Channel, "state", string(d.State), "reason", d.Reason)
	o.observe(d)
}

// observe tells the observer. Its faults are not those of delivery.
func (o *Outbox) observe(d Delivery) {
	if o.Observe == nil {
		return
	}
	if fault := guard(func() { o.Observe(d) }); fault != "" {
		o.Log.Error("the observer of posts is broken", "reason", fault)
	}
}
