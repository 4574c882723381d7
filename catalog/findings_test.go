package catalog

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// fault is one row: one change to good content, and the finding that must follow.
type fault struct {
	name     string
	file     string
	old, now string // old empty: now is the whole file
	severity Severity
	wantFile string // file by default
	line     int
	want     string
	separate bool // changes too much to stand in one tree with the others
}

const (
	langs   = "locales/languages.toml"
	enFile  = "locales/en.toml"
	srFile  = "locales/sr-Cyrl.toml"
	arFile  = "locales/ar.toml"
	ba      = "content/hotlines/ba.toml"
	plan    = "content/campaigns/day/campaign.toml"
	dayEn   = "content/campaigns/day/en.toml"
	daySr   = "content/campaigns/day/sr-Cyrl.toml"
	textsSr = "content/hotlines/texts/sr-Cyrl.toml"
	checkF  = "content/checks/exploitation.toml"
)

func faults() []fault {
	return []fault{
		// files
		{name: "unknown key", file: ba, old: "no_112 = true", now: "no_112 = true\nhelp_line = []", line: 4, severity: Error, want: `unknown key "help_line"; did you mean "help_lines"?`},
		{name: "unknown nested key", file: ba, old: `url = "https://example.org/a", date`, now: `url = "https://example.org/a", dat`, line: 25, severity: Error, want: `unknown key "dat"; did you mean "date"?`},
		{name: "wrong kind", file: ba, old: "show = true", now: `show = "yes"`, line: 9, severity: Error, want: `show is the text "yes"; it must be true or false`},
		{name: "syntax", file: ba, old: "no_112 = true", now: "no_112 = = true", line: 3, severity: Error, want: "cannot be read as TOML", separate: true},
		{name: "duplicate key", file: ba, old: "no_112 = true", now: "no_112 = true\nno_112 = true", line: 4, severity: Error, want: "already been defined", separate: true},
		{name: "invalid UTF-8", file: srFile, old: "Здраво", now: "Здра\xffво", line: 2, severity: Error, want: "byte 0xFF is not valid UTF-8", separate: true},
		{name: "control character", file: srFile, old: "Здраво", now: "Здра\x01во", line: 2, severity: Error, want: "U+0001", separate: true},
		{name: "nesting", file: ba, old: "no_112 = true", now: "x = " + strings.Repeat("[", 40) + strings.Repeat("]", 40), line: 3, severity: Error, want: "nested more than 16 deep", separate: true},
		{name: "dots", file: ba, old: "no_112 = true", now: "x" + strings.Repeat(".a", 40) + " = 1", line: 3, severity: Error, want: "more than 16 dots", separate: true},
		// languages
		{name: "unknown language file", file: "locales/xx.toml", now: "[bot]\nstart = \"x\"\n", severity: Error, want: `"xx", which is not a language`},
		{name: "unknown language of a campaign", file: "content/campaigns/day/srr.toml", now: "[launch]\ntitle = \"x\"\n", severity: Error, want: `"srr", which is not a language`},
		{name: "unknown fallback", file: langs, old: `fallback = ["sr-Cyrl", "en"]`, now: `fallback = ["sr-Cyrl", "enn"]`, line: 20, severity: Error, want: `fallback is "enn"`},
		{name: "unknown derived_from", file: langs, old: `derived_from = "sr-Cyrl"`, now: `derived_from = "sr"`, line: 19, severity: Error, want: `derived_from is "sr"`, separate: true},
		{name: "alias twice", file: langs, old: `aliases = ["sr-latn-rs"]`, now: `aliases = ["sr_RS"]`, line: 21, severity: Error, want: `alias "sr_RS" is taken by language "sr-Cyrl"`},
		{name: "tag without plural rules", file: langs, old: `tag = "ar"`, now: `tag = "cnr"`, line: 24, severity: Error, want: "no plural rule", separate: true},
		{name: "tag that is no language", file: langs, old: "[[language]]\ntag = \"ar\"", now: "[[language]]\ntag = \"xx\"", line: 24, severity: Error, want: "not a language tag that go-i18n knows", separate: true},
		{name: "no languages.toml", file: langs, now: "x = ", line: 1, severity: Error, want: "cannot be read as TOML", separate: true},
		// hotlines
		{name: "duplicate hotline", file: ba, old: `id = "ba-held"`, now: `id = "ba-1265"`, line: 29, severity: Error, want: `"ba-1265" stands twice; first at ` + ba + ":14", separate: true},
		{name: "duplicate service", file: ba, old: "[[hotline]]", now: "[[emergency]]\nservice = \"police\"\nnumber = \"122\"\n[[hotline]]", line: 14, severity: Error, want: `service "police" is listed twice`, separate: true},
		{name: "unknown help line", file: ba, old: `help_lines = ["police", "ba-1265"]`, now: `help_lines = ["police", "ba-1256"]`, line: 4, severity: Error, want: `help_lines names "ba-1256"`},
		{name: "held help line", file: ba, old: `help_lines = ["police", "ba-1265"]`, now: "help_lines = [\n\"police\",\n\"ba-held\"]", line: 6, severity: Error, want: `help_lines names "ba-held", which has show = false`, separate: true},
		{name: "112 where it does not work", file: ba, old: `number = "122"`, now: `number = "112"`, line: 9, severity: Error, want: "112 is shown", separate: true},
		{name: "shown without source", file: ba, old: "sources = [{ url = \"https://example.org/\", date = \"\" }]\n", now: "", line: 6, severity: Error, want: "without a source", separate: true},
		{name: "shown without day", file: "content/hotlines/xk.toml", old: "looked_up = \"2026-11-21\"\n", now: "", line: 4, severity: Error, want: "without looked_up"},
		{name: "hours", file: ba, old: "mon-fri 09:00-22:00", now: "mon-fri 9-22", line: 33, severity: Error, want: `hours is "mon-fri 9-22"`},
		{name: "abroad", file: ba, old: `abroad = "no"`, now: `abroad = "maybe"`, line: 16, severity: Error, want: `abroad is "maybe"; it must be one of`},
		{name: "free", file: ba, old: `free = "yes"`, now: `free = true`, line: 20, severity: Error, want: `free is true or false; it must be text`},
		{name: "zone", file: ba, old: "Europe/Sarajevo", now: "Europe/Saraevo", line: 2, severity: Error, want: `zone is "Europe/Saraevo"`},
		{name: "e164", file: ba, old: "+38733222000", now: "0038733222000", line: 31, severity: Error, want: `e164 is "0038733222000"`},
		{name: "e164 of another line", file: ba, old: "+38733222000", now: "+38733222001", line: 31, severity: Error, want: "must be the same line", separate: true},
		{name: "date", file: ba, old: "2026-11-20", now: "20.11.2026", line: 23, severity: Error, want: `verified is "20.11.2026"`},
		{name: "audience without name", file: ba, old: `audience = ["women"]`, now: `audience = ["woman"]`, line: 19, severity: Error, want: `did you mean "audience.women"?`},
		{name: "texts of an unknown hotline", file: textsSr, old: "[xk-line]", now: "[xk-lin]", line: 6, severity: Error, want: `there is no hotline "xk-lin"`},
		// checks
		{name: "duplicate question", file: checkF, old: `id = "L1"`, now: `id = "G1"`, line: 18, severity: Error, want: `question id "G1" stands twice`, separate: true},
		{name: "weight", file: checkF, old: `weight = "M"`, now: `weight = "X"`, line: 19, severity: Error, want: `weight is "X"`},
		{name: "pattern", file: checkF, old: `"SM"`, now: `"MS"`, line: 6, severity: Error, want: `top holds "MS"`},
		{name: "missing question", file: "content/checks/ar.toml", old: "L1", now: "L2", line: 5, severity: Error, want: `text "exploitation.q.L1" is missing`},
		{name: "wording for no question", file: "content/checks/ar.toml", old: "L1", now: "L2", line: 7, severity: Error, want: `wording for "exploitation.q.L2", which no check declares`},
		{name: "unknown voice", file: checkF, old: `"other"]`, now: `"others"]`, line: 4, severity: Error, want: `voices holds "others"; it may hold "child" and "other"`},
		{name: "about somebody, but not a child", file: checkF, old: `"child", `, now: "", separate: true, line: 4, severity: Error, want: `"other" without "child"`},
		{name: "missing child's question", file: "content/checks/ar.toml", old: "[exploitation.q_child]\nG1", now: "[exploitation.q_child]\nG9", line: 9, severity: Error, want: `text "exploitation.q_child.G1" is missing`},
		// campaigns
		{name: "undeclared message in entry", file: plan, old: `  "end",`, now: `  "ende",`, line: 16, severity: Error, want: `names message "ende"`},
		{name: "duplicate message", file: plan, old: `id = "end"`, now: `id = "launch"`, line: 10, severity: Error, want: `message "launch" is declared twice`, separate: true},
		{name: "duplicate entry", file: plan, old: "[[entry]]", now: "[[entry]]\nid = \"daily\"\ncron = \"1 2 3 4 5\"\nmessages = [\"end\"]\n[[entry]]", line: 16, severity: Error, want: `entry "daily" stands twice`, separate: true},
		{name: "office twice", file: plan, old: `offices = ["ba"]`, now: `offices = ["ba", "ba"]`, line: 2, severity: Error, want: `offices lists "ba" twice`},
		{name: "window", file: plan, old: `to = "07-30"`, now: `always = true`, line: 5, severity: Error, want: "both dates and always"},
		{name: "missed", file: plan, old: "cron =", now: "missed = \"last\"\ncron =", line: 13, severity: Error, want: `missed is "last"`, separate: true},
		{name: "on_uncertain", file: plan, old: `offices = ["ba"]`, now: "offices = [\"ba\"]\non_uncertain = \"resent\"", line: 3, severity: Error, want: `on_uncertain is "resent"; it must be one of ["hold" "resend"]; did you mean "resend"?`, separate: true},
		{name: "on_uncertain of an entry", file: plan, old: "cron =", now: "on_uncertain = \"hold\"\ncron =", line: 13, severity: Error, want: `unknown key "on_uncertain"`, separate: true},
		{name: "opens", file: plan, old: `id = "end"`, now: "id = \"end\"\nopens = \"sign-work\"", line: 11, severity: Error, want: `did you mean "signs-work"?`, separate: true},
		{name: "missed_cap, nothing", file: plan, old: "cron =", now: "missed = \"all\"\nmissed_cap = 0\ncron =", line: 14, severity: Error, want: `missed_cap is 0; it must be from 1 to 100`, separate: true},
		{name: "missed_cap, text", file: plan, old: "cron =", now: "missed = \"all\"\nmissed_cap = \"3\"\ncron =", line: 14, severity: Error, want: `missed_cap is the text "3"; it must be a whole number`, separate: true},
		{name: "missed_cap for nothing", file: plan, old: "cron =", now: "missed_cap = 5\ncron =", line: 13, severity: Warning, want: `missed is "latest", and only "all"`, separate: true},
		{name: "photo that is none", file: "content/campaigns/day/launch.png", now: "GIF89a", wantFile: plan, line: 8, severity: Error, want: "neither PNG nor JPEG"},
		{name: "missing message", file: daySr, old: "[end]\ntitle = \"Крај\"\n", now: "[end]\n", line: 9, severity: Warning, want: `"end.title" is missing`},
		{name: "missing source message", file: dayEn, old: "title = \"The end\"\n", now: "", line: 10, severity: Error, want: `"end.title" is missing; campaign.toml declares the message at line 10`},
		{name: "wording for no message", file: daySr, old: "[end]", now: "[ending]", line: 9, severity: Error, want: `wording for message "ending", which campaign.toml does not declare`, separate: true},
		// texts
		{name: "unknown number", file: dayEn, old: "{number:ba-1265}", now: "{number:ba-1266}", line: 6, severity: Error, want: `{number:ba-1266} names an unknown number; it must be a hotline id, or a service such as ba.police; did you mean "ba-1265"?`},
		{name: "held number", file: dayEn, old: "{number:ba-1265}", now: "{number:ba-held}", line: 6, severity: Error, want: "may not be shown", separate: true},
		{name: "unknown placeholder in a campaign", file: daySr, old: "{help}", now: "{help} {hepl}", line: 6, severity: Error, want: `unknown placeholder {hepl}`},
		{name: "no help lines in a translation", file: daySr, old: "{help}", now: "", line: 3, severity: Error, want: `lacks {help}`, separate: true},
		{name: "unknown placeholder", file: srFile, old: "{number}", now: "{broj}", line: 3, severity: Error, want: `unknown placeholder {broj}; the source language has {number} here`},
		{name: "missing placeholder", file: arFile, old: "{number} ", now: "", line: 3, severity: Error, want: `placeholder {number} is missing`},
		{name: "open brace", file: dayEn, old: "Under 18", now: "Under { 18", line: 4, severity: Error, want: `"{" without "}"`},
		{name: "closing brace", file: dayEn, old: "\"That was all.\"", now: "\"That was} all.\"", line: 12, severity: Error, want: `"}" without "{"`},
		{name: "no placeholder", file: dayEn, old: "\"The end\"", now: "\"The {End of} it\"", line: 11, severity: Error, want: `"{End of}" is not a placeholder`, separate: true},
		{name: "known number typed", file: daySr, old: "То је све", now: "122 је све", line: 11, severity: Error, want: `the number "122" is typed into the text; write {number:ba.police}`},
		{name: "known number typed apart", file: daySr, old: "То је све", now: "1-2-2 је све", line: 11, severity: Error, want: `{number:ba.police}`, separate: true},
		{name: "international form typed", file: daySr, old: "То је све", now: "+387 33 222-000", line: 11, severity: Error, want: `{number:ba-held}`, separate: true},
		{name: "unknown number typed", file: arFile, old: "مرحبا", now: "مرحبا ٠٨٠ ٠٢٠ ٥٠٥", line: 2, severity: Error, want: "looks like a phone number"},
		{name: "Persian digits typed", file: arFile, old: "مرحبا", now: "۱۱۲", line: 2, severity: Error, want: "looks like a phone number", separate: true},
		{name: "missing text", file: srFile, old: "start = \"Здраво\"\n", now: "", line: 1, severity: Error, want: `text "bot.start" is missing`},
		{name: "extra text", file: srFile, old: "[country]", now: "strat = \"x\"\n[country]", line: 4, severity: Error, want: `text "bot.strat" is not in locales/en.toml; did you mean "bot.start"?`},
		{name: "text in two files", file: enFile, old: "[posts]", now: "[hotline.ba-1265]\nname = \"x\"\n[posts]", wantFile: "content/hotlines/texts/en.toml", line: 2, severity: Error, want: "stands in two files; the other is locales/en.toml:16", separate: true},
		{name: "long text", file: enFile, old: `"Hello"`, now: `"` + strings.Repeat("long ", 5000) + `"`, line: 2, severity: Error, want: "has 25000 bytes", separate: true},
		{name: "empty text", file: enFile, old: `"Hello"`, now: `""`, line: 2, severity: Error, want: `text "bot.start" is empty`, separate: true},
		{name: "plural form missing", file: srFile, old: "few = \"{count} поруке на {page}\"\n", now: "", line: 15, severity: Error, want: `lacks the plural form "few"`},
		{name: "plural form too much", file: enFile, old: "other =", now: "few = \"{count} {page}\"\nother =", line: 18, severity: Warning, want: `plural form "few" is never used`},
		{name: "plural form misspelt", file: arFile, old: "many =", now: "mnay =", line: 20, severity: Error, want: `unknown key "mnay" beside the plural forms`},
		{name: "reserved name", file: enFile, old: "[country]\n", now: "[country]\nID = \"Indonesia\"\n", line: 5, severity: Error, want: `"ID" is a name that go-i18n keeps for itself`},
		{name: "top-level form", file: enFile, old: "[bot]", now: "one = \"x\"\n[bot]", line: 1, severity: Error, want: `"one" is a name that go-i18n keeps for itself`, separate: true},
		{name: "Kosovo without star", file: daySr, old: "Косову*", now: "Косову", line: 11, severity: Error, want: `Kosovo is named without "*"`},
		{name: "strong Kosovo without star", file: dayEn, old: "That was all", now: "In **Kosovo**", line: 12, severity: Error, want: `Kosovo is named without "*"`, separate: true},
		{name: "no footnote", file: enFile, old: "[footnote]\nkosovo =", now: "[footnote]\nkosov =", wantFile: daySr, line: 11, severity: Error, want: "there is no footnote", separate: true},
		{name: "space at the end", file: dayEn, old: "\"Be aware\"", now: "\"Be aware \"", line: 2, severity: Advice, want: "begins or ends with a space"},
		{name: "Latin letter in a Cyrillic word", file: daySr, old: "Сунце", now: "Cунце", line: 8, severity: Warning, want: `mixes Latin and Cyrillic letters`},
		{name: "direction mark", file: arFile, old: "النساء", now: "\u202eالنساء", line: 10, severity: Warning, want: "direction mark"},
		// reviews
		{name: "review of nothing", file: "locales/ar.review.toml", now: "[\"bot.strat\"]\ntext = \"0123456789abcdef\"\nsource = \"0123456789abcdef\"\nby = \"x\"\non = \"2026-06-01\"\n", line: 1, severity: Warning, want: `a review of "bot.strat"`},
		{name: "review without file", file: "locales/sr-Latn.review.toml", now: "", severity: Error, want: "reviews no file"},
		{name: "review without hash", file: "content/hotlines/texts/ar.review.toml", now: "[\"ba-1265.name\"]\ntext = \"x\"\nsource = \"0123456789abcdef\"\nby = \"x\"\non = \"2026-06-01\"\n", line: 2, severity: Error, want: "first 16 hex digits"},
		{name: "lapsed review", file: "content/checks/sr-Cyrl.review.toml", now: "[\"exploitation.q.G1\"]\ntext = \"0123456789abcdef\"\nsource = \"0123456789abcdef\"\nby = \"x\"\non = \"2026-06-01\"\n", line: 1, severity: Advice, want: "has lapsed"},
	}
}

