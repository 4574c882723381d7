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
	"testing"
	"time"

	"beaware/channel/telegram/telegramtest"
)

// TestNothingStays holds long conversations with the real program, kills it in the middle and goes on, wipes, and then
// looks for what was said and by whom: in the store, the log, the metrics, and the memory of the process.
func TestNothingStays(t *testing.T) {
	t.Parallel()
	fake := telegramtest.Start(t)
	config := telegramConfig(t, fake, "")
	dir := filepath.Dir(config)
	in := opened(t, config)

	var people []*phone
	for range 5 {
		people = append(people, &phone{User: fake.AddUser("bs"), t: t, in: in, lang: "bs"})
	}
	p := startIn(t, dir)
	for i, person := range people {
		person.talk(fmt.Sprintf("marked%dquokka", i), "bot.btn_check", "check.go_on", "check.yes", "check.no", "check.about_me", "check.no", "check.yes", "check.no")
	}
	p.kill()
	before := map[*phone]int{}
	for _, person := range people {
		all := person.Messages()
		before[person] = all[len(all)-1].ID
	}
	log, out := p.err.String(), p.out.String()
	p = startIn(t, dir)
	eventually(t, "what the first process did not confirm is seen to", func() bool { return fake.Bot().Pending() == 0 })
	for i, person := range people {
		person.catchUp()
		person.press("check.no") // the button knows where the conversation was
		person.talk(fmt.Sprintf("marked%dzebra", i), "bot.btn_about", "bot.btn_remember", "bot.btn_back", "bot.btn_help", "bot.btn_hide", "bot.btn_open", "bot.btn_back")
	}
	kept := people[0] // stays remembered; everybody else wipes
	for _, person := range people[1:] {
		person.press("bot.btn_wipe")
		person.shows("wipe.telegram")
		// What was said to the process that was killed, nobody knows any more: the person is told how to delete it.
		eventually(t, "one neutral message is left", func() bool {
			left := slices.DeleteFunc(person.Messages(), func(m telegramtest.Message) bool { return m.ID <= before[person] })
			return len(left) == 1 && left[0].ID == person.screen.ID
		})
	}
	kept.press("bot.btn_hide")
	metrics := p.get("/metrics")

	var marks []string
	for i, person := range people {
		marks = append(marks, fmt.Sprintf("marked%dquokka", i), fmt.Sprintf("marked%dzebra", i), strconv.FormatInt(person.ID(), 10))
	}
	for range 60 { // what was freed is written over when it is used again
		if len(remains(t, p, people[1:])) == 0 {
			break
		}
		time.Sleep(time.Second / 2)
		p.get("/chat")
	}
	for _, what := range remains(t, p, people[1:]) {
		t.Error(what)
	}
	p.interrupt()
	leaks(t, "the log", log+p.err.String(), marks)
	leaks(t, "what it prints", out+p.out.String(), marks)
	leaks(t, "the metrics", metrics, marks)
	for name, content := range files(t, dir) {
		leaks(t, name, content, marks)
		for i, person := range people {
			for _, form := range binaryForms(person.ID()) {
				if strings.Contains(content, form) {
					t.Errorf("%s holds the id of person %d in binary", name, i)
				}
			}
		}
	}
}

// catchUp passes over what was shown again after the crash.
func (p *phone) catchUp() {
	for {
		ctx, cancel := context.WithTimeout(p.t.Context(), 300*time.Millisecond)
		_, err := p.Next(ctx)
		cancel()
		if err != nil {
			return
		}
	}
}

// talk says something that is understood and something that is not, both marked, and presses buttons.
func (p *phone) talk(mark string, ids ...string) {
	p.t.Helper()
	p.Send("/start bs_BA")
	p.next()
	for range 3 {
		p.Send(mark + " da li je ovaj posao prevara " + mark)
		p.next()
	}
	p.Send("/start bs_BA")
	p.next()
	p.press(ids...)
}

// remains lists what the memory of the process still holds of people.
func remains(t *testing.T, p *process, people []*phone) (found []string) {
	t.Helper()
	var forms []string
	for i, person := range people {
		forms = append(forms, fmt.Sprintf("marked%dquokka", i+1), fmt.Sprintf("marked%dzebra", i+1), strconv.FormatInt(person.ID(), 10))
		forms = append(forms, binaryForms(person.ID())[0]) // as a number in memory
	}
	eachRegion(t, p.cmd.Process.Pid, func(name string, memory []byte) {
		for _, form := range forms {
			if n := bytes.Count(memory, []byte(form)); n > 0 {
				found = append(found, fmt.Sprintf("%s holds %q %d times", name, form, n))
			}
		}
	})
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
		region := make([]byte, to-from)
		n, err := mem.ReadAt(region, from)
		if err != nil && err != io.EOF && n == 0 {
			continue // such as what the kernel keeps for itself
		}
		look(strings.TrimSpace(line), region[:n])
	}
}
