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

// Reason is one sentence that says why a rule spoke, naming what its
// strongest signal stands on.
func Reason(p *message.Printer, names Names, v verdict.Verdict, r verdict.Reason) string {
	var brand, asset, found string
	for _, i := range r.Signals {
		if i < 0 || i >= len(v.Signals) {
			continue
		}
		s := v.Signals[i]
		brand, asset = subject(names, s)
		if len(s.Spans) > 0 {
			found = Plain(s.Spans[0].Text)
		}
		break
	}
	return p.T("reason."+r.Code+".sentence", "Brand", brand, "Asset", cmp.Or(asset, brand), "Found", found, "Rule", r.Rule)
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

// Signal is one sentence that says what was found and how near it is.
func Signal(p *message.Printer, names Names, s signal.Signal) string {
	brand, asset := subject(names, s)
	args := []any{"Brand", brand, "Asset", cmp.Or(asset, brand), "Score", p.Percent(s.Score), "Picture", 1, "Distance", 0, "Found", "", "Matched", "", "Problem", ""}
	if s.Sighting != nil {
		args = append(args, "Picture", s.Sighting.Picture+1)
		if s.Sighting.Distance != nil {
			args = append(args, "Distance", *s.Sighting.Distance)
		}
		if s.Sighting.Problem != "" {
			args = append(args, "Problem", p.T("enum.picture_problem."+s.Sighting.Problem))
		}
	}
	if len(s.Spans) > 0 {
		args = append(args, "Found", Plain(s.Spans[0].Text), "Matched", cmp.Or(s.Spans[0].Matched, Plain(s.Spans[0].Text)))
	}
	return p.T("signal."+string(s.Kind)+".sentence", args...)
}

// Position says how the protected picture lies in the listing's: mirrored,
// turned. It is empty when it lies as it was registered.
func Position(p *message.Printer, s *signal.Sighting) string {
	if s == nil {
		return ""
	}
	var parts []string
	if s.Mirrored {
		parts = append(parts, p.T("signal.mirrored"))
	}
	if math.Abs(s.Rotation) >= 2 {
		parts = append(parts, p.T("signal.rotated", "Degrees", p.Number(math.Round(s.Rotation))))
	}
	return strings.Join(parts, p.T("signal.join"))
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
