package storetest

import (
	"fmt"
	"testing"
	"time"

	"assay/internal/fault"
	"assay/internal/hearing"
)

var hearingTests = map[string]func(*testing.T, *kit){
	"kept whole":   hearingsWhole,
	"found again":  hearingsFound,
	"due":          hearingsDue,
	"pages":        hearingPages,
	"restitutions": restitutions,
}

// aHearing is about a listing of a seller.
func (k *kit) aHearing(id, sellerID string, change func(*hearing.Hearing)) hearing.Hearing {
	k.t.Helper()
	rev := k.revision("l-"+id, sellerID, "Title")
	h := hearing.Hearing{ID: id, Kind: hearing.Objection, By: hearing.Seller, DecisionID: "d-" + id, ListingID: rev.ListingID, SellerID: sellerID, State: hearing.AwaitsSeller,
		CreatedAt: noon.Add(time.Duration(k.next()) * time.Minute)}
	if change != nil {
		change(&h)
	}
	k.must(k.PutHearing(k.ctx, h))
	h.Version = 1
	return h
}

func hearingsWhole(t *testing.T, k *kit) {
	var h hearing.Hearing
	fill(&h)
	s := k.seller("s")
	h.SellerID, h.ListingID, h.Version = s, k.revision("l", s, "Title").ListingID, 0
	k.must(k.PutHearing(k.ctx, h))
	h.Version = 1
	same(t, "hearing", got[hearing.Hearing](k)(k.Hearing(k.ctx, h.ID)), h)
	old := h
	h.State = hearing.Ended
	k.must(k.PutHearing(k.ctx, h))
	k.refuses(fault.Conflict, k.PutHearing(k.ctx, old))
	twin := h
	twin.ID, twin.Version = "twin", 0
	k.refuses(fault.Conflict, k.PutHearing(k.ctx, twin)) // the same decision, kind and side
	_, err := k.Hearing(k.ctx, "none")
	k.refuses(fault.NotFound, err)
	twin.ID, twin.DecisionID, twin.SellerID = "third", "another", "nobody"
	k.refuses(fault.Invalid, k.PutHearing(k.ctx, twin))
}

func hearingIDs(list []hearing.Hearing) []string {
	out := []string{}
	for _, h := range list {
		out = append(out, h.ID)
	}
	return out
}

func hearingsFound(t *testing.T, k *kit) {
	a, b := k.seller("a"), k.seller("b")
	due := func(n int) *time.Time { t := noon.Add(time.Duration(n) * time.Hour); return &t }
	k.aHearing("1", a, func(h *hearing.Hearing) { h.Due = due(5) })
	k.aHearing("2", b, func(h *hearing.Hearing) { h.HolderID, h.State, h.Due = "h", hearing.AwaitsComplainant, due(2) })
	k.aHearing("3", a, func(h *hearing.Hearing) {
		h.Kind, h.State, h.CaseID, h.HolderID = hearing.Appeal, hearing.AwaitsDecision, "c", "h"
	})
	k.aHearing("4", a, func(h *hearing.Hearing) { h.State = hearing.Ended })
	for name, c := range map[string]struct {
		f    hearing.Filter
		want []string
	}{
		"the first to end first": {hearing.Filter{}, []string{"2", "1", "3", "4"}},
		"newest first":           {hearing.Filter{Newest: true}, []string{"4", "3", "2", "1"}},
		"of a seller":            {hearing.Filter{SellerID: a}, []string{"1", "3", "4"}},
		"of a holder":            {hearing.Filter{HolderID: "h"}, []string{"2", "3"}},
		"of a listing":           {hearing.Filter{ListingID: "l-3"}, []string{"3"}},
		"of a decision":          {hearing.Filter{DecisionID: "d-2"}, []string{"2"}},
		"of a case":              {hearing.Filter{CaseID: "c"}, []string{"3"}},
		"of a kind":              {hearing.Filter{Kind: hearing.Appeal}, []string{"3"}},
		"of a state":             {hearing.Filter{State: hearing.Ended}, []string{"4"}},
		"open":                   {hearing.Filter{Open: true, SellerID: a}, []string{"1", "3"}},
		"of nobody":              {hearing.Filter{HolderID: "-"}, []string{}},
	} {
		list, _, err := k.Hearings(k.ctx, c.f)
		k.must(err)
		same(t, name, hearingIDs(list), c.want)
	}
}

func hearingsDue(t *testing.T, k *kit) {
	s := k.seller("s")
	for n, state := range []hearing.State{hearing.AwaitsSeller, hearing.AwaitsComplainant, hearing.AwaitsDecision, hearing.AwaitsSeller} {
		end := noon.Add(time.Duration(n) * time.Hour)
		k.aHearing(fmt.Sprint(n), s, func(h *hearing.Hearing) { h.State, h.Due = state, &end })
	}
	same(t, "due", hearingIDs(got[[]hearing.Hearing](k)(k.DueHearings(k.ctx, noon.Add(2*time.Hour), 10))), []string{"0", "1"})
	same(t, "due at most", hearingIDs(got[[]hearing.Hearing](k)(k.DueHearings(k.ctx, noon.Add(9*time.Hour), 2))), []string{"0", "1"})
}

func hearingPages(t *testing.T, k *kit) {
	s := k.seller("s")
	for n := range 7 {
		end := noon.Add(time.Duration(n) * time.Hour)
		k.aHearing(fmt.Sprint(n), s, func(h *hearing.Hearing) {
			if n < 4 {
				h.Due = &end
			}
		})
	}
	for _, newest := range []bool{false, true} {
		seen := map[string]bool{}
		for after := ""; ; {
			list, next, err := k.Hearings(k.ctx, hearing.Filter{After: after, Limit: 2, Newest: newest})
			k.must(err)
			for _, h := range list {
				if seen[h.ID] {
					t.Errorf("%s is on two pages", h.ID)
				}
				seen[h.ID] = true
			}
			if after = next; next == "" {
				break
			}
		}
		same(t, "hearings on all pages", len(seen), 7)
	}
}

func restitutions(t *testing.T, k *kit) {
	a, b := k.seller("a"), k.seller("b")
	var r hearing.Restitution
	fill(&r)
	r.SellerID, r.CreatedAt = a, noon
	k.must(k.AddRestitution(k.ctx, r))
	again := r
	again.Points++
	k.must(k.AddRestitution(k.ctx, again))
	other := hearing.Restitution{DecisionID: "z", SellerID: b, CreatedAt: noon.Add(time.Hour)}
	k.must(k.AddRestitution(k.ctx, other))
	list, next, err := k.Restitutions(k.ctx, "", "", 1)
	k.must(err)
	same(t, "newest", list[0].DecisionID, "z")
	list, _, err = k.Restitutions(k.ctx, "", next, 1)
	k.must(err)
	same(t, "the one before", list, []hearing.Restitution{r})
	list, _, err = k.Restitutions(k.ctx, b, "", 10)
	k.must(err)
	same(t, "of a seller", len(list), 1)
}
