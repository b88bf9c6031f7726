package screening

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// Answer is one line of an evaluation's output.
type Answer struct {
	ID       string           `json:"id"`
	Decision verdict.Decision `json:"decision"`
	Score    float64          `json:"score"`
	Matched  []string         `json:"matched"`
	Matches  []ScoredMatch    `json:"matches"`
	MS       float64          `json:"ms"`
}

// ScoredMatch is one matched asset or brand.
type ScoredMatch struct {
	ID    string  `json:"id"`
	Score float64 `json:"score"`
}

// Evaluation screens a kit's questions with the engine of production.
type Evaluation struct {
	Kit     *Kit
	Engine  *Engine
	Workers int
}

// Learn registers the kit, without the sentences that only the last task asks
// for.
func (e *Evaluation) Learn(ctx context.Context, done func()) (troubled int, err error) {
	return e.Engine.Library.LearnAll(ctx, e.Kit.Known, done)
}

// Run answers every question of a task, in their order, as JSON lines.
func (e *Evaluation) Run(ctx context.Context, t Task, w io.Writer, done func()) error {
	if t.Sentences {
		if _, err := e.Engine.Library.LearnAll(ctx, e.Kit.Phrases, nil); err != nil {
			return err
		}
	}
	f, err := e.Kit.files.Open(t.Input)
	if err != nil {
		return fault.Wrap(err, fault.NotFound, "the kit has no %s", t.Input)
	}
	defer func() { _ = f.Close() }()
	g, ctx := errgroup.WithContext(ctx)
	order := make(chan chan Answer, 2*e.Workers)
	g.Go(func() error { return e.ask(ctx, g, t, f, order) })
	g.Go(func() error { return tell(ctx, w, order, done) })
	return g.Wait()
}

// ask reads the questions and has each answered on a goroutine of its own, as
// many at a time as there are workers.
func (e *Evaluation) ask(ctx context.Context, g *errgroup.Group, t Task, r io.Reader, order chan<- chan Answer) error {
	defer close(order)
	slots := make(chan struct{}, e.Workers)
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 4<<20)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil || q.ID == "" {
			return fault.New(fault.Invalid, "%s:%d is not a JSON object with an id", t.Input, n)
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		answer := make(chan Answer, 1)
		g.Go(func() error {
			defer func() { <-slots }()
			a, err := e.answer(ctx, t, q)
			answer <- a
			return err
		})
		select {
		case order <- answer:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return lines.Err()
}

// tell writes the answers in the order of the questions.
func tell(ctx context.Context, w io.Writer, order <-chan chan Answer, done func()) error {
	enc := json.NewEncoder(w)
	for answer := range order {
		select {
		case a := <-answer:
			if err := enc.Encode(a); err != nil {
				return fmt.Errorf("write answers: %w", err)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
		if done != nil {
			done()
		}
	}
	return nil
}

// answer screens one question as the listing of an ordinary verified seller. What passes is matched with what came nearest, so
// that recall can be told at any threshold.
func (e *Evaluation) answer(ctx context.Context, t Task, q question) (Answer, error) {
	start := time.Now()
	v, err := e.Engine.Examine(ctx, e.subject(q, start), e.picture)
	a := Answer{ID: q.ID, Decision: v.Decision, Score: v.Score, MS: float64(time.Since(start).Microseconds()) / 1000}
	a.Matches, a.Matched = matches(v, t.Words), e.matched(v, t.Words)
	if len(a.Matched) == 0 && len(a.Matches) > 0 {
		best := slices.MaxFunc(a.Matches, func(x, y ScoredMatch) int { return cmp.Compare(x.Score, y.Score) })
		a.Matched = []string{best.ID}
	}
	return a, err
}

// subject is a question as an ordinary verified seller offers it.
func (e *Evaluation) subject(q question, now time.Time) *signal.Subject {
	who := seller.Seller{ID: "kit-seller", Name: "kit seller", Verification: seller.Verified, Status: seller.Active}
	s := &signal.Subject{Seller: who, Now: now,
		Revision: listing.Revision{ID: q.ID, ListingID: q.ID, Number: 1, Source: "kit", Offer: q.offer(), CreatedAt: now}}
	if q.Authorised {
		s.Licences = e.Kit.licences(who.ID)
	}
	return s
}

func (e *Evaluation) picture(_ context.Context, p listing.Picture) ([]byte, error) {
	b, err := fs.ReadFile(e.Kit.files, path.Clean(p.URL))
	if missing(err) {
		return nil, fault.Wrap(err, fault.NotFound, "no such picture")
	}
	return b, err
}

// matched are the assets the decision stands on, or their brands.
func (e *Evaluation) matched(v verdict.Verdict, brands bool) []string {
	out := []string{}
	for _, id := range v.Matched {
		if brand, ok := e.Engine.Library.BrandOf(id); ok && brands {
			id = brand
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// matches are what was found at all, however weak, best first: brands for
// words, assets for pictures, each with its strongest unlicensed signal.
func matches(v verdict.Verdict, brands bool) []ScoredMatch {
	out := []ScoredMatch{}
	at := map[string]int{}
	for _, s := range v.Signals {
		id := s.AssetID
		if brands {
			id = s.BrandID
		}
		if id == "" || s.Licensed || s.Kind == signal.SellerUnlicensed {
			continue
		}
		if i, ok := at[id]; ok {
			out[i].Score = max(out[i].Score, s.Score)
			continue
		}
		at[id] = len(out)
		out = append(out, ScoredMatch{ID: id, Score: s.Score})
	}
	return out
}
