package alert

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"beaware/channel"
)

const (
	mailUser     = "m4il-user"
	mailPassword = "m4il-p4ssword"
	mailTo       = "duty-person@example.org"
)

// sink makes a Mail that trusts the test server.
func (s *smtpd) sink(o MailOptions) *Mail {
	s.t.Helper()
	o.Host, o.Port, o.From, o.To = "127.0.0.1", s.port(), "Beaware <alerts@example.org>", mailTo
	m, err := NewMail(o)
	if err != nil {
		s.t.Fatal(err)
	}
	m.tls.RootCAs = s.pool
	return m
}

func signedIn(e Encryption) MailOptions {
	return MailOptions{TLS: e, Username: mailUser, Password: mailPassword}
}

var offers = []string{"STARTTLS", "AUTH PLAIN LOGIN", "ENHANCEDSTATUSCODES"}

func TestMailArrives(t *testing.T) {
	d := sample()
	d.Title, d.Text = "Beaware: 1 failed – čćžšđ", "Помош\n- العربية\n.\nrow that begins with a dot above"
	for _, c := range []struct {
		name   string
		server *smtpd
		o      MailOptions
	}{
		{"starttls", &smtpd{offers: offers}, signedIn(StartTLS)},
		{"tls", &smtpd{offers: offers, fromStart: true}, signedIn(TLS)},
		{"in the clear, without signing in", &smtpd{}, MailOptions{TLS: None}},
		{"in the clear, signed in on this machine", &smtpd{offers: offers}, signedIn(None)},
		{"an unfriendly goodbye", &smtpd{answers: map[string]string{"QUIT": "cut", "RSET": "500 no"}}, MailOptions{TLS: None}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := startSMTP(t, c.server)
			if err := s.sink(c.o).Tell(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if len(s.mails) != 1 {
				t.Fatalf("%d mails", len(s.mails))
			}
			envelope := strings.SplitN(s.mails[0], "\n", 3)
			if !strings.HasPrefix(envelope[0], "FROM:<alerts@example.org>") || envelope[1] != "TO:<"+mailTo+">" {
				t.Errorf("envelope %q", envelope[:2])
			}
			readMail(t, envelope[2], d)
		})
	}
}

