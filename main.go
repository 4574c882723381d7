// Command beaware plans and publishes localized awareness campaigns and answers the
// public in the same languages. This package wires the rooms together: commands,
// signals, exit codes. It takes no decisions of its own.
package main

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	_ "time/tzdata" // time zones do not depend on the machine

	"github.com/alecthomas/kong"
)

// shipped is the sample that the program runs on until it is told otherwise.
//
//go:embed content locales config.toml
var shipped embed.FS

const about = `Plans and publishes localized awareness campaigns ("Be aware. Be careful. Get help.")
and answers the public in the same languages.

Start with "run", look with "plan" and "status", try the bot with "chat".`

type commands struct {
	Config string `short:"c" placeholder:"FILE" help:"Configuration; without it config.toml of this folder, or else the shipped sample."`

	Run      runCommand      `cmd:"" help:"Publish what is due and answer the public, until Ctrl-C."`
	Check    checkCommand    `cmd:"" help:"Read all content and configuration and print each finding with file and line."`
	Plan     planCommand     `cmd:"" help:"List the posts to come, in local time and UTC."`
	Preview  previewCommand  `cmd:"" help:"Show a message as it would be published, with its length against the channel's limit."`
	Rehearse rehearseCommand `cmd:"" help:"Play a whole campaign in seconds into a folder of pages and feeds."`
	Chat     chatCommand     `cmd:"" help:"Talk to the help bot in this terminal."`
	Status   statusCommand   `cmd:"" help:"Say in one screen what is healthy, late, paused, failed or uncertain, and what is due next."`
	Posts    postsCommand    `cmd:"" help:"List what became of each post that was due, and why."`
	Opened   openedCommand   `cmd:"" help:"List how often the button of each post was opened, by day; never fewer than ten."`
	Pause    pauseCommand    `cmd:"" help:"Hold posts back: everything, or those of an office, a campaign or a channel."`
	Resume   resumeCommand   `cmd:"" help:"End a pause."`
	Retry    retryCommand    `cmd:"" help:"Send posts again that failed, were missed, skipped or cancelled."`
	Cancel   cancelCommand   `cmd:"" help:"Take back posts that wait."`
	Resolve  resolveCommand  `cmd:"" help:"Say what became of posts that nobody knows of."`
	Backup   backupCommand   `cmd:"" help:"Copy the store, also while the program runs."`
	Locale   localeCommand   `cmd:"" help:"What office translators work with: how far each language has come."`
	Audit    auditCommand    `cmd:"" help:"List what staff did with these commands, when and who."`
}

// terminal is what a command reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
	config   string // path of the configuration, "" when none was named
}

// Exit codes.
const (
	good   = 0
	failed = 1 // findings or a failure
	misuse = 2 // wrong usage
)

// errFindings says that what is wrong has been printed already.
var errFindings = errors.New("there are findings")

// errUsage wraps an error that a different command line would mend.
var errUsage = errors.New("wrong usage")

func main() {
	os.Exit(command(os.Args[1:], terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}

// command runs one command and gives its exit code.
func command(args []string, t terminal) int {
	var c commands
	exited, code := false, good
	parser, err := kong.New(&c,
		kong.Name("beaware"), kong.Description(about), kong.UsageOnError(),
		kong.Writers(t.out, t.err), kong.Exit(func(n int) { exited, code = true, n }))
	if err != nil {
		fmt.Fprintln(t.err, "beaware:", err)
		return failed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	ctx, err := parser.Parse(args)
	switch {
	case exited: // --help was asked for and given
		return code
	case err != nil:
		fmt.Fprintf(t.err, "beaware: %v\nTry: beaware --help\n", err)
		return misuse
	}
	t.config = c.Config
	switch err := ctx.Run(t); {
	case err == nil:
		return good
	case errors.Is(err, errFindings):
		return failed
	case errors.Is(err, errUsage):
		fmt.Fprintln(t.err, "beaware:", err)
		return misuse
	default:
		fmt.Fprintln(t.err, "beaware:", err)
		return failed
	}
}
