package telegram

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"beaware/channel"
	"beaware/channel/telegram/telegramtest/crowd"
)

const crowdAPI = "CROWD_API" // set in the process of the bot that is measured

// TestCrowdBot is that process.
func TestCrowdBot(t *testing.T) {
	api := os.Getenv(crowdAPI)
	if api == "" {
		t.Skip("for benchmarks, which start it")
	}
	c, err := New(Options{Token: crowd.Token, API: api, Limits: unlimited})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("<b>", "**", "</b>", "**").Replace(crowd.Text)
	_ = c.Converse(t.Context(), ConversationOptions{Name: "crowd", Username: crowd.Username, Answer: func(channel.Event) channel.Screen {
		s := channel.Screen{Language: "en", Text: text, Resume: "i:en:AL", Idle: "idle:en"}
		for _, l := range crowd.Labels {
			s.Rows = append(s.Rows, []channel.Button{{Label: l, Data: l}})
		}
		return s
	}})
}

func crowdBot(api string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrowdBot$")
	cmd.Env = append(os.Environ(), crowdAPI+"="+api)
	return cmd
}

// BenchmarkPressToAnswer is 200 people who press again as soon as the edit is there, and the bot on one core. The
// same against other libraries is in telegramtest/interop. The goals are 8,500 answers/s and 30 MB.
func BenchmarkPressToAnswer(b *testing.B) {
	var best crowd.Figures
	for b.Loop() {
		f, err := crowd.Run(200, time.Second, 2*time.Second, crowdBot)
		if err != nil {
			b.Fatal(err)
		}
		if f.PerSecond() > best.PerSecond() {
			best = f
		}
	}
	b.ReportMetric(best.PerSecond(), "answers/s")
	b.ReportMetric(float64(best.P50.Microseconds())/1e3, "p50-ms")
	b.ReportMetric(float64(best.P99.Microseconds())/1e3, "p99-ms")
	b.ReportMetric(float64(best.CPU.Microseconds()), "µs-CPU/answer")
	b.ReportMetric(best.Peak, "MB-peak")
}

// BenchmarkChatsOfAProcess is what the process holds after 100,000 people pressed once each. The goal is 57 MB and 100 bytes for each.
func BenchmarkChatsOfAProcess(b *testing.B) {
	const chats = 100_000
	var rss, peak float64
	for b.Loop() {
		c, err := crowd.Start(crowd.Options{People: 200, Chats: 2 * chats}) // nobody twice
		if err != nil {
			b.Fatal(err)
		}
		bot, err := crowd.StartBot(crowdBot(c.URL))
		if err != nil {
			b.Fatal(err)
		}
		for c.Answers() < chats {
			time.Sleep(10 * time.Millisecond)
		}
		rss, peak = bot.Megabytes("VmRSS"), bot.Megabytes("VmHWM")
		bot.Stop()
		c.Close()
	}
	b.ReportMetric(rss, "MB-RSS")
	b.ReportMetric(peak, "MB-peak")
}

// BenchmarkCall is one call on a kept connection, with the server in the same process.
func BenchmarkCall(b *testing.B) {
	c, err := crowd.Start(crowd.Options{People: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	client, err := New(Options{Token: crowd.Token, API: c.URL})
	if err != nil {
		b.Fatal(err)
	}
	params := map[string]string{"callback_query_id": "41000000000"}
	b.ReportAllocs()
	for b.Loop() {
		if err := client.Call(b.Context(), "answerCallbackQuery", params, nil); err != nil {
			b.Fatal(err)
		}
	}
	if k, ok := client.http.(interface{ CloseIdleConnections() }); ok {
		k.CloseIdleConnections()
	}
}
