package main

import (
	"context"
	"time"

	"beaware/channel"
	"beaware/state"
)

const (
	// between two times that what was counted is written. A change of the file must not tell of one person.
	tallyPause = time.Minute
	// between two times that it is read anew which posts are counted. A post that was sent just now is known at once.
	tallyRefresh = time.Hour
)

// counted counts the posts whose buttons people come from. It knows the code of a post, and nothing of who came.
func counted(answer channel.Answerer, tally *state.Tally) channel.Answerer {
	return func(e channel.Event) channel.Screen {
		if code := channel.ParseDeepLink(e.Payload).Code; code != "" {
			tally.Add(time.Now(), code)
		}
		return answer(e)
	}
}

// keepTally writes what was counted until ctx ends. What is counted after that, flushTally writes.
func (d *daemon) keepTally(ctx context.Context) {
	refresh, flush := time.NewTicker(tallyRefresh), time.NewTicker(tallyPause)
	defer refresh.Stop()
	defer flush.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-refresh.C:
			d.refreshTally(ctx)
		case <-flush.C:
			d.flushTally(ctx)
		}
	}
}

func (d *daemon) refreshTally(ctx context.Context) {
	if err := d.tally.Refresh(ctx, time.Now()); err != nil && ctx.Err() == nil {
		d.log.Warn("cannot read which posts are counted; their buttons work, but newer ones are not counted", "error", err, "again_in", tallyRefresh)
	}
}

func (d *daemon) flushTally(ctx context.Context) {
	if err := d.tally.Flush(ctx); err != nil && ctx.Err() == nil {
		d.log.Warn("cannot write how often posts were opened; it is kept in memory", "error", err)
	}
}

// expire drops each day, and at the start, what has been kept for as long as it may be.
func (d *daemon) expire(ctx context.Context) {
	daily := time.NewTicker(24 * time.Hour)
	defer daily.Stop()
	for {
		now := time.Now()
		if err := d.store.PruneMemory(ctx, now); err != nil && ctx.Err() == nil {
			d.log.Error("cannot forget people who were remembered for 400 days", "error", err)
		}
		if err := d.store.PruneOpened(ctx, now); err != nil && ctx.Err() == nil {
			d.log.Warn("cannot drop totals of more than 400 days ago", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-daily.C:
		}
	}
}

// memory is what a Telegram bot keeps of people who ask to be remembered. Each bot has its own.
func (d *daemon) memory(bot string) (*state.Memory, error) {
	secret, err := state.Secret(d.in.config.path(d.in.config.Memory.KeyFile))
	if err != nil {
		return nil, err
	}
	return d.store.Memory(secret, kindTelegram+"/"+bot)
}
