package main

import (
	"encoding/json"
	"fmt"
	"html"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRehearse plays a whole window and leaves pages that a browser can open from the disk.
func TestRehearse(t *testing.T) {
	t.Parallel()
	config, out := sampleConfig(t), t.TempDir()
	rows := readPlan(t, listed(t, planCommand{Campaign: "world-day", From: "2027-07-16", To: "2027-07-31", JSON: true}))
	s := beaware(t, "", config, "rehearse", "world-day", "--year", "2027", "--out", out).good(t)
	if want := fmt.Sprintf("%d posts on 7 channels: %d sent.\n", len(rows), len(rows)); !strings.HasPrefix(s.out, want) {
		t.Errorf("%q, want %q", s.out, want)
	}
	if !strings.Contains(s.err, fmt.Sprintf("/%d  2027-07-30 19:30", len(rows))) {
		t.Error("no progress was shown")
	}
	dir := filepath.Join(out, "world-day-2027")
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err != nil {
		t.Error(err)
	}
	for _, c := range sampled(t).feeds {
		for _, lang := range sampled(t).languagesOfChannel(c.ID) {
			data, err := os.ReadFile(filepath.Join(dir, "feeds", c.ID, lang+".json"))
			if err != nil {
				t.Error(err)
				continue
			}
			var feed struct{ Items []any }
			if err := json.Unmarshal(data, &feed); err != nil || len(feed.Items) != 14 {
				t.Errorf("the feed of %s in %s has %d posts, want 14: %v", c.ID, lang, len(feed.Items), err)
			}
		}
	}
	followLinks(t, dir)
	if _, err := os.Stat(filepath.Join(filepath.Dir(config), "data")); err == nil {
		t.Error("a rehearsal touched the real store")
	}
}

var targets = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// followLinks holds that every link inside the pages leads to a file that is there, or away to the web.
func followLinks(t *testing.T, dir string) {
	t.Helper()
	pages, links := 0, 0
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".html" {
			return err
		}
		pages++
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		for _, m := range targets.FindAllStringSubmatch(string(data), -1) {
			u, err := url.Parse(html.UnescapeString(m[1]))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if u.Scheme != "" || u.Path == "" {
				continue
			}
			links++
			to := path.Join(path.Dir(name), u.Path)
			if strings.HasPrefix(u.Path, "/") || u.RawQuery != "" {
				t.Errorf("%s: %q leads to no file", name, m[1])
			} else if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(to))); err != nil {
				t.Errorf("%s: %q leads to %s, which is not there", name, m[1], to)
			}
		}
		return nil
	})
	if err != nil || pages < 5 {
		t.Errorf("%d pages, %v", pages, err)
	}
	t.Logf("%d pages, %d links", pages, links)
}

// TestRehearseTwice leaves the folder as the last rehearsal made it, and works for the other campaigns too.
func TestRehearseTwice(t *testing.T) {
	t.Parallel()
	config, out := english(t), t.TempDir()
	for range 2 {
		beaware(t, "", config, "rehearse", "anti-trafficking-day", "--year", "2028", "--out", out).good(t)
	}
	followLinks(t, filepath.Join(out, "anti-trafficking-day-2028"))
}
