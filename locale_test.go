package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLocaleStatus takes a text away and reads what is said of it, under both gates.
func TestLocaleStatus(t *testing.T) {
	t.Parallel()
	config := english(t)
	all := beaware(t, "", config, "locale", "status").good(t).out
	for _, want := range []string{"AREA", "checks", "campaigns/world-day", "world-day, from 07-17 to 07-30: 1 of 1 languages are ready"} {
		if !strings.Contains(all, want) {
			t.Errorf("lacks %q:\n%s", want, all)
		}
	}
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	strict := filepath.Join(filepath.Dir(config), "strict.toml")
	if err := os.WriteFile(strict, []byte(strings.Replace(string(text), `"warn"`, `"require"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := beaware(t, "", strict, "locale", "status").good(t).out; !strings.Contains(said, "0 of 1 languages are ready; en has 30 not reviewed") {
		t.Errorf("under the gate require:\n%s", said)
	}
	var rows []coverRow
	if err := json.Unmarshal([]byte(beaware(t, "", strict, "locale", "status", "--language", "en", "--json").good(t).out), &rows); err != nil || len(rows) != 7 || rows[0].Ready {
		t.Errorf("%v: %+v", err, rows)
	}
	if said := beaware(t, "", config, "locale", "status", "--language", "xx"); said.code != misuse || !strings.Contains(said.err, "there are: en") {
		t.Errorf("exit %d: %s", said.code, said.err)
	}
}
