// Package signal states facts about one revision: which asset, where, how
// near, found by which detector. Facts only; what follows from them is the
// verdict's business.
package signal

import (
	"context"
	"image"
	"time"

	"assay/internal/listing"
	"assay/internal/match/pdq"
	"assay/internal/registry"
	"assay/internal/seller"
)

// Kind names a sort of fact. The set is open: a detector may add its own,
// and a policy refers to kinds by these strings.
type Kind string

const (
	PictureCopy      Kind = "picture.copy"       // a whole picture is a copy of a protected one
	PicturePart      Kind = "picture.part"       // a protected picture lies inside a picture
	PictureMark      Kind = "picture.mark"       // a protected mark or badge lies inside a picture
	PictureUnread    Kind = "picture.unread"     // buyers may see it, we could not open it
	PictureSkipped   Kind = "picture.skipped"    // nobody looked at the pictures, on purpose
	OutsideMatch     Kind = "outside.match"      // the operator's own vision service recognises something protected
	TextName         Kind = "text.name"          // a protected name, used in a way that may infringe
	TextPhrase       Kind = "text.phrase"        // a protected sentence
	TextClaim        Kind = "text.claim"         // words of the counterfeit trade
	TextAffiliation  Kind = "text.affiliation"   // claims a tie to a brand
	BrandField       Kind = "brand.field"        // the feed's brand column names a protected brand
	SellerUnlicensed Kind = "seller.unlicensed"  // sells goods of a protected brand without a valid licence
	SellerUnverified Kind = "seller.unverified"  // identity not checked, or no longer valid
	SellerNotActive  Kind = "seller.not_active"  // restricted, suspended or closed shop
	DetectorFailed   Kind = "detector.failed"    // a detector did not answer; a person must look
	DecidedSame      Kind = "staydown.identical" // what people decided to block is offered again as it was
	DecidedAlike     Kind = "staydown.similar"   // something much like it is offered
)

// Factor is one thing that spoke for or against a finding.
type Factor struct {
	Code   string  `json:"code"` // message key "factor.<code>"
	Weight float64 `json:"weight"`
	Detail string  `json:"detail,omitempty"`
}

// Span is a stretch of text as the buyer sees it.
type Span struct {
	Field     string   `json:"field"` // "title", "description", "brand", "attribute:<name>", "picture:<n>"
	Start     int      `json:"start"` // byte offsets in the field
	End       int      `json:"end"`
	Text      string   `json:"text"`
	Matched   string   `json:"matched,omitempty"`   // the protected wording
	Disguises []string `json:"disguises,omitempty"` // message keys "disguise.<code>"
}

// Point is a place in a picture as fractions of width and height, so that it
// holds at any size.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Sighting is where and how a picture matched.
type Sighting struct {
	Picture      int     `json:"picture"` // index in the offer's pictures
	Frame        int     `json:"frame,omitempty"`
	Hash         string  `json:"hash,omitempty"`          // "sha256:<hex>" of the listing's picture
	AssetPicture string  `json:"asset_picture,omitempty"` // "sha256:<hex>" of the protected one
	Outline      []Point `json:"outline,omitempty"`
	AssetOutline []Point `json:"asset_outline,omitempty"`
	Mirrored     bool    `json:"mirrored,omitempty"`
	Rotation     float64 `json:"rotation,omitempty"`    // degrees, clockwise
	Distance     *int    `json:"distance,omitempty"`    // bits of 256 that differ (PDQ)
	Quality      int     `json:"quality,omitempty"`     // PDQ quality 0..100
	Inliers      int     `json:"inliers,omitempty"`     // points that agree on one geometry
	Correlation  float64 `json:"correlation,omitempty"` // -1..1 of aligned pixels
	Part         *Part   `json:"part,omitempty"`        // only this much of the protected picture agrees
	Problem      string  `json:"problem,omitempty"`     // why a picture could not be read
}

// Part is the connected piece of a protected photograph on which a finding
// stands. The outlines and the correlation of the sighting are those of the
// whole photograph all the same.
type Part struct {
	Share        float64 `json:"share"`       // of the protected picture, above 0 and below 1
	Correlation  float64 `json:"correlation"` // -1..1 of its pixels
	Outline      []Point `json:"outline"`     // around it in the listing's picture, 3 to 24 points
	AssetOutline []Point `json:"asset_outline,omitempty"`
}