func (f fault) where() Pos {
	file := f.wantFile
	if file == "" {
		file = f.file
	}
	return Pos{file, f.line}
}

func (f fault) in(found Findings) bool {
	return slices.ContainsFunc(found, func(x Finding) bool {
		return x.Severity == f.severity && x.Pos == f.where() && strings.Contains(x.Text, f.want)
	})
}

func TestFindings(t *testing.T) {
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			tree := good().with(t, f.file, f.old, f.now)
			c, found := Load(tree.fs())
			if !f.in(found) {
				t.Errorf("want %s: %s: %s\ngot:\n%v", f.severity, f.where(), f.want, found)
			}
			if (c == nil) != (found.Err() != nil) {
				t.Errorf("catalog is nil: %v, error: %v", c == nil, found.Err())
			}
		})
	}
}

// All faults of one tree are found in one run. Each change here keeps the lines of its file, or comes last in it.
func TestFindingsTogether(t *testing.T) {
	tree, all := good(), []fault{}
	for _, f := range faults() {
		if f.separate || strings.Count(f.old, "\n") != strings.Count(f.now, "\n") && f.old != "" {
			continue
		}
		if f.old != "" && !strings.Contains(tree[f.file], f.old) {
			continue // another row changed this place
		}
		tree, all = tree.with(t, f.file, f.old, f.now), append(all, f)
	}
	fsys := tree.fs()
	fsys["content/hotlines/zz.toml"] = &fstest.MapFile{Data: []byte("country = \"ZZ\" # \xff")}
	_, found := Load(huge{fsys, "content/hotlines/hu.toml"})
	all = append(all,
		fault{name: "a hundred megabytes", file: "content/hotlines/hu.toml", severity: Error, want: "has 100000000 bytes and was not read"},
		fault{name: "invalid UTF-8", file: "content/hotlines/zz.toml", line: 1, severity: Error, want: "not valid UTF-8"})
	for _, f := range all {
		if !f.in(found) {
			t.Errorf("%s: want %s: %s: %s", f.name, f.severity, f.where(), f.want)
		}
	}
	if len(all) < 40 {
		t.Errorf("only %d faults stand together", len(all))
	}
	if !slices.IsSortedFunc(found, func(a, b Finding) int { return strings.Compare(a.File, b.File) }) {
		t.Error("findings are not sorted by file")
	}
	if t.Failed() {
		t.Log(found)
	}
}

