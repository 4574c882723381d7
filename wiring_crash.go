//go:build crash

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"beaware/channel"
	"beaware/outbox"
)

// The variables that this build understands, and no other.
const (
	// crashAt names the moment at which the process ends itself as SIGKILL does: a step, "before", "during" or
	// "after" it, and which time, as in "settle-sent after 7". The steps are enqueue, claim, settle-<the new state>,
	// put (a send to a platform that takes the same post only once) and send (to another).
	crashAt = "BEAWARE_CRASH_AT"
	// sendTimeout replaces the deadline of a send, as in "1500ms", so that a server that hangs does not hold a test up.
	sendTimeout = "BEAWARE_SEND_TIMEOUT"
)

// wired puts the death that the environment asks for round the ledger and the channels.
func wired(c outbox.Config) outbox.Config {
	d := &death{}
	if text := os.Getenv(crashAt); text != "" {
		part := strings.Fields(text)
		if len(part) == 3 {
			d.step, d.when = part[0], part[1]
			n, _ := strconv.ParseInt(part[2], 10, 64)
			d.left.Store(n)
		}
		if d.left.Load() < 1 || d.when != "before" && d.when != "during" && d.when != "after" {
			fmt.Fprintf(os.Stderr, "beaware: %s is %q; it must be like \"settle-sent after 7\"\n", crashAt, text)
			os.Exit(misuse)
		}
	}
	if text := os.Getenv(sendTimeout); text != "" {
		timeout, err := time.ParseDuration(text)
		if err != nil {
			fmt.Fprintf(os.Stderr, "beaware: %s is %q; it must be like \"1500ms\"\n", sendTimeout, text)
			os.Exit(misuse)
		}
		c.SendTimeout = timeout
	}
	c.Store = mortalStore{c.Store, d}
	channels := map[string]channel.Channel{}
	for id, ch := range c.Channels {
		channels[id] = mortalChannel{ch, d}
	}
	c.Channels = channels
	return c
}

// death waits for its step.
type death struct {
	step, when string
	left       atomic.Int64 // how many times the step still comes until then
}

// at does what a step does, unless it is the one to die at.
func (d *death) at(step string, do func()) {
	if step != d.step || d.left.Add(-1) != 0 {
		do()
		return
	}
	switch d.when {
	case "before":
		die()
	case "during":
		time.AfterFunc(rand.N(2*time.Millisecond), die)
	}
	do()
	if d.when == "after" {
		die()
	}
}

// die ends the process on the spot: nothing is written, closed or told.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {} // until it takes effect
}

type mortalStore struct {
	outbox.Store
	d *death
}

func (s mortalStore) Enqueue(ctx context.Context, ds []outbox.Delivery, mark time.Time) (n int, err error) {
	s.d.at("enqueue", func() { n, err = s.Store.Enqueue(ctx, ds, mark) })
	return n, err
}

func (s mortalStore) Claim(ctx context.Context, ch string, now time.Time, pass func(outbox.Delivery) bool) (d *outbox.Delivery, next time.Time, err error) {
	s.d.at("claim", func() { d, next, err = s.Store.Claim(ctx, ch, now, pass) })
	return d, next, err
}

func (s mortalStore) Settle(ctx context.Context, from outbox.State, d outbox.Delivery) (err error) {
	s.d.at("settle-"+string(d.State), func() { err = s.Store.Settle(ctx, from, d) })
	return err
}

type mortalChannel struct {
	channel.Channel
	d *death
}

// Unwrap gives the channel that has its turns.
func (c mortalChannel) Unwrap() channel.Channel { return c.Channel }

func (c mortalChannel) Send(ctx context.Context, m channel.Message) (r channel.Receipt, err error) {
	step := "send"
	if c.Idempotent() {
		step = "put"
	}
	c.d.at(step, func() { r, err = c.Channel.Send(ctx, m) })
	return r, err
}
