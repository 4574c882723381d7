package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkStart reads and checks all that is shipped, as every start does. The goal is under 0.3 s.
func BenchmarkStart(b *testing.B) {
	config := sampleConfig(b)
	for b.Loop() {
		in, findings, err := open(config)
		if err != nil || in == nil {
			b.Fatal(findings, err)
		}
	}
}

// BenchmarkIdleMemory runs the program in an empty folder, waits until it has published what is due, visits it, and
// reads how much memory it holds. The goals are under 57 MB, and a first page within 2 s of the start.
func BenchmarkIdleMemory(b *testing.B) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		b.Skip("memory is read from /proc")
	}
	binary(b)
	var memory, peak, first, end float64
	for b.Loop() {
		dir := b.TempDir()
		p := startIn(b, dir)
		p.get("/")
		first += float64(time.Since(p.began).Milliseconds())
		p.settled(dir)
		for _, l := range sampled(b).catalog.Languages {
			for _, page := range []string{"/?lang=", "/chat?lang=", "/privacy?lang="} {
				p.get(page + l.Tag)
			}
		}
		memory += p.megabytes("VmRSS")
		peak += p.megabytes("VmHWM")
		end += float64(p.interrupt().Milliseconds())
	}
	b.ReportMetric(memory/float64(b.N), "MB-RSS")
	b.ReportMetric(peak/float64(b.N), "MB-peak")
	b.ReportMetric(first/float64(b.N), "ms-first-page")
	b.ReportMetric(end/float64(b.N), "ms-to-end")
}

// megabytes reads a line of /proc/<pid>/status, which is in kB of 1024 bytes; a MB here is 10^6 bytes.
func (p *process) megabytes(line string) float64 {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "status"))
	if err != nil {
		p.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), line+":")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		p.t.Fatalf("no %s in the status of the process", line)
	}
	kB, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		p.t.Fatal(err)
	}
	return kB * 1024 / 1e6
}
