// Command faketelegram is a pretended Telegram on this computer, for trying the Telegram side without a token:
//
//	go run ./channel/telegram/faketelegram
//
// It answers the Bot API as package telegramtest does, shows channels and a few people's phones on a page, and
// has a control API under /_fake/ for tests in other processes. It keeps everything in memory and calls nobody.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"beaware/channel/telegram/telegramtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "faketelegram:", err)
		stop()
		os.Exit(1)
	}
}

type settings struct {
	listen, token  string
	limits, strict bool
	people         string
}

func parse(args []string, out io.Writer) (settings, error) {
	var s settings
	f := flag.NewFlagSet("faketelegram", flag.ContinueOnError)
	f.SetOutput(out)
	f.StringVar(&s.listen, "listen", "127.0.0.1:8081", "address to listen on; port 0 takes a free one")
	f.StringVar(&s.token, "token", telegramtest.Token, "token of the first bot; any other well-formed token makes another bot")
	f.StringVar(&s.people, "people", "en,sq,mk,sr,bs,ar", "language codes of the people to begin with")
	f.BoolVar(&s.limits, "limits", false, "keep Telegram's limits on sending: 30 a second, 1 a second in a chat, 20 a minute in a group")
	f.BoolVar(&s.strict, "strict", false, "know no token but -token, and no channel that was not made under /_fake/channels")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	if f.NArg() > 0 {
		return s, fmt.Errorf("%q is one argument too many; see -help", f.Arg(0))
	}
	return s, nil
}

func run(ctx context.Context, args []string, out io.Writer) error {
	set, err := parse(args, out)
	if err != nil {
		return err
	}
	opts := telegramtest.Options{Tokens: []string{set.token}, AnyToken: !set.strict, AnyChannel: !set.strict}
	if set.limits {
		opts.Limits = telegramtest.RealLimits()
	}
	fake := telegramtest.New(opts)
	defer fake.Close()
	for lang := range strings.SplitSeq(set.people, ",") {
		fake.AddUser(strings.TrimSpace(lang))
	}
	listener, err := net.Listen("tcp", set.listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", set.listen, err)
	}
	fake.URL = "http://" + listener.Addr().String()
	welcome(out, fake)
	return serve(ctx, listener, fake)
}

// serve answers until ctx ends, then lets go of long polls and of the port.
func serve(ctx context.Context, l net.Listener, fake *telegramtest.Server) error {
	srv := &http.Server{Handler: handler(fake), ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	fake.Close()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := srv.Shutdown(last); err != nil {
		_ = srv.Close() // whoever is left has had its time
	}
	<-done
	return nil
}

func welcome(out io.Writer, fake *telegramtest.Server) {
	bot := fake.Bot()
	fmt.Fprintf(out, `A pretended Telegram: %[1]s
Open that page to see what is posted, and to talk to the bot as one of the people there.

Put this into config.toml:

  [[telegram]]
  id = "help"
  username = "%[2]s"
  token_env = "BEAWARE_TELEGRAM_TOKEN"
  api = "%[1]s"

  [[channel]]
  id = "ba-telegram"
  office = "ba"
  kind = "telegram"
  telegram = "help"
  chat = "@beaware_ba"       # any @name: the channel is made when it is first used
  languages = ["bs"]

and start the program with a token that is good here and nowhere else:

  BEAWARE_TELEGRAM_TOKEN=%[3]s go run . run

Ctrl-C ends it; nothing is kept.
`, fake.URL, bot.Username(), bot.Token())
}
