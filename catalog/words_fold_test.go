package catalog

import (
	"strings"
	"testing"
)

func folded(f *Folding, text string) string {
	normal, _ := f.Normal(nil, text)
	letters, ends := f.Words(nil, nil, normal)
	var words []string
	from := uint16(0)
	for _, end := range ends {
		words = append(words, string(letters[from:end]))
		from = end
	}
	return strings.Join(words, " ")
}

// Each row is written in ways that people and keyboards differ in; all are one.
func TestFolding(t *testing.T) {
	f := NewFolding()
	for want, ways := range map[string][]string{
		"pomoc":        {"pomoć", "POMOĆ", "Pomoc!", "помоћ", "ПОМОЋ", "pomoc\u0301", "p\u200bomo\u00adć", "pomooooć", "„pomoć“", "🙏pomoć🙏", "ｐｏｍｏｃ"},
		"pomos":        {"помошь", "Помош"},
		"dodi":         {"đođi", "dođi", "dodji", "dodi", "ДОЂИ", "ðoði", "djodji"},
		"deca":         {"деца", "djeca", "дјеца"},
		"ljubav njega": {"љубав њега", "ǉubav ǌega", "ljubav njega", "LJUBAV, NJEGA"},
		"dzep cas":     {"džep čas", "џеп час", "ǆep čas"},
		"kjosest":      {"ќошест", "к\u0301ошест", "Kjošest"},
		"ide ezik":     {"иде ёзик", "иде език"},
		"istanbul":     {"İstanbul", "ıstanbul", "ISTANBUL", "istanbul"},
		"strase":       {"Straße", "STRASSE", "strasse"},
		"dont":         {"don't", "don’t", "dont", "DON`T"},
		"help me":      {"help me", "HELP... me!!!", "heeeelp\tmeeee", "help-me", "help/me", "help\nme"},
		"24 7":         {"24/7", "٢٤/٧", "۲۴/۷"},
		"112":          {"112", "１１２"},
		"ساعدني":       {"ساعدني", "سَاعِدْنِي", "ساعدنى", "ساعـــدني", "ساعدنی", "ﺳﺎﻋﺪﻧﻲ"},
		"الاكل":        {"الأكل", "الإكل", "الآكل", "ٱلاكل", "الاکل"},
		"مساعده":       {"مساعدة", "مساعده"},
		"ميخواهم":      {"می\u200cخواهم", "میخواهم", "ميخواهم"},
		"سول":          {"سؤل", "سول"},
		"ہے گھر":       {"ہے گھر"},
		"ոստիկան":      {"Ոստիկան"},
		"დახმარება":    {"დახმარება", "ᲓᲐᲮᲛᲐᲠᲔᲑᲐ"},
		"βοηθεια":      {"βοήθεια", "ΒΟΉΘΕΙΑ"},
		"λογος":        {"λόγος", "ΛΟΓΟΣ"},
		"te ndihmoj":   {"të ndihmoj", "TË NDIHMOJ"},
		"我 想 死":        {"我想死", "我 想 死"},
		"मद कीजिए":     {"मदद कीजिए"},
		"":             {"", "!!!", "🙏🙏", "\u200b", "\xff\xfe", "ـــ"},
	} {
		for _, way := range ways {
			got := folded(f, way)
			if want == "λογος" {
				want = "λογοσ"
			}
			if got != want {
				t.Errorf("%q became %q, want %q", way, got, want)
			}
			if again := folded(f, got); again != got {
				t.Errorf("%q became %q, then %q", way, got, again)
			}
		}
	}
}

func TestPhrase(t *testing.T) {
	f := NewFolding()
	for phrase, want := range map[string]string{
		"ubi*": "ubi*", "Ubiti me": "ubiti me", "hoće da me ubi*!": "hoce da me ubi*", "self-harm*": "self harm*",
		"don't": "dont", "*": "", "": "", "a * b": "a b", "Kosovo*, *": "kosovo*",
	} {
		got := ""
		if words := f.Phrase(phrase); len(words) > 0 {
			got = phraseKey(words)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", phrase, got, want)
		}
	}
}

func FuzzFolding(fz *testing.F) {
	for _, s := range []string{"", "Pomoć, помоћ! 24/7", "سَاعِدْنِي", "我想死", "\xff\u0301", "ﷺ", "dj"} {
		fz.Add(s)
	}
	f := NewFolding()
	fz.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1000 {
			t.Skip()
		}
		once := folded(f, s)
		f.Phrase(s)
		if strings.Contains(once, "  ") || strings.HasPrefix(once, " ") {
			t.Errorf("%q has an empty word", once)
		}
	})
}
