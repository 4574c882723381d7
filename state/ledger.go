package state

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"beaware/outbox"
)

var _ outbox.Store = (*Store)(nil)

// Watermark is the moment up to which everything is planned; zero in a new file.
func (s *Store) Watermark(ctx context.Context) (t time.Time, err error) {
	if err := ctx.Err(); err != nil {
		return t, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		t, err = watermark(tx)
		return err
	})
	return t, err
}

func watermark(tx *bolt.Tx) (time.Time, error) {
	b := tx.Bucket(metaBucket).Get(keyWatermark)
	if b == nil {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: the watermark is %q", ErrDamaged, b)
	}
	return t, nil
}

// Enqueue writes new deliveries and moves the watermark, in one transaction.
func (s *Store) Enqueue(ctx context.Context, ds []outbox.Delivery, mark time.Time) (added int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	encoded := make([][]byte, len(ds))
	for i, d := range ds {
		if err := checkNames(d); err != nil {
			return 0, err
		}
		encoded[i] = encode(d)
	}
	err = s.update(func(tx *bolt.Tx) error {
		added = 0
		rows := tx.Bucket(rowsBucket)
		for i, d := range ds {
			if rows.Get([]byte(d.Post.ID)) != nil {
				continue
			}
			if err := write(tx, nowhere, placeOf(d), encoded[i]); err != nil {
				return err
			}
			added++
		}
		return raise(tx, mark)
	})
	return added, err
}

// raise moves the watermark forward.
func raise(tx *bolt.Tx, mark time.Time) error {
	old, err := watermark(tx)
	if err != nil || !mark.After(old) {
		return err
	}
	return tx.Bucket(metaBucket).Put(keyWatermark, []byte(mark.UTC().Format(time.RFC3339Nano)))
}

// checkNames refuses what cannot be part of a key.
func checkNames(d outbox.Delivery) error {
	for _, name := range []string{d.Post.ID, d.Post.Channel, string(d.State)} {
		if name == "" || len(name) > 4096 || strings.ContainsRune(name, 0) {
			return fmt.Errorf("write the row of %q: id, channel (%q) and state (%q) must not be empty, hold a zero byte or exceed 4096 bytes",
				d.Post.ID, d.Post.Channel, d.State)
		}
	}
	return nil
}

// Claim marks the earliest due delivery of a channel that is let through as claimed.
func (s *Store) Claim(ctx context.Context, channel string, now time.Time, pass func(outbox.Delivery) bool) (d *outbox.Delivery, next time.Time, err error) {
	if err := ctx.Err(); err != nil {
		return nil, next, err
	}
	var first place
	look := func(tx *bolt.Tx) (err error) {
		first, err = s.earliest(tx, channel, pass)
		return err
	}
	waits := func() bool { return first == nowhere || first.due.After(now) }
	// Mostly nothing is due. Finding that out must not write to the disk.
	if err := s.view(look); err != nil || waits() {
		return nil, first.due, err
	}
	err = s.update(func(tx *bolt.Tx) error {
		d = nil
		if err := look(tx); err != nil || waits() {
			return err
		}
		claimed, err := s.row(tx, []byte(first.id))
		if err != nil {
			return err
		}
		claimed.State, claimed.Updated = outbox.Claimed, now.UTC()
		d = &claimed
		return write(tx, first, placeOf(claimed), encode(claimed))
	})
	switch {
	case err != nil:
		return nil, time.Time{}, err
	case d == nil:
		return nil, first.due, nil
	}
	return d, time.Time{}, nil
}

// earliest finds the first delivery of a channel that waits and is let through, or nowhere. Those that a worker has stand
// among them until they are settled; there are few.
func (s *Store) earliest(tx *bolt.Tx, channel string, pass func(outbox.Delivery) bool) (place, error) {
	rows, prefix := tx.Bucket(rowsBucket), prefixed(channel, 0)
	c := tx.Bucket(dueBucket).Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		id := idOf(dueBucket, k)
		p, err := decodePlace(id, rows.Get(id))
		if err != nil {
			return nowhere, err
		}
		if !p.state.Waiting() {
			continue
		}
		if pass == nil {
			return p, nil
		}
		if d, err := s.row(tx, id); err != nil || pass(d) {
			return p, err
		}
	}
	return nowhere, nil
}

// row reads a row that an index points to.
func (s *Store) row(tx *bolt.Tx, id []byte) (outbox.Delivery, error) {
	b := tx.Bucket(rowsBucket).Get(id)
	if b == nil {
		return outbox.Delivery{}, fmt.Errorf("%w: there is no row %q", ErrDamaged, id)
	}
	return s.decode(id, b)
}

// Settle replaces a row if it is in the state that the caller expects.
func (s *Store) Settle(ctx context.Context, from outbox.State, d outbox.Delivery) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := checkNames(d); err != nil {
		return err
	}
	want := encode(d)
	// A conflict is no error of the transaction, which others may share.
	var found outbox.State
	err := s.update(func(tx *bolt.Tx) error {
		found = from
		b := tx.Bucket(rowsBucket).Get([]byte(d.Post.ID))
		if bytes.Equal(b, want) {
			return nil
		}
		if b == nil {
			found = "unknown"
			return nil
		}
		old, err := decodePlace([]byte(d.Post.ID), b)
		if err != nil {
			return err
		}
		if found = old.state; found != from {
			return nil
		}
		return write(tx, old, placeOf(d), want)
	})
	if err == nil && found != from {
		err = fmt.Errorf("settle %s: it is %q, not %q: %w", d.Post.ID, found, from, outbox.ErrConflict)
	}
	return err
}
