package intent

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"

	"beaware/catalog"
)

// invented makes words for made-up languages: 20 of them, 150 phrases each.
func invented(languages, phrases int) (map[string]catalog.Words, []string) {
	r := rand.New(rand.NewPCG(1, 2))
	alphabets := []string{"abcdefghijklmnoprstuvzž", "абвгдђежзијклмнопрстћуфхцчш", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"}
	word := func(lang int) string {
		letters := []rune(alphabets[lang%len(alphabets)])
		var b strings.Builder
		for range 2 + r.IntN(4) + r.IntN(6) {
			b.WriteRune(letters[r.IntN(len(letters))])
		}
		return b.String()
	}
	out := map[string]catalog.Words{}
	var vocabulary []string
	lists := append(catalog.CrisisKinds(), catalog.Intents()...)
	for l := range languages {
		own := make([]string, 250) // a language's phrases share words
		for i := range own {
			own[i] = word(l)
		}
		vocabulary = append(vocabulary, own...)
		w := catalog.Words{Safe: []string{word(l)}, Crisis: map[string][]string{}, Intent: map[string][]string{}}
		for i := range phrases {
			var words []string
			for range 1 + r.IntN(4) {
				x := own[r.IntN(len(own))]
				if r.IntN(5) == 0 && len([]rune(x)) >= 4 {
					x += "*"
				}
				words = append(words, x)
			}
			id := lists[i%len(lists)]
			if i%len(lists) < len(catalog.CrisisKinds()) {
				w.Crisis[id] = append(w.Crisis[id], strings.Join(words, " "))
			} else {
				w.Intent[id] = append(w.Intent[id], strings.Join(words, " "))
			}
		}
		out[fmt.Sprintf("l%02d", l)] = w
	}
	return out, vocabulary
}

// messages of 100 letters: half of the words are known, half of those misspelled, the rest unheard of.
func messages(vocabulary []string) []string {
	r := rand.New(rand.NewPCG(3, 4))
	out := make([]string, 500)
	for i := range out {
		var b strings.Builder
		lang := r.IntN(20)
		for n := 0; n < 100; {
			x := []rune(vocabulary[lang*250+r.IntN(250)])
			switch r.IntN(4) {
			case 0:
				x[r.IntN(len(x))] = x[0]
			case 1, 2:
				r.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
			}
			b.WriteString(string(x) + " ")
			n += len(x) + 1
		}
		out[i] = b.String()
	}
	return out
}

// BenchmarkMatch measures messages of 100 letters against 20 languages of 150 phrases: aim for 20,000 a second on a core.
func BenchmarkMatch(b *testing.B) {
	words, vocabulary := invented(20, 150)
	texts := messages(vocabulary)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	m := New(words)
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(words)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m.Match(texts[i%len(texts)], "l03", "l07")
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/1e6, "MB")
}

func BenchmarkNew(b *testing.B) {
	words, _ := invented(20, 150)
	b.ReportAllocs()
	for b.Loop() {
		New(words)
	}
}

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
	runtime.KeepAlive(c)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m.Match(texts[i%len(texts)], "en")
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/1e6, "MB")
	b.ReportMetric(float64(n), "phrases")
}
