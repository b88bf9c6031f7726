package explain

import (
	"cmp"
	"math"
	"strings"

	"assay/internal/message"
	"assay/internal/registry"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// Names finds the rows behind ids.
type Names interface {
	Asset(id string) (registry.Asset, bool)
	Brand(id string) (registry.Brand, bool)
}

// AssetName is how people call an asset.
func AssetName(a registry.Asset) string { return cmp.Or(a.Label, a.Text, a.ID) }

// Row is one asset with its brand, as Names.
type Row struct {
	Of   registry.Asset
	From registry.Brand
}

// Asset and Brand answer for the one row.
func (r Row) Asset(id string) (registry.Asset, bool) { return r.Of, id != "" && id == r.Of.ID }
func (r Row) Brand(id string) (registry.Brand, bool) { return r.From, id != "" && id == r.From.ID }

// Reason is one sentence that says why a rule spoke. on is the strongest
// signal it stands on, the zero Signal when there is none.
func Reason(p *message.Printer, names Names, code string, on signal.Signal) string {
	key := "reason." + code + ".sentence"
	if !p.Has(key) {
		return Code(p, "reason", code)
	}
	brand, asset := subject(p, names, on)
	return p.T(key, "Brand", brand, "Asset", asset)
}

// Strongest is the signal a reason stands on first.
func Strongest(v verdict.Verdict, r verdict.Reason) signal.Signal {
	for _, i := range r.Signals {
		if i >= 0 && i < len(v.Signals) {
			return v.Signals[i]
		}
	}
	return signal.Signal{}
}

// Code names a code from an open set: one that no catalogue knows is shown as
// it is rather than hidden.
func Code(p *message.Printer, prefix, code string) string {
	if key := prefix + "." + code; code != "" && p.Has(key) {
		return p.T(key)
	}
	return code
}

func subject(p *message.Printer, names Names, s signal.Signal) (brand, asset string) {
	if b, ok := names.Brand(s.BrandID); ok {
		brand = b.Name
	}
	if a, ok := names.Asset(s.AssetID); ok {
		asset = AssetName(a)
	}
	brand = cmp.Or(brand, s.BrandID, p.T("explain.unknown_brand"))
	return brand, cmp.Or(asset, s.AssetID, brand)
}

// Signal is one sentence that says what was found.
func Signal(p *message.Printer, names Names, s signal.Signal) string {
	key := "signal." + string(s.Kind) + ".sentence"
	if !p.Has(key) {
		return Code(p, "signal", string(s.Kind))
	}
	if s.Sighting != nil && s.Sighting.Part != nil && p.Has("signal."+string(s.Kind)+".some.sentence") {
		key = "signal." + string(s.Kind) + ".some.sentence"
	}
	brand, asset := subject(p, names, s)
	var text, problem string
	picture := 0
	if len(s.Spans) > 0 {
		text = Plain(s.Spans[0].Text)
	}
	if s.Sighting != nil {
		picture, problem = s.Sighting.Picture+1, Code(p, "enum.picture_problem", s.Sighting.Problem)
	}
	return p.T(key, "Brand", brand, "Asset", asset, "Detector", s.Detector, "Picture", picture, "Problem", problem, "Text", text,
		"Share", Share(p, s.Sighting))
}

// shares are the sentences about a part, by the share from which on the next
// one is meant.
var shares = []struct {
	below float64
	key   string
}{{0.07, "small"}, {0.15, "tenth"}, {0.225, "fifth"}, {0.29, "quarter"}, {0.365, "third"}, {0.45, "two_fifths"}, {0.55, "half"},
	{0.635, "three_fifths"}, {0.71, "two_thirds"}, {0.825, "three_quarters"}}

// Share is one sentence that says how much of the protected photograph agrees,
// "" where all of it is meant.
func Share(p *message.Printer, at *signal.Sighting) string {
	if at == nil || at.Part == nil {
		return ""
	}
	for _, s := range shares {
		if at.Part.Share < s.below {
			return p.T("signal.share." + s.key)
		}
	}
	return p.T("signal.share.most")
}

// Details say how a picture matched: how near, and how the protected picture
// lies in the listing's.
func Details(p *message.Printer, at *signal.Sighting) []string {
	if at == nil {
		return nil
	}
	var out []string
	if at.Mirrored {
		out = append(out, p.T("signal.detail.mirrored"))
	}
	if turn := int(math.Round(at.Rotation)); turn != 0 {
		out = append(out, p.T("signal.detail.rotation", "Rotation", turn))
	}
	if at.Frame > 0 {
		out = append(out, p.T("signal.detail.frame", "Frame", at.Frame+1))
	}
	if at.Distance != nil {
		out = append(out, p.T("signal.detail.distance", "Distance", *at.Distance))
	}
	if at.Inliers > 0 {
		out = append(out, p.T("signal.detail.inliers", "Inliers", at.Inliers))
	}
	switch {
	case at.Part != nil:
		out = append(out, p.T("signal.detail.part_correlation", "Correlation", p.Percent(at.Part.Correlation)))
	case at.Correlation != 0:
		out = append(out, p.T("signal.detail.correlation", "Correlation", p.Percent(at.Correlation)))
	}
	return out
}

// Matched is the protected wording that disguised words were read as, "" when
// they are written as registered.
func Matched(s signal.Span) string {
	if s.Matched == s.Text {
		return ""
	}
	return Plain(s.Matched)
}

// Disguises names how words were hidden, each once.
func Disguises(p *message.Printer, spans []signal.Span) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range spans {
		for _, d := range s.Disguises {
			if !seen[d] {
				seen[d] = true
				out = append(out, p.T("disguise."+d))
			}
		}
	}
	return out
}

// Factor is one thing that spoke for or against a finding.
func Factor(p *message.Printer, f signal.Factor) string {
	key := "factor." + f.Code
	if !p.Has(key) {
		return strings.TrimSpace(f.Code + " " + f.Detail)
	}
	return p.T(key, "Detail", f.Detail)
}

// Factors are several.
func Factors(p *message.Printer, list []signal.Factor) []string {
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = Factor(p, f)
	}
	return out
}
