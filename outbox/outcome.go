package outbox

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"beaware/channel"
)

const (
	firstRetry    = 5 * time.Second  // doubles with each attempt
	longestRetry  = 15 * time.Minute // and never exceeds this
	mendRetry     = 5 * time.Minute  // while staff may be mending token, address or rights
	shortestRetry = time.Second      // when a platform throttles without saying for how long
	longestReason = 300              // runes
	noChannel     = "its channel is not in the configuration"
	stoppedMidway = "the program stopped while it was being sent"

	mayAppearTwice = `sent again, as its campaign says on_uncertain = "resend", so it may appear twice`
)

// outcome is what came of one Send.
type outcome struct {
	receipt    channel.Receipt
	sent       bool
	crashed    bool // the channel's code panicked, so trying again is not safe to leave to a program
	kind       channel.Kind
	retryAfter time.Duration
	reason     string
}

// terms are what the next step depends on besides the outcome.
type terms struct {
	idempotent bool                     // the same id is published only once
	resend     bool                     // what may have been published is sent again all the same
	jitter     float64                  // in [0,1)
	stale      func(t time.Time) string // why it may not be sent any more at t; "" when it may
}

// after says what becomes of a delivery that was sending when its outcome is known. It is a pure function.
func after(d Delivery, out outcome, now time.Time, t terms) Delivery {
	if out.sent {
		d.Ref, d.URL, d.MaybeSent = out.receipt.Ref, out.receipt.URL, false
		return d.to(Sent, "", now)
	}
	if out.crashed {
		d.MaybeSent = true
		return d.end(Uncertain, out.reason, now)
	}
	switch out.kind {
	case channel.Throttled:
		d.Attempts--
		return d.again(out.reason, now, max(out.retryAfter, shortestRetry), t)
	case channel.Temporary:
		return d.again(out.reason, now, backoff(d.Attempts, t.jitter), t)
	case channel.Misconfigured:
		return d.again("the channel must be mended: "+out.reason, now, mendRetry, t)
	case channel.Permanent, channel.Refused:
		return d.end(Failed, out.reason, now)
	default: // Unknown, and whatever a channel invents
		d.MaybeSent = true
		switch {
		case t.idempotent:
			return d.again(out.reason, now, backoff(d.Attempts, t.jitter), t)
		case t.resend:
			return d.again(out.reason+"; "+mayAppearTwice, now, backoff(d.Attempts, t.jitter), t)
		}
		return d.end(Uncertain, out.reason, now)
	}
}

// to moves the delivery to a state.
func (d Delivery) to(s State, reason string, now time.Time) Delivery {
	d.State, d.Reason, d.Updated = s, clean(reason), now.UTC()
	return d
}

// again plans another attempt, unless it would come too late.
func (d Delivery) again(reason string, now time.Time, delay time.Duration, t terms) Delivery {
	due := now.Add(delay)
	d.Reason = clean(reason)
	if stale := t.stale(due); stale != "" {
		return d.expire("another attempt would come too late: "+stale, now)
	}
	d.Due = due.UTC()
	return d.to(Retry, reason, now)
}

// waits moves a delivery to the end of quiet hours, unless it would be stale by then.
func (d Delivery) waits(until time.Time, reason string, now time.Time, stale string) Delivery {
	if stale != "" {
		return d.expire(reason+" until too late: "+stale, now)
	}
	d.Due = until.UTC()
	if d.Attempts > 0 || d.MaybeSent {
		return d.to(Retry, reason, now)
	}
	return d.to(Planned, reason, now)
}

// expire ends a delivery whose time is over: missed when it was never tried, else failed.
func (d Delivery) expire(stale string, now time.Time) Delivery {
	reason, state := stale, Missed
	if d.Reason != "" {
		reason += "; before that: " + d.Reason
	}
	if d.Attempts > 0 {
		state, reason = Failed, fmt.Sprintf("given up after %d attempts: %s", d.Attempts, reason)
	}
	return d.end(state, reason, now)
}

// end moves the delivery to a last state. One that may have been published already is never called failed, missed or skipped.
func (d Delivery) end(s State, reason string, now time.Time) Delivery {
	if d.MaybeSent && s != Uncertain {
		return d.to(Uncertain, "an attempt may have reached the platform, and it is not tried again: "+reason, now)
	}
	return d.to(s, reason, now)
}

// backoff is the delay after so many attempts: doubling, capped, the upper half of it spread by jitter in [0,1).
func backoff(attempts int, jitter float64) time.Duration {
	delay := longestRetry
	if shift := max(attempts, 1) - 1; shift < 10 {
		delay = min(firstRetry<<shift, longestRetry)
	}
	return delay/2 + time.Duration(jitter*float64(delay/2))
}

// clean makes a reason one printable line of bounded length.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	if r := []rune(s); len(r) > longestReason {
		s = string(r[:longestReason]) + "…"
	}
	return s
}

// plain writes a duration as staff write it in a campaign file.
func plain(d time.Duration) string {
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d >= time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	default:
		return d.Round(time.Second).String()
	}
}
