package signal

import (
	"container/list"
	"context"
	"fmt"
	"image"
	"slices"
	"strings"
	"sync"

	"assay/internal/fault"
	"assay/internal/match/lexicon"
	"assay/internal/match/ocr"
	"assay/internal/registry"
)

// PictureText is a line of text that was read in a picture. It never stands in
// a verdict: the engine hands it to the detectors of words, as Subject.Read.
const PictureText Kind = "picture.text"

// Lines reads the sentences in pictures: protected phrases it states itself,
// everything else legible it hands on to the detectors of words.
type Lines struct {
	eyes    ocr.Eyes
	phrases *ocr.Phrases
	assets  knownAssets
	mu      sync.Mutex
	wanted  map[string]ocr.Script // script of each wording, by asset or brand
	pages   *pageShelf
	store   Pages
}

// Pages keeps what was read in pictures, by content hash and frame, for one
// version of the readers: derived data, which may be lost. Reading fails with
// fault.NotFound when there is none.
type Pages interface {
	Reading(ctx context.Context, picture, reader string) ([]byte, error)
	PutReading(ctx context.Context, picture, reader string, data []byte) error
}

// NewLines is a detector that reads with e and knows no phrase yet. What it
// reads is kept in pages, or in memory only when pages is nil.
func NewLines(e ocr.Eyes, pages Pages) *Lines {
	return &Lines{eyes: e, store: pages, phrases: ocr.NewPhrases(), assets: newKnownAssets(), wanted: map[string]ocr.Script{}, pages: newPageShelf(maxPages)}
}

// Name names the reader too: what another reader says is another finding.
func (d *Lines) Name() string { return "lines/2+" + d.eyes.Name() }

// Available says which scripts are read now, and why others are not; reason
// is empty when nothing is amiss.
func (d *Lines) Available() (scripts []ocr.Script, reason string) { return d.eyes.Available() }

// Learn takes in a phrase. Reading costs a second a picture, so pictures are
// read in the scripts of phrases only; names are found in what was read.
func (d *Lines) Learn(_ context.Context, k Known) error {
	key, text := k.Asset.ID, k.Asset.Text
	if k.Asset.Kind != registry.AssetPhrase {
		return nil
	}
	if d.phrases.Add(key, text) {
		d.assets.set(key, k)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted[key] = ocr.ScriptOf(text)
	return nil
}

func (d *Lines) Forget(assetID string) {
	d.phrases.Remove(assetID)
	d.assets.drop(assetID)
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.wanted, assetID)
}

// scripts are those that something is protected in and that can be read.
func (d *Lines) scripts() []ocr.Script {
	can, _ := d.eyes.Available()
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []ocr.Script
	for _, s := range can {
		for _, w := range d.wanted {
			if w == s {
				out = append(out, s)
				break
			}
		}
	}
	return out
}

// Look reads the picture when there is anything to look for, and remembers by
// its bytes what stands in it.
func (d *Lines) Look(ctx context.Context, p *LoadedPicture) ([]Signal, error) {
	scripts := d.scripts()
	if len(scripts) == 0 {
		return nil, nil
	}
	var out []Signal
	best := map[string]int{} // asset -> its signal
	for n, frame := range p.Frames {
		page, err := d.page(ctx, p.Hash, n, frame, scripts)
		if err != nil {
			return nil, fmt.Errorf("text in the picture: %w", err)
		}
		for _, s := range d.found(page, n, frame.Bounds()) {
			if i, ok := best[s.AssetID]; ok {
				if s.Score > out[i].Score {
					out[i] = s
				}
				continue
			}
			best[s.AssetID] = len(out)
			out = append(out, s)
		}
		for _, r := range page.Texts(worthReading) {
			out = append(out, Signal{Kind: PictureText, Detector: d.Name(), Score: r.Confidence, Spans: []Span{{Field: "picture", End: len(r.Text), Text: r.Text}},
				Sighting: sighting(page.Lines[r.Line].Outline, page.Lines[r.Line].Angle, n, frame.Bounds())})
		}
	}
	return out, nil
}

// worthReading is the confidence from which a line is shown to the detectors
// of words.
const worthReading = 0.60

// page is what stands in one frame: remembered, or read now. Lines that look
// like bad readings of a phrase are read again.
func (d *Lines) page(ctx context.Context, hash string, frame int, img *image.NRGBA, scripts []ocr.Script) (*ocr.Page, error) {
	reader, picture := fmt.Sprintf("%s %v", d.eyes.Name(), scripts), ""
	if hash != "" {
		picture = fmt.Sprintf("%s %d", hash, frame)
	}
	page, known, err := d.recall(ctx, picture, reader)
	if err != nil {
		return nil, err
	}
	if !known {
		if page, err = d.eyes.Read(ctx, img, scripts); err != nil {
			return nil, err
		}
	}
	before := page
	if page, err = d.eyes.Again(ctx, img, page, d.phrases.Doubtful); err != nil {
		return nil, err
	}
	if picture == "" || known && page.Equal(before) {
		return page, nil
	}
	return page, d.keep(ctx, picture, reader, page)
}

