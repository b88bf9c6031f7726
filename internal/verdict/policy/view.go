package policy

import (
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/signal"
)

// notMeasured is the distance of a signal without one: nothing alike.
const notMeasured = 256

var (
	listOfStrings = types.NewListType(types.StringType)
	mapOfStrings  = types.NewMapType(types.StringType, types.StringType)
)

type sellerView struct {
	seller.Seller
	now time.Time
}

type brandView struct {
	registry.Brand
	known    bool
	currency string // of the listing
}

var (
	signalClass  = describeSignal()
	sellerClass  = describeSeller()
	listingClass = describeListing()
	brandClass   = describeBrand()
)

func texts(list []string) ref.Val { return types.NewStringList(types.DefaultTypeAdapter, list) }

func pairs(m map[string]string) ref.Val {
	return types.NewStringStringMap(types.DefaultTypeAdapter, m)
}

// major is the price in major units, 0 when there is none.
func major(m *listing.Money) float64 {
	if m == nil {
		return 0
	}
	return m.Major()
}

func describeSignal() *class {
	c := newClass("signal")
	str := func(name string, get func(*signal.Signal) string) {
		field(c, name, types.StringType, func(s *signal.Signal) ref.Val { return types.String(get(s)) })
	}
	str("kind", func(s *signal.Signal) string { return string(s.Kind) })
	str("detector", func(s *signal.Signal) string { return s.Detector })
	str("asset", func(s *signal.Signal) string { return s.AssetID })
	str("brand", func(s *signal.Signal) string { return s.BrandID })
	str("right", func(s *signal.Signal) string { return s.RightID })
	str("intent", func(s *signal.Signal) string { return s.Intent })
	field(c, "score", types.DoubleType, func(s *signal.Signal) ref.Val { return types.Double(unit(s.Score)) })
	field(c, "licensed", types.BoolType, func(s *signal.Signal) ref.Val { return types.Bool(s.Licensed) })
	field(c, "braked", types.BoolType, func(s *signal.Signal) ref.Val { return types.Bool(s.Braked) })
	list := func(name string, get func(*signal.Signal) []string) {
		field(c, name, listOfStrings, func(s *signal.Signal) ref.Val { return texts(get(s)) })
	}
	list("fields", func(s *signal.Signal) []string { return fromSpans(s, func(p signal.Span) string { return p.Field }) })
	list("words", func(s *signal.Signal) []string { return fromSpans(s, func(p signal.Span) string { return p.Text }) })
	list("disguises", disguises)
	list("speaks_for", func(s *signal.Signal) []string { return codes(s.For) })
	list("speaks_against", func(s *signal.Signal) []string { return codes(s.Against) })
	describeSighting(c)
	return c
}

// describeSighting adds where and how a picture matched. Without a sighting
// the fields read as of a picture that has nothing in common.
func describeSighting(c *class) {
	num := func(name string, get func(*signal.Sighting) int, none int) {
		field(c, name, types.IntType, func(s *signal.Signal) ref.Val {
			if s.Sighting == nil {
				return types.Int(none)
			}
			return types.Int(get(s.Sighting))
		})
	}
	num("picture", func(g *signal.Sighting) int { return g.Picture }, -1)
	num("distance", func(g *signal.Sighting) int {
		if g.Distance == nil {
			return notMeasured
		}
		return *g.Distance
	}, notMeasured)
	num("quality", func(g *signal.Sighting) int { return g.Quality }, 0)
	num("inliers", func(g *signal.Sighting) int { return g.Inliers }, 0)
	get := func(s *signal.Signal) signal.Sighting {
		if s.Sighting == nil {
			return signal.Sighting{}
		}
		return *s.Sighting
	}
	field(c, "correlation", types.DoubleType, func(s *signal.Signal) ref.Val { return types.Double(get(s).Correlation) })
	field(c, "share", types.DoubleType, func(s *signal.Signal) ref.Val { return types.Double(share(s.Sighting)) })
	field(c, "rotation", types.DoubleType, func(s *signal.Signal) ref.Val { return types.Double(get(s).Rotation) })
	field(c, "mirrored", types.BoolType, func(s *signal.Signal) ref.Val { return types.Bool(get(s).Mirrored) })
	field(c, "problem", types.StringType, func(s *signal.Signal) ref.Val { return types.String(get(s).Problem) })
}

