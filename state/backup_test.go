package state_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"beaware/outbox"
	"beaware/outbox/outboxtest"
	"beaware/state"
)

// TestBackup: copies of a file that is being written to are whole, private, named by their time, and seven.
func TestBackup(t *testing.T) {
	path := written(t)
	s := open(t, path)
	dir := state.BackupDir(path)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := s.Enqueue(t.Context(), []outbox.Delivery{outboxtest.Row(fmt.Sprint("more-", i), "two", start)}, start); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range 9 {
		name, err := s.Backup(t.Context(), dir, time.Date(2027, 7, 30, 14, 0, i, 0, time.FixedZone("", 2*60*60)))
		if err != nil || filepath.Base(name) != fmt.Sprintf("beaware-20270730T12000%dZ.db", i) {
			t.Fatalf("Backup = %q, %v", name, err)
		}
		if info, err := os.Stat(name); err != nil || info.Mode() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
	}
	close(stop)
	wg.Wait()
	found, err := state.Backups(path)
	if err != nil || len(found) != 7 || !strings.HasSuffix(found[0], "08Z.db") || !strings.HasSuffix(found[6], "02Z.db") {
		t.Errorf("Backups = %v, %v; want the newest seven", found, err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode() != 0o700|fs.ModeDir {
		t.Errorf("the folder: %v, %v", info.Mode(), err)
	}
	copied := open(t, found[0])
	if n := len(outboxtest.All(t, copied, outbox.Filter{ID: "post-"})); n != 300 {
		t.Errorf("%d rows in the copy, want 300", n)
	}
}

// TestBackupFails: nothing half-made is left, and no older backup is lost.
func TestBackupFails(t *testing.T) {
	path := written(t)
	s := open(t, path)
	dir := state.BackupDir(path)
	if _, err := s.Backup(t.Context(), dir, start); err != nil {
		t.Fatal(err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Backup(over, dir, start.Add(time.Second)); !errors.Is(err, context.Canceled) {
		t.Errorf("Backup = %v, want it cancelled", err)
	}
	file := filepath.Join(t.TempDir(), "no folder")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Backup(t.Context(), file, start); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("Backup into a file = %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("in the folder: %v, %v; want one backup", entries, err)
	}
}

// TestDamagedNamesBackup: who meets a damaged file is told where its newest backup is.
func TestDamagedNamesBackup(t *testing.T) {
	path := written(t)
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "other.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, backup := range []bool{false, true} {
		want := "there is no backup of it in " + state.BackupDir(path)
		if backup {
			s := open(t, path)
			name, err := s.Backup(t.Context(), state.BackupDir(path), start)
			if err := errors.Join(err, s.Close()); err != nil {
				t.Fatal(err)
			}
			want = "its newest backup is " + name
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, whole[:20_000], 0o600); err != nil {
			t.Fatal(err)
		}
		for _, readOnly := range []bool{false, true} {
			if _, err := state.Open(path, state.Options{ReadOnly: readOnly}); !errors.Is(err, state.ErrDamaged) || !strings.Contains(err.Error(), want) {
				t.Errorf("Open = %v; want %q", err, want)
			}
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
