package state

import (
	"bytes"
	"encoding/json"
	"time"

	bolt "go.etcd.io/bbolt"

	"beaware/campaign"
	"beaware/outbox"
)

// rowOne is a row of version 1, which kept rows as JSON, listed those that a worker had beside those
// that had ended, and counted all states.
type rowOne struct {
	ID        string       `json:"id"`
	Campaign  string       `json:"c"`
	Entry     string       `json:"e"`
	Message   string       `json:"m"`
	Office    string       `json:"o"`
	Channel   string       `json:"ch"`
	Language  string       `json:"l"`
	At        time.Time    `json:"at"`
	Zone      string       `json:"z"`
	State     outbox.State `json:"s"`
	Reason    string       `json:"r"`
	Due       time.Time    `json:"due"`
	Attempts  int          `json:"n"`
	MaybeSent bool         `json:"maybe"`
	Served    string       `json:"sl"`
	Ref       string       `json:"ref"`
	URL       string       `json:"url"`
	Updated   time.Time    `json:"u"`
}

func (s *Store) decodeOne(id, b []byte) (outbox.Delivery, error) {
	var r rowOne
	if err := json.Unmarshal(b, &r); err != nil {
		return outbox.Delivery{}, unreadable(id, err)
	}
	_, offset := r.At.Zone()
	return outbox.Delivery{
		Post: campaign.Post{
			ID: string(id), Campaign: r.Campaign, Entry: r.Entry, Message: r.Message, Office: r.Office, Channel: r.Channel,
			Language: r.Language, At: s.local(r.At.UTC(), r.Zone, offset),
		},
		State: r.State, Reason: r.Reason, Due: r.Due.UTC(), Attempts: r.Attempts, MaybeSent: r.MaybeSent,
		Served: r.Served, Ref: r.Ref, URL: r.URL, Updated: r.Updated.UTC(),
	}, nil
}

// fromOne writes all rows anew, and everything that is derived from them.
func (s *Store) fromOne(tx *bolt.Tx) error {
	for _, name := range [][]byte{dueBucket, statesBucket, countsBucket} {
		if err := tx.DeleteBucket(name); err != nil {
			return err
		}
	}
	if err := makeBuckets(tx); err != nil {
		return err
	}
	var after []byte
	for {
		rows, err := s.nextOnes(tx, after)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, d := range rows {
			if err := write(tx, nowhere, placeOf(d), encode(d)); err != nil {
				return err
			}
		}
		after = []byte(rows[len(rows)-1].Post.ID)
	}
}

// nextOnes reads some rows behind an id. What walks through a bucket must not write to it.
func (s *Store) nextOnes(tx *bolt.Tx, after []byte) (rows []outbox.Delivery, err error) {
	c := tx.Bucket(rowsBucket).Cursor()
	for k, v := c.Seek(after); k != nil && len(rows) < page; k, v = c.Next() {
		if after != nil && bytes.Equal(k, after) {
			continue
		}
		d, err := s.decodeOne(k, v)
		if err != nil {
			return nil, err
		}
		rows = append(rows, d)
	}
	return rows, nil
}
