package exchange

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// editTOML gives src with the strings at these ids changed; ids that the file lacks are added at the end of their table.
// What was not meant is proved to be as before.
func editTOML(src string, texts map[string]string) (string, error) {
	f, err := scanTOML(src)
	if err != nil {
		return "", err
	}
	eol := "\n"
	if strings.Contains(src, "\r\n") {
		eol = "\r\n"
	}
	type splice struct {
		start, end int
		with       string
	}
	var all []splice
	var added []string
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		v, ok := f.find(id)
		if !ok {
			added = append(added, id)
			continue
		}
		old := src[v.start:v.end]
		all = append(all, splice{v.start, v.end, quoteLike(old, framed(old, texts[id]), eol)})
	}
	slices.SortFunc(all, func(a, b splice) int { return b.start - a.start })
	out := src
	for _, s := range all {
		out = out[:s.start] + s.with + out[s.end:]
	}
	for _, id := range added {
		if out, err = insert(out, id, texts[id], eol); err != nil {
			return "", err
		}
	}
	return out, onlyChanged(src, out, texts)
}

// framed keeps the line ends with which authors set off a text of several lines; the catalog trims them when it reads.
func framed(old, text string) string {
	was, err := unquoteTOML(old)
	if err != nil || !strings.Contains(was, "\n") {
		return text
	}
	head := was[:len(was)-len(strings.TrimLeft(was, "\n"))]
	tail := was[len(strings.TrimRight(was, " \t\n")):]
	if !strings.Contains(head+tail, "\n") {
		return text // nothing would be trimmed off a text of one line
	}
	return head + text + tail
}

func unquoteTOML(quoted string) (string, error) {
	var v struct{ V string }
	_, err := toml.Decode("v = "+strings.ReplaceAll(quoted, "\r\n", "\n"), &v)
	return v.V, err
}

// quoteLike writes a text in the way in which the old one is written, as far as it can be.
func quoteLike(old, text, eol string) string {
	plainOnly := func(forbidden string) bool {
		return !strings.Contains(text, forbidden) && strings.IndexFunc(text, func(r rune) bool { return r != '\n' && escaped(r) }) < 0
	}
	switch {
	case strings.HasPrefix(old, `'''`) && plainOnly(`'''`) && !strings.HasSuffix(text, "'"):
		return "'''" + opening(old, text, eol) + strings.ReplaceAll(text, "\n", eol) + "'''"
	case strings.HasPrefix(old, `'''`), strings.HasPrefix(old, `"""`), strings.Contains(text, "\n"):
		return `"""` + opening(old, text, eol) + escapeLong(text, eol) + `"""`
	case strings.HasPrefix(old, `'`) && plainOnly(`'`):
		return "'" + text + "'"
	}
	return `"` + escapeShort(text) + `"`
}

// opening is the line end behind the opening quotes, which TOML leaves out. A text that begins with one needs it.
func opening(old, text, eol string) string {
	if len(old) >= 3 && old[1] == old[0] && old[2] == old[0] {
		rest := strings.TrimPrefix(old[3:], "\r")
		if !strings.HasPrefix(rest, "\n") && !strings.HasPrefix(text, "\n") {
			return ""
		}
	}
	return eol
}

// escaped tells what is never written as itself: control characters, and the marks that change direction unseen.
func escaped(r rune) bool {
	return r < ' ' && r != '\t' || r == 0x7f || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\ufeff'
}

func escapeLong(text, eol string) string {
	var b strings.Builder
	quotes := 0
	for i, r := range text {
		if r == '"' {
			// three in a row, or one at the end, would close the string
			if quotes++; quotes == 3 || i == len(text)-1 {
				b.WriteByte('\\')
				quotes = 0
			}
			b.WriteByte('"')
			continue
		}
		quotes = 0
		if r == '\n' {
			b.WriteString(eol)
		} else {
			b.WriteString(escape(r))
		}
	}
	return b.String()
}

