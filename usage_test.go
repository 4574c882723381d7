package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// TestUsage: what is wrong with a command line is said on the error stream, with exit code 2.
func TestUsage(t *testing.T) {
	t.Parallel()
	config := english(t)
	for _, c := range []struct {
		args string
		code int
		say  string // somewhere in what is written
	}{
		{"", misuse, "Try: beaware --help"},
		{"--help", good, "Start with"},
		{"fly", misuse, "unexpected argument fly"},
		{"plan --fast", misuse, "unknown flag --fast"},
		{"plan --json --ics", misuse, "--json and --ics"},
		{"plan --from 2027-7-1", misuse, "write it as 2027-07-16"},
		{"plan --from 2027-02-30", misuse, "is not a day"},
		{"plan --to tomorrow", misuse, "is not a day"},
		{"plan --from 2027-07-30 --to 2027-07-30", misuse, "is not after"},
		{"plan --from 2027-07-30 --to 2027-07-29", misuse, "is not after"},
		{"plan --campaign moon-day", misuse, "there are: always-on, anti-trafficking-day, world-day"},
		{"plan --office xx", misuse, `no office "xx"`},
		{"plan --channel xx", misuse, `no channel "xx"`},
		{"plan --language xx", misuse, `no language "xx"`},
		{"preview", misuse, "expected"},
		{"preview moon", misuse, `no message "moon"`},
		{"preview launch --channel xx", misuse, `no channel "xx"`},
		{"preview launch --language xx", misuse, `no language "xx"`},
		{"rehearse moon-day", misuse, `no campaign "moon-day"`},
		{"rehearse world-day --year 12", misuse, "not a year"},
		{"rehearse world-day --year soon", misuse, "soon"},
		{"chat --language xx", misuse, `no language "xx"`},
		{"chat --country xx", misuse, `"xx"`},
		{"run --log-level loud", misuse, "loud"},
		{"status", failed, "beaware run makes it"},
	} {
		s := beaware(t, "", config, strings.Fields(c.args)...)
		if s.code != c.code || !strings.Contains(s.out+s.err, c.say) {
			t.Errorf("%q: exit %d, want %d with %q\n%s%s", c.args, s.code, c.code, c.say, s.out, s.err)
		}
		if c.code != good && s.err == "" {
			t.Errorf("%q: nothing on the error stream", c.args)
		}
	}
}

// TestConfigurationThatIsNotThere fails without a word of what it would have done.
func TestConfigurationThatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ config, say string }{
		{t.TempDir() + "/none.toml", "none.toml"},
		{configured(t, "[[office]\n"), "config.toml:1: cannot be read as TOML"},
		{configured(t, ""), "there is no [[office]]"},
		{sampleConfig(t, `dir = ""`, `dir = "nowhere"`), "config.toml:19: dir \"nowhere\" must be a folder"},
	} {
		for _, name := range []string{"check", "run"} {
			s := beaware(t, "", c.config, name)
			if s.code != failed || !strings.Contains(s.out+s.err, c.say) {
				t.Errorf("%s: exit %d, want %d with %q\n%s%s", name, s.code, failed, c.say, s.out, s.err)
			}
		}
	}
}

// TestHelp: the help of each command is enough to use it.
func TestHelp(t *testing.T) {
	t.Parallel()
	for name, say := range map[string]string{
		"run":      "http://127.0.0.1:8080/chat",
		"check":    "file:line",
		"plan":     "beaware plan --campaign world-day --from 2027-07-16",
		"preview":  "beaware preview launch --language sq",
		"rehearse": "beaware rehearse world-day",
		"chat":     "bye",
		"status":   "running program",
	} {
		var out, errs bytes.Buffer
		code := command([]string{name, "--help"}, terminal{in: strings.NewReader(""), out: &out, err: &errs})
		for _, want := range []string{"Usage: beaware " + name, say, "--config"} {
			if code != good || !strings.Contains(out.String(), want) {
				t.Errorf("%s --help: exit %d, lacks %q\n%s", name, code, want, &out)
			}
		}
	}
}

// broken is a terminal whose reader has gone.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestOutputThatNobodyReads ends, whatever it was doing.
func TestOutputThatNobodyReads(t *testing.T) {
	t.Parallel()
	config := english(t)
	for _, args := range []string{"plan", "plan --json", "plan --ics", "plan --from 2027-01-01 --to 2037-01-01 --json"} {
		code := command(append([]string{"--config", config}, strings.Fields(args)...), terminal{in: strings.NewReader(""), out: broken{}, err: io.Discard})
		if code != failed {
			t.Errorf("%s: exit %d, want %d", args, code, failed)
		}
	}
}
