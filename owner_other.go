//go:build !unix

package main

import "io/fs"

// ours cannot be told here; the folder for temporary files is the user's own on such systems.
func ours(fs.FileInfo) bool { return true }
