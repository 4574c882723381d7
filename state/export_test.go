package state

import (
	"errors"

	bolt "go.etcd.io/bbolt"
)

// Space says how many bytes the disk has for the file from now on; 0: as many as it wants.
func (s *Store) Space(bytes int) {
	_ = s.db.Update(func(*bolt.Tx) error { // no writer may be at work
		s.db.MaxSize = bytes
		return errors.New("nothing to write")
	})
}

// Size is how many bytes the file has.
func (s *Store) Size() (n int) {
	_ = s.db.View(func(tx *bolt.Tx) error { n = int(tx.Size()); return nil })
	return n
}
