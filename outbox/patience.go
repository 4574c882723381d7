package outbox

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const (
	firstLedgerRetry   = 200 * time.Millisecond // doubles
	longestLedgerRetry = 30 * time.Second
)

// insist does what must be done until it succeeds or ctx ends, and tells which. For the ledger's
// errors only: a full disk passes, and nothing may be lost meanwhile.
func (o *Outbox) insist(ctx context.Context, failure string, do func(context.Context) error) bool {
	for delay, failed := firstLedgerRetry, false; ; delay, failed = min(2*delay, longestLedgerRetry), true {
		err := do(ctx)
		if err == nil {
			if failed {
				o.trouble(failure, nil)
			}
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		o.Log.Error(failure, "reason", clean(err.Error()))
		o.trouble(failure, err)
		wait(ctx, nil, delay)
	}
}

// trouble tells who listens that the ledger fails, or with a nil error that it works again.
func (o *Outbox) trouble(failure string, err error) {
	if o.Trouble != nil {
		o.Trouble(failure, err)
	}
}

// wait waits until the time is over, the bell rings or ctx ends.
func wait(ctx context.Context, bell <-chan struct{}, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-bell:
	case <-t.C:
	}
}

// guard calls f and says where it panicked; "" when it did not. What it panicked with stays
// out, as it may hold a token or a person's words.
func guard(f func()) (fault string) {
	defer func() {
		if recover() != nil {
			fault = "a fault in the program" + origin() + " stopped it; please report this"
		}
	}()
	f()
	return ""
}

// origin gives file and line of the panic that is being recovered.
func origin() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	panicking := false
	for {
		f, more := frames.Next()
		inRuntime := strings.HasPrefix(f.Function, "runtime.")
		if panicking && !inRuntime {
			return fmt.Sprintf(" (%s:%d)", filepath.Base(f.File), f.Line)
		}
		panicking = panicking || f.Function == "runtime.gopanic"
		if !more {
			return ""
		}
	}
}
