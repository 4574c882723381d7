package main

import (
	"strings"
	"testing"
	"time"

	"beaware/campaign"
)

// TestQuietHoursAndBlackouts reads both as offices see them.
func TestQuietHoursAndBlackouts(t *testing.T) {
	t.Parallel()
	config := sampleConfig(t,
		"languages = [\"sq\", \"en\", \"ar\"]\n", "languages = [\"sq\", \"en\", \"ar\"]\nquiet = { from = \"22:00\", to = \"07:30\" }\n",
		"# --- channels", "[[blackout]]\nfrom = \"2027-07-20\"\nto = \"2027-07-21\"\noffice = \"ba\"\nreason = \" mourning \"\n"+
			"[[blackout]]\nfrom = \"2027-07-25\"\nto = \"2027-07-25\"\n# --- channels")
	in, findings, err := open(config)
	if err != nil || in == nil {
		t.Fatal(findings, err)
	}
	for id, want := range map[string]struct {
		quiet     string
		blackouts []string
	}{
		"al": {"22:00 to 07:30", []string{"2027-07-25/2027-07-25/"}},
		"ba": {"", []string{"2027-07-20/2027-07-21/mourning", "2027-07-25/2027-07-25/"}},
	} {
		o, _ := in.office(id)
		if shown := quietOf(o); shown != want.quiet {
			t.Errorf("quiet hours of %s: %q, want %q", id, shown, want.quiet)
		}
		var got []string
		for _, b := range o.Blackouts {
			got = append(got, b.From.Format(time.DateOnly)+"/"+b.To.Format(time.DateOnly)+"/"+b.Reason)
		}
		if strings.Join(got, " ") != strings.Join(want.blackouts, " ") {
			t.Errorf("blackouts of %s: %q, want %q", id, got, want.blackouts)
		}
	}
}

func quietOf(o campaign.Office) string {
	if o.Quiet == nil {
		return ""
	}
	return o.Quiet.String()
}

// TestFaultsOfQuietHoursAndBlackouts: each with its line and its words.
func TestFaultsOfQuietHoursAndBlackouts(t *testing.T) {
	t.Parallel()
	const head = "languages = [\"sq\", \"en\", \"ar\"]\n"
	for _, c := range []struct {
		fault string // put after the first office; its last line holds the fault
		want  string
	}{
		{`quiet = { from = "22:00", to = "22:00" }`, "leave nothing of the day"},
		{`quiet = { from = "00:00", to = "24:00" }`, "leave nothing of the day"},
		{`quiet = { from = "24:00", to = "07:00" }`, `quiet from "24:00" is not a time of day`},
		{`quiet = { from = "22", to = "07:00" }`, `quiet from "22" is not a time of day`},
		{`quiet = { from = "9:00", to = "10:00" }`, `quiet from "9:00" is not a time of day`},
		{`quiet = { from = "22:00" }`, `quiet to "" is not a time of day`},
		{`quiet = { from = "22:00", till = "07:00" }`, `unknown key "till"`},
		{`quiet = "22:00-07:00"`, "must be a table"},
		{"[[blackout]]\nto = \"2027-07-20\"\nfrom = \"20.07.2027\"", `from of the blackout is "20.07.2027"; it must be a date`},
		{"[[blackout]]\nto = \"2027-07-20\"\nfrom = 2027-07-20", "a date without quotes"},
		{"[[blackout]]\nfrom = \"2027-07-20\"\nto = \"2027-02-30\"", `to of the blackout is "2027-02-30"`},
		{"[[blackout]]\nfrom = \"2027-07-20\"\nto = \"2027-07-19\"", "ends on 2027-07-19 before it starts on 2027-07-20"},
		{"[[blackout]]\nfrom = \"2027-07-20\"\nto = \"2027-07-20\"\noffice = \"zz\"", `there is no office "zz"; without office, the blackout is for all`},
		{"[[blackout]]\nfrom = \"2027-07-20\"\nto = \"2027-07-20\"\nchannel = \"ba-feed\"", `unknown key "channel"`},
	} {
		config := sampleConfig(t, head, head+c.fault+"\n")
		s := beaware(t, "", config, "check")
		last := c.fault[strings.LastIndexByte(c.fault, '\n')+1:]
		where := (&folder{t: t, config: config}).line(configFile, last)
		if s.code != failed || !strings.Contains(s.out, c.want) {
			t.Errorf("%s: exit %d, no finding with %q:\n%s", c.fault, s.code, c.want, s.out)
			continue
		}
		for line := range strings.SplitSeq(s.out, "\n") {
			if strings.Contains(line, c.want) && !strings.HasPrefix(line, where+": ") {
				t.Errorf("%s: the finding stands at another place: %s", c.fault, line)
			}
		}
	}
}
