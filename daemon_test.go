package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// alive is the daemon in this process, with everything that it writes.
type alive struct {
	t     testing.TB
	in    *installation
	dir   string
	out   *record
	log   *record
	base  string
	began time.Time
	stop  func() // Ctrl-C; it may be called again
}

// awake starts a daemon on a free port, with the most talkative log.
func awake(t testing.TB, config string) *alive {
	t.Helper()
	a := &alive{t: t, in: opened(t, config), dir: filepath.Dir(config), out: &record{}, log: &record{}, began: time.Now()}
	term := terminal{in: strings.NewReader(""), out: a.out, err: a.log}
	c := runCommand{Listen: "127.0.0.1:0", LogLevel: "debug"}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.daemon(ctx, a.in, term, c.logger(term)) }()
	a.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("the daemon ended with: %v", err)
			}
		case <-time.After(promised):
			t.Errorf("still running %s after it was told to stop", promised)
		}
	})
	t.Cleanup(a.stop)
	address := regexp.MustCompile(`Campaign pages +(http://[^/\s]+)/`)
	eventually(t, "the daemon says its address", func() bool {
		if m := address.FindStringSubmatch(a.out.String()); m != nil {
			a.base = m[1]
			return true
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("the daemon ended with: %v\n%s", err, a.log)
		default:
		}
		return false
	})
	return a
}

// report is what status shows of it.
func (a *alive) report() (r report, err error) { return asked(a.t, a.dir) }

// settled waits until everything that was due at the start is sent.
func (a *alive) settled() (r report) {
	a.t.Helper()
	eventually(a.t, "what was due is sent", func() bool {
		var err error
		r, err = a.report()
		return err == nil && !r.Watermark.Before(a.began) && r.idle()
	})
	return r
}

// do sends a request made by hand and gives status and body; a connection that breaks is status 0.
func (a *alive) do(method, path, body string, header ...string) (status int, page string) {
	a.t.Helper()
	req, err := http.NewRequest(method, a.base+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		a.t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}
