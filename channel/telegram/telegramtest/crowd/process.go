package crowd

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Bot is a bot in a process of its own, on one core.
type Bot struct{ cmd *exec.Cmd }

// StartBot starts a command with one core for its Go code.
func StartBot(cmd *exec.Cmd) (*Bot, error) {
	cmd.Env = append(cmd.Environ(), "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the bot: %w", err)
	}
	return &Bot{cmd}, nil
}

// Stop kills the bot: what it does at its end is not measured.
func (b *Bot) Stop() {
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait()
}

// Megabytes reads a line of the process's status, such as VmRSS or VmHWM, in MB of 10^6 bytes; 0 where there is no /proc.
func (b *Bot) Megabytes(line string) float64 {
	data, _ := os.ReadFile(b.proc("status"))
	_, rest, _ := strings.Cut(string(data), line+":")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kB, _ := strconv.ParseFloat(number, 64)
	return kB * 1024 / 1e6
}

// CPU is the processor time used so far, in user mode and in the kernel; 0 where there is no /proc.
func (b *Bot) CPU() time.Duration {
	data, _ := os.ReadFile(b.proc("stat"))
	// the name in parentheses may hold spaces; utime and stime are the 14th and 15th fields, in ticks of 10 ms
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

func (b *Bot) proc(file string) string {
	return filepath.Join("/proc", strconv.Itoa(b.cmd.Process.Pid), file)
}

// Figures are what one bot did in one run.
type Figures struct {
	Result
	CPU  time.Duration // for each answer
	Peak float64       // MB
}

func (f Figures) String() string {
	return fmt.Sprintf("%6.0f answers/s  p50 %5.1f ms  p99 %6.1f ms  %4d µs CPU an answer  %5.1f MB  %d connections",
		f.PerSecond(), f.P50.Seconds()*1e3, f.P99.Seconds()*1e3, f.CPU.Microseconds(), f.Peak, f.Opened)
}

// Run lets a bot answer a crowd: first unmeasured, then measured. command makes it, from the server's address.
func Run(people int, warm, measured time.Duration, command func(url string) *exec.Cmd) (Figures, error) {
	c, err := Start(Options{People: people})
	if err != nil {
		return Figures{}, fmt.Errorf("start the crowd: %w", err)
	}
	defer c.Close()
	b, err := StartBot(command(c.URL))
	if err != nil {
		return Figures{}, err
	}
	defer b.Stop()
	time.Sleep(warm)
	before := b.CPU()
	f := Figures{Result: c.Measure(measured)}
	f.Peak = b.Megabytes("VmHWM")
	if f.Answers == 0 || f.Early > 0 {
		return f, fmt.Errorf("%d answers, %d edits before the query was answered", f.Answers, f.Early)
	}
	f.CPU = (b.CPU() - before) / time.Duration(f.Answers)
	return f, nil
}
