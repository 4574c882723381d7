package main

import (
	"fmt"

	"beaware/catalog"
)

type checkCommand struct {
	Live bool `help:"Also demand what real publishing demands: reviewed texts, verified numbers, no sample."`
}

func (checkCommand) Help() string {
	return `Reads config.toml, content/ and locales/ and prints every finding as file:line: what was found and
what would be right. "warning" means that the program can run (a missing translation falls back, announced);
"error" stops a start; "advice" stops nothing.

Exit code 0 when there is nothing but advice, 1 when there are findings, 2 on wrong usage.`
}

func (c checkCommand) Run(t terminal) error {
	in, findings, err := read(t.config)
	if err != nil {
		return err
	}
	if in.catalog != nil {
		findings = append(findings, in.placed(in.lengths())...)
		if c.Live {
			findings = append(findings, in.placed(in.live())...)
		}
	}
	findings.Sort()
	counts := map[catalog.Severity]int{}
	for _, f := range findings {
		counts[f.Severity]++
		fmt.Fprintln(t.out, f)
	}
	if in.catalog != nil {
		fmt.Fprintf(t.out, "Read %d languages, %d campaigns, %d countries with %d help lines, %d offices, %d channels.\n",
			len(in.catalog.Languages), len(in.catalog.Campaigns), len(in.catalog.Countries), in.helpLines(), len(in.offices), len(in.all))
	}
	fmt.Fprintf(t.out, "Errors: %d, warnings: %d, advice: %d.\n",
		counts[catalog.Error], counts[catalog.Warning], counts[catalog.Advice])
	if counts[catalog.Error]+counts[catalog.Warning] > 0 {
		return errFindings
	}
	return nil
}

func (in *installation) helpLines() (n int) {
	for _, c := range in.catalog.Countries {
		n += len(c.Hotlines)
	}
	return n
}
