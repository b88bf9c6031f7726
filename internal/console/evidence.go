package console

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"assay/internal/explain"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// evidence is a verdict laid out for eyes: what was found, where.
type evidence struct {
	Findings []finding
	Pairs    []pair
	Pictures []offerPicture
	Texts    []offerText
	Reasons  []reasonView
}

// finding is one signal with the names behind its ids.
type finding struct {
	signal.Signal
	Index      int // in the verdict
	Asset      registry.Asset
	Brand      registry.Brand
	Right      registry.Right
	Pair       int // index in Pairs, -1: none
	Licence    registry.Licence
	PictureNum int // from 1; 0: no picture
}

// pair is a picture of the listing beside the protected picture.
type pair struct {
	Finding      int // index in Findings
	Listing      string
	Frame        int
	PictureNum   int // from 1
	Asset        string
	AssetName    string
	Corners      string // of the protected picture in the listing's, 1000 units a side
	AssetCorners string
	Outline      string // what is drawn of it: points of an SVG polygon
	AssetOutline string
	Part         string // the same around what agrees, "" where all does
	AssetPart    string
	Sighting     signal.Sighting
	Problem      string
}

type offerPicture struct {
	listing.Picture
	Num   int // from 1
	Pair  int // the first pair that shows it, -1: none
	Found bool
}

// offerText is one field of the offer with its finds marked.
type offerText struct {
	Field    string // "title", "brand", "description", or "attribute"
	Name     string // of an attribute
	Segments []explain.Segment
	Full     []explain.Segment // the whole text, when Segments leave something out
}

type reasonView struct {
	verdict.Reason
	Findings []int
}

// evidence lays a verdict out. The verdict is already cut to its reader.
func (c *Console) evidence(ctx context.Context, o listing.Offer, v verdict.Verdict) (evidence, error) {
	var e evidence
	assets, brands := newLookup(c.Store.Asset), newLookup(c.Store.Brand)
	rights, licences := newLookup(c.Store.Right), newLookup(c.Store.Licence)
	for i, s := range v.Signals {
		f := finding{Signal: s, Index: i, Pair: -1}
		var errs [4]error
		f.Asset, errs[0] = assets.row(ctx, s.AssetID)
		f.Brand, errs[1] = brands.row(ctx, s.BrandID)
		f.Right, errs[2] = rights.row(ctx, cmp.Or(s.RightID, f.Asset.RightID))
		f.Licence, errs[3] = licences.row(ctx, s.LicenceID)
		for _, err := range errs {
			if err != nil {
				return e, err
			}
		}
		e.Findings = append(e.Findings, f)
	}
	slices.SortStableFunc(e.Findings, byWeight)
	e.pair(o)
	e.texts(o, v.Signals)
	e.reasons(v)
	return e, nil
}

// byWeight puts what speaks against the listing first, the strongest on top.
func byWeight(a, b finding) int {
	if a.Licensed != b.Licensed {
		if a.Licensed {
			return 1
		}
		return -1
	}
	return cmp.Compare(b.Score, a.Score)
}

func (e *evidence) pair(o listing.Offer) {
	first := map[int]int{}
	for i := range e.Findings {
		f := &e.Findings[i]
		if f.Sighting == nil {
			continue
		}
		f.PictureNum = f.Sighting.Picture + 1
		if f.Sighting.AssetPicture == "" {
			continue
		}
		p := pair{Finding: i, Frame: f.Sighting.Frame, PictureNum: f.PictureNum, Asset: f.Sighting.AssetPicture, AssetName: explain.AssetName(f.Asset),
			Corners: explain.Corners(f.Sighting.Outline), AssetCorners: explain.Corners(f.Sighting.AssetOutline),
			Outline: explain.Polygon(f.Sighting.Outline), AssetOutline: explain.Polygon(f.Sighting.AssetOutline), Sighting: *f.Sighting}
		if part := f.Sighting.Part; part != nil {
			p.Part, p.AssetPart = explain.Polygon(part.Outline), explain.Polygon(part.AssetOutline)
		}
		if n := f.Sighting.Picture; n >= 0 && n < len(o.Pictures) {
			p.Listing = cmp.Or(f.Sighting.Hash, o.Pictures[n].Hash)
		}
		f.Pair = len(e.Pairs)
		if _, ok := first[f.Sighting.Picture]; !ok {
			first[f.Sighting.Picture] = f.Pair
		}
		e.Pairs = append(e.Pairs, p)
	}
	for n, p := range o.Pictures {
		at, found := first[n]
		if !found {
			at = -1
		}
		e.Pictures = append(e.Pictures, offerPicture{p, n + 1, at, found})
	}
}

// texts marks the finds in the fields a buyer reads.
func (e *evidence) texts(o listing.Offer, signals []signal.Signal) {
	spans := map[string][]signal.Span{}
	for _, s := range signals {
		for _, sp := range s.Spans {
			spans[sp.Field] = append(spans[sp.Field], sp)
		}
	}
	add := func(field, name, text string) {
		if text == "" {
			return
		}
		key := field
		if name != "" {
			key += ":" + name
		}
		all := explain.Segments(text, spans[key])
		t := offerText{Field: field, Name: name, Segments: explain.Digest(all)}
		if slices.ContainsFunc(t.Segments, func(s explain.Segment) bool { return s.Cut }) {
			t.Full = all
		}
		e.Texts = append(e.Texts, t)
	}
	add("title", "", o.Title)
	add("brand", "", o.Brand)
	add("description", "", o.Description)
	for _, k := range slices.Sorted(maps.Keys(o.Attributes)) {
		add("attribute", k, o.Attributes[k])
	}
	for n := range o.Pictures {
		key := fmt.Sprintf("picture:%d", n)
		if list := spans[key]; len(list) > 0 {
			e.Texts = append(e.Texts, offerText{Field: "picture", Name: strconv.Itoa(n + 1), Segments: explain.Found(list)})
		}
	}
}

func (e *evidence) reasons(v verdict.Verdict) {
	place := map[int]int{}
	for i, f := range e.Findings {
		place[f.Index] = i
	}
	for _, r := range v.Reasons {
		rv := reasonView{Reason: r}
		for _, s := range r.Signals {
			if at, ok := place[s]; ok {
				rv.Findings = append(rv.Findings, at)
			}
		}
		e.Reasons = append(e.Reasons, rv)
	}
}

// Plainly are the places of the reasons that differ for somebody who does not
// know the rules: each code once, the gravest.
func (e evidence) Plainly() []int {
	var out []int
	place := map[string]int{}
	for n, r := range e.Reasons {
		at, seen := place[r.Code]
		if !seen {
			place[r.Code] = len(out)
			out = append(out, n)
		} else if r.Decision.Rank() > e.Reasons[out[at]].Decision.Rank() {
			out[at] = n
		}
	}
	return out
}
