package state

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// mostFaults is how many faults a check reports.
const mostFaults = 20

// Check opens a file that no process writes to, reads all of it and reports what does
// not agree: pages of the engine, rows, indexes, counts, shelf. The file stays as it is.
func Check(path string) error {
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	return errors.Join(s.Check(), s.Close())
}

// Check reads the whole file, as the function of this name does. Writers wait meanwhile.
func (s *Store) Check() error {
	return s.named(guard(func() error {
		// A read transaction would not be safe beside writers.
		tx, err := s.db.Begin(!s.db.IsReadOnly())
		if err != nil {
			return err
		}
		defer tx.Rollback()
		var faults []error
		for err := range tx.Check() { // to its end, or its goroutine never ends
			if len(faults) < mostFaults {
				faults = append(faults, err)
			}
		}
		// What an older version wrote is compared after it was brought up to date.
		if version, err := s.version(tx); len(faults) == 0 && version == s.schema() && err == nil {
			faults = s.compare(tx)
		}
		if len(faults) > 0 {
			return fmt.Errorf("%w: %w", ErrDamaged, errors.Join(faults...))
		}
		return nil
	}))
}

// compare looks for what does not agree with the rows.
func (s *Store) compare(tx *bolt.Tx) []error {
	c := checker{s: s, tx: tx, counts: map[string]int{}}
	c.rows()
	c.index(dueBucket)
	c.index(statesBucket)
	c.tally()
	c.shelf()
	c.decisions()
	c.memory()
	c.opened()
	return c.faults
}

// checker compares the rows with everything that is derived from them.
type checker struct {
	s      *Store
	tx     *bolt.Tx
	counts map[string]int // by key in the counts bucket
	faults []error
}

func (c *checker) fault(format string, args ...any) {
	if len(c.faults) < mostFaults {
		c.faults = append(c.faults, fmt.Errorf(format, args...))
	}
}

// rows reads every row and looks for it in the index that lists it.
func (c *checker) rows() {
	_ = c.tx.Bucket(rowsBucket).ForEach(func(k, v []byte) error {
		d, err := c.s.decode(k, v)
		if err != nil {
			c.fault("%w", err)
			return nil
		}
		p := placeOf(d)
		if d.State.Ended() {
			c.counts[string(p.countKey())]++
		}
		if bucket, key := p.index(); bucket != nil && c.tx.Bucket(bucket).Get(key) == nil {
			c.fault("row %q is %s and not listed in %s", k, d.State, bucket)
		}
		return nil
	})
	if _, err := watermark(c.tx); err != nil {
		c.fault("%w", err)
	}
}

// index finds the entries of an index that no row stands behind: as every row has its own, these are what is too many.
func (c *checker) index(name []byte) {
	rows := c.tx.Bucket(rowsBucket)
	_ = c.tx.Bucket(name).ForEach(func(k, _ []byte) error {
		id := idOf(name, k)
		d, err := c.s.decode(id, rows.Get(id))
		bucket, key := placeOf(d).index()
		if err != nil || !bytes.Equal(bucket, name) || !bytes.Equal(key, k) {
			c.fault("%s holds %q, which no row stands behind", name, k)
		}
		return nil
	})
}

// tally compares the counts.
func (c *checker) tally() {
	_ = c.tx.Bucket(countsBucket).ForEach(func(k, v []byte) error {
		if len(v) != 8 || binary.BigEndian.Uint64(v) != uint64(c.counts[string(k)]) {
			c.fault("the count of %q is %x, and there are %d rows", k, v, c.counts[string(k)])
		}
		delete(c.counts, string(k))
		return nil
	})
	for k, n := range c.counts {
		c.fault("%d rows of %q are not counted", n, k)
	}
}

// shelf looks for each item under its id and the other way round.
func (c *checker) shelf() {
	_ = c.tx.Bucket(shelfBucket).ForEachBucket(func(name []byte) error {
		shelf := c.tx.Bucket(shelfBucket).Bucket(name)
		items, ids := shelf.Bucket(itemsBucket), shelf.Bucket(idsBucket)
		if items == nil || ids == nil {
			c.fault("the shelf of channel %q is not whole", name)
			return nil
		}
		n := 0
		_ = items.ForEach(func(k, _ []byte) error {
			if n++; len(k) <= timeLen || !bytes.Equal(ids.Get(k[timeLen:]), k) {
				c.fault("the shelf of channel %q holds item %q under no id", name, k)
			}
			return nil
		})
		if m := ids.Stats().KeyN; m != n || n > shelfSize {
			c.fault("the shelf of channel %q has %d items and %d ids, at most %d are right", name, n, m, shelfSize)
		}
		return nil
	})
}

// decisions reads what staff decided.
func (c *checker) decisions() {
	if _, err := pauses(c.tx); err != nil {
		c.fault("%w", err)
	}
	if _, err := actions(c.tx, -1); err != nil {
		c.fault("%w", err)
	}
}
