package main

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"beaware/catalog"
	"beaware/outbox"
	"beaware/state"
)

var identifier = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// faults collects findings of a configuration.
type faults struct {
	c    *Config
	list catalog.Findings
}

func (f *faults) add(pos catalog.Pos, format string, args ...any) {
	text := tokenForm.ReplaceAllString(fmt.Sprintf(format, args...), "...")
	f.list = append(f.list, catalog.Finding{Pos: pos, Severity: catalog.Error, Text: text})
}

// tokenForm is what a bot's token looks like. Somebody may type it anywhere; it is never repeated.
var tokenForm = regexp.MustCompile(`[0-9]{4,}:[A-Za-z0-9_-]{4,}`)

// check finds what is wrong with the file by itself. read is what was found when it was read.
func (c *Config) check(read catalog.Findings) catalog.Findings {
	f := &faults{c: c}
	f.addresses()
	if g := outbox.Gate(c.Publish.Gate); g != outbox.Require && g != outbox.Warn {
		f.add(c.pos("publish", "gate"), `gate %q is not known; write "require" or "warn"`, g)
	}
	if len(c.Offices) == 0 && read.Err() == nil {
		f.add(catalog.Pos{File: c.file}, "there is no [[office]]; at least one is needed")
	}
	f.ids("office", names(c.Offices, func(o OfficeConfig) string { return o.ID }))
	f.ids("telegram", names(c.Telegrams, func(t TelegramConfig) string { return t.ID }))
	f.ids("channel", names(c.Channels, func(ch ChannelConfig) string { return ch.ID }))
	for i, o := range c.Offices {
		if _, err := time.LoadLocation(o.Zone); err != nil || o.Zone == "" || o.Zone == "Local" {
			f.add(c.pos("office", i, "zone"), `zone %q is not a time zone; write it as "Europe/Sarajevo"`, o.Zone)
		}
		if len(o.Languages) == 0 {
			f.add(c.pos("office", i), "office %q has no languages", o.ID)
		}
		f.once("office", i, o.Languages)
	}
	f.memory()
	f.still()
	f.alerts()
	for i, t := range c.Telegrams {
		f.telegram(i, t)
	}
	for i, ch := range c.Channels {
		f.channel(i, ch)
		f.once("channel", i, ch.Languages)
	}
	return f.list
}

func (f *faults) addresses() {
	c := f.c
	if _, _, err := net.SplitHostPort(c.Web.Listen); err != nil {
		f.add(c.pos("web", "listen"), `listen %q is not an address; write it as "127.0.0.1:8080"`, c.Web.Listen)
	}
	if u, err := url.Parse(c.Web.PublicURL); err == nil && u.Path != "" {
		f.add(c.pos("web", "public_url"), "public_url %q has a path; the pages need a host name of their own", c.Web.PublicURL)
	}
	for key, value := range map[string]string{"public_url": c.Web.PublicURL, "exit_url": c.Web.ExitURL} {
		if !webAddress(value) {
			f.add(c.pos("web", key), `%s %q is not a web address; write it as "https://example.org"`, key, value)
		}
	}
}

