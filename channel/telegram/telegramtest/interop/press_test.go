package interop

import (
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"beaware/channel/telegram/telegramtest/crowd"
)

const (
	people   = 200
	rounds   = 3
	warmUp   = time.Second
	measured = 2 * time.Second
)

var bots = []struct {
	name string
	args []string
}{
	{"ours", nil},
	{"telego", nil},
	{"telebot", nil},
	{"plain", []string{"kept"}},
	{"plain", nil},
}

// BenchmarkPressToAnswer is 200 people who press again as soon as their answer is there, and one bot on one core: ours
// and the same bot on other libraries, each a program of its own, in turns. The best round of each counts.
func BenchmarkPressToAnswer(b *testing.B) {
	dir := b.TempDir()
	build := exec.Command("go", "build", "-o", dir, "./bots/...")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build the bots: %v\n%s", err, out)
	}
	for b.Loop() {
		best := make([]crowd.Figures, len(bots))
		for range rounds {
			for i, bot := range bots {
				f, err := crowd.Run(people, warmUp, measured, func(url string) *exec.Cmd {
					return exec.Command(filepath.Join(dir, bot.name), append([]string{url}, bot.args...)...)
				})
				if err != nil {
					b.Fatalf("%s %v: %v", bot.name, bot.args, err)
				}
				if f.PerSecond() > best[i].PerSecond() {
					best[i] = f
				}
			}
		}
		for i, bot := range bots {
			name := bot.name
			if slices.Contains(bot.args, "kept") {
				name += "-kept"
			}
			b.Logf("%-11s %v", name, best[i])
			b.ReportMetric(best[i].PerSecond(), name+"/s")
			if i > 0 {
				b.ReportMetric(best[0].PerSecond()/best[i].PerSecond(), "ours:"+name)
				// where the machine has other work, this says more
				b.ReportMetric(float64(best[i].CPU)/float64(best[0].CPU), "CPU-"+name+":ours")
			}
		}
		b.ReportMetric(float64(best[0].P99.Microseconds())/1e3, "ours-p99-ms")
		b.ReportMetric(best[0].Peak, "ours-peak-MB")
	}
}
