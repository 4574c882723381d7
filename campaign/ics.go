package campaign

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxICSLine is how many octets a line may have without its CRLF (RFC 5545, 3.1).
const maxICSLine = 75

// icsTime is a moment in UTC (RFC 5545, 3.3.5, form 2).
const icsTime = "20060102T150405Z"

// WriteICS writes posts as an iCalendar file (RFC 5545), one event a post. Times are in UTC and every occurrence
// stands by itself, so that no reader's idea of time zones or of repetition moves a post. The
// same post has the same UID in each file; stamp is when the file was made.
func WriteICS(w io.Writer, posts iter.Seq[Post], title func(Post) string, stamp time.Time) error {
	ics := icsWriter{out: bufio.NewWriter(w)}
	ics.line("BEGIN", "VCALENDAR")
	ics.line("VERSION", "2.0")
	ics.line("PRODID", "-//Beaware//Campaign plan//EN")
	ics.line("CALSCALE", "GREGORIAN")
	for post := range posts {
		ics.event(post, title(post), stamp)
		if ics.err != nil {
			break
		}
	}
	ics.line("END", "VCALENDAR")
	if ics.err == nil {
		ics.err = ics.out.Flush()
	}
	if ics.err != nil {
		return fmt.Errorf("write the calendar: %w", ics.err)
	}
	return nil
}

type icsWriter struct {
	out *bufio.Writer
	err error // the first; nothing is written after it
}

func (ics *icsWriter) event(post Post, title string, stamp time.Time) {
	ics.line("BEGIN", "VEVENT")
	ics.line("UID", icsText(post.ID+"@beaware"))
	ics.line("DTSTAMP", stamp.UTC().Format(icsTime))
	ics.line("DTSTART", post.At.UTC().Format(icsTime))
	ics.line("SEQUENCE", "0")
	ics.line("SUMMARY", icsText(title))
	ics.line("DESCRIPTION", icsText(fmt.Sprintf("%s / %s / %s\n%s, %s, %s\n%s",
		post.Campaign, post.Entry, post.Message, post.Office, post.Channel, post.Language,
		post.At.Format("2006-01-02 15:04 -0700"))))
	ics.line("CATEGORIES", icsText(post.Campaign))
	ics.line("TRANSP", "TRANSPARENT")
	ics.line("END", "VEVENT")
}

// line writes name:value, folded after at most 75 octets and never within a rune. value is escaped already.
func (ics *icsWriter) line(name, value string) {
	rest, room := name+":"+value, maxICSLine
	for len(rest) > room {
		cut := room
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		ics.write(rest[:cut] + "\r\n ")
		rest, room = rest[cut:], maxICSLine-1
	}
	ics.write(rest + "\r\n")
}

func (ics *icsWriter) write(s string) {
	if ics.err == nil {
		_, ics.err = ics.out.WriteString(s)
	}
}

// icsText escapes a TEXT value (RFC 5545, 3.3.11). Control characters have no place in one and are left out.
func icsText(s string) string {
	var b strings.Builder
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r':
			b.WriteString(`\n`)
		case r == '\\' || r == ';' || r == ',':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\t':
			b.WriteByte(' ')
		case !unicode.IsControl(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}
