package campaign

import (
	"context"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"
)

// lookAtClock is how often Wake looks whether the clock was set back.
const lookAtClock = 20 * time.Second

// Wake rings at once and then at the start of each minute until ctx ends; it returns when a running ring has
// returned. A ring that takes longer than a minute is not started a second time beside itself, and one that
// panics does not end the next. It decides nothing: whoever is rung asks Due. now is the time of day.
func Wake(ctx context.Context, now func() time.Time, ring func()) {
	if ctx.Err() != nil {
		return
	}
	// SkipIfStillRunning has to be the outer one: inside Recover a panic would keep it shut for ever (robfig/cron#366).
	job := cron.NewChain(cron.SkipIfStillRunning(quiet{}), cron.Recover(quiet{})).Then(cron.FuncJob(ring))
	clock := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(quiet{}))
	clock.Schedule(everyMinute(), job)
	clock.Start()
	job.Run()
	watch(ctx, now, clock)
	<-clock.Stop().Done()
}

// watch returns when ctx ends. The library waits for a time of day, so a clock that is set back by an hour would
// silence it for an hour: it is started anew then.
func watch(ctx context.Context, now func() time.Time, clock *cron.Cron) {
	ticker := time.NewTicker(lookAtClock)
	defer ticker.Stop()
	last := now().Round(0) // without the monotonic reading, which never goes back
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		seen := now().Round(0)
		if seen.Before(last) {
			<-clock.Stop().Done() // the library may not start jobs while a Stop still waits for earlier ones
			clock.Start()
		}
		last = seen
	}
}

// everyMinute is "* * * * *", written out so that nothing can fail at run time.
func everyMinute() cron.Schedule {
	const all = 1<<64 - 1
	return &cron.SpecSchedule{Second: 1, Minute: all, Hour: all, Dom: all, Month: all, Dow: all, Location: time.UTC}
}

// quiet is the library's logger. It drops the library's chatter and keeps a panic's stack, but not its value,
// which may hold anything.
type quiet struct{}

func (quiet) Info(string, ...any) {}

func (quiet) Error(_ error, _ string, keysAndValues ...any) {
	slog.Error("a wake-up call panicked", keysAndValues...)
}
