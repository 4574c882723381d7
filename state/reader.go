package state

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"iter"
	"slices"

	bolt "go.etcd.io/bbolt"

	"beaware/outbox"
)

// page is how many rows one transaction reads. Between two pages none is open, so that the
// caller may write, and a slow one does not make the file grow.
const page = 256

// Deliveries streams the rows that match, each once, in no promised order. Where an index lists them it
// reads no others.
func (s *Store) Deliveries(ctx context.Context, f outbox.Filter) iter.Seq2[outbox.Delivery, error] {
	return func(yield func(outbox.Delivery, error) bool) {
		if len(f.States) == 0 || slices.Contains(f.States, outbox.Sent) {
			s.stream(ctx, f, rowsBucket, []byte(f.ID), yield)
			return
		}
		if slices.ContainsFunc(f.States, unended) {
			var prefix []byte
			if f.Channel != "" {
				prefix = prefixed(f.Channel, 0)
			}
			if !s.stream(ctx, f, dueBucket, prefix, yield) {
				return
			}
		}
		done := map[outbox.State]bool{}
		for _, st := range f.States {
			if st.Ended() && !done[st] && !s.stream(ctx, f, statesBucket, append(prefixed(string(st), len(f.ID)), f.ID...), yield) {
				return
			}
			done[st] = true
		}
	}
}

func unended(st outbox.State) bool { return !st.Ended() }

// idOf gives the id in a key of a bucket.
func idOf(bucket, key []byte) []byte {
	if bytes.Equal(bucket, rowsBucket) {
		return key
	}
	key = key[bytes.IndexByte(key, 0)+1:]
	if bytes.Equal(bucket, dueBucket) {
		key = key[min(timeLen, len(key)):]
	}
	return key
}

// stream yields the matching rows whose keys in a bucket begin with prefix, and tells whether to go on.
func (s *Store) stream(ctx context.Context, f outbox.Filter, bucket, prefix []byte, yield func(outbox.Delivery, error) bool) bool {
	for from, more := prefix, true; more; {
		var rows []outbox.Delivery
		err := ctx.Err()
		if err == nil {
			rows, from, err = s.page(f, bucket, prefix, from)
		}
		for _, d := range rows {
			if !yield(d, nil) {
				return false
			}
		}
		if err != nil {
			yield(outbox.Delivery{}, err)
			return false
		}
		more = from != nil
	}
	return true
}

// page reads up to so many keys at and after from, and gives the key to go on with, nil at the end.
func (s *Store) page(f outbox.Filter, bucket, prefix, from []byte) (rows []outbox.Delivery, next []byte, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucket).Cursor()
		k, _ := c.Seek(from)
		for n := 0; bytes.HasPrefix(k, prefix) && k != nil; k, _ = c.Next() {
			if n++; n > page {
				next = bytes.Clone(k)
				return nil
			}
			d, err := s.row(tx, idOf(bucket, k))
			if err != nil {
				return err
			}
			if f.Match(d) {
				rows = append(rows, d)
			}
		}
		return nil
	})
	return rows, next, err
}

// Counts gives the number of rows by channel and state.
func (s *Store) Counts(ctx context.Context) (counts []outbox.Count, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		counts, err = countOpen(tx)
		return errors.Join(err, tx.Bucket(countsBucket).ForEach(func(k, v []byte) error {
			channel, st, _ := bytes.Cut(k, []byte{0})
			counts = append(counts, outbox.Count{
				Channel: string(channel), State: outbox.State(st), N: int(binary.BigEndian.Uint64(v)),
			})
			return nil
		}))
	})
	slices.SortFunc(counts, func(a, b outbox.Count) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.State, b.State))
	})
	return counts, err
}

// countOpen counts what has not ended.
func countOpen(tx *bolt.Tx) (counts []outbox.Count, err error) {
	tally, rows := map[outbox.Count]int{}, tx.Bucket(rowsBucket)
	err = tx.Bucket(dueBucket).ForEach(func(k, _ []byte) error {
		id := idOf(dueBucket, k)
		p, err := decodePlace(id, rows.Get(id))
		tally[outbox.Count{Channel: p.channel, State: p.state}]++
		return err
	})
	for c, n := range tally {
		c.N = n
		counts = append(counts, c)
	}
	return counts, err
}
