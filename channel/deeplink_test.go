package channel_test

import (
	"regexp"
	"strings"
	"testing"

	"beaware/channel"
)

var payloadForm = regexp.MustCompile(`^[A-Za-z0-9_-]{0,64}$`)

func TestDeepLink(t *testing.T) {
	for _, c := range []struct {
		payload string
		want    channel.DeepLink
		again   string // "": the same payload
	}{
		{"sr-Cyrl_BA_signs-marriage_abc234", channel.DeepLink{Language: "sr-Cyrl", Country: "BA", Screen: "signs-marriage", Code: "abc234"}, ""},
		{"bs_BA", channel.DeepLink{Language: "bs", Country: "BA"}, ""}, // the links of posts that older versions made
		{"bs_ba", channel.DeepLink{Language: "bs", Country: "BA"}, "bs_BA"},
		{"bs", channel.DeepLink{Language: "bs"}, ""},
		{"bs_BA_help", channel.DeepLink{Language: "bs", Country: "BA", Screen: "help"}, ""},
		{"_BA__abc234", channel.DeepLink{Country: "BA", Code: "abc234"}, ""},
		{"bs_BA_help_abc234_more_of_it", channel.DeepLink{Language: "bs", Country: "BA", Screen: "help", Code: "abc234"}, "bs_BA_help_abc234"},
		{"bs_BAX_help_abc234", channel.DeepLink{Language: "bs", Screen: "help", Code: "abc234"}, "bs__help_abc234"},
		{"bs_BA_HELP_ABC234", channel.DeepLink{Language: "bs", Country: "BA"}, "bs_BA"},
		{"bs_BA_help_abc1234", channel.DeepLink{Language: "bs", Country: "BA", Screen: "help"}, "bs_BA_help"},
		{"bs_BA_help_abc018", channel.DeepLink{Language: "bs", Country: "BA", Screen: "help"}, "bs_BA_help"}, // 0, 1 and 8 are in no code
		{"help", channel.DeepLink{Language: "help"}, ""},                                                     // by its place; nobody speaks it
		{"\xff\xfe_\x00_é_\n", channel.DeepLink{}, "-"},
		{"____________", channel.DeepLink{}, "-"},
		{strings.Repeat("a-", 40) + "_BA", channel.DeepLink{Country: "BA"}, "_BA"},
		{strings.Repeat("_", 1<<16), channel.DeepLink{}, "-"},
	} {
		got := channel.ParseDeepLink(c.payload)
		want := c.payload
		if c.again != "" {
			want = strings.TrimPrefix(c.again, "-")
		}
		if got != c.want || got.String() != want {
			t.Errorf("%.80q = %+v, %q; want %+v, %q", c.payload, got, got, c.want, want)
		}
	}
	if got := (channel.DeepLink{Language: "bs", Country: "ba", Screen: "what is this?", Code: "abc234"}).String(); got != "bs_BA__abc234" {
		t.Errorf("what a payload cannot hold is written: %q", got)
	}
}

func FuzzDeepLink(f *testing.F) {
	f.Add("sr-Cyrl_BA_signs-marriage_abc234", "bs", "BA", "help", "abc234")
	f.Fuzz(func(t *testing.T, payload, language, country, screen, code string) {
		for _, l := range []channel.DeepLink{channel.ParseDeepLink(payload), {Language: language, Country: country, Screen: screen, Code: code}} {
			text := l.String()
			if !payloadForm.MatchString(text) || channel.ParseDeepLink(text).String() != text {
				t.Fatalf("%+v became %q", l, text)
			}
		}
	})
}
