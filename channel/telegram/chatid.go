package telegram

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"math"
	"sync"
)

// chatID is a chat's or a person's id times an odd number that this process drew. The plain number stands nowhere but in
// what is on its way from or to somebody: not in the places of stacks that are left as they were, not in the trace of
// a crash, not in a structure that is printed. It hides an id from who sees a part of the memory; who has all of it can
// find the number. 0 stays 0, and ids that differ stay different.
type chatID int64

// hiding is that number, and the one that undoes it.
type hiding struct{ factor, inverse int64 }

var hidden = sync.OnceValue(func() (h hiding) {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	h.factor = int64(binary.NativeEndian.Uint64(b[:]) | 1)
	h.inverse = h.factor
	for range 5 { // each step doubles the number of right bits, of which any odd number has three
		h.inverse *= 2 - h.factor*h.inverse
	}
	return h
})

// hide makes a chatID of a plain number.
func hide(plain int64) chatID { return chatID(plain * hidden().factor) }

// plain is for those who must have the number; what it goes through should be washed.
func (c chatID) plain() int64 { return int64(c) * hidden().inverse }

// String shows nothing of anybody.
func (c chatID) String() string { return "[chat]" }

// GoString keeps it out of %#v.
func (c chatID) GoString() string { return c.String() }

var errNoID = errors.New("an id is not a whole number of at most 18 digits")

// UnmarshalJSON implements json.Unmarshaler. The plain number is never made. Telegram's ids have at most 52 bits.
func (c *chatID) UnmarshalJSON(text []byte) error {
	if bytes.Equal(text, []byte("null")) {
		return nil
	}
	digits, negative := bytes.CutPrefix(text, []byte("-"))
	if len(digits) == 0 || len(digits) > 18 {
		return errNoID
	}
	step, sum := hidden().factor, int64(0)
	if negative {
		step = -step
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			return errNoID
		}
		sum = sum*10 + int64(d-'0')*step
	}
	*c = chatID(sum)
	return nil
}

// decimal is how calls take it. strconv would leave the digits on the stack.
func (c chatID) decimal() string { return string(c.digits()) }

//go:noinline
func (c chatID) digits() []byte {
	b := make([]byte, len("-9223372036854775808")) // on the heap, as it is returned
	inverse := hidden().inverse
	n := uint64(int64(c) * inverse)
	negative := n > math.MaxInt64
	if negative {
		n = -n
	}
	i := len(b) - 1
	for ; i > 0 && n > 9; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	b[i] = byte('0' + n)
	if negative && i > 0 {
		i--
		b[i] = '-'
	}
	return b[i:]
}
