package exchange

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	_ "time/tzdata"

	"beaware/catalog"
)

// small is a content folder with every shape of a text, by path.
func small() map[string]string {
	return map[string]string{
		"locales/languages.toml": `[[language]]
tag = "en"
autonym = "English"
direction = "ltr"
script = "Latn"
[[language]]
tag = "sr-Cyrl"
autonym = "Српски"
script = "Cyrl"
fallback = ["en"]
[[language]]
tag = "sr-Latn"
autonym = "Srpski"
script = "Latn"
derived_from = "sr-Cyrl"
fallback = ["sr-Cyrl", "en"]
[[language]]
tag = "ar"
autonym = "العربية"
direction = "rtl"
script = "Arab"
fallback = ["en"]
[[language]]
tag = "ru"
autonym = "Русский"
script = "Cyrl"
fallback = ["en"]
`,
		"locales/en.toml": `# Source.

[bot]
start = """
**Hello**

Is it safe? Press "{hide}"."""
# Stands on a button.
hide = "Hide"
sum = "=SUM(1)"
digits = "00"
plus = "+ and - are signs"
item = "- one"
quote = "'quoted'"
comma = ", "
path = 'C:\name'
` + // the rest has its marks written out
			"mark = \"a\u200fb\u200cc\"\n" + `
[web.posts_count]
description = "How many messages the page shows."
one = "{count} message"
other = "{count} messages"
`,
		"locales/sr-Cyrl.toml": `# Српски. DRAFT.

[bot]
start = """
**Здраво**

Да ли је безбедно? Притисните „{hide}“."""
hide = "Сакриј"   # на дугмету
sum = "=SUM(1)"
digits = "00"
plus = "+ и - су знакови"
item = "- један"
quote = "'наводник'"
comma = ", "
path = 'C:\name'
mark = "а` + "\u200fб\u200c" + `в"

[web.posts_count]
one = "{count} порука"
few = "{count} поруке"
other = "{count} порука"
`,
		"locales/ar.toml": `[bot]
start = "**مرحبا** {hide}"
hide = "إخفاء"
sum = "=SUM(1)"
digits = "00"
plus = "+ علامة"
item = "- واحد"
quote = "'اقتباس'"
comma = "، "
path = 'C:\name'
mark = "أ` + "\u200fب\u200c" + `ت"
[web.posts_count]
zero = "لا رسائل"
one = "رسالة واحدة"
two = "رسالتان"
few = "{count} رسائل"
many = "{count} رسالة"
other = "{count} رسالة"
`,
		"locales/ru.toml": `[bot]
start = "**Здравствуйте** {hide}"
hide = "Скрыть"
sum = "=SUM(1)"
digits = "00"
plus = "+ и - знаки"
item = "- один"
quote = "'кавычка'"
comma = ", "
path = 'C:\name'
mark = "а` + "\u200fб\u200c" + `в"
[web.posts_count]
one = "{count} сообщение"
few = "{count} сообщения"
many = "{count} сообщений"
other = "{count} сообщения"
`,
		"content/campaigns/day/campaign.toml": `id = "day"
[window]
from = "07-17"
to = "07-30"
[[message]]
id = "launch"
[[entry]]
id = "daily"
cron = "30 19 * * *"
messages = ["launch"]
`,
		"content/campaigns/day/en.toml":      "[launch]\ntitle = \"Be aware\"\ntext = \"\"\"\nFirst line.\n\n- one\n- two\n\n{help}\n\"\"\"\n",
		"content/campaigns/day/sr-Cyrl.toml": "[launch]\ntitle = \"Будите свесни\"\ntext = \"\"\"\nПрви ред.\n\n- један\n- два\n\n{help}\n\"\"\"\n",
	}
}

// folder writes a content folder to the disk.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// source reads a content folder, whatever is wrong with it.
func source(t testing.TB, tree fs.FS) *Source {
	t.Helper()
	cat, found := catalog.Read(tree)
	if cat == nil {
		t.Fatal(found)
	}
	return &Source{Catalog: cat, Tree: tree}
}

func written(t testing.TB, b *Book, format Format) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := b.Write(&out, format); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func book(t testing.TB, s *Source, lang string) *Book {
	t.Helper()
	b, err := s.Book(lang)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func planned(t testing.TB, s *Source, data []byte, opt Options) *Plan {
	t.Helper()
	f, err := s.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Plan(f, opt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// readBack reads a file and holds each of its rows against the book, to the byte.
func readBack(t testing.TB, s *Source, b *Book, data []byte) {
	t.Helper()
	f, err := s.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	if f.Language != b.Language || f.Total != b.Total || len(f.Damage) != 0 {
		t.Errorf("language %q, total %d, damage %v; want %q, %d, none", f.Language, f.Total, f.Damage, b.Language, b.Total)
	}
	came := map[string]Row{}
	for _, r := range f.Rows {
		came[name(r)] = r
	}
	if len(came) != len(b.Rows) {
		t.Errorf("%d rows came back, want %d", len(came), len(b.Rows))
	}
	bad := 0
	for _, want := range b.Rows {
		got := came[name(want)]
		if got.Text != want.Text || got.TextHash != want.TextHash || got.SourceHash != want.SourceHash || got.broken != "" {
			if bad++; bad < 5 {
				t.Errorf("%s: came back as %q (%s %s, %s), want %q", name(want), got.Text, got.SourceHash, got.TextHash, got.broken, want.Text)
			}
		}
	}
}

// nothing demands that a returned file changes nothing.
func nothing(t testing.TB, p *Plan) {
	t.Helper()
	if len(p.Changes)+len(p.Refused)+len(p.Conflicts)+len(p.Remarks)+len(p.Missing)+p.Newer != 0 {
		t.Errorf("changes %v\nrefused %v\nconflicts %v\nremarks %v\nmissing %v\nnewer %d", p.Changes, p.Refused, p.Conflicts, p.Remarks, p.Missing, p.Newer)
	}
}

func has(list []Remark, id, text string) bool {
	for _, r := range list {
		if (id == "" || r.ID == id) && strings.Contains(r.Text, text) {
			return true
		}
	}
	return false
}
