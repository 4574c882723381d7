package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLocaleExport writes a file a language and format, and none over another.
func TestLocaleExport(t *testing.T) {
	t.Parallel()
	config, to := english(t), filepath.Join(t.TempDir(), "out")
	for _, format := range []string{"xlsx", "csv", "po"} {
		said := beaware(t, "", config, "locale", "export", "--format", format, "--to", to).good(t)
		data, err := os.ReadFile(filepath.Join(to, "beaware-en."+format))
		if err != nil || len(data) < 10_000 || !strings.Contains(said.out, "beaware-en."+format+": ") {
			t.Errorf("%s: %d bytes, %v\n%s", format, len(data), err, said.out)
		}
	}
	for _, c := range []struct {
		args string
		code int
		say  string
	}{
		{"", failed, "is there already"},
		{"--overwrite", good, "rows"},
		{"--overwrite --area checks --format po", good, "rows"},
		{"--area moon", misuse, `no area "moon"`},
		{"--language xx", misuse, `no language "xx"`},
		{"--format doc", misuse, "must be one of"},
	} {
		args := append([]string{"locale", "export", "--to", to}, strings.Fields(c.args)...)
		if s := beaware(t, "", config, args...); s.code != c.code || !strings.Contains(s.out+s.err, c.say) {
			t.Errorf("%q: exit %d, want %d with %q\n%s%s", c.args, s.code, c.code, c.say, s.out, s.err)
		}
	}
	po, err := os.ReadFile(filepath.Join(to, "beaware-en.po"))
	if err != nil || strings.Contains(string(po), "campaign.") || !strings.Contains(string(po), `msgctxt "check.exploitation.`) {
		t.Errorf("one area: %v\n%.500s", err, po)
	}
}

// TestTextLimits: menus have Telegram's limits, and a post what its title and help lines leave.
func TestTextLimits(t *testing.T) {
	t.Parallel()
	in := sampled(t)
	limit := in.textLimits()
	for id, want := range map[string]int{"commands.name": 64, "commands.about": 512, "commands.short": 120, "commands.start": 256, "bot.start": 0, "campaign.world-day.launch.title": 0} {
		if got := limit("sq", id); got != want {
			t.Errorf("%s: %d, want %d", id, got, want)
		}
	}
	if n := limit("sq", "campaign.world-day.launch.text"); n < 300 || n >= 1024 {
		t.Errorf("a post with a photo: %d", n)
	}
	if n := limit("sq", "campaign.world-day.sex-aware.text"); n <= 1024 || n >= 4096 {
		t.Errorf("a post without: %d", n)
	}
}
