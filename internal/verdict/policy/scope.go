package policy

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"assay/internal/registry"
	"assay/internal/signal"
)

// scope holds the variables of one Decide. It serves one goroutine.
type scope struct {
	signals    []signal.Signal
	unlicensed int  // signals[:unlicensed] count
	braked     bool // one of those is braked
	brands     map[string]registry.Brand
	currency   string

	seller, listing, now ref.Val
	all, trusted         float64   // evidence with and without what is braked
	evidence             float64   // the one that conditions see
	seen                 []ref.Val // the signals as objects, made once
	signal, brand        ref.Val   // of the signal that is looked at
	chosen               ref.Val   // signals of the kinds of the rule
}

func newScope(f Facts, signals []signal.Signal, unlicensed int) *scope {
	s := &scope{signals: signals, unlicensed: unlicensed, brands: f.Brands}
	s.braked = slices.ContainsFunc(signals[:unlicensed], func(f signal.Signal) bool { return f.Braked })
	if f.Revision.Offer.Price != nil {
		s.currency = f.Revision.Offer.Price.Currency
	}
	s.seller = object{sellerClass, &sellerView{f.Seller, f.Now}}
	s.listing = object{listingClass, &f.Revision}
	s.now = types.Timestamp{Time: f.Now.UTC()}
	s.seen = make([]ref.Val, len(signals))
	for i := range signals {
		s.seen[i] = object{signalClass, &signals[i]}
	}
	return s
}

// look turns to signal i.
func (s *scope) look(i int) {
	s.signal = s.seen[i]
	brand, known := s.brands[s.signals[i].BrandID]
	s.brand = object{brandClass, &brandView{brand, known, s.currency}}
}

// gather turns to the signals of the rule's kinds that count, with or without
// the braked ones, and returns their places.
func (s *scope) gather(r *rule, braked bool) []int {
	var at []int
	var chosen []ref.Val
	if s.evidence = s.trusted; braked {
		s.evidence = s.all
	}
	for i := range s.signals[:s.unlicensed] {
		if r.concerns(s.signals[i].Kind) && (braked || !s.signals[i].Braked) {
			at, chosen = append(at, i), append(chosen, s.seen[i])
		}
	}
	s.chosen = types.NewRefValList(types.DefaultTypeAdapter, chosen)
	return at
}

func (s *scope) ResolveName(name string) (any, bool) {
	switch name {
	case varSignal:
		return s.signal, true
	case varBrand:
		return s.brand, true
	case varSeller:
		return s.seller, true
	case varListing:
		return s.listing, true
	case varNow:
		return s.now, true
	case varSignals:
		return s.chosen, true
	case varEvidence:
		return types.Double(s.evidence), true
	}
	return nil, false
}

func (s *scope) Parent() cel.Activation { return nil }