func readMail(t *testing.T, raw string, d Digest) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || subject != d.Title {
		t.Errorf("subject %q %v", subject, err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "text/plain" || !strings.EqualFold(params["charset"], "utf-8") {
		t.Errorf("type %s %v %v", kind, params, err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if got := strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n")); err != nil || got != d.Text {
		t.Errorf("body %q %v", got, err)
	}
	if m.Header.Get("Auto-Submitted") != "auto-generated" || !strings.HasSuffix(m.Header.Get("Message-ID"), "@example.org>") {
		t.Errorf("headers %v", m.Header)
	}
	if at, err := m.Header.Date(); err != nil || !at.Equal(d.At) {
		t.Errorf("date %v %v", at, err)
	}
	if m.Header.Get("User-Agent")+m.Header.Get("X-Mailer") != "" {
		t.Errorf("headers %v", m.Header)
	}
}

func TestMailFailures(t *testing.T) {
	echo := " <" + mailTo + "> " + mailUser + " " + mailPassword // a server may repeat anything
	for _, c := range []struct {
		name    string
		offers  []string
		answers map[string]string
		o       MailOptions
		kind    channel.Kind
		reason  string
	}{
		{"busy", offers, map[string]string{"CONNECT": "421 busy" + echo}, signedIn(StartTLS), channel.Temporary, "connecting: the server answered 421"},
		{"no STARTTLS", []string{"AUTH PLAIN"}, nil, signedIn(StartTLS), channel.Misconfigured, `the server does not offer STARTTLS; is tls = "tls" meant?`},
		{"STARTTLS refused", offers, map[string]string{"STARTTLS": "454 not now" + echo}, signedIn(StartTLS), channel.Temporary, "connecting: the server answered 454"},
		{"wrong password", offers, map[string]string{"AUTH": "535 5.7.8 wrong" + echo}, signedIn(StartTLS), channel.Misconfigured, "signing in: the server answered 535"},
		{"no way to sign in", []string{"STARTTLS", "AUTH XYZ"}, nil, signedIn(StartTLS), channel.Misconfigured, "the server takes no way of signing in that is safe here"},
		{"sender", nil, map[string]string{"MAIL": "550 5.1.8 no" + echo}, MailOptions{TLS: None}, channel.Misconfigured, "naming the sender: the server answered 550"},
		{"recipient", nil, map[string]string{"RCPT": "550 5.1.1 no" + echo}, MailOptions{TLS: None}, channel.Misconfigured, "naming the recipient: the server answered 550"},
		{"recipient later", nil, map[string]string{"RCPT": "451 4.2.0 greylisted" + echo}, MailOptions{TLS: None}, channel.Temporary, "naming the recipient: the server answered 451"},
		{"data", nil, map[string]string{"DATA": "452 full" + echo}, MailOptions{TLS: None}, channel.Temporary, "handing over the message: the server answered 452"},
		{"taken for spam", nil, map[string]string{"END": "554 5.7.1 spam" + echo}, MailOptions{TLS: None}, channel.Refused, "handing over the message: the server answered 554"},
		{"empty words", nil, map[string]string{"MAIL": "550 "}, MailOptions{TLS: None}, channel.Misconfigured, "naming the sender: the server answered 550"},
		{"not a mail server", nil, map[string]string{"CONNECT": "HTTP/1.1 400 Bad" + echo}, MailOptions{TLS: None}, channel.Unknown, "connecting: the connection failed"},
		{"cut at the start", nil, map[string]string{"CONNECT": "cut"}, MailOptions{TLS: None}, channel.Unknown, "connecting: the server ended the connection"},
		{"cut at the end", nil, map[string]string{"END": "cut"}, MailOptions{TLS: None}, channel.Unknown, "handing over the message: the connection failed"},
		{"silent at the start", nil, map[string]string{"CONNECT": "hang"}, MailOptions{TLS: None}, channel.Unknown, "connecting: no answer in time"},
		{"silent while signing in", offers, map[string]string{"AUTH": "hang"}, signedIn(StartTLS), channel.Unknown, "connecting: no answer in time"},
		{"silent at the end", nil, map[string]string{"END": "hang"}, MailOptions{TLS: None}, channel.Unknown, "handing over the message: no answer in time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := startSMTP(t, &smtpd{offers: c.offers, answers: c.answers})
			ctx := t.Context()
			if strings.HasPrefix(c.name, "silent") {
				short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
				defer cancel()
				ctx = short
			}
			m := s.sink(c.o)
			err := m.Tell(ctx, sample())
			var e *channel.SendError
			if !errors.As(err, &e) || e.Kind != c.kind || e.Reason != "mail through 127.0.0.1: "+c.reason {
				t.Errorf("%v, want %s: %s", err, c.kind, c.reason)
			}
			noSecrets(t, err, m, *e)
			if len(s.mails) > 0 {
				t.Errorf("%d mails were taken", len(s.mails))
			}
		})
	}
}

// A certificate that nobody vouches for gets no password.
func TestMailTrustsNobodyUnknown(t *testing.T) {
	for _, from := range []bool{true, false} {
		s := startSMTP(t, &smtpd{offers: offers, fromStart: from})
		m := s.sink(signedIn(map[bool]Encryption{true: TLS, false: StartTLS}[from]))
		m.tls.RootCAs = nil
		err := m.Tell(t.Context(), sample())
		if channel.KindOf(err) != channel.Misconfigured || !strings.Contains(fmt.Sprint(err), "certificate") {
			t.Error(err)
		}
		if said := strings.Join(s.lines, "\n"); strings.Contains(said, "AUTH") {
			t.Errorf("it was sent: %s", said)
		}
	}
}

func TestMailNobodyThere(t *testing.T) {
	s := startSMTP(t, &smtpd{})
	m := s.sink(MailOptions{TLS: None})
	_ = s.listener.Close()
	if err := m.Tell(t.Context(), sample()); channel.KindOf(err) != channel.Temporary || !strings.Contains(err.Error(), "refuses connections") {
		t.Error(err)
	}
}

func TestMailOptions(t *testing.T) {
	good := MailOptions{Host: "mail.example.org", From: "a@example.org", To: mailTo}
	for _, c := range []struct {
		change func(*MailOptions)
		want   string
	}{
		{func(o *MailOptions) { o.Host = "" }, "host"},
		{func(o *MailOptions) { o.Host = "mail.example.org:25" }, "host"},
		{func(o *MailOptions) { o.Host = mailUser + ":" + mailPassword + "@mail.example.org" }, "host"},
		{func(o *MailOptions) { o.Port = 70000 }, "port 70000"},
		{func(o *MailOptions) { o.TLS = mailPassword }, "tls"},
		{func(o *MailOptions) { o.From = mailPassword }, "from"},
		{func(o *MailOptions) { o.To = mailTo + ", " + mailTo }, "to is not one"},
		{func(o *MailOptions) { o.Username = mailUser }, "username"},
		{func(o *MailOptions) { o.Username, o.Password, o.TLS = mailUser, mailPassword, None }, "in the clear"},
	} {
		o := good
		c.change(&o)
		_, err := NewMail(o)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.want, err)
		}
		noSecrets(t, err)
	}
	if m, err := NewMail(good); err != nil || m.o.Port != 587 || m.o.TLS != StartTLS {
		t.Errorf("%+v %v", m, err)
	}
	if _, err := NewMail(MailOptions{}); err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("not all faults at once: %v", err)
	}
}
