package campaign

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func icsPost(t testing.TB) Post {
	at := time.Date(2027, 7, 17, 19, 30, 0, 0, zone(t, "Europe/Sarajevo"))
	return Post{ID: "world-day/daily/2027-07-17T19:30/ba-feed/bs", Campaign: "world-day", Entry: "daily", Message: "launch",
		Office: "ba", Channel: "ba-feed", Language: "bs", At: at}
}

func TestWriteICS(t *testing.T) {
	var b strings.Builder
	stamp := time.Date(2026, 11, 21, 13, 0, 0, 0, time.FixedZone("", 3600))
	if err := WriteICS(&b, slices.Values([]Post{icsPost(t)}), func(Post) string { return "Budi oprezan; traži pomoć, \\ odmah\nDruga" }, stamp); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Beaware//Campaign plan//EN", "CALSCALE:GREGORIAN",
		"BEGIN:VEVENT",
		"UID:world-day/daily/2027-07-17T19:30/ba-feed/bs@beaware",
		"DTSTAMP:20261121T120000Z",
		"DTSTART:20270717T173000Z",
		"SEQUENCE:0",
		`SUMMARY:Budi oprezan\; traži pomoć\, \\ odmah\nDruga`,
		`DESCRIPTION:world-day / daily / launch\nba\, ba-feed\, bs\n2027-07-17 19:30`,
		"  +0200",
		"CATEGORIES:world-day", "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR", "",
	}
	if got := strings.Split(b.String(), "\r\n"); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestICSFolding(t *testing.T) {
	titles := []string{
		strings.Repeat("a", 500), strings.Repeat("ž", 200), strings.Repeat("🚩", 100), strings.Repeat("نص ", 100),
		strings.Repeat("a", 67), strings.Repeat("a", 68), strings.Repeat("a,", 60), strings.Repeat("b", 66) + "ž", "", "\xff\xfe", "a\x00\x07\tb\r\nc\rd",
	}
	for _, title := range titles {
		var b strings.Builder
		if err := WriteICS(&b, slices.Values([]Post{icsPost(t)}), func(Post) string { return title }, time.Now()); err != nil {
			t.Fatal(err)
		}
		file := b.String()
		if strings.Contains(strings.ReplaceAll(file, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(file, "\r\n", ""), "\r") {
			t.Errorf("%q: a line does not end in CRLF", title)
		}
		for _, line := range strings.Split(file, "\r\n") {
			if len(line) > 75 || !utf8.ValidString(line) {
				t.Errorf("%q: line of %d octets, valid %v: %q", title, len(line), utf8.ValidString(line), line)
			}
		}
		if unfolded := strings.ReplaceAll(file, "\r\n ", ""); !strings.Contains(unfolded, "\r\nSUMMARY:"+icsText(title)+"\r\n") {
			t.Errorf("%q does not come back when unfolded", title)
		}
	}
}

type fullDisk struct{ room int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.room -= len(p); d.room < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestWriteICSToAFullDisk(t *testing.T) {
	read := 0
	endless := func(yield func(Post) bool) {
		for yield(icsPost(t)) {
			read++
		}
	}
	err := WriteICS(&fullDisk{room: 10_000}, endless, func(Post) string { return "x" }, time.Now())
	if err == nil || !strings.Contains(err.Error(), "no space left") || read > 100 {
		t.Errorf("error %v after %d posts", err, read)
	}
}
