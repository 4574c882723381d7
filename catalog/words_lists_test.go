package catalog

import (
	"strings"
	"testing"
)

func TestWordsFindings(t *testing.T) {
	const en, ar, sr = "locales/words/en.toml", "locales/words/ar.toml", "locales/words/sr-Cyrl.toml"
	// line of a list in the file that wordsTexts makes
	line := map[string]int{"safe": 1, "never": 2, "crisis": 3, "danger": 4, "life": 5, "intent": 6}
	for i, id := range Intents() {
		line[id] = 7 + i
	}
	food := `food = ["food for en"]`
	one := func(phrase string) string { return `food = ["` + phrase + `"]` }
	for name, row := range map[string]struct {
		file, old, now string
		severity       Severity
		line           int
		want           string
	}{
		"unknown intent":     {en, food, "fod = [\"bread\"]", Error, line["food"], `unknown key "fod"; did you mean "food"?`},
		"unknown crisis":     {en, "life = [", "lif = [", Error, line["life"], `unknown key "lif"`},
		"unknown table":      {en, "[intent]", "[intents]", Error, line["intent"], `unknown key "intents"`},
		"missing intent":     {en, food, "", Warning, line["intent"], "intent.food has no phrase"},
		"empty intent":       {en, food, "food = []", Warning, line["food"], "intent.food has no phrase"},
		"empty crisis":       {en, `life = ["life en"]`, "life = []", Error, line["life"], "crisis.life has no phrase: people in danger"},
		"missing crisis":     {en, `life = ["life en"]`, "", Error, line["crisis"], "crisis.life has no phrase"},
		"no safe word":       {en, `safe = ["weather en"]`, "", Warning, 0, "safe has no phrase"},
		"not a list":         {en, food, `food = "bread"`, Error, line["food"], "it must be a list of texts"},
		"not text":           {en, food, `food = [1]`, Error, line["food"], "each element must be text"},
		"empty phrase":       {en, food, one(" "), Error, line["food"], "a phrase must have words"},
		"no letters":         {en, food, one("?!"), Error, line["food"], "it must have letters"},
		"one letter":         {en, food, one("aa"), Error, line["food"], "too short"},
		"long":               {en, food, one(strings.Repeat("long ", 30)), Error, line["food"], "has 150 bytes"},
		"many words":         {en, food, one(strings.Repeat("ab ", 11) + "c"), Error, line["food"], "too many words"},
		"long word":          {en, food, one(strings.Repeat("ab", 21)), Error, line["food"], "more than 40 letters"},
		"phone number":       {en, food, one("call 1265"), Error, line["food"], "no phone number"},
		"phone number, ar":   {ar, `food = ["food for ar"]`, one("اتصل ١١٢"), Error, line["food"], "no phone number"},
		"split number":       {en, food, one("call 12 65 9"), Error, line["food"], "no phone number"},
		"placeholder":        {en, food, one("call {help}"), Error, line["food"], "without braces"},
		"star inside":        {en, food, one("fo*od"), Error, line["food"], `"*" may stand only at the end`},
		"star alone":         {en, food, one("food *"), Error, line["food"], `"*" may stand only at the end`},
		"short stem":         {en, food, one("want f*"), Error, line["food"], "two letters at least"},
		"short stem alone":   {en, food, one("foo*"), Error, line["food"], "four letters"},
		"short crisis stem":  {en, `life = ["life en"]`, `life = ["ubij*"]`, Error, line["life"], "five letters"},
		"short crisis":       {en, `life = ["life en"]`, `life = ["die"]`, Error, line["life"], "everyday word"},
		"star in safe word":  {en, "weather en", "weather*", Error, 1, `without "*"`},
		"direction mark":     {en, food, one(`food\u202e`), Warning, line["food"], "direction mark"},
		"mixed scripts":      {sr, `food = ["food for sr"]`, one("хлеб hлеб"), Warning, line["food"], "mixes Latin and Cyrillic"},
		"not normal":         {en, food, one(`cafe\u0301 food`), Advice, line["food"], "normal form NFC"},
		"space":              {en, food, one("bread "), Advice, line["food"], "begins or ends with a space"},
		"twice in a list":    {en, food, `food = ["bréad", "BREAD"]`, Advice, line["food"], "stands in intent.food twice"},
		"two intents":        {en, food, one("Shelter... for EN"), Error, 0, "a phrase has one meaning"},
		"intent and crisis":  {en, food, one("life en"), Warning, line["food"], "is in crisis.life on line 5, which comes first"},
		"safe and intent":    {en, food, one("weather en"), Error, line["food"], "stands in intent.food, and in safe on line 1"},
		"two kinds":          {en, `life = ["life en"]`, `life = ["danger en"]`, Error, line["life"], "and in crisis.danger"},
		"crisis elsewhere":   {en, food, one("life ar"), Warning, line["food"], `is in crisis.life of language "ar" (` + ar + ":5)"},
		"safe elsewhere":     {en, food, one("weather ar"), Warning, line["food"], `is in safe of language "ar"`},
		"nothing banned":     {en, `never = ["you are a victim"]`, "", Warning, 0, "never has no phrase"},
		"short ban":          {en, `never = ["you are a victim"]`, `never = ["a"]`, Error, line["never"], "three letters"},
		"banned words":       {enFile, "Hello", "Hello. You are a **victim** of", Warning, 2, `says "you are a victim"`},
		"unknown language":   {"locales/words/xx.toml", "", "safe = [\"x\"]", Error, 0, `"xx", which is not a language`},
		"derived language":   {"locales/words/sr-Latn.toml", "", "safe = [\"x\"]", Error, 0, "move the phrases to " + sr},
		"cannot be read":     {en, "[crisis]", "[crisis", Error, 3, "cannot be read as TOML"},
		"an accent is a dup": {sr, `food = ["food for sr"]`, `food = ["помоћ", "pomoc"]`, Advice, line["food"], "twice"},
	} {
		_, found := Load(good().with(t, row.file, row.old, row.now).fs())
		ok := false
		for _, f := range found {
			ok = ok || f.File == row.file && (row.line == 0 || f.Line == row.line) && f.Severity == row.severity && strings.Contains(f.Text, row.want)
		}
		if !ok {
			t.Errorf("%s: no %s in %s:%d with %q, but:\n%s", name, row.severity, row.file, row.line, row.want, found)
		}
	}
}

func TestDigitsThatAreNoNumber(t *testing.T) {
	for _, phrase := range []string{"3andi 13 sne", "2e2tol 7ali", "i am 15", "24/7", "7a2i2i"} {
		if dialled(phrase) {
			t.Errorf("%q is taken for a phone number", phrase)
		}
	}
}

func TestWordsMissing(t *testing.T) {
	tree := good()
	delete(tree, "locales/words/ar.toml")
	c, found := Read(tree.fs())
	var words Findings
	for _, f := range found {
		if strings.HasPrefix(f.File, wordsFolder) {
			words = append(words, f)
		}
	}
	if len(words) != 1 || words[0].Severity != Warning || !strings.Contains(words.String(), "locales/words/ar.toml: is missing") {
		t.Fatalf("%v", words)
	}
	if _, has := c.Words["ar"]; has || c.Words["sr-Latn"].From != "sr-Cyrl" || len(c.Words["sr-Cyrl"].Intent) != len(Intents()) || c.Words["en"].Safe[0] != "weather en" {
		t.Errorf("%+v", c.Words)
	}
}
