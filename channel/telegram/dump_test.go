package telegram

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"beaware/channel"
)

// After a wipe the bot's live memory holds neither the words that somebody wrote nor the id of their chat. What the
// garbage collector freed and what connections keep in their buffers is not looked at.
func TestNothingInMemoryAfterWipe(t *testing.T) {
	if n := inMemory(t, "/start", "words", "/check", "words", "/wipe"); n[0]+n[1]+n[2]+n[3] > 0 {
		t.Errorf("the words, the chat's id as text, as a number, and hidden, are in memory: %v times", n)
	}
	// and the search finds what is there: while a screen may become idle the id has to be known, hidden
	if n := inMemory(t, "/start", "/check"); n[1]+n[2] > 0 || n[3] == 0 {
		t.Errorf("found %v times, want the last alone", n)
	}
}

// inMemory counts the words, the chat's id as text, as a number, and hidden, after somebody said all this.
func inMemory(t *testing.T, said ...string) (found []int) {
	t.Helper()
	var words, who string
	var masked [][]byte
	made := make(chan bool)
	go func() { // whose stack goes with it: this test must not hold them either
		defer close(made)
		// made here, so that neither stands in the program
		chatID := int64(5_000_000_000) + int64(os.Getpid())*1009 + 77
		words = strings.Repeat("zq", 3) + strconv.Itoa(os.Getpid()) + "words"
		// no fmt, and nothing short: small values share a block of the heap, and live as long as their neighbours
		id := strconv.AppendInt(make([]byte, 0, 64), chatID, 10)
		who = `"from":{"id":` + string(id) + `},"chat":{"id":` + string(id) + `,"type":"private"}`
		number := func(n uint64) []byte { return mask(binary.NativeEndian.AppendUint64(nil, n)) }
		masked = [][]byte{mask([]byte(words)), mask(id), number(uint64(chatID)), number(uint64(hide(chatID)))}
	}()
	<-made
	var step atomic.Int64
	for i := range said {
		if said[i] == "words" {
			said[i] = words
		}
	}
	rt := roundTripper(func(r *http.Request) (*http.Response, error) {
		_, _ = io.Copy(io.Discard, r.Body)
		r.Body.Close()
		if path.Base(r.URL.Path) != "getUpdates" {
			return respond(200, `{"ok":true,"result":{"message_id":78}}`), nil
		}
		n := step.Add(1)
		if n > int64(len(said)) {
			time.Sleep(5 * time.Millisecond)
			return respond(200, `{"ok":true,"result":[]}`), nil
		}
		return respond(200, fmt.Sprintf(`{"ok":true,"result":[{"update_id":%d,"message":{"message_id":%d,"date":%d,%s,"text":%q}}]}`,
			n, n+10, time.Now().Unix(), who, said[n-1])), nil
	})
	v := newClient(t, "http://desk.example", rt, &record{}).conversation(ConversationOptions{Name: "bot1", Username: "our_bot", Answer: func(e channel.Event) channel.Screen {
		s := scripted(e)
		if e.Command == "/check" {
			s.Idle = "idle"
		}
		return s
	}})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- v.hold(ctx) }()
	for step.Load() <= int64(len(said))+3 || v.busy() {
		time.Sleep(time.Millisecond)
	}
	clear(said)
	words, who = "", ""
	for range 3 { // a goroutine that is stopped at any place holds up what an old value on its stack may point to
		if found = search(t, masked); found[3] == 0 {
			break
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	runtime.KeepAlive(v)
	return found
}

func mask(b []byte) []byte {
	for i := range b {
		b[i] ^= 0x5a
	}
	return b
}

// search counts masked needles in what is alive.
func search(t *testing.T, masked [][]byte) (found []int) {
	t.Helper()
	runtime.GC()
	runtime.GC()
	f, err := os.Create(filepath.Join(t.TempDir(), "heap"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	debug.WriteHeapDump(f.Fd())
	dump, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range masked {
		found = append(found, bytes.Count(dump, mask(m)))
		mask(m) // again
	}
	return found
}
