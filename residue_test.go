//go:build linux

package main

import (
	"bytes"
	"context"
	bin "encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"beaware/channel/telegram/telegramtest"
)

// TestNothingStays holds long conversations with the real program, kills it in the middle and goes on, lets everybody but
// one person wipe, and then looks for what was said and by whom: in the store, the log, the metrics, and the memory of the
// process. In the end it asks for a trace of all goroutines while an answer is under way, and looks there too.
func TestNothingStays(t *testing.T) {
	t.Parallel()
	fake := telegramtest.Start(t)
	config := telegramConfig(t, fake, "")
	dir := filepath.Dir(config)
	in := opened(t, config)
	var all []*visitor
	for i, leave := range []func(*phone){
		func(p *phone) { p.press("bot.btn_hide") }, // stays remembered; everybody else wipes
		func(p *phone) { p.press("bot.btn_wipe") },
		func(p *phone) { p.press("bot.btn_wipe") },
		func(p *phone) { p.press("bot.btn_hide"); p.Send("/wipe"); p.next() },
		func(p *phone) { p.Send("nogomet"); p.next() }, // the safe word
	} {
		all = append(all, &visitor{&phone{User: fake.AddUser("bs"), in: in, lang: "bs"}, i, leave})
	}
	p := startIn(t, dir, "--log-level", "debug")
	sideBySide(t, "first", all, (*visitor).begin)
	p.kill()
	before := map[*visitor]int{}
	for _, v := range all {
		left := v.Messages()
		before[v] = left[len(left)-1].ID
	}
	said := []*process{p}
	p = startIn(t, dir, "--log-level", "debug")
	said = append(said, p)
	eventually(t, "what the first process did not confirm is seen to", func() bool { return fake.Bot().Pending() == 0 })
	sideBySide(t, "second", all, (*visitor).goOn)
	sideBySide(t, "leave", all, func(v *visitor) {
		v.leave(v.phone)
		if v.number == 0 {
			return
		}
		v.shows("wipe.telegram")
		// What was said to the process that was killed, nobody knows any more: the person is told how to delete it.
		eventually(v.t, "one neutral message is left", func() bool {
			left := slices.DeleteFunc(v.Messages(), func(m telegramtest.Message) bool { return m.ID <= before[v] })
			return len(left) == 1 && left[0].ID == v.screen.ID
		})
	})
	metrics := p.get("/metrics")
	var left []string
	for end := time.Now().Add(patience); ; time.Sleep(time.Second / 2) {
		if left = remains(t, p, all); len(left) == 0 || time.Now().After(end) {
			break
		}
	}
	for _, what := range left {
		t.Error(what)
	}
	trace(t, fake, p, all[0])

	for i, p := range said {
		unmarked(t, fmt.Sprintf("the log of process %d", i+1), p.err.String(), all)
		unmarked(t, fmt.Sprintf("what process %d prints", i+1), p.out.String(), all)
	}
	unmarked(t, "the metrics", metrics, all)
	for name, content := range files(t, dir) {
		unmarked(t, name, content, all)
	}
	oneRow(t, filepath.Join(dir, "data", "beaware.db"))
}

// What GODEBUG said before stays as it was, and is said once.
func TestClobbering(t *testing.T) {
	for _, c := range [][2]string{
		{"A=1 B=2", "A=1 B=2 GODEBUG=clobberfree=1"},
		{"GODEBUG= A=1", "A=1 GODEBUG=clobberfree=1"},
		{"A=1 GODEBUG=madvdontneed=1 XGODEBUG=x", "A=1 XGODEBUG=x GODEBUG=madvdontneed=1,clobberfree=1"},
	} {
		if got := strings.Join(clobbering(strings.Fields(c[0])), " "); got != c[1] {
			t.Errorf("%s becomes %s, want %s", c[0], got, c[1])
		}
	}
}

// visitor is somebody whose words are marked.
type visitor struct {
	*phone
	number int
	leave  func(*phone)
}

