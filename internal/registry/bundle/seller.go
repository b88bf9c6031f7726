package bundle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
)

// DefaultMarket is the market of a seller that names none.
const DefaultMarket = "main"

// sellerRow is a seller as a bundle writes it.
type sellerRow struct {
	ID            string              `yaml:"id,omitempty"` // only where it does not follow from market and external_id
	ExternalID    string              `yaml:"external_id,omitempty"`
	Market        string              `yaml:"market,omitempty"`
	Name          string              `yaml:"name,omitempty"`
	Country       string              `yaml:"country,omitempty"`
	Language      string              `yaml:"language,omitempty"`
	Email         string              `yaml:"email,omitempty"`
	Verification  seller.Verification `yaml:"verification,omitempty"`
	VerifiedUntil until               `yaml:"verified_until,omitempty"`
	Status        seller.Status       `yaml:"status,omitempty"`
}

// until is the end of a time: a moment, or the end of a day in UTC.
type until struct{ at time.Time }

func (u until) IsZero() bool { return u.at.IsZero() }

func (u *until) UnmarshalText(b []byte) error {
	if day, err := time.Parse(time.DateOnly, string(b)); err == nil {
		u.at = day.AddDate(0, 0, 1)
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil {
		return fmt.Errorf("%q is neither a day (2026-12-31) nor a moment (2026-12-31T18:00:00Z)", b)
	}
	u.at = at.UTC()
	return nil
}

func (u until) MarshalText() ([]byte, error) {
	if at := u.at.UTC(); at.Equal(at.Truncate(24 * time.Hour)) {
		return []byte(at.AddDate(0, 0, -1).Format(time.DateOnly)), nil
	}
	return []byte(u.at.UTC().Format(time.RFC3339Nano)), nil
}

var (
	verifications = []seller.Verification{seller.Unverified, seller.Pending, seller.Verified, seller.Expired}
	statuses      = []seller.Status{seller.Active, seller.Restricted, seller.Suspended, seller.Closed}
)

// seller is the row as the store keeps it.
func (s sellerRow) seller() seller.Seller {
	out := seller.Seller{
		ID: s.ID, ExternalID: s.ExternalID, Name: s.Name, Country: s.Country, Language: s.Language, Email: s.Email,
		Verification: cmp.Or(s.Verification, seller.Unverified), Status: cmp.Or(s.Status, seller.Active),
	}
	if out.ID == "" {
		out.ID = listing.SellerID(cmp.Or(s.Market, DefaultMarket), s.ExternalID)
	}
	if !s.VerifiedUntil.IsZero() {
		out.VerifiedUntil = &s.VerifiedUntil.at
	}
	return out
}

// rowOf is a stored seller as a bundle writes it.
func rowOf(s seller.Seller) sellerRow {
	r := sellerRow{ID: s.ID, ExternalID: s.ExternalID, Name: s.Name, Country: s.Country, Language: s.Language, Email: s.Email,
		Verification: s.Verification, Status: s.Status}
	if s.ID == listing.SellerID(DefaultMarket, s.ExternalID) {
		r.ID = ""
	}
	if s.VerifiedUntil != nil {
		r.VerifiedUntil = until{*s.VerifiedUntil}
	}
	return r
}

// Validate checks a seller's row by itself.
func (s sellerRow) Validate() []fault.Field {
	// A seller's fields have the forms of a rights holder's.
	wrong := registry.RightsHolder{ID: "x", Name: cmp.Or(s.Name, "x"), Country: s.Country, Language: s.Language, Email: s.Email}.Validate()
	add := func(path, code, message string) {
		wrong = append(wrong, fault.Field{Path: path, Code: code, Message: message})
	}
	switch {
	case s.ExternalID == "" && s.ID == "":
		add("external_id", "missing", "give the marketplace's own id of the seller")
	case s.ID != "" && s.Market != "":
		add("market", "not_needed", "give either id, or market and external_id")
	}
	for path, v := range map[string]string{"external_id": s.ExternalID, "id": s.ID, "market": s.Market} {
		if len(v) > 200 || strings.ContainsAny(v, "\x00\n\r") {
			add(path, "bad_id", "use at most 200 bytes on one line")
		}
	}
	if s.Verification != "" && !slices.Contains(verifications, s.Verification) {
		add("verification", "unknown_value", "use one of unverified, pending, verified, expired")
	}
	if s.Status != "" && !slices.Contains(statuses, s.Status) {
		add("status", "unknown_value", "use one of active, restricted, suspended, closed")
	}
	return wrong
}
