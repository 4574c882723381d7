package state_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"beaware/outbox"
	"beaware/outbox/outboxtest"
	"beaware/state"
)

var start = time.Date(2027, 7, 17, 17, 30, 0, 0, time.UTC)

// open gives a store whose file is checked at the end of the test.
func open(t testing.TB, path string) *state.Store {
	t.Helper()
	s, err := state.Open(path, state.Options{Timeout: time.Second})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if err := state.Check(path); err != nil {
			t.Errorf("Check: %v", err)
		}
	})
	return s
}

func file(t testing.TB) string { return filepath.Join(t.TempDir(), "data", "beaware.db") }

// written is a closed file with posts and shelf items in it.
func written(t *testing.T) string {
	t.Helper()
	path := file(t)
	s := open(t, path)
	var rows []outbox.Delivery
	for i := range 300 {
		d := outboxtest.Row("post-"+strings.Repeat("x", 40)+string(rune('a'+i%26))+time.Duration(i).String(), "one", start)
		d.State = outbox.States()[i%10]
		rows = append(rows, d)
	}
	if _, err := s.Enqueue(t.Context(), rows, start); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), "one", "item", start, make([]byte, 20_000)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStore(t *testing.T) {
	outboxtest.Suite(t, func(t *testing.T) outbox.Store { return open(t, file(t)) })
}

func TestPermissions(t *testing.T) {
	path := file(t)
	open(t, path)
	for name, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700 | fs.ModeDir} {
		info, err := os.Stat(name)
		if err != nil || info.Mode() != want {
			t.Errorf("%s has mode %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
}

func TestSecondProcess(t *testing.T) {
	path := file(t)
	open(t, path)
	for _, readOnly := range []bool{false, true} {
		_, err := state.Open(path, state.Options{Timeout: 60 * time.Millisecond, ReadOnly: readOnly})
		if !errors.Is(err, state.ErrInUse) || !strings.Contains(err.Error(), path) {
			t.Errorf("second Open (read only: %v) = %v, want ErrInUse and the path", readOnly, err)
		}
	}
}

func TestReopen(t *testing.T) {
	path := written(t)
	s := open(t, path)
	if got := len(outboxtest.All(t, s, outbox.Filter{})); got != 300 {
		t.Errorf("%d rows after opening again, want 300", got)
	}
	if mark, err := s.Watermark(t.Context()); err != nil || !mark.Equal(start) {
		t.Errorf("Watermark = %v, %v", mark, err)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if _, err := s.Enqueue(t.Context(), nil, start); err == nil {
		t.Error("a closed store took something")
	}
}

func TestReadOnly(t *testing.T) {
	if _, err := state.Open(file(t), state.Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v, want ErrNotExist", err)
	}
	path := written(t)
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	first, err := state.Open(path, state.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	second, err := state.Open(path, state.Options{ReadOnly: true})
	if err != nil {
		t.Fatalf("a second reader: %v", err)
	}
	if n := len(outboxtest.All(t, second, outbox.Filter{})); n != 300 {
		t.Errorf("%d rows, want 300", n)
	}
	if _, err := first.Enqueue(t.Context(), nil, start.Add(time.Hour)); err == nil {
		t.Error("a read-only store took something")
	}
	if err := errors.Join(first.Check(), first.Close(), second.Close()); err != nil {
		t.Error(err)
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("reading changed the file")
	}
}

// bad opens a file that cannot be used, in both ways, twice: the lock must be free again.
func bad(t *testing.T, path string, want error) {
	t.Helper()
	for _, readOnly := range []bool{false, true, false} {
		s, err := state.Open(path, state.Options{ReadOnly: readOnly, Timeout: time.Second})
		if err == nil {
			_ = s.Close()
		}
		if !errors.Is(err, want) || !strings.Contains(err.Error(), path) {
			t.Fatalf("Open (read only: %v) = %v; want %v and the path", readOnly, err, want)
		}
	}
}

func TestTruncated(t *testing.T) {
	path := written(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	var used int
	_ = db.View(func(tx *bolt.Tx) error { used = int(tx.Size()); return nil })
	_ = db.Close()
	for _, size := range []int{1, 100, 4096, 5000, 8192, 12288, 16384, used / 2, used - 4096, used - 1} {
		cut := filepath.Join(t.TempDir(), "cut.db")
		if err := os.WriteFile(cut, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		bad(t, cut, state.ErrDamaged)
	}
}

func TestGarbagePages(t *testing.T) {
	path := written(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for page := 2; page < len(whole)/4096 && page < 60; page++ {
		for _, fill := range []byte{0x00, 0xff, 0x5a} {
			broken := append([]byte{}, whole...)
			for i := range 4096 {
				broken[page*4096+i] = fill
			}
			name := filepath.Join(t.TempDir(), "broken.db")
			if err := os.WriteFile(name, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			// A page that is free or inside a value may hold anything. All others are noticed; none panics.
			s, err := state.Open(name, state.Options{Timeout: time.Second})
			if err == nil {
				_ = s.Close()
				continue
			}
			refused++
			if !errors.Is(err, state.ErrDamaged) {
				t.Fatalf("page %d full of %x: %v", page, fill, err)
			}
		}
	}
	if refused < 30 {
		t.Errorf("only %d damaged files were refused", refused)
	}
}

func TestNotADatabase(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database\n", 4000)), 0o600); err != nil {
		t.Fatal(err)
	}
	bad(t, text, state.ErrDamaged)
	if _, err := state.Open(t.TempDir(), state.Options{}); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("Open of a folder: %v", err)
	}
	empty := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Open(empty, state.Options{ReadOnly: true}); !errors.Is(err, state.ErrForeign) {
		t.Errorf("read only Open of an empty file: %v", err)
	}
	open(t, empty)
}

// edit changes a file behind the store's back.
func edit(t *testing.T, path string, f func(tx *bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{NoFreelistSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(f), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestSchema(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(tx *bolt.Tx) error
		want error
	}{
		{"newer", func(tx *bolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("schema"), []byte("99")) }, state.ErrNewer},
		{"no number", func(tx *bolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("schema"), []byte("one")) }, state.ErrForeign},
		{"foreign", func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("meta")) }, state.ErrForeign},
		{"a part is gone", func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("due")) }, state.ErrDamaged},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "beaware.db")
			s, err := state.Open(path, state.Options{})
			if err != nil {
				t.Fatal(err)
			}
			_ = s.Close()
			edit(t, path, test.edit)
			bad(t, path, test.want)
		})
	}
}

