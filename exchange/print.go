package exchange

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Print shows what a plan would do: the changed lines of each text first, then what is not taken and why. Marks that nobody
// sees are written out, and nothing that a file holds can steer the terminal.
func (p *Plan) Print(w io.Writer) error {
	var b strings.Builder
	for _, c := range p.Changes {
		for _, f := range c.Forms {
			r := Row{ID: c.ID, Form: f.Form}
			fmt.Fprintf(&b, "%s, %s\n", visible(name(r)), c.Place)
			lines(&b, f)
		}
	}
	list := func(title string, remarks []Remark) {
		if len(remarks) > 0 {
			fmt.Fprintf(&b, "%s\n", title)
		}
		for _, r := range remarks {
			fmt.Fprintf(&b, "  %s\n", visible(strings.Join(filled(r.ID, r.Place, r.Text), ": ")))
		}
	}
	list("Refused:", p.Refused)
	list("Changed here since the export, and left as they are (--force-newer takes the file's):", p.Conflicts)
	list("Worth a look:", p.Remarks)
	if len(p.Missing) > 0 {
		fmt.Fprintf(&b, "Not in the file, although they were exported: %s\n", visible(strings.Join(p.Missing, ", ")))
	}
	fmt.Fprintf(&b, "Language %s, %s: %d changed, %d refused, %d in conflict, %d missing, %d the same, %d newer here.\n",
		p.Language, p.Format, len(p.Changes), len(p.Refused), len(p.Conflicts), len(p.Missing), p.Same, p.Newer)
	_, err := io.WriteString(w, b.String())
	return err
}

// lines shows the lines that differ.
func lines(b *strings.Builder, f FormChange) {
	was, is := strings.Split(f.Old, "\n"), strings.Split(f.New, "\n")
	for len(was) > 0 && len(is) > 0 && was[0] == is[0] {
		was, is = was[1:], is[1:]
	}
	for len(was) > 0 && len(is) > 0 && was[len(was)-1] == is[len(is)-1] {
		was, is = was[:len(was)-1], is[:len(is)-1]
	}
	if f.Old == "" {
		was = nil
	}
	for _, line := range was {
		fmt.Fprintf(b, "  - %s\n", visible(line))
	}
	for _, line := range is {
		fmt.Fprintf(b, "  + %s\n", visible(line))
	}
}

func filled(parts ...string) (out []string) {
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

// visible writes out marks and control characters.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\n' {
			b.WriteByte(' ')
		} else if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
			fmt.Fprintf(&b, "<U+%04X>", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
