package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/exchange"
	"beaware/outbox"
)

type localeExportCommand struct {
	Language  []string `placeholder:"TAG" help:"Only these languages; without it all."`
	Area      []string `placeholder:"AREA" help:"Only these areas, as locale status names them."`
	Format    string   `enum:"xlsx,csv,po" default:"xlsx" help:"xlsx, csv or po."`
	To        string   `placeholder:"FOLDER" default:"." help:"Where the files go."`
	Overwrite bool     `help:"Replace files that are there already."`
}

func (localeExportCommand) Help() string {
	return `Writes one file a language, beaware-TAG.xlsx, with every text of the source language: where it stands, its limit, the
source, the text as it is now, its state, and notes to the translator. It also keeps what the texts were, so that
"locale import" knows what changed since.

XLSX has one sheet an area, and only the texts can be changed. CSV is UTF-8; a text that a spreadsheet program would take for
a formula or a number has an apostrophe before it, which import takes off again. PO has the id as context, and stale
texts are fuzzy.

  beaware locale export --language sq --language mk --to out
  beaware locale export --format po --area campaigns/world-day`
}

func (c localeExportCommand) Run(t terminal) error {
	in, source, err := exchanging(t)
	if err != nil {
		return err
	}
	tags := in.languageTags()
	for _, tag := range c.Language {
		if !slices.Contains(tags, tag) {
			return unknown("language", tag, tags)
		}
	}
	if len(c.Language) > 0 {
		tags = c.Language
	}
	if err := c.areas(in.catalog); err != nil {
		return err
	}
	if err := os.MkdirAll(c.To, 0o755); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	for _, tag := range tags {
		if err := c.one(t, source, tag); err != nil {
			return fmt.Errorf("export %s: %w", tag, err)
		}
	}
	return nil
}

// areas refuses areas that there are not.
func (c localeExportCommand) areas(cat *catalog.Catalog) error {
	var all []string
	for _, w := range cat.Wordings() {
		if !slices.Contains(all, w.Area) {
			all = append(all, w.Area)
		}
	}
	for _, area := range c.Area {
		if !slices.Contains(all, area) {
			return unknown("area", area, all)
		}
	}
	return nil
}

// one writes the file of one language.
func (c localeExportCommand) one(t terminal, source *exchange.Source, tag string) error {
	book, err := source.Book(tag)
	if err != nil {
		return err
	}
	if len(c.Area) > 0 {
		book.Only(c.Area)
	}
	var out bytes.Buffer
	if err := book.Write(&out, exchange.Format(c.Format)); err != nil {
		return err
	}
	file := filepath.Join(c.To, "beaware-"+tag+"."+c.Format)
	how := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if !c.Overwrite {
		how |= os.O_EXCL
	}
	f, err := os.OpenFile(file, how, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; name another folder with --to, or say --overwrite", file)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(out.Bytes())
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "%s: %d rows\n", file, len(book.Rows))
	return err
}

// exchanging reads an installation for the exchange of texts, also one whose content has faults: a language that is just
// begun lacks nearly everything, and is filled this way.
func exchanging(t terminal) (*installation, *exchange.Source, error) {
	in, findings, err := read(t.config)
	if err != nil {
		return nil, nil, err
	}
	if in.catalog == nil {
		for _, f := range findings {
			fmt.Fprintln(t.err, f)
		}
		return nil, nil, errFindings
	}
	if n := findings.Count(catalog.Error); n > 0 {
		fmt.Fprintf(t.err, "The content has %d errors, which beaware check lists.\n", n)
	}
	tree, _ := contentOf(in.config)
	return in, &exchange.Source{Catalog: in.catalog, Tree: tree, Limit: in.textLimits()}, nil
}

// menuLimits are Telegram's limits of what a bot says of itself (core.telegram.org/bots/api: setMyName, setMyDescription,
// setMyShortDescription); every other text under "commands." describes a command.
var menuLimits = map[string]int{"commands.name": 64, "commands.about": 512, "commands.short": 120}

const commandLimit = 256 // setMyCommands

// textLimits gives how long each text may be. Of a post it is what its title, help lines and marks leave on the strictest
// kind of channel, for the office where they leave the least.
func (in *installation) textLimits() func(language, id string) int {
	known := map[string]map[string]int{}
	return func(language, id string) int {
		if strings.HasPrefix(id, "commands.") {
			if n := menuLimits[id]; n > 0 {
				return n
			}
			return commandLimit
		}
		if known[language] == nil {
			known[language] = in.postLimits(language)
		}
		return known[language][id]
	}
}

// postLimits gives the limits of all posts in one language.
func (in *installation) postLimits(language string) map[string]int {
	limits := map[string]int{}
	press := in.press()
	press.Gate, press.Silent = outbox.Warn, nil
	for _, c := range in.catalog.Campaigns {
		for _, o := range in.offices {
			if len(c.Offices) > 0 && !slices.Contains(c.Offices, o.ID) || !slices.Contains(in.languagesOf(o), language) {
				continue
			}
			for _, m := range c.Messages {
				d := outbox.Delivery{Post: campaign.Post{Campaign: c.ID, Message: m.ID, Office: o.ID, Language: language, At: time.Unix(0, 0)}}
				msg, served, err := press.Compose(d)
				if err != nil {
					continue // the catalog has said so already
				}
				id := "campaign." + c.ID + "." + m.ID + ".text"
				text, _ := in.catalog.Locale(served).Written(id)
				length, limit := measure(msg)
				room := limit - length + len(utf16.Encode([]rune(text)))
				if old, ok := limits[id]; limit > 0 && (!ok || room < old) {
					limits[id] = room
				}
			}
		}
	}
	return limits
}
