package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"beaware/channel"
)

const (
	webhookTimeout = 10 * time.Second
	maxAnswer      = 64 << 10 // bytes of an answer that are read, to use the connection again
	maxListed      = 200      // troubles in the JSON; Text has the rest in numbers
)

// WebhookOptions is where a webhook leads. Any part of URL but its host may be a secret.
type WebhookOptions struct {
	URL    string // http or https
	Header string // "X-Beaware-Secret" or "Authorization"; "" for none
	Secret string // the header's value: "Bearer ..."
}

// Webhook posts each digest as JSON. The member "text" is what chat servers show. Any 2xx is a yes.
type Webhook struct {
	client *http.Client
	host   string
	url    string
	header string
	secret string
}

// NewWebhook checks the options. Its errors repeat nothing of them.
func NewWebhook(o WebhookOptions) (*Webhook, error) {
	u, err := url.Parse(strings.TrimSpace(o.URL))
	switch {
	case err != nil, u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return nil, errors.New(`alert webhook: the url is not a web address; write it as "https://example.org/hook"`)
	case (o.Header == "") != (o.Secret == ""):
		return nil, errors.New("alert webhook: a header needs a secret, and a secret a header")
	case !token(o.Header):
		return nil, errors.New(`alert webhook: the header is not a header's name; write it as "X-Beaware-Secret"`)
	case strings.ContainsFunc(o.Secret, func(r rune) bool { return r < ' ' || r > '~' }):
		return nil, errors.New("alert webhook: the secret has characters that no header can carry; right are printable ASCII characters")
	}
	w := &Webhook{host: u.Host, url: u.String(), header: o.Header, secret: o.Secret}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true,
		IdleConnTimeout: time.Second, TLSHandshakeTimeout: webhookTimeout, MaxResponseHeaderBytes: maxAnswer}
	w.client = &http.Client{Transport: transport, CheckRedirect: follow}
	return w, nil
}

// token tells whether a name can be a header's; an empty one can, as there is none then.
func token(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// follow stays with the server that the secret is meant for, and where the digest goes along (307, 308).
func follow(req *http.Request, via []*http.Request) error {
	from := via[0].URL
	if len(via) > 3 || req.Method != http.MethodPost || req.URL.Host != from.Host || req.URL.Scheme != from.Scheme {
		return http.ErrUseLastResponse
	}
	return nil
}

// String keeps the address and the secret out of anything that prints a webhook.
func (w *Webhook) String() string { return "webhook to " + w.host }

// GoString keeps them out of %#v.
func (w *Webhook) GoString() string { return w.String() }

// Tell implements Sink.
func (w *Webhook) Tell(ctx context.Context, d Digest) error {
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	type body struct {
		Digest
		Unlisted int `json:"unlisted"` // troubles beyond those listed
	}
	b := body{Digest: d}
	if b.Troubles == nil {
		b.Troubles = []Trouble{}
	}
	if n := len(b.Troubles); n > maxListed {
		b.Troubles, b.Unlisted = b.Troubles[:maxListed], n-maxListed
	}
	data, err := json.Marshal(b)
	if err != nil {
		return &channel.SendError{Kind: channel.Permanent, Reason: w.String() + ": the digest cannot be written as JSON"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(data))
	if err != nil {
		return &channel.SendError{Kind: channel.Misconfigured, Reason: w.String() + ": the address cannot be used"}
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "beaware")
	if w.header != "" {
		req.Header.Set(w.header, w.secret)
	}
	resp, err := w.client.Do(req)
	if err != nil {
		kind, reason := network(err)
		return &channel.SendError{Kind: kind, Reason: w.String() + ": " + reason}
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)) // the status has said it all
	return w.answer(resp)
}

// answer reads a status. The words of the answer are never used.
func (w *Webhook) answer(resp *http.Response) error {
	e := &channel.SendError{Reason: fmt.Sprintf("%s: answered %d", w, resp.StatusCode)}
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code >= 300 && code < 400:
		e.Kind, e.Reason = channel.Misconfigured, e.Reason+", which leads elsewhere and is not followed"
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		e.Kind, e.RetryAfter = channel.Throttled, retryAfter(resp.Header.Get("Retry-After"), time.Now())
	case code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
		e.Kind = channel.Refused
	case code >= 500, code == http.StatusRequestTimeout:
		e.Kind = channel.Temporary
	default: // 400 too: what it is about cannot be told from here, so staff mend and nothing is lost
		e.Kind = channel.Misconfigured
	}
	return e
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3); zero for neither.
func retryAfter(s string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n > 0 {
		return time.Duration(min(n, 24*60*60)) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil && at.After(now) {
		return min(at.Sub(now), day)
	}
	return 0
}
