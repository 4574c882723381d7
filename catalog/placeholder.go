package catalog

import (
	"regexp"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// A placeholder is {name}, or {number:id} for a phone number. There is no other syntax and no escape: translators'
// texts hold no Go templates, which could print anything at any length.
var placeholderForm = regexp.MustCompile(`^([a-z][a-z0-9_]*|number:[a-z0-9][a-z0-9.-]*)$`)

const numberPrefix = "number:"

// part is a run of literal characters, or a placeholder's name.
type part struct {
	text   string
	name   string
	offset int // in bytes, from the start of the text
}

// braceFault is a brace that is not part of a placeholder.
type braceFault struct {
	offset int
	text   string
}

// split cuts a text at its placeholders. Faulty braces stay as they are written.
func split(src string) (parts []part, faults []braceFault) {
	start := 0 // of the literal run
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '}':
			faults = append(faults, braceFault{i, `"}" without "{" before it; braces stand only round a placeholder`})
		case '{':
			n := strings.IndexAny(src[i+1:], "{}\n")
			if n < 0 || src[i+1+n] != '}' {
				faults = append(faults, braceFault{i, `"{" without "}" after it; braces stand only round a placeholder`})
				continue
			}
			name := src[i+1 : i+1+n]
			if placeholderForm.MatchString(name) {
				if i > start {
					parts = append(parts, part{text: src[start:i], offset: start})
				}
				parts = append(parts, part{name: name, offset: i})
				start = i + n + 2
			} else {
				faults = append(faults, braceFault{i, quote("{"+name+"}") + " is not a placeholder; a name has lower-case letters, as in {help} or {number:ba-1265}"})
			}
			i += n + 1
		}
	}
	if start < len(src) {
		parts = append(parts, part{text: src[start:], offset: start})
	}
	return parts, faults
}

// compiled is a text that is ready to be filled. Its numbers are in place already.
type compiled struct {
	raw   string // with the placeholders as written
	parts []part // nil when there is nothing to fill
}

// pairs are names and values in turn: "date", d, "country", c.
type pairs []string

func (p pairs) get(name string) (string, bool) {
	for i := 0; i+1 < len(p); i += 2 {
		if p[i] == name {
			return p[i+1], true
		}
	}
	return "", false
}

// fill sets the values in; a placeholder without value stays as written.
func (c *compiled) fill(values pairs) string {
	if len(values) < 2 || c.parts == nil {
		return c.raw
	}
	size := 0
	for i := range c.parts {
		size += len(c.parts[i].value(values))
	}
	var b strings.Builder
	b.Grow(size)
	for i := range c.parts {
		b.WriteString(c.parts[i].value(values))
	}
	return b.String()
}

func (p *part) value(values pairs) string {
	if p.name != "" {
		if v, ok := values.get(p.name); ok {
			return v
		}
	}
	return p.text
}

// Execute is how go-i18n fills a text, once it has chosen the plural form.
func (c *compiled) Execute(data any) (string, error) {
	values, _ := data.(pairs)
	return c.fill(values), nil
}

// parser is the one template parser that go-i18n is given: it keeps what it parsed first, so that two would mix.
type parser struct {
	numbers map[string]number
}

var _ template.Parser = parser{}

// Cacheable says that a parsed text may be kept.
func (parser) Cacheable() bool { return true }

// Parse never fails: faulty braces were reported when the file was read.
func (p parser) Parse(src, _, _ string) (template.ParsedTemplate, error) { return p.compile(src), nil }

func (p parser) compile(src string) *compiled {
	parts, _ := split(src)
	var raw strings.Builder
	fills := false
	for i := range parts {
		if name := parts[i].name; name != "" {
			parts[i].text = "{" + name + "}"
			if n, ok := p.numbers[strings.TrimPrefix(name, numberPrefix)]; ok && strings.HasPrefix(name, numberPrefix) {
				parts[i] = part{text: Number(n.shown)}
			} else {
				fills = true
			}
		}
		raw.WriteString(parts[i].text)
	}
	c := &compiled{raw: raw.String()}
	if fills {
		c.parts = parts
	}
	return c
}
