package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"beaware/catalog"
	"beaware/outbox"
)

type localeCommand struct {
	Status localeStatusCommand `cmd:"" help:"Say for each language and area how many texts are reviewed, drafts, stale or missing."`
	Export localeExportCommand `cmd:"" help:"Write all texts of a language into a file for its translator: XLSX, CSV or PO."`
	Import localeImportCommand `cmd:"" help:"Show what a translator's file changes, and take it."`
}

type localeStatusCommand struct {
	Language string `placeholder:"TAG" help:"Only this language."`
	JSON     bool   `help:"A JSON array."`
}

func (localeStatusCommand) Help() string {
	return `Counts every text of the source language in every other, by area: what the bot and the pages say, the checks, the
names and notes of help lines, and each campaign. "reviewed" binds to exactly this text and this source; where one of
them changed since, a text is "stale".

Then it says for each campaign which languages are ready for its next window, and what the others lack. With
gate = "require" a language is ready when all its texts are reviewed, with gate = "warn" when none is missing.

  beaware locale status --language sq
  beaware locale status --json`
}

// coverRow is one language's area in `locale status --json`.
type coverRow struct {
	Language string `json:"language"`
	Area     string `json:"area"`
	Texts    int    `json:"texts"`
	Reviewed int    `json:"reviewed"`
	Draft    int    `json:"draft"`
	Stale    int    `json:"stale"`
	Missing  int    `json:"missing"`
	Ready    bool   `json:"ready"` // under the gate of the configuration
}

func (c localeStatusCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
	if c.Language != "" && !slices.Contains(in.languageTags(), c.Language) {
		return unknown("language", c.Language, in.languageTags())
	}
	rows := []coverRow{}
	for _, cover := range in.catalog.Coverage() {
		if c.Language == "" || cover.Language == c.Language {
			rows = append(rows, coverRow{cover.Language, cover.Area, cover.Texts, cover.Reviewed, cover.Draft, cover.Stale, cover.Missing, in.covers(cover)})
		}
	}
	if c.JSON {
		return orJSON(t, rows, nil)
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "AREA\tLANGUAGE\tTEXTS\tREVIEWED\tDRAFT\tSTALE\tMISSING")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\n", r.Area, r.Language, r.Texts, r.Reviewed, r.Draft, r.Stale, r.Missing)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(t.out)
	for _, line := range in.readiness(rows) {
		fmt.Fprintln(t.out, line)
	}
	return nil
}

// covers tells whether the texts of an area may go out.
func (in *installation) covers(c catalog.Coverage) bool {
	if outbox.Gate(in.config.Publish.Gate) == outbox.Warn {
		return c.Whole()
	}
	return c.Ready()
}

// readiness says for each campaign, in one line, which of its languages are ready for its next window.
func (in *installation) readiness(rows []coverRow) (lines []string) {
	for _, c := range in.catalog.Campaigns {
		ready, all := 0, 0
		var lacking []string
		for _, r := range rows {
			if r.Area != "campaigns/"+c.ID {
				continue
			}
			if all++; r.Ready {
				ready++
			} else {
				lacking = append(lacking, r.lacks(in))
			}
		}
		if all == 0 {
			continue
		}
		line := fmt.Sprintf("%s, %s: %d of %d languages are ready", c.ID, opensOn(c), ready, all)
		if len(lacking) > 0 {
			line += "; " + strings.Join(lacking, "; ")
		}
		lines = append(lines, line)
	}
	return lines
}

// lacks says what keeps a language back.
func (r coverRow) lacks(in *installation) string {
	var what []string
	say := func(n int, word string) {
		if n > 0 {
			what = append(what, fmt.Sprintf("%d %s", n, word))
		}
	}
	say(r.Missing, "missing")
	if outbox.Gate(in.config.Publish.Gate) != outbox.Warn {
		say(r.Stale, "stale")
		say(r.Draft, "not reviewed")
	}
	return r.Language + " has " + strings.Join(what, ", ")
}

// opensOn names a campaign's window as it is written.
func opensOn(c *catalog.Campaign) string {
	if c.Window.Always {
		return "all year"
	}
	return "from " + c.Window.From + " to " + c.Window.To
}
