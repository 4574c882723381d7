package exchange

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Marks of ours in PO files. Extracted comments ("#.") are kept by the editors that translators use.
const (
	poAtExport = "At export: "
	poTotal    = "X-Beaware-Rows"
	poLanguage = "X-Beaware-Language"
)

// WritePO writes the book as a PO file (GNU gettext manual, "The Format of PO Files"): msgctxt is the id, a stale text is
// fuzzy, and comments tell the place, the limit and what the texts were at export. Plural forms are numbered in the order of
// CLDR; a form that only fractions reach comes last and stays in the file although no whole number leads to it.
func (b *Book) WritePO(w io.Writer) error {
	out := bufio.NewWriter(w)
	header := []string{
		"Project-Id-Version: beaware", "Language: " + strings.ReplaceAll(b.Language, "-", "_"), "MIME-Version: 1.0",
		"Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: 8bit", "Plural-Forms: " + pluralHeader(b.Plurals),
		poLanguage + ": " + b.Language, fmt.Sprintf("%s: %d", poTotal, b.Total),
	}
	for _, line := range intro()[1:2] {
		fmt.Fprintf(out, "# %s\n", line)
	}
	poString(out, "msgid", "")
	poString(out, "msgstr", strings.Join(header, "\n")+"\n")
	for i := 0; i < len(b.Rows); {
		j := i + 1
		for j < len(b.Rows) && b.Rows[j].ID == b.Rows[i].ID {
			j++
		}
		b.entry(out, b.Rows[i:j])
		i = j
	}
	return out.Flush()
}

// entry writes one text with all its forms.
func (b *Book) entry(out *bufio.Writer, rows []Row) {
	r := rows[0]
	fmt.Fprintln(out)
	comment := func(s string) {
		for line := range strings.SplitSeq(s, "\n") {
			fmt.Fprintf(out, "#. %s\n", line)
		}
	}
	comment(r.Context)
	if r.Limit > 0 {
		comment(fmt.Sprintf("At most %d characters", r.Limit))
	}
	for _, r := range rows {
		if r.Note != "" {
			comment(r.Note)
		}
	}
	comment("State: " + r.State)
	for _, r := range rows {
		comment(strings.TrimSpace(poAtExport + r.SourceHash + " " + r.TextHash + " " + r.Form))
	}
	fmt.Fprintf(out, "#: %s\n", r.Ref)
	if r.State == "stale" {
		fmt.Fprintln(out, "#, fuzzy")
	}
	poString(out, "msgctxt", r.ID)
	poString(out, "msgid", r.Source)
	if r.Form == "" {
		poString(out, "msgstr", r.Text)
		return
	}
	poString(out, "msgid_plural", rows[len(rows)-1].Source)
	for i, form := range b.Plurals.Forms {
		text := ""
		for _, r := range rows {
			if r.Form == form {
				text = r.Text
			}
		}
		poString(out, fmt.Sprintf("msgstr[%d]", i), text)
	}
}

// poString writes a string, one line of the text a line of the file.
func poString(out *bufio.Writer, keyword, text string) {
	if !strings.Contains(strings.TrimSuffix(text, "\n"), "\n") {
		fmt.Fprintf(out, "%s \"%s\"\n", keyword, poEscape.Replace(text))
		return
	}
	fmt.Fprintf(out, "%s \"\"\n", keyword)
	for line := range strings.Lines(text) {
		fmt.Fprintf(out, "\"%s\"\n", poEscape.Replace(line))
	}
}

var poEscape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`)
