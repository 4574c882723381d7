package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"beaware/alert"
	"beaware/bot"
	"beaware/campaign"
	"beaware/channel"
	"beaware/channel/feed"
	"beaware/channel/telegram"
	"beaware/outbox"
	"beaware/state"
	"beaware/web"
)

type runCommand struct {
	Listen   string `placeholder:"ADDRESS" help:"Serve the pages here instead of the configured address."`
	LogLevel string `enum:"debug,info,warn,error" default:"info" help:"One of debug, info, warn, error."`
	LogJSON  bool   `help:"Log as JSON lines."`
}

func (runCommand) Help() string {
	return `Runs the scheduler, the channels, the help bot and the web pages until Ctrl-C. With the shipped sample it needs no
token and no server: open http://127.0.0.1:8080, or http://127.0.0.1:8080/chat for the bot.

What was published is kept in the store, so that starting again publishes nothing twice.`
}

func (c runCommand) Run(t terminal) error {
	log := c.logger(t)
	if err := clean(t); err != nil {
		log.Warn("freed memory is not overwritten; GODEBUG=clobberfree=1 in the environment does it too", "error", err)
	}
	in, err := ready(t)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return c.daemon(ctx, in, t, log)
}

func (c runCommand) logger(t terminal) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // kong has checked it
	o := &slog.HandlerOptions{Level: level}
	if c.LogJSON {
		return slog.New(slog.NewJSONHandler(t.err, o))
	}
	return slog.New(slog.NewTextHandler(t.err, o))
}

// daemon runs all parts until ctx ends or one of them cannot go on.
func (c runCommand) daemon(ctx context.Context, in *installation, t terminal, log *slog.Logger) error {
	store, err := in.store()
	if err != nil {
		return err
	}
	defer func() {
		if err := store.Close(); err != nil {
			log.Error("cannot close the store", "error", err)
		}
	}()
	d, err := newDaemon(in, store, log)
	if err != nil {
		return err
	}
	address := in.config.Web.Listen
	if c.Listen != "" {
		address = c.Listen
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("serve the pages on %s: %w (another address: --listen 127.0.0.1:8090)", address, err)
	}
	control, err := in.listenControl(ctx)
	if err != nil {
		log.Warn("commands such as beaware status cannot reach this process", "error", err)
	}
	greet(t, in, listener.Addr().String())
	return d.run(ctx, listener, control)
}

func greet(t terminal, in *installation, address string) {
	fmt.Fprintf(t.out, "Beaware is running: %d offices, %d channels, %d languages.\n", len(in.offices), len(in.all), len(in.catalog.Languages))
	for _, line := range [][2]string{
		{"Campaign pages", "http://" + address + "/"}, {"Help bot", "http://" + address + "/chat"},
		{"What is to come", "beaware plan"}, {"What went out", "beaware status"}, {"Stop", "Ctrl-C"},
	} {
		fmt.Fprintf(t.out, "  %-16s %s\n", line[0], line[1])
	}
	if in.config.Sample {
		fmt.Fprintln(t.out, "This is the sample: an office must verify every number before people rely on it.")
	}
}

// daemon is the parts of a running installation.
type daemon struct {
	in       *installation
	log      *slog.Logger
	store    *state.Store
	outbox   *outbox.Outbox
	bot      *bot.Bot
	tally    *state.Tally // how often the buttons of posts are opened
	scrubber *scrubber
	metrics  *prometheus.Registry
	clients  map[string]*telegram.Client // by the id of [[telegram]]
	memories map[string]*state.Memory    // of the bots that answer, by the same
	desk     *alert.Desk                 // tells staff what needs a person
}

func newDaemon(in *installation, store *state.Store, log *slog.Logger) (*daemon, error) {
	d := &daemon{scrubber: newScrubber(), in: in, log: log, store: store, tally: store.Tally(), metrics: prometheus.NewRegistry(), clients: map[string]*telegram.Client{}, memories: map[string]*state.Memory{}}
	d.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), newLedgerMetrics(store))
	b, err := in.bot()
	if err != nil {
		return nil, err
	}
	d.bot = b
	if err := d.telegrams(); err != nil {
		return nil, err
	}
	sinks, err := d.sinks()
	if err != nil {
		return nil, err
	}
	d.desk = alert.New(sinks, log)
	channels, err := d.channels()
	if err != nil {
		return nil, err
	}
	for id, ch := range channels {
		channels[id] = alert.Watched(id, ch, d.desk.Tell)
	}
	late, _ := in.config.Alerts.late()
	d.outbox = outbox.New(wired(outbox.Config{
		Planner: in.planner, Store: store, Channels: channels, Composer: in.press(), Log: log,
		Trouble: d.trouble,
		Observe: func(row outbox.Delivery) {
			if row.State == outbox.Sent {
				d.tally.Sent(row.Post.ID)
			}
			d.desk.Tell(alert.Post(row, time.Now(), late)...)
		},
	}))
	return d, nil
}

