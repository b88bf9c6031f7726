package explain

import (
	"cmp"
	"math"

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

// Reason is one sentence that says why a rule spoke, naming what its
// strongest signal stands on.
func Reason(p *message.Printer, names Names, v verdict.Verdict, r verdict.Reason) string {
	var brand, asset, text string
	for _, i := range r.Signals {
		if i < 0 || i >= len(v.Signals) {
			continue
		}
		s := v.Signals[i]
		brand, asset = subject(names, s)
		if len(s.Spans) > 0 {
			text = Plain(s.Spans[0].Text)
		}
		break
	}
	return p.T("reason."+r.Code+".sentence", "Brand", brand, "Asset", cmp.Or(asset, brand), "Text", text, "Rule", r.Rule)
}

func subject(names Names, s signal.Signal) (brand, asset string) {
	if b, ok := names.Brand(s.BrandID); ok {
		brand = b.Name
	}
	if a, ok := names.Asset(s.AssetID); ok {
		asset = AssetName(a)
	}
	return cmp.Or(brand, s.BrandID), cmp.Or(asset, s.AssetID)
}

// Signal is one sentence that says what was found.
func Signal(p *message.Printer, names Names, s signal.Signal) string {
	brand, asset := subject(names, s)
	args := []any{"Brand", brand, "Asset", cmp.Or(asset, brand), "Detector", s.Detector}
	if s.Sighting != nil {
		args = append(args, "Picture", s.Sighting.Picture+1)
		if s.Sighting.Problem != "" {
			args = append(args, "Problem", p.T("enum.picture_problem."+s.Sighting.Problem))
		}
	}
	if len(s.Spans) > 0 {
		args = append(args, "Text", Plain(s.Spans[0].Text))
	}
	return p.T("signal."+string(s.Kind)+".sentence", args...)
}

// Details say how near a match is and how the protected picture lies in the
// listing's.
func Details(p *message.Printer, s signal.Signal) []string {
	var out []string
	if at := s.Sighting; at != nil {
		if at.Mirrored {
			out = append(out, p.T("signal.detail.mirrored"))
		}
		if turn := int(math.Round(at.Rotation)); turn != 0 {
			out = append(out, p.T("signal.detail.rotation", "Rotation", turn))
		}
		if at.Distance != nil {
			out = append(out, p.T("signal.detail.distance", "Distance", *at.Distance))
		}
		if at.Inliers > 0 {
			out = append(out, p.T("signal.detail.inliers", "Inliers", at.Inliers))
		}
		if at.Correlation != 0 {
			out = append(out, p.T("signal.detail.correlation", "Correlation", p.Percent(at.Correlation)))
		}
	}
	for _, sp := range s.Spans {
		if len(sp.Disguises) > 0 && sp.Matched != "" && sp.Matched != sp.Text {
			out = append(out, p.T("signal.detail.matched", "Matched", Plain(sp.Matched)))
			break
		}
	}
	return out
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

// Factors names what spoke for or against.
func Factors(p *message.Printer, list []signal.Factor) []string {
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = p.T("factor." + f.Code)
	}
	return out
}