// share is how much of the protected picture agrees: all of it, unless a part
// is told.
func share(at *signal.Sighting) float64 {
	switch {
	case at == nil:
		return 0
	case at.Part == nil:
		return 1
	}
	return unit(at.Part.Share)
}

func fromSpans(s *signal.Signal, get func(signal.Span) string) []string {
	list := make([]string, len(s.Spans))
	for i, span := range s.Spans {
		list[i] = get(span)
	}
	return list
}

func disguises(s *signal.Signal) []string {
	var list []string
	for _, span := range s.Spans {
		list = append(list, span.Disguises...)
	}
	return list
}

func codes(factors []signal.Factor) []string {
	list := make([]string, len(factors))
	for i, f := range factors {
		list[i] = f.Code
	}
	return list
}

func describeSeller() *class {
	c := newClass("seller")
	str := func(name string, get func(*sellerView) string) {
		field(c, name, types.StringType, func(s *sellerView) ref.Val { return types.String(get(s)) })
	}
	str("id", func(s *sellerView) string { return s.ExternalID })
	str("name", func(s *sellerView) string { return s.Name })
	str("country", func(s *sellerView) string { return s.Country })
	str("verification", func(s *sellerView) string { return string(s.Verification) })
	str("status", func(s *sellerView) string { return string(s.Status) })
	field(c, "verified", types.BoolType, func(s *sellerView) ref.Val { return types.Bool(s.VerifiedAt(s.now)) })
	field(c, "age_days", types.IntType, func(s *sellerView) ref.Val {
		if s.CreatedAt.IsZero() {
			return types.Int(0)
		}
		return types.Int(s.now.Sub(s.CreatedAt) / (24 * time.Hour))
	})
	return c
}

func describeListing() *class {
	c := newClass("listing")
	str := func(name string, get func(*listing.Offer) string) {
		field(c, name, types.StringType, func(r *listing.Revision) ref.Val { return types.String(get(&r.Offer)) })
	}
	str("title", func(o *listing.Offer) string { return o.Title })
	str("description", func(o *listing.Offer) string { return o.Description })
	str("brand", func(o *listing.Offer) string { return o.Brand })
	str("category", func(o *listing.Offer) string { return o.Category })
	str("condition", func(o *listing.Offer) string { return o.Condition })
	str("language", func(o *listing.Offer) string { return o.Language })
	str("country", func(o *listing.Offer) string { return o.Country })
	str("gtin", func(o *listing.Offer) string { return o.GTIN })
	str("currency", func(o *listing.Offer) string {
		if o.Price == nil {
			return ""
		}
		return o.Price.Currency
	})
	field(c, "price", types.DoubleType, func(r *listing.Revision) ref.Val { return types.Double(major(r.Offer.Price)) })
	field(c, "pictures", types.IntType, func(r *listing.Revision) ref.Val { return types.Int(len(r.Offer.Pictures)) })
	field(c, "attributes", mapOfStrings, func(r *listing.Revision) ref.Val { return pairs(r.Offer.Attributes) })
	return c
}

func describeBrand() *class {
	c := newClass("brand")
	str := func(name string, get func(*brandView) string) {
		field(c, name, types.StringType, func(b *brandView) ref.Val { return types.String(get(b)) })
	}
	str("id", func(b *brandView) string { return b.ID })
	str("holder", func(b *brandView) string { return b.HolderID })
	str("name", func(b *brandView) string { return b.Name })
	field(c, "known", types.BoolType, func(b *brandView) ref.Val { return types.Bool(b.known) })
	field(c, "gated", types.BoolType, func(b *brandView) ref.Val { return types.Bool(b.GatedGoods) })
	field(c, "goods", listOfStrings, func(b *brandView) ref.Val { return texts(b.Goods) })
	field(c, "usual_price", types.DoubleType, func(b *brandView) ref.Val { return types.Double(b.UsualPrice[b.currency]) })
	return c
}
