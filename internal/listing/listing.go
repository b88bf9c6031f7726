// Package listing keeps what is offered: listings and their revisions. What
// was judged is kept for ever; a change is a new revision.
package listing

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
)

// Status is where a listing stands on the marketplace.
type Status string

const (
	Pending Status = "pending" // taken in, not yet screened
	Live    Status = "live"    // may be sold
	Held    Status = "held"    // waits for a person; not on sale
	Removed Status = "removed" // blocked by a decision
	Gone    Status = "gone"    // withdrawn by the seller
)

// Listing is the running offer; its text and pictures are in the revisions.
type Listing struct {
	ID         string    `json:"id"`
	Market     string    `json:"market"`      // which marketplace of this installation; "main" by default
	ExternalID string    `json:"external_id"` // the marketplace's own id, unique within Market
	SellerID   string    `json:"seller_id"`
	Revision   int       `json:"revision"` // newest revision number, from 1
	Status     Status    `json:"status"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

// Money is an amount in the currency's minor unit (won, cents).
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"` // ISO 4217, upper case
}

// PictureState says how far a picture has come.
type PictureState string

const (
	PictureWaiting PictureState = "waiting" // a job fetches it
	PictureStored  PictureState = "stored"  // bytes are kept under Hash
	PictureFailed  PictureState = "failed"  // could not be had; Problem says why
	PictureSkipped PictureState = "skipped" // deliberately not looked at, e.g. an offline run without pictures
)

// Picture is one picture of a revision, by reference.
type Picture struct {
	URL     string       `json:"url,omitempty"`  // where the feed said it is: http(s) address or file name
	Hash    string       `json:"hash,omitempty"` // "sha256:<hex>" of the bytes once stored
	State   PictureState `json:"state"`
	Problem string       `json:"problem,omitempty"` // machine code of the failure
}

// Offer is what a seller states; its hash decides whether a feed row is news.
// Text is already plain text: feed readers turn markup into words.
type Offer struct {
	Title       string            `json:"title"`
	Description string            `json:"description,omitempty"`
	Brand       string            `json:"brand,omitempty"`
	Category    string            `json:"category,omitempty"`  // levels separated by " > "
	Condition   string            `json:"condition,omitempty"` // "new", "refurbished", "used" or empty
	Price       *Money            `json:"price,omitempty"`
	GTIN        string            `json:"gtin,omitempty"` // digits only, check digit verified
	MPN         string            `json:"mpn,omitempty"`
	Link        string            `json:"link,omitempty"`
	Language    string            `json:"language,omitempty"`   // BCP 47
	Country     string            `json:"country,omitempty"`    // where it is offered, ISO 3166-1 alpha-2
	Pictures    []Picture         `json:"pictures,omitempty"`   // in the order buyers see them
	Attributes  map[string]string `json:"attributes,omitempty"` // further text buyers see: colour, material, options ...
}

// Row is one listing as some source states it, before it is stored.
type Row struct {
	ExternalID       string `json:"external_id"`
	SellerExternalID string `json:"seller_id,omitempty"` // empty: the source's default seller
	SellerName       string `json:"seller_name,omitempty"`
	Offer            Offer  `json:"offer"`
}

// Revision is one state of an offer.
type Revision struct {
	ID          string    `json:"id"` // ListingID + "." + Number
	ListingID   string    `json:"listing_id"`
	Number      int       `json:"number"`
	Source      string    `json:"source"` // "api", or the id of the feed
	ContentHash string    `json:"content_hash"`
	Offer       Offer     `json:"offer"`
	CreatedAt   time.Time `json:"created_at"`
}

// namespace makes ids of listings and sellers reproducible, so that taking in
// the same feed twice, or on two workers, names the same rows.
var namespace = uuid.MustParse("6f1d3a52-0c53-5a8e-9a51-6b3d0d1b6a10")

// ID is the listing's id for a marketplace's own id.
func ID(market, externalID string) string {
	return uuid.NewSHA1(namespace, []byte("listing\x00"+market+"\x00"+externalID)).String()
}

// SellerID is the seller's id for a marketplace's own id.
func SellerID(market, externalID string) string {
	return uuid.NewSHA1(namespace, []byte("seller\x00"+market+"\x00"+externalID)).String()
}

// RevisionID names revision number n of a listing.
func RevisionID(listingID string, n int) string { return fmt.Sprintf("%s.%d", listingID, n) }

// ContentHash is the hash of what the seller stated. The states of pictures
// do not count: fetching one later is no news, another address is.
func (o Offer) ContentHash() string {
	pictures := make([]Picture, len(o.Pictures))
	for i, p := range o.Pictures {
		if p.URL != "" {
			pictures[i] = Picture{URL: p.URL}
		} else {
			pictures[i] = Picture{Hash: p.Hash}
		}
	}
	o.Pictures = pictures
	b, err := json.Marshal(o)
	if err != nil { // an Offer holds nothing that JSON cannot carry
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// SubstanceHash is the hash of what a person judges: words, pictures and
// brand, without price, link and condition. An offer that was cleared stays
// cleared when only the rest changes.
func (o Offer) SubstanceHash() string {
	o.Price, o.Link, o.MPN, o.GTIN = nil, "", "", ""
	return o.ContentHash()
}

// exponents are the currencies of ISO 4217 whose minor unit is not a
// hundredth; all others have two digits.
var exponents = map[string]int{"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
	"UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4}

// Exponent is the number of digits of a currency's minor unit.
func Exponent(currency string) int {
	if e, ok := exponents[currency]; ok {
		return e
	}
	return 2
}

// Major is the amount in the currency's main unit, for comparing and showing.
func (m Money) Major() float64 { return float64(m.Minor) / math.Pow10(Exponent(m.Currency)) }

// MoneyOf is an amount given in the currency's main unit, rounded to its
// minor unit.
func MoneyOf(major float64, currency string) Money {
	return Money{Minor: int64(math.Round(major * math.Pow10(Exponent(currency)))), Currency: currency}
}