// TestUnclean: a file that was not closed is checked, and what does not agree is named.
func TestUnclean(t *testing.T) {
	b := func(name string) []byte { return []byte(name) }
	for _, test := range []struct {
		name, want string
		edit       func(tx *bolt.Tx) error
	}{
		{"whole", "", func(*bolt.Tx) error { return nil }},
		{"row gone", "no row stands behind", func(tx *bolt.Tx) error { return tx.Bucket(b("deliveries")).Delete(b("a")) }},
		{"row unreadable", `the row of "a"`, func(tx *bolt.Tx) error { return tx.Bucket(b("deliveries")).Put(b("a"), b("\x01\xffcut off")) }},
		{"due gone", "not listed in due", func(tx *bolt.Tx) error {
			k, _ := tx.Bucket(b("due")).Cursor().First()
			return tx.Bucket(b("due")).Delete(k)
		}},
		{"state gone", "not listed in states", func(tx *bolt.Tx) error { return tx.Bucket(b("states")).Delete(b("failed\x00b")) }},
		{"strange due", "no row stands behind", func(tx *bolt.Tx) error { return tx.Bucket(b("due")).Put(b("one\x00x"), b("")) }},
		{"count", "the count of", func(tx *bolt.Tx) error { return tx.Bucket(b("counts")).Put(b("one\x00failed"), b("00000007")) }},
		{"short count", "the count of", func(tx *bolt.Tx) error { return tx.Bucket(b("counts")).Put(b("one\x00failed"), b("7")) }},
		{"no count", "not counted", func(tx *bolt.Tx) error { return tx.Bucket(b("counts")).Delete(b("one\x00failed")) }},
		{"pause", "the pause", func(tx *bolt.Tx) error { return tx.Bucket(b("pauses")).Put(b("all\x00"), b("{")) }},
		{"action", "the action", func(tx *bolt.Tx) error { return tx.Bucket(b("audit")).Put(b("x"), b("{")) }},
		{"watermark", "the watermark", func(tx *bolt.Tx) error { return tx.Bucket(b("meta")).Put(b("watermark"), b("soon")) }},
		{"shelf", "the shelf", func(tx *bolt.Tx) error {
			return tx.Bucket(b("shelf")).Bucket(b("one")).Bucket(b("ids")).Delete(b("item"))
		}},
		{"half a shelf", "the shelf", func(tx *bolt.Tx) error {
			return tx.Bucket(b("shelf")).Bucket(b("one")).DeleteBucket(b("ids"))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "beaware.db")
			s, err := state.Open(path, state.Options{})
			if err != nil {
				t.Fatal(err)
			}
			failed := outboxtest.Row("b", "one", start)
			failed.State = outbox.Failed
			_, err = s.Enqueue(t.Context(), []outbox.Delivery{outboxtest.Row("a", "one", start), failed}, start)
			if err := errors.Join(err, s.Put(t.Context(), "one", "item", start, []byte("text")), s.Close()); err != nil {
				t.Fatal(err)
			}
			edit(t, path, test.edit)
			edit(t, path, func(tx *bolt.Tx) error { return tx.Bucket(b("meta")).Put(b("open"), b("1")) })
			s, err = state.Open(path, state.Options{})
			if test.want == "" {
				if err != nil {
					t.Fatalf("Open = %v", err)
				}
				_ = s.Close()
				return
			}
			if !errors.Is(err, state.ErrDamaged) || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("Open = %v; want ErrDamaged, %q and the path", err, test.want)
			}
			if err := state.Check(path); !errors.Is(err, state.ErrDamaged) {
				t.Errorf("Check = %v; want ErrDamaged", err)
			}
		})
	}
}

