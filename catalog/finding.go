package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// String gives "advice", "warning" or "error".
func (s Severity) String() string {
	switch s {
	case Advice:
		return "advice"
	case Warning:
		return "warning"
	default:
		return "error"
	}
}

// String gives "file:line", or only the file where no line is meant.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// String gives "file:line: text".
func (f Finding) String() string { return f.Pos.String() + ": " + f.Text }

// String gives one line for each finding.
func (fs Findings) String() string {
	var b strings.Builder
	for _, f := range fs {
		b.WriteString(f.String())
		b.WriteByte('\n')
	}
	return b.String()
}

// Err is nil when no finding is an Error, else an error that names each Error on a line.
func (fs Findings) Err() error {
	var all []error
	for _, f := range fs {
		if f.Severity == Error {
			all = append(all, errors.New(f.String()))
		}
	}
	return errors.Join(all...)
}

// Count tells how many findings are exactly this severe.
func (fs Findings) Count(s Severity) int {
	n := 0
	for _, f := range fs {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Sort puts the findings in order of file and line, the most severe first on a line.
func (fs Findings) Sort() {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Text, b.Text))
	})
}

// maxFindings bounds what one broken or hostile file can make staff read.
const maxFindings = 300

// report collects findings; beyond maxFindings in one file it only counts them.
type report struct {
	list    Findings
	perFile map[string]int
	rest    map[string]overflow
}

type overflow struct {
	n     int
	worst Severity
}

func newReport() *report {
	return &report{perFile: map[string]int{}, rest: map[string]overflow{}}
}

func (r *report) add(s Severity, p Pos, format string, args ...any) {
	r.perFile[p.File]++
	if r.perFile[p.File] > maxFindings {
		o := r.rest[p.File]
		r.rest[p.File] = overflow{o.n + 1, max(o.worst, s)}
		return
	}
	r.list = append(r.list, Finding{Pos: p, Severity: s, Text: fmt.Sprintf(format, args...)})
}

func (r *report) findings() Findings {
	out := slices.Clone(r.list)
	for file, o := range r.rest {
		out = append(out, Finding{Pos{File: file}, o.worst, fmt.Sprintf("has %d more faults; mend the first ones and check again", o.n)})
	}
	out.Sort()
	return slices.Compact(out) // a key may have been read twice
}

// quote shows a value that was found, short enough to read.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return fmt.Sprintf("%q...", string(r[:most]))
	}
	return fmt.Sprintf("%q", s)
}
