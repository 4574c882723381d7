package catalog

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	_ "time/tzdata"
)

// files is a small content tree without a fault, by path.
type files map[string]string

func good() files {
	return files{
		"locales/languages.toml": `[[language]]
tag = "en"
autonym = "English"
direction = "ltr"
script = "Latn"
aliases = ["en-us"]

[[language]]
tag = "sr-Cyrl"
autonym = "Српски"
script = "Cyrl"
fallback = ["en"]
aliases = ["sr", "sr-rs"]

[[language]]
tag = "sr-Latn"
autonym = "Srpski"
script = "Latn"
derived_from = "sr-Cyrl"
fallback = ["sr-Cyrl", "en"]
aliases = ["sr-latn-rs"]

[[language]]
tag = "ar"
autonym = "العربية"
direction = "rtl"
script = "Arab"
fallback = ["en"]
`,
		"locales/en.toml": `[bot]
start = "Hello"
no112 = "Here {number} does not reach the police."
[country]
BA = "Bosnia and Herzegovina"
XK = "Kosovo*"
[emergency]
police = "Police"
[audience]
women = "women"
[lang]
sq = "Albanian"
[footnote]
kosovo = "* {country}: resolution 1244 (1999)."
[posts]
description = "How many."
one = "{count} message on {page}"
other = "{count} messages on {page}"
`,
		"locales/sr-Cyrl.toml": `[bot]
start = "Здраво"
no112 = "Овде {number} не зове полицију."
[country]
BA = "Босна и Херцеговина"
XK = "Косово*"
[emergency]
police = "Полиција"
[audience]
women = "жене"
[lang]
sq = "албански"
[footnote]
kosovo = "* {country}: резолуција 1244 (1999)."
[posts]
one = "{count} порука на {page}"
few = "{count} поруке на {page}"
other = "{count} порука на {page}"
`,
		"locales/ar.toml": `[bot]
start = "مرحبا"
no112 = "هنا {number} لا يصل."
[country]
BA = "البوسنة والهرسك"
XK = "كوسوفو*"
[emergency]
police = "الشرطة"
[audience]
women = "النساء"
[lang]
sq = "الألبانية"
[footnote]
kosovo = "* {country}: ١٢٤٤ (١٩٩٩)."
[posts]
zero = "لا رسائل {page}"
one = "رسالة {page}"
two = "رسالتان {page}"
few = "{count} رسائل {page}"
many = "{count} رسالة {page}"
other = "{count} رسالة {page}"
`,
		"content/hotlines/ba.toml": `country = "BA"
zone = "Europe/Sarajevo"
no_112 = true
help_lines = ["police", "ba-1265"]

[[emergency]]
service = "police"
number = "122"
show = true
looked_up = "2026-11-21"
sources = [{ url = "https://example.org/", date = "" }]

[[hotline]]
id = "ba-1265"
number = "1265"
abroad = "no"
hours = "24/7"
languages = ["sq"]
audience = ["women"]
free = "yes"
show = true
looked_up = "2026-11-21"
verified = "2026-11-20"
sources = [
  { url = "https://example.org/a", date = "2026" },
]

[[hotline]]
id = "ba-held"
number = "033 222 000"
e164 = "+38733222000"
abroad = "yes"
hours = "mon-fri 09:00-22:00"
show = false
`,
		"content/hotlines/xk.toml": `country = "XK"
zone = "Europe/Belgrade"
help_lines = ["xk-line"]
[[hotline]]
id = "xk-line"
number = "0800 11112"
show = true
looked_up = "2026-11-21"
sources = [{ url = "https://example.org/", date = "" }]
`,
		"content/hotlines/texts/en.toml":      "[ba-1265]\nname = \"Line for women\"\nnote = \"Only there.\"\n[ba-held]\nname = \"Foundation\"\n[xk-line]\nname = \"Helpline\"\n",
		"content/hotlines/texts/sr-Cyrl.toml": "[ba-1265]\nname = \"Линија за жене\"\nnote = \"Само тамо.\"\n[ba-held]\nname = \"Фондација\"\n[xk-line]\nname = \"Линија\"\n",
		"content/hotlines/texts/ar.toml":      "[ba-1265]\nname = \"خط النساء\"\nnote = \"هناك فقط.\"\n[ba-held]\nname = \"مؤسسة\"\n[xk-line]\nname = \"خط\"\n",
		"content/checks/exploitation.toml": `id = "exploitation"
version = "2026-11-21"
max = 8
voices = ["child", "other"]
[rule]
top = ["SS", "SM"]
middle = ["M"]
child_top = ["S"]
[[general]]
id = "G1"
weight = "S"
[[about_child]]
id = "C1"
weight = "S"
[[form]]
id = "work"
[[form.question]]
id = "L1"
weight = "M"
for = "adult"
`,
		"content/checks/en.toml":      checkTexts("Papers?"),
		"content/checks/sr-Cyrl.toml": checkTexts("Папири?"),
		"content/checks/ar.toml":      checkTexts("أوراق؟"),
		"content/campaigns/day/campaign.toml": `id = "day"
offices = ["ba"]
[window]
from = "07-17"
to = "07-30"
[[message]]
id = "launch"
photo = "launch.png"
[[message]]
id = "end"
[[entry]]
id = "daily"
cron = "30 19 * * *"
messages = [
  "launch",
  "end",
]
`,
		"content/campaigns/day/launch.png": "\x89PNG\r\n\x1a\nrest",
		"content/campaigns/day/en.toml": `[launch]
title = "Be aware"
text = """
Under 18 or not, from 08:00 to 20:00, since 30.07.2026.

Call {number:ba-1265}.
{help}
"""
alt = "A sun."
[end]
title = "The end"
text = "That was all."
`,
		"content/campaigns/day/sr-Cyrl.toml": `[launch]
title = "Будите свесни"
text = """
Њих Љиљана и ЊЕГОШ.

{help}
"""
alt = "Сунце."
[end]
title = "Крај"
text = "То је све на Косову*."
`,
		"locales/words/en.toml":      wordsTexts("en"),
		"locales/words/sr-Cyrl.toml": wordsTexts("sr"),
		"locales/words/ar.toml":      wordsTexts("ar"),
	}
}

