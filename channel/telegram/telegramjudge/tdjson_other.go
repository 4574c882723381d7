//go:build !linux

package telegramjudge

import "errors"

func execute(string) (string, error) {
	return "", errors.New("the library is loaded on Linux only")
}
