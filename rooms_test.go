package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms says which of our packages each room may import. Tests may import more.
var rooms = map[string][]string{
	"markup":           {},
	"catalog":          {},
	"channel":          {},
	"campaign":         {"catalog"},
	"channel/telegram": {"channel", "markup"},
	"channel/feed":     {"channel", "markup"},
	"bot/intent":       {"catalog"},
	"bot":              {"bot/intent", "catalog", "channel"},
	"exchange":         {"catalog"},
	"outbox":           {"campaign", "catalog", "channel"},
	"state":            {"outbox", "campaign"},
	"alert":            {"campaign", "catalog", "channel", "outbox"},
	"web":              {"bot", "outbox", "campaign", "channel", "channel/feed", "catalog", "markup"},
}

// sole says which room alone may import a library.
var sole = map[string]string{
	"github.com/nicksnyder/go-i18n":                   "catalog",
	"github.com/robfig/cron":                          "campaign",
	"go.etcd.io/bbolt":                                "state",
	"github.com/go-telegram-bot-api/telegram-bot-api": "channel/telegram",
	"github.com/xuri/excelize":                        "exchange",
	"github.com/wneessen/go-mail":                     "alert",
}

// TestArrowsRunOneWay holds the direction of imports that CONTRIBUTING.md draws.
func TestArrowsRunOneWay(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && file != "." || d.Name() == "interop" || d.Name() == "mailpit") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		room := filepath.ToSlash(filepath.Dir(file))
		seen[room] = true
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			arrow(t, file, room, imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range rooms {
		if !seen[room] {
			t.Errorf("room %s has no Go file", room)
		}
	}
}

func arrow(t *testing.T, file, room, imported string) {
	for library, owner := range sole {
		if strings.HasPrefix(imported, library) && room != owner {
			t.Errorf("%s imports %s; only %s may", file, imported, owner)
		}
	}
	ours, ok := strings.CutPrefix(imported, "beaware/")
	if !ok || room == "." || testing_(room) {
		return
	}
	allowed, known := rooms[room]
	if !known {
		t.Errorf("%s is in no room: add %q to the table, with what it may import", file, room)
	}
	if !slices.Contains(allowed, ours) {
		t.Errorf("%s imports %s; %s may import only %v", file, imported, room, allowed)
	}
}

// testing_ tells whether a package serves tests only.
func testing_(room string) bool {
	return slices.ContainsFunc([]string{"test", "judge", "fake"}, func(s string) bool { return strings.Contains(path.Base(room), s) }) ||
		strings.Contains(room, "test/")
}
