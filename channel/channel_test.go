package channel_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"beaware/channel"
)

func TestKindOf(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want channel.Kind
	}{
		"none":           {nil, channel.Unknown},
		"plain":          {errors.New("x"), channel.Unknown},
		"context":        {context.Canceled, channel.Unknown},
		"itself":         {&channel.SendError{Kind: channel.Refused}, channel.Refused},
		"wrapped":        {fmt.Errorf("send: %w", &channel.SendError{Kind: channel.Throttled}), channel.Throttled},
		"with a context": {fmt.Errorf("%w: %w", &channel.SendError{Kind: channel.Temporary}, context.Canceled), channel.Temporary},
		"typed nil":      {fmt.Errorf("send: %w", (*channel.SendError)(nil)), channel.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			if got := channel.KindOf(c.err); got != c.want {
				t.Errorf("KindOf = %v, want %v", got, c.want)
			}
		})
	}
}

func TestKindString(t *testing.T) {
	for k, want := range map[channel.Kind]string{
		channel.Unknown: "unknown", channel.Throttled: "throttled", channel.Temporary: "temporary", channel.Permanent: "permanent",
		channel.Misconfigured: "misconfigured", channel.Refused: "refused", -1: "kind -1", 99: "kind 99",
	} {
		if got := k.String(); got != want {
			t.Errorf("Kind(%d) = %q, want %q", int(k), got, want)
		}
	}
}
