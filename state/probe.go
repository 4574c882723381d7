package state

import (
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

// probe reads the whole file once before it is opened for work. Opening for writing
// walks through it too, but in a goroutine of bbolt's own, where a damaged page would end the
// process. Here it becomes an error.
func probe(path string, o Options) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	if info.IsDir() {
		return fmt.Errorf("open the database: %s is a folder", path)
	}
	if info.Size() == 0 { // made, and never written to
		if o.ReadOnly {
			return fmt.Errorf("open %s: %w: it is empty", path, ErrForeign)
		}
		return nil
	}
	db, err := openFile(path, &bolt.Options{Timeout: o.Timeout, ReadOnly: true})
	if err != nil {
		return err
	}
	defer db.Close()
	err = guard(func() error {
		return db.View(func(tx *bolt.Tx) error {
			if have, need := info.Size(), tx.Size(); have < need {
				return fmt.Errorf("%w: it has %d bytes and should have %d", ErrDamaged, have, need)
			}
			return tx.ForEach(func(_ []byte, b *bolt.Bucket) error { return walk(b) })
		})
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// walk touches every page below a bucket.
func walk(b *bolt.Bucket) error {
	return b.ForEach(func(k, v []byte) error {
		if v == nil {
			if inner := b.Bucket(k); inner != nil {
				return walk(inner)
			}
		}
		var touched byte
		for i := 0; i < len(v); i += os.Getpagesize() {
			touched ^= v[i]
		}
		_ = touched
		return nil
	})
}
