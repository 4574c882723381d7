package intent

import (
	"os"
	"runtime"
	"testing"

	"beaware/catalog"
)

// BenchmarkShipped measures the words that are shipped, on sentences without any of them: the longest way.
func BenchmarkShipped(b *testing.B) {
	c, _ := catalog.Read(os.DirFS("../.."))
	n := 0
	for _, w := range c.Words {
		for _, l := range w.Crisis {
			n += len(l)
		}
		for _, l := range w.Intent {
			n += len(l)
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	m := New(c.Words)
	runtime.GC()
	runtime.ReadMemStats(&after)
	texts := []string{
		"Zdravo, imam jedno pitanje, juče sam dobila poruku od čovjeka koji mi nudi posao konobarice u inostranstvu",
		"hello i have a question yesterday a man wrote me and said there is good money for a waitress in his hotel",
		"مرحبا عندي سؤال امس كتب لي رجل وقال ان هناك عملا جيدا في فندقه وانه سيدفع ثمن التذكرة",
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m.Match(texts[i%len(texts)], "en")
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
	b.ReportMetric(float64(n), "phrases")
}
