package telegram

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func TestChatID(t *testing.T) {
	ids := []int64{0, 1, -1, 9, 10, -10, 5_000_000_123, -1_009_876_543_210, 1<<52 - 1, 999_999_999_999_999_999, -999_999_999_999_999_999}
	for range 1000 {
		ids = append(ids, rand.Int64N(1<<52)-1<<51)
	}
	for _, id := range ids {
		var c chatID
		text := strconv.FormatInt(id, 10)
		if err := json.Unmarshal([]byte(text), &c); err != nil || c != hide(id) || c.plain() != id || c.decimal() != text {
			t.Fatalf("%d becomes %d and %s, %v", id, c.plain(), c.decimal(), err)
		}
		if id > 1000 && (int64(c) == id || strings.Contains(fmt.Sprintf("%v %#v %s %v", c, c, c, turn{chat: c}), text)) {
			t.Fatalf("%d is to be seen", id)
		}
	}
	for _, id := range []int64{math.MinInt64, math.MaxInt64} {
		if c := hide(id); c.plain() != id || c.decimal() != strconv.FormatInt(id, 10) {
			t.Errorf("%d becomes %d and %s", id, c.plain(), c.decimal())
		}
	}
	for _, text := range []string{`"5"`, `5.0`, `1e3`, `1234567890123456789`, `true`, `{}`, `[]`, `""`} {
		if c := hide(3); json.Unmarshal([]byte(text), &c) == nil || c != hide(3) {
			t.Errorf("%s is taken for an id", text)
		}
	}
	c := hide(3)
	if err := json.Unmarshal([]byte(`null`), &c); err != nil || c != hide(3) {
		t.Error("null is not passed over")
	}
}

func BenchmarkWash(b *testing.B) {
	for b.Loop() {
		wash()
	}
}

func BenchmarkChatID(b *testing.B) {
	b.ReportAllocs()
	text := []byte("5000000123")
	for b.Loop() {
		var c chatID
		if c.UnmarshalJSON(text) != nil || len(c.decimal()) != len(text) {
			b.Fatal("wrong")
		}
	}
}
