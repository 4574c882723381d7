package state

import (
	"encoding/json"
	"fmt"
	"time"

	"beaware/campaign"
	"beaware/outbox"
)

// row is how a delivery stands in the file. The names are part of the schema: fields may be added, and
// unknown ones are ignored, but none changes its meaning.
type row struct {
	ID        string       `json:"id"`
	Campaign  string       `json:"c"`
	Entry     string       `json:"e"`
	Message   string       `json:"m"`
	Office    string       `json:"o"`
	Channel   string       `json:"ch"`
	Language  string       `json:"l"`
	At        time.Time    `json:"at"` // with the offset of that day
	Zone      string       `json:"z,omitempty"`
	State     outbox.State `json:"s"`
	Reason    string       `json:"r,omitempty"`
	Due       time.Time    `json:"due"`
	Attempts  int          `json:"n,omitempty"`
	MaybeSent bool         `json:"maybe,omitempty"`
	Served    string       `json:"sl,omitempty"`
	Ref       string       `json:"ref,omitempty"`
	URL       string       `json:"url,omitempty"`
	Updated   time.Time    `json:"u"`
}

// encode is deterministic: equal deliveries give equal bytes.
func encode(d outbox.Delivery) ([]byte, error) {
	p := d.Post
	b, err := json.Marshal(row{
		ID: p.ID, Campaign: p.Campaign, Entry: p.Entry, Message: p.Message, Office: p.Office, Channel: p.Channel,
		Language: p.Language, At: p.At, Zone: p.At.Location().String(),
		State: d.State, Reason: d.Reason, Due: d.Due.UTC(), Attempts: d.Attempts, MaybeSent: d.MaybeSent,
		Served: d.Served, Ref: d.Ref, URL: d.URL, Updated: d.Updated.UTC(),
	})
	if err != nil {
		return nil, fmt.Errorf("write the row of %s: %w", p.ID, err)
	}
	return b, nil
}

func (s *Store) decode(id, b []byte) (outbox.Delivery, error) {
	var r row
	if err := json.Unmarshal(b, &r); err != nil {
		return outbox.Delivery{}, fmt.Errorf("%w: the row of %q: %v", ErrDamaged, id, err)
	}
	if r.ID != string(id) {
		return outbox.Delivery{}, fmt.Errorf("%w: the row of %q says that it is %q", ErrDamaged, id, r.ID)
	}
	return outbox.Delivery{
		Post: campaign.Post{
			ID: r.ID, Campaign: r.Campaign, Entry: r.Entry, Message: r.Message, Office: r.Office, Channel: r.Channel,
			Language: r.Language, At: s.local(r.At, r.Zone),
		},
		State: r.State, Reason: r.Reason, Due: r.Due.UTC(), Attempts: r.Attempts, MaybeSent: r.MaybeSent,
		Served: r.Served, Ref: r.Ref, URL: r.URL, Updated: r.Updated.UTC(),
	}, nil
}

// decodePlace reads only what says where a row is listed.
func decodePlace(id, b []byte) (place, error) {
	var r struct {
		Channel string       `json:"ch"`
		State   outbox.State `json:"s"`
		Due     time.Time    `json:"due"`
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return place{}, fmt.Errorf("%w: the row of %q: %v", ErrDamaged, id, err)
	}
	return place{string(id), r.Channel, r.State, r.Due}, nil
}

// local gives the moment in its zone again. Where this machine does not know the zone, the offset remains.
func (s *Store) local(t time.Time, zone string) time.Time {
	if zone == "" || zone == "Local" {
		return t
	}
	if known, ok := s.zones.Load(zone); ok {
		return t.In(known.(*time.Location))
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return t
	}
	s.zones.Store(zone, loc)
	return t.In(loc)
}
