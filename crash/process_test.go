//go:build unix

package crash

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what must come; only one that fails takes so long.
const patience = 60 * time.Second

// record collects what a program writes.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

// process is a running program.
type process struct {
	cmd   *exec.Cmd
	said  *record
	ended chan struct{}
}

func start(t testing.TB, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, said: &record{}, ended: make(chan struct{})}
	cmd.Stderr = p.said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait() // read from ProcessState
		close(p.ended)
	}()
	t.Cleanup(p.kill)
	return p
}

// kill is SIGKILL.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

// wait tells whether the program ended by itself within d.
func (p *process) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.ended:
		return true
	case <-timer.C:
		return false
	}
}

// killed tells whether SIGKILL ended it, and nothing else.
func (p *process) killed() bool {
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// interrupt is Ctrl-C. It tells whether the program ended well within the five seconds that it promises.
func (p *process) interrupt() bool {
	_ = p.cmd.Process.Signal(os.Interrupt) // it may have ended, which the exit code tells
	return p.wait(5*time.Second) && p.cmd.ProcessState.ExitCode() == 0
}

// run starts the daemon of a scene, with variables as "NAME=value".
func (s *scene) run(program string, env ...string) *process {
	s.t.Helper()
	return start(s.t, s.daemon(program, env...))
}

func (s *scene) daemon(program string, env ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(bin, program), "run", "--listen", "127.0.0.1:0", "--log-level", "error")
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), env...)
	return cmd
}

// command runs the program for a command that ends by itself, which must end well.
func (s *scene) command(args ...string) string {
	s.t.Helper()
	cmd := exec.Command(filepath.Join(bin, plain), args...)
	cmd.Dir = s.dir
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("beaware %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// open asks the running program how many posts it still has to do; -1 where it does not answer.
func (s *scene) open() int {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", s.path("data", "control.sock"))
		}}}
	resp, err := client.Get("http://beaware/status")
	if err != nil {
		return -1
	}
	defer resp.Body.Close()
	var report struct {
		PlannedUntil time.Time `json:"planned_until"`
		Channels     []struct{ States map[string]int }
	}
	if json.NewDecoder(resp.Body).Decode(&report) != nil || report.PlannedUntil.Before(s.start.Add(2*time.Hour)) {
		return -1
	}
	n := 0
	for _, c := range report.Channels {
		n += c.States["planned"] + c.States["claimed"] + c.States["sending"] + c.States["retry"]
	}
	return n
}

// settle waits until the running program has nothing left to do.
func (s *scene) settle(p *process) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if p.wait(0) {
			return false
		}
		if s.open() == 0 {
			return true
		}
	}
	return false
}

// fake is the pretended Telegram.
type fake struct {
	t   testing.TB
	p   *process
	url string
}

func startFake(t testing.TB) *fake {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, server), "-listen", "127.0.0.1:0", "-people", "en")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{t: t, p: start(t, cmd)}
	first, err := bufio.NewReader(out).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(first), "A pretended Telegram: ")
	if !ok {
		t.Fatalf("faketelegram says %q, %v", first, err)
	}
	f.url = address
	return f
}

func (f *fake) stop() { f.p.kill() }

func (f *fake) get(path string, out any) {
	f.t.Helper()
	resp, err := http.Get(f.url + "/_fake/" + path)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(resp.Body)
		f.t.Fatalf("%s: %s", path, body)
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		f.t.Fatal(err)
	}
}

// fail orders faults; see telegramtest.Fault.
func (f *fake) fail(fault map[string]any) {
	f.t.Helper()
	body, err := json.Marshal(fault)
	if err != nil {
		f.t.Fatal(err)
	}
	f.order("fail", string(body))
}

func (f *fake) order(path, body string) {
	f.t.Helper()
	resp, err := http.Post(f.url+"/_fake/"+path, "application/json", strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(resp.Body)
		f.t.Fatalf("%s %s: %s", path, body, said)
	}
}

// counts is how many posts stand in each chat.
func (f *fake) counts() map[string]int {
	f.t.Helper()
	var all struct {
		Chats []struct {
			Ref   string
			Posts int
		}
	}
	f.get("state", &all)
	n := map[string]int{}
	for _, c := range all.Chats {
		n[c.Ref] = c.Posts
	}
	return n
}

// message is what stands in a chat.
type message struct {
	ID   int
	Text string
}

// posts is what stands in a chat now; nothing where nobody ever posted to it.
func (f *fake) posts(chat string) (list []message) {
	f.t.Helper()
	f.get("posts?chat="+url.QueryEscape(chat), &list)
	return list
}

// call is one request, as the server logged it.
type call struct {
	At     time.Time
	Params map[string]string
	Status int
}

func (f *fake) calls() (list []call) {
	f.t.Helper()
	f.get("requests?method=sendMessage", &list)
	return list
}
