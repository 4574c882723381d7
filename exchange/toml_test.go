package exchange

import (
	"io/fs"
	"os"
	"strings"
	"testing"
)

// TestEditTOML changes one text and leaves every other byte alone.
func TestEditTOML(t *testing.T) {
	const src = "# head\n\n[a]\n# above\none = \"old\" # behind\ntwo = '''\nfirst\nsecond'''\nthree = \"\"\"\nfirst\n\nsecond\n\"\"\"\nfour = 'C:\\x'\n" +
		"\n[b]\nsix.seven = \"x\"\neight = { nine = \"y\" }\nlist = [\"z\", { k = \"v\" }]\n[c.\"d e\"]\nf = \"g\""
	for _, c := range []struct {
		name, id, text string
		old, now       string // the piece of the file that changes
	}{
		{"short", "a.one", "new", `"old"`, `"new"`},
		{"quotes and backslash", "a.one", `"a" \n`, `"old"`, `"\"a\" \\n"`},
		{"becomes long", "a.one", "x\ny", `"old"`, "\"\"\"\nx\ny\"\"\""},
		{"long literal stays", "a.two", "x\n\\y", "'''\nfirst\nsecond'''", "'''\nx\n\\y'''"},
		{"long literal with its quotes", "a.two", "x\n'''", "'''\nfirst\nsecond'''", "\"\"\"\nx\n'''\"\"\""},
		{"long keeps its frame", "a.three", "x\n\ny", "\"\"\"\nfirst\n\nsecond\n\"\"\"", "\"\"\"\nx\n\ny\n\"\"\""},
		{"long stays long", "a.three", "x", "\"\"\"\nfirst\n\nsecond\n\"\"\"", "\"\"\"\nx\n\"\"\""},
		{"quotes in long", "a.three", "a \"\"\"\" b\nc\"", "\"\"\"\nfirst\n\nsecond\n\"\"\"", "\"\"\"\na \"\"\\\"\" b\nc\"\n\"\"\""},
		{"a quote at the end", "a.two", "a\nb'\"", "'''\nfirst\nsecond'''", "'''\na\nb'\"'''"},
		{"quotes at the end", "a.one", "a\n\"b\"", `"old"`, "\"\"\"\na\n\"b\\\"\"\"\""},
		{"literal", "a.four", `D:\y`, `'C:\x'`, `'D:\y'`},
		{"literal with its quote", "a.four", `it's \`, `'C:\x'`, `"it's \\"`},
		{"isolates are written out", "a.one", "\u2066122\u2069 a\u200fb", `"old"`, "\"\\u2066122\\u2069 a\u200fb\""},
		{"dotted key", "b.six.seven", "n", `"x"`, `"n"`},
		{"inline table", "b.eight.nine", "n", `"y"`, `"n"`},
		{"quoted table, no line end", "c.d e.f", "n", `"g"`, `"n"`},
		{"new in a table", "a.five", "n", "four = 'C:\\x'\n", "four = 'C:\\x'\nfive = \"n\"\n"},
	} {
		for _, eol := range []string{"\n", "\r\n"} {
			lines := func(s string) string { return strings.ReplaceAll(s, "\n", eol) }
			got, err := editTOML("\ufeff"+lines(src), map[string]string{c.id: c.text})
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if want := "\ufeff" + strings.Replace(lines(src), lines(c.old), lines(c.now), 1); got != want {
				t.Errorf("%s:\n%q\nwant\n%q", c.name, got, want)
			}
		}
	}
	for id, want := range map[string]string{"c.d e.new": "f = \"g\"\nnew = \"n\"\n", "x.y.z": "\n\n[x.y]\nz = \"n\"\n"} {
		got, err := editTOML(src, map[string]string{id: "n"})
		if err != nil || !strings.HasSuffix(got, want) || !strings.HasPrefix(got, src) {
			t.Errorf("%s: %v\n%q", id, err, got)
		}
	}
	for _, id := range []string{"b", "b.list", "a.one.two"} { // no place for a text
		if got, err := editTOML(src, map[string]string{id: "n"}); err == nil {
			t.Errorf("%s: was written:\n%s", id, got)
		}
	}
}

// TestEditShipped writes every text of every shipped file anew, one at a time: the file stays as it is.
func TestEditShipped(t *testing.T) {
	tree := os.DirFS("..")
	n := 0
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".toml") || !strings.HasPrefix(name, "locales/") && !strings.HasPrefix(name, "content/") {
			return err
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		f, err := scanTOML(string(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return nil
		}
		for _, v := range f.values {
			old := f.src[v.start:v.end]
			text, err := unquoteTOML(old)
			if err != nil {
				t.Errorf("%s:%d: %v", name, v.line, err)
				continue
			}
			n++
			now := quoteLike(old, framed(old, trimmed(text)), "\n")
			if back, err := unquoteTOML(now); err != nil || back != text {
				t.Errorf("%s:%d: %s became %s", name, v.line, old, now)
			}
		}
		return nil
	})
	if err != nil || n < 1000 {
		t.Errorf("%v, %d texts", err, n)
	}
}

func TestBrokenTOML(t *testing.T) {
	for _, src := range []string{"a", "a =", "a = \"", "a = '''x", "[a", "a = [", "a = {", "= 1", "a = \"x\" b", "[a] b = 1", "a = \"x\ny\"", "\"a", strings.Repeat("a.", 40) + "b = 1"} {
		if _, err := scanTOML(src); err == nil {
			t.Errorf("%q was followed", src)
		}
	}
}

func FuzzEditTOML(f *testing.F) {
	f.Add("a = \"b\"\n", "x\ny")
	f.Add("a = '''\nb\n'''\n[c]\nd = 'e'", "\"\"\"\\")
	f.Fuzz(func(t *testing.T, src, text string) {
		_, _ = editTOML(src, map[string]string{"a": text, "c.d": text}) // must end, and not panic
	})
}
