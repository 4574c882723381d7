package state

import (
	"bytes"
	"encoding/binary"
	"time"

	bolt "go.etcd.io/bbolt"

	"beaware/outbox"
)

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

// write puts a row in the place of an old one, with its indexes and counts. Most changes of state, from planned to
// sending, leave a row listed where it was.
func write(tx *bolt.Tx, old, p place, row []byte) error {
	if err := relist(tx, old, p); err != nil {
		return err
	}
	if err := count(tx, old, -1); err != nil {
		return err
	}
	if err := count(tx, p, +1); err != nil {
		return err
	}
	return tx.Bucket(rowsBucket).Put([]byte(p.id), row)
}

// relist moves a row from the index that lists it to the one that is to.
func relist(tx *bolt.Tx, old, p place) error {
	from, key := old.index()
	to, newKey := p.index()
	if bytes.Equal(from, to) && bytes.Equal(key, newKey) {
		return nil
	}
	if from != nil {
		if err := tx.Bucket(from).Delete(key); err != nil {
			return err
		}
	}
	if to == nil {
		return nil
	}
	return tx.Bucket(to).Put(newKey, []byte{})
}

// index gives the bucket that lists a row, and its key there. What was sent is most of the
// ledger and seldom looked for, so nothing lists it.
func (p place) index() (bucket, key []byte) {
	switch {
	case p.id == "" || p.state == outbox.Sent:
		return nil, nil
	case !p.state.Ended():
		return dueBucket, append(appendTime(prefixed(p.channel, timeLen+len(p.id)), p.due), p.id...)
	default:
		return statesBucket, append(prefixed(string(p.state), len(p.id)), p.id...)
	}
}

func (p place) countKey() []byte {
	return append(prefixed(p.channel, len(p.state)), p.state...)
}

// count adds to the number of rows of a channel and state. Those that have not ended are few, and
// counted when somebody asks. Numbers that reach zero go.
func count(tx *bolt.Tx, p place, by int) error {
	if p.id == "" || !p.state.Ended() {
		return nil
	}
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
