// Package browser lets a real browser judge the pages: whole conversations with and without JavaScript, an accessibility checker on every
// screen, and what is left behind when somebody leaves. It is a module of its own, so that the program needs no browser library. Where
// Chromium or axe-core is missing the tests are skipped, and fail with CI=true. Screenshots go to .cache/screenshots.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"beaware/bot"
	"beaware/catalog"
	"beaware/channel"
	"beaware/channel/feed"
	"beaware/web"
)

const (
	root      = "../.." // the project
	axeFile   = root + "/.cache/axe/node_modules/axe-core/axe.min.js"
	shots     = root + "/.cache/screenshots"
	patience  = 15 * time.Second
	innocence = "An innocent page" // title of the page that people leave to
)

// missing skips a test on a laptop, and fails it in CI.
func missing(t *testing.T, what string, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: %v", what, err)
	}
	t.Skipf("%s is missing: %v", what, err)
}

var chromium struct {
	once   sync.Once
	ctx    context.Context
	cancel context.CancelFunc
	axe    string
	err    error
	what   string
}

// TestMain ends the browser, which all tests share.
func TestMain(m *testing.M) {
	code := m.Run()
	if chromium.cancel != nil {
		chromium.cancel()
	}
	os.Exit(code)
}

func start() {
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if program, chromium.err = exec.LookPath(name); chromium.err == nil {
			break
		}
	}
	if chromium.what = "Chromium"; chromium.err != nil {
		return
	}
	axe, err := os.ReadFile(axeFile)
	if err != nil {
		chromium.what, chromium.err = "axe-core (see .ci/run)", err
		return
	}
	chromium.axe = string(axe)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-prompt-on-repost", false))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	chromium.ctx, chromium.cancel = ctx, func() { cancel(); stop() }
	chromium.err = chromedp.Do(ctx)
}

// place is a running server of ours and one of somebody else.
type place struct {
	ours, theirs string
	cat          *catalog.Catalog
	hold         chan struct{} // their page /slow answers when it is closed
}

