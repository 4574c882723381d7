package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// tomlFile knows where each string of a TOML file stands, to the byte, so that one can be replaced and everything
// else, comments included, stays as it is. TOML libraries give values without places or write the file anew.
type tomlFile struct {
	src    string
	values []value
	tables []section
}

// value is one string.
type value struct {
	id         string // its keys, joined by dots
	start, end int    // of the string with its quotes
	line, last int    // of the key and of the closing quotes, from 1
	header     int    // line of the table's header, 0 for none
	comment    string // that stands directly above
}

// section is what stands under one header. The root's has no header.
type section struct {
	id      string
	line    int
	end     int // behind its last key
	comment string
}

var errTOML = errors.New("cannot be followed as TOML")

type walker struct {
	tomlFile
	pos     int
	line    int
	comment []string
	tail    int // line on which the last comment ended
}

// scanTOML walks over a whole file. It refuses what it cannot follow; the catalog says why such a file is wrong.
func scanTOML(src string) (*tomlFile, error) {
	w := &walker{tomlFile: tomlFile{src: src, tables: []section{{}}}, line: 1}
	w.pos = len(src) - len(strings.TrimPrefix(src, "\ufeff"))
	for {
		w.blank(true)
		if w.pos >= len(src) {
			return &w.tomlFile, nil
		}
		if err := w.statement(); err != nil {
			return nil, fmt.Errorf("line %d: %w", w.line, err)
		}
	}
}

func (w *walker) statement() error {
	above := w.above()
	if !w.at("[") {
		in := &w.tables[len(w.tables)-1]
		if err := w.keyValue(in.id, above, 0); err != nil {
			return err
		}
		in.end = w.pos
		return w.lineEnd()
	}
	array := w.at("[[")
	line, closing := w.line, "]"
	w.pos++
	if array {
		w.pos++
		closing = "]]"
	}
	id, err := w.keys("")
	if err != nil {
		return err
	}
	if !w.at(closing) {
		return errTOML
	}
	w.pos += len(closing)
	if array {
		id += "[]" // files of texts hold none; what is in them is never meant
	}
	w.tables = append(w.tables, section{id: id, line: line, end: w.pos, comment: above})
	return w.lineEnd()
}

func (w *walker) keyValue(table, above string, depth int) error {
	line := w.line
	id, err := w.keys(table)
	if err != nil {
		return err
	}
	if !w.at("=") || depth > 16 {
		return errTOML
	}
	w.pos++
	w.blank(false)
	switch {
	case w.at(`"`), w.at("'"):
		start := w.pos
		if err := w.text(); err != nil {
			return err
		}
		w.values = append(w.values, value{id, start, w.pos, line, w.line, w.tables[len(w.tables)-1].line, above})
		return nil
	case w.at("{"):
		return w.bracket("}", func() error { return w.keyValue(id, "", depth+1) })
	case w.at("["):
		return w.bracket("]", func() error { return w.element(depth + 1) })
	}
	return w.bare()
}

// element walks over one element of a list, which is nobody's text.
func (w *walker) element(depth int) error {
	switch {
	case depth > 16:
		return errTOML
	case w.at(`"`), w.at("'"):
		return w.text()
	case w.at("{"):
		return w.bracket("}", func() error { return w.keyValue("[]", "", depth+1) })
	case w.at("["):
		return w.bracket("]", func() error { return w.element(depth + 1) })
	}
	return w.bare()
}

func (w *walker) bracket(closing string, inside func() error) error {
	for w.pos++; ; {
		w.blank(true)
		if w.at(closing) {
			w.pos++
			return nil
		}
		if err := inside(); err != nil {
			return err
		}
		w.blank(true)
		if w.at(",") {
			w.pos++
		} else if !w.at(closing) {
			return errTOML
		}
	}
}

