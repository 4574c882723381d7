// Package mailpit lets a mail server that this project did not write judge our e-mails. It is a module of its own, so that the
// server is no dependency of the project. The first run builds the server, which takes about a minute.
package mailpit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"beaware/alert"
	"beaware/channel"
)

// pit is a running Mailpit.
type pit struct {
	api  string
	port int
}

func start(t *testing.T) *pit {
	t.Helper()
	program, err := exec.CommandContext(t.Context(), "go", "tool", "-n", "mailpit").Output()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("mailpit cannot be built: %v", err)
		}
		t.Skipf("mailpit cannot be built: %v", err)
	}
	web, smtp := free(t), free(t)
	cmd := exec.Command(strings.TrimSpace(string(program)), "--listen", address(web), "--smtp", address(smtp),
		"--database", filepath.Join(t.TempDir(), "mails.db"), "--disable-version-check", "--enable-chaos",
		"--smtp-auth-accept-any", "--smtp-auth-allow-insecure", "--quiet")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() })
	p := &pit{api: "http://" + address(web) + "/api/v1", port: smtp}
	for range 200 {
		if resp, err := http.Get(p.api + "/messages"); err == nil {
			_ = resp.Body.Close()
			return p
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("mailpit did not start within 10 s")
	return nil
}

func free(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func address(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

func (p *pit) get(t *testing.T, path string, into any) {
	t.Helper()
	resp, err := http.Get(p.api + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || json.Unmarshal(data, into) != nil {
		t.Fatalf("GET %s: %s %v", path, data, err)
	}
}

// chaos makes the server answer one kind of command with an error code; 0 for none.
func (p *pit) chaos(t *testing.T, command string, code int) {
	t.Helper()
	body := "{}"
	if code != 0 {
		body = fmt.Sprintf(`{"%s":{"ErrorCode":%d,"Probability":100}}`, command, code)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, p.api+"/chaos", bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("chaos: %s", resp.Status)
	}
}

func (p *pit) sink(t *testing.T) *alert.Mail {
	t.Helper()
	m, err := alert.NewMail(alert.MailOptions{Host: "127.0.0.1", Port: p.port, TLS: alert.None,
		From: "Beaware <alerts@example.org>", To: "duty@example.org", Username: "staff", Password: "pit-p4ssword"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// What a desk tells arrives as written, in every script.
func TestDeskToMailbox(t *testing.T) {
	p := start(t)
	desk := alert.New(map[string]alert.Sink{"mail": p.sink(t)}, nil)
	desk.Tell(
		alert.Event{Kind: alert.Failed, Subject: "world-day/daily/2027-07-17T19:30/ba-telegram/bs", Text: "čćžšđ Ћирилица العربية"},
		alert.Event{Kind: alert.Channel, Subject: "ba-telegram", Text: ". begins with a dot\r\nBcc: everybody@example.org"},
	)
	ctx, stop := context.WithCancel(t.Context())
	stop() // what waits is told at the end
	desk.Run(ctx)
	if s := desk.State(); s[0].Trouble != "" || s[0].Waiting != 0 {
		t.Fatalf("%+v", s)
	}
	var list struct {
		Messages []struct{ ID string }
	}
	p.get(t, "/messages", &list)
	if len(list.Messages) != 1 {
		t.Fatalf("%d mails", len(list.Messages))
	}
	var m struct {
		Subject, Text, HTML string
		From                struct{ Name, Address string }
		To, Cc, Bcc         []struct{ Address string }
	}
	p.get(t, "/message/"+list.Messages[0].ID, &m)
	want := `Channels that do not let us in: mend token, address or rights:
- ba-telegram: . begins with a dot  Bcc: everybody@example.org

Posts that failed:
- world-day/daily/2027-07-17T19:30/ba-telegram/bs: čćžšđ Ћирилица العربية`
	if got := strings.TrimSpace(strings.ReplaceAll(m.Text, "\r\n", "\n")); got != want || m.HTML != "" {
		t.Errorf("text\n%s\nwant\n%s", got, want)
	}
	if m.Subject != "Beaware: 1 channel, 1 failed" || m.From.Address != "alerts@example.org" || m.From.Name != "Beaware" ||
		len(m.To) != 1 || m.To[0].Address != "duty@example.org" || len(m.Cc)+len(m.Bcc) != 0 {
		t.Errorf("%+v", m)
	}
	var headers map[string][]string
	p.get(t, "/message/"+list.Messages[0].ID+"/headers", &headers)
	if got := headers["Auto-Submitted"]; len(got) != 1 || got[0] != "auto-generated" {
		t.Errorf("headers %v", headers)
	}
}

// A server that fails says whether trying again may help, and nothing is repeated of what it says.
func TestServerFails(t *testing.T) {
	p := start(t)
	for _, c := range []struct {
		command string
		code    int
		kind    channel.Kind
	}{
		{"Sender", 451, channel.Temporary}, {"Recipient", 451, channel.Temporary}, {"Recipient", 550, channel.Misconfigured},
		{"Authentication", 535, channel.Misconfigured},
	} {
		p.chaos(t, c.command, c.code)
		err := p.sink(t).Tell(t.Context(), alert.Digest{Title: "t", Text: "x", At: time.Now()})
		var e *channel.SendError
		if !errors.As(err, &e) || e.Kind != c.kind || !strings.HasSuffix(e.Reason, ": the server answered "+strconv.Itoa(c.code)) ||
			strings.Contains(e.Reason, "pit-p4ssword") || strings.Contains(e.Reason, "duty") {
			t.Errorf("%s %d: %v", c.command, c.code, err)
		}
	}
	p.chaos(t, "", 0)
	if err := p.sink(t).Tell(t.Context(), alert.Digest{Title: "t", Text: "x", At: time.Now()}); err != nil {
		t.Errorf("after the trouble: %v", err)
	}
}
