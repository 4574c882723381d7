package main

import (
	"bufio"
	"fmt"
	"io"
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
	return `The same bot as on Telegram and on the web. Type the number of a button, or a command such as /help or /privacy.
End with Ctrl-D or "bye". Nothing is kept.`
}

func (c chatCommand) Run(t terminal) error {
	in, err := ready(t)
	if err != nil {
		return err
	}
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
	first := channel.Event{Command: "/start", Payload: c.Language + "_" + c.Country, Now: time.Now().Unix()}
	return converse(t.in, t.out, b.Step, first)
}

// bot makes the engine that all front ends share.
func (in *installation) bot() (*bot.Bot, error) {
	return bot.New(in.catalog, bot.Options{Sample: in.config.Sample, Drafts: in.catalog.Drafts()})
}

// converse plays the bot on a terminal until the input ends.
func converse(in io.Reader, out io.Writer, answer channel.Answerer, e channel.Event) error {
	lines := bufio.NewScanner(in)
	for {
		s := answer(e)
		buttons := show(out, s)
		fmt.Fprint(out, "> ")
		if !lines.Scan() {
			fmt.Fprintln(out)
			return lines.Err()
		}
		typed := strings.TrimSpace(lines.Text())
		if typed == "bye" {
			return nil
		}
		e = channel.Event{Languages: []string{s.Language}, Now: time.Now().Unix()}
		n, err := strconv.Atoi(typed)
		switch {
		case err == nil && n >= 1 && n <= len(buttons):
			e.Data = buttons[n-1].Data
		case strings.HasPrefix(typed, "/"):
			e.Command = strings.ToLower(strings.Fields(typed)[0])
		default:
			e.Typed = true
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
