package outboxtest_test

import (
	"testing"

	"beaware/outbox"
	"beaware/outbox/outboxtest"
)

func TestMemory(t *testing.T) {
	outboxtest.Suite(t, func(*testing.T) outbox.Store { return &outboxtest.Memory{} })
}