// telegrams makes the clients of all bots, and the memories of those that answer.
func (d *daemon) telegrams() error {
	for _, c := range d.in.config.Telegrams {
		token, err := d.in.config.token(c)
		if err != nil {
			return err
		}
		if d.clients[c.ID], err = telegram.New(telegram.Options{Token: token, API: c.API, Logger: d.log}); err != nil {
			return fmt.Errorf("telegram bot %s: %w", c.ID, err)
		}
		if c.answers() {
			if d.memories[c.ID], err = d.memory(c.ID); err != nil {
				return fmt.Errorf("telegram bot %s: %w", c.ID, err)
			}
		}
	}
	return nil
}

// channels makes the places to publish to, by id.
func (d *daemon) channels() (map[string]channel.Channel, error) {
	channels := map[string]channel.Channel{}
	for _, c := range d.in.config.Channels {
		switch c.Kind {
		case kindFeed:
			channels[c.ID] = feed.New(c.ID, d.in.config.Web.PublicURL, d.store, time.Now)
		case kindTelegram:
			ch, err := d.clients[c.Telegram].Channel(c.ID, c.Chat)
			if err != nil {
				return nil, fmt.Errorf("channel %s: %w", c.ID, err)
			}
			channels[c.ID] = ch
		}
	}
	return channels, nil
}

// run starts the parts and waits for all of them. Ctrl-C is a good end.
func (d *daemon) run(ctx context.Context, pages, control net.Listener) error {
	d.refreshTally(ctx)
	defer func() { d.flushTally(context.WithoutCancel(ctx)) }() // when nobody is answered any more
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return web.Serve(ctx, pages, web.New(d.siteOptions())) })
	if control != nil {
		orders := &panel{in: d.in, store: d.store, outbox: d.outbox, running: true, alerts: d.desk.State}
		g.Go(func() error { return web.Serve(ctx, control, controlHandler(orders)) })
	}
	told, enough := context.WithCancel(context.WithoutCancel(ctx)) // staff hear also of what the outbox settles last
	g.Go(func() error { d.outbox.Run(ctx); enough(); return ctx.Err() })
	g.Go(func() error { d.desk.Run(told); return ctx.Err() })
	g.Go(func() error { d.watch(ctx); return ctx.Err() })
	g.Go(func() error { d.scrubber.run(ctx); return ctx.Err() })
	g.Go(func() error { d.keepPlan(ctx); return ctx.Err() })
	g.Go(func() error { d.keepTally(ctx); return ctx.Err() })
	g.Go(func() error { d.expire(ctx); return ctx.Err() })
	g.Go(func() error { campaign.Wake(ctx, time.Now, d.outbox.Ring); return ctx.Err() })
	for _, c := range d.in.config.Telegrams {
		if c.answers() {
			client, b := d.clients[c.ID], d.bot
			if c.Username != "" {
				b = b.In("https://t.me/" + c.Username)
			}
			g.Go(func() error {
				return client.Converse(ctx, telegram.ConversationOptions{
					Name: c.ID, Username: c.Username, Answer: d.scrubber.watch(counted(b.Step, d.tally)), Profiles: d.in.profiles(), Memory: d.memories[c.ID]})
			})
		}
	}
	err := g.Wait()
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, http.ErrServerClosed) {
		d.log.Info("stopped")
		return nil
	}
	return err
}

func (d *daemon) siteOptions() web.Options {
	var feeds []web.ChannelInfo
	for _, c := range d.in.feeds {
		o, _ := d.in.office(c.Office)
		languages := c.Languages
		if len(languages) == 0 {
			languages = o.Languages
		}
		feeds = append(feeds, web.ChannelInfo{ID: c.ID, Office: c.Office, Country: o.Country, Languages: languages})
	}
	o := web.Options{
		Catalog: d.in.catalog, Shelf: d.store, Channels: feeds,
		PublicURL: d.in.config.Web.PublicURL, ExitURL: d.in.config.Web.ExitURL,
		Sample: d.in.config.Sample, Drafts: d.in.catalog.Drafts(), Logger: d.log, Metrics: d.metrics,
	}
	if d.bot != nil {
		o.Answer = counted(d.bot.Step, d.tally)
	}
	o.Ready = func() error {
		_, err := d.store.Watermark(context.Background())
		return err
	}
	return o
}

// profiles is what the bot says of itself on Telegram, in each language that Telegram has a place for.
func (in *installation) profiles() (profiles []telegram.Profile) {
	seen := map[string]bool{}
	add := func(code, tag string) {
		if seen[code] {
			return
		}
		seen[code] = true
		loc := in.catalog.Locale(tag)
		p := telegram.Profile{Language: code, Name: loc.Text("commands.name"), Description: loc.Text("commands.about"), Short: loc.Text("commands.short")}
		for _, name := range []string{"start", "help", "check", "offer", "hide", "wipe", "language", "country", "privacy", "stop"} {
			p.Commands = append(p.Commands, telegram.Command{Name: name, Description: loc.Text("commands." + name)})
		}
		profiles = append(profiles, p)
	}
	add("", "en")
	for _, l := range in.catalog.Languages {
		if code, _, _ := strings.Cut(l.Tag, "-"); len(code) == 2 {
			add(code, l.Tag)
		}
	}
	return profiles
}
