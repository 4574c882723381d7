package simulation

import (
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"beaware/campaign"
	"beaware/catalog"
	"beaware/channel"
	"beaware/outbox"
	"beaware/state"
)

// sample is the part of config.toml that says who publishes where.
type sample struct {
	Offices []struct {
		ID        string   `toml:"id"`
		Country   string   `toml:"country"`
		Zone      string   `toml:"zone"`
		Languages []string `toml:"languages"`
	} `toml:"office"`
	Channels []struct {
		ID     string `toml:"id"`
		Office string `toml:"office"`
	} `toml:"channel"`
}

// shipped gives the campaigns and offices as they are shipped. Beside its feed, each office gets a channel on a
// platform that has no idempotency key, two days of blackout, and one of them quiet hours.
func shipped(t *testing.T) (*catalog.Catalog, []campaign.Office, []campaign.Channel) {
	t.Helper()
	tree := os.DirFS(filepath.Join("..", ".."))
	cat, findings := catalog.Load(tree)
	if cat == nil {
		t.Fatal(findings)
	}
	var config sample
	catalog.ReadTOML(tree, "config.toml", &config)
	var offices []campaign.Office
	var channels []campaign.Channel
	for _, o := range config.Offices {
		at := office(t, o.ID, o.Zone)
		at.Country, at.Languages = o.Country, o.Languages
		at.Blackouts = []campaign.Blackout{{From: moment(t, "2027-07-25 00:00"), To: moment(t, "2027-07-26 00:00")}}
		if o.ID == "ge" {
			at.Quiet = &campaign.Quiet{From: 18*60 + 30, To: 20 * 60} // both evening campaigns wait
		}
		offices = append(offices, at)
		channels = append(channels, campaign.Channel{ID: o.ID + "-chat", Office: o.ID})
	}
	for _, ch := range config.Channels {
		channels = append(channels, campaign.Channel{ID: ch.ID, Office: ch.Office, Kind: "feed"})
	}
	if len(cat.Campaigns) < 3 || len(offices) < 7 || len(channels) < 14 {
		t.Fatalf("%d campaigns, %d offices, %d channels", len(cat.Campaigns), len(offices), len(channels))
	}
	return cat, offices, channels
}

// luck is a number that hangs on the post alone, from 0 to 99.
func luck(id string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return h.Sum32() % 100
}

// moody is a platform with all that can go wrong. What becomes of a post follows from its id.
func moody(m channel.Message, nth int) error {
	wrong := func(kind channel.Kind) error {
		return &channel.SendError{Kind: kind, RetryAfter: 40 * time.Second, Reason: "the server said no"}
	}
	switch n := luck(m.ID); {
	case n < 3:
		return wrong(channel.Permanent)
	case n < 6 && nth == 1:
		return wrong(channel.Unknown)
	case n < 12 && strings.HasPrefix(m.ID, "world-day/"): // until its grace is over
		return wrong(channel.Temporary)
	case n < 15 && nth <= 3:
		return wrong(channel.Temporary)
	case n < 20 && nth == 1:
		return wrong(channel.Throttled)
	}
	return nil
}

// picky keeps some posts back, as the gate does.
type picky struct{ press *outbox.Press }

func (p picky) Compose(d outbox.Delivery) (channel.Message, string, error) {
	if n := luck(d.Post.ID); n >= 95 {
		return channel.Message{}, "", &outbox.Skip{Reason: "its text is not reviewed"}
	}
	return p.press.Compose(d)
}

// TestYear runs a year of everything that is shipped, with two absences, a pause, and platforms that fail. In the end
// each planned post has one row, the rows add up to the plan, and no platform has one twice. The clock jumps over the
// hours in which nothing is due and nothing waits, so that it takes seconds. With BEAWARE_LONG=1 it does not
// jump: 525,600 wake-ups, which take minutes.
func TestYear(t *testing.T) {
	cat, offices, channels := shipped(t)
	countries := map[string]string{}
	for _, o := range offices {
		countries[o.ID] = o.Country
	}
	planner, findings := campaign.New(cat, offices, channels)
	if planner == nil {
		t.Fatal(findings)
	}
	from, to := moment(t, "2027-01-01 00:00"), moment(t, "2028-01-01 00:00")
	file := filepath.Join(t.TempDir(), "beaware.db")
	real := time.Now()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, planner, channels, file, from)
		w.compose = picky{&outbox.Press{Catalog: cat, Countries: countries, Gate: outbox.Warn}}
		for _, ch := range channels {
			w.places[ch.ID].answer, w.places[ch.ID].idempotent = moody, ch.Kind == "feed"
		}
		live := w.skim
		if os.Getenv("BEAWARE_LONG") != "" {
			live = w.run
		}
		w.on()
		live("2027-03-02 12:00")
		w.off()
		w.run("2027-03-20 08:00") // two and a half weeks with the machine switched off
		w.on()
		live("2027-05-13 10:00") // a Thursday
		w.pause("campaign", "always-on")
		w.run("2027-05-14 16:00")
		w.resume("campaign", "always-on")
		live("2027-07-20 17:29")
		w.off()
		w.run("2027-07-22 18:00") // some evenings of the campaign
		w.on()
		live("2028-01-10 00:00") // until the last grace is over
		tally(t, w, from, to, w.now())
		w.off()
	})
	if err := state.Check(file); err != nil {
		t.Error(err)
	}
	t.Logf("a year in %v", time.Since(real).Round(10*time.Millisecond))
}

