// Package state holds the storage engines behind the interfaces that other rooms
// declare: outbox.Store, and the shelf that the feed channel declares. It is the only
// importer of bbolt, which keeps everything in one file. It may not touch network or
// wording, and decides nothing.
package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

var (
	// ErrInUse says that another process has the file open for writing.
	ErrInUse = errors.New("the database is in use by another process")
	// ErrDamaged says that the file cannot be read as it was written.
	ErrDamaged = errors.New("the database file is damaged")
	// ErrForeign says that the file is a bbolt database that this program did not write.
	ErrForeign = errors.New("the file is not a beaware database")
	// ErrNewer says that a newer version of this program wrote the file.
	ErrNewer = errors.New("the database was written by a newer version of beaware")
	// ErrOlder says that an older version wrote the file, and that it was opened only for reading.
	ErrOlder = errors.New("the database was written by an older version of beaware")
)

// Options are for Open; the zero value is right for the daemon.
type Options struct {
	Timeout  time.Duration // how long to wait for another process; 2 s when zero
	ReadOnly bool          // for commands that look: the file must exist, and nothing is written
	MaxSize  int           // bytes that the file may not exceed; no limit when zero
	// Scratch gives up durability for speed: after a crash of the machine the file may be damaged. For rehearsals.
	Scratch bool
}

// Store is one database file. Safe for concurrent use.
type Store struct {
	db    *bolt.DB
	path  string
	steps []step
	queue queue
	zones sync.Map // name of a time zone to its *time.Location
	close sync.Once
}

// Open opens the file, and makes it (0600) and its folder (0700) where they do not exist. All errors name the
// file, and that of a damaged one its newest backup. A file that was not closed cleanly is checked wholly first; of one that an older
// version wrote a backup is made before it is brought up to date.
func Open(path string, o Options) (*Store, error) {
	s, err := open(path, o, steps())
	if errors.Is(err, ErrDamaged) {
		err = fmt.Errorf("%w; %s", err, rescue(path))
	}
	return s, err
}

func open(path string, o Options, steps []step) (*Store, error) {
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Second
	}
	if !o.ReadOnly {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of the database: %w", err)
		}
	}
	if err := probe(path, o); err != nil && (o.ReadOnly || !errors.Is(err, fs.ErrNotExist)) {
		return nil, err
	}
	db, err := openFile(path, boltOptions(o))
	if err != nil {
		return nil, err
	}
	db.AllocSize = 1 << 20
	s := &Store{db: db, path: path, steps: steps}
	if err := s.start(); err != nil {
		_ = db.Close()
		return nil, err
	}
	return s, nil
}

func boltOptions(o Options) *bolt.Options {
	b := &bolt.Options{
		Timeout:        o.Timeout,
		NoFreelistSync: true, // else each commit writes the whole list, and a torn one cannot be read again
		FreelistType:   bolt.FreelistMapType,
		ReadOnly:       o.ReadOnly,
		MaxSize:        o.MaxSize,
		NoSync:         o.Scratch,
		NoStatistics:   true,
	}
	if runtime.GOOS != "windows" { // where the file itself would grow to this
		b.InitialMmapSize = 64 << 20 // so that a growing file is seldom mapped anew, which waits for readers
	}
	return b
}

// start looks at what the file says about itself, brings it up to date, and marks it as open.
func (s *Store) start() error {
	unclean, version := false, 0
	err := s.view(func(tx *bolt.Tx) (err error) {
		unclean = tx.Bucket(metaBucket) != nil && tx.Bucket(metaBucket).Get(keyOpen) != nil
		version, err = s.version(tx)
		return err
	})
	if err != nil || s.db.IsReadOnly() {
		return err
	}
	if unclean {
		if err := s.Check(); err != nil {
			return fmt.Errorf("%s was not closed cleanly, and its check found faults: %w", s.path, err)
		}
	}
	if version > 0 && version < s.schema() {
		if _, err := s.Backup(context.Background(), BackupDir(s.path), time.Now()); err != nil {
			return fmt.Errorf("the file is left at schema version %d, as no backup could be made: %w", version, err)
		}
	}
	return s.update(func(tx *bolt.Tx) error {
		if version < s.schema() {
			if err := s.migrate(tx, version); err != nil {
				return err
			}
		}
		return tx.Bucket(metaBucket).Put(keyOpen, []byte("1"))
	})
}

// Path is the file's path as it was given to Open.
func (s *Store) Path() string { return s.path }

// Close waits for what is under way and closes the file. Calling it again does nothing.
func (s *Store) Close() error {
	var err error
	s.close.Do(func() {
		var marked error
		if !s.db.IsReadOnly() {
			marked = s.update(func(tx *bolt.Tx) error { return tx.Bucket(metaBucket).Delete(keyOpen) })
		}
		if err = errors.Join(marked, s.db.Close()); err != nil {
			err = fmt.Errorf("close %s: %w", s.path, err)
		}
	})
	return err
}

// openFile opens bbolt. It panics on some damaged files and keeps their lock then, so
// the panic becomes an error and the file is closed.
func openFile(path string, o *bolt.Options) (db *bolt.DB, err error) {
	var file *os.File
	o.OpenFile = func(name string, flag int, mode os.FileMode) (*os.File, error) {
		f, err := os.OpenFile(name, flag, mode)
		file = f
		return f, err
	}
	failed := guard(func() error { db, err = bolt.Open(path, 0o600, o); return nil })
	if failed != nil {
		_ = file.Close()
		return nil, fmt.Errorf("open %s: %w", path, failed)
	}
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, berrors.ErrTimeout):
		return nil, fmt.Errorf("open %s: %w", path, ErrInUse)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("open the database: %w: the user that runs beaware must be able to read and write it", err)
	case isSystem(err):
		return nil, fmt.Errorf("open the database: %w", err)
	default:
		return nil, fmt.Errorf("open %s: %w: %w", path, ErrDamaged, err)
	}
}

// isSystem tells errors of the operating system, which name the file, from those about what is in it.
func isSystem(err error) bool {
	var system interface{ Timeout() bool } // *fs.PathError, syscall.Errno
	return errors.As(err, &system)
}

// guard turns a panic into ErrDamaged, also that of memory which no longer has a file behind it.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	return f()
}

// view reads. What it hands out must be copied: bytes die with the transaction, and a long one makes the file grow.
func (s *Store) view(f func(*bolt.Tx) error) error {
	return s.named(guard(func() error { return s.db.View(f) }))
}

func (s *Store) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", s.path, err)
}
