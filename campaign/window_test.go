package campaign

import (
	"strings"
	"testing"

	"beaware/catalog"
)

func TestParseWindowRefuses(t *testing.T) {
	tests := []struct {
		window catalog.Window
		key    string
		want   string
	}{
		{catalog.Window{}, "window", "no dates"},
		{catalog.Window{From: "07-17"}, "window.to", "missing"},
		{catalog.Window{To: "07-17"}, "window.from", "missing"},
		{catalog.Window{From: "07-17", To: "07-30", Always: true}, "window.always", "always"},
		{catalog.Window{From: "17.07.", To: "07-30"}, "window.from", `"17.07."`},
		{catalog.Window{From: "07-17", To: "7-30"}, "window.to", `"7-30"`},
		{catalog.Window{From: "02-30", To: "03-30"}, "window.from", `"02-30"`},
		{catalog.Window{From: "2027-02-29", To: "2027-03-30"}, "window.from", `"2027-02-29"`},
		{catalog.Window{From: "07-30", To: "07-17"}, "window.to", "New Year"},
		{catalog.Window{From: "12-20", To: "01-05"}, "window.to", "New Year"},
		{catalog.Window{From: "2027-07-30", To: "2027-07-17"}, "window.to", "before it starts"},
		{catalog.Window{From: "2027-07-17", To: "07-30"}, "window.to", "two kinds"},
		{catalog.Window{From: "07-17", To: "2027-07-30"}, "window.to", "two kinds"},
		{catalog.Window{From: "2027-01-01", To: "2032-01-01"}, "window.to", "more than 5 years"},
		{catalog.Window{From: "2027-07-17\n", To: "2027-07-30"}, "window.from", `"2027-07-17\n"`},
	}
	for _, tt := range tests {
		var keys, texts []string
		_, ok := parseWindow(tt.window, func(key, text string) { keys, texts = append(keys, key), append(texts, text) })
		if ok || len(keys) != 1 || keys[0] != tt.key || !strings.Contains(texts[0], tt.want) {
			t.Errorf("%+v: ok %v, keys %q, texts %q; want one at %q with %q", tt.window, ok, keys, texts, tt.key, tt.want)
		}
	}
	var both []string
	if parseWindow(catalog.Window{From: "x", To: "y"}, func(key, _ string) { both = append(both, key) }); len(both) != 2 {
		t.Errorf("two bad dates gave findings at %q only", both)
	}
}

func TestWindowNext(t *testing.T) {
	tests := []struct {
		name     string
		window   catalog.Window
		after    string
		from, to string // "" for none
	}{
		{"fixed, before", catalog.Window{From: "2027-07-17", To: "2027-07-30"}, "2020-01-01T00:00", "2027-07-17T00:00", "2027-07-31T00:00"},
		{"fixed, last minute", catalog.Window{From: "2027-07-17", To: "2027-07-30"}, "2027-07-30T23:59", "2027-07-17T00:00", "2027-07-31T00:00"},
		{"fixed, over", catalog.Window{From: "2027-07-17", To: "2027-07-30"}, "2027-07-31T00:00", "", ""},
		{"fixed over New Year", catalog.Window{From: "2027-12-20", To: "2028-01-05"}, "2027-01-01T00:00", "2027-12-20T00:00", "2028-01-06T00:00"},
		{"one day", catalog.Window{From: "2027-07-17", To: "2027-07-17"}, "2027-01-01T00:00", "2027-07-17T00:00", "2027-07-18T00:00"},
		{"yearly, this year", catalog.Window{From: "07-17", To: "07-30"}, "2027-07-20T00:00", "2027-07-17T00:00", "2027-07-31T00:00"},
		{"yearly, next year", catalog.Window{From: "07-17", To: "07-30"}, "2027-07-31T00:00", "2028-07-17T00:00", "2028-07-31T00:00"},
		{"yearly to the last day", catalog.Window{From: "12-20", To: "12-31"}, "2027-12-31T12:00", "2027-12-20T00:00", "2028-01-01T00:00"},
		{"ends 28 February", catalog.Window{From: "02-20", To: "02-28"}, "2028-01-01T00:00", "2028-02-20T00:00", "2028-02-29T00:00"},
		{"ends 29 February, none there", catalog.Window{From: "02-20", To: "02-29"}, "2027-01-01T00:00", "2027-02-20T00:00", "2027-03-01T00:00"},
		{"ends 29 February", catalog.Window{From: "02-20", To: "02-29"}, "2028-01-01T00:00", "2028-02-20T00:00", "2028-03-01T00:00"},
		{"starts 29 February, none there", catalog.Window{From: "02-29", To: "03-05"}, "2027-01-01T00:00", "2027-03-01T00:00", "2027-03-06T00:00"},
		{"starts 29 February", catalog.Window{From: "02-29", To: "03-05"}, "2028-01-01T00:00", "2028-02-29T00:00", "2028-03-06T00:00"},
		{"29 February only", catalog.Window{From: "02-29", To: "02-29"}, "2096-03-01T00:00", "2104-02-29T00:00", "2104-03-01T00:00"},
		{"always", catalog.Window{Always: true}, "2027-05-05T00:00", "2027-01-01T00:00", "2028-01-01T00:00"},
	}
	for _, tt := range tests {
		w, ok := parseWindow(tt.window, func(key, text string) { t.Errorf("%s: %s: %s", tt.name, key, text) })
		if !ok {
			continue
		}
		s, ok := w.next(wall(t, tt.after))
		if ok != (tt.from != "") || ok && (!s.from.Equal(wall(t, tt.from)) || !s.to.Equal(wall(t, tt.to))) {
			t.Errorf("%s: %v, %v; want %s to %s", tt.name, s, ok, tt.from, tt.to)
		}
	}
}
