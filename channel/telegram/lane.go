package telegram

import (
	"context"
	"slices"

	"beaware/channel"
)

// task is one screen to show. Of what a person wrote nothing is in it: the bot was asked before it was made.
type task struct {
	turn
	update int64 // to be confirmed; nobody where a screen became idle
	screen channel.Screen
}

// nobody is in place of an update_id, which is never negative.
const nobody = -1

func (t *task) idle() bool { return t.update == nobody }

// somebody tells a task that a person caused.
func somebody(t task) bool { return !t.idle() }

// wipes tells whether all that is known of the chat goes. In a group the bot knows of nothing.
func (t *task) wipes() bool { return t.show && t.screen.Wipe && !t.event.Group }

// urgent tells a task that hides something. Nothing else of its chat comes before it.
func (t *task) urgent() bool { return t.show && t.screen.Neutral || t.wipes() }

// shelve leaves of a task what nobody sees.
func (t *task) shelve() {
	t.show = false
	t.screen = channel.Screen{Resume: t.screen.Resume, Keep: t.screen.Keep}
}

// unseen tells a task that changes nothing: a turning wheel is stopped perhaps.
func (t *task) unseen() bool { return !t.show && t.screen.Keep == channel.AsBefore }

// lane holds what waits in one chat.
type lane struct {
	key     uint64
	waiting []task             // an urgent one first, else in the order of coming
	hurried context.CancelFunc // makes the task that runs now give up waiting; nil where none does, or where it is urgent itself
}

// urgent tells whether what comes next hides something.
func (ln *lane) urgent() bool {
	return len(ln.waiting) > 0 && ln.waiting[0].urgent() && !ln.waiting[0].idle()
}

// begin takes out the task that comes next. What nobody waits for comes last, or who taps fast would see nothing.
func (ln *lane) begin(hurried context.CancelFunc) task {
	i := max(0, slices.IndexFunc(ln.waiting, func(t task) bool { return !t.unseen() }))
	t := ln.waiting[i]
	ln.waiting = slices.Delete(ln.waiting, i, i+1) // erases the last place
	if !t.urgent() {
		ln.hurried = hurried
	}
	return t
}

// put lets a task wait, and gives those that no longer do. Who taps fast gets the newest screen: of an older press
// on the same message only the turning wheel is stopped. What hides overtakes everything.
func (ln *lane) put(t task) (dropped []task) {
	switch {
	case t.idle() && slices.ContainsFunc(ln.waiting, somebody):
		return []task{t}
	case t.idle():
		ln.waiting = append(ln.waiting, t)
		return nil
	}
	ln.waiting = slices.DeleteFunc(ln.waiting, func(w task) bool { return w.idle() }) // these have no update to be confirmed
	switch {
	case t.urgent() && !(len(ln.waiting) > 0 && ln.waiting[0].wipes() && !t.wipes()):
		for i := range ln.waiting {
			ln.waiting[i].shelve()
			if t.wipes() {
				ln.waiting[i].screen = channel.Screen{}
			}
		}
		ln.waiting = slices.Insert(ln.waiting, 0, t)
		if ln.hurried != nil {
			ln.hurried()
		}
	default:
		ln.yield(&t)
		ln.waiting = append(ln.waiting, t)
	}
	return ln.trim()
}

// yield settles between a task and those that wait and would change the same message.
func (ln *lane) yield(t *task) {
	for i := range ln.waiting {
		switch w := &ln.waiting[i]; {
		case w.wipes() && (t.urgent() || t.edit != 0), w.urgent() && t.edit != 0 && t.edit == w.edit:
			t.shelve() // pressed before the person could see that it is hidden
		case w.show && t.show && t.edit != 0 && t.edit == w.edit:
			w.shelve()
		}
	}
}

// trim drops tasks of which nothing is left, and one if there are too many.
func (ln *lane) trim() (dropped []task) {
	ln.waiting = slices.DeleteFunc(ln.waiting, func(t task) bool {
		gone := t.unseen() && t.callback == ""
		if gone {
			dropped = append(dropped, t)
		}
		return gone
	})
	if len(ln.waiting) > perChat {
		i := slices.IndexFunc(ln.waiting, func(t task) bool { return t.unseen() })
		if i < 0 {
			i = len(ln.waiting) - 1
		}
		dropped = append(dropped, ln.waiting[i])
		ln.waiting = slices.Delete(ln.waiting, i, i+1)
	}
	return dropped
}
