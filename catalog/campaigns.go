package catalog

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"
)

const campaignsFolder = "content/campaigns"

// maxMissedCap is more late posts at once than any reader should get.
const maxMissedCap = 100

// campaigns reads each folder of content/campaigns: the plan in campaign.toml, then the texts.
func (ld *loader) campaigns() {
	_, folders := ld.dir(campaignsFolder)
	for _, name := range folders {
		folder := campaignsFolder + "/" + name
		decl := ld.declare("campaigns/" + name)
		if doc, ok := ld.document(folder + "/campaign.toml"); ok {
			ld.campaign(name, folder, ld.root(doc), decl)
		} else {
			decl.open = true
		}
		for _, lang := range ld.tomls(folder) {
			if lang != "campaign" {
				ld.campaignTexts(name, folder, lang, decl)
			}
		}
	}
}

func (ld *loader) campaign(name, folder string, t *table, decl *declaration) {
	c := &Campaign{ID: t.need("id", "the name of the folder"), pos: map[string]Pos{}}
	if c.ID != name || !slug(name) {
		ld.add(Error, t.at("id"), "id is %s; it must be the name of the folder, %q, made of %s", quote(c.ID), name, slugRule)
		c.ID = name
	}
	c.pos[""], c.pos["id"], c.pos["offices"] = t.at("id"), t.at("id"), t.at("offices")
	c.OnUncertain = t.oneOf("on_uncertain", "hold", "resend")
	c.pos["on_uncertain"] = t.at("on_uncertain")
	c.Offices = t.unique("offices")
	for _, it := range t.items("offices") {
		c.pos["offices."+it.value] = it.pos
	}
	ld.window(c, t)
	declared := map[string]bool{}
	for _, m := range t.tables("message") {
		ld.message(c, folder, m, declared, decl)
	}
	entries := map[string]*table{}
	for _, e := range t.tables("entry") {
		ld.entry(c, e, declared, entries)
	}
	ld.unused(c, t)
	t.done()
	ld.cat.Campaigns = append(ld.cat.Campaigns, c)
}

func (ld *loader) window(c *Campaign, t *table) {
	if !t.has("window") {
		ld.add(Error, t.at("id"), `there is no [window]; it must have from and to, such as "07-17", or always = true`)
	}
	w := t.sub("window")
	c.Window = Window{From: w.str("from"), To: w.str("to"), Always: w.bool("always")}
	w.done()
	c.pos["window"] = t.at("window")
	for _, key := range []string{"from", "to", "always"} {
		c.pos["window."+key] = w.at(key)
	}
	if !t.has("window") {
		return
	}
	switch some, both := c.Window.From != "" || c.Window.To != "", c.Window.From != "" && c.Window.To != ""; {
	case c.Window.Always && some:
		ld.add(Error, w.at("always"), "the window has both dates and always = true; keep one of the two")
	case !c.Window.Always && !both:
		ld.add(Error, w.here(), `the window needs both from and to, such as "07-17", or always = true`)
	}
}

func (ld *loader) message(c *Campaign, folder string, t *table, declared map[string]bool, decl *declaration) {
	m := Message{ID: t.need("id", `its id, such as "launch"`), PhotoName: t.str("photo"), Opens: t.oneOf("opens", Screens()...)}
	t.done()
	if m.ID == "" {
		return
	}
	if !slug(m.ID) {
		ld.add(Error, t.at("id"), "id is %s; it must be made of %s", quote(m.ID), slugRule)
	}
	if declared[m.ID] {
		ld.add(Error, t.at("id"), "message %s is declared twice; an id belongs to one message", quote(m.ID))
		return
	}
	declared[m.ID] = true
	if m.PhotoName != "" {
		m.Photo = ld.photo(folder, m.PhotoName, t.at("photo"))
	}
	id := "campaign." + c.ID + "." + m.ID
	decl.need(id+".title", t.at("id"))
	decl.need(id+".text", t.at("id"))
	if m.PhotoName != "" {
		decl.need(id+".alt", t.at("photo"))
	}
	c.Messages = append(c.Messages, m)
}

// photo reads an image that lies beside campaign.toml.
func (ld *loader) photo(folder, name string, pos Pos) []byte {
	if name != path.Base(name) || strings.HasPrefix(name, ".") {
		ld.add(Error, pos, "photo is %s; it must be the name of a file beside this one", quote(name))
		return nil
	}
	data, ok := ld.read(folder+"/"+name, maxPhoto)
	if ok && !bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")) && !bytes.HasPrefix(data, []byte("\xff\xd8\xff")) {
		ld.add(Error, pos, "photo is %s, which is neither PNG nor JPEG", quote(name))
	}
	return data
}

func (ld *loader) entry(c *Campaign, t *table, declared map[string]bool, entries map[string]*table) {
	e := Entry{
		ID: t.need("id", `its id, such as "daily"`), Cron: t.need("cron", `minute, hour, day, month and weekday, such as "30 19 * * *"`),
		Repeat: t.bool("repeat"), Missed: t.oneOf("missed", "latest", "skip", "all"), Grace: t.str("grace"), Silent: t.bool("silent"),
		pos: map[string]Pos{},
	}
	if e.Grace == "" {
		e.Grace = "1h"
	}
	e.MissedCap = ld.missedCap(t, e.Missed)
	for _, it := range t.items("messages") {
		e.Messages = append(e.Messages, it.value)
		e.pos["messages."+it.value] = it.pos
		if !declared[it.value] {
			ld.add(Error, it.pos, "the entry names message %s, which no [[message]] declares%s", quote(it.value), meant(it.value, maps.Keys(declared)))
		}
	}
	if len(e.Messages) == 0 {
		ld.add(Error, t.at("messages"), "the entry has no messages; it must name at least one")
	}
	for _, key := range []string{"", "id", "cron", "messages", "repeat", "missed", "missed_cap", "grace", "silent"} {
		e.pos[key] = t.at(key)
	}
	e.pos[""] = t.here()
	t.done()
	if e.ID == "" {
		return
	}
	if !slug(e.ID) {
		ld.add(Error, t.at("id"), "id is %s; it must be made of %s", quote(e.ID), slugRule)
	}
	if first, twice := entries[e.ID]; twice {
		ld.add(Error, t.at("id"), "entry %s stands twice; first on line %d", quote(e.ID), first.at("id").Line)
		return
	}
	entries[e.ID] = t
	c.Entries = append(c.Entries, e)
}

// missedCap reads how many late posts an entry sends at most.
func (ld *loader) missedCap(t *table, missed string) int {
	const standard = 3
	if !t.has("missed_cap") {
		return standard
	}
	n, ok := get[int64](t, "missed_cap", "a whole number, without quotes")
	switch {
	case !ok:
	case n < 1 || n > maxMissedCap:
		ld.add(Error, t.at("missed_cap"), `missed_cap is %d; it must be from 1 to %d: how many late posts go out at most (none at all is missed = "skip")`, n, maxMissedCap)
	case missed != "all":
		ld.add(Warning, t.at("missed_cap"), `missed_cap does nothing here: missed is %s, and only "all" sends more than one late post`, quote(missed))
	default:
		return int(n)
	}
	return standard
}

func (ld *loader) unused(c *Campaign, t *table) {
	for _, m := range t.tables("message") {
		id, _ := m.m["id"].(string)
		if id != "" && !slices.ContainsFunc(c.Entries, func(e Entry) bool { return slices.Contains(e.Messages, id) }) {
			ld.add(Advice, m.at("id"), "no entry sends message %s", quote(id))
		}
	}
}
