package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"time"

	"assay/internal/signal/outside"
)

// vision is how an operator adds a vision service of his own; see
// docs/outside.md. Its token comes from the environment alone, so that it
// shows in no list of processes.
type vision struct {
	OutsideURL      string        `name:"outside-url" help:"Ask this vision service of your own about every picture; see docs/outside.md. Its token: ASSAY_OUTSIDE_TOKEN." placeholder:"URL" env:"ASSAY_OUTSIDE_URL"`
	OutsideTimeout  time.Duration `name:"outside-timeout" help:"Time it has for a picture." default:"2s" env:"ASSAY_OUTSIDE_TIMEOUT"`
	OutsideMinScore float64       `name:"outside-min-score" help:"Leave out what it is less sure of, 0 to 1." default:"0.3" env:"ASSAY_OUTSIDE_MIN_SCORE"`
	OutsideRequired bool          `name:"outside-required" help:"Have a person look at listings whose pictures it could not see because it is down." env:"ASSAY_OUTSIDE_REQUIRED"`
}

const outsideToken = "ASSAY_OUTSIDE_TOKEN"

// on reports whether there is a service.
func (v vision) on() bool { return v.OutsideURL != "" }

// eye is the service as a detector.
func (v vision) eye(log *slog.Logger) (*outside.Eye, error) {
	return outside.New(outside.Options{URL: v.OutsideURL, Token: os.Getenv(outsideToken), Timeout: v.OutsideTimeout,
		MinScore: v.OutsideMinScore, Required: v.OutsideRequired, Log: log})
}

// finding asks the service once and says how it is doing.
func (v vision) finding(ctx context.Context, log *slog.Logger) finding {
	const part = "outside vision"
	if !v.on() {
		return finding{part, "off", "no service of your own is set (--outside-url)"}
	}
	eye, err := v.eye(log)
	if err != nil {
		return finding{part, "wrong", err.Error()}
	}
	took, model, err := eye.Probe(ctx)
	if err != nil {
		return finding{part, "wrong", err.Error()}
	}
	detail := fmt.Sprintf("%s answered in %d ms", cmp.Or(model, "it"), took.Milliseconds())
	if u, err := url.Parse(v.OutsideURL); err == nil && u.Scheme == "http" && os.Getenv(outsideToken) != "" {
		detail += "; its token goes unencrypted, use https beyond a closed network"
	}
	return finding{part, "on", detail}
}