// tally holds the rows against the plan.
func tally(t *testing.T, w *world, from, to, now time.Time) {
	rows := w.rows()
	obeys(t, w, rows)
	counts := map[outbox.State]int{}
	planned := 0
	for p := range w.planner.Due(from, to) {
		planned++
		d, ok := rows[p.ID]
		if !ok {
			t.Errorf("%s has no row", p.ID)
			continue
		}
		counts[d.State]++
		if !d.Post.At.Equal(p.At) || d.Post.Message != p.Message || d.Post.Language != p.Language {
			t.Errorf("%s is in the ledger as %+v", p.ID, d.Post)
		}
		fits(t, w, d)
		delete(rows, p.ID)
	}
	before, after := 0, 0
	for id, d := range rows {
		switch at := d.Post.At; {
		case at.Before(from) && !at.Before(from.Add(-w.planner.LongestGrace())): // the first start looks back
			before++
		case !at.Before(to) && !at.After(now):
			after++
		default:
			t.Errorf("%s has a row and is not planned", id)
		}
	}
	sum := 0
	for _, n := range counts {
		sum += n
	}
	if sum != planned || planned < 3000 {
		t.Errorf("%d posts are planned, %d rows: %v", planned, sum, counts)
	}
	for _, s := range []outbox.State{outbox.Sent, outbox.Failed, outbox.Uncertain, outbox.Missed, outbox.Skipped} {
		if counts[s] == 0 {
			t.Errorf("nothing is %s, so the year does not show what it is for: %v", s, counts)
		}
	}
	counted(t, w, sum+before+after)
	t.Logf("%d posts planned: %v; %d of the last days before the start, %d of the days after", planned, counts, before, after)
}

// obeys holds that each request came in its window and grace, on no day of the blackout and outside quiet hours, by the
// clock on the office's wall.
func obeys(t *testing.T, w *world, rows map[string]outbox.Delivery) {
	waited := 0
	for _, p := range w.places {
		for _, s := range p.sends() {
			post := rows[s.id].Post
			local := s.at.In(post.At.Location())
			day, hour := local.Format("01-02"), local.Format("15:04")
			grace := w.planner.Rule(post.Campaign, post.Entry).Grace
			switch {
			case s.at.Before(post.At) || s.at.After(post.At.Add(grace)):
				t.Errorf("%s was sent at %s, its grace is %v", s.id, local, grace)
			case day == "07-25" || day == "07-26":
				t.Errorf("%s was sent at %s, in the blackout", s.id, local)
			case post.Office == "ge" && hour >= "18:30" && hour < "20:00":
				t.Errorf("%s was sent at %s, in quiet hours", s.id, local)
			case !w.planner.Open(post.Campaign, post.Office, s.at):
				t.Errorf("%s was sent at %s, outside its window", s.id, local)
			case post.Office == "ge" && hour == "20:00":
				waited++
			}
		}
	}
	if waited == 0 {
		t.Error("nothing waited for the end of quiet hours")
	}
}

// counted holds the ledger's own counts to the number of rows.
func counted(t *testing.T, w *world, rows int) {
	counts, err := w.store.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, c := range counts {
		sum += c.N
	}
	if sum != rows {
		t.Errorf("the ledger counts %d rows, there are %d", sum, rows)
	}
}

// fits holds that a row says what its platform saw.
func fits(t *testing.T, w *world, d outbox.Delivery) {
	n := 0
	for _, s := range w.places[d.Post.Channel].sends() {
		if s.id == d.Post.ID {
			n++
		}
	}
	switch d.State {
	case outbox.Sent:
		if n != 1 {
			t.Errorf("%s is sent, and its platform took it %d times", d.Post.ID, n)
		}
	case outbox.Failed, outbox.Missed, outbox.Skipped, outbox.Uncertain:
		if n != 0 || d.Reason == "" {
			t.Errorf("%s is %s (%q), and its platform took it %d times", d.Post.ID, d.State, d.Reason, n)
		}
	default:
		t.Errorf("%s is still %s", d.Post.ID, d.State)
	}
}
