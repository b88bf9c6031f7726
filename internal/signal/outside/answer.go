package outside

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"assay/internal/signal"
)

// Answer is what the service says of one picture.
type Answer struct {
	Version  int        `json:"version"`         // 1
	Model    string     `json:"model,omitempty"` // name and version of what looked
	Findings *[]Finding `json:"findings"`        // must be there, be it empty
}

// Finding is one protected thing in the picture.
type Finding struct {
	AssetID string         `json:"asset_id,omitempty"`
	Label   string         `json:"label,omitempty"` // of the asset, when its id is not known
	Kind    signal.Kind    `json:"kind"`            // one of Kinds
	Score   float64        `json:"score"`           // 0..1
	Frame   int            `json:"frame,omitempty"` // index of the frame
	Outline []signal.Point `json:"outline,omitempty"`
}

// Kinds are what a service may find. signal.OutsideMatch is for what is none
// of the others; the default policy has a person look at it.
var Kinds = []signal.Kind{signal.PictureCopy, signal.PicturePart, signal.PictureMark, signal.OutsideMatch}

// reason why a finding was left out.
type reason int

const (
	unknownAsset reason = iota
	unknownKind
	badFrame
	tooMany
	reasons
)

var reasonNames = [reasons]string{"unknown_asset", "unknown_kind", "bad_frame", "too_many"}

// readAnswer reads an answer's bytes. An answer without its version or its
// list is an error: a proxy's page must not be read as "nothing found".
func readAnswer(data []byte) (Answer, error) {
	var a Answer
	if len(data) > maxAnswer {
		return a, fmt.Errorf("the outside service's answer is longer than %d bytes", maxAnswer)
	}
	if err := json.Unmarshal(data, &a); err != nil {
		return Answer{}, fmt.Errorf("the outside service's answer cannot be read: %w", err)
	}
	if a.Version != 1 || a.Findings == nil {
		return Answer{}, fmt.Errorf("the outside service's answer needs \"version\": 1 and \"findings\"")
	}
	return a, nil
}

// model is the service's own name for itself, cut to what a name may be.
func (a Answer) model() string {
	clean := strings.Map(func(r rune) rune {
		if r < '!' || r > '~' {
			return -1
		}
		return r
	}, a.Model)
	return clean[:min(len(clean), 40)]
}

// signals makes facts of the findings that can be relied on, the strongest for
// each asset and kind, and counts the others.
func (e *Eye) signals(a Answer, frames int) []signal.Signal {
	detector := strings.TrimSpace(e.Name() + " " + a.model())
	list := slices.Clone(*a.Findings)
	slices.SortStableFunc(list, func(x, y Finding) int { return cmp.Compare(unit(y.Score), unit(x.Score)) })
	if extra := len(list) - maxFindings; extra > 0 {
		e.dropped[tooMany].Add(int64(extra))
		list = list[:maxFindings]
	}
	type what struct {
		asset string
		kind  signal.Kind
	}
	seen := map[what]bool{}
	var out []signal.Signal
	for _, f := range list {
		score := unit(f.Score)
		if score < e.o.MinScore {
			break
		}
		id, known, ok := e.find(f.AssetID, f.Label)
		switch {
		case !ok:
			e.dropped[unknownAsset].Add(1)
			continue
		case !slices.Contains(Kinds, f.Kind):
			e.dropped[unknownKind].Add(1)
			continue
		case f.Frame < 0 || f.Frame >= min(frames, maxFrames):
			e.dropped[badFrame].Add(1)
			continue
		case seen[what{id, f.Kind}]:
			continue
		}
		seen[what{id, f.Kind}] = true
		out = append(out, signal.Signal{Kind: f.Kind, Detector: detector, AssetID: id, BrandID: known.brand, RightID: known.right, Score: score,
			Sighting: &signal.Sighting{Frame: f.Frame, AssetPicture: known.picture, Outline: outline(f.Outline)}})
	}
	return out
}

// unit forces a score into 0..1. JSON has no other numbers.
func unit(v float64) float64 { return min(max(v, 0), 1) }

// outline keeps a polygon's points inside the picture. What is no polygon, or
// has more corners than a person can follow, becomes its bounding box or
// nothing.
func outline(points []signal.Point) []signal.Point {
	if len(points) < 3 {
		return nil
	}
	out := make([]signal.Point, len(points))
	low, high := signal.Point{X: 1, Y: 1}, signal.Point{}
	for i, p := range points {
		p = signal.Point{X: unit(p.X), Y: unit(p.Y)}
		low = signal.Point{X: math.Min(low.X, p.X), Y: math.Min(low.Y, p.Y)}
		high = signal.Point{X: math.Max(high.X, p.X), Y: math.Max(high.Y, p.Y)}
		out[i] = p
	}
	switch {
	case high.X-low.X == 0 || high.Y-low.Y == 0:
		return nil
	case len(out) > maxOutline:
		return []signal.Point{low, {X: high.X, Y: low.Y}, high, {X: low.X, Y: high.Y}}
	}
	return out
}
