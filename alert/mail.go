package alert

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"beaware/channel"
)

const mailTimeout = 15 * time.Second // for a whole delivery

// Encryption says how the connection to a mail server is protected.
type Encryption string

const (
	StartTLS Encryption = "starttls" // begins in the clear and must change to TLS, port 587. The default
	TLS      Encryption = "tls"      // TLS from the first byte, port 465
	None     Encryption = "none"     // in the clear, port 25; a password then goes to this machine only
)

// MailOptions is a mail server and one address. One address a sink: a dead one then holds up no other.
type MailOptions struct {
	Host     string // without a port
	Port     int    // 0: the usual one of Encryption
	TLS      Encryption
	From, To string // "alerts@example.org" or "Beaware <alerts@example.org>"
	Username string // "" without signing in
	Password string
}

// Mail sends each digest as a plain-text e-mail.
type Mail struct {
	o        MailOptions
	from, to *mail.Address
	tls      *tls.Config
}

// NewMail checks the options. Its errors repeat no password and no address. It connects to nobody.
func NewMail(o MailOptions) (*Mail, error) {
	if o.TLS == "" {
		o.TLS = StartTLS
	}
	usual, known := map[Encryption]int{StartTLS: 587, TLS: 465, None: 25}[o.TLS]
	if o.Port == 0 {
		o.Port = usual
	}
	from, fromErr := mail.ParseAddress(o.From)
	to, toErr := mail.ParseAddress(o.To)
	var wrong []error
	fault := func(bad bool, format string, args ...any) {
		if bad {
			wrong = append(wrong, fmt.Errorf("alert mail: "+format, args...))
		}
	}
	fault(!known, `tls is not known; write "starttls", "tls" or "none"`)
	fault(!hostName(o.Host), `host is not the name of a server; write it as "mail.example.org", the port apart`)
	fault(o.Port < 1 || o.Port > 65535, "port %d is not between 1 and 65535", o.Port)
	fault(fromErr != nil, `from is not an e-mail address; write it as "alerts@example.org"`)
	fault(toErr != nil, `to is not one e-mail address; write it as "duty@example.org"`)
	fault((o.Username == "") != (o.Password == ""), "a username needs a password, and a password a username")
	fault(o.Password != "" && o.TLS == None && !loopback(o.Host), `tls = "none" would send the password in the clear to another machine`)
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return &Mail{o: o, from: from, to: to, tls: &tls.Config{ServerName: o.Host, MinVersion: tls.VersionTLS12}}, nil
}

func hostName(s string) bool {
	return s != "" && len(s) < 254 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune("/@\x7f", r) }) &&
		(net.ParseIP(s) != nil || !strings.Contains(s, ":"))
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// String keeps addresses and password out of anything that prints a mail sink.
func (m *Mail) String() string { return "mail through " + m.o.Host }

// GoString keeps them out of %#v.
func (m *Mail) GoString() string { return m.String() }

// Tell implements Sink.
func (m *Mail) Tell(ctx context.Context, d Digest) error {
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	msg, err := m.message(d)
	if err != nil {
		return m.fail(channel.Permanent, "the message cannot be made")
	}
	var line cutter
	defer line.close()
	client, err := m.client(func(dialling context.Context, network, address string) (net.Conn, error) {
		c, err := m.dial(dialling, network, address)
		line.take(ctx, c)
		return c, err
	})
	if err != nil {
		return m.fail(channel.Misconfigured, "the server's settings cannot be used")
	}
	smtp, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return m.refusal(ctx, err, "connecting")
	}
	if err := client.SendWithSMTPClient(smtp, msg); err != nil && !msg.IsDelivered() {
		return m.refusal(ctx, err, "sending")
	}
	_ = smtp.Quit() // it was taken, whatever the server says to our goodbye
	return nil
}