// recall is the page as it was read before, if it was. One that was damaged in
// the store is read anew.
func (d *Lines) recall(ctx context.Context, picture, reader string) (page *ocr.Page, ok bool, err error) {
	if picture == "" {
		return nil, false, nil
	}
	data, near := d.pages.get(picture + " " + reader)
	if !near {
		if d.store == nil {
			return nil, false, nil
		}
		data, err = d.store.Reading(ctx, picture, reader)
		if fault.Is(err, fault.NotFound) {
			return nil, false, nil
		}
	}
	page = new(ocr.Page)
	if err != nil || page.UnmarshalBinary(data) != nil {
		return nil, false, err
	}
	if !near {
		d.pages.put(picture+" "+reader, data)
	}
	return page, true, nil
}

// unkept marks a context whose pictures are not to be remembered for good.
type unkept struct{}

// Unkept is ctx for looking at pictures of which nothing may be stored.
func Unkept(ctx context.Context) context.Context { return context.WithValue(ctx, unkept{}, true) }

// keep remembers a page, packed: what else could stand in the lines takes some
// hundred kilobytes unpacked.
func (d *Lines) keep(ctx context.Context, picture, reader string, page *ocr.Page) error {
	data, err := d.phrases.Lean(page).MarshalBinary()
	if err != nil {
		return err
	}
	d.pages.put(picture+" "+reader, data)
	if d.store == nil || ctx.Value(unkept{}) != nil {
		return nil
	}
	return d.store.PutReading(ctx, picture, reader, data)
}

// found are the phrases of a page.
func (d *Lines) found(page *ocr.Page, frame int, r image.Rectangle) []Signal {
	var out []Signal
	for _, f := range d.phrases.On(page) {
		k, ok := d.assets.get(f.ID)
		if !ok {
			continue // forgotten while we read
		}
		text := f.Reading.Text
		out = append(out, Signal{Kind: TextPhrase, Detector: d.Name(), AssetID: f.ID, BrandID: k.brandID, RightID: k.rightID,
			Score: sentenceScore(f.Similarity), Intent: "protected_sentence",
			Spans:    []Span{{Field: "picture", Start: f.Start, End: f.End, Text: text[f.Start:f.End], Matched: f.Hit.Text}},
			Sighting: sighting(page.Outline(f.Lines), page.Lines[f.Lines[0]].Angle, frame, r), For: []Factor{{Code: "phrase_found", Weight: f.Similarity}}})
	}
	return out
}

// sentenceScore runs from 0.60 for the worst reading that is taken for a
// phrase, which a person should see, to 0.95 for a perfect one.
func sentenceScore(similarity float64) float64 {
	return 0.60 + 0.35*max(0, similarity-0.70)/0.30
}

func sighting(outline [4]ocr.Point, angle float64, frame int, r image.Rectangle) *Sighting {
	s := &Sighting{Frame: frame, Rotation: angle}
	for _, p := range outline {
		s.Outline = append(s.Outline, Point{X: p.X / float64(r.Dx()), Y: p.Y / float64(r.Dy())})
	}
	return s
}

// pictureField names the text of an offer's nth picture.
func pictureField(picture int) string { return fmt.Sprintf("picture:%d", picture) }

// PlaceSpans says in which of the offer's pictures spans of a picture's text
// stand.
func PlaceSpans(spans []Span, picture int) []Span {
	out := slices.Clone(spans)
	for i := range out {
		if out[i].Field == "picture" {
			out[i].Field = pictureField(picture)
		}
	}
	return out
}

// ReadFields are the lines that were read, as one field for each picture.
func ReadFields(read []Signal) []lexicon.Field {
	var out []lexicon.Field
	for _, s := range read {
		name := pictureField(s.Sighting.Picture)
		i := slices.IndexFunc(out, func(f lexicon.Field) bool { return f.Name == name })
		if i < 0 {
			i = len(out)
			out = append(out, lexicon.Field{Name: name})
		}
		out[i].Text += s.Spans[0].Text + "\n"
	}
	return out
}

// WhereRead is the line in which a span of a field made by ReadFields lies, or
// nil for other fields.
func WhereRead(read []Signal, field string, start int) *Sighting {
	if !strings.HasPrefix(field, "picture:") {
		return nil
	}
	for _, s := range read {
		if pictureField(s.Sighting.Picture) != field {
			continue
		}
		if start -= len(s.Spans[0].Text) + 1; start < 0 {
			return s.Sighting
		}
	}
	return nil
}

// maxPages is how many pictures' texts are remembered in memory, some
// kilobytes each.
const maxPages = 4096

// pageShelf remembers the newest pages by picture and reader.
type pageShelf struct {
	mu    sync.Mutex
	most  int
	order *list.List
	rows  map[string]*list.Element
}

type shelved struct {
	key  string
	page []byte
}

func newPageShelf(most int) *pageShelf {
	return &pageShelf{most: most, order: list.New(), rows: map[string]*list.Element{}}
}

func (s *pageShelf) get(key string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.rows[key]
	if !ok {
		return nil, false
	}
	s.order.MoveToFront(e)
	return e.Value.(shelved).page, true
}

func (s *pageShelf) put(key string, page []byte) {
	if key == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.rows[key]; ok {
		s.order.Remove(e)
	}
	s.rows[key] = s.order.PushFront(shelved{key, page})
	if s.order.Len() > s.most {
		oldest := s.order.Back()
		s.order.Remove(oldest)
		delete(s.rows, oldest.Value.(shelved).key)
	}
}
