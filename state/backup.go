package state

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

// backupsKept is how many backups of a file stay; the oldest go.
const backupsKept = 7

// isWindows: folders cannot be synced there.
const isWindows = runtime.GOOS == "windows"

// BackupDir is the folder of a file's backups: "backups" beside it.
func BackupDir(path string) string { return filepath.Join(filepath.Dir(path), "backups") }

// Backup writes a copy of the whole file, as it is at one moment, into a folder (0700), under a name like
// beaware-20270730T120000Z.db (0600, the time of now in UTC), and gives its path. Others may read and write meanwhile. The copy is
// checked before it counts; then only the newest seven stay. It counts as not closed cleanly, so that it is checked again when it is used.
func (s *Store) Backup(ctx context.Context, dir string, now time.Time) (path string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the folder of the backups: %w", err)
	}
	stem, ext := stem(s.path)
	path = filepath.Join(dir, stem+now.UTC().Format("20060102T150405Z")+ext)
	part := path + ".part"
	if err = s.copyTo(ctx, part); err == nil {
		err = s.checkCopy(part)
	}
	if err != nil {
		_ = os.Remove(part)
		return "", fmt.Errorf("back up %s: %w", s.path, err)
	}
	if err := os.Rename(part, path); err != nil {
		return "", fmt.Errorf("back up %s: %w", s.path, err)
	}
	if err := errors.Join(syncDir(dir), s.rotate(dir)); err != nil {
		return path, fmt.Errorf("the backup %s is made, but: %w", path, err)
	}
	return path, nil
}

// copyTo writes the file as it is at this moment into a new one.
func (s *Store) copyTo(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = s.view(func(tx *bolt.Tx) error {
		_, err := tx.WriteTo(stoppable{ctx, f})
		return errors.Join(ctx.Err(), err) // bbolt does not pass on what it wraps
	})
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// stoppable writes until its context ends.
type stoppable struct {
	ctx context.Context
	w   io.Writer
}

func (s stoppable) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(b)
}

// checkCopy reads a copy. It may be of an older version than this program's.
func (s *Store) checkCopy(path string) error {
	db, err := openFile(path, &bolt.Options{Timeout: time.Second, ReadOnly: true})
	if err != nil {
		return err
	}
	copied := &Store{db: db, path: path, steps: s.steps}
	return errors.Join(copied.Check(), db.Close())
}

// rotate removes the oldest backups. Their names sort as their times do.
func (s *Store) rotate(dir string) error {
	all, err := backups(dir, s.path)
	if err != nil {
		return err
	}
	for _, old := range all[min(backupsKept, len(all)):] {
		err = errors.Join(err, os.Remove(old))
	}
	return err
}

// Backups lists the backups of a file in its folder of backups, the newest first.
func Backups(path string) ([]string, error) { return backups(BackupDir(path), path) }

func backups(dir, path string) (found []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the backups: %w", err)
	}
	stem, ext := stem(path)
	for _, e := range entries {
		at, ok := strings.CutPrefix(e.Name(), stem)
		if at, isIts := strings.CutSuffix(at, ext); ok && isIts {
			if _, err := time.Parse("20060102T150405Z", at); err == nil {
				found = append(found, filepath.Join(dir, e.Name()))
			}
		}
	}
	slices.Sort(found)
	slices.Reverse(found)
	return found, nil
}

// stem splits a file's name into what stands before and after the time in the names of its backups.
func stem(path string) (before, after string) {
	base, ext := filepath.Base(path), filepath.Ext(path)
	return strings.TrimSuffix(base, ext) + "-", ext
}

// rescue says what to do about a damaged file.
func rescue(path string) string {
	found, err := Backups(path)
	if err != nil || len(found) == 0 {
		return "there is no backup of it in " + BackupDir(path)
	}
	return "its newest backup is " + found[0] + ": stop beaware, move the damaged file away, and copy the backup to its place"
}

// syncDir makes a rename in a folder last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !isWindows {
		return err
	}
	return nil
}
