package exchange

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// overlay is the content folder as it would be: some files changed or new, the others from below.
type overlay struct {
	fs.FS
	files map[string]string
}

// Open gives the changed file, or the one below.
func (o overlay) Open(name string) (fs.File, error) {
	if text, ok := o.files[name]; ok {
		return &memory{info{path.Base(name), int64(len(text))}, strings.NewReader(text)}, nil
	}
	return o.FS.Open(name)
}

// ReadDir lists also the files that are new.
func (o overlay) ReadDir(folder string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(o.FS, folder)
	if err != nil {
		return nil, err
	}
	for name, text := range o.files {
		base := path.Base(name)
		if path.Dir(name) == folder && !slices.ContainsFunc(list, func(e fs.DirEntry) bool { return e.Name() == base }) {
			list = append(list, fs.FileInfoToDirEntry(info{base, int64(len(text))}))
		}
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

// memory is an open file of the overlay.
type memory struct {
	info
	io.Reader
}

func (m *memory) Stat() (fs.FileInfo, error) { return m.info, nil }
func (m *memory) Close() error               { return nil }

type info struct {
	name string
	size int64
}

func (i info) Name() string     { return i.name }
func (i info) Size() int64      { return i.size }
func (info) Mode() fs.FileMode  { return 0o444 }
func (info) ModTime() time.Time { return time.Time{} }
func (info) IsDir() bool        { return false }
func (info) Sys() any           { return nil }
