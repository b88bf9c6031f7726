// Package bundle reads and writes the registry as files: a folder or a zip of
// YAML or JSON with the pictures beside them. docs/bundle.md describes it.
package bundle

import (
	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/seller"
)

// Bundle is what a bundle says, without the rows that were wrong. Every
// reference leads to a row of the bundle.
type Bundle struct {
	Holders  []registry.RightsHolder
	Brands   []registry.Brand
	Rights   []registry.Right
	Assets   []registry.Asset   // Picture is a file of the bundle; InnocentPictures are "sha256:<hex>"
	Licences []registry.Licence // SellerID is the stored id, as in Sellers
	Sellers  []seller.Seller

	// Warnings are about rows that went through all the same.
	Warnings []fault.Field

	// Pictures reads a picture file; what is not there is fault.NotFound.
	Pictures func(path string) ([]byte, error)

	innocent map[string]string // content key of an innocent picture -> its file
	silent   map[string]silence
	places   map[string]place // section and id -> where the row stands

	catalogue bool // it says of an asset only its picture, its right and how far it is sought
}

// silence says what a seller's row does not mention, which an import must not
// change.
type silence struct{ status, verification bool }

// Rows is how many rows the bundle has.
func (b *Bundle) Rows() int {
	return len(b.Holders) + len(b.Brands) + len(b.Rights) + len(b.Assets) + len(b.Sellers) + len(b.Licences)
}

// Sections of a bundle, in the order in which they refer to each other.
const (
	Holders  = "holders"
	Brands   = "brands"
	Rights   = "rights"
	Assets   = "assets"
	Sellers  = "sellers"
	Licences = "licences"
)

// Sections lists them.
var Sections = []string{Holders, Brands, Rights, Assets, Sellers, Licences}

// Snapshot is a bundle by id, for an engine without a store.
type Snapshot struct {
	Holders  map[string]registry.RightsHolder
	Brands   map[string]registry.Brand
	Rights   map[string]registry.Right
	Assets   map[string]registry.Asset
	Sellers  map[string]seller.Seller
	Licences map[string][]registry.Licence // by seller id
}

// Snapshot arranges the bundle by id.
func (b *Bundle) Snapshot() Snapshot {
	s := Snapshot{
		Holders:  byID(b.Holders, func(v registry.RightsHolder) string { return v.ID }),
		Brands:   byID(b.Brands, func(v registry.Brand) string { return v.ID }),
		Rights:   byID(b.Rights, func(v registry.Right) string { return v.ID }),
		Assets:   byID(b.Assets, func(v registry.Asset) string { return v.ID }),
		Sellers:  byID(b.Sellers, func(v seller.Seller) string { return v.ID }),
		Licences: map[string][]registry.Licence{},
	}
	for _, l := range b.Licences {
		s.Licences[l.SellerID] = append(s.Licences[l.SellerID], l)
	}
	return s
}

func byID[T any](rows []T, id func(T) string) map[string]T {
	m := make(map[string]T, len(rows))
	for _, v := range rows {
		m[id(v)] = v
	}
	return m
}
