package signal

import (
	"cmp"
	"context"
	"encoding/binary"
	"regexp"
	"slices"
	"sync"
	"time"

	"assay/internal/listing"
	"assay/internal/match/hamming"
	"assay/internal/match/pdq"
	"assay/internal/match/wording"
)

// StayDown is what a decision to block leaves behind: the prints of what was
// judged, so that it is known when it comes back, whoever offers it.
type StayDown struct {
	ID         string       `json:"id"` // of the decision
	CaseID     string       `json:"case_id"`
	ListingID  string       `json:"listing_id"`
	RevisionID string       `json:"revision_id"` // that was judged
	SellerID   string       `json:"seller_id"`
	BrandID    string       `json:"brand_id,omitempty"`
	Ground     string       `json:"ground"`
	Pictures   []StayedDown `json:"pictures,omitempty"`
	Title      string       `json:"title"`
	Words      string       `json:"words,omitempty"` // wording.Fingerprint of title and description
	GTIN       string       `json:"gtin,omitempty"`
	MPN        string       `json:"mpn,omitempty"` // only when it is distinctive
	MadeAt     time.Time    `json:"made_at"`
	LiftedAt   *time.Time   `json:"lifted_at,omitempty"` // the decision was taken back
	LiftedBy   string       `json:"lifted_by,omitempty"` // id of the decision that did
}

// StayedDown is one picture of a stay-down print. Without a code only the same
// bytes are known again.
type StayedDown struct {
	Hash string    `json:"hash"`           // "sha256:<hex>"
	Code *pdq.Hash `json:"code,omitempty"` // as it stood; nil: too plain, or never opened
}

// Decided names the decision behind a signal.
type Decided struct {
	ID        string `json:"id"`
	CaseID    string `json:"case_id"`
	ListingID string `json:"listing_id"`
	Ground    string `json:"ground"`
	Pictures  int    `json:"pictures,omitempty"` // of the offer's that are the decided one's
	Same      bool   `json:"same,omitempty"`     // the text reads the same
}

// StayDownOf is the print that a decision leaves of a revision; prints are
// those of its pictures that are known, by content hash.
func StayDownOf(r listing.Revision, prints map[string]Print) StayDown {
	o := r.Offer
	d := StayDown{ListingID: r.ListingID, RevisionID: r.ID, Title: o.Title, Words: wording.Fingerprint(o.Title, o.Description), GTIN: o.GTIN}
	if len(o.MPN) >= 6 && distinctive.MatchString(o.MPN) {
		d.MPN = o.MPN
	}
	seen := map[string]bool{}
	for _, p := range o.Pictures {
		if p.State != listing.PictureStored || p.Hash == "" || seen[p.Hash] {
			continue
		}
		seen[p.Hash] = true
		s := StayedDown{Hash: p.Hash}
		if known, ok := prints[p.Hash]; ok && known.Quality >= pdq.MinQuality {
			code := known.Codes[pdq.Original]
			s.Code = &code
		}
		d.Pictures = append(d.Pictures, s)
	}
	return d
}

// distinctive part numbers have letters and digits and some length: "A1" and
// "100" stand on thousands of parts.
var distinctive = regexp.MustCompile(`^(.*\pL.*\d.*|.*\d.*\pL.*)$`)

// evidenceOf says which part of an offer a ground is about. A seller who takes
// the trademark out of his text has cured the listing although its pictures
// are the same; one who changes the words beside a stolen photograph has not.
var evidenceOf = map[string]struct{ pictures, words bool }{
	"trademark_in_text":  {words: true},
	"mark_in_picture":    {pictures: true},
	"stolen_photograph":  {pictures: true},
	"counterfeit":        {true, true},
	"false_affiliation":  {true, true},
	"no_licence":         {true, true},
	"other_infringement": {true, true},
}

// StaysDown reports whether goods that were blocked on this ground must stay
// down: some grounds are about the shop and not about what it shows.
func StaysDown(ground string) bool {
	_, ok := evidenceOf[ground]
	return ok
}

// Distances and shares of the stay-down detector. A picture that was saved
// anew at another quality or size lies within a few bits.
const (
	samePicture   = 6    // bits of 256: the same picture
	alikePicture  = 31   // bits: PDQ's own limit
	alikeWords    = 0.60 // weighted share of the title's wordings
	hintedWords   = 0.40 // the same, where GTIN or part number agree
	mostDecisions = 5    // signals for one offer; more would say the same
)

