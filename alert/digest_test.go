package alert

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"beaware/markup"
)

var noon = time.Date(2027, 7, 10, 12, 0, 0, 0, time.UTC)

func trouble(kind Kind, subject, text string) Trouble {
	return Trouble{Kind: kind, Subject: subject, Text: text, Count: 1, First: noon, Last: noon}
}

func TestDigestWords(t *testing.T) {
	still := trouble(Channel, "ba-telegram", "401")
	still.Still, still.Count, still.Last = true, 288, noon.Add(time.Hour)
	over := trouble(Channel, "rs-telegram", "it takes posts again")
	over.Over = true
	late := trouble(Late, "p9", "was due 10 July 13:30 CEST and has not gone out")
	late.Detail = "the platform answered 502"
	for _, c := range []struct {
		name, title, text string
		list              []Trouble
		dropped           int
	}{
		{"one", "Beaware: 1 uncertain", `Posts of which nobody knows whether they went out: look, then tell beaware resolve:
- p1: no answer in 30 s`, []Trouble{trouble(Uncertain, "p1", "no answer in 30 s")}, 0},
		{"the same words make one line", "Beaware: 7 failed", `Posts that failed:
- chat not found (6): p0, p1, p2, p3 and 2 more
- p9: too long`, []Trouble{trouble(Failed, "p0", "chat not found"), trouble(Failed, "p1", "chat not found"), trouble(Failed, "p2", "chat not found"),
			trouble(Failed, "p9", "too long"), trouble(Failed, "p3", "chat not found"), trouble(Failed, "p4", "chat not found"), trouble(Failed, "p5", "chat not found")}, 0},
		{"the most pressing first", "Beaware: 1 store trouble, 1 channel, 1 late, 1 campaign to finish, 2 numbers to verify, 1 over, 3 not told",
			`The store cannot be used:
- cannot plan; nothing is sent until it can be

Channels that do not let us in: mend token, address or rights:
- still: ba-telegram: 401; 288 times, last 10 Jul 13:00 UTC
- over: rs-telegram: it takes posts again

Posts that are late:
- p9: was due 10 July 13:30 CEST and has not gone out (the platform answered 502)

Campaigns about to start with texts missing:
- world-day begins on 17 July at ba: bs lacks 3 texts

Numbers to verify by a test call:
- never verified by a test call (2): ba-1265, ba.police

3 more alerts were lost: too many at once, or refused here. The log and beaware posts have them.`,
			[]Trouble{trouble(Number, "ba-1265", "never verified by a test call"), over, still, late,
				trouble(Window, "world-day/ba", "world-day begins on 17 July at ba: bs lacks 3 texts"),
				trouble(Number, "ba.police", "never verified by a test call"),
				trouble(Store, theStore, "cannot plan; nothing is sent until it can be")}, 3},
		{"a kind of somebody else's", "Beaware: 1 odd", "odd:\n- x: y", []Trouble{trouble("odd", "x", "y")}, 0},
		{"only lost ones", "Beaware: 2 not told", "2 more alerts were lost: too many at once, or refused here. The log and beaware posts have them.", nil, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := digest(sorted(c.list), c.dropped, noon)
			if d.Title != c.title {
				t.Errorf("title %q, want %q", d.Title, c.title)
			}
			if d.Text != c.text {
				t.Errorf("text\n%s\nwant\n%s", d.Text, c.text)
			}
		})
	}
}

// However much there is to say, a chat can show it, and what is left out is counted.
func TestDigestFits(t *testing.T) {
	var list []Trouble
	for _, k := range Kinds() {
		for i := range 100 {
			list = append(list, trouble(k, fmt.Sprintf("%s-%03d-%s", k, i, strings.Repeat("s", 100)), strings.Repeat("🦊", 250)+fmt.Sprint(i)))
		}
	}
	d := digest(sorted(list), 5, noon)
	if n := len(utf16.Encode([]rune(d.Text))); n > maxUnits {
		t.Errorf("%d units", n)
	}
	if !strings.Contains(d.Text, "There is no room here for 79") || !strings.Contains(d.Text, "5 more alerts were lost") {
		t.Errorf("%s", d.Text)
	}
	if strings.Contains(d.Title, "\n") || len(d.Title) > 300 {
		t.Errorf("title %q", d.Title)
	}
}

// Whatever an event holds becomes bounded, printable lines.
func TestEventTrim(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain", "plain"},
		{"two\r\nlines\x00", "two  lines"},
		{"\u202eevil\u2066 x", "evil x"},
		{"bad \xff byte", "bad \ufffd byte"},
		{strings.Repeat("ž", 400), strings.Repeat("ž", 299) + "…"},
	} {
		e := Event{Text: c.in, Detail: c.in, Subject: c.in}.trim(noon)
		if e.Text != c.want || e.Detail != c.want || len([]rune(e.Subject)) > longestSubject || e.At != noon {
			t.Errorf("%q became %+v", c.in, e)
		}
	}
}

func FuzzDigest(f *testing.F) {
	f.Add("failed", "p1", "no answer", "why", 3, true)
	f.Fuzz(func(t *testing.T, kind, subject, text, detail string, n int, over bool) {
		b := newBoard()
		for i := range min(max(n, 0), 50) {
			b.take(Event{Kind: Kind(kind), Subject: fmt.Sprint(subject, i), Text: text, Detail: detail, Over: over && i%2 == 0}.trim(noon), noon)
		}
		list, dropped := b.begin(noon.Add(time.Minute))
		d := digest(list, dropped, noon)
		if len(utf16.Encode([]rune(d.Text))) > maxUnits || strings.ContainsAny(d.Title, "\r\n") {
			t.Errorf("%q\n%s", d.Title, d.Text)
		}
		markup.Text(d.Text, false)
	})
}
