package outbox

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Drain sends everything that is due at now, channel after channel in the order of their ids, and
// returns. It takes the same way as Run, with a clock that stands still, so what is to be tried again
// later stays. It does not plan. An error is the ledger's; after one call Recover before the next Drain.
// For rehearsals and tests.
func (o *Outbox) Drain(ctx context.Context, now time.Time) error {
	for _, id := range slices.Sorted(maps.Keys(o.Channels)) {
		c := &courier{o: o, id: id, ch: o.Channels[id], now: func() time.Time { return now }, hard: ctx}
		for worked := true; worked && ctx.Err() == nil; {
			var err error
			if _, worked, err = c.turn(ctx); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}
