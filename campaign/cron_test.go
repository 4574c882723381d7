package campaign

import (
	"strings"
	"testing"
	"time"
)

func wall(t testing.TB, text string) time.Time {
	t.Helper()
	w, err := time.Parse("2006-01-02T15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestParseSpecRefuses(t *testing.T) {
	tests := []struct {
		line string
		want []string // all in the error
	}{
		{"", []string{"empty", "30 19 * * *"}},
		{"   ", []string{"empty"}},
		{"TZ=Europe/Paris", []string{"TZ=Europe/Paris", "office's own zone"}},
		{"TZ=", []string{"office's own zone"}},
		{"CRON_TZ=UTC", []string{"office's own zone"}},
		{"CRON_TZ=Europe/Tirane 0 9 * * *", []string{"office's own zone"}},
		{"tz=utc 0 9 * * *", []string{"office's own zone"}},
		{"@every 1h", []string{"@every 1h", "from the start of the program"}},
		{"@every", []string{"@every"}},
		{"@reboot", []string{"@reboot", "@daily"}},
		{"@Daily", []string{"@Daily", "@daily"}},
		{"0 9 * *", []string{"4 fields", "five"}},
		{"0 0 9 * * *", []string{"6 fields", "five"}},
		{"60 9 * * *", []string{`minute "60"`, "above maximum (59)", "0 to 59"}},
		{"0 24 * * *", []string{`hour "24"`, "0 to 23"}},
		{"0 9 0 * *", []string{`day of month "0"`, "1 to 31"}},
		{"0 9 32 * *", []string{`day of month "32"`}},
		{"0 9 * 13 *", []string{`month "13"`, "1 to 12"}},
		{"0 9 * juli *", []string{`month "juli"`}},
		{"0 9 * * 7", []string{`day of week "7"`, "Sunday is 0 or SUN"}},
		{"0 9 * * 5-7", []string{"Sunday is 0 or SUN", "5,6,0"}},
		{"0 9 * * 1,7", []string{"Sunday is 0 or SUN"}},
		{"0 9 * * 7/2", []string{"Sunday is 0 or SUN"}},
		{"0 9 * * mon#1", []string{"does not belong"}},
		{"0 9 L * *", []string{`day of month "L"`}},
		{"0 9 15W * *", []string{`day of month "15W"`}},
		{", * * * *", []string{`minute ","`, "empty place"}},
		{"1,,2 * * * *", []string{"empty place"}},
		{"0 9, * * *", []string{`hour "9,"`, "empty place"}},
		{"*-5 * * * *", []string{"* stands alone"}},
		{"*,5 * * * *", []string{"every value"}},
		{"** * * * *", []string{"* stands alone"}},
		{"*/0 * * * *", []string{"positive"}},
		{"*/90 * * * *", []string{`minute "*/90"`, "fire once"}},
		{"0 */24 * * *", []string{`hour "*/24"`, "fire once"}},
		{"*/9999999999999999999 * * * *", []string{"minute"}},
		{"*/-1 * * * *", []string{"minute"}},
		{"+5 * * * *", []string{"does not belong"}},
		{"5-1 * * * *", []string{"beyond end"}},
		{"61 25 * * *", []string{`minute "61"`, `hour "25"`}},
		{"0 9 13 * 5", []string{`"13"`, `"5"`, "the one or the other", "two entries"}},
		{"0 9 */2 * 5", []string{"the one or the other"}},
		{"0 9 1-31 * 5", []string{"the one or the other"}},
		{"0 9 30 2 *", []string{`"30"`, `"2"`, "no such date"}},
		{"0 9 30-31 feb *", []string{"no such date"}},
		{"0 9 31 4,6,9,11 *", []string{"no such date"}},
		{strings.Repeat("1,", 200) + "1 * * * *", []string{"bytes long", "at most 256"}},
		{"\xff * * * *", []string{"does not belong"}},
		{"0 9 * *\x00 *", []string{"month"}},
	}
	for _, tt := range tests {
		_, err := parseSpec(tt.line)
		if err == nil {
			t.Errorf("%q was accepted", tt.line)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q: the error lacks %q: %v", tt.line, want, err)
			}
		}
	}
}

