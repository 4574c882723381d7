package intent

import (
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"beaware/catalog"
)

// small has one phrase for each rule.
func small() map[string]catalog.Words {
	return map[string]catalog.Words{
		"en": {
			Safe:   []string{"blue sky"},
			Crisis: map[string][]string{"life": {"suicide", "kill myself", "poison", "want to die"}, "danger": {"locked in", "hurts me badly"}},
			Intent: map[string][]string{"help": {"help", "contact*"}, "shelter": {"shelter", "shelter for women tonight"}, "stop": {"stop"}, "food": {"restaurant", "horse soup"}, "check": {"identification of exploit*"}},
		},
		"sr-Cyrl": {
			Safe:   []string{"време"},
			Crisis: map[string][]string{"life": {"убићу се"}, "danger": {"хоће да ме уби*"}},
			Intent: map[string][]string{"help": {"помоћ", "треба ми помоћ"}, "shelter": {"склониште"}, "stop": {"доста"}},
		},
		"sr-Latn": {From: "sr-Cyrl"},
		"bs": {
			Crisis: map[string][]string{"life": {"ubit ću se"}, "danger": {"u opasnosti sam"}},
			Intent: map[string][]string{"help": {"pomoć"}, "food": {"gladna sam"}},
		},
		"ar": {
			Crisis: map[string][]string{"life": {"انتحر*", "اريد الموت", "biddi mout"}, "danger": {"في خطر"}},
			Intent: map[string][]string{"help": {"ساعدني", "مساعدة"}},
		},
		"zh": {
			Crisis: map[string][]string{"life": {"想死"}, "danger": {"救命"}},
			Intent: map[string][]string{"help": {"帮助"}},
		},
		"empty": {},
		"odd":   {From: "nowhere"},
	}
}

func TestRules(t *testing.T) {
	m := New(small())
	for name, row := range map[string]struct {
		text      string
		languages string // by spaces
		want      string
		language  string
	}{
		"crisis before safe":             {"blue sky suicide", "en", "crisis life", "en"},
		"crisis before intent":           {"help i want shelter for women tonight, kill myself", "en", "crisis life", "en"},
		"crisis of any language":         {"ubicu se", "en ar", "crisis life", "sr-Cyrl"},
		"safe is the whole message":      {"Blue  SKY!", "", "safe", "en"},
		"safe in a sentence":             {"the blue sky", "", "-", ""},
		"safe is spelled right":          {"blue skyy bleu", "", "-", ""},
		"safe of any language":           {"VREME", "en", "safe", "sr-Cyrl"},
		"longest phrase first":           {"help, a shelter for women tonight", "en", "shelter", "en"},
		"asked language first":           {"pomoć", "bs", "help", "bs"},
		"order of asking":                {"pomoc", "sr-Cyrl bs", "help", "sr-Cyrl"},
		"derived language":               {"pomoc", "sr-Latn", "help", "sr-Latn"},
		"another language":               {"gladna sam", "en", "food", "bs"},
		"unknown language asked":         {"help", "xx odd empty", "help", "en"},
		"asked before longer":            {"help treba mi pomoc", "en", "help", "en"},
		"word between":                   {"kill fucking myself", "", "crisis life", "en"},
		"two words between":              {"kill the weeds myself", "", "-", ""},
		"wrong order":                    {"myself kill", "", "-", ""},
		"ending":                         {"hoce da me ubije", "", "crisis danger", "sr-Cyrl"},
		"stem alone is not enough":       {"ubija vreme", "", "-", ""},
		"ending, Arabic":                 {"سأنتحر انتحرت", "", "crisis life", "ar"},
		"and, Arabic":                    {"وساعدني", "", "help", "ar"},
		"Arabic in Latin letters":        {"biddi mout", "", "crisis life", "ar"},
		"no spaces":                      {"我想死了", "", "crisis life", "zh"},
		"nothing between without spaces": {"想不死", "", "-", ""},
		"one error":                      {"sheltr", "", "shelter", "en"},
		"swapped letters":                {"shetler", "", "shelter", "en"},
		"two errors in a long word":      {"restuarnt", "", "food", "en"},
		"two errors in a short one":      {"sehltre", "", "-", ""},
		"no errors under five letters":   {"hepl", "", "-", ""},
		"another first letter":           {"course soup norse soup", "", "-", ""},
		"error in a stem":                {"identifcation of explotation", "", "check", "en"},
		"lone crisis word, one error":    {"suicde", "", "crisis life", "en"},
		"lone crisis word, two errors":   {"sucde", "", "-", ""},
		"lone crisis word, other ending": {"suicido", "", "-", ""},
		"lone crisis word, elsewhere":    {"suicde", "sr-Latn", "-", ""},
		"short lone crisis word":         {"poisen", "", "-", ""},
		"short lone crisis word, right":  {"Poison", "", "crisis life", "en"},
		"error in a crisis phrase":       {"lokced in", "", "crisis danger", "en"},
		"errors in a crisis phrase":      {"hurst me baddly", "", "crisis danger", "en"},
		"brief":                          {"stop it now", "", "stop", "en"},
		"not brief":                      {"he does not stop shouting", "", "-", ""},
		"nothing":                        {"", "en", "-", ""},
	} {
		got, ok := m.Match(row.text, strings.Fields(row.languages)...)
		if s := show(got, ok); s != row.want || got.Language != row.language {
			t.Errorf("%s: %q is %s in %q, want %s in %q", name, row.text, s, got.Language, row.want, row.language)
		}
	}
}