// TestFull: what does not fit is an error, and what was acknowledged before stays.
func TestFull(t *testing.T) {
	path := file(t)
	s, err := state.Open(path, state.Options{MaxSize: 2 << 20})
	if err != nil {
		t.Fatal(err)
	}
	fits := 0
	for ; fits < 1000; fits++ {
		d := outboxtest.Row(strings.Repeat("x", 60)+time.Duration(fits).String(), "one", start)
		d.Reason = strings.Repeat("r", 20_000)
		if _, err = s.Enqueue(t.Context(), []outbox.Delivery{d}, start); err != nil {
			break
		}
	}
	if err == nil || fits < 10 {
		t.Fatalf("%d rows of 20 kB fitted into 2 MiB, %v", fits, err)
	}
	if got := len(outboxtest.All(t, s, outbox.Filter{})); got != fits {
		t.Errorf("%d rows are there, %d were acknowledged", got, fits)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := state.Check(path); err != nil {
		t.Error(err)
	}
}

// TestNewerFields: a row with fields that this version does not know is read all the same.
func TestNewerFields(t *testing.T) {
	path := file(t)
	s := open(t, path)
	if _, err := s.Enqueue(t.Context(), []outbox.Delivery{outboxtest.Row("a", "one", start)}, start); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	edit(t, path, func(tx *bolt.Tx) error {
		rows := tx.Bucket([]byte("deliveries"))
		old := string(rows.Get([]byte("a")))
		return rows.Put([]byte("a"), []byte("\xc8\x03new"+old+"\xc9\x00"))
	})
	s = open(t, path)
	if d, _, err := s.Claim(t.Context(), "one", start, nil); err != nil || d == nil || d.Post.Message != "launch" {
		t.Errorf("Claim = %+v, %v", d, err)
	}
}

func TestBadNames(t *testing.T) {
	s := open(t, file(t))
	for _, d := range []outbox.Delivery{
		outboxtest.Row("", "one", start), outboxtest.Row("a", "", start), outboxtest.Row("a", "o\x00ne", start),
		outboxtest.Row(strings.Repeat("a", 5000), "one", start),
	} {
		if _, err := s.Enqueue(t.Context(), []outbox.Delivery{outboxtest.Row("good", "one", start), d}, start); err == nil {
			t.Errorf("Enqueue took %.20q on %q at %v", d.Post.ID, d.Post.Channel, d.Due)
		}
	}
	if got := outboxtest.All(t, s, outbox.Filter{}); len(got) != 0 {
		t.Errorf("half of a refused batch is there: %v", got)
	}
	if _, _, err := s.Claim(t.Context(), "\x00\x00", start, nil); err != nil {
		t.Errorf("Claim of a strange channel: %v", err)
	}
}
