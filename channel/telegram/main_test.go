package telegram

import (
	"testing"

	"go.uber.org/goleak"
)

// No call, upload or conversation leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
