package similar

import (
	"context"
	"slices"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/match/hamming"
	"assay/internal/match/pdq"
	"assay/internal/match/wording"
	"assay/internal/registry"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// Most is the largest group, and how many candidates one reason may bring.
const Most = 5000

// Catalogue is what finding needs of the store.
type Catalogue interface {
	PrintStore
	// ListingRows are listings with their newest revision, in no order; those that
	// are not there are left out.
	ListingRows(ctx context.Context, listingIDs []string) ([]Row, error)
	// Showing are the listings that show any of the pictures now, by content hash.
	Showing(ctx context.Context, pictures []string, limit int) (map[string][]string, error)
	// FoundFor are listings that have or had a case for a brand, the newest
	// first; sellers narrows to their listings unless it is empty.
	FoundFor(ctx context.Context, brandID string, sellers []string, limit int) ([]Found, error)
	// Sharing are other sellers whose listings show the same pictures as
	// listings of this seller do.
	Sharing(ctx context.Context, sellerID string, limit int) ([]string, error)
	// Pasts are what was decided last of listings, by listing.
	Pasts(ctx context.Context, listingIDs []string) (map[string]Past, error)

	Verdict(ctx context.Context, id string) (verdict.Verdict, error)
	Revision(ctx context.Context, id string) (listing.Revision, error)
	Licences(ctx context.Context, f registry.Filter) ([]registry.Licence, error)
}

// Finder finds what is like the goods of a case.
type Finder struct {
	Store Catalogue
	Index *Index
	Now   func() time.Time
}

// seed is the case that is asked about, with what was found in it.
type seed struct {
	casefile.Case
	rev     listing.Revision
	matched []string // assets
}

// Find lists the goods like those of a case, the surest first, at most Most;
// an open case's own listing stands first.
func (f *Finder) Find(ctx context.Context, c casefile.Case) ([]Member, error) {
	s := seed{Case: c}
	var err error
	if s.rev, err = f.Store.Revision(ctx, c.RevisionID); err != nil {
		return nil, err
	}
	if c.VerdictID != "" {
		v, err := f.Store.Verdict(ctx, c.VerdictID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		s.matched = v.Matched
	}
	if err := f.Index.CatchUp(ctx); err != nil {
		return nil, err
	}
	p := &pool{seed: c.ListingID, members: map[string]*Member{}}
	for _, step := range []func(context.Context, seed, *pool) error{f.byPicture, f.byWords, f.byFinding} {
		if err := step(ctx, s, p); err != nil {
			return nil, err
		}
	}
	ranked := p.ranked(Most)
	if c.State == casefile.Open {
		own := &Member{ListingID: c.ListingID, Score: 1, Whys: []Why{{Code: TheCase, Score: 1}}}
		ranked = append([]*Member{own}, ranked[:min(len(ranked), Most-1)]...)
	}
	return f.complete(ctx, s, ranked)
}

// byPicture finds listings that show the same pictures, or nearly the same in
// any of eight orientations.
func (f *Finder) byPicture(ctx context.Context, s seed, p *pool) error {
	mine := ShownBy(s.rev, nil).Pictures
	prints, err := f.Store.PrintsOf(ctx, mine)
	if err != nil {
		return err
	}
	near, err := f.near(ctx, prints)
	if err != nil {
		return err
	}
	for _, h := range mine {
		near[h] = Why{Code: SamePicture, Mine: h, Theirs: h, Score: scoreSame}
	}
	pictures := make([]string, 0, len(near))
	for h := range near {
		pictures = append(pictures, h)
	}
	slices.Sort(pictures)
	showing, err := f.Store.Showing(ctx, pictures, Most)
	if err != nil {
		return err
	}
	for h, listings := range showing {
		for _, id := range listings {
			p.add(id, near[h])
		}
	}
	return nil
}

// near are the stored pictures like any of these, by content hash.
func (f *Finder) near(ctx context.Context, prints map[string]signal.Print) (map[string]Why, error) {
	best := map[int64]Why{}
	for hash, own := range prints {
		if own.Quality < pdq.MinQuality {
			continue
		}
		codes := make([]hamming.Code, len(own.Codes))
		for i, c := range own.Codes {
			codes[i] = hamming.Code(c)
		}
		for _, hits := range f.Index.pictures.SearchBatch(codes, pdq.MatchDistance) {
			for _, h := range hits {
				if old, ok := best[h.ID]; !ok || h.Distance < old.Distance {
					best[h.ID] = Why{Code: NearPicture, Mine: hash, Distance: h.Distance, Score: 0.9 - 0.3*float64(h.Distance)/pdq.MatchDistance}
				}
			}
		}
	}
	seqs := make([]int64, 0, len(best))
	for seq := range best {
		seqs = append(seqs, seq)
	}
	slices.Sort(seqs)
	names, err := f.Store.PicturesAt(ctx, seqs)
	out := make(map[string]Why, len(best))
	for seq, w := range best {
		if w.Theirs = names[seq]; w.Theirs != "" {
			out[w.Theirs] = w
		}
	}
	return out, err
}

func (f *Finder) byWords(_ context.Context, s seed, p *pool) error {
	for _, h := range f.Index.titles.Search(s.rev.Offer.Title, leastLikeness, Most) {
		w := Why{Code: LikeWords, Likeness: h.Likeness, Score: 0.85 * h.Likeness}
		if h.Likeness > 0.999 {
			w = Why{Code: SameWords, Likeness: 1, Score: scoreWords}
		}
		p.add(h.ID, w)
	}
	return nil
}

// byFinding finds listings in which the same brand was found: of anybody where
// it is the same asset, of the same seller, and of sellers who share pictures.
func (f *Finder) byFinding(ctx context.Context, s seed, p *pool) error {
	if s.BrandID == "" {
		return nil
	}
	own, err := f.Store.FoundFor(ctx, s.BrandID, []string{s.SellerID}, Most)
	if err != nil {
		return err
	}
	all, err := f.Store.FoundFor(ctx, s.BrandID, nil, Most)
	if err != nil {
		return err
	}
	friends, err := f.Store.Sharing(ctx, s.SellerID, 500)
	if err != nil {
		return err
	}
	for _, x := range slices.Concat(own, all) {
		if asset, ok := common(x.Matched, s.matched); ok {
			p.add(x.ListingID, Why{Code: SameAsset, AssetID: asset, Score: scoreAsset})
		}
		switch {
		case x.SellerID == s.SellerID:
			p.add(x.ListingID, Why{Code: SameShop, Score: scoreShop})
		case slices.Contains(friends, x.SellerID):
			p.add(x.ListingID, Why{Code: SharingShop, Score: scoreSharing})
		}
	}
	return nil
}

func common(a, b []string) (string, bool) {
	for _, v := range a {
		if slices.Contains(b, v) {
			return v, true
		}
	}
	return "", false
}

// complete reads what is to be shown of the candidates, and why some are to be
// shown apart.
func (f *Finder) complete(ctx context.Context, s seed, ranked []*Member) ([]Member, error) {
	ids := make([]string, len(ranked))
	for i, m := range ranked {
		ids[i] = m.ListingID
	}
	rows, err := f.Store.ListingRows(ctx, ids)
	if err != nil {
		return nil, err
	}
	pasts, err := f.Store.Pasts(ctx, ids)
	if err != nil {
		return nil, err
	}
	licences, err := f.licences(ctx, s.BrandID)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]Row, len(rows))
	for _, r := range rows {
		byID[r.ListingID] = r
	}
	out := make([]Member, 0, len(ranked))
	for _, m := range ranked {
		r, ok := byID[m.ListingID]
		if !ok {
			continue
		}
		m.fill(r, s)
		if m.Bar, err = f.bar(ctx, r, pasts[r.ListingID], licences[r.SellerID]); err != nil {
			return nil, err
		}
		m.Selected = m.Bar == "" && m.Score >= chosen
		m.Place = len(out) + 1
		out = append(out, *m)
	}
	return out, nil
}

