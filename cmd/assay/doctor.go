package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"time"

	"github.com/klauspost/cpuid/v2"

	"assay/internal/blob"
	"assay/internal/fault"
	"assay/internal/match/net"
	"assay/internal/message"
	"assay/internal/registry"
	"assay/internal/screening"
	"assay/internal/store"
	"assay/internal/verdict/policy"
)

type doctorCommand struct {
	storage
	vision
	JSON bool `help:"Print as JSON."`
}

func (*doctorCommand) Help() string {
	return `Looks at the database, the blobs, the detectors and the machine, and says what
is on, what is off and what to do. The exit code is 1 when something is wrong.

Example:
  assay doctor --database sqlite:/var/lib/assay/assay.db`
}

// finding is one line of the doctor's report.
type finding struct {
	Part   string `json:"part"`
	State  string `json:"state"` // "on", "off", "ending", "crowded", "wrong"
	Detail string `json:"detail"`
}

func (d *doctorCommand) Run(ctx context.Context, c terminal, log *slog.Logger) error {
	list := []finding{
		{"program", "on", fmt.Sprintf("assay %s, %s, %s/%s, %d cores", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())},
		processor(), networks(),
		d.database(ctx), d.assets(ctx), d.blobs(ctx), detectors(),
		d.vision.finding(ctx, log),
		reader(), d.calendars(time.Now()),
		{"messages", "on", fmt.Sprintf("%d languages, %d texts each", len(message.Languages()), len(message.Keys("en")))},
	}
	if d.JSON {
		if err := json.NewEncoder(c.out).Encode(list); err != nil {
			return err
		}
	} else {
		for _, f := range list {
			_, _ = fmt.Fprintf(c.out, "%-7s  %-16s  %s\n", f.State, f.Part, f.Detail)
		}
	}
	for _, f := range list {
		if f.State == "wrong" {
			return fault.New(fault.Internal, "%s: %s", f.Part, f.Detail)
		}
	}
	return nil
}

func (d *doctorCommand) database(ctx context.Context) finding {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	s, err := store.Open(ctx, d.Database, store.Options{})
	if err != nil {
		return finding{"database", "wrong", err.Error()}
	}
	defer func() { _ = s.Close() }()
	v, err := s.SchemaVersion(ctx)
	if err != nil {
		return finding{"database", "wrong", err.Error()}
	}
	return finding{"database", "on", fmt.Sprintf("%s, schema version %d", s.Engine(), v)}
}

// assets says how many assets are looked for, and whether more of them are
// sought inside pictures than one process is meant for.
func (d *doctorCommand) assets(ctx context.Context) finding {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	s, err := store.Open(ctx, d.Database, store.Options{})
	if err != nil {
		return finding{"assets", "off", "unknown: the database cannot be opened"}
	}
	defer func() { _ = s.Close() }()
	list, err := s.CountAssets(ctx)
	if err != nil {
		return finding{"assets", "wrong", err.Error()}
	}
	words, whole := 0, 0
	for _, t := range list {
		switch t.Sought {
		case "":
			words += t.Count
		case registry.SoughtWhole:
			whole += t.Count
		}
	}
	c, m := registry.CrowdOf(list), registry.Meant
	detail := fmt.Sprintf("%d names and phrases; inside pictures %d of %d marks, %d of %d photographs; %d photographs as a whole",
		words, c.Marks, m.Marks, c.Photographs, m.Photographs, whole)
	if c.Over() {
		return finding{"assets", "crowded", detail + ": every picture takes longer and every process more memory; have photographs of catalogues sought as a whole (docs/bundle.md)"}
	}
	return finding{"assets", "on", detail}
}

func (d *doctorCommand) blobs(ctx context.Context) finding {
	b, err := blob.Open(ctx, d.Blobs)
	if err != nil {
		return finding{"blobs", "wrong", err.Error()}
	}
	defer func() { _ = b.Close() }()
	key, err := b.Put(ctx, []byte("assay doctor was here"))
	if err != nil {
		return finding{"blobs", "wrong", err.Error()}
	}
	if _, err := b.Get(ctx, key); err != nil {
		return finding{"blobs", "wrong", err.Error()}
	}
	return finding{"blobs", "on", "written to and read from"}
}

// processor says which of the faster paths this machine has; without them the
// portable ones give the same answers.
func processor() finding {
	for _, f := range []struct {
		name string
		has  bool
	}{{"AVX-512", cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512VPOPCNTDQ)}, {"AVX2", cpuid.CPU.Supports(cpuid.AVX2)}} {
		if f.has {
			return finding{"fast search", "on", f.name}
		}
	}
	return finding{"fast search", "off", "no AVX2 here: the portable search gives the same answers, more slowly"}
}

// networks says what runs the small networks of marks and lines.
func networks() finding {
	if k := net.Kernels(); k != "portable" {
		return finding{"fast networks", "on", k}
	}
	return finding{"fast networks", "off", "no AVX2 or NEON here: the portable networks give the same answers, more slowly"}
}

func detectors() finding {
	e, err := screening.NewEngine(policy.Default(), nil, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return finding{"detectors", "wrong", err.Error()}
	}
	return finding{"detectors", "on", fmt.Sprint(e.Names())}
}
