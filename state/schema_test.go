package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"beaware/outbox"
	"beaware/outbox/outboxtest"
)

var noon = time.Date(2027, 7, 17, 10, 0, 0, 0, time.UTC)

// one writes a file as version 1 did, with rows in all states, and gives the deliveries in it.
func one(t *testing.T, clean bool) (path string, rows map[string]outbox.Delivery) {
	t.Helper()
	path, rows = filepath.Join(t.TempDir(), "beaware.db"), map[string]outbox.Delivery{}
	zone, err := time.LoadLocation("Europe/Sarajevo")
	if err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{NoFreelistSync: true, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	err = db.Update(func(tx *bolt.Tx) error {
		var all []error
		put := func(bucket, key string, value []byte) {
			all = append(all, tx.Bucket([]byte(bucket)).Put([]byte(key), value))
		}
		for _, name := range []string{"meta", "deliveries", "due", "states", "counts", "shelf"} {
			_, err := tx.CreateBucket([]byte(name))
			all = append(all, err)
		}
		put("meta", "schema", []byte("1"))
		put("meta", "watermark", []byte("2027-07-17T10:00:00.000000001Z"))
		if !clean {
			put("meta", "open", []byte("1"))
		}
		for i := range 700 { // more than are read at once
			d := outboxtest.Row(fmt.Sprintf("world-day/daily/%03d/ba/bs", i), fmt.Sprint("channel-", i%7), noon.Add(time.Duration(i)).In(zone))
			d.State, d.Reason, d.Attempts, d.MaybeSent = outbox.States()[i%10], "ћути", i%3, i%2 == 0
			d.Served, d.Ref, d.URL = "bs", fmt.Sprint(i), "https://example.org/"
			p := d.Post
			b, err := json.Marshal(map[string]any{"id": p.ID, "c": p.Campaign, "e": p.Entry, "m": p.Message, "o": p.Office, "ch": p.Channel,
				"l": p.Language, "at": p.At, "z": "Europe/Sarajevo", "s": d.State, "r": d.Reason, "due": d.Due, "n": d.Attempts,
				"maybe": d.MaybeSent, "sl": d.Served, "ref": d.Ref, "url": d.URL, "u": d.Updated})
			all = append(all, err)
			put("deliveries", p.ID, b)
			switch {
			case d.State.Waiting():
				put("due", string(appendTime(prefixed(p.Channel, 0), d.Due))+p.ID, []byte{})
			case d.State != outbox.Sent:
				put("states", string(d.State)+"\x00"+p.ID, []byte{})
			}
			counts[p.Channel+"\x00"+string(d.State)]++
			put("counts", p.Channel+"\x00"+string(d.State), fmt.Appendf(nil, "%08d", counts[p.Channel+"\x00"+string(d.State)]))
			rows[p.ID] = d
		}
		return errors.Join(all...)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return path, rows
}

// TestFromOne: a file of version 1 is backed up and brought up to date, whether it was closed or not, and nothing in it changes.
func TestFromOne(t *testing.T) {
	for _, clean := range []bool{true, false} {
		path, want := one(t, clean)
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, Options{ReadOnly: true}); !errors.Is(err, ErrOlder) || !strings.Contains(err.Error(), "beaware run") {
			t.Errorf("Open for reading = %v, want ErrOlder", err)
		}
		s, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range outboxtest.All(t, s, outbox.Filter{}) {
			w := want[d.Post.ID]
			if d.Post.At.String() != w.Post.At.String() {
				t.Errorf("At = %v, want %v", d.Post.At, w.Post.At)
			}
			w.Post.At = d.Post.At // the same moment in the same zone
			if d != w {
				t.Errorf("row = %+v, want %+v", d, w)
			}
			delete(want, d.Post.ID)
		}
		if mark, err := s.Watermark(t.Context()); len(want) > 0 || err != nil || !mark.Equal(noon.Add(1)) {
			t.Errorf("%d rows are gone, watermark %v, %v", len(want), mark, err)
		}
		if err := errors.Join(s.Close(), Check(path)); err != nil {
			t.Error(err)
		}
		found, err := Backups(path)
		if err != nil || len(found) != 1 {
			t.Fatalf("Backups = %v, %v; want one", found, err)
		}
		kept, err := os.ReadFile(found[0])
		if err != nil || len(kept) > len(before) {
			t.Errorf("the backup has %d bytes, %v; the file had %d", len(kept), err, len(before))
		}
		again, err := Open(found[0], Options{}) // the backup is a whole file of version 1
		if err != nil {
			t.Fatal(err)
		}
		_ = again.Close()
	}
}

// TestSteps: a step that a later version may add, how it fails, and what stands afterwards.
func TestSteps(t *testing.T) {
	marker := []byte("made by a step")
	broken := errors.New("this step is broken")
	for _, test := range []struct {
		name string
		step step
		want string // in the error; "": none
	}{
		{"good", func(_ *Store, tx *bolt.Tx) error { return tx.Bucket(metaBucket).Put(marker, marker) }, ""},
		{"fails", func(_ *Store, tx *bolt.Tx) error {
			return errors.Join(tx.Bucket(metaBucket).Put(marker, marker), broken)
		}, "from schema version 3 to 4: this step is broken"},
		{"panics", func(*Store, *bolt.Tx) error { panic("a fault") }, "a fault"},
		{"loses a row", func(_ *Store, tx *bolt.Tx) error {
			k, _ := tx.Bucket(rowsBucket).Cursor().First()
			return tx.Bucket(rowsBucket).Delete(k)
		}, "no row stands behind"},
	} {
		for from := 1; from <= 3; from += 2 {
			t.Run(fmt.Sprint(test.name, " from ", from), func(t *testing.T) {
				path, rows := one(t, true)
				if from == 3 {
					s, err := Open(path, Options{})
					if err != nil {
						t.Fatal(err)
					}
					_ = s.Close()
					_ = os.RemoveAll(BackupDir(path))
				}
				s, err := open(path, Options{}, append(steps(), test.step))
				if found, _ := Backups(path); len(found) != 1 {
					t.Errorf("%d backups, want 1", len(found))
				}
				if test.want == "" {
					if err != nil {
						t.Fatal(err)
					}
					if err := s.view(func(tx *bolt.Tx) error {
						if string(tx.Bucket(metaBucket).Get(keySchema)) != "4" || tx.Bucket(metaBucket).Get(marker) == nil {
							t.Error("the step was not taken")
						}
						return nil
					}); err != nil {
						t.Error(err)
					}
					_ = s.Close()
					if _, err := Open(path, Options{}); !errors.Is(err, ErrNewer) {
						t.Errorf("this version opens it: %v", err)
					}
					return
				}
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Fatalf("open = %v, want %q", err, test.want)
				}
				s, err = Open(path, Options{}) // the file is as it was
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				if n := len(outboxtest.All(t, s, outbox.Filter{})); n != len(rows) {
					t.Errorf("%d rows, want %d", n, len(rows))
				}
			})
		}
	}
}

// TestNoBackupNoStep: where no backup can be made the file stays as it is.
func TestNoBackupNoStep(t *testing.T) {
	path, _ := one(t, true)
	if err := os.WriteFile(BackupDir(path), []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	if _, err := Open(path, Options{}); err == nil || !strings.Contains(err.Error(), "no backup could be made") {
		t.Errorf("Open = %v", err)
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("the file was changed")
	}
}

// FuzzRow: no bytes in a row may do harm, and what can be read is written the same way again and again.
func FuzzRow(f *testing.F) {
	d := outboxtest.Row("a", "one", noon)
	d.Attempts, d.MaybeSent, d.Asked, d.Reason = 3, true, noon, "no answer"
	f.Add(encode(d))
	f.Add([]byte("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	s := &Store{}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := s.decode([]byte("a"), b)
		if p, failed := decodePlace([]byte("a"), b); err == nil && (failed != nil || p != placeOf(d)) {
			t.Fatalf("place %+v, %v; row %+v", p, failed, d)
		}
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		again, err := s.decode([]byte("a"), encode(d))
		if err != nil || !again.Post.At.Equal(d.Post.At) {
			t.Fatalf("%+v became %+v, %v", d, again, err)
		}
	})
}
