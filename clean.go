//go:build unix

package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
)

// clobber is the setting of Go's runtime with which the garbage collector overwrites an object when it frees it ("with bad
// content", documentation of package runtime). Without it what was said lies in freed memory until the place is needed again.
const clobber = "clobberfree"

// clean puts this process in place of itself once more, with that setting: the runtime takes it from its environment alone,
// and only at the start. The number of the process, its files and its arguments stay. GODEBUG is also the mark that it is
// done: where it names the setting, be it with 0, nothing is done. An error says why the process goes on as it is.
//
// It costs a second start of some milliseconds, before anything is read, and about a sixth of the steps that the bot could make
// if it did nothing else; answers on Telegram are as many as before. What Go does not free it does not reach: buffers of TLS
// connections that are open, the unused part of stacks, what the kernel holds, and a swap file.
func clean(t terminal) error {
	if t.err != os.Stderr || strings.Contains(os.Getenv("GODEBUG"), clobber+"=") {
		return nil // a test of this package, or done
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program to start it with %s: %w", clobber, err)
	}
	if err := syscall.Exec(program, os.Args, clobbering(os.Environ())); err != nil {
		return fmt.Errorf("start the program with %s: %w", clobber, err)
	}
	return nil // never
}

// clobbering is an environment with the setting added to what GODEBUG says there.
func clobbering(environ []string) []string {
	const name = "GODEBUG="
	said := ""
	rest := slices.DeleteFunc(environ, func(v string) bool {
		value, ok := strings.CutPrefix(v, name)
		if ok {
			said = value
		}
		return ok
	})
	if said != "" {
		said += ","
	}
	return append(rest, name+said+clobber+"=1")
}
