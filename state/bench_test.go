package state_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"beaware/outbox"
	"beaware/outbox/outboxtest"
	"beaware/state"
)

// workers is how many channels work at once in the benchmarks.
const workers = 200

func benchStore(b *testing.B) *state.Store {
	s, err := state.Open(filepath.Join(b.TempDir(), "beaware.db"), state.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

// benchRows are posts on all channels, due in the same minute, by the batch.
func benchRows(n int) (batches [][]outbox.Delivery) {
	for from := 0; from < n; from += 1000 {
		var rows []outbox.Delivery
		for i := from; i < min(from+1000, n); i++ {
			id := fmt.Sprintf("world-day/daily-%d/2027-07-17T19:30/channel-%d/bs", i/workers, i%workers)
			rows = append(rows, outboxtest.Row(id, fmt.Sprint("channel-", i%workers), start))
		}
		batches = append(batches, rows)
	}
	return batches
}

// together lets all workers do their part and reports how many transactions that were a second.
func together(b *testing.B, work func(worker int) error) {
	b.ResetTimer()
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			if err := work(w); err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	b.ReportMetric(3*float64(b.N)/b.Elapsed().Seconds(), "transitions/s")
}

// BenchmarkTransitions is a post's way through the ledger (claim, sending, sent: three transactions) on 200
// channels at once, beside as many plain puts of rows of the same size under the same keys in bbolt's Batch.
func BenchmarkTransitions(b *testing.B) {
	b.Run("ledger", func(b *testing.B) {
		s := benchStore(b)
		for _, rows := range benchRows(b.N) {
			if _, err := s.Enqueue(b.Context(), rows, start); err != nil {
				b.Fatal(err)
			}
		}
		together(b, func(w int) error {
			for {
				d, _, err := s.Claim(b.Context(), fmt.Sprint("channel-", w), start)
				if err != nil || d == nil {
					return err
				}
				for _, to := range []outbox.State{outbox.Sending, outbox.Sent} {
					from := d.State
					d.State = to
					if err := s.Settle(b.Context(), from, *d); err != nil {
						return err
					}
				}
			}
		})
	})
	b.Run("raw Batch", func(b *testing.B) {
		db, err := bolt.Open(filepath.Join(b.TempDir(), "raw.db"), 0o600, &bolt.Options{NoFreelistSync: true, FreelistType: bolt.FreelistMapType})
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		db.MaxBatchDelay = time.Millisecond
		keys := make([][][]byte, workers)
		value := make([]byte, 420) // as a row has
		err = db.Update(func(tx *bolt.Tx) error {
			bucket, err := tx.CreateBucket([]byte("b"))
			for i, d := range slices.Concat(benchRows(b.N)...) {
				err = errors.Join(err, bucket.Put([]byte(d.Post.ID), value))
				keys[i%workers] = append(keys[i%workers], []byte(d.Post.ID))
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		together(b, func(w int) error {
			for _, key := range keys[w] {
				for range 3 {
					if err := db.Batch(func(tx *bolt.Tx) error { return tx.Bucket([]byte("b")).Put(key, value) }); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
}

// BenchmarkAlone is one transition without company: it must not wait for a batch to fill.
func BenchmarkAlone(b *testing.B) {
	s := benchStore(b)
	d := outboxtest.Row("a", "one", start)
	if _, err := s.Enqueue(b.Context(), []outbox.Delivery{d}, start); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		from := d.State
		d.State = map[outbox.State]outbox.State{outbox.Planned: outbox.Retry, outbox.Retry: outbox.Planned}[from]
		if err := s.Settle(b.Context(), from, d); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEnqueue writes batches of 500 posts.
func BenchmarkEnqueue(b *testing.B) {
	s := benchStore(b)
	const batch = 500
	n := 0
	for b.Loop() {
		rows := make([]outbox.Delivery, batch)
		for i := range rows {
			at := start.Add(time.Duration(n/batch) * time.Minute)
			rows[i] = outboxtest.Row(fmt.Sprintf("world-day/daily/%s/channel-%d/bs", at.Format("2006-01-02T15:04"), n), fmt.Sprint(n%workers), at)
			n++
		}
		if _, err := s.Enqueue(b.Context(), rows, rows[0].Due); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "posts/s")
}

// BenchmarkIdleClaim looks for work where none is due: no write.
func BenchmarkIdleClaim(b *testing.B) {
	s := benchStore(b)
	if _, err := s.Enqueue(b.Context(), []outbox.Delivery{outboxtest.Row("a", "one", start)}, start); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if d, _, err := s.Claim(b.Context(), "one", start.Add(-time.Hour)); err != nil || d != nil {
			b.Fatal(d, err)
		}
	}
}
