//go:build unix

package crash

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var (
	rounds  = flag.Int("rounds", 40, "how often the program is killed at least")
	workers = flag.Int("workers", 2, "how many installations are killed side by side")
	seed    = flag.Uint64("seed", 0, "of the random moments; 0 takes another one each time")
)

// bin is where the programs are.
var bin string

// The programs.
const (
	plain  = "beaware"       // as it is shipped
	steps  = "beaware-crash" // the same, which can end itself at a named step
	server = "faketelegram"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		fmt.Println("crash: nothing to do with -short")
		return
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "beaware-crash-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	// Programs may be run by another user than the one who tests; see TestReadOnly.
	if err := os.Chmod(dir, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	bin = dir
	for _, b := range [][]string{{plain, ".."}, {steps, "-tags", "crash", ".."}, {server, "../channel/telegram/faketelegram"}} {
		cmd := exec.Command("go", append([]string{"build", "-o", filepath.Join(dir, b[0])}, b[1:]...)...)
		// A binary with the race detector starts too slowly to be killed this often, and is not what is shipped.
		cmd.Env = append(os.Environ(), "GOFLAGS="+strings.ReplaceAll(os.Getenv("GOFLAGS"), "-race", ""))
		if out, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build %s: %v\n%s", b[0], err, out)
			return 1
		}
	}
	return m.Run()
}