func serve(t *testing.T, answer channel.Answerer) *place {
	t.Helper()
	cat, findings := catalog.Load(os.DirFS(root))
	if cat == nil {
		t.Fatalf("the shipped content has errors:\n%v", findings)
	}
	if answer == nil {
		b, err := bot.New(cat, bot.Options{Sample: true, Drafts: true})
		if err != nil {
			t.Fatal(err)
		}
		answer = b.Step
	}
	p := &place{cat: cat, hold: make(chan struct{})}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			select {
			case <-p.hold:
			case <-r.Context().Done():
			}
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><title>%s</title><link rel="icon" href="data:,"><h1>%[1]s</h1>`, innocence)
	}))
	t.Cleanup(other.Close)
	p.theirs = other.URL
	exit := other.URL + "/exit"
	if strings.Contains(t.Name(), "Slow") {
		exit = other.URL + "/slow"
	}
	mine := httptest.NewServer(web.New(web.Options{Catalog: cat, Answer: answer, Shelf: empty{}, PublicURL: "http://127.0.0.1", ExitURL: exit, Sample: true, Drafts: true,
		Channels: []web.ChannelInfo{{ID: "rs-feed", Office: "rs", Country: "RS", Languages: []string{"en", "sr-Cyrl", "sr-Latn", "ar"}}}}))
	t.Cleanup(mine.Close)
	p.ours = mine.URL
	return p
}

// empty is a shelf without posts.
type empty struct{}

func (empty) Put(context.Context, string, string, time.Time, []byte) error { return nil }
func (empty) List(context.Context, string, int) ([][]byte, error)          { return nil, nil }

var _ feed.Shelf = empty{}

// tab is one page of the browser, apart from all others.
type tab struct {
	*testing.T
	*place
	ctx      context.Context
	scripts  bool
	mu       sync.Mutex
	requests []string
	bytes    map[string]float64 // by request
	name     string             // of screenshots
	shot     int
}

func open(t *testing.T, p *place, scripts bool) *tab {
	t.Helper()
	chromium.once.Do(start)
	if chromium.err != nil {
		missing(t, chromium.what, chromium.err)
	}
	b := &tab{T: t, place: p, scripts: scripts, bytes: map[string]float64{}}
	ctx, cancel := chromedp.NewContext(chromium.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.note))
	t.Cleanup(cancel)
	b.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // without a time limit: the tab lives as long as this context
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	b.silence(!scripts)
	b.size(390, 844)
	return b
}

func (b *tab) note(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := ev.(type) {
	case network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case network.EventLoadingFinished:
		b.bytes[string(e.RequestID)] = e.EncodedDataLength
	case *network.EventLoadingFinished:
		b.bytes[string(e.RequestID)] = e.EncodedDataLength
	}
}

// elsewhere gives the requests that went to another host than ours.
func (b *tab) elsewhere() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []string
	for _, r := range b.requests {
		if u, err := url.Parse(r); err != nil || u.Scheme != "data" && "http://"+u.Host != b.ours {
			found = append(found, r)
		}
	}
	return found
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Fatalf("browser: %v", err)
	}
}

func (b *tab) size(width, height int64) {
	b.Helper()
	b.do(chromedp.EmulateViewport(width, height))
}

// dark or light is what the device prefers.
func (b *tab) scheme(name string) {
	b.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
}

func (b *tab) visit(address string) {
	b.Helper()
	b.do(chromedp.Navigate(address))
}

// eval gives what an expression is worth in the page, through the debugger, so that it works without scripts, too.
func eval[T any](b *tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

func must[T any](b *tab, expression string) T {
	b.Helper()
	v, err := eval[T](b, expression)
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for an expression to become true. Errors count as not yet: a page may be going away.
func (b *tab) until(what, expression string) {
	b.Helper()
	end := time.Now().Add(patience)
	for {
		ok, err := eval[bool](b, expression)
		if ok && err == nil {
			return
		}
		if time.Now().After(end) {
			b.Fatalf("%s: not within %v (%v)\n%s", what, patience, err, b.text())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (b *tab) text() string {
	s, _ := eval[string](b, `document.body ? document.body.innerText : ""`)
	return s
}

// picture keeps what the screen shows, the whole page of it.
func (b *tab) picture(what string) {
	b.Helper()
	b.shot++
	if b.name == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(shots, b.name), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(shots, b.name, fmt.Sprintf("%02d-%s.png", b.shot, what)), png, 0o644); err != nil {
		b.Fatal(err)
	}
}

// finding is what axe-core objects to.
type finding struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string
		FailureSummary string
	}
}

// axe has the accessibility checker look at the page. Where scripts are off, the debugger lets it run for this moment; those of the page
// were passed over when it was read, and stay silent.
func (b *tab) axe(what string) {
	b.Helper()
	if !b.scripts {
		b.silence(false)
		defer b.silence(true)
	}
	if _, err := eval[chromedp.Void](b, chromium.axe+";0"); err != nil {
		b.Fatalf("axe-core cannot be loaded: %v", err)
	}
	raw := must[string](b, `axe.run(document, {resultTypes: ["violations"], runOnly: {type: "tag",
		values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}).then((r) => JSON.stringify(r.violations))`)
	var found []finding
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		b.Fatal(err)
	}
	for _, f := range found {
		for _, n := range f.Nodes {
			b.Errorf("%s: axe-core: %s, %s (%s)\n%s\n%s", what, f.Impact, f.ID, f.Help, n.HTML, n.FailureSummary)
		}
	}
}

// silence turns the page's own scripts off, or on.
func (b *tab) silence(disabled bool) {
	b.Helper()
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: disabled})
}

// call sends a command of the debugger's protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.Helper()
	r, err := chromedp.Call(b.ctx, command, params)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// js writes a Go string as JavaScript.
func js(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}