func TestSpecFirst(t *testing.T) {
	const far = "2200-01-01T00:00"
	tests := []struct {
		line, lo, hi, want string // want "" for none
	}{
		{"30 19 * * *", "2027-07-17T00:00", far, "2027-07-17T19:30"},
		{"30 19 * * *", "2027-07-17T19:30", far, "2027-07-17T19:30"},
		{"30 19 * * *", "2027-07-17T19:31", far, "2027-07-18T19:30"},
		{"30 19 * * *", "2027-07-17T19:31", "2027-07-18T19:30", ""},
		{" 30\t19  * * * ", "2027-07-17T00:00", far, "2027-07-17T19:30"},
		{"0 9 * * SUN", "2027-07-12T00:00", far, "2027-07-18T09:00"},
		{"0 9 * * 0", "2027-07-12T00:00", far, "2027-07-18T09:00"},
		{"0 9 ? * mon-fri", "2027-07-17T00:00", far, "2027-07-19T09:00"},
		{"0 9 31 * *", "2027-04-01T00:00", far, "2027-05-31T09:00"},
		{"0 9 29 2 *", "2027-01-01T00:00", far, "2028-02-29T09:00"},
		{"0 9 29 2 *", "2096-03-01T00:00", far, "2104-02-29T09:00"},
		{"0 9 29 2 *", "2096-03-01T00:00", "2104-02-29T09:00", ""},
		{"0 9 29 2 *", "2096-03-01T00:00", "2104-02-29T09:01", "2104-02-29T09:00"},
		{"@hourly", "2027-07-17T00:01", far, "2027-07-17T01:00"},
		{"@daily", "2027-07-17T00:01", far, "2027-07-18T00:00"},
		{"@weekly", "2027-07-17T00:00", far, "2027-07-18T00:00"},
		{"@monthly", "2027-07-17T00:00", far, "2027-08-01T00:00"},
		{"@yearly", "2027-07-17T00:00", far, "2028-01-01T00:00"},
		{"0,15,30,45 0-23/2 * 1-12 *", "2027-07-17T01:00", far, "2027-07-17T02:00"},
	}
	for _, tt := range tests {
		s, err := parseSpec(tt.line)
		if err != nil {
			t.Errorf("%q: %v", tt.line, err)
			continue
		}
		got, ok := s.first(wall(t, tt.lo), wall(t, tt.hi))
		if ok != (tt.want != "") || ok && !got.Equal(wall(t, tt.want)) {
			t.Errorf("%q in [%s, %s) = %v, %v, want %q", tt.line, tt.lo, tt.hi, got, ok, tt.want)
		}
	}
}

func TestSpecCountAgreesWithFirst(t *testing.T) {
	lines := []string{"30 19 * * *", "*/7 3,5 * * *", "* * * * *", "0 9 * * 1-5", "15 0 1,15 * *", "0 9 29 2 *", "@hourly", "59 23 31 12 *"}
	ranges := [][2]string{
		{"2027-12-29T03:07", "2028-01-03T05:14"},
		{"2028-02-28T00:00", "2028-03-02T00:00"},
		{"2028-02-28T10:11", "2028-02-28T10:12"},
		{"2028-02-28T10:11", "2028-02-28T10:11"},
		{"2028-02-29T09:00", "2028-02-29T09:01"},
	}
	for _, line := range lines {
		s, err := parseSpec(line)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range ranges {
			// Seconds matter where a zone's clock changes at a fraction of a minute.
			for _, second := range []time.Duration{0, 30 * time.Second} {
				lo, hi := wall(t, r[0]).Add(second), wall(t, r[1]).Add(second)
				want := 0
				for at := lo; ; want++ {
					w, ok := s.first(at, hi)
					if !ok {
						break
					}
					at = w.Add(time.Second)
				}
				if got := s.count(lo, hi); got != want {
					t.Errorf("%q in [%v, %v): counted %d, there are %d", line, lo, hi, got, want)
				}
			}
		}
	}
}

func TestSpecGap(t *testing.T) {
	tests := map[string]time.Duration{
		"* * * * *":          time.Minute,
		"*/15 * * * *":       15 * time.Minute,
		"0,5 3 * * 1":        5 * time.Minute,
		"0,55 0,23 * * *":    5 * time.Minute, // over midnight
		"30 19 * * *":        24 * time.Hour,
		"0,59 8-20/12 1 * *": 59 * time.Minute,
	}
	for line, want := range tests {
		s, err := parseSpec(line)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.gap(); got != want {
			t.Errorf("%q: shortest gap %v, want %v", line, got, want)
		}
	}
}
