//go:build unix

package crash

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"beaware/outbox"
	"beaware/state"
)

// shot is what a store held at one moment.
type shot map[string]outbox.Delivery

// last tells whether nothing leaves a state any more.
func last(s outbox.State) bool {
	return !s.Waiting() && s != outbox.Claimed && s != outbox.Sending
}

// read checks a store that no program has open, and reads its rows. There is none before the first start came so far.
func (s *scene) read() (shot, error) {
	if info, err := os.Stat(s.db()); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return shot{}, nil
	}
	switch err := state.Check(s.db()); {
	case s.first && errors.Is(err, state.ErrForeign):
		// Killed between the engine's first pages and ours: nothing was acknowledged yet, and the next start makes the rest.
		return shot{}, nil
	case err != nil:
		return nil, fmt.Errorf("check: %w", err)
	}
	store, err := state.Open(s.db(), state.Options{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	defer store.Close()
	rows := shot{}
	for d, err := range store.Deliveries(context.Background(), outbox.Filter{}) {
		if err != nil {
			return nil, fmt.Errorf("read the ledger: %w", err)
		}
		rows[d.Post.ID] = d
	}
	return rows, nil
}

// shelf counts the items of a feed by post.
func (s *scene) shelf(channel string) (map[string]int, error) {
	store, err := state.Open(s.db(), state.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer store.Close()
	list, err := store.List(context.Background(), channel+"/en", 10_000)
	if err != nil {
		return nil, err
	}
	n := map[string]int{}
	for _, data := range list {
		var item struct{ ID string }
		if err := json.Unmarshal(data, &item); err != nil {
			return nil, err
		}
		n[item.ID]++
	}
	return n, nil
}

// forgotten lists rows of an earlier shot that had come to their end and are not as they were.
func (now shot) forgotten(before shot) (faults []string) {
	for id, old := range before {
		if d, there := now[id]; !there {
			faults = append(faults, fmt.Sprintf("%s was %s and is gone from the ledger", id, old.State))
		} else if last(old.State) && (d.State != old.State || d.Ref != old.Ref) {
			faults = append(faults, fmt.Sprintf("%s was %s and is %s (%s)", id, old.State, d.State, d.Reason))
		}
	}
	return faults
}

// unknown compares what stands in each chat with what the ledger says may stand there, at any moment between two
// programs: nothing is sent that is not written down before, and what is called sent is there.
func (s *scene) unknown(now shot) (faults []string) {
	sent, most := map[string]int{}, map[string]int{}
	for _, d := range now {
		chat := chatOf(d.Post.Channel)
		if d.State == outbox.Sent {
			sent[chat]++
		}
		if d.State == outbox.Sent || d.State == outbox.Sending || d.MaybeSent {
			most[chat] += max(d.Attempts, 1)
		}
	}
	counts := s.fake.counts()
	for i := range s.telegrams {
		chat := chatOf(telegramID(i))
		if n := counts[chat]; n > most[chat] || n < sent[chat] {
			faults = append(faults, fmt.Sprintf("%d posts stand in a chat where the ledger has %d as sent and %d as possible", n, sent[chat], most[chat]))
		}
	}
	return faults
}

// tally is the figures of a test.
type tally struct {
	posts, lost, doubled, checks int
	states                       map[outbox.State]int
	repeated                     int // shown more than once because the campaign says on_uncertain = "resend"
	shown                        int // uncertain ones that did arrive
	faults                       []string
}

func (t *tally) String() string {
	var states []string
	for _, s := range outbox.States() {
		if n := t.states[s]; n > 0 {
			states = append(states, fmt.Sprintf("%d %s", n, s))
		}
	}
	return fmt.Sprintf("%d posts: %s (%d of the uncertain arrived); %d doubled, %d lost, %d failed checks; %d shown again as on_uncertain = \"resend\" asks",
		t.posts, strings.Join(states, ", "), t.shown, t.doubled, t.lost, t.checks, t.repeated)
}

// judge compares plan, ledger, feeds and chats once everything is done.
func (s *scene) judge(t *tally) {
	rows, err := s.read()
	if err != nil {
		t.checks++
		t.faults = append(t.faults, err.Error())
		return
	}
	plan := s.plan()
	t.posts += len(plan)
	for id := range rows {
		if _, planned := plan[id]; !planned {
			t.faults = append(t.faults, id+" is in the ledger and not in the plan")
		}
	}
	visible, faults := s.visible(plan)
	t.faults = append(t.faults, faults...)
	newest := newestOf(plan)
	for _, id := range slices.Sorted(maps.Keys(plan)) {
		d, there := rows[id]
		p, n := plan[id], visible[id]
		wanted := want(p, newest)
		if !there {
			if !s.first || wanted != outbox.Missed || n > 0 {
				t.lost++
				t.faults = append(t.faults, fmt.Sprintf("%s is not in the ledger, and shown %d times", id, n))
			}
			t.posts--
			continue
		}
		t.states[d.State]++
		if d.State == outbox.Uncertain {
			t.shown += min(n, 1)
		}
		if n > 1 && p.telegram() && p.Campaign == again {
			t.repeated++
		} else if n > 1 {
			t.doubled++
			t.faults = append(t.faults, fmt.Sprintf("%s is shown %d times", id, n))
		}
		if d.State == outbox.Sent && n == 0 {
			t.lost++
		}
		if fault := compare(p, d, n, wanted); fault != "" {
			t.faults = append(t.faults, fmt.Sprintf("%s is %s (%s), shown %d times: %s", id, d.State, d.Reason, n, fault))
		}
	}
}

// compare says what is wrong with the end of one post.
func compare(p post, d outbox.Delivery, shown int, wanted outbox.State) string {
	switch {
	case !last(d.State):
		return "it did not come to an end"
	case shown > d.Attempts:
		return fmt.Sprintf("the ledger knows of %d attempts", d.Attempts)
	case d.State != outbox.Sent && d.Reason == "":
		return "there is no reason"
	case wanted != outbox.Sent && d.State != wanted:
		return "it should be " + string(wanted)
	case wanted != outbox.Sent && shown > 0:
		return "it should not be shown"
	case wanted != outbox.Sent:
		return ""
	case d.State == outbox.Sent && shown == 0:
		return "it is not there"
	case d.State == outbox.Uncertain && !p.telegram():
		return "a feed has a key, so nothing is uncertain"
	case d.State != outbox.Sent && d.State != outbox.Uncertain:
		return "it should be sent, or uncertain"
	}
	return ""
}

// want is what the rules ask for. Everything is late by more than two minutes, and within its grace.
func want(p post, newest map[string]string) outbox.State {
	switch {
	case p.Entry == "skip", p.Entry == "latest" && newest[p.Channel] != p.ID:
		return outbox.Missed
	case p.Campaign == unread:
		return outbox.Skipped
	default:
		return outbox.Sent
	}
}

// newestOf gives the newest post of the entry "latest" on each channel.
func newestOf(plan map[string]post) map[string]string {
	newest := map[string]string{}
	for id, p := range plan {
		if p.Entry == "latest" && (newest[p.Channel] == "" || plan[newest[p.Channel]].UTC.Before(p.UTC)) {
			newest[p.Channel] = id
		}
	}
	return newest
}

// visible is how often readers see each post.
func (s *scene) visible(plan map[string]post) (n map[string]int, faults []string) {
	n = map[string]int{}
	byTitle := map[string]string{}
	for id, p := range plan {
		byTitle[p.Channel+"\n"+title(p.Campaign, p.Message)] = id
	}
	for i := range s.feeds {
		items, err := s.shelf(feedID(i))
		if err != nil {
			faults = append(faults, err.Error())
		}
		for id, times := range items {
			n[id] += times
			if _, planned := plan[id]; !planned {
				faults = append(faults, "a feed shows "+id+", which nobody planned")
			}
		}
	}
	counts := s.fake.counts()
	for i := range s.telegrams {
		chat := chatOf(telegramID(i))
		if counts[chat] == 0 {
			continue
		}
		for _, m := range s.fake.posts(chat) {
			head, _, _ := strings.Cut(m.Text, "\n")
			id, planned := byTitle[telegramID(i)+"\n"+head]
			if !planned {
				faults = append(faults, fmt.Sprintf("a chat shows %q, which nobody planned for it", head))
			}
			n[id]++
		}
	}
	return n, faults
}
