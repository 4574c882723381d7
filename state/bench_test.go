package state_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
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

// benchRows are posts on all channels, due in the same minute.
func benchRows(from, to int) (rows []outbox.Delivery) {
	for i := from; i < to; i++ {
		id := fmt.Sprintf("world-day/daily-%d/2027-07-17T19:30/channel-%d/bs", i/workers, i%workers)
		rows = append(rows, outboxtest.Row(id, fmt.Sprint("channel-", i%workers), start))
	}
	return rows
}

// together lets all workers do their part and says how long that took.
func together(b *testing.B, work func(worker int) error) time.Duration {
	var wg sync.WaitGroup
	began := time.Now()
	for w := range workers {
		wg.Go(func() {
			if err := work(w); err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	return time.Since(began)
}

// BenchmarkTransitions is a post's way through the ledger (claim, sending, sent: three transactions) on 200
// channels at once, and how much that is of as many plain puts of values of the same size under the same keys in bbolt's own
// Batch. The two take turns, so that other work on the machine slows both.
func BenchmarkTransitions(b *testing.B) {
	s, db := benchStore(b), rawFile(b)
	const turn = 2000
	var ledger, raw time.Duration
	posts := 0
	for b.Loop() {
		rows := benchRows(posts, posts+turn)
		if _, err := s.Enqueue(b.Context(), rows, start); err != nil {
			b.Fatal(err)
		}
		ledger += together(b, func(w int) error { return drain(b.Context(), s, fmt.Sprint("channel-", w)) })
		value := make([]byte, 110) // as a row has
		fill(b, db, rows, value)
		raw += together(b, func(w int) error { return putRaw(db, rows, w, value) })
		posts += turn
	}
	transitions := 3 * float64(posts)
	b.ReportMetric(transitions/ledger.Seconds(), "transitions/s")
	b.ReportMetric(transitions/raw.Seconds(), "raw-puts/s")
	b.ReportMetric(100*raw.Seconds()/ledger.Seconds(), "%-of-raw")
}

// drain takes all posts of a channel through the ledger.
func drain(ctx context.Context, s *state.Store, channel string) error {
	for {
		d, _, err := s.Claim(ctx, channel, start, nil)
		if err != nil || d == nil {
			return err
		}
		for _, to := range []outbox.State{outbox.Sending, outbox.Sent} {
			from := d.State
			d.State = to
			if err := s.Settle(ctx, from, *d); err != nil {
				return err
			}
		}
	}
}

// rawFile is bbolt without a ledger.
func rawFile(b *testing.B) *bolt.DB {
	db, err := bolt.Open(filepath.Join(b.TempDir(), "raw.db"), 0o600, &bolt.Options{
		NoFreelistSync: true, FreelistType: bolt.FreelistMapType, InitialMmapSize: 64 << 20})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	db.MaxBatchDelay, db.AllocSize = time.Millisecond, 1<<20
	return db
}

func fill(b *testing.B, db *bolt.DB, rows []outbox.Delivery, value []byte) {
	err := db.Update(func(tx *bolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists([]byte("b"))
		for _, d := range rows {
			err = errors.Join(err, bucket.Put([]byte(d.Post.ID), value))
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// putRaw puts each row of a worker three times.
func putRaw(db *bolt.DB, rows []outbox.Delivery, worker int, value []byte) error {
	for i := worker; i < len(rows); i += workers {
		key := []byte(rows[i].Post.ID)
		for range 3 {
			if err := db.Batch(func(tx *bolt.Tx) error { return tx.Bucket([]byte("b")).Put(key, value) }); err != nil {
				return err
			}
		}
	}
	return nil
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
		if d, _, err := s.Claim(b.Context(), "one", start.Add(-time.Hour), nil); err != nil || d != nil {
			b.Fatal(d, err)
		}
	}
}
