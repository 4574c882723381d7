package state

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

const chat = 5551112223334

var memorySecret = bytes.Repeat([]byte("s"), SecretLen)

// begun gives a store whose file is checked at the end of the test.
func begun(t testing.TB) *Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "beaware.db")
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), Check(path)); err != nil {
			t.Error(err)
		}
	})
	return s
}

// memoryOf gives the memory of a platform at noon.
func memoryOf(t testing.TB, s *Store, secret []byte, platform string) *Memory {
	t.Helper()
	m, err := s.Memory(secret, platform)
	if err != nil {
		t.Fatal(err)
	}
	m.now = func() time.Time { return noon }
	return m
}

func recalls(t testing.TB, m *Memory, chat int64, want string) {
	t.Helper()
	if got, err := m.Recall(t.Context(), chat); got != want || err != nil {
		t.Errorf("Recall = %q, %v; want %q", got, err, want)
	}
}

func remember(t testing.TB, m *Memory, chat int64, what string) {
	t.Helper()
	if err := m.Remember(t.Context(), chat, what); err != nil {
		t.Fatal(err)
	}
}

// TestMemory: what is kept comes back for the same chat, platform and secret, and for no other.
func TestMemory(t *testing.T) {
	s := begun(t)
	m := memoryOf(t, s, memorySecret, "telegram/help")
	recalls(t, m, chat, "")
	remember(t, m, chat, "s|sr-Cyrl|BA")
	remember(t, m, -chat, strings.Repeat("x", longestRemembered))
	recalls(t, m, chat, "s|sr-Cyrl|BA")
	recalls(t, m, -chat, strings.Repeat("x", longestRemembered))
	recalls(t, m, chat+1, "")
	recalls(t, memoryOf(t, s, memorySecret, "telegram/other"), chat, "")
	changed := memoryOf(t, s, bytes.Repeat([]byte("t"), SecretLen), "telegram/help")
	recalls(t, changed, chat, "")
	remember(t, changed, chat, "s|en|RS")
	recalls(t, m, chat, "s|sr-Cyrl|BA")

	remember(t, m, chat, "s|sq|AL")
	recalls(t, m, chat, "s|sq|AL")
	for range 2 {
		if err := m.Forget(t.Context(), chat); err != nil {
			t.Fatal(err)
		}
		recalls(t, m, chat, "")
	}
	recalls(t, changed, chat, "s|en|RS")

	for _, what := range []string{"", strings.Repeat("x", longestRemembered+1)} {
		if err := m.Remember(t.Context(), chat, what); !errors.Is(err, errNotRemembered) {
			t.Errorf("Remember %d bytes: %v", len(what), err)
		}
	}
	if _, err := s.Memory(memorySecret[1:], "telegram"); err == nil {
		t.Error("a short secret is taken")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := m.Recall(ended, chat)
	for _, err := range []error{err, m.Remember(ended, chat, "x"), m.Forget(ended, chat)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("with an ended context: %v", err)
		}
	}
}

// TestMemoryInTheFile: the bytes of the file, its backup and every error tell neither who is remembered nor what, and all rows look alike.
func TestMemoryInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "beaware.db")
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := memoryOf(t, s, memorySecret, "telegram/help")
	people := []int64{chat, -1001234567890123, 7777777777, 1<<62 + 12345}
	for i, id := range people {
		remember(t, m, id, []string{"s|sr-Cyrl|BA", "s|en|RS", "s|cnr|ME", "s|ar|XK"}[i])
	}
	backup, err := s.Backup(t.Context(), BackupDir(path), noon)
	if err != nil {
		t.Fatal(err)
	}
	lengths := map[int]bool{}
	_ = s.view(func(tx *bolt.Tx) error {
		return tx.Bucket(memoryBucket).ForEach(func(k, v []byte) error { lengths[len(k)*1000+len(v)] = true; return nil })
	})
	if len(lengths) != 1 {
		t.Errorf("rows have different lengths: %v", lengths)
	}
	if err := m.Forget(t.Context(), chat); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path, backup} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for what, mark := range marksOf(people) {
			if bytes.Contains(data, []byte(mark)) {
				t.Errorf("%s holds %s", filepath.Base(file), what)
			}
		}
	}
	for _, err := range []error{m.Remember(t.Context(), chat, "s|sr-Cyrl|BA"), m.Forget(t.Context(), chat)} {
		if err == nil {
			t.Fatal("the store is closed")
		}
		for what, mark := range marksOf(people) {
			if strings.Contains(err.Error(), mark) {
				t.Errorf("an error holds %s", what)
			}
		}
	}
}