// Signal is one fact with its evidence.
type Signal struct {
	Kind      Kind      `json:"kind"`
	Detector  string    `json:"detector"` // "pdq/1"
	AssetID   string    `json:"asset_id,omitempty"`
	BrandID   string    `json:"brand_id,omitempty"`
	RightID   string    `json:"right_id,omitempty"`
	Score     float64   `json:"score"` // 0..1, probability that the fact holds and infringes if not licensed
	Intent    string    `json:"intent,omitempty"`
	Licensed  bool      `json:"licensed,omitempty"` // a valid licence covers it
	LicenceID string    `json:"licence_id,omitempty"`
	Braked    bool      `json:"braked,omitempty"` // its asset matches far too much: evidence, but no ground to block
	Spans     []Span    `json:"spans,omitempty"`
	Sighting  *Sighting `json:"sighting,omitempty"`
	For       []Factor  `json:"for,omitempty"`
	Against   []Factor  `json:"against,omitempty"`
	Decided   *Decided  `json:"decided,omitempty"` // the decision that a stay-down print comes from
}

// LoadedPicture is a picture opened for the eyes, which look at it one after
// the other.
type LoadedPicture struct {
	Hash   string         // "sha256:<hex>" of the bytes
	Frames []*image.NRGBA // at least one

	spectra []*pdq.Spectrum // by frame, as far as somebody asked
}

// Spectrum is what a frame looks like to PDQ, computed once for all eyes.
func (p *LoadedPicture) Spectrum(frame int) *pdq.Spectrum {
	if p.spectra == nil {
		p.spectra = make([]*pdq.Spectrum, len(p.Frames))
	}
	if p.spectra[frame] == nil {
		s := pdq.Analyse(p.Frames[frame])
		p.spectra[frame] = &s
	}
	return p.spectra[frame]
}

// Print is the print of the picture's first frame.
func (p *LoadedPicture) Print() Print {
	s := p.Spectrum(0)
	return Print{Hash: p.Hash, Codes: s.Dihedral(), Quality: s.Quality}
}

// Print is what a picture looks like, kept beside its bytes: its PDQ hash as
// it stands and in the other seven orientations (pdq.Original and on).
type Print struct {
	Hash    string // "sha256:<hex>" of the bytes
	Codes   [8]pdq.Hash
	Quality int // 0..100; below pdq.MinQuality the hash says too little
}

// Seen is the print of one picture of an offer.
type Seen struct {
	Print
	Picture int // index in the offer's pictures
}

// Subject is everything a detector may look at.
type Subject struct {
	Revision listing.Revision
	Seller   seller.Seller
	Licences []registry.Licence // of this seller, whatever their state
	Read     []Signal           // lines of text read in its pictures (PictureText)
	Prints   []Seen             // of the pictures that could be opened; filled in by looking
	Now      time.Time
}

// LicenceFor finds a licence that allows the seller this use, if there is one.
func (s *Subject) LicenceFor(brandID, assetID string) (registry.Licence, bool) {
	for _, l := range s.Licences {
		if l.BrandID == brandID && l.Covers(assetID, s.Revision.Offer.Category, s.Revision.Offer.Country, s.Now) {
			return l, true
		}
	}
	return registry.Licence{}, false
}

// Detector states facts about a whole subject. Detect must be safe for
// concurrent use, must honour ctx, and must answer in bounded time whatever
// the subject holds.
type Detector interface {
	// Name is the detector with its version, e.g. "words/1". Evidence made by
	// another version is not comparable.
	Name() string
	Detect(ctx context.Context, s *Subject) ([]Signal, error)
}

// PictureDetector states facts about one picture, whoever shows it: the same
// bytes give the same answer, so nobody has to look twice. Sighting.Picture
// and the licence are filled in by the caller.
type PictureDetector interface {
	Name() string
	Look(ctx context.Context, p *LoadedPicture) ([]Signal, error)
}

// Conclusion follows from what the detectors found together with the seller's
// papers; it sees the signals of all of them.
type Conclusion interface {
	Name() string
	Conclude(s *Subject, found []Signal) []Signal
}

// Learner is a detector that recognises assets. Learn replaces what was known
// under the asset's ID; both are safe while the detector works.
type Learner interface {
	Name() string
	Learn(ctx context.Context, known Known) error
	Forget(assetID string)
}

// Gatherer is a learner that learns many assets faster when it may find them
// only at the end: when the function is called that Gather returns.
type Gatherer interface {
	Gather() (done func())
}

// Known is an asset with what a learner needs of it. A brand that is known by
// its name alone comes with an Asset that has no ID.
type Known struct {
	Asset   registry.Asset
	Brand   registry.Brand
	Picture func(ctx context.Context) ([]byte, error)                           // bytes of a picture asset
	Print   func(ctx context.Context, detector string) ([]byte, error)          // descriptor stored by an earlier Learn, or fault.NotFound; nil: none are kept
	Keep    func(ctx context.Context, detector string, descriptor []byte) error // keeps a descriptor for the next start; nil: they are not kept
}
