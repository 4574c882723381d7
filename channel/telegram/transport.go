package telegram

import "net/http"

// transport is how requests leave. It follows no redirect, which would carry the token to another server, and has no time
// limit of its own: every call brings one.
func transport(given *http.Client) http.RoundTripper {
	if given != nil && given.Transport != nil {
		return given.Transport
	}
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost = workers
	return newTransport(t)
}
