package telegram

import (
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const today = int64(1_800_000_000)

const hour = int64(3600)

func TestTrail(t *testing.T) {
	tr := newTrail()
	for i := range int64(5) {
		tr.note(7, 100+i, today+i, today+10)
	}
	tr.note(7, 103, today, today) // known
	tr.note(8, 200, today, today)
	for name, bad := range map[string][2]int64{"too old": {300, today - 48*hour}, "no date": {301, 0}, "no id": {0, today}, "no such id": {1 << 31, today}, "negative": {-4, today}} {
		if tr.note(7, bad[0], bad[1], today); len(peekIDs(tr, 7)) != 5 {
			t.Errorf("%s was noted", name)
		}
	}
	tr.resumed(7, "i:sq:AL", today)
	tr.showed(7, 104)
	tr.note(7, 400, today, today)
	if tr.resume(7, today+hour) != "i:sq:AL" || tr.screen(7, today+hour) != 104 || tr.resume(8, today) != "" || tr.screen(8, today) != 0 || tr.resume(9, today) != "" {
		t.Error("the last screen is not what was shown")
	}
	if tr.resume(7, today+48*hour) != "" || tr.screen(7, today+48*hour) != 0 {
		t.Error("the last screen is known after 48 hours")
	}
	if got := tr.take(7, today+10); !slices.Equal(sorted(got), []int64{100, 101, 102, 103, 104, 400}) {
		t.Errorf("taken %v", got)
	}
	if got := tr.take(7, today+10); len(got) != 0 || tr.resume(7, today) != "i:sq:AL" || tr.screen(7, today) != 0 {
		t.Errorf("taken twice: %v", got)
	}
	tr.resumed(7, "", today)
	tr.take(7, today)
	if n := tr.chats(); n != 1 {
		t.Errorf("%d chats are known", n)
	}
	for _, s := range []string{fmt.Sprint(tr), fmt.Sprintf("%#v", tr), fmt.Sprintf("%+v", tr), slog.AnyValue(tr).Resolve().String()} {
		if s != "trail" {
			t.Errorf("a trail prints %q", s)
		}
	}
}

func peekIDs(tr *trail, chat chatID) (ids []int64) {
	s, key := tr.shard(chat)
	for p := s.newest[key]; p != 0; p = s.at(p).older {
		for _, n := range s.at(p).notes {
			if n.id != 0 {
				ids = append(ids, int64(n.id))
			}
		}
	}
	return ids
}

func sorted(ids []int64) []int64 { slices.Sort(ids); return ids }

// Of one chat at most 99 messages are known, the newest; and nothing is left of what is wiped or too old.
func TestTrailLimitsAndErasure(t *testing.T) {
	tr := newTrail()
	for i := range int64(1000) {
		tr.note(7, 1+i, today+i, today+i)
	}
	ids := sorted(peekIDs(tr, 7))
	if len(ids) < 97 || len(ids) > 99 || ids[len(ids)-1] != 1000 || ids[0] != 1000-int64(len(ids))+1 {
		t.Errorf("%d are known, %v", len(ids), ids)
	}
	tr.note(9, 5000, today+47*hour, today+47*hour)
	tr.resumed(9, "x", today+47*hour)
	for round := range trailShards {
		tr.sweep(round, today+48*hour+1000)
	}
	if tr.chats() != 1 || len(peekIDs(tr, 9)) != 1 {
		t.Errorf("%d chats are known after a sweep", tr.chats())
	}
	tr.resumed(9, "", today+48*hour)
	tr.take(9, today+48*hour)
	for i := range tr.shards {
		for _, chunk := range tr.shards[i].chunks {
			for _, b := range chunk {
				if b.notes != [3]note{} || b.screen != 0 || b.shown != 0 || b.resume != 0 {
					t.Fatal("a block that is not used holds something")
				}
			}
		}
	}
}

// Half of a chain goes, block by block, while the rest stays in order.
func TestTrailForgetsPieceByPiece(t *testing.T) {
	tr := newTrail()
	for i := range int64(48) {
		tr.note(7, 1+i, today+i*hour, today+i*hour)
	}
	for late := range int64(60) {
		now := today + (48+late)*hour
		for round := range trailShards {
			tr.sweep(round, now)
		}
		for _, id := range peekIDs(tr, 7) {
			if age := now - (today + (id-1)*hour); age >= 48*hour {
				t.Fatalf("a message of %d hours is known", age/hour)
			}
		}
		if want := max(0, int(47-late)); len(peekIDs(tr, 7)) != want {
			t.Fatalf("after %d hours %d are known, want %d", 48+late, len(peekIDs(tr, 7)), want)
		}
	}
	if tr.chats() != 0 {
		t.Error("the chat is still known")
	}
}

func TestResumesAreFew(t *testing.T) {
	tr := newTrail()
	for i := range maxResumes + 10 {
		tr.resumed(chatID(i+1), fmt.Sprint("r", i), today)
	}
	if tr.resume(1, today) != "r0" || tr.resume(maxResumes, today) != fmt.Sprint("r", maxResumes-1) || tr.resume(maxResumes+5, today) != "" {
		t.Error("the table does not end where it should")
	}
	if tr.resumed(1, strings.Repeat("x", maxData+1), today); tr.resume(1, today) != "" {
		t.Error("something long was kept")
	}
}

// A chat with one message of each side costs at most 100 bytes.
func TestBytesPerChat(t *testing.T) {
	const chats = 100_000
	before := heap()
	tr := newTrail()
	ordinary(tr, chats)
	perChat := float64(heap()-before) / chats
	t.Logf("%.1f bytes a chat", perChat)
	if perChat > 100 {
		t.Errorf("%.1f bytes a chat, want at most 100", perChat)
	}
	runtime.KeepAlive(tr)
}

func ordinary(tr *trail, chats int) {
	for i := range int64(chats) {
		chat := hide(5_000_000_000 + i*7)
		tr.note(chat, 2*i+1, today, today)
		tr.resumed(chat, fmt.Sprint("i:sq:", i%50), today)
		tr.note(chat, 2*i+2, today, today)
		tr.showed(chat, 2*i+2)
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func BenchmarkTrail(b *testing.B) {
	for _, chats := range []int{50_000, 100_000, 200_000} {
		b.Run(fmt.Sprint(chats), func(b *testing.B) {
			for b.Loop() {
				before := heap()
				tr := newTrail()
				ordinary(tr, chats)
				b.ReportMetric(float64(heap()-before)/float64(chats), "B/chat")
				runtime.KeepAlive(tr)
			}
		})
	}
}

func BenchmarkTrailPress(b *testing.B) {
	tr := newTrail()
	ordinary(tr, 100_000)
	b.ReportAllocs()
	i := int64(0)
	for b.Loop() {
		i = (i + 1) % 100_000
		chat := hide(5_000_000_000 + i*7)
		tr.note(chat, 2*i+2, today, today)
		_ = tr.resume(chat, today)
		tr.resumed(chat, "i:sq:1", today)
		tr.showed(chat, 2*i+2)
	}
}

func BenchmarkTrailSweep(b *testing.B) {
	tr := newTrail()
	ordinary(tr, 100_000)
	round := 0
	for b.Loop() {
		tr.sweep(round, today)
		round++
	}
}
