package catalog

import (
	"fmt"
	"strconv"
	"strings"
)

// keys reads a key with its dots, and the spaces round it.
func (s *scanner) keys() ([]string, error) {
	var out []string
	for {
		s.blank(false)
		k, err := s.key()
		if err != nil {
			return nil, err
		}
		out = append(out, k)
		s.blank(false)
		if !s.peek(".") {
			return out, nil
		}
		s.pos++
		if len(out) > maxDots {
			return nil, limitError{s.line, fmt.Sprintf("a key has more than %d dots", maxDots)}
		}
	}
}

func (s *scanner) key() (string, error) {
	if s.peek(`"`) || s.peek(`'`) {
		return s.shortString()
	}
	start := s.pos
	for s.pos < len(s.src) && bare(s.src[s.pos]) {
		s.pos++
	}
	if s.pos == start {
		return "", errShape
	}
	return s.src[start:s.pos], nil
}

func bare(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// shortString reads a string of one line and gives what it means.
func (s *scanner) shortString() (string, error) {
	quote, start := s.src[s.pos], s.pos
	for i := start + 1; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == '\n':
			return "", errShape
		case c == '\\' && quote == '"':
			i++
		case c == quote:
			s.pos = i + 1
			return meaning(s.src[start:s.pos]), nil
		}
	}
	return "", errShape
}

func meaning(quoted string) string {
	if quoted[0] == '"' {
		if v, err := strconv.Unquote(quoted); err == nil {
			return v
		}
	}
	return quoted[1 : len(quoted)-1]
}

// longString walks over a string of several lines, whose last characters may be quotes too.
func (s *scanner) longString(quotes string) error {
	for i := s.pos + 3; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == '\n':
			s.line++
		case c == '\\' && quotes[0] == '"':
			if i+1 < len(s.src) && s.src[i+1] == '\n' {
				s.line++
			}
			i++
		case strings.HasPrefix(s.src[i:], quotes):
			i += 3
			for n := 0; n < 2 && i < len(s.src) && s.src[i] == quotes[0]; n++ {
				i++
			}
			s.pos = i
			return nil
		}
	}
	return errShape
}
