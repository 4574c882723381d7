package state_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// shelf is what the feed channel declares.
type shelf interface {
	Put(ctx context.Context, channel, id string, at time.Time, item []byte) error
	List(ctx context.Context, channel string, limit int) ([][]byte, error)
}

func texts(t *testing.T, s shelf, channel string, limit int) []string {
	t.Helper()
	list, err := s.List(t.Context(), channel, limit)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, item := range list {
		out = append(out, string(item))
	}
	return out
}

func TestShelf(t *testing.T) {
	var s shelf = open(t, file(t))
	for _, put := range []struct {
		channel, id string
		after       time.Duration
		item        string
	}{
		{"one", "b", 2, "B"}, {"one", "a", 1, "A"}, {"one", "c", 3, "C"},
		{"one", "same", 2, "beside B"},
		{"two", "a", 9, "other channel"},
		{"one", "a", 1, "A again"},  // the same id keeps one
		{"one", "c", -5, "C moved"}, // also at another time
		{"one", "empty", 9, ""},
	} {
		if err := s.Put(t.Context(), put.channel, put.id, start.Add(put.after), []byte(put.item)); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		channel string
		limit   int
		want    []string
	}{
		{"one", 10, []string{"", "beside B", "B", "A again", "C moved"}},
		{"one", 2, []string{"", "beside B"}},
		{"one", 0, nil}, {"one", -1, nil},
		{"two", 10, []string{"other channel"}},
		{"three", 10, nil}, {"", 10, nil},
	} {
		if got := texts(t, s, test.channel, test.limit); !slices.Equal(got, test.want) {
			t.Errorf("List(%q, %d) = %q, want %q", test.channel, test.limit, got, test.want)
		}
	}
	for _, bad := range [][2]string{{"", "a"}, {"one", ""}, {"one", strings.Repeat("x", 5000)}} {
		if err := s.Put(t.Context(), bad[0], bad[1], start, nil); err == nil {
			t.Errorf("Put took channel %q, id %.10q", bad[0], bad[1])
		}
	}
}

func TestShelfKeepsTheNewest(t *testing.T) {
	s := open(t, file(t))
	for i := range 510 {
		n := (i * 7) % 510 // not in order
		if err := s.Put(t.Context(), "one", fmt.Sprint(n), start.Add(time.Duration(n)*time.Hour), []byte(fmt.Sprint(n))); err != nil {
			t.Fatal(err)
		}
	}
	got := texts(t, s, "one", 1000)
	if len(got) != 500 || got[0] != "509" || got[499] != "10" {
		t.Errorf("the shelf holds %d items from %s to %s; want 500 from 509 to 10", len(got), got[0], got[len(got)-1])
	}
}
