package state

import (
	"context"
	"maps"
	"sync"
	"time"

	"beaware/outbox"
)

// Tally counts in memory how often the buttons of posts are opened, until Flush writes it: when the file changes does not tell
// when somebody opened one. Only codes of posts that exist are counted, so nobody can fill the disk. Safe for concurrent use.
type Tally struct {
	store *Store

	mu      sync.Mutex
	codes   map[string]bool // that are counted
	fresh   map[string]bool // those of posts that were sent while Refresh reads
	pending map[cell]int
}

type cell struct {
	day  uint32
	code string
}

// Tally makes one that counts nothing before its first Refresh.
func (s *Store) Tally() *Tally {
	return &Tally{store: s, codes: map[string]bool{}, fresh: map[string]bool{}, pending: map[cell]int{}}
}

// Add counts one opening. A code that is not a post's is not counted.
func (t *Tally) Add(now time.Time, code string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.codes[code] {
		t.pending[cell{dayOf(now), code}]++
	}
}

// Sent makes a post countable at once.
func (t *Tally) Sent(postID string) {
	code := outbox.Code(postID)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.codes[code], t.fresh[code] = true, true
}

// Refresh reads anew which posts are counted.
func (t *Tally) Refresh(ctx context.Context, now time.Time) error {
	t.mu.Lock()
	clear(t.fresh)
	t.mu.Unlock()
	codes, err := t.store.Countable(ctx, now)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.Copy(codes, t.fresh)
	t.codes = codes
	return nil
}

// Flush writes what was counted since the last time. What could not be written is written next time.
func (t *Tally) Flush(ctx context.Context) error {
	t.mu.Lock()
	pending := t.pending
	t.pending = map[cell]int{}
	t.mu.Unlock()
	list := make([]Opened, 0, len(pending))
	for c, n := range pending {
		list = append(list, Opened{time.Unix(int64(c.day)*24*60*60, 0), c.code, n})
	}
	err := t.store.AddOpened(ctx, list)
	if err != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		for c, n := range pending {
			t.pending[c] += n
		}
	}
	return err
}