func (m *Mail) client(dial gomail.DialContextFunc) (*gomail.Client, error) {
	policy := map[Encryption]gomail.TLSPolicy{StartTLS: gomail.TLSMandatory, TLS: gomail.NoTLS, None: gomail.NoTLS}[m.o.TLS]
	options := []gomail.Option{
		gomail.WithPort(m.o.Port), gomail.WithTimeout(mailTimeout), gomail.WithTLSPolicy(policy),
		gomail.WithTLSConfig(m.tls), gomail.WithDialContextFunc(dial), gomail.WithoutNoop(),
	}
	if m.o.Username != "" {
		options = append(options, gomail.WithUsername(m.o.Username), gomail.WithPassword(m.o.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1,
				gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5))
	}
	return gomail.NewClient(m.o.Host, options...)
}

// cutter ends a connection with its context: the library looks at that while it connects only, and leaves the connection
// open where TLS or signing in fails.
type cutter struct {
	conn net.Conn
	stop func() bool
}

func (c *cutter) take(ctx context.Context, conn net.Conn) {
	if conn != nil {
		c.conn, c.stop = conn, context.AfterFunc(ctx, func() { _ = conn.Close() })
	}
}

func (c *cutter) close() {
	if c.conn != nil {
		c.stop()
		_ = c.conn.Close()
	}
}

func (m *Mail) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if m.o.TLS == TLS {
		return (&tls.Dialer{Config: m.tls}).DialContext(ctx, network, address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

func (m *Mail) message(d Digest) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(m.from.String()), msg.To(m.to.String())); err != nil {
		return nil, err
	}
	msg.Subject(oneLine(d.Title, 200))
	msg.SetDateWithValue(d.At)
	domain := m.from.Address[strings.LastIndexByte(m.from.Address, '@')+1:] // not this machine's name
	msg.SetMessageIDWithValue(rand.Text() + "@" + domain)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's holiday reply answers it
	msg.SetBodyString(gomail.TypeTextPlain, d.Text+"\n")
	return msg, nil
}

func (m *Mail) fail(kind channel.Kind, reason string) error {
	return &channel.SendError{Kind: kind, Reason: m.String() + ": " + reason}
}

// refusal reads an error. A server's words are never used: they may repeat an address, or worse.
func (m *Mail) refusal(ctx context.Context, err error, doing string) error {
	code, step := 0, doing
	var sent *gomail.SendError
	var said *textproto.Error
	switch {
	case errors.As(err, &sent):
		code, step = sent.ErrorCode(), stepName(sent.Reason)
	case errors.As(err, &said):
		code = said.Code
		if strings.Contains(err.Error(), "SMTP AUTH failed") {
			step = "signing in"
		}
	}
	if code >= 400 && code < 600 {
		return m.fail(kindOf(code, step), step+": the server answered "+strconv.Itoa(code))
	}
	if text := err.Error(); ctx.Err() == nil && sent == nil {
		switch {
		case strings.Contains(text, "does not support STARTTLS"):
			return m.fail(channel.Misconfigured, `the server does not offer STARTTLS; is tls = "tls" meant?`)
		case strings.Contains(text, "AUTH"), errors.Is(err, gomail.ErrNoSupportedAuthDiscovered):
			return m.fail(channel.Misconfigured, "the server takes no way of signing in that is safe here")
		}
	}
	if ctx.Err() != nil {
		err = ctx.Err() // the cut line is our own doing
	}
	kind, reason := network(err)
	return m.fail(kind, step+": "+reason)
}

// stepName says in our words where a delivery ended.
func stepName(r gomail.SendErrReason) string {
	switch r {
	case gomail.ErrSMTPMailFrom:
		return "naming the sender"
	case gomail.ErrSMTPRcptTo:
		return "naming the recipient"
	}
	return "handing over the message"
}

// kindOf reads a reply code (RFC 5321, 4.2.1): 4yz may pass, 5yz does not by itself.
func kindOf(code int, step string) channel.Kind {
	switch {
	case code < 500:
		return channel.Temporary
	case step == "handing over the message":
		return channel.Refused
	}
	return channel.Misconfigured
}
