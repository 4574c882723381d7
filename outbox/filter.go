package outbox

import (
	"slices"
	"strings"
	"time"
)

// Filter chooses deliveries; an empty field matches all.
type Filter struct {
	States   []State
	ID       string // one post; fewer than five parts between slashes: all whose ids begin so
	Campaign string
	Office   string
	Channel  string
	Language string
	From, To time.Time // From <= Post.At < To
}

// Match tells whether the filter lets a delivery through.
func (f Filter) Match(d Delivery) bool {
	p := d.Post
	return (len(f.States) == 0 || slices.Contains(f.States, d.State)) &&
		f.names(p.ID) &&
		(f.Campaign == "" || f.Campaign == p.Campaign) &&
		(f.Office == "" || f.Office == p.Office) &&
		(f.Channel == "" || f.Channel == p.Channel) &&
		(f.Language == "" || f.Language == p.Language) &&
		(f.From.IsZero() || !p.At.Before(f.From)) &&
		(f.To.IsZero() || p.At.Before(f.To))
}

// names tells whether an id is the filter's. A whole id, of five parts, is not the start of another one: "a/b/c/d/sr" does
// not mean "a/b/c/d/sr-Latn".
func (f Filter) names(id string) bool {
	if strings.Count(f.ID, "/") >= 4 {
		return id == f.ID
	}
	return strings.HasPrefix(id, f.ID)
}

// String says in words what the filter lets through, for the audit log.
func (f Filter) String() string {
	var words []string
	add := func(name, value string) {
		if value != "" {
			words = append(words, name+" "+value)
		}
	}
	var states []string
	for _, s := range f.States {
		states = append(states, string(s))
	}
	add("post", f.ID)
	add("state", strings.Join(states, " or "))
	add("campaign", f.Campaign)
	add("office", f.Office)
	add("channel", f.Channel)
	add("language", f.Language)
	if !f.From.IsZero() {
		add("from", f.From.Format(time.RFC3339))
	}
	if !f.To.IsZero() {
		add("before", f.To.Format(time.RFC3339))
	}
	if len(words) == 0 {
		return "all posts"
	}
	return strings.Join(words, ", ")
}

// within narrows the states of a filter to those that an action is for.
func (f Filter) within(states ...State) (Filter, bool) {
	if len(f.States) > 0 {
		states = slices.DeleteFunc(slices.Clone(states), func(s State) bool { return !slices.Contains(f.States, s) })
	}
	f.States = states
	return f, len(states) > 0
}
