package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/channel"
	"beaware/outbox"
)

// installation is the configuration with all that it refers to, read and checked.
type installation struct {
	config  *Config
	catalog *catalog.Catalog
	planner *campaign.Planner
	offices []campaign.Office
	feeds   []campaign.Channel // in the order of the configuration
	all     []campaign.Channel
}

// open reads everything. All findings come back together; the installation is nil
// when one of them forbids a start.
func open(path string) (*installation, catalog.Findings, error) {
	in, findings, err := read(path)
	if err != nil || findings.Err() != nil {
		return nil, findings, err
	}
	return in, findings, nil
}

// read reads everything and checks all of it that can still be checked, whatever else is wrong, so that staff
// hear of all faults at once. Where a finding is an Error, the installation is good for further checks only,
// and its catalog and planner may be nil.
func read(path string) (*installation, catalog.Findings, error) {
	config, findings, err := readConfig(path)
	if err != nil {
		return nil, nil, err
	}
	in := &installation{config: config, offices: config.offices(), all: config.channels()}
	for _, c := range in.all {
		if c.Kind == kindFeed {
			in.feeds = append(in.feeds, c)
		}
	}
	content, ok := contentOf(config)
	if !ok {
		f := &faults{c: config}
		f.add(config.pos("content", "dir"), "dir %q must be a folder that holds the folders content and locales", config.Content.Dir)
		return in, append(findings, f.list...), nil
	}
	cat, more := catalog.Read(content)
	in.catalog = cat
	if cat != nil {
		findings = append(findings, config.against(cat, more)...)
		var plans catalog.Findings
		in.planner, plans = campaign.New(cat, in.offices, in.all)
		more = append(more, unsaid(plans, findings)...)
	}
	return in, append(findings, in.placed(more)...), nil
}

// unsaid leaves out what the planner says of a configuration whose own faults, with their lines, are known already.
func unsaid(plans, known catalog.Findings) catalog.Findings {
	return slices.DeleteFunc(plans, func(f catalog.Finding) bool {
		return f.File == configFile && known.Count(catalog.Error) > 0
	})
}

// placed names the files of findings as seen from here.
func (in *installation) placed(findings catalog.Findings) catalog.Findings {
	dir := in.config.Content.Dir
	for i, f := range findings {
		switch {
		case f.File == configFile: // the planner knows the configuration by no other name
			findings[i].File = in.config.file
		case dir != "" && f.File != in.config.file:
			findings[i].File = filepath.Join(in.config.path(dir), filepath.FromSlash(f.File))
		}
	}
	return findings
}

// contentOf gives the tree that holds content/ and locales/; ok is false where it is not there.
func contentOf(c *Config) (tree fs.FS, ok bool) {
	if c.Content.Dir == "" {
		return shipped, true
	}
	dir := c.path(c.Content.Dir)
	for _, need := range []string{"content", "locales"} {
		if info, err := os.Stat(filepath.Join(dir, need)); err != nil || !info.IsDir() {
			return nil, false
		}
	}
	return os.DirFS(dir), true
}

// ready opens an installation for a command that needs one without faults, and prints the faults otherwise.
func ready(t terminal) (*installation, error) {
	in, findings, err := open(t.config)
	if err != nil {
		return nil, err
	}
	if in == nil {
		for _, f := range findings {
			if f.Severity == catalog.Error {
				fmt.Fprintln(t.err, f)
			}
		}
		fmt.Fprintln(t.err, "Nothing was started. beaware check lists everything.")
		return nil, errFindings
	}
	return in, nil
}

// press makes posts out of the catalog for these channels.
func (in *installation) press() *outbox.Press {
	countries := map[string]string{}
	for _, o := range in.offices {
		countries[o.ID] = o.Country
	}
	return &outbox.Press{
		Catalog:   in.catalog,
		Countries: countries,
		Gate:      outbox.Gate(in.config.Publish.Gate),
		HelpLink:  in.helpLink,
		Silent:    func(campaign, entry string) bool { return in.planner.Rule(campaign, entry).Silent },
	}
}

// helpLink leads the readers of a post to the bot: in the same app where its channel has one, else on the web.
func (in *installation) helpLink(o outbox.Opening) string {
	start := channel.DeepLink{Language: o.Language, Country: o.Country, Screen: o.Opens, Code: o.Code}.String()
	for _, c := range in.config.Channels {
		if c.ID != o.Channel || c.Kind != kindTelegram {
			continue
		}
		if bot := in.config.bot(c.Telegram); bot != nil && bot.Username != "" {
			return "https://t.me/" + bot.Username + "?start=" + start
		}
	}
	return in.config.Web.PublicURL + "/chat?start=" + start
}

func (in *installation) office(id string) (campaign.Office, bool) {
	i := slices.IndexFunc(in.offices, func(o campaign.Office) bool { return o.ID == id })
	if i < 0 {
		return campaign.Office{}, false
	}
	return in.offices[i], true
}

func (in *installation) country(office string) string {
	o, _ := in.office(office)
	return o.Country
}

func (in *installation) campaignIDs() []string {
	return names(in.catalog.Campaigns, func(c *catalog.Campaign) string { return c.ID })
}

func (in *installation) officeIDs() []string {
	return names(in.offices, func(o campaign.Office) string { return o.ID })
}

func (in *installation) channelIDs() []string {
	return names(in.all, func(c campaign.Channel) string { return c.ID })
}

func (in *installation) languageTags() []string {
	return names(in.catalog.Languages, func(l *catalog.Language) string { return l.Tag })
}
