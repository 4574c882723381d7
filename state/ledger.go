package state

import (
	"bytes"
	"context"
	"encoding/binary"
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
	for _, d := range ds {
		if err := checkNames(d); err != nil {
			return 0, err
		}
	}
	err = s.update(func(tx *bolt.Tx) error {
		added = 0
		rows := tx.Bucket(rowsBucket)
		for _, d := range ds {
			if rows.Get([]byte(d.Post.ID)) != nil {
				continue
			}
			row, err := encode(d)
			if err != nil {
				return err
			}
			if err := write(tx, nowhere, placeOf(d), row); err != nil {
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

// Claim marks the earliest due delivery of a channel as claimed.
func (s *Store) Claim(ctx context.Context, channel string, now time.Time) (d *outbox.Delivery, next time.Time, err error) {
	if err := ctx.Err(); err != nil {
		return nil, next, err
	}
	look := func(tx *bolt.Tx) (id []byte) {
		next = time.Time{}
		prefix := prefixed(channel, 0)
		k, _ := tx.Bucket(dueBucket).Cursor().Seek(prefix)
		if !bytes.HasPrefix(k, prefix) {
			return nil
		}
		if due := readTime(k[len(prefix):]); due.After(now) {
			next = due
			return nil
		}
		return k[len(prefix)+timeLen:]
	}
	due := false
	// Mostly nothing is due. Finding that out must not write to the disk.
	if err := s.view(func(tx *bolt.Tx) error { due = look(tx) != nil; return nil }); err != nil || !due {
		return nil, next, err
	}
	err = s.update(func(tx *bolt.Tx) error {
		d = nil
		id := look(tx)
		if id == nil {
			return nil
		}
		old, err := s.row(tx, id)
		if err != nil {
			return err
		}
		claimed := *old
		claimed.State, claimed.Updated = outbox.Claimed, now.UTC()
		row, err := encode(claimed)
		if err != nil {
			return err
		}
		d = &claimed
		return write(tx, placeOf(*old), placeOf(claimed), row)
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	return d, next, nil
}

// row reads a row that an index points to.
func (s *Store) row(tx *bolt.Tx, id []byte) (*outbox.Delivery, error) {
	b := tx.Bucket(rowsBucket).Get(id)
	if b == nil {
		return nil, fmt.Errorf("%w: there is no row %q", ErrDamaged, id)
	}
	d, err := s.decode(id, b)
	return &d, err
}

// Settle replaces a row if it is in the state that the caller expects.
func (s *Store) Settle(ctx context.Context, from outbox.State, d outbox.Delivery) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := checkNames(d); err != nil {
		return err
	}
	want, err := encode(d)
	if err != nil {
		return err
	}
	// A conflict is no error of the transaction, which others may share.
	var found outbox.State
	err = s.update(func(tx *bolt.Tx) error {
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

// place is where a row is listed, beside its own bucket.
type place struct {
	id, channel string
	state       outbox.State
	due         time.Time
}

// nowhere is the place of a row that does not exist yet.
var nowhere place

func placeOf(d outbox.Delivery) place {
	return place{d.Post.ID, d.Post.Channel, d.State, d.Due}
}

// write puts a row in the place of an old one, with its indexes and counts.
func write(tx *bolt.Tx, old, p place, row []byte) error {
	if old != nowhere {
		if bucket, key := old.index(); bucket != nil {
			if err := tx.Bucket(bucket).Delete(key); err != nil {
				return err
			}
		}
		if err := count(tx, old, -1); err != nil {
			return err
		}
	}
	if bucket, key := p.index(); bucket != nil {
		if err := tx.Bucket(bucket).Put(key, []byte{}); err != nil {
			return err
		}
	}
	if err := tx.Bucket(rowsBucket).Put([]byte(p.id), row); err != nil {
		return err
	}
	return count(tx, p, +1)
}

// index gives the bucket that lists a row, and its key there. What was sent is most of the
// ledger and seldom looked for, so nothing lists it.
func (p place) index() (bucket, key []byte) {
	switch {
	case p.state.Waiting():
		return dueBucket, append(appendTime(prefixed(p.channel, timeLen+len(p.id)), p.due), p.id...)
	case p.state == outbox.Sent:
		return nil, nil
	default:
		return statesBucket, append(prefixed(string(p.state), len(p.id)), p.id...)
	}
}

func (p place) countKey() []byte {
	return append(prefixed(p.channel, len(p.state)), p.state...)
}

// count adds to the number of rows of a channel and state. Numbers that reach zero go.
func count(tx *bolt.Tx, p place, by int) error {
	counts, key := tx.Bucket(countsBucket), p.countKey()
	n := by
	if b := counts.Get(key); len(b) == 8 {
		n += int(binary.BigEndian.Uint64(b))
	}
	if n <= 0 {
		return counts.Delete(key)
	}
	return counts.Put(key, binary.BigEndian.AppendUint64(nil, uint64(n)))
}