func checkTexts(text string) string {
	b := strings.Builder{}
	b.WriteString("[exploitation]\nchoose = \"a\"\n[exploitation.form]\nwork = \"" + text + "\"\n[exploitation.q]\n")
	for _, id := range []string{"G1", "L1", "C1"} {
		b.WriteString(id + " = \"" + text + "\"\n")
	}
	b.WriteString("[exploitation.q_child]\nG1 = \"" + text + "\"\n")
	b.WriteString("[exploitation.q_other]\nG1 = \"" + text + "\"\nL1 = \"" + text + "\"\n[exploitation.result]\n")
	for _, voice := range []string{"", "child_", "other_", "other_child_"} {
		b.WriteString(voice + "low = \"a\"\n" + voice + "middle = \"b\"\n" + voice + "top = \"c\"\n")
	}
	return b.String()
}

func wordsTexts(lang string) string {
	var b strings.Builder
	b.WriteString("safe = [\"weather " + lang + "\"]\nnever = [\"you are a victim\"]\n[crisis]\n")
	for _, k := range CrisisKinds() {
		b.WriteString(k + " = [\"" + k + " " + lang + "\"]\n")
	}
	b.WriteString("[intent]\n")
	for _, id := range Intents() {
		b.WriteString(id + " = [\"" + id + " for " + lang + "\"]\n")
	}
	return b.String()
}

func (f files) fs() fstest.MapFS {
	m := fstest.MapFS{}
	for name, data := range f {
		m[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return m
}

// with replaces one piece of one file; an empty piece replaces all of it.
func (f files) with(t testing.TB, file, old, now string) files {
	t.Helper()
	f = maps.Clone(f)
	if old == "" {
		f[file] = now
		return f
	}
	if !strings.Contains(f[file], old) {
		t.Fatalf("%s has no %q to replace", file, old)
	}
	f[file] = strings.Replace(f[file], old, now, 1)
	return f
}

func mustLoad(t testing.TB, f files) *Catalog {
	t.Helper()
	c, found := Load(f.fs())
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}