// StayDowns states that what people decided to block is offered again. It is
// safe for concurrent use.
type StayDowns struct {
	mu       sync.RWMutex
	rows     map[string]StayDown
	byWords  map[string][]string // fingerprint -> ids
	byHash   map[string][]string // content hash of a picture -> ids
	pictures hamming.Index[string]
	titles   wording.Index[string]
}

// NewStayDowns is a detector that knows no decision yet.
func NewStayDowns() *StayDowns {
	return &StayDowns{rows: map[string]StayDown{}, byWords: map[string][]string{}, byHash: map[string][]string{}}
}

func (*StayDowns) Name() string { return "staydown/1" }

// Know takes in a print, or forgets one that was lifted.
func (d *StayDowns) Know(s StayDown) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget(s.ID)
	if s.LiftedAt != nil {
		return
	}
	d.rows[s.ID] = s
	about := evidenceOf[s.Ground]
	if about.words {
		if s.Words != "" {
			d.byWords[s.Words] = append(d.byWords[s.Words], s.ID)
		}
		d.titles.Put(s.ID, s.Title)
	}
	if !about.pictures {
		return
	}
	for _, p := range s.Pictures {
		d.byHash[p.Hash] = append(d.byHash[p.Hash], s.ID)
		if p.Code != nil {
			d.pictures.Add(s.ID, hamming.Code(*p.Code))
		}
	}
}

func (d *StayDowns) forget(id string) {
	old, ok := d.rows[id]
	if !ok {
		return
	}
	delete(d.rows, id)
	without(d.byWords, old.Words, id)
	for _, p := range old.Pictures {
		without(d.byHash, p.Hash, id)
	}
	d.pictures.Remove(id)
	d.titles.Remove(id)
}

func without(m map[string][]string, key, id string) {
	if list := slices.DeleteFunc(m[key], func(v string) bool { return v == id }); len(list) > 0 {
		m[key] = list
	} else {
		delete(m, key)
	}
}

// Len is the number of decisions that are known.
func (d *StayDowns) Len() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.rows)
}

// reprise is how an offer repeats one decided listing.
type reprise struct {
	row       StayDown
	same      map[string]bool // content hashes of the decided pictures that are there again
	best      *Sighting       // the nearest picture
	words     bool            // the text reads the same
	likeness  float64         // of the titles
	pictures  map[int]bool    // of the offer, that are the decided one's
	identical bool
}

// Detect compares the offer with everything that was decided to stay down.
func (d *StayDowns) Detect(ctx context.Context, s *Subject) ([]Signal, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if len(d.rows) == 0 {
		return nil, ctx.Err()
	}
	found := map[string]*reprise{}
	of := func(id string) *reprise {
		r, ok := found[id]
		if !ok {
			r = &reprise{row: d.rows[id], same: map[string]bool{}, pictures: map[int]bool{}}
			found[id] = r
		}
		return r
	}
	d.look(s, of)
	d.read(s.Revision.Offer, of)
	var out []Signal
	for _, r := range found {
		if kind := r.judge(s.Revision.Offer); kind != "" {
			out = append(out, d.signal(s, r, kind))
		}
	}
	slices.SortFunc(out, func(a, b Signal) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Decided.ID, b.Decided.ID))
	})
	return out[:min(len(out), mostDecisions)], ctx.Err()
}

// look finds the pictures that are there again.
func (d *StayDowns) look(s *Subject, of func(string) *reprise) {
	for i, p := range s.Revision.Offer.Pictures {
		for _, id := range d.byHash[p.Hash] {
			if p.Hash != "" {
				of(id).sees(p.Hash, Sighting{Picture: i, Hash: p.Hash, AssetPicture: p.Hash, Distance: new(int)})
			}
		}
	}
	for _, p := range s.Prints {
		if p.Quality < pdq.MinQuality {
			continue
		}
		codes := make([]hamming.Code, len(p.Codes))
		for i, c := range p.Codes {
			codes[i] = hamming.Code(c)
		}
		near := map[string]bool{}
		for _, hits := range d.pictures.SearchBatch(codes, alikePicture) {
			for _, h := range hits {
				near[h.ID] = true
			}
		}
		for id := range near {
			of(id).compare(p)
		}
	}
}

// compare notes which of the decided pictures a picture is, and how it lies.
func (r *reprise) compare(p Seen) {
	for _, decided := range r.row.Pictures {
		if decided.Code == nil {
			continue
		}
		best, way := alikePicture+1, 0
		for o, c := range p.Codes {
			if n := c.Distance(*decided.Code); n < best {
				best, way = n, o
			}
		}
		if best <= alikePicture {
			r.sees(decided.Hash, Sighting{Picture: p.Picture, Hash: p.Hash, AssetPicture: decided.Hash, Distance: &best, Quality: p.Quality,
				Mirrored: orientations[way].mirrored, Rotation: orientations[way].rotation})
		}
	}
}

