package catalog

import "strings"

// Match chooses a language for a person whose platform names these, most wanted
// first (BCP 47 or a platform's own spelling such as "sr", "sr_RS", "SQ"). A tag matches a language
// exactly, by one of its declared aliases, or by its language and script, or its language alone, being a
// tag or alias: "sr-Latn-BA" is sr-Latn, "en-AU" is en. A tag that names a script never matches a language in another.
// Nothing is guessed: x/text's matcher would hand Macedonian to a Ukrainian. ok is
// false when nothing matches; the caller then asks the person.
func (c *Catalog) Match(preferred ...string) (tag string, ok bool) {
	for _, p := range preferred {
		if len(p) > 60 {
			continue // no tag is so long; these come from outside
		}
		if tag, ok := c.match(normalTag(p)); ok {
			return tag, true
		}
	}
	return "", false
}

func (c *Catalog) match(want string) (string, bool) {
	if tag, ok := c.tags[want]; ok {
		return tag, true
	}
	primary, rest, _ := strings.Cut(want, "-")
	script, _, _ := strings.Cut(rest, "-")
	if len(script) != 4 || script[0] >= '0' && script[0] <= '9' {
		tag, ok := c.tags[primary]
		return tag, ok
	}
	if tag, ok := c.tags[primary+"-"+script]; ok {
		return tag, true
	}
	tag, ok := c.tags[primary]
	if !ok {
		return "", false
	}
	l, ok := c.Language(tag)
	return tag, ok && strings.EqualFold(l.Script, script)
}
