//go:build !unix

package telegram

import "net/http"

// newTransport keeps net/http's: elsewhere there is no plain way to see that a kept connection has ended.
func newTransport(std *http.Transport) http.RoundTripper { return std }
