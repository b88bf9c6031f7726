// Package registry keeps who owns what: rights holders, their brands, the
// rights behind them, the assets that can be recognised, and the licences
// that make a use lawful.
package registry

import (
	"slices"
	"time"
)

// RightsHolder is an organisation that owns brands or rights.
type RightsHolder struct {
	ID        string    `json:"id" yaml:"id"`
	Name      string    `json:"name" yaml:"name"`
	Country   string    `json:"country,omitempty" yaml:"country,omitempty"`   // ISO 3166-1 alpha-2
	Language  string    `json:"language,omitempty" yaml:"language,omitempty"` // BCP 47, for letters
	Email     string    `json:"email,omitempty" yaml:"email,omitempty"`
	UpdatedAt time.Time `json:"updated_at,omitzero" yaml:"-"`
}

// Brand is a name under which a holder trades.
type Brand struct {
	ID         string             `json:"id" yaml:"id"`
	HolderID   string             `json:"holder_id" yaml:"holder"`
	Name       string             `json:"name" yaml:"name"`
	Goods      []string           `json:"goods,omitempty" yaml:"goods,omitempty"`             // kinds of goods it is known for, any language
	UsualPrice map[string]float64 `json:"usual_price,omitempty" yaml:"usual_price,omitempty"` // by ISO 4217 currency, major units
	GatedGoods bool               `json:"gated_goods,omitempty" yaml:"gated_goods,omitempty"` // goods of this brand need a licence to be listed at all
	Website    string             `json:"website,omitempty" yaml:"website,omitempty"`
	UpdatedAt  time.Time          `json:"updated_at,omitzero" yaml:"-"`
}

// RightKind names the law (or tie) a right rests on.
type RightKind string

const (
	Trademark   RightKind = "trademark"
	Copyright   RightKind = "copyright"
	Design      RightKind = "design"
	Patent      RightKind = "patent"
	Affiliation RightKind = "affiliation" // a badge or sentence that claims a tie to the brand
)

// RightKinds lists every kind, in the order shown to people.
var RightKinds = []RightKind{Trademark, Copyright, Design, Patent, Affiliation}

// RightStatus is the state of a right at its office.
type RightStatus string

const (
	RightPending      RightStatus = "pending"
	RightRegistered   RightStatus = "registered"
	RightUnregistered RightStatus = "unregistered" // e.g. copyright, or a mark protected by use
	RightExpired      RightStatus = "expired"
	RightRevoked      RightStatus = "revoked"
)

// RightStatuses lists every status.
var RightStatuses = []RightStatus{RightPending, RightRegistered, RightUnregistered, RightExpired, RightRevoked}

// Right is a registered or unregistered right behind a brand. Field names
// follow WIPO ST.96 where it has them.
type Right struct {
	ID           string      `json:"id" yaml:"id"`
	BrandID      string      `json:"brand_id" yaml:"brand"`
	Kind         RightKind   `json:"kind" yaml:"kind"`
	Office       string      `json:"office,omitempty" yaml:"office,omitempty"` // WIPO ST.3 code: KR, EM, US, WO ...
	Number       string      `json:"number,omitempty" yaml:"number,omitempty"`
	Classes      []int       `json:"classes,omitempty" yaml:"classes,omitempty,flow"`         // Nice 1..45
	Territories  []string    `json:"territories,omitempty" yaml:"territories,omitempty,flow"` // ISO 3166-1 alpha-2; empty: everywhere
	FiledOn      Date        `json:"filed_on,omitzero" yaml:"filed_on,omitempty"`
	RegisteredOn Date        `json:"registered_on,omitzero" yaml:"registered_on,omitempty"`
	ExpiresOn    Date        `json:"expires_on,omitzero" yaml:"expires_on,omitempty"`
	Status       RightStatus `json:"status" yaml:"status"`
	UpdatedAt    time.Time   `json:"updated_at,omitzero" yaml:"-"`
}

// InForce reports whether the right can be relied on at t.
func (r Right) InForce(t time.Time) bool {
	return (r.Status == RightRegistered || r.Status == RightUnregistered) && (r.ExpiresOn.IsZero() || !r.ExpiresOn.Before(t))
}

// AssetKind says how an asset is recognised.
type AssetKind string

const (
	AssetName       AssetKind = "name"
	AssetPhrase     AssetKind = "phrase"
	AssetMark       AssetKind = "mark"       // a logo or figurative mark
	AssetBadge      AssetKind = "badge"      // a service badge, e.g. of a delivery service
	AssetPhotograph AssetKind = "photograph" // a protected picture
)

// AssetKinds lists every kind.
var AssetKinds = []AssetKind{AssetName, AssetPhrase, AssetMark, AssetBadge, AssetPhotograph}

// Textual reports whether the asset is words rather than a picture.
func (k AssetKind) Textual() bool { return k == AssetName || k == AssetPhrase }

// Sought says how far a picture asset is looked for.
type Sought string

