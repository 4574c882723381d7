package state

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"beaware/outbox"
)

// pauseRow and actionRow are how the decisions of staff stand in the file. Fields may be added.
type pauseRow struct {
	Scope string    `json:"scope"`
	ID    string    `json:"id,omitempty"`
	By    string    `json:"by"`
	Since time.Time `json:"since"`
	Note  string    `json:"note,omitempty"`
}

type actionRow struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Name    string    `json:"name"`
	Target  string    `json:"target,omitempty"`
	Outcome string    `json:"outcome,omitempty"`
}

func pauseKey(scope, id string) []byte { return append(prefixed(scope, len(id)), id...) }

// SetPause writes a pause; the same scope and id again replaces the earlier one.
func (s *Store) SetPause(ctx context.Context, p outbox.Pause) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b, err := json.Marshal(pauseRow(p))
	if err != nil {
		return fmt.Errorf("write the pause of %s %s: %w", p.Scope, p.ID, err)
	}
	return s.update(func(tx *bolt.Tx) error { return tx.Bucket(pausesBucket).Put(pauseKey(p.Scope, p.ID), b) })
}

// DropPause removes a pause and tells whether there was one.
func (s *Store) DropPause(ctx context.Context, scope, id string) (found bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	err = s.update(func(tx *bolt.Tx) error {
		b, key := tx.Bucket(pausesBucket), pauseKey(scope, id)
		found = b.Get(key) != nil
		return b.Delete(key)
	})
	return found, err
}

// Pauses lists what is paused, by scope and id.
func (s *Store) Pauses(ctx context.Context) (list []outbox.Pause, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		list, err = pauses(tx)
		return err
	})
	return list, err
}

func pauses(tx *bolt.Tx) (list []outbox.Pause, err error) {
	err = tx.Bucket(pausesBucket).ForEach(func(k, v []byte) error {
		var p pauseRow
		if err := json.Unmarshal(v, &p); err != nil {
			return fmt.Errorf("%w: the pause %q: %w", ErrDamaged, k, err)
		}
		list = append(list, outbox.Pause(p))
		return nil
	})
	return list, err
}

// Record writes an action into the audit log; the same one with another outcome replaces it.
func (s *Store) Record(ctx context.Context, a outbox.Action) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b, err := json.Marshal(actionRow(a))
	if err != nil {
		return fmt.Errorf("write the action %s: %w", a.Name, err)
	}
	key := fmt.Appendf(appendTime(nil, a.At), "%s\x00%s\x00%s", a.By, a.Name, a.Target)
	return s.update(func(tx *bolt.Tx) error { return tx.Bucket(auditBucket).Put(key[:min(len(key), bolt.MaxKeySize)], b) })
}

// Actions lists the newest actions, the newest first, at most limit of them; all when limit is negative.
func (s *Store) Actions(ctx context.Context, limit int) (list []outbox.Action, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		list, err = actions(tx, limit)
		return err
	})
	return list, err
}

func actions(tx *bolt.Tx, limit int) (list []outbox.Action, err error) {
	c := tx.Bucket(auditBucket).Cursor()
	for k, v := c.Last(); k != nil && (limit < 0 || len(list) < limit); k, v = c.Prev() {
		var a actionRow
		if err := json.Unmarshal(v, &a); err != nil {
			return list, fmt.Errorf("%w: the action %q: %w", ErrDamaged, k, err)
		}
		list = append(list, outbox.Action(a))
	}
	return list, nil
}

// SavePlan keeps what the daemon planned when it started, in its own words.
func (s *Store) SavePlan(ctx context.Context, plan []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.update(func(tx *bolt.Tx) error { return tx.Bucket(planBucket).Put(keyPlan, plan) })
}

// Plan gives what SavePlan kept last, nil when it never did.
func (s *Store) Plan(ctx context.Context) (plan []byte, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		plan = bytes.Clone(tx.Bucket(planBucket).Get(keyPlan))
		return nil
	})
	return plan, err
}
