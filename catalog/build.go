package catalog

import (
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// buildLocales makes one go-i18n bundle for each language: one that holds several would choose among them by
// likeness, which here would be across borders of script and state.
func buildLocales(ld *loader) map[string]*Locale {
	out := map[string]*Locale{}
	parse := parser{ld.numbers}
	for _, l := range ld.cat.Languages {
		out[l.Tag] = &Locale{Language: l, own: map[string]*message{}}
		ld.own(out[l.Tag], parse)
	}
	for _, l := range ld.cat.Languages {
		loc := out[l.Tag]
		loc.texts = make(map[string]*message, len(loc.own))
		// nearest first: what is there already is not replaced
		for _, tag := range append([]string{l.Tag}, l.Fallback...) {
			from, ok := out[tag]
			if !ok {
				continue
			}
			for id, m := range from.own {
				if _, has := loc.texts[id]; !has {
					loc.texts[id] = m
				}
			}
		}
	}
	return out
}

// own fills in what a language has itself or by derivation.
func (ld *loader) own(loc *Locale, parse parser) {
	tag, err := carrierTag(loc.Language.Carrier)
	if err != nil {
		tag = language.English // reported already
	}
	var messages []*i18n.Message
	sources := map[string]*text{}
	take := func(lang string, convert func(string) string) {
		for _, w := range ld.words {
			if w.lang != lang {
				continue
			}
			for id, t := range w.texts {
				if sources[id] != nil {
					continue // its own text wins over the derived one
				}
				sources[id] = t
				messages = append(messages, t.message(convert))
				loc.own[id] = &message{written: t.written(), pos: t.pos, state: ld.states[lang][id], tag: loc.Language.Tag, parser: parse}
			}
		}
	}
	take(loc.Language.Tag, func(s string) string { return s })
	if base := loc.Language.DerivedFrom; base != "" {
		take(base, latin)
	}
	bundle := i18n.NewBundle(tag)
	if bundle.AddMessages(tag, messages...) != nil {
		return
	}
	compileAll(loc, i18n.NewLocalizer(bundle, tag.String()), sources, parse)
}

// compileAll takes each text out of its bundle once, so that showing one is a look-up; only
// plural texts go through go-i18n each time.
func compileAll(loc *Locale, localizer *i18n.Localizer, sources map[string]*text, parse parser) {
	for id, m := range loc.own {
		raw, err := localizer.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateParser: parse})
		if err != nil {
			delete(loc.own, id)
			continue
		}
		m.compiled = *parse.compile(raw)
		if sources[id].plural {
			m.plural = localizer
		}
	}
}

// message is the text as go-i18n holds it.
func (t *text) message(convert func(string) string) *i18n.Message {
	form := func(name string) string { return convert(t.forms[name].raw) }
	return &i18n.Message{
		ID: t.id, Zero: form("zero"), One: form("one"), Two: form("two"),
		Few: form("few"), Many: form("many"), Other: form("other"),
	}
}
