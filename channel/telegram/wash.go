package telegram

import "runtime"

// washed is how many bytes of the stack are wiped: more than what lies between a worker's loop and what it waits in.
const washed = 16 << 10

// wash wipes the part of the goroutine's stack that is not in use. Go does not, so a number or a short text would stay there
// until something else needs the place. Before work it makes room, since a stack that grows leaves its old self behind;
// after work it wipes what the work left.
//
//go:noinline
func wash() {
	var b [washed]byte
	runtime.KeepAlive(&b)
}