// huge is a file system with a file of 100 MB that must never be opened.
type huge struct {
	fstest.MapFS
	name string
}

type hugeInfo struct{ fs.FileInfo }

func (hugeInfo) Size() int64 { return 100_000_000 }

func (h huge) Stat(name string) (fs.FileInfo, error) {
	if name == h.name {
		return hugeInfo{regular{}}, nil
	}
	return h.MapFS.Stat(name)
}

func (h huge) Open(name string) (fs.File, error) {
	if name == h.name {
		panic("the huge file was opened")
	}
	return h.MapFS.Open(name)
}

func (h huge) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := h.MapFS.ReadDir(name)
	if strings.HasPrefix(h.name, name+"/") && !strings.Contains(h.name[len(name)+1:], "/") {
		list = append(list, fs.FileInfoToDirEntry(regular{name: h.name[len(name)+1:]}))
	}
	return list, err
}

type regular struct{ name string }

func (r regular) Name() string     { return r.name }
func (regular) Size() int64        { return 1 }
func (regular) Mode() fs.FileMode  { return 0o644 }
func (regular) ModTime() time.Time { return time.Time{} }
func (regular) IsDir() bool        { return false }
func (regular) Sys() any           { return nil }

// One broken file is one finding, not one for each text that it would have held.
func TestFollowingFaultsAreNotReported(t *testing.T) {
	for _, file := range []string{enFile, srFile, plan, checkF, dayEn, "content/hotlines/texts/en.toml"} {
		_, found := Load(good().with(t, file, "", "x = ").fs())
		if n := found.Count(Error); n != 1 {
			t.Errorf("%s: %d errors:\n%v", file, n, found)
		}
	}
}

func TestManyFaultsAreCounted(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "key%d = 1\n", i)
	}
	_, found := Load(good().with(t, ba, "country", b.String()+"country").fs())
	if n := len(found); n > maxFindings+20 {
		t.Errorf("%d findings", n)
	}
	if !slices.ContainsFunc(found, func(f Finding) bool { return strings.Contains(f.Text, "more faults") }) {
		t.Error("the rest is not counted")
	}
}
