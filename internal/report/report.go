// Package report writes the self-contained HTML report of an offline run: a
// person sees the listing's picture beside the protected one, the outline or
// the words that matched, and the sentence that says why.
package report

import (
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"

	"assay/internal/explain"
	"assay/internal/listing"
	"assay/internal/match/picture"
	"assay/internal/message"
	"assay/internal/screening"
	"assay/internal/signal"
	"assay/internal/verdict"
)

//go:embed web
var web embed.FS

// thumbSide is the longer side of a picture in the report, in pixels.
const thumbSide = 420

// Figures are the run's totals.
type Figures struct {
	Feeds     []string
	Listings  int
	Rejected  int
	Decisions map[verdict.Decision]int
	Pictures  map[string]int
}

// Report keeps the gravest answers of a run; memory is bounded by their number.
type Report struct {
	printer *message.Printer
	library *screening.Library
	most    int
	kept    gravest
	left    int // review or block, but not among the gravest
}

// New is an empty report of at most so many listings.
func New(p *message.Printer, library *screening.Library, most int) *Report {
	return &Report{printer: p, library: library, most: max(most, 1)}
}

// Sentence is one reason of a verdict in words.
func Sentence(p *message.Printer, library *screening.Library, v verdict.Verdict, r verdict.Reason) string {
	return explain.Reason(p, library, r.Code, explain.Strongest(v, r))
}

// gravest is a heap whose root is the mildest.
type gravest []screening.Screened

func (g gravest) Len() int           { return len(g) }
func (g gravest) Less(i, j int) bool { return g[i].Verdict.Score < g[j].Verdict.Score }
func (g gravest) Swap(i, j int)      { g[i], g[j] = g[j], g[i] }
func (g *gravest) Push(x any)        { *g = append(*g, x.(screening.Screened)) }
func (g *gravest) Pop() any {
	old := *g
	x := old[len(old)-1]
	*g = old[:len(old)-1]
	return x
}

// Take keeps an answer if it is among the gravest so far.
func (r *Report) Take(s screening.Screened) {
	if s.Reject != nil || s.Verdict.Decision == verdict.Pass {
		return
	}
	heap.Push(&r.kept, s)
	if len(r.kept) > r.most {
		heap.Pop(&r.kept)
		r.left++
	}
}