// sideBySide lets all do something at the same time, however few cores there are.
func sideBySide(t *testing.T, name string, all []*visitor, do func(*visitor)) {
	var wg sync.WaitGroup
	for _, v := range all {
		wg.Go(func() {
			t.Run(fmt.Sprint(name, v.number), func(t *testing.T) {
				v.t = t
				do(v)
			})
		})
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

func (v *visitor) mark(animal string) string { return fmt.Sprintf("marked%d%s", v.number, animal) }

// begin answers a part of the questions.
func (v *visitor) begin() {
	v.talk(v.mark("quokka"), "bot.btn_check", "check.go_on", "check.yes", "check.no", "check.about_me", "check.no", "check.yes", "check.no")
}

// goOn is what happens after the crash.
func (v *visitor) goOn() {
	for { // what was shown again
		ctx, cancel := context.WithTimeout(v.t.Context(), 300*time.Millisecond)
		_, err := v.Next(ctx)
		cancel()
		if err != nil {
			break
		}
	}
	v.press("check.no") // the button knows where the conversation was
	v.talk(v.mark("zebra"), "bot.btn_about", "bot.btn_remember", "bot.btn_back", "bot.btn_help", "bot.btn_hide", "bot.btn_open", "bot.btn_back")
}

// talk says something that is understood and something that is not, both marked, and presses buttons.
func (v *visitor) talk(mark string, ids ...string) {
	v.t.Helper()
	for _, text := range []string{"/start bs_BA", mark + " da li je ovaj posao prevara " + mark, mark, "/start bs_BA"} {
		v.Send(text)
		v.next()
	}
	v.press(ids...)
}

// trace ends the program with the traces of its goroutines, in which the arguments of functions stand as numbers, while
// somebody's answer is under way.
func trace(t *testing.T, fake *telegramtest.Server, p *process, v *visitor) {
	t.Helper()
	fake.Fail(telegramtest.Fault{Method: "editMessageText", Do: telegramtest.Hang})
	asked := len(fake.Calls("editMessageText"))
	b, _ := v.screen.Button(v.in.catalog.Locale(v.lang).Text("bot.btn_open"))
	if _, err := v.PressData(v.Private(), v.screen.ID, b.Data); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := fake.WaitCalls(ctx, "editMessageText", asked+1); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	if dump := p.err.String(); !strings.Contains(dump, "SIGQUIT") || !strings.Contains(dump, "telegram.(*conversation).edit(") {
		t.Errorf("no trace of the answer:\n%s", dump)
	}
}

// unmarked holds that something that was written tells nothing of anybody.
func unmarked(t *testing.T, where, written string, all []*visitor) {
	t.Helper()
	var marks []string
	for _, v := range all {
		marks = append(marks, v.mark("quokka"), v.mark("zebra"), strconv.FormatInt(v.ID(), 10), fmt.Sprintf("%x", v.ID()))
		for _, form := range binaryForms(v.ID()) {
			if strings.Contains(written, form) {
				t.Errorf("%s holds the id of person %d in binary", where, v.number)
			}
		}
	}
	leaks(t, where, written, marks)
}

// oneRow holds that of the one person who is remembered there is a key and a sealed text, both of the length that all have.
func oneRow(t *testing.T, file string) {
	t.Helper()
	db, err := bolt.Open(file, 0o600, &bolt.Options{ReadOnly: true, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows := 0
	_ = db.View(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("memory")).ForEach(func(k, v []byte) error {
			if rows++; len(k) != 16 || len(v) != 97 {
				t.Errorf("a row has %d and %d bytes", len(k), len(v))
			}
			return nil
		})
	})
	if rows != 1 {
		t.Errorf("%d people are remembered, want one", rows)
	}
}

// remains lists what the memory of the process still holds of people.
func remains(t *testing.T, p *process, all []*visitor) (found []string) {
	t.Helper()
	var forms []string
	for _, v := range all {
		forms = append(forms, v.mark("quokka"), v.mark("zebra"), strconv.FormatInt(v.ID(), 10))
		forms = append(forms, binaryForms(v.ID())[:2]...)
	}
	searched := false // what the program must know is found
	eachRegion(t, p.cmd.Process.Pid, func(name string, memory []byte) {
		searched = searched || bytes.Contains(memory, []byte(telegramtest.Token))
		for _, form := range forms {
			if at := bytes.Index(memory, []byte(form)); at >= 0 {
				found = append(found, fmt.Sprintf("%s holds %q %d times, first in %q", name, form,
					bytes.Count(memory, []byte(form)), memory[max(0, at-100):min(len(memory), at+150)]))
			}
		}
	})
	if !searched {
		t.Fatal("the search finds not even the bot's token")
	}
	return found
}

// binaryForms writes an id as numbers are written in memory and in files.
func binaryForms(id int64) []string {
	return []string{
		string(bin.LittleEndian.AppendUint64(nil, uint64(id))),
		string(bin.BigEndian.AppendUint64(nil, uint64(id))),
		string(bin.AppendVarint(nil, id)), string(bin.AppendUvarint(nil, uint64(id))),
	}
}

// eachRegion reads all memory of a process that can be written to.
func eachRegion(t *testing.T, pid int, look func(name string, memory []byte)) {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		if os.Getenv("CI") == "" && os.IsPermission(err) {
			t.Skip("the memory of another process may not be read here")
		}
		t.Fatal(err)
	}
	defer mem.Close()
	for line := range strings.Lines(string(maps)) {
		var from, to int64
		var rights string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &from, &to, &rights); n != 3 || !strings.HasPrefix(rights, "rw") {
			continue
		}
		if to-from > 1<<32 {
			continue // the race detector's notes of who used which address
		}
		region := make([]byte, to-from)
		n, err := mem.ReadAt(region, from)
		if err != nil && err != io.EOF && n == 0 {
			continue // such as what the kernel keeps for itself
		}
		look(strings.TrimSpace(line), region[:n])
	}
}