// fill takes over what is shown of the listing.
func (m *Member) fill(r Row, s seed) {
	m.RevisionID, m.SellerID, m.Title, m.Picture, m.Status = r.RevisionID, r.SellerID, r.Title, r.Picture, r.Status
	for i := range m.Whys {
		w := &m.Whys[i]
		if w.Theirs != "" {
			m.Picture = w.Theirs
		}
		if w.Code == LikeWords || w.Code == SameWords {
			for _, sp := range wording.Shared(r.Title, s.rev.Offer.Title) {
				w.Spans = append(w.Spans, signal.Span{Field: "title", Start: sp.Start, End: sp.End, Text: r.Title[sp.Start:sp.End]})
			}
		}
	}
}

// licences of a brand, by seller.
func (f *Finder) licences(ctx context.Context, brandID string) (map[string][]registry.Licence, error) {
	out := map[string][]registry.Licence{}
	if brandID == "" {
		return out, nil
	}
	after := ""
	for {
		list, err := f.Store.Licences(ctx, registry.Filter{BrandID: brandID, After: after, Limit: 500})
		if err != nil {
			return nil, err
		}
		for _, l := range list {
			out[l.SellerID] = append(out[l.SellerID], l)
			after = l.ID
		}
		if len(list) < 500 {
			return out, nil
		}
	}
}

// bar says why a listing is shown apart. Only those with a licence or a
// decision in their favour are read whole: they are few.
func (f *Finder) bar(ctx context.Context, r Row, past Past, licences []registry.Licence) (string, error) {
	switch {
	case r.Status == listing.Removed:
		return Down, nil
	case r.Status == listing.Gone:
		return Left, nil
	case past.Outcome != verdict.Pass && len(licences) == 0:
		return "", nil
	}
	rev, err := f.Store.Revision(ctx, r.RevisionID)
	if err != nil {
		return "", err
	}
	for _, l := range licences {
		if l.Covers("", rev.Offer.Category, rev.Offer.Country, f.Now()) {
			return Licensed, nil
		}
	}
	if past.Outcome != verdict.Pass || past.Reason == casefile.TakenBack {
		return "", nil
	}
	judged, err := f.Store.Revision(ctx, past.RevisionID)
	if err != nil {
		return "", err
	}
	if judged.Offer.SubstanceHash() == rev.Offer.SubstanceHash() {
		return Cleared, nil
	}
	return "", nil
}
