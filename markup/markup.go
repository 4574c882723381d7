// Package markup is the little markup that our texts are written in: paragraphs
// parted by an empty line, list lines that begin with "- ", **strong** words, and
// runs between U+2066 and U+2069 that must stay left to right and unbroken: phone numbers, dates, hours, addresses.
// It imports nothing of ours and decides nothing.
//
// A full Markdown parser is too clever for translators' text: it takes the star of
// "Kosovo*" for emphasis and a number at the start of a line for a list.
package markup

import "strings"

// The marks round an isolated run (Unicode Standard Annex #9).
const (
	LRI = "\u2066"
	PDI = "\u2069"
)

// Kind tells what a Span is.
type Kind int

const (
	Plain Kind = iota
	Strong
	Isolate // a phone number, date or address; Text is without the marks
)

// Span is a run of characters on one line.
type Span struct {
	Kind Kind
	Text string
}

// Line is one line of a block.
type Line []Span

// Block is a paragraph or, with List, a run of list items.
type Block struct {
	List  bool
	Lines []Line
}

// Parse reads a text. Every string is valid: an unpaired "**" or mark stands for itself or is dropped.
func Parse(text string) []Block {
	var blocks []Block
	open := false // a block is being filled
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			open = false
			continue
		}
		item, list := strings.CutPrefix(line, "- ")
		if !open || blocks[len(blocks)-1].List != list {
			blocks = append(blocks, Block{List: list})
			open = true
		}
		b := &blocks[len(blocks)-1]
		b.Lines = append(b.Lines, spans(item))
	}
	return blocks
}

func spans(line string) Line {
	var out Line
	add := func(k Kind, s string) {
		if s != "" {
			out = append(out, Span{k, s})
		}
	}
	// text outside isolates; strong never crosses an isolate
	words := func(s string) {
		for {
			before, rest, ok := strings.Cut(s, "**")
			strong, after, closed := strings.Cut(rest, "**")
			if !ok || !closed || strong == "" {
				add(Plain, s)
				return
			}
			add(Plain, before)
			add(Strong, strong)
			s = after
		}
	}
	for {
		before, rest, ok := strings.Cut(line, LRI)
		inside, after, closed := strings.Cut(rest, PDI)
		if !ok || !closed {
			words(strip(line))
			return out
		}
		words(strip(before))
		add(Isolate, strip(inside))
		line = after
	}
}

var marks = strings.NewReplacer(LRI, "", PDI, "")

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
				if s.Kind == Isolate && rtl {
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
	return b.String()
}
