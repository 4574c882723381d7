package alert

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"syscall"

	"beaware/channel"
)

// network says in our own words why a request had no answer. The words of the error itself are never used: they may hold
// an address with a secret in it.
func network(err error) (kind channel.Kind, reason string) {
	var (
		dns     *net.DNSError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		invalid *tls.CertificateVerificationError
		timeout net.Error
	)
	switch {
	case errors.As(err, &dns):
		return channel.Temporary, "the server's name is not known"
	case errors.As(err, &invalid):
		return channel.Misconfigured, "the server's certificate is not valid for its name, or not trusted"
	case errors.As(err, &record), errors.As(err, &alert):
		return channel.Misconfigured, "the server does not speak TLS as expected"
	case errors.Is(err, syscall.ECONNREFUSED):
		return channel.Temporary, "the server refuses connections"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return channel.Temporary, "the server cannot be reached"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.As(err, &timeout) && timeout.Timeout():
		return channel.Unknown, "no answer in time"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, net.ErrClosed), errors.Is(err, syscall.EPIPE):
		return channel.Unknown, "the server ended the connection"
	}
	return channel.Unknown, "the connection failed"
}
