package state

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"beaware/campaign"
	"beaware/outbox"
)

// A row is a list of fields: a tag of one byte, the length of the value (uvarint), the value. The id is the row's key.
// The tags are part of the schema: new ones may be added, and those that a program does not know are passed over, but none
// changes its meaning. Empty values are left out. What says where a row is listed comes first.
const (
	tagState    = 1
	tagDue      = 2 // a moment, as appendTime writes it
	tagChannel  = 3
	tagCampaign = 4
	tagEntry    = 5
	tagMessage  = 6
	tagOffice   = 7
	tagLanguage = 8
	tagAt       = 9  // a moment
	tagZone     = 10 // its name
	tagOffset   = 11 // seconds east of UTC at that moment (varint), for machines that do not know the zone
	tagReason   = 12
	tagAttempts = 13 // varint
	tagMaybe    = 14 // there and not empty: maybe sent
	tagServed   = 15
	tagRef      = 16
	tagURL      = 17
	tagUpdated  = 18 // a moment
	tagAsked    = 19 // a moment
)

// encode is deterministic: equal deliveries give equal bytes.
func encode(d outbox.Delivery) []byte {
	p := d.Post
	w := make(fields, 0, 160+len(d.Reason)+len(d.URL))
	w.text(tagState, string(d.State))
	w.time(tagDue, d.Due)
	w.text(tagChannel, p.Channel)
	w.text(tagCampaign, p.Campaign)
	w.text(tagEntry, p.Entry)
	w.text(tagMessage, p.Message)
	w.text(tagOffice, p.Office)
	w.text(tagLanguage, p.Language)
	w.time(tagAt, p.At)
	w.text(tagZone, p.At.Location().String())
	_, offset := p.At.Zone()
	w.number(tagOffset, offset)
	w.text(tagReason, d.Reason)
	w.number(tagAttempts, d.Attempts)
	if d.MaybeSent {
		w.text(tagMaybe, "1")
	}
	w.text(tagServed, d.Served)
	w.text(tagRef, d.Ref)
	w.text(tagURL, d.URL)
	w.time(tagUpdated, d.Updated)
	if !d.Asked.IsZero() {
		w.time(tagAsked, d.Asked)
	}
	return w
}

// decode reads a row. Its bytes may be anything.
func (s *Store) decode(id, b []byte) (outbox.Delivery, error) {
	d := outbox.Delivery{Post: campaign.Post{ID: string(id)}}
	p := &d.Post
	zone, offset := "", 0
	texts := [...]*string{tagChannel: &p.Channel, tagCampaign: &p.Campaign, tagEntry: &p.Entry, tagMessage: &p.Message, tagOffice: &p.Office,
		tagLanguage: &p.Language, tagZone: &zone, tagReason: &d.Reason, tagServed: &d.Served, tagRef: &d.Ref, tagURL: &d.URL}
	times := [...]*time.Time{tagDue: &d.Due, tagAt: &p.At, tagUpdated: &d.Updated, tagAsked: &d.Asked}
	err := read(b, func(tag byte, value []byte) (err error) {
		switch {
		case tag == tagState:
			d.State = outbox.State(value)
		case int(tag) < len(texts) && texts[tag] != nil:
			*texts[tag] = string(value)
		case int(tag) < len(times) && times[tag] != nil:
			*times[tag], err = moment(value)
		case tag == tagOffset:
			offset, err = number(value)
		case tag == tagAttempts:
			d.Attempts, err = number(value)
		case tag == tagMaybe:
			d.MaybeSent = true
		}
		return err
	})
	if err == nil && (d.State == "" || p.Channel == "") {
		err = errNowhere
	}
	if err != nil {
		return outbox.Delivery{}, unreadable(id, err)
	}
	p.At = s.local(p.At, zone, offset)
	return d, nil
}

// decodePlace reads only what says where a row is listed.
func decodePlace(id, b []byte) (place, error) {
	p := place{id: string(id)}
	err := read(b, func(tag byte, value []byte) (err error) {
		switch tag {
		case tagState:
			p.state = outbox.State(value)
		case tagDue:
			p.due, err = moment(value)
		case tagChannel:
			p.channel = string(value)
		}
		if err == nil && p.state != "" && p.channel != "" && !p.due.IsZero() {
			return errEnough
		}
		return err
	})
	switch {
	case errors.Is(err, errEnough):
		return p, nil
	case err == nil && (p.state == "" || p.channel == ""):
		err = errNowhere
	case err == nil:
		return p, nil
	}
	return nowhere, unreadable(id, err)
}

func unreadable(id []byte, err error) error {
	return fmt.Errorf("%w: the row of %q: %w", ErrDamaged, id, err)
}

var (
	errEnough  = errors.New("enough") // ends reading early
	errNowhere = errors.New("it has no state or no channel")
)

// read calls f with each field, until it returns an error.
func read(b []byte, f func(tag byte, value []byte) error) error {
	for len(b) > 0 {
		n, width := binary.Uvarint(b[1:])
		if width <= 0 || n > uint64(len(b)-1-width) {
			return errors.New("a field is cut off")
		}
		value := b[1+width:][:n]
		if err := f(b[0], value); err != nil {
			return err
		}
		b = b[1+width+int(n):]
	}
	return nil
}

// fields is a row that is being written.
type fields []byte

func (w *fields) text(tag byte, s string) {
	if s != "" {
		*w = append(binary.AppendUvarint(append(*w, tag), uint64(len(s))), s...)
	}
}

func (w *fields) time(tag byte, t time.Time) {
	*w = appendTime(append(*w, tag, timeLen), t)
}

func (w *fields) number(tag byte, n int) {
	if n != 0 {
		var buf [binary.MaxVarintLen64]byte
		w.text(tag, string(binary.AppendVarint(buf[:0], int64(n))))
	}
}

func moment(b []byte) (time.Time, error) {
	if len(b) != timeLen {
		return time.Time{}, fmt.Errorf("a moment has %d bytes, not %d", len(b), timeLen)
	}
	return readTime(b), nil
}

func number(b []byte) (int, error) {
	n, width := binary.Varint(b)
	if width != len(b) {
		return 0, fmt.Errorf("%x is not a number", b)
	}
	return int(n), nil
}

// local gives the moment in its zone again. Where this machine does not know the zone, the offset remains.
func (s *Store) local(t time.Time, zone string, offset int) time.Time {
	if zone == "UTC" || zone == "" && offset == 0 {
		return t
	}
	if known, ok := s.zones.Load(zone); ok {
		return t.In(known.(*time.Location))
	}
	loc, err := time.LoadLocation(zone)
	if zone == "" || zone == "Local" || err != nil {
		return t.In(time.FixedZone("", offset))
	}
	s.zones.Store(zone, loc)
	return t.In(loc)
}
