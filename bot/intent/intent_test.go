package intent

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	_ "time/tzdata"

	"beaware/catalog"
)

// shipped is a matcher for locales/words as it stands.
var shipped = sync.OnceValue(func() *Matcher {
	c, _ := catalog.Read(os.DirFS("../.."))
	return New(c.Words)
})

func show(f Found, ok bool) string {
	switch {
	case !ok:
		return "-"
	case f.Kind == Safe:
		return "safe"
	case f.Kind == Crisis:
		return "crisis " + f.ID
	default:
		return f.ID
	}
}

// The English words as people type them.
func TestEnglish(t *testing.T) {
	for want, texts := range map[string][]string{
		"crisis life": {
			"i want to die", "I WANT TO DIE!!!", "i wanna die", "i just want to die", "want to kill myself", "kill fucking myself", "im going to kill my self", "thinking about suicide", "suicde", "i am suicidal", "sucidal thoughts i want to dieee",
			"dont want to live anymore", "I don’t want to live", "i cant go on like this", "i hurt myself", "i'm cutting myself at night", "end my life", "no reason to live", "better off dead", "tired of living", "nobody will miss me", "overdoes of pills overdose", "my friend wants to kill herself", "self-harm", "selfharm", "i will jump off the bridge", "unalive me", "goodbye forever", "i wish i was dead", "want die pls",
		},
		"crisis danger": {
			"help me now", "heeelp me nooow", "he will kill me", "hes going to kill me", "he says hell kill me he will killl me", "my husband beats me", "he beat me yesterday", "they beat me every day", "he hit me again", "im locked in a room", "they locked me in", "they've locked me up here", "HE RAPED ME", "i was raped", "emergency", "emergancy", "i am in danger", "we are in dangr", "sos help", "please save me", "i m not safe", "i dont feel safe at home", "kidnaped", "he is coming for me", "i cant get out", "he threatened to kill my mother", "trying to kill me", "he has a knife", "they want to sell me", "i am trapped here", "help me please now", "call the police now", "he treatens me", "is beeting me",
		},
		"safe":          {"weather", "Weather", "WEATHER!", " weather. ", "weatherrr", "🌦 weather"},
		"help":          {"help", "HELP", "heeelp", "help me", "pls help", "i need help", "can u help me", "hotline", "hot line number to call", "police", "polce", "i need to talk to someone", "who can i call", "im scared", "what should i do??"},
		"check":         {"am i trafficked", "boss doesnt pay me", "they took my passport", "he took my pasport", "i work without pay", "is this legal", "I'm not allowed to leave", "they force me to work", "exploitation", "explotation", "im a slave"},
		"offer":         {"is this job offer real", "job offer from germany", "is it a scam", "i got an offer", "he pays my ticket", "met him online and he wants me to come", "recruiter"},
		"before":        {"what should i know before i go", "before leaving", "checklist", "i am going abroad", "im leaving tomorrow"},
		"signs":         {"my friend is strange since", "what are the signs", "i am worried about a girl", "how can i help her", "my nieghbour"},
		"responders":    {"i am a police officer", "im a teacher", "social worker", "indicators", "i work for an ngo"},
		"food":          {"i am hungry", "no food", "need water", "nothing to eat"},
		"shelter":       {"need a place to sleep", "shelter", "sheltr", "where can i sleep tonight", "homeless"},
		"asylum":        {"asylum", "azylum asilum asylum", "how to apply for asylum", "i have no papers", "refugee"},
		"home-violence": {"domestic violence", "violence at home", "my husband is violent", "im afraid of my husband", "womens shelter"},
		"children":      {"i am 15", "im 16 and alone with kids", "my daughter", "child helpline", "somebody blackmails me with nude photos"},
		"else":          {"something else", "i need something else", "i am pregnant"},
		"privacy":       {"who can see this", "privacy", "are you a robot", "do you tell the police", "is it free"},
		"stop":          {"stop", "Stop!", "please stop", "leave me alone", "bye"},
		"hide":          {"hide", "quick exit", "someone is coming"},
		"wipe":          {"delete", "delete everything", "wipe", "delete this chat", "clear"},
		"language":      {"language", "i dont speak english", "do you speak albanian", "arabic please", "change languge"},
		"country":       {"change country", "i am in serbia", "contry country", "kosovo"},
		"abroad":        {"i am abroad", "can i call from abroad"},
		"start":         {"start", "hello", "menu", "hi", "/start", "what is this"},
		"-":             {"", "   ", "🙏", "asdf qwer", "?", "\xff\xfe\x00", "yes", "the deadline moved again", "the rain does not stop in our valley"},
	} {
		for _, text := range texts {
			if got := show(shipped().Match(text, "en")); got != want {
				t.Errorf("%q: %s, want %s", text, got, want)
			}
		}
	}
}

// Ordinary sentences in three scripts are no crisis in any language that is shipped.
func TestHarmless(t *testing.T) {
	files, err := filepath.Glob("testdata/harmless-*.txt")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for lines := bufio.NewScanner(f); lines.Scan(); n++ {
			if found, ok := shipped().Match(lines.Text(), "en"); ok && found.Kind != Intent {
				t.Errorf("%s: %q is %s in %s", file, lines.Text(), show(found, ok), found.Language)
			}
		}
		if f.Close(); n < 60 {
			t.Errorf("%s has %d sentences", file, n)
		}
	}
}

// Every phrase that is shipped is found, in its language or in one that says it too.
func TestEveryPhraseIsFound(t *testing.T) {
	c, _ := catalog.Read(os.DirFS("../.."))
	m := New(c.Words)
	for tag, w := range c.Words {
		for _, p := range w.Safe {
			if f, ok := m.Match(p, tag); !ok || f.Kind != Safe || f.Language != tag {
				t.Errorf("%s: safe word %q: %s in %s", tag, p, show(f, ok), f.Language)
			}
		}
		for kind, list := range w.Crisis {
			for _, p := range list {
				if f, ok := m.Match(p, tag); !ok || f.Kind != Crisis || f.Language != tag {
					t.Errorf("%s: crisis.%s %q: %s", tag, kind, p, show(f, ok))
				}
			}
		}
		for id, list := range w.Intent {
			for _, p := range list {
				f, ok := m.Match(strings.ToUpper(p)+" 🙏", tag)
				if !ok {
					t.Errorf("%s: %s %q is not found", tag, id, p)
				} else if f.Kind != Intent || f.ID != id {
					t.Logf("%s: %s %q is %s", tag, id, p, show(f, ok))
				}
			}
		}
	}
}
