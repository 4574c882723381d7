package alert

import "time"

const (
	first      = 30 * time.Second // after the first event, so that what happens together is told together
	every      = 5 * time.Minute  // between two digests
	day        = 24 * time.Hour   // before the same is told again in the same words
	slack      = time.Minute      // a daily report may come this much early and is still the next day's
	firstRetry = 30 * time.Second // doubles with each failure
	longest    = 15 * time.Minute // and never exceeds this
	maxWaiting = 1000             // troubles that wait to be told
	maxTold    = 4096             // troubles that are remembered as told; the oldest are forgotten
	maxSilence = time.Hour        // the longest silence that a sink may ask for
)

// key says which trouble an event is about.
type key struct {
	kind    Kind
	subject string
}

// note is a trouble that waits to be told.
type note struct {
	Trouble
	ready time.Time // when it may be told
	taken time.Time // when the last event came
}

// told is what staff know of a trouble.
type told struct {
	text   string
	raised time.Time // when it was last reported before that
	at     time.Time // when staff were told
	quiet  int       // events since then that were no news
}

// board is what one sink has yet to be told and what it knows. It is pure: time is a value. Not safe for concurrent use.
type board struct {
	waiting map[key]*note
	flying  map[key]*flight // being told just now
	told    map[key]*told
	dropped int // not told for want of room, and not said yet
	said    int // of these, being said just now

	last     time.Time // the last digest that was taken
	silent   time.Time // no attempt before this, after a failure
	failures int       // in a row
}

// flight is a note on its way, and what staff will know if it arrives.
type flight struct {
	note
	told
}

func newBoard() board {
	return board{waiting: map[key]*note{}, told: map[key]*told{}}
}

// known gives what staff know of a trouble, or are just being told; nil for nothing.
func (b *board) known(k key) *told {
	if f, ok := b.flying[k]; ok {
		if f.Over {
			return nil
		}
		return &f.told
	}
	return b.told[k]
}

// take notes an event, which was trimmed.
func (b *board) take(e Event, now time.Time) {
	k := key{e.Kind, e.Subject}
	known, w := b.known(k), b.waiting[k]
	switch {
	case e.Over && known == nil:
		delete(b.waiting, k) // nobody heard of it
	case e.Over && w != nil && w.Over:
	case e.Over:
		b.put(k, e, now)
	case known != nil && known.text == e.Text && now.Sub(known.raised) < day-slack:
		known.quiet++
		delete(b.waiting, k) // what was to be told beyond it is no longer so
	case w != nil && !w.Over:
		w.merge(e, now)
		w.Still = known != nil && known.text == w.Text
	default:
		b.put(k, e, now)
		if known != nil && known.text == e.Text {
			b.still(k, known)
		}
	}
}

// still marks a trouble that was just put as one that staff know of.
func (b *board) still(k key, known *told) {
	if n := b.waiting[k]; n != nil {
		n.Still, n.Count, n.ready = true, n.Count+known.quiet, latest(n.ready, known.at.Add(day))
	}
}

func (n *note) merge(e Event, now time.Time) {
	if ready := now.Add(first); n.Text != e.Text && ready.Before(n.ready) {
		n.ready = ready
	}
	n.taken = now
	n.Text, n.Detail, n.Last = e.Text, e.Detail, e.At
	n.Count++
}

func (b *board) put(k key, e Event, now time.Time) {
	if b.waiting[k] == nil && len(b.waiting) >= maxWaiting {
		b.dropped++
		return
	}
	b.waiting[k] = &note{ready: now.Add(first), taken: now, Trouble: Trouble{
		Kind: e.Kind, Subject: e.Subject, Text: e.Text, Detail: e.Detail, Over: e.Over, Count: 1, First: e.At, Last: e.At}}
}

// due is when the next digest is to go out; ok is false when there is nothing to tell.
func (b *board) due() (at time.Time, ok bool) {
	for _, n := range b.waiting {
		if !ok || n.ready.Before(at) {
			at, ok = n.ready, true
		}
	}
	if b.dropped > 0 && !ok {
		at, ok = b.last, true
	}
	if !b.last.IsZero() {
		at = latest(at, b.last.Add(every))
	}
	return latest(at, b.silent), ok
}

// begin takes everything that may be told now, for one attempt that ends with arrived, failed or refused.
// Troubles that are new go along with those that are ready.
func (b *board) begin(now time.Time) (list []Trouble, dropped int) {
	b.flying = map[key]*flight{}
	for k, n := range b.waiting {
		if n.Still && n.ready.After(now) {
			continue
		}
		b.flying[k] = &flight{*n, told{text: n.Text, raised: n.taken, at: now}}
		list = append(list, n.Trouble)
		delete(b.waiting, k)
	}
	b.said = b.dropped
	b.dropped = 0
	return sorted(list), b.said
}

// arrived says that the attempt was taken.
func (b *board) arrived(now time.Time) {
	for k, f := range b.flying {
		if f.Over {
			delete(b.told, k)
			continue
		}
		t := f.told
		t.at = now
		b.told[k] = &t
	}
	b.flying, b.said, b.failures, b.last, b.silent = nil, 0, 0, now, time.Time{}
	b.forget()
}

// failed says that the attempt was not taken, or may not have been: everything is told again, together with what is
// new, not before the sink's own delay.
func (b *board) failed(now time.Time, delay time.Duration) {
	for k, f := range b.flying {
		w := b.waiting[k]
		switch {
		case w == nil:
			n := f.note
			n.Count += f.quiet
			b.waiting[k] = &n
		case w.Over && b.told[k] == nil:
			delete(b.waiting, k) // nobody heard of it
		case !w.Over && !f.Over:
			w.First, w.Count = f.First, w.Count+f.Count
		}
	}
	b.flying, b.dropped, b.said = nil, b.dropped+b.said, 0
	b.failures++
	wait := longest
	if shift := b.failures - 1; shift < 10 {
		wait = min(firstRetry<<shift, longest)
	}
	b.silent = now.Add(max(wait, min(delay, maxSilence)))
}

// refused says that the sink will never take this digest. It must not stand in the way of the next one.
func (b *board) refused(now time.Time) {
	b.dropped += b.said + len(b.flying)
	b.flying, b.said, b.failures, b.last = nil, 0, 0, now
}

// forget keeps the memory bounded.
func (b *board) forget() {
	for len(b.told) > maxTold {
		var oldest key
		var at time.Time
		for k, t := range b.told {
			if at.IsZero() || t.at.Before(at) {
				oldest, at = k, t.at
			}
		}
		delete(b.told, oldest)
	}
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
