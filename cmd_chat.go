package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"beaware/bot"
	"beaware/channel"
	"beaware/markup"
)

type chatCommand struct {
	Language string `placeholder:"TAG" help:"Language to begin in; without it the bot asks."`
	Country  string `placeholder:"CODE" help:"Country to begin in, as BA."`
}

func (chatCommand) Help() string {
	return `The same bot as on Telegram and on the web. Type the number of a button, a command such as /help or /privacy, or words.
End with Ctrl-D or "bye". Nothing is kept.`
}

func (c chatCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
	return c.hold(in, t)
}

// hold holds the conversation.
func (c chatCommand) hold(in *installation, t terminal) error {
	if _, ok := in.catalog.Match(c.Language); c.Language != "" && !ok {
		return unknown("language", c.Language, in.languageTags())
	}
	if _, ok := in.catalog.Country(strings.ToUpper(c.Country)); c.Country != "" && !ok {
		return fmt.Errorf("%w: there are no numbers for the country %q", errUsage, c.Country)
	}
	b, err := in.bot()
	if err != nil {
		return err
	}
	first := channel.Event{Command: "/start", Platform: "terminal", Now: time.Now().Unix(),
		Payload: channel.DeepLink{Language: c.Language, Country: c.Country}.String()}
	return converse(t.in, t.out, b.Step, first)
}

// bot makes the engine that all front ends share.
func (in *installation) bot() (*bot.Bot, error) {
	return bot.New(in.catalog, bot.Options{Sample: in.config.Sample, Drafts: in.catalog.Drafts()})
}

// converse plays the bot on a terminal until the input ends.
func converse(in io.Reader, out io.Writer, answer channel.Answerer, e channel.Event) error {
	lines := bufio.NewReader(in)
	for {
		s := answer(e)
		if s.Wipe {
			clearScreen(out)
		}
		buttons := show(out, s)
		fmt.Fprint(out, "> ")
		typed, err := readLine(lines)
		if err != nil {
			fmt.Fprintln(out)
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("read what is typed: %w", err)
		}
		if typed == "bye" {
			return nil
		}
		e = channel.Event{Languages: []string{s.Language}, Resume: s.Resume, Platform: "terminal", Now: time.Now().Unix()}
		n, err := strconv.Atoi(typed)
		switch {
		case err == nil && n >= 1 && n <= len(buttons):
			e.Data = buttons[n-1].Data
		case strings.HasPrefix(typed, "/"):
			e.Command = strings.ToLower(strings.Fields(typed)[0])
		default:
			e.Typed, e.Words = true, channel.Words(typed)
		}
	}
}

// clearScreen deletes what a terminal shows and what can be scrolled back to; anything else is left alone.
func clearScreen(out io.Writer) {
	f, ok := out.(*os.File)
	if !ok {
		return
	}
	if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		fmt.Fprint(out, "\x1b[H\x1b[2J\x1b[3J")
	}
}

// longestLine is how many bytes of a typed line are read: as many as the bot looks at.
const longestLine = 1000

// readLine reads one line without the spaces round it. What a very long line has more is passed over.
func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, more, err := r.ReadLine()
		if err != nil {
			return "", err
		}
		if len(line) < longestLine {
			line = append(line, part[:min(len(part), longestLine-len(line))]...)
		}
		if !more {
			return strings.TrimSpace(string(line)), nil
		}
	}
}

// show writes a screen with its buttons numbered from 1.
func show(out io.Writer, s channel.Screen) (buttons []channel.Button) {
	fmt.Fprintf(out, "\n%s\n\n", markup.Text(s.Text, s.RTL))
	for _, row := range s.Rows {
		for _, b := range row {
			buttons = append(buttons, b)
			label := b.Label
			if b.URL != "" {
				label += " (" + b.URL + ")"
			}
			fmt.Fprintf(out, "  [%d] %s", len(buttons), label)
		}
		fmt.Fprintln(out)
	}
	return buttons
}
