//go:build unix

package crash

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"beaware/outbox"
)

// nobody is a user who owns nothing.
const nobody = 65534

// TestReadOnly holds that a database file that may not be written to gives an error that names it, and that nothing is sent.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	s := newScene(t, scene{lines: []line{{hold, "all", "15", "all"}}, feeds: 1, telegrams: 2})
	defer s.remove()
	before, err := os.ReadFile(s.db())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.db(), 0o400); err != nil {
		t.Fatal(err)
	}
	cmd := s.daemon(plain)
	if os.Getuid() == 0 { // whom no mode of a file keeps out
		s.handOver(nobody)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	p := start(t, cmd)
	if !p.wait(patience) || p.cmd.ProcessState.ExitCode() != 1 {
		p.kill()
		t.Errorf("it ended with %v, want exit 1", p.cmd.ProcessState)
	}
	if said := p.said.String(); !strings.Contains(said, "beaware.db") || !strings.Contains(said, "permission denied") || strings.Contains(said, "goroutine") {
		t.Errorf("it says\n%s", said)
	}
	t.Logf("it says: %s", strings.TrimSpace(p.said.String()))
	if n := len(s.fake.calls()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	after, err := os.ReadFile(s.db())
	if err != nil || string(after) != string(before) {
		t.Errorf("the file changed, %v", err)
	}
	// Writable again, everything goes on.
	if err := os.Chmod(s.db(), 0o600); err != nil {
		t.Fatal(err)
	}
	s.goOn()
}

// handOver gives all files of a scene to a user.
func (s *scene) handOver(user int) {
	s.t.Helper()
	err := filepath.Walk(s.dir, func(name string, _ os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(name, user, user)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// goOn lets the program do everything, and fails the test where that is not as planned.
func (s *scene) goOn() {
	s.t.Helper()
	s.goOnIn(s.run(plain))
}

// goOnIn is goOn in a program that runs.
func (s *scene) goOnIn(p *process) {
	s.t.Helper()
	sum := tally{states: map[outbox.State]int{}}
	s.finish(p, &sum)
	for _, f := range sum.faults {
		s.t.Error(f)
	}
	s.t.Log("afterwards:", &sum)
}

// TestDiskFull lets the store grow to a size and no further, as a full disk does: once without room to plan, then so that it
// happens in the middle of the work. Nothing is sent that is not written down before. Once there is room again, everything goes on,
// in the running program or at the next start.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kib    int
		killed bool
	}{{64, true}, {64, false}, {1536, true}, {1536, false}} {
		t.Run(fmt.Sprintf("%d KiB, killed %v", tt.kib, tt.killed), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, scene{lines: []line{{hold, "one", "15", "all"}, {hold, "two", "35", "all"}}, feeds: 100, telegrams: 4, long: true})
			defer s.remove()
			p, said := s.fill(tt.kib)
			if strings.Contains(said, "goroutine ") || strings.Contains(said, "panic") {
				t.Errorf("it says\n%s", said)
			}
			if n := len(s.fake.calls()); tt.kib == 64 && n > 0 {
				t.Errorf("%d requests were sent, and nothing is planned", n)
			}
			if !tt.killed {
				if lift(t, p) {
					s.goOnIn(p)
				}
				return
			}
			p.kill()
			rows, err := s.read()
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range s.unknown(rows) {
				t.Error(f)
			}
			t.Logf("when killed: %v", rows.states())
			s.goOn()
		})
	}
}

// fill starts the program with a limit on the size of files and waits until it has met it for a while. What exceeds the
// limit fails with EFBIG, which Go programs get as an error.
func (s *scene) fill(kib int) (p *process, said string) {
	s.t.Helper()
	daemon := s.daemon(plain)
	cmd := exec.Command("sh", append([]string{"-c", fmt.Sprintf(`ulimit -S -f %d && exec "$0" "$@"`, 2*kib)}, daemon.Args...)...) // blocks of 512 bytes
	cmd.Dir = s.dir
	p = start(s.t, cmd)
	for end := time.Now().Add(patience); !strings.Contains(p.said.String(), "file too large"); {
		if p.wait(10*time.Millisecond) || time.Now().After(end) {
			s.t.Fatalf("the limit was not met: %v\n%s", p.cmd.ProcessState, p.said)
		}
	}
	if p.wait(time.Second) {
		s.t.Fatalf("it ended with %v\n%s", p.cmd.ProcessState, p.said)
	}
	said = p.said.String()
	line, _, _ := strings.Cut(said, "\n")
	s.t.Logf("it says: %s", line)
	return p, said
}

// lift gives the running program room again, where there is a command for that.
func lift(t *testing.T, p *process) bool {
	if _, err := exec.LookPath("prlimit"); err != nil {
		t.Log("not tried: there is no prlimit here")
		p.kill()
		return false
	}
	if out, err := exec.Command("prlimit", "--pid", strconv.Itoa(p.cmd.Process.Pid), "--fsize=unlimited").CombinedOutput(); err != nil {
		t.Fatalf("prlimit: %v\n%s", err, out)
	}
	return true
}

func (now shot) states() map[outbox.State]int {
	n := map[outbox.State]int{}
	for _, d := range now {
		n[d.State]++
	}
	return n
}
