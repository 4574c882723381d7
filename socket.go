package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
)

// longestSocket is a length of path that every system takes for a socket.
const longestSocket = 100

// socket is where the running program takes orders: beside its store, or, where that path is too long, in a folder of its own.
// Each way to name the store leads to the same one. apart says that the folder is no other than the socket's.
func (in *installation) socket() (path string, apart bool) {
	const name = "control.sock"
	store := in.config.path(in.config.Store.Path)
	if whole, err := filepath.Abs(store); err == nil {
		store = whole
	}
	dir := filepath.Dir(store)
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if path := filepath.Join(dir, name); len(path) <= longestSocket {
		return path, false
	}
	hash := sha256.Sum256([]byte(filepath.Join(dir, filepath.Base(store))))
	return filepath.Join(os.TempDir(), "beaware-"+hex.EncodeToString(hash[:8]), name), true
}

// listenControl opens the socket. The store's lock proves that no other process of this installation lives, so a socket that
// is there is a dead one's.
func (in *installation) listenControl(ctx context.Context) (net.Listener, error) {
	path, apart := in.socket()
	if apart {
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if err := private(filepath.Dir(path)); err != nil {
			return nil, err
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	return l, os.Chmod(path, 0o600)
}

// private refuses a folder that somebody else may have prepared among the temporary files.
func private(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() || info.Mode().Perm() != 0o700 || !ours(info) {
		return fmt.Errorf("%s must be a folder that only this user may open; remove it", dir)
	}
	return nil
}
