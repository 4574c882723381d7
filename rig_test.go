package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"beaware/channel/telegram/telegramtest"
	"beaware/outbox"
)

// tokenVariable is where tests that run side by side find the token of the pretended Telegram.
const tokenVariable = "BEAWARE_TEST_TOKEN"

func TestMain(m *testing.M) {
	if err := os.Setenv(tokenVariable, telegramtest.Token); err != nil {
		panic(err)
	}
	scratch, err := os.MkdirTemp("", "beaware-test-")
	if err != nil {
		panic(err)
	}
	program.folder = scratch
	code := m.Run()
	_ = os.RemoveAll(scratch)
	os.Exit(code)
}

// said is what a command wrote, and its exit code.
type said struct {
	code     int
	out, err string
}

// beaware runs a command in this process. Without --config it would work on the folder of the sources.
func beaware(t testing.TB, typed, config string, args ...string) said {
	t.Helper()
	if config == "" {
		t.Fatal("a test needs a configuration of its own")
	}
	var out, err bytes.Buffer
	code := command(append([]string{"--config", config}, args...), terminal{in: strings.NewReader(typed), out: &out, err: &err})
	return said{code, out.String(), err.String()}
}

// good fails the test where a command did not end well.
func (s said) good(t testing.TB) said {
	t.Helper()
	if s.code != good {
		t.Fatalf("exit %d\n%s\n%s", s.code, s.out, s.err)
	}
	return s
}

// record collects what is written from several goroutines.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

// patience is how long a test waits for what must come; only a test that fails takes so long.
const patience = 30 * time.Second

// eventually waits until cond holds.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	end := time.After(patience)
	for !cond() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("waited %s in vain: %s", patience, what)
		}
	}
}

// configured writes a configuration into a folder of its own, where the store will be too.
func configured(t testing.TB, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// sampleConfig is the shipped configuration with some strings replaced, in pairs.
func sampleConfig(t testing.TB, replace ...string) string {
	t.Helper()
	data, err := shipped.ReadFile(configFile)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for i := 0; i+1 < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("the shipped configuration has no %q", replace[i])
		}
		text = strings.Replace(text, replace[i], replace[i+1], 1)
	}
	return configured(t, text)
}

// english is an installation of one office with the shipped content in English only, which opens faster. Of
// its configuration some strings are replaced, in pairs.
func english(t testing.TB, replace ...string) string {
	t.Helper()
	config := configured(t, strings.NewReplacer(replace...).Replace(`[content]
dir = "ours"
[publish]
gate = "warn"
[[office]]
id = "al"
country = "AL"
zone = "Europe/Tirane"
languages = ["en"]
[[channel]]
id = "al-feed"
office = "al"
kind = "feed"
`))
	dir := filepath.Join(filepath.Dir(config), "ours")
	if err := os.CopyFS(dir, shipped); err != nil {
		t.Fatal(err)
	}
	for _, l := range sampled(t).catalog.Languages {
		for _, folder := range []string{"locales", "locales/words", "content/checks", "content/hotlines/texts", "content/campaigns/*"} {
			names, err := filepath.Glob(filepath.Join(dir, folder, l.Tag+".toml"))
			for _, name := range names {
				if l.Tag != "en" {
					err = os.Remove(name)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	list := "[[language]]\ntag = \"en\"\nautonym = \"English\"\ndirection = \"ltr\"\nscript = \"Latn\"\n"
	if err := os.WriteFile(filepath.Join(dir, "locales", "languages.toml"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// label is what the bot writes on a button: a text, and for a country also its own name.
func (in *installation) label(lang, id string) string {
	text := in.catalog.Locale(lang).Text(id)
	if code, ok := strings.CutPrefix(id, "country."); ok {
		if c, ok := in.catalog.Country(code); ok && c.Autonym != "" && c.Autonym != text {
			text += " · " + c.Autonym
		}
	}
	return text
}

// opened opens an installation that must be without errors.
func opened(t testing.TB, config string) *installation {
	t.Helper()
	in, findings, err := open(config)
	if err != nil || in == nil {
		t.Fatalf("open: %v\n%v", err, findings)
	}
	return in
}

// sampled is the shipped installation, opened once for all tests that only read it.
func sampled(t testing.TB) *installation {
	t.Helper()
	theSample.once.Do(func() { theSample.in = opened(t, sampleConfig(t)) })
	if theSample.in == nil {
		t.Fatal("the shipped sample has errors")
	}
	return theSample.in
}

var theSample struct {
	once sync.Once
	in   *installation
}

// languagesOfChannel is what a channel publishes in.
func (in *installation) languagesOfChannel(id string) []string {
	for _, c := range in.all {
		if c.ID == id {
			if len(c.Languages) > 0 {
				return c.Languages
			}
			o, _ := in.office(c.Office)
			return o.Languages
		}
	}
	return nil
}

// totals adds up a report's states over all channels.
func (r report) totals() map[outbox.State]int {
	sum := map[outbox.State]int{}
	for _, c := range r.Channels {
		for s, n := range c.States {
			sum[s] += n
		}
	}
	return sum
}

// idle tells whether nothing is on its way any more.
func (r report) idle() bool {
	sum := r.totals()
	return sum[outbox.Planned]+sum[outbox.Claimed]+sum[outbox.Sending]+sum[outbox.Retry] == 0
}
