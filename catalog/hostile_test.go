package catalog

import (
	"strings"
	"testing"
	"testing/fstest"
)

// areas has one file of each kind that Load reads.
var areas = []string{
	langs, enFile, srFile, ba, textsSr, checkF, "content/checks/ar.toml", plan, daySr,
	"locales/ar.review.toml", "content/campaigns/day/sr-Cyrl.review.toml",
	wordsFile("en"),
}

// A hostile file gives findings, and soon: without bounds the second would take minutes.
func TestHostileFiles(t *testing.T) {
	const many = 100_000
	for name, data := range map[string]string{
		"nested arrays":      "x = " + strings.Repeat("[", many) + strings.Repeat("]", many),
		"dotted key":         "a" + strings.Repeat(".a", many) + " = 1",
		"dotted header":      "[a" + strings.Repeat(".a", many) + "]",
		"open arrays":        "x = " + strings.Repeat("[", many),
		"nested tables":      "x = " + strings.Repeat("{a=", many) + "1" + strings.Repeat("}", many),
		"many keys":          strings.Repeat("[[a]]\n", many),
		"many elements":      "x = [" + strings.Repeat("1,", many) + "]",
		"hidden after fault": "x = 1 1\n" + "a" + strings.Repeat(".a", many) + " = 1",
		"hidden on the line": "x = 1 1 a" + strings.Repeat(".a", many) + " = 1",
		"in a string":        "x = \"\\\"\ny" + strings.Repeat(".a", many) + " = 1",
		"one long line":      "x = \"" + strings.Repeat("a", 1<<20-10) + "\"",
		"quotes":             "x = " + strings.Repeat("\"", many),
		"braces":             "[bot]\nstart = \"" + strings.Repeat("{", many) + "\"",
		"digits":             "[bot]\nstart = \"" + strings.Repeat("1 ", many) + "\"",
		"address":            "[bot]\nstart = \"://" + strings.Repeat("a12", many) + "\"",
		"names":              "[bot]\nstart = \"" + strings.Repeat("Kosovo ", many) + "\"",
		"zero bytes":         "\x00\x00\x00\x00",
		"UTF-16":             "\xff\xfea\x00",
		"reserved":           "translation = [[[[1]]]]",
	} {
		for _, file := range areas {
			tree := good()
			tree[file] = data
			c, found := Load(tree.fs())
			if c != nil || found.Err() == nil {
				t.Errorf("%s in %s: no finding", name, file)
			}
		}
	}
}

// A folder in place of a file, and a file in place of a folder.
func TestStrangeTrees(t *testing.T) {
	for name, tree := range map[string]fstest.MapFS{
		"nothing":   {},
		"folder":    {"locales/languages.toml/x": {}, "content/hotlines/ba.toml/x": {}, "content/campaigns/x/campaign.toml/y": {}},
		"files":     {"locales": {}, "content/hotlines": {}, "content/campaigns": {Data: []byte("x")}},
		"languages": {"locales/languages.toml": {}},
		"texts":     {"locales/en.toml": {Data: []byte("[a]\nb = \"c\"")}, "content/campaigns/a/en.toml": {Data: []byte("[a]\nb = \"c\"")}},
	} {
		if c, found := Load(tree); c != nil || found.Err() == nil {
			t.Errorf("%s: no finding", name)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for i, file := range areas {
		f.Add(uint8(i), good()[file])
	}
	f.Add(uint8(0), "x = [[[")
	f.Fuzz(func(t *testing.T, area uint8, data string) {
		tree := good()
		tree[areas[int(area)%len(areas)]] = data
		c, found := Load(tree.fs())
		if (c == nil) != (found.Err() != nil) {
			t.Errorf("catalog %v, findings %v", c == nil, found)
		}
		if c == nil {
			return
		}
		for _, l := range c.Languages {
			c.Locale(l.Tag).Count("posts", 3)
			for _, x := range c.Campaigns {
				for _, m := range x.Messages {
					_, _ = c.Post(x.ID, m.ID, l.Tag, "BA")
				}
			}
		}
	})
}

// The index has the line of every key that the parser finds, whatever the file looks like.
func FuzzLines(f *testing.F) {
	for _, data := range good() {
		f.Add(data)
	}
	f.Add("a = '''\n'''''\nb.\"c d\" = { x = [1, 2,\n3] } # y\n[[t]]\n[t.u]\nv = \"\"\"\\\n x\"\"\"\"\n[[t]]\n")
	f.Fuzz(func(t *testing.T, data string) {
		for _, r := range data {
			if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == '\ufffd' || r == '\ufeff' {
				t.Skip() // refused before
			}
		}
		at, values, line, err := parse(data)
		if line < 0 || line > strings.Count(data, "\n")+1 {
			t.Errorf("line %d", line)
		}
		if err == nil {
			indexed(t, at, "", values, strings.Count(data, "\n")+1)
		}
	})
}

func indexed(t *testing.T, at map[string]place, path string, v any, lines int) {
	check := func(p string) {
		if got, ok := at[p]; (!ok || got.line < 1 || got.line > lines) && !strings.ContainsAny(p, "\\") {
			t.Errorf("%q: %v", p, got)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if strings.ContainsAny(k, "\x1e\x1f\a\b\x1b") {
				continue // escapes in a quoted key that the index leaves as written
			}
			check(joinKey(path, k))
			indexed(t, at, joinKey(path, k), x, lines)
		}
	case []map[string]any:
		for i, x := range v {
			check(joinItem(path, i))
			indexed(t, at, joinItem(path, i), x, lines)
		}
	case []any:
		for i, x := range v {
			check(joinItem(path, i))
			indexed(t, at, joinItem(path, i), x, lines)
		}
	}
}

func FuzzPlaceholders(f *testing.F) {
	for _, s := range []string{"", "{help}", "a {number:ba-1265} {b", "}{", "{{a}}", "{a}\n{", "{number:}"} {
		f.Add(s, "v")
	}
	f.Fuzz(func(t *testing.T, src, value string) {
		parts, faults := split(src)
		var b strings.Builder
		for _, p := range parts {
			if p.offset != b.Len() {
				t.Errorf("offset %d, at %d", p.offset, b.Len())
			}
			if p.name != "" {
				b.WriteString("{" + p.name + "}")
			}
			b.WriteString(p.text)
		}
		if b.String() != src {
			t.Errorf("%q became %q", src, b.String())
		}
		if len(faults) == 0 && strings.Count(src, "{") != strings.Count(src, "}") {
			t.Errorf("unbalanced without a fault: %q", src)
		}
		c := parser{}.compile(src)
		if c.fill(nil) != src {
			t.Errorf("unfilled: %q", c.fill(nil))
		}
		if got, want := c.fill(pairs{"help", value}), strings.ReplaceAll(src, "{help}", value); len(faults) == 0 && got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}
