package alert

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"beaware/campaign"
	"beaware/channel"
	"beaware/outbox"
)

func TestPost(t *testing.T) {
	at := time.Date(2027, 7, 17, 19, 30, 0, 0, time.FixedZone("CEST", 7200))
	for _, c := range []struct {
		state outbox.State
		after time.Duration
		late  time.Duration
		want  string
	}{
		{outbox.Planned, time.Hour, time.Hour, ""},
		{outbox.Planned, 61 * time.Minute, time.Hour, "late: was due 17 July 19:30 CEST and has not gone out (why)"},
		{outbox.Retry, 61 * time.Minute, time.Hour, "late: was due 17 July 19:30 CEST and has not gone out (why)"},
		{outbox.Sending, 61 * time.Minute, time.Hour, "late: was due 17 July 19:30 CEST and has not gone out (why)"},
		{outbox.Planned, 1000 * time.Hour, 0, ""},
		{outbox.Planned, -time.Hour, time.Minute, ""},
		{outbox.Failed, 0, time.Hour, "failed: why ()"},
		{outbox.Uncertain, 0, time.Hour, "uncertain: why ()"},
		{outbox.Missed, 0, time.Hour, "missed: why ()"},
		{outbox.Sent, 0, time.Hour, ""},
		{outbox.Cancelled, 0, time.Hour, ""},
		{outbox.Skipped, 0, time.Hour, ""},
	} {
		d := outbox.Delivery{Post: campaign.Post{ID: "p1", At: at}, State: c.state, Reason: "why"}
		got, over := "", map[Kind]bool{}
		for _, e := range Post(d, at.Add(c.after), c.late) {
			if e.Subject != "p1" || !e.At.Equal(at.Add(c.after)) {
				t.Errorf("%s: %+v", c.state, e)
			}
			if e.Over {
				over[e.Kind] = true
				continue
			}
			got += fmt.Sprintf("%s: %s (%s)", e.Kind, e.Text, e.Detail)
			if over[e.Kind] {
				t.Errorf("%s is over and begins", e.Kind)
			}
		}
		if got != c.want {
			t.Errorf("%s after %s: %q, want %q", c.state, c.after, got, c.want)
		}
		if ended := c.state != outbox.Planned && c.state != outbox.Retry && c.state != outbox.Sending; ended != over[Late] {
			t.Errorf("%s: over %v", c.state, over)
		}
	}
}

// What is held back on purpose, or was asked for again, is late by that time.
func TestLateIsAfterTheExpected(t *testing.T) {
	at := time.Date(2027, 7, 17, 19, 30, 0, 0, time.UTC)
	late := func(d outbox.Delivery, after time.Duration) bool {
		d.Post = campaign.Post{ID: "p1", At: at}
		return len(Post(d, at.Add(after), time.Hour)) > 0
	}
	held := outbox.Delivery{State: outbox.Planned, Due: at.Add(9 * time.Hour)}
	asked := outbox.Delivery{State: outbox.Retry, Attempts: 3, Due: at.Add(12 * time.Hour), Asked: at.Add(9 * time.Hour)}
	failing := outbox.Delivery{State: outbox.Retry, Attempts: 3, Due: at.Add(12 * time.Hour)}
	if late(held, 10*time.Hour) || !late(held, 11*time.Hour) || late(asked, 10*time.Hour) || !late(asked, 11*time.Hour) || !late(failing, 2*time.Hour) {
		t.Error("late by another time than expected")
	}
}

// place is a channel that answers as it is told.
type place struct {
	err  error
	sent []channel.Message
}

func (p *place) Send(_ context.Context, m channel.Message) (channel.Receipt, error) {
	p.sent = append(p.sent, m)
	return channel.Receipt{Ref: "7"}, p.err
}
func (p *place) Measure(channel.Message) (int, int) { return 1, 2 }
func (p *place) Idempotent() bool                   { return true }

func TestWatched(t *testing.T) {
	p, told := &place{}, []Event(nil)
	w := Watched("ba-telegram", p, func(e ...Event) { told = append(told, e...) })
	bad := &channel.SendError{Kind: channel.Misconfigured, Reason: "401 unauthorised"}
	for _, err := range []error{nil, errors.New("s3cret"), bad, bad, &channel.SendError{Kind: channel.Temporary}, nil, nil} {
		p.err = err
		r, got := w.Send(t.Context(), channel.Message{ID: "x"})
		if got != err || r.Ref != "7" {
			t.Errorf("%v became %v", err, got)
		}
	}
	want := []Event{
		{Kind: Channel, Subject: "ba-telegram", Text: "401 unauthorised"}, {Kind: Channel, Subject: "ba-telegram", Text: "401 unauthorised"},
		{Kind: Channel, Subject: "ba-telegram", Text: "it takes posts again", Over: true},
	}
	if !reflect.DeepEqual(told, want) {
		t.Errorf("%+v", told)
	}
	if n, limit := w.Measure(channel.Message{}); n != 1 || limit != 2 || !w.Idempotent() {
		t.Error("a watched channel answers for itself")
	}
}

func TestThroughChannel(t *testing.T) {
	p := &place{}
	d := sample()
	if err := Through(p).Tell(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	m := p.sent[0]
	if m.Title != d.Title || m.Text != d.Text || m.Language != "en" || m.ID == "" || m.Silent || m.RTL {
		t.Errorf("%+v", m)
	}
	p.err = throttle
	if err := Through(p).Tell(t.Context(), d); !errors.Is(err, throttle) {
		t.Error(err)
	}
}

func TestStoreTrouble(t *testing.T) {
	b := newBoard()
	b.take(StoreTrouble("cannot plan", errors.New("disk full")).trim(noon), noon)
	list, _ := b.begin(noon.Add(time.Minute))
	if d := digest(list, 0, noon); d.Text != "The store cannot be used:\n- cannot plan; nothing is sent until it can be (disk full)" {
		t.Error(d.Text)
	}
	b.arrived(noon.Add(time.Minute))
	b.take(StoreWorks().trim(noon), noon.Add(time.Hour))
	list, _ = b.begin(noon.Add(2 * time.Hour))
	if d := digest(list, 0, noon); d.Text != "The store cannot be used:\n- over: the store works again" {
		t.Error(d.Text)
	}
}
