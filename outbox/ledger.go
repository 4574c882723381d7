package outbox

import (
	"context"
	"errors"
	"iter"
	"slices"
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
	// claimed and returns it. When none is due at now, d is nil and next is the earliest Due, or zero.
	Claim(ctx context.Context, channel string, now time.Time) (d *Delivery, next time.Time, err error)
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

// Store is what the outbox keeps its deliveries in.
type Store interface {
	Ledger
	Reader
}

// Count is how many deliveries of a channel are in a state.
type Count struct {
	Channel string
	State   State
	N       int
}

// Filter chooses deliveries; an empty field matches all.
type Filter struct {
	States   []State
	Campaign string
	Office   string
	Channel  string
}

// Match tells whether the filter lets a delivery through.
func (f Filter) Match(d Delivery) bool {
	return (len(f.States) == 0 || slices.Contains(f.States, d.State)) &&
		(f.Campaign == "" || f.Campaign == d.Post.Campaign) &&
		(f.Office == "" || f.Office == d.Post.Office) &&
		(f.Channel == "" || f.Channel == d.Post.Channel)
}
