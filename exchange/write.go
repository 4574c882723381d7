package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"beaware/catalog"
)

// Files lists what Write would change, relative to the content folder.
func (p *Plan) Files() []string { return slices.Sorted(maps.Keys(p.files)) }

// Write changes the files below dir, the folder that the plan was made from. Each is replaced whole, by renaming a new one over it.
// Then the catalog is read again: with an error that was not there before, or when a file changed since the plan was
// made, everything is as it was.
func (p *Plan) Write(dir string, opt Options) (err error) {
	for _, name := range p.Files() {
		if err := p.unchanged(dir, name); err != nil {
			return err
		}
	}
	var done []string
	defer func() {
		if err != nil {
			err = errors.Join(err, p.restore(dir, done))
		}
	}()
	for _, name := range p.Files() {
		if err := replaceFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(p.files[name])); err != nil {
			return fmt.Errorf("write %s: %w; nothing was changed", name, err)
		}
		done = append(done, name)
	}
	stops, _ := look(os.DirFS(dir), opt.Also)
	if fresh := beyond(stops, p.known); len(fresh) > 0 {
		return fmt.Errorf("the texts were read again and %d errors are new, so nothing was kept:\n%w", len(fresh), catalog.Findings(fresh).Err())
	}
	return nil
}

// unchanged makes sure that nobody wrote a file since the plan was made.
func (p *Plan) unchanged(dir, name string) error {
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	was, existed := p.before[name]
	if errors.Is(err, fs.ErrNotExist) && !existed {
		return nil
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if !existed || !bytes.Equal(data, []byte(was)) {
		return fmt.Errorf("%s was changed by somebody else just now; nothing was written, import again", name)
	}
	return nil
}

// restore brings the files back that were written already.
func (p *Plan) restore(dir string, done []string) (err error) {
	for _, name := range done {
		file := filepath.Join(dir, filepath.FromSlash(name))
		was, existed := p.before[name]
		if existed {
			err = errors.Join(err, replaceFile(file, []byte(was)))
		} else {
			err = errors.Join(err, os.Remove(file))
		}
	}
	return err
}

// replaceFile writes a file so that readers see all of it or the old one, with the rights of the old one.
func replaceFile(file string, data []byte) (err error) {
	mode := fs.FileMode(0o644)
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
		if info, err := os.Stat(file); err == nil {
			mode = info.Mode().Perm()
		}
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".import-*") // hidden, so that the catalog does not see it
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp.Name())
		}
	}()
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	if err = os.Rename(temp.Name(), file); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

// syncFolder makes the renaming last through a loss of power.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync() // some systems cannot do it for folders; the file itself is safe
	return d.Close()
}
