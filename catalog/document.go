package catalog

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"
)

// document is one TOML file: its values, and where each stands.
type document struct {
	file   string
	values map[string]any
	at     map[string]place
}

// document reads one TOML file, or reports why it cannot.
func (ld *loader) document(file string) (*document, bool) {
	src, ok := ld.text(file)
	if !ok {
		return nil, false
	}
	at, values, line, err := parse(src)
	if err != nil {
		text := err.Error()
		if ld.secret {
			text = tokenForm.ReplaceAllString(text, "...")
		}
		ld.add(Error, Pos{file, line}, "%s", text)
		return nil, false
	}
	return &document{file, values, at}, true
}

// tokenForm is what a bot's token looks like, which somebody may have typed into a configuration.
var tokenForm = regexp.MustCompile(`[0-9]{4,}:[A-Za-z0-9_-]{4,}`)

// parse gives the values and places of a TOML text, or the line of its first fault.
func parse(src string) (at map[string]place, values map[string]any, line int, err error) {
	at, end, stop, scanned := scanLines(src)
	if limit, ok := errors.AsType[limitError](scanned); ok {
		return nil, nil, limit.line, errors.New(limit.what)
	}
	if scanned != nil {
		// Only the part that could be followed is given to the parser, for its message: the rest is unbounded.
		src = throughLine(src, end)
	}
	values, line, err = decode(src)
	if err == nil && scanned != nil {
		line, err = stop, scanned
	}
	if err != nil {
		return nil, nil, line, err
	}
	return at, values, 0, nil
}

func throughLine(src string, end int) string {
	const longest = 10_000
	if n := strings.IndexByte(src[end:], '\n'); n >= 0 && n < longest {
		return src[:end+n]
	}
	return src[:end]
}

// decode is the TOML parser, guarded: it panics on what it calls its own bugs.
func decode(src string) (values map[string]any, line int, err error) {
	defer func() {
		if r := recover(); r != nil {
			values, line, err = nil, 0, fmt.Errorf("cannot be read as TOML: %v", r)
		}
	}()
	if _, err := toml.Decode(src, &values); err != nil {
		if p, ok := errors.AsType[toml.ParseError](err); ok {
			// At the end of a file the parser may name the line before the first or after the last.
			most := strings.Count(strings.TrimRight(src, "\n"), "\n") + 1
			return nil, min(max(p.Position.Line, 1), most), fmt.Errorf("cannot be read as TOML: %s", p.Message)
		}
		return nil, 0, fmt.Errorf("cannot be read as TOML: %w", err)
	}
	return values, 0, nil
}

// place gives the place of a path, or of the nearest table round it that is known.
func (d *document) place(path string) place {
	for path != "" {
		if p, ok := d.at[path]; ok {
			return p
		}
		path = path[:max(strings.LastIndexAny(path, "\x1e\x1f"), 0)]
	}
	return place{}
}

func (d *document) pos(path string) Pos { return Pos{d.file, d.place(path).line} }
