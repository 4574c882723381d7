package state

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"time"

	bolt "go.etcd.io/bbolt"

	"beaware/outbox"
)

// A tally says how often the button of a post was opened on a day, by the post's code: nothing of who opened it, in which
// language or at what time. A Tally counts in memory, and what it counted is written together.

// CountedDays is how long after it was sent a post's button is counted.
const CountedDays = 60

const (
	// talliedDays is how long totals are kept.
	talliedDays = 400

	codeLen     = 6
	tallyKeyLen = dayLen + codeLen
)

// Opened is how often the button of a post was opened on a day.
type Opened struct {
	Day  time.Time // midnight UTC
	Code string    // outbox.Code of the post
	N    int
}

// AddOpened adds to the totals, in one transaction.
func (s *Store) AddOpened(ctx context.Context, list []Opened) error {
	if err := ctx.Err(); err != nil || len(list) == 0 {
		return err
	}
	for _, o := range list {
		if len(o.Code) != codeLen || o.N < 0 {
			return fmt.Errorf("count code %q %d times: a code has %d characters, and no number is below zero", o.Code, o.N, codeLen)
		}
	}
	return s.update(func(tx *bolt.Tx) error {
		totals := tx.Bucket(tallyBucket)
		for _, o := range list {
			key := append(binary.BigEndian.AppendUint32(nil, dayOf(o.Day)), o.Code...)
			n := uint64(o.N)
			if b := totals.Get(key); len(b) == 8 {
				n += binary.BigEndian.Uint64(b)
			}
			if err := totals.Put(key, binary.BigEndian.AppendUint64(nil, n)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Opened lists the totals of the days from <= day < to, by day and code.
func (s *Store) Opened(ctx context.Context, from, to time.Time) (list []Opened, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(tallyBucket).Cursor()
		for k, v := c.Seek(binary.BigEndian.AppendUint32(nil, dayOf(from))); len(k) == tallyKeyLen && len(v) == 8; k, v = c.Next() {
			day := binary.BigEndian.Uint32(k)
			if day >= dayOf(to) {
				break
			}
			list = append(list, Opened{time.Unix(int64(day)*24*60*60, 0).UTC(), string(k[dayLen:]), int(binary.BigEndian.Uint64(v))})
		}
		return nil
	})
	return list, err
}

// Published streams the posts that were sent from a moment on and before another one.
func (s *Store) Published(ctx context.Context, from, to time.Time) iter.Seq2[outbox.Delivery, error] {
	return func(yield func(outbox.Delivery, error) bool) {
		for d, err := range s.Deliveries(ctx, outbox.Filter{States: []outbox.State{outbox.Sent}}) {
			if err == nil && (d.Updated.Before(from) || !d.Updated.Before(to)) {
				continue
			}
			if !yield(d, err) {
				return
			}
		}
	}
}

// Countable gives the codes of the posts whose buttons are counted at a moment: those sent in the last 60 days.
func (s *Store) Countable(ctx context.Context, now time.Time) (map[string]bool, error) {
	codes := map[string]bool{}
	for d, err := range s.Published(ctx, now.AddDate(0, 0, -CountedDays), now.AddDate(1, 0, 0)) {
		if err != nil {
			return nil, err
		}
		codes[outbox.Code(d.Post.ID)] = true
	}
	return codes, nil
}

// PruneOpened drops the totals of days that are more than 400 days ago.
func (s *Store) PruneOpened(ctx context.Context, now time.Time) error {
	today := dayOf(now)
	return s.prune(ctx, tallyBucket, func(k, _ []byte) bool { return len(k) < dayLen || binary.BigEndian.Uint32(k)+talliedDays < today })
}

// opened looks for totals that AddOpened did not write.
func (c *checker) opened() {
	_ = c.tx.Bucket(tallyBucket).ForEach(func(k, v []byte) error {
		if len(k) != tallyKeyLen || len(v) != 8 || int64(binary.BigEndian.Uint64(v)) < 0 {
			c.fault("the tally has %x under %q, which is not a number under a day and a code", v, k)
		}
		return nil
	})
}
