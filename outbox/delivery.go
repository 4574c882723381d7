// Package outbox sees to it that every planned post ends in a state that staff can
// see: it writes what is due into a ledger, sends it channel by channel, tries again
// where that helps, and records why where it does not. It owns delivery states,
// retries and workers, and declares the Store it needs. It does not plan, knows no
// vendor and no storage engine. docs/delivery.md draws what this package does.
package outbox

import (
	"time"

	"beaware/campaign"
)

// State is where a delivery stands. Every post ends in one that staff can see.
type State string

const (
	Planned   State = "planned"   // written, waiting for its moment or its turn
	Claimed   State = "claimed"   // a worker has it, nothing was sent
	Sending   State = "sending"   // the request may be on its way
	Sent      State = "sent"      // the platform took it
	Retry     State = "retry"     // not taken, will be tried again at Due
	Failed    State = "failed"    // not taken, will not be tried again
	Uncertain State = "uncertain" // nobody knows whether the platform took it; not sent again by itself
	Missed    State = "missed"    // its moment passed while nobody was there to send it
	Skipped   State = "skipped"   // a rule kept it back: not reviewed, no channel, a blackout
	Cancelled State = "cancelled" // staff took it back
)

// States gives all states in the order in which a delivery goes through them, for lists.
func States() []State {
	return []State{Planned, Claimed, Sending, Retry, Sent, Uncertain, Failed, Missed, Skipped, Cancelled}
}

// Waiting tells whether a worker may claim a delivery in this state.
func (s State) Waiting() bool { return s == Planned || s == Retry }

// Ended tells whether nothing more happens to a delivery in this state by itself.
func (s State) Ended() bool { return !s.Waiting() && s != Claimed && s != Sending }

// Delivery is what became of a post: one row of the ledger.
type Delivery struct {
	Post      campaign.Post
	State     State
	Reason    string    // for staff, why it is in this state; holds no secret
	Due       time.Time // UTC; when a worker may take it: Post.At at first, later the next attempt
	Attempts  int       // requests that the platform answered or that may have reached it; a throttled one does not count
	MaybeSent bool      // an attempt ended without a clear answer, so the platform may already show the post
	Served    string    // language that was really shown; "" before it was rendered
	Ref       string    // the platform's id of the post
	URL       string    // public address of the post
	Updated   time.Time // UTC; the last change of State
	Asked     time.Time // UTC; when staff asked for it again, so that its grace counts from here; zero when they did not
}
