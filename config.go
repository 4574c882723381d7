package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/outbox"
)

// Kinds of channels.
const (
	kindFeed     = "feed"
	kindTelegram = "telegram"
)

// Config is config.toml: this installation. What is said to people stands in content/ and locales/.
type Config struct {
	Sample bool `toml:"sample"` // the content is a sample: pages and bot say so
	Store  struct {
		Path string `toml:"path"`
	} `toml:"store"`
	Memory struct {
		KeyFile string `toml:"key_file"` // the secret without which nobody is remembered
	} `toml:"memory"`
	Web struct {
		Listen    string `toml:"listen"`
		PublicURL string `toml:"public_url"`
		ExitURL   string `toml:"exit_url"`
	} `toml:"web"`
	Content struct {
		Dir string `toml:"dir"`
	} `toml:"content"`
	Publish struct {
		Gate string `toml:"gate"`
	} `toml:"publish"`
	Offices   []OfficeConfig   `toml:"office"`
	Telegrams []TelegramConfig `toml:"telegram"`
	Channels  []ChannelConfig  `toml:"channel"`
	Blackouts []BlackoutConfig `toml:"blackout"`
	Alerts    AlertsConfig     `toml:"alerts"`

	file string // as findings name it
	dir  string // paths in the file are relative to it
	pos  func(path ...any) catalog.Pos
}

// OfficeConfig is a country office.
type OfficeConfig struct {
	ID        string      `toml:"id"`
	Country   string      `toml:"country"`   // as in content/hotlines: "BA"
	Zone      string      `toml:"zone"`      // IANA: "Europe/Sarajevo"
	Languages []string    `toml:"languages"` // tags of locales/languages.toml
	Quiet     QuietConfig `toml:"quiet"`     // hours without posts
}

// TelegramConfig is a Telegram bot.
type TelegramConfig struct {
	ID        string `toml:"id"`
	Username  string `toml:"username"`   // without @
	TokenEnv  string `toml:"token_env"`  // name of the environment variable that holds the token
	TokenFile string `toml:"token_file"` // or the file that holds it
	API       string `toml:"api"`        // another Bot API server; Telegram's own when empty
	Answer    *bool  `toml:"answer"`     // whether it answers the public; yes when absent
}

func (t TelegramConfig) answers() bool { return t.Answer == nil || *t.Answer }

// ChannelConfig is a place to publish to.
type ChannelConfig struct {
	ID        string   `toml:"id"`
	Office    string   `toml:"office"`
	Kind      string   `toml:"kind"`
	Languages []string `toml:"languages"` // the office's when empty
	Telegram  string   `toml:"telegram"`  // id of the [[telegram]] that posts
	Chat      string   `toml:"chat"`      // "@name" or the chat's number
}

const configFile = "config.toml"

// readConfig reads a configuration: the named file, else config.toml of this folder, else the shipped sample. An error is a
// file that is not there; everything else is a finding, and what could be read comes back beside it.
func readConfig(path string) (*Config, catalog.Findings, error) {
	named := path != ""
	if !named {
		path = configFile
	}
	var fsys fs.FS = os.DirFS(filepath.Dir(path))
	file := filepath.Base(path)
	if _, err := os.Stat(path); err != nil {
		if named || !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, fmt.Errorf("read the configuration: %w", err)
		}
		fsys, file = shipped, configFile
	}
	c := &Config{file: path, dir: filepath.Dir(path)}
	at, findings := catalog.ReadTOML(fsys, file, c)
	c.pos = func(key ...any) catalog.Pos {
		p := at(key...)
		p.File = path
		return p
	}
	for i, f := range findings {
		findings[i].File, findings[i].Text = path, tokenForm.ReplaceAllString(f.Text, "...")
	}
	c.defaults()
	for _, f := range c.check(findings) {
		// A value that could not be read has its finding already.
		if !slices.ContainsFunc(findings, func(read catalog.Finding) bool { return read.Line > 0 && read.Pos == f.Pos }) {
			findings = append(findings, f)
		}
	}
	return c, findings, nil
}

func (c *Config) defaults() {
	set := func(p *string, value string) {
		if *p == "" {
			*p = value
		}
	}
	set(&c.Store.Path, "data/beaware.db")
	set(&c.Memory.KeyFile, filepath.Join(filepath.Dir(c.Store.Path), "remember.key"))
	set(&c.Web.Listen, "127.0.0.1:8080")
	set(&c.Web.PublicURL, "http://"+c.Web.Listen)
	set(&c.Web.ExitURL, "https://www.wikipedia.org/")
	set(&c.Publish.Gate, string(outbox.Require))
	c.Web.PublicURL = strings.TrimRight(c.Web.PublicURL, "/")
}

// path gives a path of the file as seen from here.
func (c *Config) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.dir, p)
}

func (c *Config) bot(id string) *TelegramConfig {
	for i := range c.Telegrams {
		if c.Telegrams[i].ID == id {
			return &c.Telegrams[i]
		}
	}
	return nil
}

// token reads a bot's secret.
func (c *Config) token(t TelegramConfig) (string, error) {
	return c.secret("token of telegram bot "+t.ID, t.TokenEnv, t.TokenFile)
}

// offices gives the offices as campaigns see them. The config has been checked.
func (c *Config) offices() []campaign.Office {
	out := make([]campaign.Office, len(c.Offices))
	for i, o := range c.Offices {
		zone, err := time.LoadLocation(o.Zone)
		if err != nil {
			zone = time.UTC
		}
		out[i] = campaign.Office{ID: o.ID, Country: o.Country, Zone: zone, Languages: o.Languages, Quiet: o.quiet(), Blackouts: c.blackouts(o.ID)}
	}
	return out
}

func (c *Config) channels() []campaign.Channel {
	out := make([]campaign.Channel, len(c.Channels))
	for i, ch := range c.Channels {
		out[i] = campaign.Channel{ID: ch.ID, Office: ch.Office, Kind: ch.Kind, Languages: ch.Languages}
	}
	return out
}
