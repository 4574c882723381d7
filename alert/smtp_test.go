package alert

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"sync"
	"testing"
)

// smtpd is a strict mail server on this machine. answers replaces its reply to a command ("MAIL", "RCPT", "AUTH" ...);
// "hang" waits for the other side to go, "cut" ends the connection.
type smtpd struct {
	t         *testing.T
	listener  net.Listener
	secret    *tls.Config
	pool      *x509.CertPool
	fromStart bool // TLS from the first byte
	offers    []string
	answers   map[string]string

	mu    sync.Mutex
	wg    sync.WaitGroup
	mails []string // as received, envelope first
	lines []string
}

func startSMTP(t *testing.T, s *smtpd) *smtpd {
	t.Helper()
	certs := httptest.NewUnstartedServer(nil) // only for its certificate, which is good for 127.0.0.1
	certs.StartTLS()
	s.t, s.secret = t, &tls.Config{Certificates: certs.TLS.Certificates}
	s.pool = x509.NewCertPool()
	s.pool.AddCert(certs.Certificate())
	certs.Close()
	var err error
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.wg.Go(func() {
		for {
			c, err := s.listener.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() { _ = s.listener.Close(); s.wg.Wait() })
	return s
}

func (s *smtpd) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// session is one connection.
type session struct {
	*smtpd
	conn      net.Conn
	text      *textproto.Reader
	encrypted bool
	signedIn  bool
	from, to  string
}

func (s *smtpd) serve(c net.Conn) {
	x := &session{smtpd: s, conn: c}
	if s.fromStart {
		x.conn, x.encrypted = tls.Server(c, s.secret), true
	}
	defer func() { _ = x.conn.Close() }()
	x.text = textproto.NewReader(bufio.NewReader(x.conn))
	if !x.say("CONNECT", "220 test ready") {
		return
	}
	for {
		line, err := x.text.ReadLine()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.lines = append(s.lines, line)
		s.mu.Unlock()
		if !x.command(line) {
			return
		}
	}
}

// say answers; false ends the connection.
func (x *session) say(command, usual string) bool {
	if a, ok := x.answers[command]; ok {
		usual = a
	}
	switch usual {
	case "hang":
		_, _ = x.text.ReadLine()
		return false
	case "cut":
		return false
	}
	_, err := x.conn.Write([]byte(strings.ReplaceAll(usual, "\n", "\r\n") + "\r\n"))
	return err == nil
}

func (x *session) command(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb = strings.ToUpper(verb); verb {
	case "EHLO":
		reply := []string{"250-test"}
		for _, o := range x.offers {
			if o == "STARTTLS" && x.encrypted {
				continue
			}
			reply = append(reply, "250-"+o)
		}
		return x.say(verb, strings.Join(append(reply, "250 8BITMIME"), "\n"))
	case "STARTTLS":
		if !x.say(verb, "220 go on") || x.answers[verb] != "" {
			return x.answers[verb] != ""
		}
		x.conn, x.encrypted = tls.Server(x.conn, x.secret), true
		x.text = textproto.NewReader(bufio.NewReader(x.conn))
		return true
	case "AUTH":
		mechanism, initial, _ := strings.Cut(rest, " ")
		data, err := base64.StdEncoding.DecodeString(initial)
		if mechanism != "PLAIN" || err != nil || string(data) != "\x00"+mailUser+"\x00"+mailPassword {
			return x.say("", "535 5.7.8 no")
		}
		x.signedIn = x.answers[verb] == ""
		return x.say(verb, "235 welcome")
	case "MAIL":
		if len(x.offers) > 1 && !x.signedIn {
			return x.say("", "530 5.7.0 sign in first")
		}
		x.from = rest
		return x.say(verb, "250 ok")
	case "RCPT":
		x.to = rest
		return x.say(verb, "250 ok")
	case "DATA":
		if !x.say(verb, "354 go on") || x.answers[verb] != "" {
			return x.answers[verb] != "cut" && x.answers[verb] != "hang"
		}
		return x.data()
	case "RSET", "NOOP":
		return x.say(verb, "250 ok")
	case "QUIT":
		x.say(verb, "221 bye")
		return false
	}
	return x.say("", "502 5.5.1 not known")
}

func (x *session) data() bool {
	lines, err := x.text.ReadDotLines()
	if err != nil {
		return false
	}
	if x.answers["END"] == "" {
		x.mu.Lock()
		x.mails = append(x.mails, x.from+"\n"+x.to+"\n"+strings.Join(lines, "\n"))
		x.mu.Unlock()
	}
	return x.say("END", "250 taken")
}
