package similar

import (
	"cmp"
	"slices"
	"time"

	"assay/internal/listing"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// Why is one reason for which goods are taken for similar.
type Why struct {
	Code     string        `json:"code"`               // one of Codes; message key "similar.why.<code>"
	Mine     string        `json:"mine,omitempty"`     // content hash of the case's picture
	Theirs   string        `json:"theirs,omitempty"`   // of the candidate's that is like it
	Distance int           `json:"distance,omitempty"` // bits of 256 in which they differ
	Likeness float64       `json:"likeness,omitempty"` // of the titles, 0..1
	Spans    []signal.Span `json:"spans,omitempty"`    // of the candidate's title that the case's has too
	AssetID  string        `json:"asset_id,omitempty"`
	Score    float64       `json:"score"` // how much this reason says by itself, 0..1
}

// Reasons why goods are taken for similar.
const (
	TheCase     = "the_case"     // it is the listing of the case itself
	SamePicture = "same_picture" // the same bytes
	NearPicture = "near_picture" // nearly the same picture
	SameWords   = "same_words"   // the title reads the same
	LikeWords   = "like_words"   // the title is much the same
	SameAsset   = "same_asset"   // the same protected thing was found in it
	SameShop    = "same_shop"    // the same seller, and the same brand was found
	SharingShop = "sharing_shop" // a seller who shows this seller's pictures, and the same brand was found
)

// Codes lists every reason, in the order shown to people.
var Codes = []string{TheCase, SamePicture, NearPicture, SameWords, LikeWords, SameAsset, SameShop, SharingShop}

// Bars are why goods are shown apart and not selected: message key
// "similar.bar.<code>".
const (
	Cleared  = "cleared"  // a person passed just this before
	Licensed = "licensed" // the seller has a licence for the brand
	Down     = "removed"  // it is removed already
	Left     = "gone"     // the seller took it away
)

// Bars lists every bar.
var Bars = []string{Cleared, Licensed, Down, Left}

// final bars cannot be overruled: there is nothing to decide.
func final(bar string) bool { return bar == Down || bar == Left }

// Member is one listing of a group.
type Member struct {
	GroupID    string         `json:"group_id"`
	ListingID  string         `json:"listing_id"`
	RevisionID string         `json:"revision_id"` // that was looked at
	SellerID   string         `json:"seller_id"`
	Title      string         `json:"title"`
	Picture    string         `json:"picture,omitempty"` // content hash: the one that is alike, or the first
	Status     listing.Status `json:"status"`            // of the listing now; not kept
	Place      int            `json:"place"`             // in the order of the score, from 1
	Score      float64        `json:"score"`             // 0..1
	Whys       []Why          `json:"reasons"`
	Selected   bool           `json:"selected"`
	Bar        string         `json:"bar,omitempty"`      // why it is shown apart, "" when it is not
	CaseID     string         `json:"case_id,omitempty"`  // that was decided
	Reopen     bool           `json:"-"`                  // the case was open before
	Decision   string         `json:"decision,omitempty"` // id; "" as long as nothing is decided
	Problem    string         `json:"problem,omitempty"`  // why it was not decided: message key "similar.problem.<code>"
	Undone     string         `json:"undone,omitempty"`   // Back, or why it could not be taken back: the same keys
}

// Back is Member.Undone of a decision that was taken back.
const Back = "back"

// Problems are why a member was left out of a decision or of its undoing.
const (
	Changed   = "changed"    // the seller has changed it since
	Elsewhere = "elsewhere"  // it was decided elsewhere since
	Busy      = "busy"       // somebody else is working on its case
	Involved  = "involved"   // who decides was involved before
	OtherNow  = "other_now"  // it stands otherwise now than the decision left it
	TwoPeople = "two_people" // it takes a second person
	AsItStood = "not_needed" // it stands already as the decision would leave it
)

// Problems lists every problem.
var Problems = []string{Changed, Elsewhere, Busy, Involved, TwoPeople, OtherNow, AsItStood}

// Row is what is known of a listing for comparing.
type Row struct {
	ListingID  string
	RevisionID string
	Revision   int
	SellerID   string
	Status     listing.Status
	Title      string
	Picture    string // first stored
	VerdictID  string // newest of the revision, "" when there is none
}

// Found is a listing in which something of a brand was found.
type Found struct {
	ListingID, SellerID string
	Matched             []string // asset ids, or brand ids, of the verdict
}

// Past is what was decided last of a listing.
type Past struct {
	CaseID, RevisionID, DecisionID string
	NewestID                       string // the listing's newest revision now
	Outcome                        verdict.Decision
	Reason                         string
	At                             time.Time
}

// Scores of reasons by themselves. Together they count as independent signs:
// 1 - product of (1 - score).
const (
	scoreSame     = 0.95
	scoreWords    = 0.85
	scoreAsset    = 0.35
	scoreShop     = 0.45
	scoreSharing  = 0.30
	chosen        = 0.50 // selected from the start at this score or more
	leastLikeness = 0.45
)

// together is the score of all reasons.
func together(whys []Why) float64 {
	rest := 1.0
	for _, w := range whys {
		rest *= 1 - w.Score
	}
	return 1 - rest
}

// pool gathers candidates.
type pool struct {
	seed    string // listing id of the case
	members map[string]*Member
}

func (p *pool) add(listingID string, w Why) {
	m, ok := p.members[listingID]
	if !ok {
		if listingID == p.seed {
			return
		}
		m = &Member{ListingID: listingID}
		p.members[listingID] = m
	}
	at := slices.IndexFunc(m.Whys, func(v Why) bool { return v.Code == w.Code })
	switch {
	case at < 0:
		m.Whys = append(m.Whys, w)
	case m.Whys[at].Score < w.Score:
		m.Whys[at] = w
	}
}

// ranked are the candidates, the surest first; the case itself before all.
func (p *pool) ranked(limit int) []*Member {
	out := make([]*Member, 0, len(p.members))
	for _, m := range p.members {
		m.dedupe()
		m.Score = together(m.Whys)
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b *Member) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ListingID, b.ListingID))
	})
	return out[:min(limit, len(out))]
}

// dedupe leaves out what a stronger reason of the same sort says already.
func (m *Member) dedupe() {
	has := func(code string) bool {
		return slices.ContainsFunc(m.Whys, func(w Why) bool { return w.Code == code })
	}
	m.Whys = slices.DeleteFunc(m.Whys, func(w Why) bool {
		return w.Code == NearPicture && has(SamePicture) || w.Code == LikeWords && has(SameWords) || w.Code == SharingShop && has(SameShop)
	})
	slices.SortFunc(m.Whys, func(a, b Why) int { return cmp.Compare(slices.Index(Codes, a.Code), slices.Index(Codes, b.Code)) })
}