// Write renders the report; pictures come from get, nil when there are none.
func (r *Report) Write(ctx context.Context, w io.Writer, figures Figures, get screening.Source) error {
	t, err := template.New("report.html").Funcs(template.FuncMap{
		"t":       r.printer.T,
		"number":  func(n int) string { return r.printer.Number(float64(n)) },
		"percent": r.printer.Percent,
		"money":   r.printer.Money,
	}).ParseFS(web, "web/report.html")
	if err != nil {
		return fmt.Errorf("report template: %w", err)
	}
	css, err := web.ReadFile("web/report.css")
	if err != nil {
		return fmt.Errorf("report style: %w", err)
	}
	list := slices.Clone(r.kept)
	slices.SortStableFunc(list, func(a, b screening.Screened) int { return cmp.Compare(b.Verdict.Score, a.Verdict.Score) })
	cards := make([]card, 0, len(list))
	for _, s := range list {
		c, err := r.card(ctx, s, get)
		if err != nil {
			return err
		}
		cards = append(cards, c)
	}
	page := map[string]any{"Lang": r.printer.Lang(), "CSS": template.CSS(css), "Figures": figures, "Cards": cards, "Left": r.left,
		"Block": figures.Decisions[verdict.Block], "Review": figures.Decisions[verdict.Review], "Pass": figures.Decisions[verdict.Pass]}
	if err := t.Execute(w, page); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// card is one listing as the report shows it.
type card struct {
	ID, Seller string
	Decision   verdict.Decision
	Score      float64
	Price      *listing.Money
	Title      []explain.Segment
	Text       []explain.Segment
	More       []field
	Reasons    []string
	Pairs      []pair
	Words      []words
	Picture    template.URL // first picture, when no pair shows one
}

type field struct {
	Name     string
	Segments []explain.Segment
}

// pair is a picture of the listing beside the protected one.
type pair struct {
	Mine, Theirs               template.URL
	MineOutline, TheirsOutline string
	Name                       string
	Found                      []words // what the eyes said, the surest first
	at                         place
}

// place is what two signals must share to be shown as one.
type place struct {
	asset   string
	picture int
}

// words is one finding in text.
type words struct {
	Sentence     string
	Details      []string
	Disguises    []string
	For, Against []string
	Score        float64
	Licensed     bool
}

func (r *Report) card(ctx context.Context, s screening.Screened, get screening.Source) (card, error) {
	v, o := s.Verdict, s.Row.Offer
	c := card{ID: s.Row.ExternalID, Seller: cmp.Or(s.Row.SellerName, s.Row.SellerExternalID), Decision: v.Decision, Score: v.Score, Price: o.Price}
	for _, reason := range v.Reasons {
		c.Reasons = append(c.Reasons, Sentence(r.printer, r.library, v, reason))
	}
	spans := map[string][]signal.Span{}
	for _, f := range v.Signals {
		for _, sp := range f.Spans {
			spans[sp.Field] = append(spans[sp.Field], sp)
		}
	}
	c.Title = explain.Segments(o.Title, spans["title"])
	c.Text = explain.Digest(explain.Segments(o.Description, spans["description"]))
	for _, f := range signal.Fields(o) {
		if f.Name != "title" && f.Name != "description" && len(spans[f.Name]) > 0 {
			c.More = append(c.More, field{f.Name, explain.Digest(explain.Segments(f.Text, spans[f.Name]))})
		}
	}
	for _, f := range v.Signals {
		if err := r.show(ctx, &c, o, f, get); err != nil {
			return c, err
		}
	}
	if len(c.Pairs) == 0 && len(o.Pictures) > 0 && get != nil {
		var err error
		c.Picture, err = r.thumb(ctx, o.Pictures[0], 0, get)
		return c, err
	}
	return c, nil
}

// show adds one signal to the card. Several about the same asset in the same
// picture share one pair of pictures.
func (r *Report) show(ctx context.Context, c *card, o listing.Offer, f signal.Signal, get screening.Source) error {
	w := words{Sentence: explain.Signal(r.printer, r.library, f), Details: explain.Details(r.printer, f.Sighting), Score: f.Score, Licensed: f.Licensed,
		Disguises: explain.Disguises(r.printer, f.Spans), For: explain.Factors(r.printer, f.For), Against: explain.Factors(r.printer, f.Against)}
	if f.Sighting == nil || f.AssetID == "" {
		c.Words = append(c.Words, w)
		return nil
	}
	at := place{f.AssetID, f.Sighting.Picture}
	if i := slices.IndexFunc(c.Pairs, func(p pair) bool { return p.at == at }); i >= 0 {
		c.Pairs[i].Found = append(c.Pairs[i].Found, w)
		return nil
	}
	if f.Score < shown && len(c.Pairs) > 0 {
		return nil // a faint candidate beside a find would only distract
	}
	p, err := r.pair(ctx, o, f, get)
	p.at, p.Found = at, []words{w}
	c.Pairs = append(c.Pairs, p)
	return err
}

// shown is the score from which a sighting is shown beside others.
const shown = 0.5

// pair is the listing's picture beside the protected one.
func (r *Report) pair(ctx context.Context, o listing.Offer, f signal.Signal, get screening.Source) (pair, error) {
	at := f.Sighting
	asset, _ := r.library.Asset(f.AssetID)
	p := pair{Name: explain.AssetName(asset), MineOutline: explain.Polygon(at.Outline), TheirsOutline: explain.Polygon(at.AssetOutline)}
	if data, err := r.library.Picture(ctx, f.AssetID); err == nil {
		p.Theirs = inline(data, 0)
	}
	if at.Picture >= len(o.Pictures) || get == nil {
		return p, nil
	}
	var err error
	p.Mine, err = r.thumb(ctx, o.Pictures[at.Picture], at.Frame, get)
	return p, err
}

// thumb is a small copy of a listing's picture; one that cannot be had or
// opened is left out, the words say so.
func (r *Report) thumb(ctx context.Context, p listing.Picture, frame int, get screening.Source) (template.URL, error) {
	data, err := get(ctx, p)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", nil
	}
	return inline(data, frame), nil
}

// inline re-encodes a picture, so that no byte of a stranger reaches the page.
func inline(data []byte, frame int) template.URL {
	p, err := picture.Decode(data, picture.DefaultLimits())
	if err != nil {
		return ""
	}
	var b bytes.Buffer
	img := p.Frames[min(max(frame, 0), len(p.Frames)-1)]
	if err := picture.EncodeJPEG(&b, picture.Fit(img, thumbSide), 78); err != nil {
		return ""
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes()))
}
