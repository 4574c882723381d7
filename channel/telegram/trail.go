package telegram

import (
	"hash/maphash"
	"log/slog"
	"math"
	"sync"
	"time"
)

const (
	// trailAge is how long an id is known. Telegram deletes messages younger than 48 hours; a sweep takes less than two minutes.
	trailAge = 48*time.Hour - 2*time.Minute

	trailShards = 16
	trailChunk  = 128 // blocks that are made at once
	maxBlocks   = 33  // of one chat: 99 ids, the newest

	maxResumes = 1 << 14 // distinct ones
)

// trail knows, in memory only, which messages stand in a private chat, and the Resume of the screen that was shown there
// last: enough to wipe a chat and to go on in its language. It holds no chat id but a hash of it under a key that this
// process made up, since Go's maps do not erase the keys of what is deleted. Blocks are erased when they are freed.
type trail struct {
	seed    maphash.Seed
	shards  [trailShards]trailShard
	resumes resumes
}

// trailShard holds the chats of one part of all hashes, so that a sweep holds up nobody for long.
type trailShard struct {
	mu     sync.Mutex
	newest map[uint64]uint32 // a chat's newest block, by the chat's hash
	chunks [][]block
	made   uint32
	free   uint32 // the first of a chain of unused blocks
}

// note is one message.
type note struct {
	id int32
	at uint32 // Unix seconds
}

// block is a piece of a chat's trail. Blocks are numbered from 1; 0 is none. 40 bytes, without a pointer.
type block struct {
	notes [3]note
	older uint32

	// of a chat's newest block only
	screen int32  // the message of the last screen
	shown  uint32 // when resume was shown; Unix seconds
	resume uint16
	blocks uint8
}

func newTrail() *trail {
	t := &trail{seed: maphash.MakeSeed()}
	for i := range t.shards {
		t.shards[i].newest = map[uint64]uint32{}
	}
	t.resumes.numbers = map[string]uint16{}
	return t
}

// String shows nothing of anybody.
func (t *trail) String() string { return "trail" }

// GoString keeps ids out of %#v.
func (t *trail) GoString() string { return t.String() }

// LogValue keeps ids out of a structured log.
func (t *trail) LogValue() slog.Value { return slog.StringValue(t.String()) }

func (t *trail) shard(chat chatID) (*trailShard, uint64) {
	key := maphash.Comparable(t.seed, chat)
	return &t.shards[key%trailShards], key
}

// note remembers a message that was sent at a time in Unix seconds.
func (t *trail) note(chat chatID, id, at, now int64) {
	if id <= 0 || id > math.MaxInt32 || !fresh(at, now) {
		return
	}
	s, key := t.shard(chat)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(key, note{int32(id), uint32(min(at, now))})
}

// showed remembers where a screen stands; 0 leaves that as it was.
func (t *trail) showed(chat chatID, id int64) {
	if id <= 0 || id > math.MaxInt32 {
		return
	}
	s, key := t.shard(chat)
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.newest[key]; p != 0 {
		s.at(p).screen = int32(id)
	}
}

// screen is the message of the last screen; 0 where it is not known.
func (t *trail) screen(chat chatID, now int64) int64 {
	s, key := t.shard(chat)
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.newest[key]
	if p == 0 {
		return 0
	}
	id := s.at(p).screen
	for q := p; q != 0; q = s.at(q).older {
		for _, n := range s.at(q).notes {
			if n.id == id && id != 0 && fresh(int64(n.at), now) {
				return int64(id)
			}
		}
	}
	return 0
}

// resume is that of the last screen; "" where it is not known.
func (t *trail) resume(chat chatID, now int64) string {
	s, key := t.shard(chat)
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.newest[key]
	if p == 0 || !fresh(int64(s.at(p).shown), now) {
		return ""
	}
	return t.resumes.text(s.at(p).resume)
}

// resumed remembers the Resume of a screen; "" forgets the one before.
func (t *trail) resumed(chat chatID, resume string, now int64) {
	number := t.resumes.number(resume)
	s, key := t.shard(chat)
	s.mu.Lock()
	defer s.mu.Unlock()
	if number == 0 && s.newest[key] == 0 {
		return
	}
	b := s.at(s.head(key))
	b.resume, b.shown = number, uint32(now)
}

// take gives the ids of a chat's messages and forgets them. A Resume stays: who wipes forgets it before, and who
// goes on meanwhile has a new one.
func (t *trail) take(chat chatID, now int64) (ids []int64) {
	s, key := t.shard(chat)
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.newest[key]
	if p == 0 {
		return nil
	}
	resume, shown := s.at(p).resume, s.at(p).shown
	delete(s.newest, key)
	for p != 0 {
		b := s.at(p)
		for _, n := range b.notes {
			if n.id != 0 && fresh(int64(n.at), now) {
				ids = append(ids, int64(n.id))
			}
		}
		p = s.erase(p)
	}
	if resume != 0 {
		b := s.at(s.head(key))
		b.resume, b.shown = resume, shown
	}
	return ids
}

// sweep erases what is too old in one of the shards.
func (t *trail) sweep(shard int, now int64) {
	s := &t.shards[shard%trailShards]
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, p := range s.newest {
		s.tidy(key, p, now)
	}
}

// chats counts the chats of which something is known.
func (t *trail) chats() (n int) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		n += len(s.newest)
		s.mu.Unlock()
	}
	return n
}

func fresh(at, now int64) bool { return at > 0 && now-at < int64(trailAge/time.Second) }

// resumes gives each distinct Resume a number, from 1. What is in them is a language and a country, so there are few.
type resumes struct {
	mu      sync.RWMutex
	numbers map[string]uint16
	texts   []string
}

func (r *resumes) number(s string) uint16 {
	if s == "" || len(s) > maxData {
		return 0
	}
	r.mu.RLock()
	n := r.numbers[s]
	r.mu.RUnlock()
	if n != 0 {
		return n
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := r.numbers[s]; n != 0 || len(r.texts) >= maxResumes {
		return n
	}
	r.texts = append(r.texts, s)
	r.numbers[s] = uint16(len(r.texts))
	return uint16(len(r.texts))
}

func (r *resumes) text(n uint16) string {
	if n == 0 {
		return ""
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.texts[n-1]
}
