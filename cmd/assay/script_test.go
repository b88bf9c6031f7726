package main

import (
	"context"
	"os"
	"os/signal"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"assay/internal/pgtest"
)

// TestMain lets scripts and tests call this very program as "assay".
func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){
		"assay": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			defer stop()
			os.Exit(run(ctx, os.Args[1:], terminal{os.Stdout, os.Stderr}))
		},
	})
}

// postgres is the cluster of this test binary.
var postgres *pgtest.Cluster

// suite starts a PostgreSQL around the tests, not around the commands.
type suite struct{ m *testing.M }

func (s suite) Run() int { return pgtest.Run(s.m, &postgres) }

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true})
}
