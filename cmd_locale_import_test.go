package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"beaware/exchange"
)

// TestLocaleImport shows, refuses, writes, and says by its exit code whether all was taken.
func TestLocaleImport(t *testing.T) {
	t.Parallel()
	config, to := english(t), t.TempDir()
	beaware(t, "", config, "locale", "export", "--format", "po", "--to", to).good(t)
	file := filepath.Join(to, "beaware-en.po")
	if s := beaware(t, "", config, "locale", "import", file).good(t); !strings.Contains(s.out, "0 changed, 0 refused") {
		t.Errorf("nothing was changed:\n%s", s.out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	long := "We will speak about it " + strings.Repeat("soon ", 1000)
	const first, source = `msgstr "Get help now"`, "locales/en.toml"
	changed := strings.Replace(string(data), first, `msgstr "Get help today"`, 1)
	changed = strings.Replace(changed, `msgstr "Hide"`, `msgstr "Call 122 333 444"`, 1)
	at := strings.Index(changed, `msgctxt "campaign.world-day.launch.text"`)
	if at < 0 || changed == string(data) {
		t.Fatal("the file is not as it was")
	}
	at += strings.Index(changed[at:], "msgstr \"\"\n")
	changed = changed[:at] + "msgstr \"" + long + "\\n\"\n" + changed[at+len("msgstr \"\"\n"):]
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(filepath.Dir(config), "ours", source)
	before, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	dry := beaware(t, "", config, "locale", "import", "--dry-run", file)
	for _, want := range []string{"- Get help now", "+ Get help today", "bot.btn_hide: line ", "typed into the text", "launch.text: line ", "1 changed, 2 refused", "Nothing was written"} {
		if dry.code != failed || !strings.Contains(dry.out, want) {
			t.Errorf("--dry-run: exit %d, lacks %q\n%s%s", dry.code, want, dry.out, dry.err)
		}
	}
	if now, err := os.ReadFile(target); err != nil || string(now) != string(before) {
		t.Error("--dry-run wrote", err)
	}
	real := beaware(t, "", config, "locale", "import", "--json", file)
	var plan exchange.Plan
	if err := json.Unmarshal([]byte(real.out), &plan); err != nil || real.code != failed || len(plan.Changes) != 1 || len(plan.Refused) != 2 || plan.Changes[0].Forms[0].New != "Get help today" {
		t.Errorf("exit %d, %v: %s%s", real.code, err, real.out, real.err)
	}
	want := strings.Replace(string(before), `btn_help = "Get help now"`, `btn_help = "Get help today"`, 1)
	if now, err := os.ReadFile(target); err != nil || string(now) != want {
		t.Errorf("%v\n%s", err, now)
	}
	beaware(t, "", config, "check").good(t)
}

// TestLocaleImportWithout: what is missing for an import is said.
func TestLocaleImportWithout(t *testing.T) {
	t.Parallel()
	config, to := sampleConfig(t), t.TempDir()
	beaware(t, "", config, "locale", "export", "--language", "sq", "--to", to).good(t)
	file, other := filepath.Join(to, "beaware-sq.xlsx"), filepath.Join(to, "other.txt")
	if err := os.WriteFile(other, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		say  string
	}{
		{[]string{file}, failed, "dir under [content]"},
		{[]string{file, "--dry-run"}, good, "0 changed"},
		{[]string{file, "--dry-run", "--language", "mk"}, failed, `the file is in language "sq", and --language says "mk"`},
		{[]string{file, "--dry-run", "--language", "xx"}, misuse, `no language "xx"`},
		{[]string{other, "--dry-run"}, failed, "holds no texts"},
		{[]string{filepath.Join(to, "none.xlsx"), "--dry-run"}, failed, "none.xlsx"},
		{[]string{}, misuse, "expected"},
	} {
		s := beaware(t, "", config, append([]string{"locale", "import"}, c.args...)...)
		if s.code != c.code || !strings.Contains(s.out+s.err, c.say) {
			t.Errorf("%v: exit %d, want %d with %q\n%s%s", c.args, s.code, c.code, c.say, s.out, s.err)
		}
	}
}
