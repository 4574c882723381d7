package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"
)

// program is the binary, built by the first test that needs it, with the GOFLAGS of the test run.
var program struct {
	folder string
	once   sync.Once
	err    error
}

func binary(t testing.TB) string {
	t.Helper()
	path := filepath.Join(program.folder, "beaware")
	program.once.Do(func() {
		if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
			program.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if program.err != nil {
		t.Fatal(program.err)
	}
	return path
}

// promised is how long the program may take to end after Ctrl-C.
const promised = 5 * time.Second

// process is the program, running in a folder.
type process struct {
	t        testing.TB
	cmd      *exec.Cmd
	out, err *record
	base     string // address of its pages
	began    time.Time
	ended    chan struct{}
}

// startIn starts "run" in a folder on a free port and waits until it says its address.
func startIn(t testing.TB, dir string, args ...string) *process {
	t.Helper()
	p := &process{t: t, out: &record{}, err: &record{}, ended: make(chan struct{})}
	p.cmd = exec.Command(binary(t), append([]string{"run", "--listen", "127.0.0.1:0"}, args...)...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, p.out, p.err
	p.began = time.Now()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // its exit code is read from ProcessState
		close(p.ended)
	}()
	t.Cleanup(p.kill)
	address := regexp.MustCompile(`Campaign pages +(http://[^/\s]+)/`)
	eventually(t, "the program says its address", func() bool {
		if m := address.FindStringSubmatch(p.out.String()); m != nil {
			p.base = m[1]
			return true
		}
		select {
		case <-p.ended:
			t.Fatalf("the program ended with %v:\n%s%s", p.cmd.ProcessState, p.out, p.err)
		default:
		}
		return false
	})
	return p
}

// kill ends the program as a crash would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.ended
}

// interrupt is Ctrl-C: the program must end well within its promise.
func (p *process) interrupt() (took time.Duration) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), promised)
	defer cancel()
	began := time.Now()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	select {
	case <-p.ended:
		took = time.Since(began)
	case <-ctx.Done():
		p.t.Fatalf("still running %s after Ctrl-C", promised)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != good {
		p.t.Errorf("exit %d after Ctrl-C\n%s", code, p.err)
	}
	return took
}

// once runs the program for a command that ends by itself.
func once(t testing.TB, dir string, args ...string) said {
	t.Helper()
	var out, errs record
	cmd := exec.Command(binary(t), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return said{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// get fetches a page of the running program.
func (p *process) get(path string) string {
	p.t.Helper()
	resp, err := http.Get(p.base + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("GET %s: %s, %v", path, resp.Status, err)
	}
	return string(body)
}

// asked is what the program that runs in a folder answers on its socket.
func asked(t testing.TB, dir string) (r report, err error) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(dir, "data", "control.sock"))
	}}}
	resp, err := client.Get("http://beaware/status")
	if err != nil {
		return r, err
	}
	defer resp.Body.Close()
	return r, json.NewDecoder(resp.Body).Decode(&r)
}

// settled waits until the program that runs in a folder has planned at least up to its start and sent what was due.
func (p *process) settled(dir string) (r report) {
	p.t.Helper()
	eventually(p.t, "what was due is sent", func() bool {
		var err error
		r, err = asked(p.t, dir)
		return err == nil && !r.Watermark.Before(p.began) && r.idle()
	})
	return r
}