const (
	// SoughtInside looks for the picture as a whole and anywhere inside another: cropped, framed, in a collage or a
	// screenshot. Each such asset takes some 10 KB of every worker's memory and a share of the time that each picture takes.
	SoughtInside Sought = "inside"
	// SoughtWhole compares only the prints of whole pictures (PDQ, in eight orientations), for catalogues of hundreds of
	// thousands of photographs: 32 bytes each and next to no time, but a strong crop, a frame or a collage hides the copy.
	SoughtWhole Sought = "whole"
)

// Soughts lists every depth, the usual one first.
var Soughts = []Sought{SoughtInside, SoughtWhole}

// Asset is one thing that can be recognised in a listing.
type Asset struct {
	ID       string    `json:"id" yaml:"id"`
	BrandID  string    `json:"brand_id" yaml:"brand"`
	RightID  string    `json:"right_id,omitempty" yaml:"right,omitempty"`
	Kind     AssetKind `json:"kind" yaml:"kind"`
	Label    string    `json:"label,omitempty" yaml:"label,omitempty"`       // how people call a picture asset
	Text     string    `json:"text,omitempty" yaml:"text,omitempty"`         // names and phrases
	Language string    `json:"language,omitempty" yaml:"language,omitempty"` // BCP 47
	Script   string    `json:"script,omitempty" yaml:"script,omitempty"`     // ISO 15924: Latn, Hang, Hans ...
	Picture  string    `json:"picture,omitempty" yaml:"picture,omitempty"`   // in a bundle: file below its folder; in the store: "sha256:<hex>"
	Sought   Sought    `json:"sought,omitempty" yaml:"sought,omitempty"`     // of pictures; "": the usual depth of the kind
	Retired  bool      `json:"retired,omitempty" yaml:"retired,omitempty"`   // kept for old cases, no longer matched
	// DismissedSpellings of a name are proposed by the machine and refused by
	// people: they are not looked for.
	DismissedSpellings []string `json:"dismissed_spellings,omitempty" yaml:"dismissed_spellings,omitempty"`
	// InnocentPictures are known harmless pictures ("sha256:<hex>") that this asset must not match.
	InnocentPictures []string  `json:"innocent_pictures,omitempty" yaml:"innocent_pictures,omitempty"`
	UpdatedAt        time.Time `json:"updated_at,omitzero" yaml:"-"`
}

// Depth is how far the asset is looked for: "" for words, SoughtInside for a
// picture that does not say.
func (a Asset) Depth() Sought {
	if !a.Kind.Textual() && a.Sought == "" {
		return SoughtInside
	}
	return a.Sought
}

// LicenceStatus is the state of a licence apart from its dates.
type LicenceStatus string

const (
	LicenceActive  LicenceStatus = "active"
	LicencePending LicenceStatus = "pending" // handed in, not yet checked by a person
	LicenceRevoked LicenceStatus = "revoked"
)

// LicenceStatuses lists every status.
var LicenceStatuses = []LicenceStatus{LicenceActive, LicencePending, LicenceRevoked}

// Licence is a rights holder's permission to a seller.
type Licence struct {
	ID          string        `json:"id" yaml:"id"`
	BrandID     string        `json:"brand_id" yaml:"brand"`
	SellerID    string        `json:"seller_id" yaml:"seller"`                                 // seller.Seller.ID
	AssetIDs    []string      `json:"asset_ids,omitempty" yaml:"assets,omitempty,flow"`        // empty: every asset of the brand
	Categories  []string      `json:"categories,omitempty" yaml:"categories,omitempty,flow"`   // prefix of the listing's category; empty: all goods
	Territories []string      `json:"territories,omitempty" yaml:"territories,omitempty,flow"` // empty: everywhere
	From        Date          `json:"from,omitzero" yaml:"from,omitempty"`
	Until       Date          `json:"until,omitzero" yaml:"until,omitempty"` // last day on which it holds
	Document    string        `json:"document,omitempty" yaml:"document,omitempty"`
	Status      LicenceStatus `json:"status" yaml:"status"`
	UpdatedAt   time.Time     `json:"updated_at,omitzero" yaml:"-"`
}

// Covers reports whether the licence allows its seller this use at t.
// assetID, category and territory may be empty when they are not known; an
// unknown territory is not held against the seller, a restricted category is.
func (l Licence) Covers(assetID, category, territory string, t time.Time) bool {
	if l.Status != LicenceActive || (!l.From.IsZero() && l.From.After(t)) || (!l.Until.IsZero() && l.Until.Before(t)) {
		return false
	}
	if len(l.AssetIDs) > 0 && assetID != "" && !slices.Contains(l.AssetIDs, assetID) {
		return false
	}
	if len(l.Territories) > 0 && territory != "" && !slices.Contains(l.Territories, territory) {
		return false
	}
	return len(l.Categories) == 0 || slices.ContainsFunc(l.Categories, func(c string) bool { return within(category, c) })
}

// within reports whether category lies at or below ancestor; levels are separated by " > ".
func within(category, ancestor string) bool {
	return category == ancestor || len(category) > len(ancestor)+2 && category[:len(ancestor)+3] == ancestor+" > "
}
