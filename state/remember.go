package state

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// A person who asks for it is remembered: their language and country, nothing else. The file has a row under a keyed
// hash of the chat, and in it the day and a sealed text, all rows of one length. The secret behind both is no part of the file,
// so whoever has the file alone, or a backup of it, can tell neither who is in it nor what is remembered of them.

const (
	// rememberedDays is how long somebody is remembered who does not ask for it again.
	rememberedDays = 400
	// longestRemembered is how many bytes can be remembered.
	longestRemembered = 64

	memoryKeyLen = 16
	dayLen       = 4
	sealedLen    = 12 + 1 + longestRemembered + 16 // nonce, length, text, tag
	memoryRowLen = dayLen + sealedLen
)

// errNotRemembered says what can be remembered, and never what was to be.
var errNotRemembered = fmt.Errorf("what is to be remembered must have 1 to %d bytes", longestRemembered)

// Memory is what is kept of the people of one platform who asked for it. Safe for concurrent use.
type Memory struct {
	store    *Store
	platform string
	hash     []byte // key of the HMAC
	seal     cipher.AEAD
	now      func() time.Time
}

// Memory gives the memory of a platform, such as "telegram/help", under a secret of 32 bytes, see Secret. Under another secret,
// or for another platform, nobody is known.
func (s *Store) Memory(secret []byte, platform string) (*Memory, error) {
	if len(secret) != SecretLen {
		return nil, fmt.Errorf("the secret of the memory has %d bytes, not %d", len(secret), SecretLen)
	}
	hash, err := hkdf.Key(sha256.New, secret, nil, "beaware memory: who", 32)
	if err != nil {
		return nil, fmt.Errorf("derive a key of the memory: %w", err)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "beaware memory: what", 32)
	if err != nil {
		return nil, fmt.Errorf("derive a key of the memory: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("derive a key of the memory: %w", err)
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("derive a key of the memory: %w", err)
	}
	return &Memory{store: s, platform: platform, hash: hash, seal: seal, now: time.Now}, nil
}

// key is what stands in the file for a chat.
func (m *Memory) key(chat int64) []byte {
	h := hmac.New(sha256.New, m.hash)
	h.Write(binary.BigEndian.AppendUint64(prefixed(m.platform, 8), uint64(chat)))
	return h.Sum(nil)[:memoryKeyLen]
}

// Remember keeps a text of at most 64 bytes for a chat, in place of an earlier one, for 400 days.
func (m *Memory) Remember(ctx context.Context, chat int64, resume string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if resume == "" || len(resume) > longestRemembered {
		return errNotRemembered
	}
	key := m.key(chat)
	plain := make([]byte, 1+longestRemembered) // padded, so that its length tells no language
	plain[0] = byte(len(resume))
	copy(plain[1:], resume)
	row := binary.BigEndian.AppendUint32(make([]byte, 0, memoryRowLen), dayOf(m.now()))
	row = m.seal.Seal(row, nil, plain, bound(key, row))
	return m.store.update(func(tx *bolt.Tx) error { return tx.Bucket(memoryBucket).Put(key, row) })
}

// bound is what a sealed text belongs to: it opens under no other chat's key, and with no other day.
func bound(key, row []byte) []byte { return append(bytes.Clone(key), row[:dayLen]...) }

// Recall gives what Remember kept for a chat, "" when it kept nothing that can still be read. It never writes, so the
// file does not show who came back.
func (m *Memory) Recall(ctx context.Context, chat int64) (resume string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	key := m.key(chat)
	var row [memoryRowLen]byte
	found := false
	err = m.store.view(func(tx *bolt.Tx) error {
		b := tx.Bucket(memoryBucket).Get(key)
		found = len(b) == memoryRowLen && copy(row[:], b) == memoryRowLen
		return nil
	})
	if err != nil || !found || forgotten(row[:], dayOf(m.now())) {
		return "", err
	}
	plain, failed := m.seal.Open(nil, nil, row[dayLen:], bound(key, row[:]))
	if failed != nil || len(plain) != 1+longestRemembered || int(plain[0]) > longestRemembered {
		return "", err // another secret's
	}
	return string(plain[1:][:plain[0]]), nil
}

// Forget removes what is kept for a chat. Where nothing is kept it writes nothing.
func (m *Memory) Forget(ctx context.Context, chat int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	key := m.key(chat)
	found := false
	err := m.store.view(func(tx *bolt.Tx) error {
		found = tx.Bucket(memoryBucket).Get(key) != nil
		return nil
	})
	if err != nil || !found {
		return err
	}
	return m.store.update(func(tx *bolt.Tx) error { return tx.Bucket(memoryBucket).Delete(key) })
}

// PruneMemory forgets everybody who was remembered more than 400 days ago, under whichever secret.
func (s *Store) PruneMemory(ctx context.Context, now time.Time) error {
	today := dayOf(now)
	return s.prune(ctx, memoryBucket, func(_, row []byte) bool { return forgotten(row, today) })
}

func forgotten(row []byte, today uint32) bool {
	return len(row) < dayLen || binary.BigEndian.Uint32(row)+rememberedDays < today
}

// prune deletes the rows of a bucket that are too old, and writes nothing where there are none.
func (s *Store) prune(ctx context.Context, bucket []byte, old func(k, v []byte) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var keys [][]byte
	find := func(tx *bolt.Tx) error {
		keys = nil
		return tx.Bucket(bucket).ForEach(func(k, v []byte) error {
			if old(k, v) {
				keys = append(keys, bytes.Clone(k))
			}
			return nil
		})
	}
	if err := s.view(find); err != nil || len(keys) == 0 {
		return err
	}
	return s.update(func(tx *bolt.Tx) error {
		err := find(tx)
		for _, k := range keys {
			err = errors.Join(err, tx.Bucket(bucket).Delete(k))
		}
		return err
	})
}

// dayOf counts the days since 1970, in UTC.
func dayOf(t time.Time) uint32 {
	const seconds = 24 * 60 * 60
	return uint32(max(t.Unix(), 0) / seconds)
}

// memory looks for rows that have another form than Remember gives them. What is in them nobody can tell without the secret.
func (c *checker) memory() {
	_ = c.tx.Bucket(memoryBucket).ForEach(func(k, v []byte) error {
		if len(k) != memoryKeyLen || len(v) != memoryRowLen {
			c.fault("the memory has a row of %d and %d bytes, not %d and %d", len(k), len(v), memoryKeyLen, memoryRowLen)
		}
		return nil
	})
}
