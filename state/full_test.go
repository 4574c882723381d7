package state_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"beaware/channel"
	"beaware/outbox"
	"beaware/outbox/outboxtest"
	"beaware/state"
)

// witness is a platform that looks into the ledger at each request.
type witness struct {
	store outbox.Reader
	mu    sync.Mutex
	sent  []string
	bad   []string // requests that the ledger did not know of
}

func (w *witness) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	marked := false
	for d, err := range w.store.Deliveries(ctx, outbox.Filter{ID: m.ID}) {
		marked = err == nil && d.State == outbox.Sending
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sent = append(w.sent, m.ID); !marked {
		w.bad = append(w.bad, m.ID)
	}
	return channel.Receipt{Ref: m.ID}, nil
}
func (*witness) Measure(channel.Message) (length, limit int) { return 0, 0 }
func (*witness) Idempotent() bool                            { return false }

func (w *witness) sends() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sent)
}

// running is an outbox that runs on a file, in a bubble.
func running(t *testing.T, s *state.Store, minutes int) (o *outbox.Outbox, w *witness, log *bytes.Buffer, stop func()) {
	t.Helper()
	var plan crashPlan
	for i := range minutes {
		plan = append(plan, outboxtest.Row(fmt.Sprintf("post-%02d", i), "one", time.Now().Add(time.Duration(i)*time.Minute)).Post)
	}
	w, log = &witness{store: s}, &bytes.Buffer{}
	o = outbox.New(outbox.Config{Planner: plan, Store: s, Channels: map[string]channel.Channel{"one": w}, Composer: text{},
		Log: slog.New(slog.NewTextHandler(log, nil))})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); o.Run(ctx) }()
	return o, w, log, func() { cancel(); <-done }
}

func rings(o *outbox.Outbox, minutes int) {
	for range minutes {
		time.Sleep(time.Minute)
		o.Ring()
		synctest.Wait()
	}
}

// TestDiskFull: while the file cannot grow nothing is sent that it does not hold as sending, staff are told, and all
// goes on when there is space again.
func TestDiskFull(t *testing.T) {
	path := file(t)
	synctest.Test(t, func(t *testing.T) {
		s, err := state.Open(path, state.Options{Scratch: true})
		if err != nil {
			t.Fatal(err)
		}
		o, w, log, stop := running(t, s, 30)
		rings(o, 3)
		before := w.sends()
		if before != 4 {
			t.Fatalf("%d posts were sent in the first minutes, want 4", before)
		}
		s.Space(s.Size())
		for i := 0; err == nil; i++ { // what is free inside the file
			err = s.Put(t.Context(), "feed", fmt.Sprint("item-", i), start, make([]byte, 4000))
		}
		if !strings.Contains(err.Error(), "maximum size") || !strings.Contains(err.Error(), path) {
			t.Errorf("the disk is full: %v", err)
		}
		rings(o, 10)
		if extra := w.sends() - before; extra > 8 { // a small change may still find room inside the file
			t.Errorf("%d posts were sent with the disk full", extra)
		}
		if n := strings.Count(log.String(), "maximum size"); n < 5 || n > 200 {
			t.Errorf("the log tells of it %d times in 10 minutes:\n%s", n, log)
		}
		s.Space(0)
		rings(o, 20)
		stop()
		rows := outboxtest.All(t, s, outbox.Filter{States: []outbox.State{outbox.Sent}})
		if len(rows) != 30 || w.sends() != 30 || len(w.bad) > 0 {
			t.Errorf("%d rows are sent, %d requests, %v without a mark", len(rows), w.sends(), w.bad)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := state.Check(path); err != nil {
		t.Error(err)
	}
}

// TestReadOnlyFile: with a file that cannot be written nothing is sent, and staff are told.
func TestReadOnlyFile(t *testing.T) {
	path := written(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s, err := state.Open(path, state.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		o, w, log, stop := running(t, s, 5)
		rings(o, 10)
		stop()
		if w.sends() > 0 {
			t.Errorf("sent %v", w.sent)
		}
		if n := strings.Count(log.String(), "read-only"); n < 5 || n > 200 || !strings.Contains(log.String(), path) {
			t.Errorf("the log tells of it %d times in 10 minutes:\n%s", n, log)
		}
	})
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("the file was changed")
	}
}

// TestNoRight: a file that this user may not write is refused at the start, in words that help.
func TestNoRight(t *testing.T) {
	path := written(t)
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	s, err := state.Open(path, state.Options{})
	if err == nil { // the superuser may write everything
		_ = s.Close()
		t.Skip("this user may write a read-only file")
	}
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "must be able to read and write it") {
		t.Errorf("Open = %v", err)
	}
}
