package bot

import (
	"strings"
	"testing"
)

func TestStateTravelsInAButton(t *testing.T) {
	for _, s := range []state{
		{place: atStart},
		{lang: "sr-Latn", country: "BA", place: atAsk, voice: child, form: "marriage", answers: "ynusynus", version: "zz"},
		{lang: "ar", country: elsewhere, overlay: inLanguages, place: atHelp, page: '3'},
		{lang: "cnr", overlay: hidden, place: atAsk, voice: adult, form: noForm, version: "0"},
	} {
		data := s.data()
		got, ok := parse(data)
		if !ok || got != s {
			t.Errorf("parse(%q) = %+v, %v; want %+v", data, got, ok, s)
		}
		if len(data) > maxData {
			t.Errorf("%q has %d bytes", data, len(data))
		}
	}
}

func TestParseRefusesWhatIsNotOurs(t *testing.T) {
	for _, data := range []string{
		"", "1", "start", "2|en||s|||||", "1|en||s||||", "1|en||s||||||", "1|en|||||||",
		"1|en||s||||<b>|", "1|en||s|12||||", "1|en||s||ab|||", "1|" + strings.Repeat("x", 64) + "||s|||||", "\x00\xff",
	} {
		if s, ok := parse(data); ok {
			t.Errorf("parse(%q) = %+v, want a refusal", data, s)
		}
	}
}
