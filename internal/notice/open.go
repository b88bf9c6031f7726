package notice

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/verdict"
)

// opening is what the cases of one notice share.
type opening struct {
	*Service
	notice   Notice
	by       casefile.Actor
	already  map[string]bool
	licences map[string][]registry.Licence
	sellers  map[string]seller.Seller
}

// open makes each listing of a complete notice a case, or joins the one that
// an earlier notice opened.
func (s *Service) open(ctx context.Context, n Notice, items []Item, named map[string]Named, by casefile.Actor) ([]Item, error) {
	o := &opening{Service: s, notice: n, by: by, licences: map[string][]registry.Licence{}}
	ids, sellers := make([]string, 0, len(named)), []string{}
	for id, one := range named {
		ids, sellers = append(ids, id), append(sellers, one.SellerID)
	}
	slices.Sort(ids)
	var err error
	if o.already, err = s.Store.OpenFor(ctx, n.Notifier(), n.Kind, ids); err != nil {
		return nil, err
	}
	if o.sellers, err = s.Store.SellersByID(ctx, sellers); err != nil {
		return nil, err
	}
	for i := range items {
		if items[i].State != Waiting {
			continue
		}
		if err := o.item(ctx, &items[i], named[items[i].ListingID]); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func (o *opening) item(ctx context.Context, it *Item, one Named) error {
	switch {
	case o.already[one.ListingID]:
		it.State, it.Problem = Repeated, LineOpen
		return nil
	case one.Status == listing.Removed || one.Status == listing.Gone:
		it.State, it.Problem = Unknown, LineGone
		return nil
	}
	it.RevisionID = listing.RevisionID(one.ListingID, one.Revision)
	v, err := o.verdictOn(ctx, it.RevisionID, one.ListingID)
	if err != nil {
		return err
	}
	rev, err := o.Store.Revision(ctx, it.RevisionID)
	if err != nil {
		return err
	}
	licensed, err := o.licensed(ctx, one.SellerID, rev.Offer)
	if err != nil {
		return err
	}
	at := At{Kind: o.notice.Kind, Tier: o.notice.Tier, Standing: o.sellers[one.SellerID].Status, Licensed: licensed}
	if v.Decision != verdict.Pass {
		at.Score = v.Score
	}
	it.First = o.rules().FirstOf(at)
	if it.First == Pause && one.Status != listing.Held {
		if it.Paused, err = o.Store.SetStatus(ctx, one.ListingID, one.Revision, listing.Held, o.Now()); err != nil {
			return err
		}
	}
	it.CaseID, err = o.caseFor(ctx, *it, one, rev, v)
	return err
}

// verdictOn is the newest verdict on a revision, zero when there is none.
func (o *opening) verdictOn(ctx context.Context, revisionID, listingID string) (verdict.Verdict, error) {
	list, err := o.Store.VerdictsOf(ctx, listingID, 5)
	for _, v := range list {
		if v.RevisionID == revisionID {
			return v, err
		}
	}
	return verdict.Verdict{}, err
}

// licensed reports whether the seller may use the brand for these goods.
func (o *opening) licensed(ctx context.Context, sellerID string, offer listing.Offer) (bool, error) {
	if o.notice.BrandID == "" {
		return false, nil
	}
	list, known := o.licences[sellerID]
	if !known {
		var err error
		if list, err = o.Store.Licences(ctx, registry.Filter{BrandID: o.notice.BrandID, SellerID: sellerID, Limit: 500}); err != nil {
			return false, err
		}
		o.licences[sellerID] = list
	}
	return slices.ContainsFunc(list, func(l registry.Licence) bool { return l.Covers("", offer.Category, offer.Country, o.Now()) }), nil
}

// caseFor opens the case of a listing, or joins the open one: then the graver
// and the more urgent of the two counts.
func (o *opening) caseFor(ctx context.Context, it Item, one Named, rev listing.Revision, v verdict.Verdict) (string, error) {
	now, n := o.Now(), o.notice
	fresh := casefile.Case{ID: uuid.NewSHA1(uuid.NameSpaceOID, []byte("notice\x00"+n.ID+"\x00"+one.ListingID)).String(), Source: casefile.FromNotice,
		ListingID: one.ListingID, RevisionID: it.RevisionID, VerdictID: v.ID, SellerID: one.SellerID, BrandID: n.BrandID, HolderID: n.HolderID, Title: rev.Offer.Title,
		Reason: "notice_" + string(n.Kind), Proposed: verdict.Review, Score: max(v.Score, 0.5), State: casefile.Open, Tier: tierOfCase(n.Tier), CreatedAt: now, UpdatedAt: now}
	fresh.Severity = cmp.Or(o.Reception.Levels, casefile.Usual()).SeverityOf(n.Kind.Ground(), rev.Offer.Category)
	if it.First == Pause {
		fresh.Proposed = verdict.Block
	}
	if it.First == Ask {
		fresh.Hold = &casefile.Hold{Reason: "waiting_seller", Until: now.Add(o.rules().Answer), ByID: o.by.ID, At: now}
	}
	seller := o.sellers[one.SellerID]
	fresh, err := o.Reception.Receive(ctx, fresh, casefile.Facts{Offer: rev.Offer, Country: seller.Country})
	if err != nil {
		return "", err
	}
	open, err := o.Store.OpenCaseOf(ctx, one.ListingID, casefile.FromNotice)
	if fault.Is(err, fault.NotFound) {
		return fresh.ID, o.Store.PutCase(ctx, fresh)
	}
	if err != nil {
		return "", err
	}
	open.RevisionID, open.VerdictID = fresh.RevisionID, fresh.VerdictID
	open.Severity = max(open.Severity, fresh.Severity)
	open.DueAt, open.TurnAt = earlier(open.DueAt, fresh.DueAt), earlier(open.TurnAt, fresh.TurnAt)
	if fresh.Proposed == verdict.Block {
		open.Proposed, open.Hold = verdict.Block, nil
	}
	open.UpdatedAt = now
	return open.ID, o.Store.PutCase(ctx, open)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// tierOfCase is the notifier's tier as the queue knows it.
func tierOfCase(t Tier) string {
	if t == GoodFaith || t == SelfRemoval {
		return "good_faith"
	}
	return ""
}
