package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"beaware/catalog"
	"beaware/exchange"
)

type localeImportCommand struct {
	File       string `arg:"" help:"The file that came back: XLSX, CSV or PO, told by its content."`
	Language   string `placeholder:"TAG" help:"The language that it must be for; the file says it as well."`
	DryRun     bool   `help:"Only show what would change."`
	ForceNewer bool   `help:"Also take texts over ones that changed here since the export."`
	JSON       bool   `help:"What changes, what is refused and why, as JSON."`
}

func (localeImportCommand) Help() string {
	return `Shows what a translator's file changes, and writes it into the texts below [content] dir. Only the values of the changed texts
are touched; comments, order and everything else stay to the byte.

A text is refused that lost a placeholder, has a phone number typed in, is too long, lacks a plural form, or would break
anything else that beaware check finds; the others are taken. A text that changed here since the export is left as it is. What
spreadsheet programs do by themselves (line ends, spaces, lost marks) is put right; quotes that they changed are reported.
After writing, everything is read again, and with a new error nothing is kept. Reviews of changed texts lapse.

Exit code 0 when all was taken, 1 when something was refused, is in conflict or is missing.

  beaware locale import beaware-sq.xlsx --dry-run
  beaware locale import beaware-sq.xlsx`
}

// maxImport bounds the file, in bytes, before it is read; the exchange refuses what is longer than it takes.
const maxImport = 64 << 20

func (c localeImportCommand) Run(t terminal) error {
	in, source, err := exchanging(t)
	if err != nil {
		return err
	}
	if c.Language != "" {
		if _, ok := in.catalog.Language(c.Language); !ok {
			return unknown("language", c.Language, in.languageTags())
		}
	}
	dir := in.config.Content.Dir
	if dir == "" && !c.DryRun {
		return errors.New(`import: the texts are those shipped inside the program, which cannot be changed; copy the folders content and ` +
			`locales, name the folder they are in as dir under [content], and import again (--dry-run works without)`)
	}
	data, err := readUpTo(c.File, maxImport)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	returned, err := source.Read(data)
	if err != nil {
		return fmt.Errorf("import %s: %w", c.File, err)
	}
	opt := exchange.Options{Language: c.Language, ForceNewer: c.ForceNewer, Also: in.lengthsIn}
	plan, err := source.Plan(returned, opt)
	if err != nil {
		return fmt.Errorf("import %s: %w", c.File, err)
	}
	if err := c.show(t, plan); err != nil {
		return err
	}
	if !c.DryRun && len(plan.Changes) > 0 {
		if err := plan.Write(in.config.path(dir), opt); err != nil {
			return fmt.Errorf("import %s: %w", c.File, err)
		}
	}
	c.end(t, plan)
	if len(plan.Refused)+len(plan.Conflicts)+len(plan.Missing) > 0 {
		return errFindings
	}
	return nil
}

func (c localeImportCommand) show(t terminal, plan *exchange.Plan) error {
	if !c.JSON {
		return plan.Print(t.out)
	}
	e := json.NewEncoder(t.out)
	e.SetIndent("", "  ")
	return e.Encode(plan)
}

// end says what was written.
func (c localeImportCommand) end(t terminal, plan *exchange.Plan) {
	switch {
	case c.JSON:
	case c.DryRun:
		fmt.Fprintln(t.out, "Nothing was written (--dry-run).")
	default:
		for _, file := range plan.Files() {
			fmt.Fprintln(t.out, "Written:", file)
		}
	}
}

// lengthsIn finds the posts that would be too long with other texts.
func (in *installation) lengthsIn(cat *catalog.Catalog) catalog.Findings {
	with := *in
	with.catalog = cat
	return with.lengths()
}

// readUpTo reads a file that is not larger than limit.
func readUpTo(file string, limit int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s has more than %d bytes", file, limit)
	}
	return data, err
}
