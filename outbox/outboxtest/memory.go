// Package outboxtest helps to test what works with an outbox: one suite that every
// outbox.Store must pass, and a store in memory. It is for tests only.
package outboxtest

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"beaware/outbox"
)

// Memory is an outbox.Store without a disk. The zero value is ready.
type Memory struct {
	mu        sync.Mutex
	rows      map[string]outbox.Delivery
	watermark time.Time
}

func (m *Memory) Watermark(context.Context) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.watermark, nil
}

func (m *Memory) Enqueue(_ context.Context, ds []outbox.Delivery, watermark time.Time) (added int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rows == nil {
		m.rows = map[string]outbox.Delivery{}
	}
	for _, d := range ds {
		if _, known := m.rows[d.Post.ID]; !known {
			m.rows[d.Post.ID] = d
			added++
		}
	}
	if watermark.After(m.watermark) {
		m.watermark = watermark
	}
	return added, nil
}

func (m *Memory) Claim(_ context.Context, channel string, now time.Time) (*outbox.Delivery, time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var first *outbox.Delivery
	for _, d := range m.rows {
		if d.Post.Channel == channel && d.State.Waiting() && (first == nil || order(d, *first) < 0) {
			first = &d
		}
	}
	switch {
	case first == nil:
		return nil, time.Time{}, nil
	case first.Due.After(now):
		return nil, first.Due, nil
	}
	first.State, first.Updated = outbox.Claimed, now.UTC()
	m.rows[first.Post.ID] = *first
	return first, time.Time{}, nil
}

func order(a, b outbox.Delivery) int {
	return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Post.ID, b.Post.ID))
}

func (m *Memory) Settle(_ context.Context, from outbox.State, d outbox.Delivery) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, known := m.rows[d.Post.ID]
	switch {
	case known && same(row, d):
		return nil
	case !known || row.State != from:
		return fmt.Errorf("settle %s: it is %q, not %q: %w", d.Post.ID, row.State, from, outbox.ErrConflict)
	}
	m.rows[d.Post.ID] = d
	return nil
}

// same compares times as moments.
func same(a, b outbox.Delivery) bool {
	if !a.Post.At.Equal(b.Post.At) || !a.Due.Equal(b.Due) || !a.Updated.Equal(b.Updated) {
		return false
	}
	a.Post.At, a.Due, a.Updated = b.Post.At, b.Due, b.Updated
	return a == b
}

func (m *Memory) Deliveries(_ context.Context, f outbox.Filter) iter.Seq2[outbox.Delivery, error] {
	return func(yield func(outbox.Delivery, error) bool) {
		m.mu.Lock()
		rows := maps.Clone(m.rows)
		m.mu.Unlock()
		for _, id := range slices.Sorted(maps.Keys(rows)) {
			if d := rows[id]; f.Match(d) && !yield(d, nil) {
				return
			}
		}
	}
}

func (m *Memory) Counts(context.Context) ([]outbox.Count, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	tally := map[outbox.Count]int{}
	for _, d := range m.rows {
		tally[outbox.Count{Channel: d.Post.Channel, State: d.State}]++
	}
	counts := make([]outbox.Count, 0, len(tally))
	for c, n := range tally {
		c.N = n
		counts = append(counts, c)
	}
	slices.SortFunc(counts, func(a, b outbox.Count) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.State, b.State))
	})
	return counts, nil
}