// marksOf is what may stand nowhere: the chats in each form that a program may write, the texts, the secret.
func marksOf(people []int64) map[string]string {
	marks := map[string]string{"the secret": string(memorySecret), "the platform": "telegram", "a script": "Cyrl", "a text": "s|", "a language": "|en|", "another": "|ar|"}
	for _, id := range people {
		name := strconv.FormatInt(id, 10)
		marks[name] = name
		marks[name+" without its sign"] = strings.TrimPrefix(strings.TrimPrefix(name, "-"), "100")
		marks[name+" big endian"] = string(binary.BigEndian.AppendUint64(nil, uint64(id))[2:])
		marks[name+" little endian"] = string(binary.LittleEndian.AppendUint64(nil, uint64(id))[:6])
		marks[name+" varint"] = string(binary.AppendVarint(nil, id))
		marks[name+" uvarint"] = string(binary.AppendUvarint(nil, uint64(max(id, -id))))
		marks[name+" hex"] = strconv.FormatInt(id, 16)
	}
	return marks
}

// TestMemoryMoved: a row that is put under another key, or given another day, says nothing.
func TestMemoryMoved(t *testing.T) {
	s := begun(t)
	m := memoryOf(t, s, memorySecret, "telegram")
	remember(t, m, chat, "s|sq|AL")
	err := s.update(func(tx *bolt.Tx) error {
		row := bytes.Clone(tx.Bucket(memoryBucket).Get(m.key(chat)))
		if err := tx.Bucket(memoryBucket).Put(m.key(1), row); err != nil {
			return err
		}
		row = bytes.Clone(row)
		row[dayLen-1]++
		return tx.Bucket(memoryBucket).Put(m.key(2), row)
	})
	if err != nil {
		t.Fatal(err)
	}
	recalls(t, m, chat, "s|sq|AL")
	recalls(t, m, 1, "")
	recalls(t, m, 2, "")
}

// TestMemoryEnds: after 400 days nobody is remembered, and after pruning nothing is there, whatever the secret.
func TestMemoryEnds(t *testing.T) {
	s := begun(t)
	m := memoryOf(t, s, memorySecret, "telegram")
	remember(t, m, 1, "old")
	m.now = func() time.Time { return noon.AddDate(0, 0, 1) }
	remember(t, m, 2, "younger")
	m.now = func() time.Time { return noon.AddDate(0, 0, 400) }
	recalls(t, m, 1, "old")
	m.now = func() time.Time { return noon.AddDate(0, 0, 401) }
	recalls(t, m, 1, "")
	recalls(t, m, 2, "younger")
	for _, c := range []struct{ days, left int }{{400, 2}, {401, 1}, {402, 0}} {
		if err := s.PruneMemory(t.Context(), noon.AddDate(0, 0, c.days)); err != nil {
			t.Fatal(err)
		}
		if n := rowsIn(s, memoryBucket); n != c.left {
			t.Errorf("after %d days %d rows are left, want %d", c.days, n, c.left)
		}
	}
}

func rowsIn(s *Store, bucket []byte) (n int) {
	_ = s.view(func(tx *bolt.Tx) error { n = tx.Bucket(bucket).Stats().KeyN; return nil })
	return n
}

// TestCheckNewParts: rows that no version writes are found.
func TestCheckNewParts(t *testing.T) {
	for name, put := range map[string]func(tx *bolt.Tx) error{
		"memory": func(tx *bolt.Tx) error { return tx.Bucket(memoryBucket).Put([]byte("5551112223334"), []byte("en")) },
		"tally":  func(tx *bolt.Tx) error { return tx.Bucket(tallyBucket).Put([]byte("abc234"), []byte("12")) },
	} {
		s, err := Open(filepath.Join(t.TempDir(), "beaware.db"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.update(put); err != nil {
			t.Fatal(err)
		}
		if err := s.Check(); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "555111") {
			t.Errorf("%s: Check = %v", name, err)
		}
		_ = s.Close()
	}
}

// TestSecret: it is made once, for its owner only, also by many at once; a file that is something else is left alone.
func TestSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "remember.key")
	var made [8][]byte
	var wg sync.WaitGroup
	for i := range made {
		wg.Go(func() {
			var err error
			if made[i], err = Secret(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	again, err := Secret(path)
	if err != nil || len(again) != SecretLen || bytes.Equal(again, make([]byte, SecretLen)) {
		t.Fatalf("%d bytes, %v", len(again), err)
	}
	for _, secret := range made {
		if !bytes.Equal(secret, again) {
			t.Error("there were two secrets")
		}
	}
	info, err := os.Stat(path)
	if err != nil || !isWindows && info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if list, _ := os.ReadDir(filepath.Dir(path)); len(list) != 1 {
		t.Errorf("%d files are left, want one", len(list))
	}
	other := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(other, []byte("sample = true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Secret(other); err == nil || !strings.Contains(err.Error(), other+" has 14 bytes and must be a file of 32") {
		t.Errorf("another file: %v", err)
	}
	if data, _ := os.ReadFile(other); string(data) != "sample = true\n" {
		t.Errorf("it became %q", data)
	}
	if _, err := Secret(filepath.Join(other, "x")); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("below a file: %v", err)
	}
}

func BenchmarkRecall(b *testing.B) {
	s := begun(b)
	m := memoryOf(b, s, memorySecret, "telegram")
	remember(b, m, 1, "s|sr-Cyrl|BA")
	for _, c := range []struct {
		name string
		chat int64
	}{{"known", 1}, {"unknown", 2}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Recall(b.Context(), c.chat); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
