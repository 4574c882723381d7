package catalog

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The TOML parser tells the lines of faults in syntax, but not of keys, and has no bounds: a dotted key of
// 100,000 parts keeps it busy for minutes. So a scanner walks the file first. It finds the line of
// every key, table and array element, and refuses what no honest file holds.
const (
	maxDots   = 16
	maxDepth  = 16
	maxPlaces = 50_000
)

// place is where something stands: the line of its key, and of the first character of its value.
type place struct{ line, value int }

// Paths in the index join keys and array positions with characters that no key holds,
// since read refuses control characters.
func joinKey(path, key string) string { return path + "\x1f" + key }
func joinItem(path string, i int) string {
	return path + "\x1e" + strconv.Itoa(i)
}

// errShape means that the rest of the file could not be followed.
var errShape = errors.New("cannot be read as TOML")

type limitError struct {
	line int
	what string
}

func (e limitError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.what) }

type scanner struct {
	src       string
	pos, line int
	at        map[string]place
	arrays    map[string]int // [[tables]] seen, by path
	table     string         // the path that keys now belong to
}

// scanLines indexes a TOML file. On errShape, end is where the file could not be followed any more.
func scanLines(src string) (at map[string]place, end, line int, err error) {
	s := &scanner{src: src, line: 1, at: map[string]place{}, arrays: map[string]int{}}
	for err == nil {
		s.blank(true)
		if s.pos >= len(s.src) {
			break
		}
		if err = s.statement(); err == nil {
			err = s.lineEnd()
		}
	}
	return s.at, s.pos, s.line, err
}

func (s *scanner) statement() error {
	if s.peek("[[") {
		s.pos += 2
		return s.header(true)
	}
	if s.peek("[") {
		s.pos++
		return s.header(false)
	}
	return s.keyValue(s.table, 0)
}

func (s *scanner) header(array bool) error {
	line := s.line
	keys, err := s.keys()
	if err != nil {
		return err
	}
	path := ""
	for i, k := range keys {
		path = joinKey(path, k)
		last := i == len(keys)-1
		n := s.arrays[path]
		if last && array {
			s.arrays[path] = n + 1
			s.mark(path, line)
			path = joinItem(path, n)
		} else if n > 0 {
			path = joinItem(path, n-1)
		}
		s.mark(path, line)
	}
	s.table = path
	close := "]"
	if array {
		close = "]]"
	}
	if !s.peek(close) {
		return errShape
	}
	s.pos += len(close)
	return s.full()
}

func (s *scanner) keyValue(table string, depth int) error {
	line := s.line
	keys, err := s.keys()
	if err != nil {
		return err
	}
	path := table
	for _, k := range keys {
		path = joinKey(path, k)
		s.mark(path, line)
	}
	if !s.peek("=") {
		return errShape
	}
	s.pos++
	s.blank(false)
	if err := s.full(); err != nil {
		return err
	}
	return s.value(path, line, depth)
}

func (s *scanner) mark(path string, line int) {
	if _, ok := s.at[path]; !ok {
		s.at[path] = place{line, line}
	}
}

func (s *scanner) full() error {
	if len(s.at) > maxPlaces {
		return limitError{s.line, fmt.Sprintf("the file holds more than %d keys and values; split it", maxPlaces)}
	}
	return nil
}

// value walks over one value and notes where its characters begin.
func (s *scanner) value(path string, line, depth int) error {
	if depth > maxDepth {
		return limitError{s.line, fmt.Sprintf("values are nested more than %d deep", maxDepth)}
	}
	first := s.line
	if s.peek("\"\"\"\n") || s.peek("'''\n") {
		first++
	}
	s.at[path] = place{line, first}
	switch {
	case s.peek(`"""`), s.peek(`'''`):
		return s.longString(s.src[s.pos : s.pos+3])
	case s.peek(`"`), s.peek(`'`):
		_, err := s.shortString()
		return err
	case s.peek("["):
		s.pos++
		return s.list(path, depth+1)
	case s.peek("{"):
		s.pos++
		return s.inline(path, depth+1)
	}
	n := strings.IndexAny(s.src[s.pos:], ",]}#\n")
	if n < 0 {
		n = len(s.src) - s.pos
	}
	if strings.TrimSpace(s.src[s.pos:s.pos+n]) == "" {
		return errShape
	}
	s.pos += n
	return nil
}

func (s *scanner) list(path string, depth int) error {
	for i := 0; ; i++ {
		s.blank(true)
		if s.peek("]") {
			s.pos++
			return nil
		}
		if err := s.full(); err != nil {
			return err
		}
		if err := s.value(joinItem(path, i), s.line, depth); err != nil {
			return err
		}
		if err := s.comma("]"); err != nil {
			return err
		}
	}
}

func (s *scanner) inline(path string, depth int) error {
	for {
		s.blank(true)
		if s.peek("}") {
			s.pos++
			return nil
		}
		if err := s.keyValue(path, depth); err != nil {
			return err
		}
		if err := s.comma("}"); err != nil {
			return err
		}
	}
}

// comma takes the comma after an element; before the closing bracket there need not be one.
func (s *scanner) comma(close string) error {
	s.blank(true)
	if s.peek(",") {
		s.pos++
		return nil
	}
	if s.peek(close) {
		return nil
	}
	return errShape
}

func (s *scanner) peek(what string) bool { return strings.HasPrefix(s.src[s.pos:], what) }

// blank skips spaces, and with lines also line ends and comments.
func (s *scanner) blank(lines bool) {
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; {
		case c == ' ' || c == '\t':
		case c == '\n' && lines:
			s.line++
		case c == '#' && lines:
			n := strings.IndexByte(s.src[s.pos:], '\n')
			if n < 0 {
				n = len(s.src) - s.pos
			}
			s.pos += n
			continue
		default:
			return
		}
		s.pos++
	}
}

func (s *scanner) lineEnd() error {
	s.blank(false)
	if s.pos >= len(s.src) || s.peek("\n") || s.peek("#") {
		return nil
	}
	return errShape
}
