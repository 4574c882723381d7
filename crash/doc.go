// Package crash holds tests that kill the real program: the built binary, with feeds of its own and a pretended
// Telegram in another process, is ended by SIGKILL at random and at each named step, started again, until all that
// was planned is done; the same with a server that fails and with a disk that is full or may not be written to.
// It owns no code of the program, and may look at a store only while no program has it open.
//
//	go test ./crash                   a short form
//	make crash ROUNDS=10000           the long form
//
// The named steps exist in a build with the tag "crash" only: wiring_crash.go of the root says what it understands.
package crash
