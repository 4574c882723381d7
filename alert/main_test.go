package alert

import (
	"testing"

	"go.uber.org/goleak"
)

// No desk and no delivery leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