// bare walks over a number, a date, true or false.
func (w *walker) bare() error {
	n := strings.IndexAny(w.src[w.pos:], ",]}#\n")
	if n < 0 {
		n = len(w.src) - w.pos
	}
	if strings.TrimSpace(w.src[w.pos:w.pos+n]) == "" {
		return errTOML
	}
	w.pos += n
	return nil
}

// keys reads a key with its dots.
func (w *walker) keys(prefix string) (string, error) {
	id := prefix
	for n := 0; n < 16; n++ {
		w.blank(false)
		k, err := w.key()
		if err != nil {
			return "", err
		}
		if id != "" {
			id += "."
		}
		id += k
		w.blank(false)
		if !w.at(".") {
			return id, nil
		}
		w.pos++
	}
	return "", errTOML
}

func (w *walker) key() (string, error) {
	start := w.pos
	if w.at(`"`) || w.at("'") {
		if err := w.text(); err != nil {
			return "", err
		}
		quoted := w.src[start:w.pos]
		if s, err := strconv.Unquote(quoted); err == nil && quoted[0] == '"' {
			return s, nil
		}
		return quoted[1 : len(quoted)-1], nil
	}
	for w.pos < len(w.src) && bareKey(w.src[w.pos]) {
		w.pos++
	}
	if w.pos == start {
		return "", errTOML
	}
	return w.src[start:w.pos], nil
}

func bareKey(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// text walks over a string of any of the four kinds.
func (w *walker) text() error {
	quote := w.src[w.pos : w.pos+1]
	long := strings.Repeat(quote, 3)
	if w.at(long) {
		quote = long
	}
	for w.pos += len(quote); w.pos < len(w.src); w.pos++ {
		switch c := w.src[w.pos]; {
		case c == '\n' && quote != long:
			return errTOML
		case c == '\n':
			w.line++
		case c == '\\' && quote[0] == '"':
			if w.pos++; w.pos < len(w.src) && w.src[w.pos] == '\n' {
				w.line++
			}
		case w.at(quote):
			w.pos += len(quote)
			for n := 0; n < 2 && quote == long && w.at(quote[:1]); n++ {
				w.pos++
			}
			return nil
		}
	}
	return errTOML
}

func (w *walker) at(what string) bool { return strings.HasPrefix(w.src[w.pos:], what) }

// blank skips spaces, and with lines also line ends and comments, which it keeps.
func (w *walker) blank(lines bool) {
	for w.pos < len(w.src) {
		switch c := w.src[w.pos]; {
		case c == ' ' || c == '\t' || c == '\r':
			w.pos++
		case c == '\n' && lines:
			w.line++
			w.pos++
		case c == '#' && lines:
			w.remark()
		default:
			return
		}
	}
}

func (w *walker) remark() {
	if w.line != w.tail+1 {
		w.comment = nil
	}
	w.tail = w.line
	n := strings.IndexByte(w.src[w.pos:], '\n')
	if n < 0 {
		n = len(w.src) - w.pos
	}
	w.comment = append(w.comment, strings.TrimSpace(strings.TrimLeft(w.src[w.pos:w.pos+n], "#")))
	w.pos += n
}

// above takes the comment that ends on the line before.
func (w *walker) above() string {
	defer func() { w.comment = nil }()
	if w.tail+1 != w.line {
		return ""
	}
	return strings.Join(w.comment, "\n")
}

func (w *walker) lineEnd() error {
	w.blank(false)
	if w.at("#") { // behind a value, about nothing below
		n := strings.IndexByte(w.src[w.pos:], '\n')
		if n < 0 {
			n = len(w.src) - w.pos
		}
		w.pos += n
	}
	if w.pos < len(w.src) && !w.at("\n") {
		return errTOML
	}
	return nil
}

func (f *tomlFile) find(id string) (value, bool) {
	if i := slices.IndexFunc(f.values, func(v value) bool { return v.id == id }); i >= 0 {
		return f.values[i], true
	}
	return value{}, false
}
