package catalog

import (
	"maps"
	"slices"
	"time"
)

// table reads one TOML table by asking for the keys it may have. Every value of a wrong kind is reported
// with its line; what nobody asked for is reported by done. The TOML parser's own
// decoding into structs stops at the first such fault and names no lines.
type table struct {
	*document
	ld    *loader
	path  string
	m     map[string]any
	asked map[string]bool
}

// item is an element of a list of strings.
type item struct {
	value string
	pos   Pos
}

func (ld *loader) root(d *document) *table { return d.table(ld, "", d.values) }

func (d *document) table(ld *loader, path string, m map[string]any) *table {
	return &table{d, ld, path, m, map[string]bool{}}
}

// at is the place of a key, or of the table where the key is missing.
func (t *table) at(key string) Pos { return t.pos(joinKey(t.path, key)) }

func (t *table) here() Pos { return t.pos(t.path) }

func (t *table) has(key string) bool {
	t.asked[key] = true
	_, ok := t.m[key]
	return ok
}

func get[T any](t *table, key, want string) (v T, ok bool) {
	if !t.has(key) {
		return v, false
	}
	v, ok = t.m[key].(T)
	if !ok {
		t.ld.add(Error, t.at(key), "%s is %s; it must be %s", key, t.ld.kind(t.m[key]), want)
	}
	return v, ok
}

func (t *table) str(key string) string {
	v, _ := get[string](t, key, `text in quotes`)
	return v
}

// need is str for a key that must be there and not empty.
func (t *table) need(key, what string) string {
	v, ok := get[string](t, key, `text in quotes`)
	if v == "" && (ok || !t.has(key)) {
		t.ld.add(Error, t.at(key), "%s is missing; it must say %s", key, what)
	}
	return v
}

func (t *table) bool(key string) bool {
	v, _ := get[bool](t, key, "true or false, without quotes")
	return v
}

func (t *table) int(key string) int {
	v, _ := get[int64](t, key, "a whole number, without quotes")
	return int(v)
}

// oneOf is str for a key whose values are known; the first stands for an empty one.
func (t *table) oneOf(key string, values ...string) string {
	v := t.str(key)
	if v == "" {
		return values[0]
	}
	if !slices.Contains(values, v) {
		t.ld.add(Error, t.at(key), "%s is %s; it must be one of %q%s", key, quote(v), values, meant(v, slices.Values(values)))
		return values[0]
	}
	return v
}

// date reads "2026-11-21"; zero when empty.
func (t *table) date(key string) time.Time {
	v := t.str(key)
	if v == "" {
		return time.Time{}
	}
	d, err := time.Parse(time.DateOnly, v)
	if err != nil {
		t.ld.add(Error, t.at(key), `%s is %s; it must be a date such as "2026-11-21", or "" when there is none`, key, quote(v))
	}
	return d
}

// items reads a list of texts, each with its place.
func (t *table) items(key string) []item {
	list, _ := get[[]any](t, key, `a list of texts, such as ["a", "b"]`)
	path := joinKey(t.path, key)
	var out []item
	for i, v := range list {
		pos := t.pos(joinItem(path, i))
		if s, ok := v.(string); ok {
			out = append(out, item{s, pos})
		} else {
			t.ld.add(Error, pos, "%s holds %s; each element must be text in quotes", key, t.ld.kind(v))
		}
	}
	return out
}

// strs is items without places.
func (t *table) strs(key string) []string {
	var out []string
	for _, it := range t.items(key) {
		out = append(out, it.value)
	}
	return out
}

// unique is strs for a list that may hold each element once.
func (t *table) unique(key string) []string {
	var out []string
	for _, it := range t.items(key) {
		if slices.Contains(out, it.value) {
			t.ld.add(Error, it.pos, "%s lists %s twice; once is right", key, quote(it.value))
			continue
		}
		out = append(out, it.value)
	}
	return out
}

// tables reads [[key]] or a list of inline tables.
func (t *table) tables(key string) []*table {
	if !t.has(key) {
		return nil
	}
	path := joinKey(t.path, key)
	var list []any
	switch v := t.m[key].(type) {
	case []map[string]any:
		for _, m := range v {
			list = append(list, m)
		}
	case []any:
		list = v
	default:
		t.ld.add(Error, t.at(key), "%s is %s; it must be a list of tables, as in [[%s]]", key, t.ld.kind(v), key)
	}
	var out []*table
	for i, v := range list {
		at := joinItem(path, i)
		if m, ok := v.(map[string]any); ok {
			out = append(out, t.table(t.ld, at, m))
		} else {
			t.ld.add(Error, t.pos(at), "%s holds %s; each element must be a table", key, t.ld.kind(v))
		}
	}
	return out
}

// sub reads the table [key]; an empty one when it is missing.
func (t *table) sub(key string) *table {
	m, _ := get[map[string]any](t, key, "a table, as in ["+key+"]")
	return t.table(t.ld, joinKey(t.path, key), m)
}

// keys gives all keys in the order of their lines, and counts them as asked for.
func (t *table) keys() []string {
	out := slices.Sorted(maps.Keys(t.m))
	slices.SortStableFunc(out, func(a, b string) int { return t.at(a).Line - t.at(b).Line })
	for _, k := range out {
		t.asked[k] = true
	}
	return out
}

// done reports the keys that nobody asked for.
func (t *table) done() {
	for k := range t.m {
		if !t.asked[k] {
			t.ld.add(Error, t.at(k), "unknown key %s%s", quote(k), meant(k, maps.Keys(t.asked)))
		}
	}
}

// kind names the kind of a TOML value for staff.
func (ld *loader) kind(v any) string {
	switch v := v.(type) {
	case string:
		if ld.secret {
			return "text"
		}
		return "the text " + quote(v)
	case bool:
		return "true or false"
	case int64, float64:
		return "a number"
	case time.Time:
		return "a date without quotes"
	case []any, []map[string]any:
		return "a list"
	case map[string]any:
		return "a table"
	default:
		return "something else"
	}
}
