//go:build race

package campaign

// underRace tells that the race detector makes everything about ten times slower.
const underRace = true
