package campaign

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestWakeRingsAtOnceAndEachMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(20 * time.Second) // synctest starts at midnight: not on a full minute, then
		ctx, cancel := context.WithCancel(t.Context())
		var rings []string
		done := make(chan struct{})
		go func() {
			defer close(done)
			Wake(ctx, time.Now, func() { rings = append(rings, time.Now().UTC().Format("04:05")) })
		}()
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		cancel()
		<-done
		if got, want := strings.Join(rings, " "), "00:20 01:00 02:00 03:00"; got != want {
			t.Errorf("rang at %s, want %s", got, want)
		}
	})
}

func TestWakeWaitsForARunningRing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var running, most, finished atomic.Int32
		done := make(chan struct{})
		go func() {
			defer close(done)
			Wake(ctx, time.Now, func() {
				if n := running.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(150 * time.Second)
				running.Add(-1)
				finished.Add(1)
			})
		}()
		time.Sleep(4*time.Minute + time.Second) // rings at 0:00, which lasts until 2:30, and at 3:00
		cancel()
		<-done
		if running.Load() != 0 || finished.Load() != 2 || most.Load() != 1 {
			t.Errorf("running %d, finished %d, at once %d; want 0, 2, 1", running.Load(), finished.Load(), most.Load())
		}
	})
}

func TestWakeOutlivesAPanic(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		rings := 0
		done := make(chan struct{})
		go func() {
			defer close(done)
			Wake(ctx, time.Now, func() {
				rings++
				panic("MARKED what a person wrote")
			})
		}()
		time.Sleep(5*time.Minute + time.Second)
		cancel()
		<-done
		if rings != 6 {
			t.Errorf("rang %d times, want 6", rings)
		}
	})
	if !strings.Contains(log.String(), "panicked") || strings.Contains(log.String(), "MARKED") {
		t.Errorf("the log should tell of the panic, not its value: %s", log.String())
	}
}

func TestWakeNotAtAll(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	Wake(ctx, time.Now, func() { t.Error("rang after the end") })
}

// The library's own idea of the time cannot be set back in a test, so this shows that a clock set back does no harm:
// the clock is started anew, and rings go on, one a minute.
func TestWakeWhenTheClockIsSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		now := func() time.Time {
			if time.Since(start) > 90*time.Second {
				return time.Now().Add(-time.Hour)
			}
			return time.Now()
		}
		rings := 0
		done := make(chan struct{})
		go func() {
			defer close(done)
			Wake(ctx, now, func() { rings++ })
		}()
		time.Sleep(10*time.Minute + time.Second)
		cancel()
		<-done
		if rings != 11 {
			t.Errorf("rang %d times, want 11", rings)
		}
	})
}

// A clock that is set back again and again, also while a ring runs, is started anew each time, and no minute is lost but
// those that a ring takes. The race detector sees what the library does not allow here.
func TestWakeWhenTheClockIsSetBackOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		now := func() time.Time { return start.Add(-time.Since(start)) }
		var rings atomic.Int32
		done := make(chan struct{})
		go func() {
			defer close(done)
			Wake(ctx, now, func() { rings.Add(1); time.Sleep(25 * time.Second) })
		}()
		time.Sleep(100*time.Minute + time.Second)
		cancel()
		<-done
		if n := rings.Load(); n < 95 || n > 101 {
			t.Errorf("rang %d times in 100 minutes", n)
		}
	})
}
