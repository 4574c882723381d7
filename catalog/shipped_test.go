package catalog

import (
	"os"
	"testing"
	_ "time/tzdata"
)

// The shipped content has no fault that would make `check` fail.
func TestShippedContent(t *testing.T) {
	_, found := Load(os.DirFS(".."))
	for _, f := range found {
		if f.Severity >= Warning {
			t.Errorf("%s: %s", f.Severity, f)
		}
	}
}
