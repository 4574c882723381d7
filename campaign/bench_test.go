package campaign

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"beaware/catalog"
)

// bigWorld is 170 offices with ten channels each and three posts a day, all year.
func bigWorld(b *testing.B) *Planner {
	b.Helper()
	names := []string{"Europe/Sarajevo", "Europe/Tirane", "Asia/Tbilisi", "Africa/Cairo", "Asia/Kathmandu", "America/Bogota", "America/Havana",
		"Africa/Nairobi", "Asia/Dhaka", "Pacific/Auckland", "America/New_York", "Asia/Beirut", "Europe/London", "Africa/Casablanca"}
	var offices []Office
	var channels []Channel
	for i := range 170 {
		id := fmt.Sprintf("office-%03d", i)
		offices = append(offices, Office{ID: id, Zone: zone(b, names[i%len(names)]), Languages: []string{"en"}})
		for j := range 10 {
			channels = append(channels, Channel{ID: fmt.Sprintf("%s-ch%d", id, j), Office: id})
		}
	}
	entry := func(id, cron string) catalog.Entry {
		return catalog.Entry{ID: id, Cron: cron, Messages: sequence("a b c d e f g h i j"), Repeat: true}
	}
	return mustNew(b, catalogOf(&catalog.Campaign{ID: "always-on", Window: catalog.Window{Always: true}, Entries: []catalog.Entry{
		entry("morning", "0 9 * * *"), entry("noon", "30 13 * * *"), entry("evening", "30 19 * * *"),
	}}), offices, channels)
}

func benchmarkDue(b *testing.B, days int) {
	p := bigWorld(b)
	from := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	posts := 0
	b.ReportAllocs()
	for b.Loop() {
		posts = 0
		for range p.Due(from, from.AddDate(0, 0, days)) {
			posts++
		}
	}
	elapsed := b.Elapsed()
	b.ReportMetric(float64(liveHeap(p, from, days))/1024, "live-KiB")
	b.ReportMetric(float64(posts), "posts/op")
	b.ReportMetric(float64(elapsed.Nanoseconds())/float64(b.N)/float64(posts), "ns/post")
}

// liveHeap gives how much a stream holds on to at most, looked at ten times on its way.
func liveHeap(p *Planner, from time.Time, days int) uint64 {
	held := func() uint64 {
		runtime.GC()
		var mem runtime.MemStats
		runtime.ReadMemStats(&mem)
		return mem.HeapAlloc
	}
	before, most := held(), uint64(0)
	next := from
	for post := range p.Due(from, from.AddDate(0, 0, days)) {
		if post.At.After(next) {
			most = max(most, held())
			next = next.AddDate(0, 0, days/10)
		}
	}
	return most - min(before, most)
}

func BenchmarkDueQuarter(b *testing.B) { benchmarkDue(b, 91) }
func BenchmarkDueYear(b *testing.B)    { benchmarkDue(b, 365) }

// BenchmarkDueMinute is what one ring costs when nothing is due.
func BenchmarkDueMinute(b *testing.B) {
	p := bigWorld(b)
	from := time.Date(2027, 11, 21, 4, 4, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		for range p.Due(from, from.Add(time.Minute)) {
			b.Fatal("something is due")
		}
	}
}

func BenchmarkParseSpec(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parseSpec("30 19 * * 1-5"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHold is asked before each send.
func BenchmarkHold(b *testing.B) {
	p := still(b, zone(b, "Europe/Sarajevo"), night(), "2027-07-20", "2027-12-31/2028-01-01")
	at := time.Date(2027, 7, 19, 20, 30, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		if until, _ := p.Hold(Post{Office: "o", At: at}, at); until.IsZero() {
			b.Fatal("it does not wait")
		}
	}
}
