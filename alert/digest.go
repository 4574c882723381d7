package alert

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

const (
	maxUnits  = 3000 // UTF-16 units of a digest's text
	maxGroups = 12   // lines of a kind
	maxNamed  = 4    // subjects named on a line
)

// digest puts troubles into words. The list is sorted.
func digest(list []Trouble, dropped int, now time.Time) Digest {
	d := Digest{Troubles: list, Dropped: dropped, At: now.UTC().Round(0)}
	var titles []string
	p := &page{}
	for i := 0; i < len(list); {
		n := 1
		for i+n < len(list) && list[i+n].Kind == list[i].Kind {
			n++
		}
		section, count := list[i:i+n], standing(list[i:i+n])
		if count > 0 {
			titles = append(titles, fmt.Sprintf("%d %s", count, short(section[0].Kind, count)))
		}
		p.section(section)
		i += n
	}
	if over := len(list) - standing(list); over > 0 {
		titles = append(titles, fmt.Sprintf("%d over", over))
	}
	if dropped > 0 {
		titles = append(titles, fmt.Sprintf("%d not told", dropped))
		p.drop(dropped)
	}
	d.Title = "Beaware: " + strings.Join(titles, ", ")
	d.Text = p.String()
	return d
}

func standing(list []Trouble) (n int) {
	for _, t := range list {
		if !t.Over {
			n++
		}
	}
	return n
}

// page is a text of bounded length.
type page struct {
	lines []string
	units int
	left  int // troubles that found no place
}

func (p *page) add(line string, troubles int) {
	n := len(utf16.Encode([]rune(line))) + 1
	if p.left > 0 || p.units+n > maxUnits-200 { // the rest is for the last lines
		p.left += troubles
		return
	}
	p.units += n
	p.lines = append(p.lines, line)
}

// section is all troubles of a kind: a heading, then a line for each group of troubles in the same words.
func (p *page) section(list []Trouble) {
	kind := list[0].Kind
	groups := group(list)
	p.add(gap(p.lines)+heading(kind)+":", 0)
	for i, g := range groups {
		if i == maxGroups {
			rest := 0
			for _, g := range groups[i:] {
				rest += len(g)
			}
			p.add(fmt.Sprintf("- and %d more", rest), rest)
			return
		}
		p.add("- "+line(kind, g), len(g))
	}
}

func gap(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return "\n"
}

func (p *page) drop(n int) {
	p.lines = append(p.lines, fmt.Sprintf("%s%d more alerts were lost: too many at once, or refused here. The log and beaware posts have them.", gap(p.lines), n))
}

func (p *page) String() string {
	if p.left > 0 {
		p.lines = append(p.lines, fmt.Sprintf("%sThere is no room here for %d more: see beaware posts and beaware check --live.", gap(p.lines), p.left))
	}
	return strings.Join(p.lines, "\n")
}

// group gathers troubles that are told in the same words, in the order of the first of each.
func group(list []Trouble) [][]Trouble {
	type words struct {
		text        string
		still, over bool
	}
	place := map[words]int{}
	var groups [][]Trouble
	for _, t := range list {
		w := words{t.Text, t.Still, t.Over}
		i, ok := place[w]
		if !ok {
			i = len(groups)
			place[w] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], t)
	}
	return groups
}

// line says one group.
func line(kind Kind, g []Trouble) string {
	t := g[0]
	var b strings.Builder
	switch {
	case t.Over:
		b.WriteString("over: ")
	case t.Still:
		b.WriteString("still: ")
	}
	if len(g) == 1 {
		if !speaks(kind) && t.Subject != "" {
			b.WriteString(t.Subject + ": ")
		}
		b.WriteString(t.Text)
		if t.Detail != "" {
			b.WriteString(" (" + t.Detail + ")")
		}
		if t.Count > 1 && !t.Over {
			fmt.Fprintf(&b, "; %d times, last %s", t.Count, t.Last.Format("2 Jan 15:04 UTC"))
		}
		return b.String()
	}
	b.WriteString(t.Text)
	var names []string
	for _, t := range g {
		if t.Subject != "" && !slices.Contains(names, t.Subject) {
			names = append(names, t.Subject)
		}
	}
	fmt.Fprintf(&b, " (%d): ", len(g))
	b.WriteString(strings.Join(names[:min(len(names), maxNamed)], ", "))
	if more := len(names) - maxNamed; more > 0 {
		fmt.Fprintf(&b, " and %d more", more)
	}
	return b.String()
}

// speaks tells whether the texts of a kind name their subject themselves.
func speaks(k Kind) bool { return k == Window || k == Store }

// heading opens the section of a kind.
func heading(k Kind) string {
	switch k {
	case Store:
		return "The store cannot be used"
	case Channel:
		return "Channels that do not let us in: mend token, address or rights"
	case Uncertain:
		return "Posts of which nobody knows whether they went out: look, then tell beaware resolve"
	case Failed:
		return "Posts that failed"
	case Late:
		return "Posts that are late"
	case Missed:
		return "Posts that were missed"
	case Window:
		return "Campaigns about to start with texts missing"
	case Number:
		return "Numbers to verify by a test call"
	}
	return oneLine(string(k), longestSubject)
}

// short is a kind in the title.
func short(k Kind, n int) string {
	one, many := oneLine(string(k), 20), oneLine(string(k), 20)
	switch k {
	case Store:
		one, many = "store trouble", "store troubles"
	case Channel:
		one, many = "channel", "channels"
	case Window:
		one, many = "campaign to finish", "campaigns to finish"
	case Number:
		one, many = "number to verify", "numbers to verify"
	}
	if n == 1 {
		return one
	}
	return many
}
