package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"time"

	"beaware/state"
)

// The running program carries out the orders of other commands, which reach it by JSON over HTTP on a socket that only its
// owner may open. Where none runs, a command opens the store and carries its order out by itself, in the same way.

// order is what a command asks for. There is one shape for all, and a field that is not known is refused: a filter that
// somebody overlooked would let a change through to more posts than were meant.
type order struct {
	By        string `json:"by"` // the operating system's user who gives it
	Scope     string `json:"scope,omitempty"`
	ID        string `json:"id,omitempty"`
	Note      string `json:"note,omitempty"`
	Filter    filter `json:"filter"`
	Published bool   `json:"published,omitempty"`
	Try       bool   `json:"try,omitempty"` // say what it would change, and change nothing
	Limit     int    `json:"limit,omitempty"`
	File      string `json:"file,omitempty"` // absolute
}

// largestOrder is how many bytes an order may have, and largestAnswer an answer.
const (
	largestOrder  = 16 << 10
	largestAnswer = 64 << 20
)

// task is one thing that a panel does. Its name stands in the address on the socket.
type task[A any] struct {
	name   string
	writes bool // needs the store for writing
	makes  bool // makes the store where there is none
	do     func(*panel, context.Context, order) (A, error)
}

// ask has the running program carry out an order, or else does it here.
func ask[A any](ctx context.Context, in *installation, t task[A], o order) (A, error) {
	o.By = who()
	var a A
	if err := o.check(t.writes); err != nil {
		return a, err
	}
	// A program that starts has the store before it listens, and another command has it for a moment.
	for tries := 4; ; tries-- {
		a, err := send(ctx, in, t, o)
		if !errors.Is(err, errNoDaemon) {
			return a, err
		}
		a, err = alone(ctx, in, t, o)
		if !errors.Is(err, state.ErrInUse) || tries == 0 || ctx.Err() != nil {
			return a, err
		}
	}
}

// alone carries out an order on a store that no running program holds.
func alone[A any](ctx context.Context, in *installation, t task[A], o order) (a A, err error) {
	path := in.config.path(in.config.Store.Path)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && !t.makes {
		return a, fmt.Errorf("there is no store at %s yet: beaware run makes it", in.config.Store.Path)
	}
	s, err := state.Open(path, state.Options{ReadOnly: !t.writes})
	if err != nil {
		return a, err
	}
	a, err = t.do(in.panel(s), ctx, o)
	return a, errors.Join(err, s.Close())
}

// who names the user for the audit log.
func who() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "user " + strconv.Itoa(os.Getuid())
}

var errNoDaemon = errors.New("no running program answers")

// send gives an order to the running program. errNoDaemon says that it did not get there.
func send[A any](ctx context.Context, in *installation, t task[A], o order) (a A, err error) {
	path, apart := in.socket()
	if apart && private(filepath.Dir(path)) != nil { // a program that ran would have refused it too
		return a, errNoDaemon
	}
	body, err := json.Marshal(o)
	if err != nil {
		return a, fmt.Errorf("write the order: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://beaware/"+t.name, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	resp, err := client.Do(req)
	var dial *net.OpError
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return a, fmt.Errorf("the running program did not answer in time: %w", ctx.Err())
	case !t.writes || errors.As(err, &dial) && dial.Op == "dial":
		return a, errNoDaemon
	default:
		return a, errors.New("the running program ended before it answered; beaware audit tells whether it did this")
	}
	defer resp.Body.Close()
	answer := io.LimitReader(resp.Body, largestAnswer)
	if resp.StatusCode != http.StatusOK {
		var said refusal
		if err := json.NewDecoder(answer).Decode(&said); err != nil || said.Text == "" {
			return a, fmt.Errorf("the running program answered %s; is it of another version?", resp.Status)
		}
		return a, &said
	}
	if err := json.NewDecoder(answer).Decode(&a); err != nil {
		return a, fmt.Errorf("read the answer of the running program: %w", err)
	}
	return a, nil
}

// refusal is an error on its way over the socket.
type refusal struct {
	Text  string `json:"error"`
	Usage bool   `json:"usage"` // another command line would mend it
}

func (r *refusal) Error() string { return r.Text }

func (r *refusal) Is(target error) bool { return r.Usage && target == errUsage }

// controlHandler serves the tasks of a panel.
func controlHandler(p *panel) http.Handler {
	mux := http.NewServeMux()
	serve(mux, p, statusTask)
	serve(mux, p, postsTask)
	serve(mux, p, openedTask)
	serve(mux, p, planTask)
	serve(mux, p, pauseTask)
	serve(mux, p, resumeTask)
	serve(mux, p, pausesTask)
	serve(mux, p, retryTask)
	serve(mux, p, cancelTask)
	serve(mux, p, resolveTask)
	serve(mux, p, backupTask)
	serve(mux, p, auditTask)
	mux.HandleFunc("GET /status", answer(p, statusTask)) // for people with curl
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, fmt.Errorf("%w: there is no %s %s", errUsage, r.Method, r.URL.Path))
	})
	return mux
}

func serve[A any](mux *http.ServeMux, p *panel, t task[A]) {
	mux.HandleFunc("POST /"+t.name, answer(p, t))
}

func answer[A any](p *panel, t task[A]) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		o, err := readOrder(w, r)
		if err != nil {
			refuse(w, http.StatusBadRequest, err)
			return
		}
		if err := o.check(t.writes); err != nil {
			refuse(w, http.StatusBadRequest, err)
			return
		}
		// Many posts, or a large store, may take longer than a page.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
		a, err := t.do(p, r.Context(), o)
		switch {
		case errors.Is(err, errUsage):
			refuse(w, http.StatusBadRequest, err)
		case err != nil:
			refuse(w, http.StatusInternalServerError, err)
		default:
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(a) // a reader who has gone misses nothing
		}
	}
}

func readOrder(w http.ResponseWriter, r *http.Request) (o order, err error) {
	if r.Method == http.MethodGet {
		return o, nil
	}
	in := json.NewDecoder(http.MaxBytesReader(w, r.Body, largestOrder))
	in.DisallowUnknownFields()
	if err := in.Decode(&o); err != nil {
		return o, fmt.Errorf("%w: the order cannot be read: %w", errUsage, err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return o, fmt.Errorf("%w: there is something behind the order", errUsage)
	}
	return o, nil
}

func refuse(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(refusal{Text: err.Error(), Usage: errors.Is(err, errUsage)})
}