func escapeShort(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch r {
		case '"':
			b.WriteString(`\"`)
		case '\n':
			b.WriteString(`\n`)
		default:
			b.WriteString(escape(r))
		}
	}
	return b.String()
}

func escape(r rune) string {
	switch {
	case r == '\\':
		return `\\`
	case escaped(r):
		return fmt.Sprintf(`\u%04X`, r)
	}
	return string(r)
}

// insert adds a text behind the last one of its table, or in a new table at the end of the file.
func insert(src, id, text, eol string) (string, error) {
	f, err := scanTOML(src)
	if err != nil {
		return "", err
	}
	dot := strings.LastIndexByte(id, '.')
	table, key := id[:max(dot, 0)], id[dot+1:]
	line := keyTOML(key) + " = " + quoteLike("", text, eol)
	i := slices.IndexFunc(f.tables, func(s section) bool { return s.id == table })
	if i == 0 && dot >= 0 {
		i = -1
	}
	if i < 0 {
		keys := strings.Split(table, ".")
		for k := range keys {
			keys[k] = keyTOML(keys[k])
		}
		return strings.TrimRight(src, "\r\n") + eol + eol + "[" + strings.Join(keys, ".") + "]" + eol + line + eol, nil
	}
	end := f.tables[i].end
	if n := strings.IndexByte(src[end:], '\n'); n >= 0 {
		end += n + 1
	} else {
		src += eol
		end = len(src)
	}
	return src[:end] + line + eol + src[end:], nil
}

func keyTOML(key string) string {
	if key != "" && strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == "" {
		return key
	}
	return `"` + escapeShort(key) + `"`
}

// onlyChanged reads both files with the TOML library and holds them against each other.
func onlyChanged(before, after string, texts map[string]string) error {
	was, err := flat(before)
	if err != nil {
		return err
	}
	is, err := flat(after)
	if err != nil {
		return err
	}
	for id, text := range texts {
		if got, ok := is[id].(string); !ok || trimmed(got) != trimmed(text) {
			return fmt.Errorf("text %q cannot be written into the file; write it there by hand", id)
		}
		delete(is, id)
		delete(was, id)
	}
	if !maps.EqualFunc(was, is, func(a, b any) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
		return fmt.Errorf("the file cannot be changed without touching other texts; change it by hand")
	}
	return nil
}

// trimmed is a text as the catalog reads it.
func trimmed(s string) string {
	if strings.Contains(s, "\n") {
		return strings.TrimSpace(s)
	}
	return s
}

// flat gives all values of a TOML file by their keys, joined by dots, with the line ends that the catalog makes of them.
func flat(src string) (map[string]any, error) {
	var m map[string]any
	if _, err := toml.Decode(strings.ReplaceAll(strings.TrimPrefix(src, "\ufeff"), "\r\n", "\n"), &m); err != nil {
		return nil, err
	}
	out := map[string]any{}
	var walk func(prefix string, m map[string]any)
	walk = func(prefix string, m map[string]any) {
		for k, v := range m {
			id := k
			if prefix != "" {
				id = prefix + "." + k
			}
			if sub, ok := v.(map[string]any); ok {
				walk(id, sub)
			} else {
				out[id] = v
			}
		}
	}
	walk("", m)
	return out, nil
}

// place tells where a text stands in the files of a language: the file, and its id there.
func place(source, id, lang string) (file, key string) {
	folder := path.Dir(source)
	switch {
	case folder == "content/hotlines/texts":
		key = strings.TrimPrefix(id, "hotline.")
	case folder == "content/checks":
		key = strings.TrimPrefix(id, "check.")
	case strings.HasPrefix(folder, "content/campaigns/"):
		key = strings.TrimPrefix(id, "campaign."+path.Base(folder)+".")
	default:
		key = id
	}
	return path.Join(folder, lang+".toml"), key
}
