package exchange

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// poEntry is one entry of a PO file.
type poEntry struct {
	line    int
	context *string
	id      string
	plural  bool
	texts   map[int]string
	marks   []string // what stood behind poAtExport
}

// readPO reads a PO file of ours, as an editor gave it back. Forms are named by the language's own forms, in their order.
func readPO(data []byte, formsOf func(language string) []string) (*Returned, error) {
	text, err := utf8Text(data)
	if err != nil {
		return nil, err
	}
	entries, err := parsePO(lineEnds(text))
	if err != nil {
		return nil, err
	}
	f := &Returned{Format: PO}
	for _, e := range entries {
		if e.context == nil {
			if e.id == "" {
				f.head(e.texts[0])
			}
			continue // not of ours
		}
		f.poRows(e, formsOf)
		if len(f.Rows) > maxRows {
			return nil, fmt.Errorf("the file has more than %d rows", maxRows)
		}
	}
	if len(f.Rows) == 0 {
		return nil, fmt.Errorf("the file holds no texts: no entry has a msgctxt, which is the text's id")
	}
	return f, nil
}

// head reads the header entry.
func (f *Returned) head(header string) {
	values := map[string]string{}
	for line := range strings.SplitSeq(header, "\n") {
		k, v, _ := strings.Cut(line, ":")
		values[strings.TrimSpace(k)] = strings.TrimSpace(v)
	}
	f.Total, _ = strconv.Atoi(values[poTotal])
	f.Language = values[poLanguage]
	if f.Language == "" {
		f.Language = strings.ReplaceAll(values["Language"], "_", "-")
	}
}

func (f *Returned) poRows(e poEntry, formsOf func(string) []string) {
	row := Row{ID: *e.context, Source: e.id, Text: e.texts[0], Language: f.Language, Place: fmt.Sprintf("line %d", e.line)}
	if !e.plural {
		row.SourceHash, row.TextHash = e.mark("")
		f.Rows = append(f.Rows, row)
		return
	}
	for i, form := range formsOf(f.Language) {
		r := row
		r.Form, r.Text = form, e.texts[i]
		r.SourceHash, r.TextHash = e.mark(form)
		f.Rows = append(f.Rows, r)
	}
}

// mark finds what a form was at export.
func (e poEntry) mark(form string) (source, text string) {
	for _, m := range e.marks {
		parts := strings.Fields(m + " ")
		if len(parts) == 2 && form == "" || len(parts) == 3 && parts[2] == form {
			return parts[0], parts[1]
		}
	}
	return "", ""
}

var poKeyword = regexp.MustCompile(`^(msgctxt|msgid|msgid_plural|msgstr)(?:\[(\d{1,2})\])?\s*(".*)$`)

// poParser collects entries line by line.
type poParser struct {
	done []poEntry
	now  poEntry
	last func(string) // adds to the string that the last keyword began
	text bool         // the entry has its msgstr, so that another keyword or comment begins the next one
}

func parsePO(text string) ([]poEntry, error) {
	p := &poParser{}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		if err := p.line(strings.TrimSpace(line), n); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	p.end()
	return p.done, nil
}

func (p *poParser) line(line string, n int) error {
	switch {
	case line == "":
		p.begin()
		return nil
	case strings.HasPrefix(line, "#"): // what an editor kept of a text that is gone ("#~") is a comment too
		p.begin()
		p.comment(line)
		return nil
	case strings.HasPrefix(line, `"`):
		if p.last == nil {
			return fmt.Errorf("a string stands without a keyword before it")
		}
		s, err := poUnquote(line)
		p.last(s)
		return err
	}
	m := poKeyword.FindStringSubmatch(line)
	if m == nil {
		return fmt.Errorf("%q is no line of a PO file", short(line))
	}
	return p.keyword(m[1], m[2], m[3], n)
}

// begin ends the entry before, once it has its text.
func (p *poParser) begin() {
	if p.text {
		p.end()
	}
}

func (p *poParser) end() {
	if p.now.texts != nil {
		p.done = append(p.done, p.now)
	}
	p.now, p.last, p.text = poEntry{}, nil, false
}

// comment keeps what stood at export. Flags are not needed: whether a text is fuzzy is for reviews to say.
func (p *poParser) comment(line string) {
	if mark, ok := strings.CutPrefix(line, "#. "+poAtExport); ok {
		p.now.marks = append(p.now.marks, mark)
	}
}

func (p *poParser) keyword(name, index, quoted string, n int) error {
	s, err := poUnquote(quoted)
	if err != nil {
		return err
	}
	if name != "msgstr" {
		p.begin()
	}
	if p.now.texts == nil {
		p.now.texts = map[int]string{}
	}
	if p.now.line == 0 {
		p.now.line = n
	}
	e := &p.now
	switch name {
	case "msgctxt":
		e.context = new(string)
		p.last = func(s string) { *e.context += s }
	case "msgid":
		p.last = func(s string) { e.id += s }
	case "msgid_plural":
		e.plural = true
		p.last = func(string) {}
	default:
		i, _ := strconv.Atoi(index) // "" is 0
		p.text = true
		p.last = func(s string) { e.texts[i] += s }
	}
	p.last(s)
	return nil
}

func poUnquote(quoted string) (string, error) {
	if len(quoted) < 2 || quoted[0] != '"' || quoted[len(quoted)-1] != '"' {
		return "", fmt.Errorf("a string must begin and end with a quote")
	}
	var b bytes.Buffer
	inside := quoted[1 : len(quoted)-1]
	for i := 0; i < len(inside); i++ {
		c := inside[i]
		if c == '"' {
			return "", fmt.Errorf(`a quote inside a string must be written \"`)
		}
		if c != '\\' {
			b.WriteByte(c)
			continue
		}
		if i++; i == len(inside) {
			return "", fmt.Errorf("a string ends inside an escape")
		}
		switch inside[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		default:
			b.WriteByte(inside[i])
		}
	}
	return b.String(), nil
}
