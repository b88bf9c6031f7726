// Command assay is open-source, self-hosted IP protection for online
// marketplaces: one program that keeps the registry of protected marks, tests
// listings against it, and shows people why.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"assay/internal/fault"
)

// Exit codes, as documented in docs/cli.md.
const (
	exitOK       = 0
	exitInternal = 1 // something of ours failed; the message says what
	exitUsage    = 2 // wrong flags, arguments or input; the message says how to mend it
	exitPartial  = 3 // done, but some rows or files could not be read; they are named
	exitFound    = 4 // assay screen --fail-on: listings at or above that decision were found
)

// partial is an error that says the work was done except for some rows.
type partial struct{ message string }

func (p partial) Error() string { return p.message }

// found is what --fail-on asks to be told by the exit code.
type found struct{ message string }

func (f found) Error() string { return f.message }

type cli struct {
	Config   kong.ConfigFlag `help:"Read settings from this YAML file; flags and environment win." placeholder:"FILE" env:"ASSAY_CONFIG"`
	LogLevel string          `help:"How much to log: debug, info, warn or error." default:"info" enum:"debug,info,warn,error" env:"ASSAY_LOG_LEVEL"`
	LogJSON  bool            `help:"Log as JSON." env:"ASSAY_LOG_JSON"`

	Serve    serveCommand    `cmd:"" help:"Serve the console and the API, and work on jobs."`
	Worker   workerCommand   `cmd:"" help:"Work on jobs only; any number of workers share one PostgreSQL."`
	Demo     demoCommand     `cmd:"" help:"Serve a made-up marketplace to look around in."`
	Screen   screenCommand   `cmd:"" help:"Screen feed files against a registry bundle, without a server."`
	Evaluate evaluateCommand `cmd:"" help:"Measure detection on a labelled kit."`
	Registry registryCommand `cmd:"" help:"Import or export the registry as a bundle."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database schema up to date."`
	User     userCommand     `cmd:"" help:"Add people and API keys, set passwords."`
	Doctor   doctorCommand   `cmd:"" help:"Say what is on, what is off, and what is wrong."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
	Complete completeCommand `cmd:"" help:"Print a shell completion script." name:"completion"`
}

// terminal is where a command writes; tests put buffers here.
type terminal struct {
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], terminal{os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run parses the arguments, does the work and returns the exit code.
func run(ctx context.Context, args []string, c terminal) int {
	var program cli
	exited := -1
	parser, err := kong.New(&program, kong.Name("assay"),
		kong.Description("IP protection for online marketplaces: register what is protected, screen what is offered, show a person why."),
		kong.Writers(c.out, c.err), kong.Exit(func(code int) { exited = code }), kong.Configuration(yamlSettings),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return complain(c, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if exited >= 0 { // help was asked for
		return exited
	}
	if err != nil {
		_, _ = fmt.Fprintf(c.err, "assay: %v\nTry: assay --help\n", err)
		return exitUsage
	}
	k.BindTo(ctx, (*context.Context)(nil))
	return complain(c, k.Run(c, logger(c.err, program.LogLevel, program.LogJSON)))
}

// complain prints an error with its hint and chooses the exit code.
func complain(c terminal, err error) int {
	if err == nil {
		return exitOK
	}
	var p partial
	if errors.As(err, &p) {
		_, _ = fmt.Fprintf(c.err, "assay: %s\n", p.message)
		return exitPartial
	}
	var f found
	if errors.As(err, &f) {
		_, _ = fmt.Fprintf(c.err, "assay: %s\n", f.message)
		return exitFound
	}
	_, _ = fmt.Fprintf(c.err, "assay: %v\n", err)
	var e *fault.Error
	if !errors.As(err, &e) {
		return exitInternal
	}
	for i, field := range e.Fields {
		if i == 20 {
			_, _ = fmt.Fprintf(c.err, "  ... and %d more\n", len(e.Fields)-i)
			break
		}
		_, _ = fmt.Fprintf(c.err, "  %s: %s\n", field.Path, field.Message)
	}
	if e.Code == fault.Invalid || e.Code == fault.NotFound || e.Code == fault.TooLarge {
		return exitUsage
	}
	return exitInternal
}
