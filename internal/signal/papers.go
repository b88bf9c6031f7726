package signal

import (
	"sync"

	"assay/internal/registry"
	"assay/internal/seller"
)

// Papers compares what was found with what the seller may do: a licence for
// the brand, a verified identity, a shop in good standing.
type Papers struct {
	mu     sync.RWMutex
	brands map[string]registry.Brand
}

// NewPapers is a conclusion that knows no brand yet.
func NewPapers() *Papers { return &Papers{brands: map[string]registry.Brand{}} }

func (*Papers) Name() string { return "papers/1" }

// Know takes in a brand.
func (p *Papers) Know(b registry.Brand) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.brands[b.ID] = b
}

// Scores of the facts. Gated goods may not be listed without a licence at
// all; other brands' goods may be resold, so the missing licence only adds a
// little to what the words and pictures say.
const (
	gatedScore   = 0.90
	openScore    = 0.30
	sureOfBrand  = 0.50 // a finding this strong says that the goods are offered as the brand's
	standingSure = 1.00
)

// Conclude states, for each brand under which the goods are offered, that the
// seller has no valid licence for it, and what is wrong with the shop itself.
func (p *Papers) Conclude(s *Subject, found []Signal) []Signal {
	var out []Signal
	seen := map[string]bool{}
	for _, f := range found {
		if f.BrandID == "" || seen[f.BrandID] || f.Licensed || f.Score < sureOfBrand || (f.Kind != TextName && f.Kind != BrandField) {
			continue
		}
		seen[f.BrandID] = true
		if _, ok := s.LicenceFor(f.BrandID, f.AssetID); !ok {
			out = append(out, p.unlicensed(s, f))
		}
	}
	return append(out, p.standing(s.Seller, s)...)
}

func (p *Papers) unlicensed(s *Subject, f Signal) Signal {
	p.mu.RLock()
	gated := p.brands[f.BrandID].GatedGoods
	p.mu.RUnlock()
	out := Signal{Kind: SellerUnlicensed, Detector: p.Name(), BrandID: f.BrandID, Score: openScore, Spans: f.Spans,
		For: []Factor{{Code: licenceState(s, f.BrandID), Weight: 1}}}
	if gated {
		out.Score = gatedScore
		out.For = append(out.For, Factor{Code: "gated_brand", Weight: 1})
	}
	return out
}

// licenceState says why no licence covers the use.
func licenceState(s *Subject, brandID string) string {
	state := "licence_none"
	for _, l := range s.Licences {
		if l.BrandID != brandID {
			continue
		}
		switch {
		case l.Status == registry.LicenceRevoked:
			state = "licence_revoked"
		case l.Status == registry.LicencePending:
			state = "licence_pending"
		case !l.Until.IsZero() && l.Until.Before(s.Now):
			state = "licence_expired"
		case !l.From.IsZero() && l.From.After(s.Now):
			state = "licence_not_begun"
		default:
			return "licence_other_goods"
		}
	}
	return state
}

func (p *Papers) standing(v seller.Seller, s *Subject) []Signal {
	var out []Signal
	if !v.VerifiedAt(s.Now) {
		code := "seller_" + string(v.Verification)
		if v.Verification == seller.Verified || v.Verification == "" {
			code = "seller_expired"
		}
		out = append(out, Signal{Kind: SellerUnverified, Detector: p.Name(), Score: 0.1, For: []Factor{{Code: code, Weight: 1}}})
	}
	if v.Status != seller.Active && v.Status != "" {
		out = append(out, Signal{Kind: SellerNotActive, Detector: p.Name(), Score: standingSure, For: []Factor{{Code: "shop_" + string(v.Status), Weight: 1}}})
	}
	return out
}
