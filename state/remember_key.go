package state

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// SecretLen is how many bytes the secret of a Memory has.
const SecretLen = 32

// Secret reads the secret of a Memory from a file, and makes it (0600, of random bytes) where there is none. Who loses
// the file has forgotten everybody. A file of another length is left alone and is an error, as it must be something else.
func Secret(path string) ([]byte, error) {
	secret, err := readSecret(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the memory's secret: %w", err)
	}
	if err := makeSecret(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make the memory's secret: %w", err)
	}
	return readSecret(path) // perhaps that of another process, which was faster
}

func readSecret(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the memory's secret: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the memory's secret: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() != SecretLen {
		return nil, fmt.Errorf("the memory's secret %s has %d bytes and must be a file of %d; name another file, which is then made", path, info.Size(), SecretLen)
	}
	secret := make([]byte, SecretLen)
	if _, err := f.ReadAt(secret, 0); err != nil {
		return nil, fmt.Errorf("read the memory's secret: %w", err)
	}
	return secret, nil
}

// makeSecret writes a new one beside its place and puts it there whole. It replaces nothing.
func makeSecret(path string) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".secret-*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	secret := make([]byte, SecretLen)
	_, _ = rand.Read(secret) // never fails
	_, err = f.Write(secret)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := os.Rename(f.Name(), path); err != nil { // a file system without links
			return err
		}
	}
	return syncDir(dir)
}
