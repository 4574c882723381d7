package state

import (
	"runtime"
	"sync"

	bolt "go.etcd.io/bbolt"
)

// mostTogether is how many callers share a transaction at most.
const mostTogether = 1000

// queue holds the writers that wait. Those that come while a transaction is under way share the next one, so that
// many of them wait for the disk once, and a single one waits for nobody. There is no goroutine: the first that waits leads.
type queue struct {
	mu   sync.Mutex
	busy bool // somebody leads, or was told to
	jobs []*job
}

type job struct {
	f    func(*bolt.Tx) error
	err  error
	wake chan bool // true: lead the next transaction; false: it is done
}

// join lines up and tells whether the caller leads.
func (q *queue) join(j *job) (leads bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.jobs = append(q.jobs, j)
	leads, q.busy = !q.busy, true
	return leads
}

// gather gives those whose turn it is, the leader first. Callers whose transaction has just ended mostly come back at
// once, so it lets others run for as long as more of them line up.
func (q *queue) gather() []*job {
	for before, now := 0, 1; now > before && now < mostTogether; {
		runtime.Gosched()
		before, now = now, q.len()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.jobs), mostTogether)
	jobs := q.jobs[:n:n]
	q.jobs = q.jobs[n:]
	return jobs
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.jobs)
}

// pass hands the lead on, if anybody waits.
func (q *queue) pass() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.busy = len(q.jobs) > 0; q.busy {
		q.jobs[0].wake <- true
	}
}

// update writes. f may be called more than once and must not keep what an earlier call found.
func (s *Store) update(f func(*bolt.Tx) error) error {
	j := &job{f: f, wake: make(chan bool, 1)}
	if s.queue.join(j) || <-j.wake {
		s.lead()
	}
	return s.named(j.err)
}

// lead runs a transaction for all that wait.
func (s *Store) lead() {
	jobs := s.queue.gather()
	s.together(jobs)
	for _, j := range jobs[1:] {
		j.wake <- false
	}
	s.queue.pass()
}

// together runs the callers' parts in one transaction. When one of them fails, each gets its own, so that no fault becomes
// another one's. When the transaction as a whole fails, all of them hear of it.
func (s *Store) together(jobs []*job) {
	failed := false
	err := guard(func() error {
		return s.db.Update(func(tx *bolt.Tx) error {
			for _, j := range jobs {
				if err := guard(func() error { return j.f(tx) }); err != nil {
					failed = true
					return err
				}
			}
			return nil
		})
	})
	if failed && len(jobs) > 1 {
		for i := range jobs {
			s.together(jobs[i : i+1])
		}
		return
	}
	for _, j := range jobs {
		j.err = err
	}
}
