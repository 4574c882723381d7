// Package markup is the little markup that our texts are written in: paragraphs
// parted by an empty line, list lines that begin with "- ", **strong** words, and
// runs between U+2066 and U+2069 that must stay left to right and unbroken: phone numbers, dates, hours, addresses.
// A run that begins with U+2068 instead is one that is only named: nothing may make it a number that a tap calls.
// It imports nothing of ours and decides nothing.
//
// A full Markdown parser is too clever for translators' text: it takes the star of
// "Kosovo*" for emphasis and a number at the start of a line for a list.
package markup

import "strings"

// The marks round an isolated run (Unicode Standard Annex #9).
const (
	LRI = "\u2066"
	FSI = "\u2068"
	PDI = "\u2069"
)

// marksBegin is how all of them begin in UTF-8; most lines have none, which this tells fastest.
const marksBegin = "\xe2\x81"

// Kind tells what a Span is.
type Kind int

const (
	Plain Kind = iota
	Strong
	Isolate // a phone number, date or address; Text is without the marks
	Named   // isolated as well, but not to be dialled, such as a number that does not work here
)

// Span is a run of characters on one line.
type Span struct {
	Kind Kind
	Text string
}

// Isolated tells a run that keeps its own order in right-to-left text, and is never broken.
func (s Span) Isolated() bool { return s.Kind == Isolate || s.Kind == Named }

// Line is one line of a block.
type Line []Span

// Block is a paragraph or, with List, a run of list items.
type Block struct {
	List  bool
	Lines []Line
}

// Parse reads a text. Every string is valid: an unpaired "**" or mark stands for itself or is dropped,
// and bytes that are not UTF-8 become U+FFFD.
func Parse(text string) []Block {
	var blocks []Block
	open := false // a block is being filled
	// broken bytes could become a mark where one between them is taken out
	text = strings.ToValidUTF8(text, "\ufffd")
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			open = false
			continue
		}
		item, list := strings.CutPrefix(line, "- ")
		said := spans(item)
		if len(said) == 0 { // nothing but marks
			continue
		}
		if !open || blocks[len(blocks)-1].List != list {
			blocks = append(blocks, Block{List: list})
			open = true
		}
		b := &blocks[len(blocks)-1]
		b.Lines = append(b.Lines, said)
	}
	return blocks
}

// spans reads one line: first the isolated runs, then the pairs of "**" outside of them. A pair may hold an isolated run,
// which then stays what it is.
func spans(line string) Line {
	if line != "" && !strings.Contains(line, "**") && !strings.Contains(line, marksBegin) {
		return Line{{Plain, line}}
	}
	var parts []part
	for {
		start := strings.IndexAny(line, LRI+FSI)
		if start < 0 {
			return pair(words(parts, strip(line)))
		}
		inside, after, closed := strings.Cut(line[start+len(LRI):], PDI)
		if !closed {
			return pair(words(parts, strip(line)))
		}
		kind := Isolate
		if strings.HasPrefix(line[start:], FSI) {
			kind = Named
		}
		parts = append(words(parts, strip(line[:start])), part{Span: Span{kind, strip(inside)}})
		line = after
	}
}

// part is a span, or a "**" whose fellow is not known yet.
type part struct {
	Span
	stars bool
}

func words(parts []part, s string) []part {
	for i, w := range strings.Split(s, "**") {
		if i > 0 {
			parts = append(parts, part{Span: Span{Plain, "**"}, stars: true})
		}
		if w != "" {
			parts = append(parts, part{Span: Span{Plain, w}})
		}
	}
	return parts
}

func pair(parts []part) Line {
	var out Line
	add := func(s Span) {
		switch n := len(out); {
		case s.Text == "":
		case n > 0 && s.Kind == Plain && out[n-1].Kind == Plain:
			out[n-1].Text += s.Text
		default:
			out = append(out, s)
		}
	}
	for i := 0; i < len(parts); i++ {
		end := -1
		if parts[i].stars {
			end = fellow(parts, i)
		}
		if end <= i+1 { // no stars, stars alone, or nothing between them
			add(parts[i].Span)
			if end == i+1 {
				add(parts[end].Span)
				i = end
			}
			continue
		}
		for _, p := range parts[i+1 : end] {
			if p.Kind == Plain {
				p.Kind = Strong
			}
			add(p.Span)
		}
		i = end
	}
	return out
}

func fellow(parts []part, i int) int {
	for j := i + 1; j < len(parts); j++ {
		if parts[j].stars {
			return j
		}
	}
	return -1
}

var marks = strings.NewReplacer(LRI, "", FSI, "", PDI, "")

func strip(s string) string { return marks.Replace(s) }

// Text writes a text without markup, for a terminal, a preview or a channel that shows none. With
// rtl, isolated runs keep their marks, so that "+383 38 000" is not shown as "000 38 383+".
func Text(text string, rtl bool) string {
	var b strings.Builder
	for i, block := range Parse(text) {
		if i > 0 {
			b.WriteString("\n\n")
		}
		for j, line := range block.Lines {
			if j > 0 {
				b.WriteByte('\n')
			}
			if block.List {
				b.WriteString("• ")
			}
			for _, s := range line {
				if s.Isolated() && rtl {
					b.WriteString(LRI + s.Text + PDI)
				} else {
					b.WriteString(s.Text)
				}
			}
		}
	}
	return b.String()
}

// Dial gives the characters of a shown number that a phone dials, "+" included:
// "+383 38 000" gives "+38338000". It gives "" for a run that is not a phone number, such as a date or hours.
func Dial(shown string) string {
	var b strings.Builder
	for _, r := range shown {
		switch {
		case r >= '0' && r <= '9' || r == '+' && b.Len() == 0:
			b.WriteRune(r)
		case r == ' ' || r == '\u00a0' || r == '(' || r == ')':
		default:
			return ""
		}
	}
	if b.String() == "+" {
		return ""
	}
	return b.String()
}
