package channel

import "context"

// Pacer is a Channel whose platform asks for pauses between messages.
type Pacer interface {
	// Turn waits until one message may be sent, or ctx ends.
	Turn(ctx context.Context) error
}

// Wrapper is a Channel round another one.
type Wrapper interface{ Unwrap() Channel }

// Turn waits until ch may send one message; had is false where there is nothing to wait for. Who waits here and not in
// Send can be stopped without a doubt about the message: it was not on its way yet. Send then needs a context of WithTurn.
func Turn(ctx context.Context, ch Channel) (had bool, err error) {
	for {
		if p, ok := ch.(Pacer); ok {
			return true, p.Turn(ctx)
		}
		w, ok := ch.(Wrapper)
		if !ok {
			return false, nil
		}
		ch = w.Unwrap()
	}
}

type turnKey struct{}

// WithTurn tells a Send that its turn was waited for already.
func WithTurn(ctx context.Context) context.Context { return context.WithValue(ctx, turnKey{}, true) }

// HasTurn tells whether the turn was waited for already.
func HasTurn(ctx context.Context) bool { return ctx.Value(turnKey{}) != nil }
