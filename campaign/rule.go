package campaign

import (
	"fmt"
	"strconv"
	"time"

	"beaware/catalog"
)

const (
	defaultGrace = time.Hour
	maxGrace     = 60 * 24 * time.Hour
	defaultCap   = 3
)

// Policy says what happens to posts whose moment passed while nobody was there to send them.
type Policy int

const (
	// Latest sends the newest of an entry's missed posts, the older ones are missed. The default.
	Latest Policy = iota
	// Skip sends none.
	Skip
	// All sends every one.
	All
)

// OnUncertain says what happens to posts of which nobody knows whether the platform took them.
type OnUncertain int

const (
	// Hold keeps them for staff to decide. The default.
	Hold OnUncertain = iota
	// Resend sends them again, so that a post may appear twice.
	Resend
)

// Rule is how late an entry's posts may be sent, and which, and what a lost answer means.
type Rule struct {
	Missed      Policy
	Grace       time.Duration // within Missed, at most so late
	Silent      bool
	Cap         int // of All: at most so many late posts of a channel and language go out, the newest
	OnUncertain OnUncertain
}

// Rule gives the rule of an entry; the zero Rule for an unknown one.
func (p *Planner) Rule(campaign, entry string) Rule {
	plan, ok := p.plans[campaign]
	if !ok {
		return Rule{}
	}
	for _, e := range plan.entries {
		if e.id == entry {
			return e.rule
		}
	}
	return Rule{}
}

// LongestGrace is the longest grace of all entries: how far a first start looks back.
func (p *Planner) LongestGrace() time.Duration {
	var longest time.Duration
	for _, plan := range p.order {
		for _, e := range plan.entries {
			longest = max(longest, e.rule.Grace)
		}
	}
	return longest
}

// parseRule reads missed, missed_cap and grace; fault takes what is wrong, by its key.
func parseRule(e *catalog.Entry, fault func(key, text string)) Rule {
	rule := Rule{Grace: defaultGrace, Silent: e.Silent, Cap: defaultCap}
	switch e.Missed {
	case "", "latest":
	case "skip":
		rule.Missed = Skip
	case "all":
		rule.Missed = All
	default:
		fault("missed", fmt.Sprintf(`missed is %q; right are "latest" (the newest late post goes out), "skip" and "all"`, e.Missed))
	}
	switch {
	case e.MissedCap < 0:
		fault("missed_cap", fmt.Sprintf(`missed_cap is %d; it is how many late posts go out at most, 1 or more`, e.MissedCap))
	case e.MissedCap > 0:
		rule.Cap = e.MissedCap
	}
	if e.Grace == "" {
		return rule
	}
	grace, ok := parseSpell(e.Grace)
	if !ok {
		fault("grace", fmt.Sprintf(`grace %q is not a length of time; write "90m", "36h" or "8d": more than nothing, at most 60d`, e.Grace))
		return rule
	}
	rule.Grace = grace
	return rule
}

// parseOnUncertain reads a campaign's on_uncertain; fault takes what is wrong, by its key.
func parseOnUncertain(c *catalog.Campaign, fault func(key, text string)) OnUncertain {
	switch c.OnUncertain {
	case "", "hold":
	case "resend":
		return Resend
	default:
		fault("on_uncertain", fmt.Sprintf(`on_uncertain is %q; right are "hold" (staff decide, the default) and "resend" (a post may appear twice)`, c.OnUncertain))
	}
	return Hold
}

// parseSpell reads "90m", "36h" or "8d", where a day is 24 hours.
func parseSpell(text string) (time.Duration, bool) {
	if text == "" {
		return 0, false
	}
	unit, ok := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[text[len(text)-1]]
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 32)
	if err != nil || n == 0 || n > uint64(maxGrace/unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}