func TestOnlyTheStartIsRead(t *testing.T) {
	m := New(small())
	long := strings.Repeat("слово ", 200)
	for text, want := range map[string]bool{
		"help " + long: true, long + "help": false, strings.Repeat("x", MaxBytes-4) + " help": false, strings.Repeat("\x80", 5000): false, strings.Repeat("ш", 501) + "help": false,
	} {
		if _, ok := m.Match(text); ok != want {
			t.Errorf("%d bytes: %v", len(text), ok)
		}
	}
	if f, ok := m.Match("blue sky" + strings.Repeat(" ", MaxBytes)); ok {
		t.Errorf("a message that was cut is not a safe word: %v", f)
	}
}

func TestNoWords(t *testing.T) {
	for _, m := range []*Matcher{New(nil), New(map[string]catalog.Words{"en": {}}), New(map[string]catalog.Words{"en": {Safe: []string{"!"}, Intent: map[string][]string{"help": {"", "!", strings.Repeat("a b ", 20), strings.Repeat("ab", 40)}}}})} {
		if f, ok := m.Match("help a b", "en"); ok {
			t.Errorf("%v", f)
		}
	}
}

// Nothing of a message is left in the memory that is used again.
func TestNothingIsKept(t *testing.T) {
	m := New(small())
	w := newWork()
	for _, text := range []string{"zebrafish kill myself zebrafish", "ｚｅｂｒａｆｉｓｈ", strings.Repeat("zebrafish ", 100), "ﷺ" + strings.Repeat("ﷺ", 300)} {
		m.read(w, text)
		m.isSafe(w)
		w.wipe()
		for name, left := range map[string][]byte{"norm": w.norm[:cap(w.norm)], "letters": w.letters[:cap(w.letters)], "key": w.key[:cap(w.key)]} {
			if strings.Trim(string(left), "\x00") != "" {
				t.Errorf("%s keeps %d bytes", name, len(strings.Trim(string(left), "\x00")))
			}
		}
		for name, left := range map[string][]byte{"hits": bytesOf(w.hits[:cap(w.hits)]), "ends": bytesOf(w.ends[:cap(w.ends)]), "from": bytesOf(w.from[:cap(w.from)])} {
			if strings.Trim(string(left), "\x00") != "" {
				t.Errorf("%s keeps something", name)
			}
		}
		if !reflect.DeepEqual(w.word, word{}) {
			t.Error("the last word is kept")
		}
	}
}

func bytesOf[T any](s []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(s[0])))
}

func FuzzMatch(f *testing.F) {
	for _, s := range []string{"", "help", "kill fucking myself", "треба ми помоћ", "وساعدني", "我想死", "\xff\xfe", "ﷺﷺ", strings.Repeat("a ", 600), strings.Repeat("ab", 500), "dj\u0301\u200b"} {
		f.Add(s)
	}
	m, all := New(small()), shipped()
	f.Fuzz(func(t *testing.T, text string) {
		for _, x := range []*Matcher{m, all} {
			found, ok := x.Match(text, "en", "sr-Latn")
			again, ok2 := x.Match(text, "en", "sr-Latn")
			if found != again || ok != ok2 {
				t.Errorf("%v, then %v", found, again)
			}
			if ok && (found.Language == "" || (found.ID == "") != (found.Kind == Safe)) {
				t.Errorf("%+v", found)
			}
		}
	})
}
