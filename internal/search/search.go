// Package search finds listings by wordings, however they are disguised: at
// once in what is stored, and as saved searches in what is newly taken in.
package search

import (
	"time"

	"assay/internal/listing"
	"assay/internal/match/lexicon"
	"assay/internal/registry"
	"assay/internal/signal"
)

// Word is one wording that is looked for.
type Word struct {
	Text     string       `json:"text"`
	Kind     lexicon.Kind `json:"kind,omitempty"`     // KindName, also when empty, or KindPhrase
	Language string       `json:"language,omitempty"` // BCP 47; how Latin letters sound
}

// Query is what somebody looks for: an offer with any of the words, and within
// all of the filters. Zero fields do not filter.
type Query struct {
	Words    []Word         `json:"words"`
	Market   string         `json:"market,omitempty"`
	SellerID string         `json:"seller_id,omitempty"`
	Status   listing.Status `json:"status,omitempty"`
	Category string         `json:"category,omitempty"`  // levels separated by " > "; those below count too
	PriceMin *float64       `json:"price_min,omitempty"` // in the main unit of Currency
	PriceMax *float64       `json:"price_max,omitempty"`
	Currency string         `json:"currency,omitempty"` // ISO 4217; other prices than in it do not fit
	From     registry.Date  `json:"from,omitzero"`      // first day (UTC) the newest revision was taken in on
	Until    registry.Date  `json:"until,omitzero"`     // last day
	Likely   bool           `json:"likely,omitempty"`   // leave out uses that something excuses
	// Unlicensed leaves out offers of sellers who have a licence for what was
	// found; otherwise they are shown with it.
	Unlicensed bool `json:"unlicensed,omitempty"`
}

// likely is the score from which a use rather infringes than not.
const likely = 0.5

// Match is one of the words, found in an offer.
type Match struct {
	Word    string          `json:"word"`   // as it was looked for
	Score   float64         `json:"score"`  // 0..1: how likely this use infringes if the searcher owns the word
	Intent  string          `json:"intent"` // one of lexicon.Intents
	Spans   []signal.Span   `json:"spans"`
	For     []signal.Factor `json:"for,omitempty"`
	Against []signal.Factor `json:"against,omitempty"` // what excuses it
}

// Passage is a piece of one field of an offer in which something was found.
type Passage struct {
	Field string `json:"field"`
	Start int    `json:"start"` // byte offset of Text in the field
	Text  string `json:"text"`
	Whole bool   `json:"whole"` // Text is all of the field
}

// Hit is an offer in which a search found something.
type Hit struct {
	ListingID  string         `json:"listing_id"`
	RevisionID string         `json:"revision_id"`
	Market     string         `json:"market"`
	ExternalID string         `json:"external_id"`
	SellerID   string         `json:"seller_id"`
	SellerName string         `json:"seller_name,omitempty"`
	Status     listing.Status `json:"status"`
	Title      string         `json:"title"`
	Category   string         `json:"category,omitempty"`
	Price      *listing.Money `json:"price,omitempty"`
	Link       string         `json:"link,omitempty"`
	Pictures   []string       `json:"pictures,omitempty"`   // content keys of those that are stored
	TakenAt    time.Time      `json:"taken_at"`             // of the revision
	LicenceID  string         `json:"licence_id,omitempty"` // under which the seller may use what was found
	Score      float64        `json:"score"`                // of the best match
	Matches    []Match        `json:"matches"`              // best first
	Passages   []Passage      `json:"passages"`
}

// Offered is a listing with its newest revision.
type Offered struct {
	Listing  listing.Listing
	Revision listing.Revision
	Read     []lexicon.Field // what was read in its pictures, "picture:0" …
}

// fields are the texts of an offer, and those in its pictures.
func (o Offered) fields() []lexicon.Field { return append(signal.Fields(o.Revision.Offer), o.Read...) }

// hit is what may be shown of an offer in which matches were found.
func (o Offered) hit(matches []Match) Hit {
	offer := o.Revision.Offer
	h := Hit{ListingID: o.Listing.ID, RevisionID: o.Revision.ID, Market: o.Listing.Market, ExternalID: o.Listing.ExternalID,
		SellerID: o.Listing.SellerID, Status: o.Listing.Status, Title: offer.Title, Category: offer.Category, Price: offer.Price,
		Link: offer.Link, TakenAt: o.Revision.CreatedAt, Score: matches[0].Score, Matches: matches, Passages: passages(o.fields(), matches)}
	for _, p := range offer.Pictures {
		if p.State == listing.PictureStored {
			h.Pictures = append(h.Pictures, p.Hash)
		}
	}
	return h
}
