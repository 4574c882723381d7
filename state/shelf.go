package state

import (
	"bytes"
	"context"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// shelfSize is how many items a channel keeps; the oldest go.
const shelfSize = 500

// Inside a channel's bucket of the shelf.
var (
	itemsBucket = []byte("items") // time id → item
	idsBucket   = []byte("ids")   // id → key in items
)

// Put places an item of a channel on the shelf. The same id again replaces the earlier one.
func (s *Store) Put(ctx context.Context, channel, id string, at time.Time, item []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if channel == "" || id == "" || len(channel) > 4096 || len(id) > 4096 {
		return fmt.Errorf("put item %q of channel %q on the shelf: both names must have 1 to 4096 bytes", id, channel)
	}
	return s.update(func(tx *bolt.Tx) error {
		shelf, err := tx.Bucket(shelfBucket).CreateBucketIfNotExists([]byte(channel))
		if err != nil {
			return err
		}
		items, err := shelf.CreateBucketIfNotExists(itemsBucket)
		if err != nil {
			return err
		}
		ids, err := shelf.CreateBucketIfNotExists(idsBucket)
		if err != nil {
			return err
		}
		if old := ids.Get([]byte(id)); old != nil {
			if err := items.Delete(bytes.Clone(old)); err != nil {
				return err
			}
		}
		key := append(appendTime(nil, at), id...)
		if err := items.Put(key, item); err != nil {
			return err
		}
		if err := ids.Put([]byte(id), key); err != nil {
			return err
		}
		return trim(items, ids)
	})
}

// trim removes what is older than the newest shelfSize items.
func trim(items, ids *bolt.Bucket) error {
	var old [][]byte
	n := 0
	for c, k := last(items); k != nil; k, _ = c.Prev() {
		if n++; n > shelfSize {
			old = append(old, bytes.Clone(k))
		}
	}
	for _, k := range old {
		if err := items.Delete(k); err != nil {
			return err
		}
		if err := ids.Delete(k[timeLen:]); err != nil {
			return err
		}
	}
	return nil
}

func last(b *bolt.Bucket) (*bolt.Cursor, []byte) {
	c := b.Cursor()
	k, _ := c.Last()
	return c, k
}

// List gives copies of a channel's newest items, newest first, at most limit of them.
func (s *Store) List(ctx context.Context, channel string, limit int) (list [][]byte, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		shelf := tx.Bucket(shelfBucket).Bucket([]byte(channel))
		if shelf == nil || shelf.Bucket(itemsBucket) == nil {
			return nil
		}
		c := shelf.Bucket(itemsBucket).Cursor()
		for k, v := c.Last(); k != nil && len(list) < limit; k, v = c.Prev() {
			list = append(list, append([]byte{}, v...))
		}
		return nil
	})
	return list, err
}
