package crowd

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strconv"
	"time"
)

func (c *Crowd) accept() {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		c.mu.Lock()
		c.conns[conn] = true
		c.opened++
		c.mu.Unlock()
		c.serving.Go(func() {
			c.serve(conn)
			conn.Close()
			c.mu.Lock()
			delete(c.conns, conn)
			c.mu.Unlock()
		})
	}
}

// serve answers the requests of one connection, until it ends or is not understood.
func (c *Crowd) serve(conn net.Conn) {
	in := bufio.NewReaderSize(conn, 16<<10)
	var body, result, out []byte
	for {
		method, length, err := head(in)
		if err != nil {
			return
		}
		if cap(body) < length {
			body = make([]byte, length)
		}
		body = body[:length]
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		result = c.answer(result[:0], method, body)
		out = append(out[:0], "HTTP/1.1 200 OK\r\nServer: nginx/1.18.0\r\nContent-Type: application/json\r\nContent-Length: "...)
		out = strconv.AppendInt(out, int64(len(result)), 10)
		out = append(append(out, "\r\nConnection: keep-alive\r\nAccess-Control-Allow-Origin: *\r\n\r\n"...), result...)
		if _, err := conn.Write(out); err != nil {
			return
		}
	}
}

// head reads a request's first line and headers. Bodies have a length here, as all four libraries send it.
func head(in *bufio.Reader) (method string, length int, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return "", 0, err
	}
	path, _, _ := bytes.Cut(line[bytes.IndexByte(line, ' ')+1:], []byte(" "))
	method = string(path[bytes.LastIndexByte(path, '/')+1:])
	for {
		if line, err = in.ReadSlice('\n'); err != nil {
			return "", 0, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			return method, length, nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil || length < 0 || length > 1<<20 {
				return "", 0, io.ErrUnexpectedEOF
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			return "", 0, io.ErrUnexpectedEOF
		}
	}
}

func (c *Crowd) answer(out []byte, method string, body []byte) []byte {
	switch method {
	case "getUpdates":
		limit := number(body, "limit")
		if limit <= 0 || limit > 100 {
			limit = 100
		}
		return c.poll(out, number(body, "offset"), int(limit), time.Duration(number(body, "timeout"))*time.Second)
	case "answerCallbackQuery":
		// "4", the update's number, and ten digits of the person's
		id := digits(body, "callback_query_id")
		person, _ := strconv.ParseInt(string(id[max(0, len(id)-10):]), 10, 64)
		c.ended(int(person - firstID))
	case "editMessageText":
		chat := digits(body, "chat_id")
		id, _ := strconv.ParseInt(string(chat), 10, 64)
		c.edited(int(id - firstID))
		return append(appendMessage(append(out, `{"ok":true,"result":`...), chat), '}')
	case "getMe":
		return append(out, `{"ok":true,"result":{"id":123456789,"is_bot":true,"first_name":"Crowd","username":"crowd_bot"}}`...)
	}
	return append(out, `{"ok":true,"result":true}`...)
}

func number(body []byte, name string) int64 {
	n, _ := strconv.ParseInt(string(digits(body, name)), 10, 64)
	return n
}

// digits finds a number in a form or in JSON, quoted or not: chat_id=5, "chat_id":5, "chat_id":"5".
func digits(body []byte, name string) []byte {
	for {
		i := bytes.Index(body, []byte(name))
		if i < 0 {
			return nil
		}
		before := i == 0 || body[i-1] == '&' || body[i-1] == '"'
		body = body[i+len(name):]
		rest := bytes.TrimLeft(body, `=": `)
		if !before || len(rest) == len(body) {
			continue
		}
		n := 0
		for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
			n++
		}
		return rest[:n]
	}
}
