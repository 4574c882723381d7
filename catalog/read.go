package catalog

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"
)

// Largest files that are read. Larger ones are a finding and never opened.
const (
	maxText  = 1 << 20
	maxPhoto = 10 << 20 // what Telegram takes as a photo
)

// read gives a file's bytes when it is a plain file of at most limit bytes; else it reports why not.
func (ld *loader) read(file string, limit int64) ([]byte, bool) {
	pos := Pos{File: file}
	info, err := fs.Stat(ld.fsys, file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		ld.add(Error, pos, "there is no such file")
		return nil, false
	case err != nil:
		ld.add(Error, pos, "cannot be read: %v", err)
		return nil, false
	case !info.Mode().IsRegular():
		ld.add(Error, pos, "is not a plain file")
		return nil, false
	case info.Size() > limit:
		ld.add(Error, pos, "has %d bytes and was not read; at most %d are allowed", info.Size(), limit)
		return nil, false
	}
	data, err := readAtMost(ld.fsys, file, limit)
	if err != nil {
		ld.add(Error, pos, "cannot be read: %v", err)
		return nil, false
	}
	return data, true
}

func readAtMost(fsys fs.FS, file string, limit int64) ([]byte, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errors.New("grew beyond the allowed size while it was read")
	}
	return data, err
}

// text gives a text file without byte order mark and with plain line ends. It reports bytes that are not
// UTF-8 and control characters here, since the TOML parser is not to be trusted with them.
func (ld *loader) text(file string) (string, bool) {
	data, ok := ld.read(file, maxText)
	if !ok {
		return "", false
	}
	s := strings.TrimPrefix(string(data), "\ufeff")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	line, ok := 1, true
	for i, r := range s {
		switch {
		case r == '\n':
			line++
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			ld.add(Error, Pos{file, line}, "byte 0x%02X is not valid UTF-8; save the file as UTF-8", s[i])
			return "", false
		case r < ' ' && r != '\t' || r == 0x7f:
			ld.add(Error, Pos{file, line}, "holds the control character U+%04X; remove it", r)
			ok = false
		}
	}
	return s, ok
}

// dir lists the visible plain names in a folder; a folder that is missing is empty.
func (ld *loader) dir(folder string) (files, folders []string) {
	entries, err := fs.ReadDir(ld.fsys, folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		ld.add(Error, Pos{File: folder}, "cannot be listed: %v", err)
	}
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			folders = append(folders, e.Name())
		default:
			files = append(files, e.Name())
		}
	}
	return files, folders
}

const reviewEnd = ".review.toml"

// tomls lists the .toml files of a folder, without the sidecars of reviews, as names without ending.
func (ld *loader) tomls(folder string) []string {
	files, _ := ld.dir(folder)
	var out []string
	for _, f := range files {
		if path.Ext(f) == ".toml" && !strings.HasSuffix(f, reviewEnd) {
			out = append(out, strings.TrimSuffix(f, ".toml"))
		}
	}
	return out
}
