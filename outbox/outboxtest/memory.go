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
	pauses    map[string]outbox.Pause
	actions   []outbox.Action // in the order of their first Record
	plan      []byte
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

func (m *Memory) Claim(_ context.Context, channel string, now time.Time, pass func(outbox.Delivery) bool) (*outbox.Delivery, time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var first *outbox.Delivery
	for _, d := range m.rows {
		if d.Post.Channel == channel && d.State.Waiting() && (pass == nil || pass(d)) && (first == nil || order(d, *first) < 0) {
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
	if !a.Post.At.Equal(b.Post.At) || !a.Due.Equal(b.Due) || !a.Updated.Equal(b.Updated) || !a.Asked.Equal(b.Asked) {
		return false
	}
	a.Post.At, a.Due, a.Updated, a.Asked = b.Post.At, b.Due, b.Updated, b.Asked
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

func (m *Memory) SetPause(_ context.Context, p outbox.Pause) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pauses == nil {
		m.pauses = map[string]outbox.Pause{}
	}
	m.pauses[p.Scope+"\x00"+p.ID] = p
	return nil
}

func (m *Memory) DropPause(_ context.Context, scope, id string) (found bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, found = m.pauses[scope+"\x00"+id]
	delete(m.pauses, scope+"\x00"+id)
	return found, nil
}

func (m *Memory) Pauses(context.Context) (list []outbox.Pause, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(m.pauses)) {
		list = append(list, m.pauses[key])
	}
	return list, nil
}

func (m *Memory) Record(_ context.Context, a outbox.Action) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, old := range m.actions {
		if old.At.Equal(a.At) && old.By == a.By && old.Name == a.Name && old.Target == a.Target {
			m.actions[i] = a
			return nil
		}
	}
	m.actions = append(m.actions, a)
	return nil
}

func (m *Memory) Actions(_ context.Context, limit int) ([]outbox.Action, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := slices.Clone(m.actions)
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b outbox.Action) int { return b.At.Compare(a.At) })
	if limit >= 0 {
		list = list[:min(limit, len(list))]
	}
	return list, nil
}

func (m *Memory) SavePlan(_ context.Context, plan []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.plan = slices.Clone(plan)
	return nil
}

func (m *Memory) Plan(context.Context) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.plan), nil
}
