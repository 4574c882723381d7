package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestShippedContentIsWithoutFaults reads the sample as it is shipped, and as a folder that an office copied.
func TestShippedContentIsWithoutFaults(t *testing.T) {
	t.Parallel()
	beaware(t, "", sampleConfig(t), "check").good(t)
	beaware(t, "", copied(t).config, "check").good(t)
}

// TestCheckFindsEverythingAtOnce breaks content and configuration in many ways, all of them in one run.
func TestCheckFindsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	c := copied(t)
	var wants []want
	expect := func(where, words string) { wants = append(wants, want{where, words}) }

	// content
	expect(c.write("content/campaigns/always-on/campaign.toml", "silent = true", "colour = \"red\"\nsilent = true", "colour"), `unknown key "colour"`)
	expect(c.write("content/campaigns/always-on/campaign.toml", `cron = "0 18 * * 1"`, `cron = "0 25 * * 1"`, "0 25"), `"25"`)
	expect(c.write("content/campaigns/anti-trafficking-day/campaign.toml", `to = "10-18"`, `to = "09-18"`, "09-18"), `before it starts`)
	expect(c.write("content/campaigns/world-day/campaign.toml", "[[entry]]", "[[message]]\nid = \"launch\"\n[[entry]]", `id = "launch"`, 2), `declared twice`)
	expect(c.write("content/campaigns/world-day/campaign.toml", `"work-help",`, `"work-hlp",`, "work-hlp"), `did you mean "work-help"`)
	expect(c.write("content/campaigns/world-day/en.toml", "Some people are made to", strings.Repeat("very ", 250)+"long. Some people are made to", "text ="), "Telegram takes 1024")
	expect(c.write("content/campaigns/world-day/bs.toml", "[work-aware]\ntitle =", "[work-aware]\nlead =", "lead ="), `unknown key "lead"`)
	expect(c.line("content/campaigns/world-day/bs.toml", "[work-aware]"), `"work-aware.title" is missing`)
	expect(c.write("content/campaigns/world-day/sq.toml", "\n{help}", "\n{number:ba-9999} {help}", "ba-9999"), `unknown number`)
	expect(c.write("content/campaigns/always-on/en.toml", "You can ask for advice", "Call 080 020 505 for advice", "080 020 505"), `ba-sipa-080020505`)
	expect(c.write("content/campaigns/always-on/sq.toml", "\n{help}", "\n{halp} {help}", "{halp}"), `unknown placeholder {halp}`)
	expect(c.write("locales/bs.toml", "\nbtn_help = ", "\n# btn_help = ", "[bot]"), `text "bot.btn_help" is missing`)
	expect(c.write("locales/sq.toml", "{country}", "{contry}", "{contry}"), `unknown placeholder {contry}`)
	expect(c.write("locales/languages.toml", `fallback = ["sr-Latn", "en"]`, `fallback = ["sr-Latn", "xx"]`, `"xx"`), `"xx", which is not a language`)
	expect(c.add("content/hotlines/ba.toml", "[[hotline]]\nid = \"ba-1264\"\nnumber = \"1264\"\n", `id = "ba-1264"`, 2), `"ba-1264" stands twice`)
	expect(c.write("content/checks/cnr.toml", "G1 = \"", "G1 = \"\xff", "\xff"), `not valid UTF-8`)
	expect(c.swell("content/hotlines/texts/mk.toml", 100<<20), `104857600 bytes`)

	// configuration
	expect(c.write(configFile, `gate = "warn"`, "gate = \"warn\"\ncolour = 3", "colour"), `unknown key "colour"`)
	expect(c.write(configFile, `zone = "Asia/Tbilisi"`, `zone = "Asia/Tiflis"`, "Tiflis"), `not a time zone`)
	expect(c.write(configFile, `languages = ["mk", "sq", "en", "ar"]`, `languages = ["mk", "sq", "yy", "ar"]`, "yy"), `language "yy" is not in`)
	expect(c.write(configFile, `languages = ["sq", "en", "ar"]`, `languages = ["sq", "sq", "ar"]`, `"sq", "sq"`), `listed twice`)
	expect(c.write(configFile, `country = "GE"`, `country = "ZZ"`, `"ZZ"`), `no country "ZZ"`)
	expect(c.write(configFile, "office = \"al\"\nkind = \"feed\"", "office = \"al\"\nkind = \"fax\"", "fax"), `kind "fax"`)
	expect(c.write(configFile, `id = "xk-feed"`, `id = "ba-feed"`, `id = "ba-feed"`, 2), `channel id "ba-feed" stands twice`)
	expect(c.write(configFile, `office = "me"`, `office = "mee"`, "mee"), `no office "mee"`)
	const token = "123456789:AA-marked_Token-7f3e"
	expect(c.add(configFile, "[[telegram]]\nid = \"help\"\ntoken_env = \""+token+"\"\n", `token_env = "1`), `name of an environment variable`)

	s := beaware(t, "", c.config, "check")
	if s.code != failed {
		t.Errorf("exit %d, want %d", s.code, failed)
	}
	lines := strings.Split(s.out, "\n")
	for _, w := range wants {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, w.where+": ") && strings.Contains(l, w.words) }) {
			t.Errorf("no finding at %s with %q", w.where, w.words)
		}
	}
	if strings.Contains(s.out+s.err, token) {
		t.Error("the token is repeated")
	}
	if t.Failed() {
		t.Logf("%s%s", s.out, s.err)
	}
}

