package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckOfBrokenFiles spoils each file of an installation in turn, in several ways: check says what it finds and does
// not panic over what is left.
func TestCheckOfBrokenFiles(t *testing.T) {
	t.Parallel()
	config := english(t)
	root := filepath.Dir(config)
	spoil := map[string]func(string) string{
		"half":    func(s string) string { return s[:len(s)/2] },
		"numbers": func(s string) string { return strings.ReplaceAll(s, `= "`, `= 7 # "`) },
		"odd ids": func(s string) string { return strings.ReplaceAll(s, `id = "`, `id = "/ \u0000 é`) },
	}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".toml" {
			return err
		}
		if filepath.Base(filepath.Dir(file)) == "hotlines" && d.Name() != "al.toml" {
			return nil // countries are alike
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for how, change := range spoil {
			if err := os.WriteFile(file, []byte(change(string(data))), 0o600); err != nil {
				return err
			}
			s := beaware(t, "", config, "check")
			if s.code != good && s.code != failed || !strings.Contains(s.out, "Errors: ") {
				t.Errorf("%s with %s: exit %d\n%s%s", filepath.Base(file), how, s.code, s.out, s.err)
			}
		}
		return os.WriteFile(file, data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	beaware(t, "", config, "check").good(t)
}
