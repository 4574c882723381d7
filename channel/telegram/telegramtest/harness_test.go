package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// api is a bare client: what it sends is what the test says.
type api struct {
	t   *testing.T
	s   *Server
	url string
}

func connect(t *testing.T, s *Server) api {
	return api{t: t, s: s, url: s.URL + "/bot" + Token + "/"}
}

type result struct {
	envelope
	Status int
	HTML   string
}

func (a api) form(method string, pairs ...string) result {
	a.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return a.post(method, "application/x-www-form-urlencoded", []byte(form.Encode()))
}

func (a api) post(method, kind string, body []byte) result {
	a.t.Helper()
	resp, err := a.s.Client().Post(a.url+method, kind, bytes.NewReader(body))
	if err != nil {
		a.t.Fatalf("%s: %v", method, err)
	}
	return decode(a.t, resp)
}

func decode(t *testing.T, resp *http.Response) result {
	t.Helper()
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("read the reply: %v", err)
	}
	r := result{Status: resp.StatusCode}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		r.HTML = string(raw)
		return r
	}
	if err := json.Unmarshal(raw, &r.envelope); err != nil {
		t.Fatalf("reply is no JSON: %v: %s", err, raw)
	}
	return r
}

// message decodes the result of a sending method.
func (r result) message(t *testing.T) wireMessage {
	t.Helper()
	var m wireMessage
	if !r.OK {
		t.Fatalf("refused: %s", r.Description)
	}
	if err := json.Unmarshal(r.Result, &m); err != nil {
		t.Fatalf("result is no message: %v", err)
	}
	return m
}

func (r result) wants(t *testing.T, status int, description string) {
	t.Helper()
	if r.Status != status || r.OK != (status == 200) || (status != 200 && r.Description != description) || (status != 200 && r.ErrorCode != status) {
		t.Errorf("got %d %q ok=%v code=%d, want %d %q", r.Status, r.Description, r.OK, r.ErrorCode, status, description)
	}
}

func (a api) upload(method string, fields map[string]string, files map[string][]byte) result {
	a.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range fields {
		_ = w.WriteField(k, v)
	}
	for k, data := range files {
		part, _ := w.CreateFormFile(k, k+".png")
		_, _ = part.Write(data)
	}
	_ = w.Close()
	return a.post(method, w.FormDataContentType(), body.Bytes())
}

func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// soon ends a wait that hangs.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}
