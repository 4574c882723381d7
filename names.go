package main

import (
	"fmt"
	"strings"
)

// unknown says that a name stands nowhere, and which ones do.
func unknown(what, name string, known []string) error {
	return fmt.Errorf("%w: there is no %s %q; there are: %s", errUsage, what, name, strings.Join(known, ", "))
}

func names[T, N any](things []T, name func(T) N) []N {
	out := make([]N, len(things))
	for i, t := range things {
		out[i] = name(t)
	}
	return out
}
