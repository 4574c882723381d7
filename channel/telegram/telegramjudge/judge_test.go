package telegramjudge_test

import (
	"sync"
	"testing"

	"beaware/channel/telegram/telegramjudge"
)

func TestParse(t *testing.T) {
	telegramjudge.Need(t)
	for _, c := range []struct {
		html, plain string
		entities    int
		refused     bool
	}{
		{html: "plain", plain: "plain"},
		{html: "<b>bold</b> &lt;b&gt; &quot;", plain: `bold <b> "`, entities: 1},
		{html: "oops <b>x</i>", refused: true},
		{html: "<p>x</p>", refused: true},
		{html: "\u2066+383 38 000\u2069", plain: "\u2066+383 38 000\u2069"},
		{html: "a\xff", refused: true},
	} {
		plain, entities, err := telegramjudge.Parse(c.html)
		if (err != nil) != c.refused || plain != c.plain || entities != c.entities {
			t.Errorf("Parse(%q) = %q, %d, %v", c.html, plain, entities, err)
		}
	}
}

func TestParseFromManyGoroutines(t *testing.T) {
	telegramjudge.Need(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				if plain, _, err := telegramjudge.Parse("<b>Be aware</b> of it"); err != nil || plain != "Be aware of it" {
					t.Errorf("Parse = %q, %v", plain, err)
					return
				}
			}
		})
	}
	wg.Wait()
}
