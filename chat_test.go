package main

import (
	"bytes"
	"strings"
	"testing"

	"beaware/markup"
)

// TestChat types into the terminal, sense and nonsense; whatever comes, there is a screen, and it ends well.
func TestChat(t *testing.T) {
	t.Parallel()
	in := sampled(t)
	plain := func(lang, id string, pairs ...string) string {
		l := in.catalog.Locale(lang)
		return markup.Text(l.Text(id, pairs...), l.Language.Direction == "rtl")
	}
	for _, c := range []struct {
		name    string
		command chatCommand
		typed   string
		prompts int
		want    []string
	}{
		{"end of input at once", chatCommand{}, "", 1, []string{"[1] Shqip", "[8] "}},
		{"bye", chatCommand{Language: "en"}, "bye\n1\n", 1, []string{plain("en", "bot.btn_help")}},
		{"bye with spaces, no line end", chatCommand{Language: "en"}, "  bye ", 1, nil},
		{"help by number", chatCommand{"en", "BA"}, "1\n", 2, []string{plain("en", "card.title", "country", plain("en", "country.BA")), "122"}},
		{"a country in small letters", chatCommand{"bs", "ba"}, "1\n", 2, []string{"122"}},
		{"language first", chatCommand{}, "1\n/privacy\n", 3, []string{plain("sq", "about.privacy")}},
		{"right to left", chatCommand{Language: "ar"}, "/PRIVACY now\n", 2, []string{plain("ar", "about.privacy")}},
		{"by an alias", chatCommand{Language: "sr"}, "/about\n", 2, []string{plain("sr-Cyrl", "about.privacy")}},
		{"words", chatCommand{Language: "bs"}, "pomozite mi\n", 2, []string{plain("bs", "crisis.by_country")}},
		{"words that nobody knows", chatCommand{Language: "bs"}, "qwrtz qwrtz\n", 2, []string{plain("bs", "bot.typed")}},
		{"numbers that no button has", chatCommand{Language: "en"}, "0\n-1\n99\n1e3\n99999999999999999999999\n", 6, []string{plain("en", "bot.typed")}},
		{"commands that nobody has", chatCommand{Language: "en"}, "/moon\n/\n//\n/ start\n", 5, []string{plain("en", "bot.typed")}},
		{"not UTF-8, control characters", chatCommand{Language: "en"}, "\xff\xfe\x00\n\x1b[2J\n\u202e\n", 4, []string{plain("en", "bot.typed")}},
		{"empty lines", chatCommand{Language: "en"}, "\n\n\r\n", 4, nil},
		{"lines of a million letters", chatCommand{Language: "en"}, strings.Repeat("x", 1<<20) + "\n1" + strings.Repeat("0", 1<<20) + "\nbye\n", 3, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := c.command.hold(in, terminal{in: strings.NewReader(c.typed), out: &out}); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(out.String(), "\n> "); n != c.prompts {
				t.Errorf("%d prompts, want %d\n%.3000s", n, c.prompts, &out)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("lacks %q\n%.3000s", want, &out)
				}
			}
			for _, typed := range strings.Fields(c.typed) {
				if len(typed) > 5 && strings.Contains(out.String(), typed) && !strings.HasPrefix(typed, "/") {
					t.Errorf("repeats what was typed: %.100q", typed)
				}
			}
		})
	}
	s := beaware(t, "1\nbye\n", english(t), "chat", "--language", "en", "--country", "al").good(t)
	if !strings.Contains(s.out, plain("en", "card.title", "country", plain("en", "country.AL"))) {
		t.Errorf("the command shows\n%s", s.out)
	}
}

// TestPreview shows a message in each language of the sample, with its length.
func TestPreview(t *testing.T) {
	t.Parallel()
	config := sampleConfig(t)
	in := sampled(t)
	for _, c := range in.feeds[1:5] { // which have all languages between them
		s := beaware(t, "", config, "preview", "launch", "--channel", c.ID).good(t)
		for _, lang := range in.languagesOfChannel(c.ID) {
			l := in.catalog.Locale(lang).Language
			text, err := in.catalog.Post("world-day", "launch", lang, in.country(c.Office))
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{
				"── world-day/launch · " + c.ID + " · " + lang + "\n",
				markup.Text(text.Title, l.Direction == "rtl"), markup.Text(text.Text, l.Direction == "rtl"), "[photo launch.png: ",
				"no limit here (Telegram: 1024)", "/chat?start=" + lang + "_" + in.country(c.Office),
			} {
				if !strings.Contains(s.out, want) {
					t.Errorf("%s in %s lacks %q\n%s", c.ID, lang, want, s.out)
				}
			}
		}
	}
}

// TestPreviewOfOne: what it says besides the message.
func TestPreviewOfOne(t *testing.T) {
	t.Parallel()
	strict := english(t, `gate = "warn"`, `gate = "require"`)
	for _, c := range []struct{ config, message, say string }{
		{strict, "launch", "Kept back: the text world-day/launch in en is not reviewed"},
		{english(t), "day", "anti-trafficking-day/day · al-feed · en\n"},
		{english(t), "always-on/sign-debt", "no limit here (Telegram: 4096)"},
		{english(t), "world-day/", "there are: "},
		{english(t), "/", "there are: "},
	} {
		s := beaware(t, "", c.config, "preview", c.message)
		if !strings.Contains(s.out+s.err, c.say) {
			t.Errorf("%s lacks %q\n%s%s", c.message, c.say, s.out, s.err)
		}
	}
}
