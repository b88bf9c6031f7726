package access

import (
	"context"
	"slices"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/notice"
	"assay/internal/registry"
	"assay/internal/search"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// This file is the only place that says which rows somebody may touch. A
// permission (Principal.Can) says what may be done at all; both must agree.

// nobody is an id no row has, for principals that lack the one they need: an
// empty id in a filter would mean everybody.
const nobody = "-"

func orNobody(id string) string {
	if id == "" {
		return nobody
	}
	return id
}

// Staff reads every row its permissions reach.
func (p Principal) Staff() bool { return p.Role == Admin || p.Role == Reviewer }

// ScopeRegistry narrows a filter, whatever was asked for: holders to their own
// organisation, sellers to their own shop. Sellers have licences only; ask
// ReadsBrands before listing anything else.
func (p Principal) ScopeRegistry(f *registry.Filter) {
	if org, limited := p.HolderScope(); limited {
		f.HolderID = orNobody(org)
	}
	if org, limited := p.SellerScope(); limited {
		f.SellerID = orNobody(org)
	}
}

// ReadsBrands reports whether holders, brands, rights and assets may be read
// at all; sellers read their own licences only.
func (p Principal) ReadsBrands() bool { return p.Can(RegistryRead) && p.Role != Seller }

// ScopeListings narrows a filter: sellers to their own shop, holders to
// listings that have or had a case for one of their brands.
func (p Principal) ScopeListings(f *listing.Filter) {
	if org, limited := p.SellerScope(); limited {
		f.SellerID = orNobody(org)
	} else if org, limited := p.HolderScope(); limited {
		f.HolderID = orNobody(org)
	} else if !p.Staff() {
		f.SellerID = nobody
	}
}

// ScopeCases narrows a filter: holders to cases of their brands, others than
// staff to none.
func (p Principal) ScopeCases(f *casefile.Filter) {
	if org, limited := p.HolderScope(); limited {
		f.HolderID = orNobody(org)
	} else if !p.Staff() {
		f.HolderID = nobody
	}
	if p.Desks != nil && (f.AskedID == "" || f.AskedID != p.ID) { // who is asked for an opinion sees that case
		f.Within = p.desks(false)
	}
}

// desks are the ids of p's desks: all, or those whose cases p decides.
func (p Principal) desks(deciding bool) []string {
	out := []string{}
	for _, d := range p.Desks {
		if d.Decide || !deciding {
			out = append(out, d.Desk)
		}
	}
	return out
}

// Actor is p as the desk writes it down, with the desks whose cases p decides.
func (p Principal) Actor() casefile.Actor {
	a := casefile.Actor{ID: p.ID, Name: p.Name}
	if p.Desks != nil {
		a.Desks = p.desks(true)
	}
	return a
}

// MayDecideCase reports whether p may answer a case, as far as desks go.
func (p Principal) MayDecideCase(c casefile.Case) bool {
	return p.Can(CaseDecide) && p.Staff() && (p.Desks == nil || slices.Contains(p.desks(true), c.Desk))
}

// ViewDesks are the desks whose shared views p reads; nil: all.
func (p Principal) ViewDesks() []string {
	if p.Desks == nil {
		return nil
	}
	return p.desks(false)
}

// MayChangeView reports whether p may change or delete a saved view of the
// queue: its own, and an administrator those that are shared.
func (p Principal) MayChangeView(v casefile.View) bool {
	return p.Can(CaseDecide) && (v.OwnerID == p.ID || p.Role == Admin && v.Desk != "")
}

// SearchOwner is whose saved searches and alerts p uses: holders their
// organisation's, the marketplace's own people those of the house, which are "".
func (p Principal) SearchOwner() string {
	if org, limited := p.HolderScope(); limited {
		return orNobody(org)
	}
	if p.Staff() {
		return ""
	}
	return nobody
}

// MayUseSearch reports whether p may read, run and change a saved search.
func (p Principal) MayUseSearch(s search.Saved) bool {
	return p.Can(SearchUse) && s.HolderID == p.SearchOwner()
}

// ScopeNotices narrows a filter: holders to their own organisation's notices,
// others than staff to none.
func (p Principal) ScopeNotices(f *notice.Filter) {
	if org, limited := p.HolderScope(); limited {
		f.HolderID = orNobody(org)
	} else if !p.Staff() {
		f.HolderID = nobody
	}
}

// MaySeeNotice reports whether p may read a notice.
func (p Principal) MaySeeNotice(n notice.Notice) bool {
	return p.Can(NoticeRead) && (p.Staff() || p.Role == Holder && p.OrgID != "" && n.HolderID == p.OrgID)
}

// MayWriteNotice reports whether p may change or withdraw a notice.
func (p Principal) MayWriteNotice(n notice.Notice) bool {
	return p.Can(NoticeWrite) && p.MaySeeNotice(n)
}

// MaySeeHolder reports whether p may read a rights holder.
func (p Principal) MaySeeHolder(h registry.RightsHolder) bool {
	return p.ReadsBrands() && (p.Role != Holder || p.OrgID != "" && h.ID == p.OrgID)
}

// MaySeeBrand reports whether p may read a brand and with it its rights and assets.
func (p Principal) MaySeeBrand(b registry.Brand) bool {
	return p.ReadsBrands() && (p.Role != Holder || p.OrgID != "" && b.HolderID == p.OrgID)
}

// MaySeeLicence reports whether p may read a licence for brand b.
func (p Principal) MaySeeLicence(l registry.Licence, b registry.Brand) bool {
	if p.Role == Seller {
		return p.Can(RegistryRead) && p.OrgID != "" && l.SellerID == p.OrgID
	}
	return p.MaySeeBrand(b)
}

// MayEditHolder reports whether p may change a rights holder. Holders do not
// rename themselves: who they are was checked when they were let in.
func (p Principal) MayEditHolder(registry.RightsHolder) bool {
	return p.Can(RegistryWrite) && p.Role != Holder
}

// MayEditBrand reports whether p may change a brand, its rights, assets and licences.
func (p Principal) MayEditBrand(b registry.Brand) bool {
	return p.Can(RegistryWrite) && (p.Role != Holder || p.OrgID != "" && b.HolderID == p.OrgID)
}

// MayReleaseBrake reports whether p may trust a braked asset again: that is for
// those who run the marketplace, not for the asset's owner.
func (p Principal) MayReleaseBrake() bool { return p.Can(RegistryWrite) && p.Staff() }

// MaySeeSeller reports whether p may read a seller.
func (p Principal) MaySeeSeller(id string) bool {
	return p.Can(SellerRead) && (p.Staff() || p.Role == Seller && p.OrgID != "" && id == p.OrgID)
}

// MaySeeCase reports whether p may read a case.
func (p Principal) MaySeeCase(c casefile.Case) bool {
	if p.Staff() && p.Desks != nil && !slices.Contains(p.desks(false), c.Desk) && (p.ID == "" || c.AskedID != p.ID) {
		return false
	}
	return p.Can(CaseRead) && (p.Staff() || p.Role == Holder && p.OrgID != "" && c.HolderID == p.OrgID)
}

// MaySeeFeed reports whether p may read a feed and its problems.
func (p Principal) MaySeeFeed(f listing.Feed) bool {
	return p.Can(ListingRead) && (p.Staff() || p.Role == Seller && p.OrgID != "" && f.SellerID == p.OrgID)
}

// Witness says whom a listing concerns, where its own row does not.
type Witness interface {
	VerdictsOf(ctx context.Context, listingID string, limit int) ([]verdict.Verdict, error)
	Brand(ctx context.Context, id string) (registry.Brand, error)
}

// witnessed is how many verdicts back a holder's brand may have been seen.
const witnessed = 50

// MaySeeListing reports whether p may read a listing: staff all, sellers their
// own, holders those on which one of their brands was found.
func (p Principal) MaySeeListing(ctx context.Context, w Witness, l listing.Listing) (bool, error) {
	switch {
	case !p.Can(ListingRead) || !p.Staff() && p.OrgID == "":
		return false, nil
	case p.Staff():
		return true, nil
	case p.Role == Seller:
		return l.SellerID == p.OrgID, nil
	case p.Role != Holder:
		return false, nil
	}
	list, err := w.VerdictsOf(ctx, l.ID, witnessed)
	if err != nil {
		return false, err
	}
	own := p.ownBrands(ctx, w)
	for _, v := range list {
		for _, s := range v.Signals {
			if ok, err := own(s.BrandID); ok || err != nil {
				return ok, err
			}
		}
	}
	return false, nil
}

// ownBrands asks for each brand once whether it is p's.
func (p Principal) ownBrands(ctx context.Context, w Witness) func(brandID string) (bool, error) {
	known := map[string]bool{"": false}
	return func(id string) (bool, error) {
		if own, ok := known[id]; ok {
			return own, nil
		}
		b, err := w.Brand(ctx, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return false, err
		}
		known[id] = err == nil && p.OrgID != "" && b.HolderID == p.OrgID
		return known[id], nil
	}
}

// ShowVerdict is what p may read of a verdict on a listing it may see: holders
// without the findings for others' brands, sellers without the protected
// pictures and the weights, which would teach how to slip past.
func (p Principal) ShowVerdict(ctx context.Context, w Witness, v verdict.Verdict) (verdict.Verdict, error) {
	switch p.Role {
	case Holder:
		return p.ownFindings(ctx, w, v)
	case Seller:
		v.Signals = slices.Clone(v.Signals)
		for i := range v.Signals {
			v.Signals[i] = forSeller(v.Signals[i])
		}
	}
	return v, nil
}

func forSeller(s signal.Signal) signal.Signal {
	s.For, s.Against, s.Braked, s.Decided = nil, nil, false, nil
	if s.Sighting != nil {
		sight := *s.Sighting
		sight.AssetPicture, sight.AssetOutline = "", nil
		if sight.Part != nil {
			part := *sight.Part
			part.AssetOutline = nil
			sight.Part = &part
		}
		s.Sighting = &sight
	}
	return s
}

func (p Principal) ownFindings(ctx context.Context, w Witness, v verdict.Verdict) (verdict.Verdict, error) {
	own := p.ownBrands(ctx, w)
	place := make(map[int]int, len(v.Signals)) // old index -> new
	var kept []signal.Signal
	ids := map[string]bool{}
	for i, s := range v.Signals {
		ok, err := own(s.BrandID)
		if err != nil {
			return verdict.Verdict{}, err
		}
		if ok {
			place[i] = len(kept)
			kept = append(kept, s)
			ids[s.BrandID], ids[s.AssetID] = true, true
		}
	}
	v.Signals = kept
	v.Matched = slices.DeleteFunc(slices.Clone(v.Matched), func(id string) bool { return !ids[id] })
	v.Reasons = moveReasons(v.Reasons, place)
	return v, nil
}

// moveReasons keeps the reasons that stand on kept signals.
func moveReasons(all []verdict.Reason, place map[int]int) []verdict.Reason {
	var out []verdict.Reason
	for _, r := range all {
		var at []int
		for _, i := range r.Signals {
			if n, ok := place[i]; ok {
				at = append(at, n)
			}
		}
		if len(at) > 0 {
			r.Signals = at
			out = append(out, r)
		}
	}
	return out
}

// ShowCase is what p may read of a case it may see: outsiders get the decision
// and its reason, not the reviewers' names and notes.
func (p Principal) ShowCase(c casefile.Case) casefile.Case {
	if p.Staff() {
		return c
	}
	c.AssigneeID, c.LeaseUntil, c.AskedID, c.Barred, c.Hold, c.ProposalID, c.Tier, c.Desk = "", nil, "", nil, nil, "", "", ""
	if c.Decision != nil {
		d := p.ShowDecision(*c.Decision)
		c.Decision = &d
	}
	return c
}

// ShowBrake is what p may read of an asset's brake: not who released it,
// unless p is staff.
func (p Principal) ShowBrake(b registry.Brake) registry.Brake {
	if !p.Staff() {
		b.ReleasedBy = ""
	}
	return b
}

// ShowDecision is the same for one decision.
func (p Principal) ShowDecision(d casefile.Decision) casefile.Decision {
	if !p.Staff() {
		d.Note, d.ActorID, d.ActorName = "", "", ""
	}
	return d
}