// want is a finding: where, as "file:line", and some of its words.
type want struct{ where, words string }

// folder is the shipped content and configuration in a folder, for breaking.
type folder struct {
	t      testing.TB
	dir    string
	config string
}

func copied(t testing.TB) *folder {
	t.Helper()
	c := &folder{t: t, config: sampleConfig(t, `dir = ""`, `dir = "ours"`)}
	c.dir = filepath.Join(filepath.Dir(c.config), "ours")
	if err := os.CopyFS(c.dir, shipped); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *folder) path(file string) string {
	if file == configFile {
		return c.config
	}
	return filepath.Join(c.dir, filepath.FromSlash(file))
}

func (c *folder) read(file string) string {
	c.t.Helper()
	data, err := os.ReadFile(c.path(file))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(data)
}

// line is the place of the nth occurrence of a text, the first without n, as findings write it.
func (c *folder) line(file, mark string, n ...int) string {
	c.t.Helper()
	text, at := c.read(file), 0
	for range max(1, append(n, 1)[0]) {
		i := strings.Index(text[at:], mark)
		if i < 0 {
			c.t.Fatalf("%s has no %q", file, mark)
		}
		at += i + len(mark)
	}
	return fmt.Sprintf("%s:%d", c.path(file), 1+strings.Count(text[:at-len(mark)], "\n"))
}

// write puts a fault in the place of the first old and gives the place of mark.
func (c *folder) write(file, old, fault, mark string, n ...int) string {
	c.t.Helper()
	text := c.read(file)
	if !strings.Contains(text, old) {
		c.t.Fatalf("%s has no %q", file, old)
	}
	c.save(file, strings.Replace(text, old, fault, 1))
	return c.line(file, mark, n...)
}

func (c *folder) add(file, fault, mark string, n ...int) string {
	c.t.Helper()
	c.save(file, c.read(file)+"\n"+fault)
	return c.line(file, mark, n...)
}

func (c *folder) save(file, text string) {
	c.t.Helper()
	if err := os.WriteFile(c.path(file), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// swell makes a file large without writing so much.
func (c *folder) swell(file string, size int64) string {
	c.t.Helper()
	if err := os.Truncate(c.path(file), size); err != nil {
		c.t.Fatal(err)
	}
	return c.path(file)
}
