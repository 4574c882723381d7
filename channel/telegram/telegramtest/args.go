package telegramtest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxBody is Telegram's limit for one upload, 50 MB, with room for the other fields.
const maxBody = 51 << 20

// args are the parameters of one request, whichever way they came.
type args struct {
	values map[string]string
	files  map[string]upload
}

type upload struct {
	name string
	data []byte
}

// readArgs takes URL query, form, multipart and JSON: https://core.telegram.org/bots/api#making-requests
func readArgs(r *http.Request) (args, error) {
	a := args{values: map[string]string{}, files: map[string]upload{}}
	a.take(r.URL.Query())
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return a, badRequest("failed to read the request")
	}
	if len(body) > maxBody {
		return a, &refusal{Code: http.StatusRequestEntityTooLarge, Description: "Request Entity Too Large"}
	}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(body) == 0:
	case kind == "application/json":
		err = a.takeJSON(body)
	case kind == "multipart/form-data":
		err = a.takeMultipart(body, params["boundary"])
	default: // as Telegram does, a body without a usable type is read as a form
		var form url.Values
		if form, err = url.ParseQuery(string(body)); err != nil {
			return a, badRequest("failed to parse the form")
		}
		a.take(form)
	}
	if err != nil {
		return a, err
	}
	return a, a.checkUTF8()
}

func (a *args) take(form url.Values) {
	for k, v := range form {
		a.values[k] = v[0]
	}
}

func (a *args) takeJSON(body []byte) error {
	if !utf8.Valid(body) {
		return badRequest("strings must be encoded in UTF-8")
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return badRequest("can't parse request: object expected")
	}
	for k, raw := range fields {
		var s string
		switch {
		case string(raw) == "null":
		case json.Unmarshal(raw, &s) == nil:
			a.values[k] = s
		default: // numbers, booleans, arrays and objects stand as they were written
			a.values[k] = string(raw)
		}
	}
	return nil
}

func (a *args) takeMultipart(body []byte, boundary string) error {
	r := &http.Request{
		Method: http.MethodPost, Body: io.NopCloser(bytes.NewReader(body)),
		Header: http.Header{"Content-Type": {mime.FormatMediaType("multipart/form-data", map[string]string{"boundary": boundary})}},
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return badRequest("failed to parse the multipart form")
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return badRequest("failed to parse the multipart form")
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return badRequest("failed to parse the multipart form")
		}
		if isFile(part.Header.Get("Content-Disposition")) {
			a.files[part.FormName()] = upload{name: part.FileName(), data: data}
		} else {
			a.values[part.FormName()] = string(data)
		}
	}
}

// isFile tells a file from a field. A file with an empty name is still a file.
func isFile(disposition string) bool {
	_, params, err := mime.ParseMediaType(disposition)
	_, named := params["filename"]
	return err == nil && named
}

func (a *args) checkUTF8() error {
	for k, v := range a.values {
		if !utf8.ValidString(k) || !utf8.ValidString(v) {
			return badRequest("strings must be encoded in UTF-8")
		}
	}
	return nil
}

func (a *args) text(name string) string { return a.values[name] }

// number reads an integer as Telegram does: what is no number is 0.
func (a *args) number(name string) int {
	n, _ := strconv.Atoi(strings.TrimSpace(a.values[name]))
	return n
}

// flag reads a Boolean: "true", "yes", "1" are true, in any case; all else is false.
func (a *args) flag(name string) bool {
	switch strings.ToLower(strings.TrimSpace(a.values[name])) {
	case "true", "yes", "1":
		return true
	}
	return false
}

// object decodes a JSON-serialized parameter into out; an absent one leaves it alone.
func (a *args) object(name, what string, out any) error {
	raw := strings.TrimSpace(a.values[name])
	if raw == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(raw), out); err != nil {
		return badRequest("can't parse %s JSON object", what)
	}
	return nil
}
