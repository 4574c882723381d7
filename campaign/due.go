package campaign

import (
	"container/heap"
	"iter"
	"slices"
	"strings"
	"time"
)

// Due gives all posts with from <= At < to, ordered by At, then by ID. It is a pure
// function, a stream in constant memory.
func (p *Planner) Due(from, to time.Time) iter.Seq[Post] {
	return func(yield func(Post) bool) {
		open := p.seek(from, to)
		var now []Post // of one moment, used again for the next
		for len(open) > 0 {
			at := open[0].at
			now = now[:0]
			for len(open) > 0 && open[0].at.Equal(at) {
				now = open[0].posts(now)
				if open[0].next(to) {
					heap.Fix(&open, 0)
				} else {
					heap.Pop(&open)
				}
			}
			slices.SortFunc(now, func(a, b Post) int { return strings.Compare(a.ID, b.ID) })
			for _, post := range now {
				if !yield(post) {
					return
				}
			}
		}
	}
}

// seek gives every series that has something due in [from, to).
func (p *Planner) seek(from, to time.Time) queue {
	var open queue
	if !from.Before(to) {
		return open
	}
	for _, plan := range p.order {
		for _, at := range plan.places {
			if len(at.targets) == 0 {
				continue
			}
			for _, e := range plan.entries {
				s := &series{plan: plan, entry: e, place: at, clock: newClock(at.zone)}
				if s.seek(from, to) {
					open = append(open, s)
				}
			}
		}
	}
	heap.Init(&open)
	return open
}

// queue is a heap of series by their next moment.
type queue []*series

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(s any)        { *q = append(*q, s.(*series)) }

func (q *queue) Pop() any {
	last := len(*q) - 1
	s := (*q)[last]
	*q = (*q)[:last]
	return s
}
