package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"os"
	"os/signal"
	"path/filepath"
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
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true, Setup: drawPicture})
}

// drawPicture puts a picture where scripts find it: catalogue/lamps/one.png.
func drawPicture(env *testscript.Env) error {
	img := image.NewGray(image.Rect(0, 0, 200, 150))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * i >> 7)
	}
	var b bytes.Buffer
	name := filepath.Join(env.WorkDir, "catalogue", "lamps", "one.png")
	return errors.Join(png.Encode(&b, img), os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, b.Bytes(), 0o600))
}
