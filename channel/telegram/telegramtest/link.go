package telegramtest

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// CheckURL gives an address as Telegram keeps it for a link or a button, or says why Telegram refuses it:
// http and https with a host that has a dot, tg, ton and tonsite. Without a scheme it is http.
func CheckURL(address string) (string, error) {
	address = strings.Map(func(r rune) rune { // as in any text: see tidy
		switch {
		case r == '\r' || r >= 0x2028 && r <= 0x202e:
			return -1
		case r < ' ' && r != '\n':
			return ' '
		}
		return r
	}, address)
	for _, scheme := range []string{"tonsite", "ton", "tg"} {
		if len(address) > len(scheme) && strings.EqualFold(address[:len(scheme)], scheme) && address[len(scheme)] == ':' {
			return appLink(scheme, address[len(scheme)+1:])
		}
	}
	l, err := parseLink(address)
	if err != nil {
		return "", err
	}
	if !strings.Contains(l.host, ".") && !l.ipv6 {
		return "", telegramSays("Wrong HTTP URL")
	}
	return l.String(), nil
}

// appLink is an address for the Telegram app.
func appLink(scheme, rest string) (string, error) {
	l, err := parseLink(strings.TrimPrefix(rest, "//"))
	if err != nil {
		return "", err
	}
	if l.scheme != "http" || l.user != "" || l.port != 0 || l.ipv6 {
		return "", telegramSays("Wrong link")
	}
	for _, c := range []byte(l.host) {
		if !isLetter(c) && !isDigit(c) && c != '-' && c != '_' && (c != '.' || scheme != "tonsite") {
			return "", telegramSays("Unallowed characters in URL host")
		}
	}
	return scheme + "://" + l.host + l.rest, nil
}

// link is an address in parts.
type link struct {
	scheme, user, host string
	port               int // 0: none given
	ipv6               bool
	rest               string // path, query, fragment; begins with a slash
}

func (l link) String() string {
	s := l.scheme + "://"
	if l.user != "" {
		s += l.user + "@"
	}
	s += l.host
	if l.port != 0 {
		s += ":" + strconv.Itoa(l.port)
	}
	return s + l.rest
}

func parseLink(address string) (link, error) {
	l := link{scheme: "http"}
	if i := strings.IndexAny(address, ":/?#@[]"); i >= 0 && strings.HasPrefix(address[i:], "://") {
		l.scheme = lower([]byte(address[:i]))
		address = address[i+3:]
	}
	if l.scheme != "http" && l.scheme != "https" {
		return l, telegramSays("Unsupported URL protocol")
	}
	authority := address
	if i := strings.IndexAny(address, "/?#"); i >= 0 {
		authority, l.rest = address[:i], address[i:]
	}
	authority, err := l.takePort(authority)
	if err != nil {
		return l, err
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		l.user, authority = authority[:i], authority[i+1:]
	}
	l.host = lower([]byte(authority))
	l.rest = path(l.rest)
	return l, l.check()
}

// takePort cuts a port off the end of an authority.
func (l *link) takePort(authority string) (string, error) {
	i := strings.LastIndexAny(authority, ":]@")
	if i < 1 || authority[i] != ':' {
		return authority, nil
	}
	port, err := strconv.Atoi(authority[i+1:])
	if err != nil || port < 1 || port > 65535 || authority[i+1] == '+' {
		return "", telegramSays("Wrong port number specified in the URL")
	}
	l.port = port
	return authority[:i], nil
}

// path puts a slash in front and escapes what is no visible ASCII or UTF-8.
func path(rest string) string {
	rest = strings.TrimRight(rest, " \t\r\n\x00\v")
	if !strings.HasPrefix(rest, "/") {
		rest = "/" + rest
	}
	var out strings.Builder
	for _, c := range []byte(rest) {
		if c <= ' ' {
			fmt.Fprintf(&out, "%%%02X", c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}

func (l *link) check() error {
	switch {
	case l.host == "":
		return telegramSays("URL host is empty")
	case l.host == ".":
		return telegramSays("Host is invalid")
	case strings.HasPrefix(l.host, "[") && strings.HasSuffix(l.host, "]"):
		l.ipv6 = true
		if a, err := netip.ParseAddr(l.host[1 : len(l.host)-1]); err != nil || !a.Is6() || a.Zone() != "" {
			return telegramSays("Wrong IPv6 address specified in the URL")
		}
		return nil
	}
	if err := allowed(l.host, "", "host"); err != nil {
		return err
	}
	return allowed(l.user, ":", "userinfo")
}

// allowed checks a part of an authority; beyond ASCII all goes.
func allowed(s, more, what string) error {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%':
			if i+2 >= len(s) || !isDigitOf(s[i+1], 16) || !isDigitOf(s[i+2], 16) {
				return telegramSays("Wrong percent-encoded symbol in URL %s", what)
			}
			i += 2
		case c >= 0x80, isLetter(c), isDigit(c), strings.IndexByte("-._~!$&'()*+,;="+more, c) >= 0:
		default:
			return telegramSays("Disallowed character in URL %s", what)
		}
	}
	return nil
}
