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
	"image"
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
	// measuring says that whoever reads it wants to know which detector spoke.
	measuring bool
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
	return r.render(w, "report.html", map[string]any{"Figures": figures, "Cards": cards, "Left": r.left,
		"Block": figures.Decisions[verdict.Block], "Review": figures.Decisions[verdict.Review], "Pass": figures.Decisions[verdict.Pass]})
}

// render writes a page that needs nothing but itself.
func (r *Report) render(w io.Writer, name string, page map[string]any) error {
	t, err := template.New(name).Funcs(template.FuncMap{
		"t":       r.printer.T,
		"number":  func(n int) string { return r.printer.Number(float64(n)) },
		"percent": r.printer.Percent,
		"money":   r.printer.Money,
	}).ParseFS(web, "web/parts.html", "web/"+name)
	if err != nil {
		return fmt.Errorf("report template: %w", err)
	}
	css, err := web.ReadFile("web/report.css")
	if err != nil {
		return fmt.Errorf("report style: %w", err)
	}
	page["Lang"], page["CSS"] = r.printer.Lang(), template.CSS(css)
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

// pair is a picture of the listing beside the protected one, then the place in
// it as it would lie in the protected one, beside that one at the same size.
type pair struct {
	Pictures []shownPicture
	Found    []words // what the eyes said, the surest first
	Part     bool    // not all of it agrees
	at       place
}

type shownPicture struct {
	Src     template.URL // "" when it cannot be shown; the words stay
	Alt     string
	Outline string // points of an SVG polygon, 1000 units a side
	Part    string // the same around what agrees, "" where all does
	Small   bool
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
	Detector     string // shown to those who measure
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
		img, err := r.listed(ctx, o.Pictures[0], 0, get)
		c.Picture = inline(img)
		return c, err
	}
	return c, nil
}

// show adds one signal to the card. Several about the same asset in the same
// picture share one pair of pictures.
func (r *Report) show(ctx context.Context, c *card, o listing.Offer, f signal.Signal, get screening.Source) error {
	w := words{Sentence: explain.Signal(r.printer, r.library, f), Details: explain.Details(r.printer, f.Sighting), Score: f.Score, Licensed: f.Licensed,
		Disguises: explain.Disguises(r.printer, f.Spans), For: explain.Factors(r.printer, f.For), Against: explain.Factors(r.printer, f.Against)}
	if r.measuring {
		w.Detector = f.Detector
	}
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
	theirs, protected := r.protected(ctx, f.AssetID)
	protected.Outline = explain.Polygon(explain.Within(at.AssetOutline))
	asked := shownPicture{Alt: r.printer.T("report.listing_picture"), Outline: explain.Polygon(explain.Within(at.Outline))}
	part := ""
	if at.Part != nil {
		asked.Part, part = explain.Polygon(explain.Within(at.Part.Outline)), explain.Polygon(explain.Within(at.Part.AssetOutline))
		protected.Part = part
	}
	p := pair{Pictures: []shownPicture{asked, protected}, Part: part != ""}
	if at.Picture >= len(o.Pictures) || get == nil {
		return p, nil
	}
	mine, err := r.listed(ctx, o.Pictures[at.Picture], at.Frame, get)
	if err != nil || mine == nil {
		return p, err
	}
	p.Pictures[0].Src = inline(mine)
	if theirs == nil {
		return p, nil
	}
	if crop, whole, ok := aligned(mine, theirs, at); ok {
		p.Pictures = append(p.Pictures, shownPicture{Src: inline(crop), Alt: r.printer.T("report.aligned_place"), Small: true, Part: part},
			shownPicture{Src: inline(whole), Alt: r.printer.T("report.aligned_protected"), Small: true, Part: part})
	}
	return p, nil
}

// protected is an asset's picture, nil when there is none, and how it is shown.
func (r *Report) protected(ctx context.Context, id string) (*image.NRGBA, shownPicture) {
	asset, _ := r.library.Asset(id)
	shown := shownPicture{Alt: r.printer.T("report.protected_picture") + ": " + explain.AssetName(asset)}
	data, err := r.library.Picture(ctx, id)
	if err != nil {
		return nil, shown
	}
	img := opened(data, 0)
	shown.Src = inline(img)
	return img, shown
}

// listed opens a listing's picture; nil is one that cannot be had or opened,
// the words say so.
func (r *Report) listed(ctx context.Context, p listing.Picture, frame int, get screening.Source) (*image.NRGBA, error) {
	data, err := get(ctx, p)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, nil
	}
	return opened(data, frame), nil
}

// opened is a frame of a picture, nil when it cannot be opened.
func opened(data []byte, frame int) *image.NRGBA {
	p, err := picture.Decode(data, picture.DefaultLimits())
	if err != nil {
		return nil
	}
	return p.Frames[min(max(frame, 0), len(p.Frames)-1)]
}

// inline encodes a picture anew, so that no byte of a stranger reaches the page.
func inline(img *image.NRGBA) template.URL {
	if img == nil {
		return ""
	}
	var b bytes.Buffer
	img = picture.Fit(img, thumbSide)
	if err := picture.EncodeJPEG(&b, picture.Flatten(img, backdrop(img)), 78); err != nil {
		return ""
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes()))
}