func (r *reprise) sees(decided string, at Sighting) {
	at.Outline, at.AssetOutline = whole(), whole()
	r.pictures[at.Picture] = true
	if *at.Distance <= samePicture {
		r.same[decided] = true
	}
	if r.best == nil || *at.Distance < *r.best.Distance {
		r.best = &at
	}
}

// read finds the texts that are there again.
func (d *StayDowns) read(o listing.Offer, of func(string) *reprise) {
	if words := wording.Fingerprint(o.Title, o.Description); words != "" {
		for _, id := range d.byWords[words] {
			of(id).words = true
		}
	}
	for _, h := range d.titles.Search(o.Title, hintedWords, 50) {
		of(h.ID).likeness = wording.Likeness(o.Title, d.rows[h.ID].Title)
	}
}

// judge says which fact holds: identical, alike or none.
func (r *reprise) judge(o listing.Offer) Kind {
	about := evidenceOf[r.row.Ground]
	all := len(r.same) == len(r.row.Pictures) && len(r.same) > 0
	switch {
	case !about.pictures: // the words alone were the matter
		r.identical = r.words
	case !about.words:
		r.identical = all
	default:
		r.identical = all && len(r.pictures) == len(o.Pictures) || r.words && (all || len(r.row.Pictures) == 0)
	}
	hint := r.row.GTIN != "" && r.row.GTIN == o.GTIN || r.row.MPN != "" && r.row.MPN == o.MPN
	switch {
	case r.identical:
		return DecidedSame
	case r.best != nil, r.words, r.likeness >= alikeWords, hint && r.likeness >= hintedWords:
		return DecidedAlike
	}
	return ""
}

func (d *StayDowns) signal(s *Subject, r *reprise, kind Kind) Signal {
	out := Signal{Kind: kind, Detector: d.Name(), BrandID: r.row.BrandID, Sighting: r.best,
		Decided: &Decided{ID: r.row.ID, CaseID: r.row.CaseID, ListingID: r.row.ListingID, Ground: r.row.Ground, Pictures: len(r.pictures), Same: r.words}}
	if kind == DecidedSame {
		out.Score = 0.99
	} else {
		out.Score = r.nearness()
	}
	if r.words || r.likeness > 0 {
		for _, sp := range wording.Shared(s.Revision.Offer.Title, r.row.Title) {
			text := s.Revision.Offer.Title[sp.Start:sp.End]
			out.Spans = append(out.Spans, Span{Field: "title", Start: sp.Start, End: sp.End, Text: text, Matched: text})
		}
	}
	for _, f := range []struct {
		code string
		on   bool
	}{{"same_seller", r.row.SellerID == s.Seller.ID}, {"same_gtin", r.row.GTIN != "" && r.row.GTIN == s.Revision.Offer.GTIN},
		{"same_mpn", r.row.MPN != "" && r.row.MPN == s.Revision.Offer.MPN}, {"same_words", r.words}} {
		if f.on {
			out.For = append(out.For, Factor{Code: f.code, Weight: 1})
		}
	}
	if l, ok := s.LicenceFor(r.row.BrandID, ""); ok && r.row.BrandID != "" {
		out.Licensed, out.LicenceID = true, l.ID
	}
	return out
}

// nearness is the score of what is alike: pictures by their distance, texts by
// what they share, 0.5 to 0.9.
func (r *reprise) nearness() float64 {
	near := 0.5 + 0.3*r.likeness
	if r.best != nil {
		near = max(near, 0.9-0.3*float64(*r.best.Distance)/alikePicture)
	}
	if r.words {
		near = max(near, 0.85)
	}
	return near
}

// MarshalPrint is a print's codes as bytes: eight hashes of four words each,
// the low one first.
func (p Print) MarshalPrint() []byte {
	b := make([]byte, 0, 8*32)
	for _, c := range p.Codes {
		for _, w := range c {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
	}
	return b
}

// UnmarshalPrint reads what MarshalPrint wrote and reports whether it could.
func (p *Print) UnmarshalPrint(b []byte) bool {
	if len(b) != 8*32 {
		return false
	}
	for i := range p.Codes {
		for w := range p.Codes[i] {
			p.Codes[i][w] = binary.LittleEndian.Uint64(b[32*i+8*w:])
		}
	}
	return true
}