// memory refuses a secret that would end up in every copy of what it protects.
func (f *faults) memory() {
	c := f.c
	key, store := filepath.Clean(c.path(c.Memory.KeyFile)), c.path(c.Store.Path)
	switch backups := state.BackupDir(store); {
	case key == filepath.Clean(store), key == filepath.Clean(c.file):
		f.add(c.pos("memory", "key_file"), "key_file %q is another file of this installation; it must be one of its own, which is then made", c.Memory.KeyFile)
	case filepath.Dir(key) == filepath.Clean(backups):
		f.add(c.pos("memory", "key_file"), "key_file %q lies among the backups; it must be kept apart from them", c.Memory.KeyFile)
	}
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// ids refuses ids that are missing, doubled or unfit for addresses and log lines.
func (f *faults) ids(kind string, ids []string) {
	for i, id := range ids {
		switch {
		case !identifier.MatchString(id):
			f.add(f.c.pos(kind, i, "id"), "%s id %q must be 1 to 32 small letters, digits and hyphens", kind, id)
		case slices.Index(ids, id) < i:
			f.add(f.c.pos(kind, i, "id"), "%s id %q stands twice; the first is on line %d", kind, id, f.c.pos(kind, slices.Index(ids, id), "id").Line)
		}
	}
}

// once refuses a language that is listed twice.
func (f *faults) once(kind string, i int, tags []string) {
	for n, tag := range tags {
		if slices.Index(tags, tag) < n {
			f.add(f.c.pos(kind, i, "languages", n), "language %q is listed twice; name it once", tag)
		}
	}
}

var username = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{3,31}$`)

// variable is what an environment variable may be called. A token has characters besides.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

func (f *faults) telegram(i int, t TelegramConfig) {
	c := f.c
	if (t.TokenEnv == "") == (t.TokenFile == "") {
		f.add(c.pos("telegram", i), "bot %q needs token_env (a variable's name) or token_file, one of them", t.ID)
	}
	if t.TokenEnv != "" && !variable.MatchString(t.TokenEnv) { // a token in place of a name: never repeat it
		f.add(c.pos("telegram", i, "token_env"), "token_env is the name of an environment variable; if the token itself stood here, revoke it")
	}
	if tokenForm.MatchString(t.TokenFile) {
		f.add(c.pos("telegram", i, "token_file"), "token_file is the name of a file; if the token itself stood here, revoke it")
	}
	if t.Username != "" && !username.MatchString(t.Username) {
		f.add(c.pos("telegram", i, "username"), "username must be the bot's name without @, as your_help_bot")
	}
	if t.API != "" && !webAddress(t.API) {
		f.add(c.pos("telegram", i, "api"), `api must be the address of a Bot API server, as "http://127.0.0.1:8081"`)
	}
}

var chat = regexp.MustCompile(`^(@[A-Za-z][A-Za-z0-9_]{3,31}|-?[0-9]{3,20})$`)

func (f *faults) channel(i int, ch ChannelConfig) {
	c := f.c
	if !slices.ContainsFunc(c.Offices, func(o OfficeConfig) bool { return o.ID == ch.Office }) {
		f.add(c.pos("channel", i, "office"), "there is no office %q", ch.Office)
	}
	switch ch.Kind {
	case kindFeed:
		if ch.Telegram != "" || ch.Chat != "" {
			f.add(c.pos("channel", i), "channel %q is a feed; telegram and chat do not belong to it", ch.ID)
		}
	case kindTelegram:
		if c.bot(ch.Telegram) == nil {
			f.add(c.pos("channel", i, "telegram"), "there is no [[telegram]] with id %q", ch.Telegram)
		}
		if !chat.MatchString(ch.Chat) {
			f.add(c.pos("channel", i, "chat"), `chat of channel %q must be "@name" or the chat's number`, ch.ID)
		}
	default:
		f.add(c.pos("channel", i, "kind"), `kind %q is not known; write "feed" or "telegram"`, ch.Kind)
	}
}

// against finds what the content does not have: countries and languages. A file that found says could not be
// read may have them.
func (c *Config) against(cat *catalog.Catalog, found catalog.Findings) catalog.Findings {
	f := &faults{c: c}
	unread := func(file string) bool {
		return slices.ContainsFunc(found, func(x catalog.Finding) bool { return x.Severity == catalog.Error && x.File == file })
	}
	named := slices.ContainsFunc(cat.Languages, func(l *catalog.Language) bool { return l.Autonym != "" }) // else languages.toml was not read
	known := func(kind string, i int, tags []string) {
		for n, tag := range tags {
			if _, ok := cat.Language(tag); !ok && named {
				f.add(c.pos(kind, i, "languages", n), "language %q is not in locales/languages.toml", tag)
			}
		}
	}
	for i, o := range c.Offices {
		if _, ok := cat.Country(o.Country); !ok && !unread("content/hotlines/"+strings.ToLower(o.Country)+".toml") {
			f.add(c.pos("office", i, "country"), "there is no country %q in content/hotlines", o.Country)
		}
		known("office", i, o.Languages)
	}
	for i, ch := range c.Channels {
		known("channel", i, ch.Languages)
	}
	return f.list
}
