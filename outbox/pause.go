package outbox

import (
	"context"
	"fmt"
	"time"
)

// What a pause may hold.
const (
	ScopeAll      = "all"
	ScopeOffice   = "office"
	ScopeCampaign = "campaign"
	ScopeChannel  = "channel"
)

// Pause holds posts back until staff resume. They stay planned meanwhile.
type Pause struct {
	Scope string // one of the scopes above
	ID    string // of the office, campaign or channel; "" with ScopeAll
	By    string // who paused
	Since time.Time
	Note  string // for staff
}

// Holds tells whether the pause is for a post.
func (p Pause) Holds(d Delivery) bool {
	switch p.Scope {
	case ScopeAll:
		return true
	case ScopeOffice:
		return p.ID == d.Post.Office
	case ScopeCampaign:
		return p.ID == d.Post.Campaign
	case ScopeChannel:
		return p.ID == d.Post.Channel
	}
	return false
}

func (p Pause) target() string {
	if p.Scope == ScopeAll {
		return "everything"
	}
	return p.Scope + " " + p.ID
}

func (p Pause) valid() error {
	switch p.Scope {
	case ScopeAll:
		if p.ID != "" {
			return fmt.Errorf("pause everything: %q names something, and everything has no name", p.ID)
		}
		return nil
	case ScopeOffice, ScopeCampaign, ScopeChannel:
		if p.ID == "" {
			return fmt.Errorf("pause one %s: its id is missing", p.Scope)
		}
		return nil
	}
	return fmt.Errorf("pause %q: right are all, office, campaign and channel", p.Scope)
}

// brakes are all pauses, as they stand at one moment.
type brakes []Pause

// pass lets a delivery through that no pause holds.
func (b brakes) pass(d Delivery) bool {
	for _, p := range b {
		if p.Holds(d) {
			return false
		}
	}
	return true
}

// filter is pass for Claim: nil while nothing is paused.
func (b brakes) filter() func(Delivery) bool {
	if len(b) == 0 {
		return nil
	}
	return b.pass
}

// brakes reads what is paused. It is read before each claim and each send, so that a pause holds at once.
func (o *Outbox) brakes(ctx context.Context) (brakes, error) {
	list, err := o.Store.Pauses(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what is paused: %w", err)
	}
	return list, nil
}

// Pauses lists what is paused.
func (o *Outbox) Pauses(ctx context.Context) ([]Pause, error) { return o.Store.Pauses(ctx) }

// Pause holds back what it names, from the next send on. Since is now when zero. Pausing the same again changes who, since when and why.
func (o *Outbox) Pause(ctx context.Context, p Pause) error {
	if err := p.valid(); err != nil {
		return err
	}
	if p.Since.IsZero() {
		p.Since = o.Now()
	}
	p.Since, p.Note = p.Since.UTC(), clean(p.Note)
	return o.act(ctx, p.By, "pause", p.target(), func() (string, error) {
		return "paused", o.Store.SetPause(ctx, p)
	})
}

// Resume lets go what a pause of the same scope and id held, unless another pause holds it too. What would come too late by
// its entry's rule is missed.
func (o *Outbox) Resume(ctx context.Context, scope, id, by string) error {
	p := Pause{Scope: scope, ID: id}
	if err := p.valid(); err != nil {
		return err
	}
	return o.act(ctx, by, "resume", p.target(), func() (string, error) {
		rest, err := o.brakes(ctx)
		if err != nil {
			return "", err
		}
		if rest, err = rest.without(p); err != nil {
			return "", err
		}
		// While the pause still stands: no worker may take what is judged here.
		missed, err := o.tooLate(ctx, func(d Delivery) bool { return p.Holds(d) && rest.pass(d) })
		if err != nil {
			return "", err
		}
		_, err = o.Store.DropPause(ctx, scope, id)
		return fmt.Sprintf("resumed, %s missed", posts(missed)), err
	})
}

// without gives the other pauses.
func (b brakes) without(p Pause) (rest brakes, err error) {
	for _, other := range b {
		if other.Scope != p.Scope || other.ID != p.ID {
			rest = append(rest, other)
		}
	}
	if len(rest) == len(b) {
		return nil, fmt.Errorf("%s is not paused", p.target())
	}
	return rest, nil
}

// tooLate judges what was held back like posts that became due while nobody was there.
func (o *Outbox) tooLate(ctx context.Context, held func(Delivery) bool) (missed int, err error) {
	now, late := o.Now(), newest{}
	f := Filter{States: []State{Planned}}
	for d, err := range o.Store.Deliveries(ctx, f) {
		if err != nil {
			return 0, fmt.Errorf("list posts: %w", err)
		}
		if held(d) {
			o.note(late, d, now)
		}
	}
	return o.move(ctx, f, func(d Delivery) (Delivery, bool) {
		if !held(d) || !d.untried() {
			return d, false
		}
		reason := o.missed(d, now, late)
		return d.end(Missed, "paused until too late: "+reason, now), reason != ""
	})
}
