package telegramjudge

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"

	"github.com/ebitengine/purego"
)

// open loads the library once; nothing is loaded before a test asks.
var open = sync.OnceValues(func() (func(string) string, error) {
	path := os.Getenv(Library)
	if path == "" {
		return nil, errors.New(Library + " is not set")
	}
	lib, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", Library, err)
	}
	symbol, err := purego.Dlsym(lib, "td_execute")
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", Library, err)
	}
	var f func(string) string
	purego.RegisterFunc(&f, symbol)
	f(`{"@type":"setLogVerbosityLevel","new_verbosity_level":0}`)
	return f, nil
})

func execute(request string) (string, error) {
	f, err := open()
	if err != nil {
		return "", err
	}
	// the answer is valid until the same thread asks again
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return f(request), nil
}
