package state

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"
)

// schema is the version of everything below. A change that an older program cannot read raises it.
const schema = 1

// The buckets of version 1.
var (
	metaBucket    = []byte("meta")       // what the file says about itself: the keys below
	rowsBucket    = []byte("deliveries") // id → row, as JSON
	dueBucket     = []byte("due")        // channel 0 due id → nothing, for those that wait
	statesBucket  = []byte("states")     // state 0 id → nothing, for those that neither wait nor were sent
	countsBucket  = []byte("counts")     // channel 0 state → number, 8 bytes big endian
	shelfBucket   = []byte("shelf")      // channel → bucket of its items
	keySchema     = []byte("schema")
	keyOpen       = []byte("open")      // there while a process has the file open for writing
	keyWatermark  = []byte("watermark") // RFC 3339 with nanoseconds
	ledgerBuckets = [][]byte{rowsBucket, dueBucket, statesBucket, countsBucket, shelfBucket}
)

// checkSchema refuses a file that this program cannot read. An empty one is fine.
func checkSchema(tx *bolt.Tx) error {
	meta := tx.Bucket(metaBucket)
	if meta == nil {
		if k, _ := tx.Cursor().First(); k != nil || tx.DB().IsReadOnly() {
			return ErrForeign
		}
		return nil
	}
	text := string(meta.Get(keySchema))
	version, err := strconv.Atoi(text)
	switch {
	case err != nil || version < 1:
		return fmt.Errorf("%w: its schema version is %q", ErrForeign, text)
	case version > schema:
		return fmt.Errorf("%w: its schema has version %d, this program knows %d", ErrNewer, version, schema)
	}
	for _, name := range ledgerBuckets {
		if tx.Bucket(name) == nil {
			return fmt.Errorf("%w: it has no part %q", ErrDamaged, name)
		}
	}
	return nil
}

// migrate brings the file to the version of this program.
func migrate(tx *bolt.Tx) error {
	meta, err := tx.CreateBucketIfNotExists(metaBucket)
	if err != nil {
		return err
	}
	for _, name := range ledgerBuckets {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return meta.Put(keySchema, []byte(strconv.Itoa(schema)))
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
