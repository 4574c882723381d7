package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"beaware/outbox"
	"beaware/state"
)

type backupCommand struct {
	File string `arg:"" optional:"" placeholder:"FILE" help:"Where to write it; the file must not exist. Without it, a new one in the folder backups beside the store, of which the newest seven are kept."`
}

func (backupCommand) Help() string {
	return `Copies the store as it is at one moment, while the program runs or without it, and checks the copy. To use one: stop the
program, and put it in the store's place.

  beaware backup
  beaware backup /media/stick/beaware-july.db`
}

// backupMade is a backup.
type backupMade struct {
	Path string    `json:"path"`
	Size int64     `json:"bytes"`
	At   time.Time `json:"at"` // UTC
}

var backupTask = task[backupMade]{name: "backup", writes: true, do: (*panel).backup}

func (c backupCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	o := order{}
	if c.File != "" { // the running program may work in another folder
		if o.File, err = filepath.Abs(c.File); err != nil {
			return fmt.Errorf("find %s: %w", c.File, err)
		}
	}
	b, err := ask(ctx, in, backupTask, o)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "%s\n%d bytes, checked.\n", b.Path, b.Size)
	return err
}

func (p *panel) backup(ctx context.Context, o order) (b backupMade, err error) {
	if o.File != "" && !filepath.IsAbs(o.File) {
		return b, fmt.Errorf("%w: %q is not a whole path", errUsage, o.File)
	}
	p.copying.Lock()
	defer p.copying.Unlock()
	b.At = time.Now().UTC()
	a := outbox.Action{At: b.At, By: o.By, Name: "backup", Target: "the folder of backups"}
	if o.File == "" {
		b.Path, err = p.another(ctx, b.At)
	} else {
		a.Target = o.File
		b.Path, err = o.File, p.copyTo(ctx, o.File, b.At)
	}
	if err == nil {
		b.Size, err = size(b.Path)
	}
	a.Outcome = fmt.Sprintf("%s, %d bytes", filepath.Base(b.Path), b.Size)
	if err != nil {
		a.Outcome = "failed"
	}
	if noted := p.store.Record(context.WithoutCancel(ctx), a); noted != nil {
		err = errors.Join(err, fmt.Errorf("write it into the audit log: %w", noted))
	}
	return b, err
}

// another adds to the folder of backups. Their names count seconds, and one that is there stays as it is.
func (p *panel) another(ctx context.Context, now time.Time) (string, error) {
	path, err := filepath.Abs(p.store.Path())
	if err != nil {
		return "", err
	}
	dir := state.BackupDir(path)
	list, err := state.Backups(path)
	if err != nil {
		return "", err
	}
	for slices.ContainsFunc(list, func(old string) bool { return backupTime(old).Equal(now.Truncate(time.Second)) }) {
		now = now.Add(time.Second)
	}
	return p.store.Backup(ctx, dir, now)
}

// copyTo makes a backup at a place of its own. It is made beside, so that nobody finds half of one there.
func (p *panel) copyTo(ctx context.Context, file string, now time.Time) error {
	taken, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	_ = taken.Close()
	err = func() error {
		dir, err := os.MkdirTemp(filepath.Dir(file), ".beaware-backup-")
		if err != nil {
			return fmt.Errorf("back up: %w", err)
		}
		defer os.RemoveAll(dir)
		made, err := p.store.Backup(ctx, dir, now)
		if err != nil {
			return err
		}
		return os.Rename(made, file)
	}()
	if err != nil {
		_ = os.Remove(file)
	}
	return err
}

func size(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// newestBackup gives nil when there is none.
func newestBackup(store string) (*backupMade, error) {
	list, err := state.Backups(store)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	n, err := size(list[0])
	return &backupMade{Path: list[0], Size: n, At: backupTime(list[0])}, err
}

// backupTime reads when a backup was made out of its name; the zero time when it is of another form.
func backupTime(path string) time.Time {
	const form = "20060102T150405Z"
	name := path[:len(path)-len(filepath.Ext(path))]
	t, _ := time.Parse(form, name[max(0, len(name)-len(form)):])
	return t
}

type auditCommand struct {
	Limit int  `default:"100" placeholder:"N" help:"At most so many; 10000 are the most."`
	JSON  bool `help:"A JSON array."`
}

func (auditCommand) Help() string {
	return `Lists what staff did with pause, resume, retry, cancel, resolve and backup: when, who, to what, and what came of it; the
newest first.

  beaware audit --limit 20`
}

// auditLine is one action in `audit --json`.
type auditLine struct {
	At      time.Time `json:"at"` // UTC
	By      string    `json:"by"` // user of the operating system
	Action  string    `json:"action"`
	Target  string    `json:"target"`
	Outcome string    `json:"outcome"`
}

var auditTask = task[[]auditLine]{name: "audit", do: (*panel).audit}

func (c auditCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	list, err := ask(ctx, in, auditTask, order{Limit: c.Limit})
	if err != nil || c.JSON {
		return orJSON(t, list, err)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(t.out, "Nobody did anything yet.")
		return err
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TIME\tBY\tACTION\tTARGET\tOUTCOME")
	for _, a := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.At.UTC().Format("2006-01-02 15:04:05 UTC"), a.By, a.Action, a.Target, a.Outcome)
	}
	return w.Flush()
}

func (p *panel) audit(ctx context.Context, o order) ([]auditLine, error) {
	if err := within(o.Limit); err != nil {
		return nil, err
	}
	list, err := p.outbox.Audit(ctx, o.Limit)
	return names(list, func(a outbox.Action) auditLine { return auditLine{a.At.UTC(), a.By, a.Name, a.Target, a.Outcome} }), err
}
