package outbox

import (
	"context"
	"errors"
	"iter"
	"time"
)

// ErrConflict says that a delivery was not in the state that Settle expected, or is unknown.
var ErrConflict = errors.New("the delivery is in another state than expected")

// Ledger holds the deliveries. Every method is one transaction; what it acknowledged
// survives a crash. An error may leave it open whether the transaction took place, and
// each method may then be called again with the same arguments.
type Ledger interface {
	// Watermark is the moment up to which everything is planned; the zero time before the first Enqueue.
	Watermark(ctx context.Context) (time.Time, error)
	// Enqueue writes the deliveries whose ids are not known yet and moves the watermark, never
	// back, in one transaction. It returns how many were new.
	Enqueue(ctx context.Context, ds []Delivery, watermark time.Time) (added int, err error)
	// Claim marks the waiting delivery of the channel with the earliest Due, then the lowest id, as
	// claimed and returns it. It passes over those that pass, unless nil, does not let through; pass may be called often and
	// inside a transaction. When none is due at now, d is nil and next is the earliest Due, or zero.
	Claim(ctx context.Context, channel string, now time.Time, pass func(Delivery) bool) (d *Delivery, next time.Time, err error)
	// Settle replaces the row of d.Post.ID by d if its state is from, or else returns ErrConflict.
	// A row that already equals d is left as it is, without an error.
	Settle(ctx context.Context, from State, d Delivery) error
}

// Reader lists what the ledger holds.
type Reader interface {
	// Deliveries streams the rows that match, without holding a transaction open between
	// two of them, so the caller may settle what it is given. The stream ends with the first error.
	Deliveries(ctx context.Context, f Filter) iter.Seq2[Delivery, error]
	// Counts gives the number of rows by channel and state, sorted, without the empty ones.
	Counts(ctx context.Context) ([]Count, error)
}

// Brakes holds what staff paused. It survives a restart.
type Brakes interface {
	// SetPause writes a pause; the same scope and id again replaces the earlier one.
	SetPause(ctx context.Context, p Pause) error
	// DropPause removes a pause and tells whether there was one.
	DropPause(ctx context.Context, scope, id string) (found bool, err error)
	// Pauses lists what is paused, by scope and id.
	Pauses(ctx context.Context) ([]Pause, error)
}

// Journal holds what staff did, and what was planned when they last looked.
type Journal interface {
	// Record writes an action; the same one (At, By, Name, Target) with another outcome replaces it.
	Record(ctx context.Context, a Action) error
	// Actions lists the newest actions, the newest first, at most limit of them; all when limit is negative.
	Actions(ctx context.Context, limit int) ([]Action, error)
	// SavePlan keeps a plan, in whatever form; Plan gives it back, nil before the first.
	SavePlan(ctx context.Context, plan []byte) error
	Plan(ctx context.Context) ([]byte, error)
}

// Store is what the outbox keeps everything in.
type Store interface {
	Ledger
	Reader
	Brakes
	Journal
}

// Count is how many deliveries of a channel are in a state.
type Count struct {
	Channel string
	State   State
	N       int
}
