package telegram

// window knows which updates are being handled, so that an update is confirmed only after it and all before it are
// done. Telegram confirms by asking for what comes after: with an offset. A slow update does not hold up the
// others: they are asked for with an offset that does not confirm the slow one, and those seen already are passed over.
type window struct {
	flying map[int64]bool
	done   map[int64]bool // handled, behind one that is not
	last   int64          // the newest of the last reply
	any    bool
}

func newWindow() *window { return &window{flying: map[int64]bool{}, done: map[int64]bool{}} }

// take begins an update; false if it was seen already.
func (w *window) take(id int64) bool {
	if w.flying[id] || w.done[id] {
		return false
	}
	w.flying[id] = true
	// not the highest ever: after a quiet week Telegram goes on from a random number, lower ones too
	w.last, w.any = id, true
	return true
}

func (w *window) finish(id int64) {
	if w.flying[id] {
		delete(w.flying, id)
		w.done[id] = true
	}
}

// offset is what to ask for next; 0 at first.
func (w *window) offset() int64 {
	if len(w.flying) == 0 {
		clear(w.done)
		if !w.any {
			return 0
		}
		return w.last + 1
	}
	lowest := int64(-1)
	for id := range w.flying {
		if lowest < 0 || id < lowest {
			lowest = id
		}
	}
	for id := range w.done {
		if id < lowest {
			delete(w.done, id)
		}
	}
	return lowest
}
