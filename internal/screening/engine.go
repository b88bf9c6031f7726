// Package screening walks a listing through the stages: pictures opened,
// signals stated, verdict given. The same engine answers before publication,
// works in the background after intake, and serves the offline command.
package screening

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"assay/internal/signal"
	"assay/internal/trial"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// Engine holds the detectors and the policy. It is safe for concurrent use.
type Engine struct {
	Library     *Library
	Detectors   []signal.Detector
	Eyes        []signal.PictureDetector
	Conclusions []signal.Conclusion
	Log         *slog.Logger

	policy  atomic.Pointer[policy.Policy]
	shadows atomic.Pointer[[]*policy.Policy]
	seen    *looks
}

// NewEngine is an engine with every built-in detector, empty of assets.
// words is the operator's own list of trade words, or nil.
func NewEngine(p *policy.Policy, words []byte, log *slog.Logger) (*Engine, error) {
	text, err := signal.NewWords(words)
	if err != nil {
		return nil, fmt.Errorf("word list: %w", err)
	}
	copies, parts, papers := signal.NewCopies(), signal.NewParts(), signal.NewPapers()
	downs := signal.NewStayDowns()
	e := &Engine{
		Library:     NewLibrary(log, papers, copies, parts, text),
		Detectors:   []signal.Detector{text, downs},
		Eyes:        []signal.PictureDetector{copies, parts},
		Conclusions: []signal.Conclusion{papers},
		Log:         log,
		seen:        newLooks(4096),
	}
	e.Library.downs = downs
	e.policy.Store(p)
	return e, nil
}

// AddEye adds a detector of pictures to the built-in ones. Call it before the
// first asset is learnt.
func (e *Engine) AddEye(d signal.PictureDetector) {
	e.Eyes = append(e.Eyes, d)
	if l, ok := d.(signal.Learner); ok {
		e.Library.learners = append(e.Library.learners, l)
	}
}

// SetPolicy puts another policy in force, at once.
func (e *Engine) SetPolicy(p *policy.Policy) { e.policy.Store(p) }

// Policy is the policy in force.
func (e *Engine) Policy() *policy.Policy { return e.policy.Load() }

// SetShadows lets other policies judge beside the one in force.
func (e *Engine) SetShadows(list []*policy.Policy) { e.shadows.Store(&list) }

// Shadow is what the shadows would have said in place of v, for each of them.
func (e *Engine) Shadow(s *signal.Subject, v verdict.Verdict) []trial.Rejudged {
	list := e.shadows.Load()
	if list == nil {
		return nil
	}
	var rows []trial.Rejudged
	for _, p := range *list {
		rows = append(rows, trial.Judge(p, trial.ShadowID(p.ID()), v, policy.Facts{Signals: v.Signals, Revision: s.Revision, Seller: s.Seller,
			Brands: e.Library.BrandsOf(v.Signals), Now: s.Now}))
	}
	return rows
}

// Names are the detectors with their versions.
func (e *Engine) Names() []string {
	var out []string
	for _, d := range e.Eyes {
		out = append(out, d.Name())
	}
	for _, d := range e.Detectors {
		out = append(out, d.Name())
	}
	for _, d := range e.Conclusions {
		out = append(out, d.Name())
	}
	return out
}

// Examine gives the verdict on one subject, whose pictures get fetches. A
// detector that fails does not pass in silence: its failure is a signal of
// its own.
func (e *Engine) Examine(ctx context.Context, s *signal.Subject, get Source) (verdict.Verdict, error) {
	start := time.Now()
	generation := e.Library.Generation()
	found, away, err := e.look(ctx, s, get)
	if err != nil {
		return verdict.Verdict{}, err
	}
	s, found = withText(s, found)
	for _, d := range e.Detectors {
		more, err := guarded(func() ([]signal.Signal, error) { return d.Detect(ctx, s) })
		if ctx.Err() != nil {
			return verdict.Verdict{}, ctx.Err()
		}
		found = append(found, e.orFailure(d.Name(), more, err)...)
	}
	for _, c := range e.Conclusions {
		found = append(found, c.Conclude(s, found)...)
	}
	e.Library.markBraked(found)
	p := e.Policy()
	v := p.Decide(policy.Facts{Signals: found, Revision: s.Revision, Seller: s.Seller, Brands: e.Library.BrandsOf(found), Now: s.Now})
	v.RevisionID, v.ListingID, v.CreatedAt = s.Revision.ID, s.Revision.ListingID, s.Now
	v.Detectors = slices.DeleteFunc(e.Names(), func(name string) bool { return slices.Contains(away, name) })
	v.ID = verdictID(v, generation)
	v.TookMS = float64(time.Since(start).Microseconds()) / 1000
	return v, nil
}

// withText hands what was read in pictures to the detectors of words; it is no
// fact about an asset and stands in no verdict.
func withText(s *signal.Subject, found []signal.Signal) (*signal.Subject, []signal.Signal) {
	read := *s
	read.Read = nil
	kept := make([]signal.Signal, 0, len(found))
	for _, f := range found {
		if f.Kind == signal.PictureText {
			read.Read = append(read.Read, f)
		} else {
			kept = append(kept, f)
		}
	}
	return &read, kept
}

// verdictID is the same for the same revision, policy, detectors and
// registry: a screening that is done twice is one verdict.
func verdictID(v verdict.Verdict, generation int64) string {
	name := fmt.Sprintf("%s\x00%s\x00%q\x00%d", v.RevisionID, v.Policy, v.Detectors, generation)
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(name)).String()
}

// place turns what the eyes said of a picture into facts about this listing:
// where it stands, what the licence says, and what is known to be innocent.
func (e *Engine) place(s *signal.Subject, picture int, hash string, seen []signal.Signal) []signal.Signal {
	out := make([]signal.Signal, 0, len(seen))
	for _, f := range seen {
		if e.Library.Innocent(f.AssetID, hash) {
			continue
		}
		if f.Sighting != nil {
			at := *f.Sighting
			at.Picture, at.Hash = picture, hash
			f.Sighting = &at
			f.Spans = signal.PlaceSpans(f.Spans, picture)
		}
		if l, ok := s.LicenceFor(f.BrandID, f.AssetID); ok && f.BrandID != "" {
			f.Licensed, f.LicenceID = true, l.ID
		}
		out = append(out, f)
	}
	return out
}

func (e *Engine) orFailure(name string, found []signal.Signal, err error) []signal.Signal {
	if err == nil {
		return found
	}
	e.Log.Error("detector failed", "detector", name, "error", err)
	return append(found, signal.Signal{Kind: signal.DetectorFailed, Detector: name, Score: 1})
}

// guarded turns a detector's panic into an error: one listing's trouble is
// not the worker's end.
func guarded(work func() ([]signal.Signal, error)) (out []signal.Signal, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return work()
}
