package state

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"
)

// The buckets of version 3.
var (
	metaBucket   = []byte("meta")       // what the file says about itself: the keys below
	rowsBucket   = []byte("deliveries") // id → row, see row.go
	dueBucket    = []byte("due")        // channel 0 due id → nothing, for those that have not ended
	statesBucket = []byte("states")     // state 0 id → nothing, for those that have ended otherwise than as sent
	countsBucket = []byte("counts")     // channel 0 state → number, 8 bytes big endian, of those that have ended
	shelfBucket  = []byte("shelf")      // channel → bucket of its items
	pausesBucket = []byte("pauses")     // scope 0 id → pause, as JSON
	auditBucket  = []byte("audit")      // time by 0 name 0 target → action, as JSON
	planBucket   = []byte("plan")       // "plan" → what SavePlan was given
	memoryBucket = []byte("memory")     // keyed hash of a chat → day, 4 bytes big endian, and what is remembered, sealed; see remember.go
	tallyBucket  = []byte("tally")      // day, 4 bytes big endian, and code of a post → number, 8 bytes big endian
	keySchema    = []byte("schema")
	keyOpen      = []byte("open")      // there while a process has the file open for writing
	keyWatermark = []byte("watermark") // RFC 3339 with nanoseconds
	keyPlan      = []byte("plan")
	parts        = [][]byte{rowsBucket, dueBucket, statesBucket, countsBucket, shelfBucket, pausesBucket, auditBucket, planBucket,
		memoryBucket, tallyBucket}
)

// step brings a file from one version to the next. It is part of one transaction, from which a backup was made before.
type step func(*Store, *bolt.Tx) error

// steps leads from version 1 to 2, and so on. A change that an older program cannot read adds one.
func steps() []step { return []step{(*Store).fromOne, (*Store).fromTwo} }

// fromTwo adds the memory and the tally, which begin empty. A program of version 2 would not prune them.
func (s *Store) fromTwo(tx *bolt.Tx) error { return makeBuckets(tx) }

// schema is the version that this program works with.
func (s *Store) schema() int { return len(s.steps) + 1 }

// version reads which version a file has, 0 for an empty one, and refuses what this program cannot read.
func (s *Store) version(tx *bolt.Tx) (int, error) {
	meta := tx.Bucket(metaBucket)
	if meta == nil {
		if k, _ := tx.Cursor().First(); k != nil || tx.DB().IsReadOnly() {
			return 0, ErrForeign
		}
		return 0, nil
	}
	text := string(meta.Get(keySchema))
	version, err := strconv.Atoi(text)
	switch {
	case err != nil || version < 1:
		return 0, fmt.Errorf("%w: its schema version is %q", ErrForeign, text)
	case version > s.schema():
		return 0, fmt.Errorf("%w: its schema has version %d, this program knows %d", ErrNewer, version, s.schema())
	case version < s.schema() && tx.DB().IsReadOnly():
		return 0, fmt.Errorf("%w: its schema has version %d, this program works with %d; beaware run brings it up to date", ErrOlder, version, s.schema())
	case version < s.schema():
		return version, nil
	}
	for _, name := range parts {
		if tx.Bucket(name) == nil {
			return 0, fmt.Errorf("%w: it has no part %q", ErrDamaged, name)
		}
	}
	return version, nil
}

// migrate brings the file from a version to that of this program. What it made is checked before it is kept.
func (s *Store) migrate(tx *bolt.Tx, from int) error {
	if from > 0 {
		for i, step := range s.steps[from-1:] {
			if err := step(s, tx); err != nil {
				return fmt.Errorf("bring it from schema version %d to %d: %w", from+i, from+i+1, err)
			}
		}
	}
	if err := makeBuckets(tx); err != nil {
		return err
	}
	if err := tx.Bucket(metaBucket).Put(keySchema, []byte(strconv.Itoa(s.schema()))); err != nil {
		return err
	}
	if faults := s.compare(tx); len(faults) > 0 {
		return fmt.Errorf("%w: %w", ErrDamaged, errors.Join(faults...))
	}
	return nil
}

func makeBuckets(tx *bolt.Tx) error {
	for _, name := range append([][]byte{metaBucket}, parts...) {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return nil
}

const timeLen = 12

// appendTime writes a moment so that the bytes sort as the moments do, for every year.
func appendTime(b []byte, t time.Time) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(t.Unix())^1<<63)
	return binary.BigEndian.AppendUint32(b, uint32(t.Nanosecond()))
}

func readTime(b []byte) time.Time {
	return time.Unix(int64(binary.BigEndian.Uint64(b)^1<<63), int64(binary.BigEndian.Uint32(b[8:]))).UTC()
}

// prefixed is a name that ends where the next part of a key begins.
func prefixed(name string, more int) []byte {
	return append(append(make([]byte, 0, len(name)+1+more), name...), 0)
}
