package api

import (
	"context"
	"net/http"
	"slices"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/verdict"
)

// Dossier is a case with everything a client needs to show it.
type Dossier struct {
	Case      casefile.Case       `json:"case"`
	Decisions []casefile.Decision `json:"decisions" doc:"All of them, oldest first."`
	Listing   listing.Listing     `json:"listing"`
	Revision  listing.Revision    `json:"revision" doc:"The revision that is judged."`
	Verdict   verdict.Verdict     `json:"verdict" doc:"With its evidence: where, how near, by which asset."`
	Seller    CaseSeller          `json:"seller"`
	Licences  []registry.Licence  `json:"licences" doc:"Of this seller, for brands that were found."`
	Assets    []registry.Asset    `json:"assets" doc:"That were found."`
	Brands    []registry.Brand    `json:"brands" doc:"That were found."`
	Rights    []registry.Right    `json:"rights" doc:"Behind what was found."`
	Notes     []casefile.Note     `json:"notes" doc:"What colleagues wrote down, oldest first; staff only."`
	Clock     casefile.Clock      `json:"clock" doc:"How its due date stands: in_time, soon or overdue."`
	Proposal  *casefile.Proposal  `json:"proposal,omitempty" doc:"A first answer that waits for a second person; staff only."`
	Grounds   map[string][]string `json:"grounds" doc:"Reasons a decision may have, by outcome."`
}

// CaseSeller is what a case tells of the seller.
type CaseSeller struct {
	ID           string              `json:"id"`
	ExternalID   string              `json:"external_id"`
	Name         string              `json:"name"`
	Country      string              `json:"country,omitempty"`
	Verification seller.Verification `json:"verification"`
	Status       seller.Status       `json:"status"`
}

// CaseFilter narrows a list of cases.
type CaseFilter struct {
	State    casefile.State   `query:"state" enum:"open,closed,superseded" doc:"Cases of one state."`
	Assignee string           `query:"assignee" maxLength:"100" doc:"Cases of one reviewer."`
	Free     bool             `query:"unassigned" doc:"Cases that nobody holds just now."`
	HolderID string           `query:"holder" maxLength:"100" doc:"Cases about brands of one rights holder."`
	BrandID  string           `query:"brand" maxLength:"100" doc:"Cases about one brand."`
	SellerID string           `query:"seller" maxLength:"100" doc:"Cases of one seller (its id here)."`
	AssetID  string           `query:"asset" maxLength:"100" doc:"Decided cases whose verdict stood on one asset."`
	Reason   string           `query:"reason" maxLength:"100" doc:"Cases of one reason."`
	Proposed verdict.Decision `query:"proposed" enum:"review,block" doc:"What the policy asked for."`
	Query    string           `query:"q" maxLength:"200" doc:"Part of the title."`
	Source   casefile.Source  `query:"source" enum:"screening,notice,appeal,sample,similar" doc:"What asks."`
	Desk     string           `query:"desk" maxLength:"60" doc:"Cases of one desk; - for the common queue."`
	Severity int              `query:"severity" minimum:"0" maximum:"4" doc:"At least so grave: 1 minor, 2 usual, 3 grave, 4 dangerous goods."`
	Clock    casefile.Clock   `query:"clock" enum:"soon,overdue" doc:"Overdue; or due soon, which takes in the overdue."`
	Older    int              `query:"older" minimum:"0" maximum:"100000" doc:"Opened so many hours ago at least."`
	Held     casefile.Hung    `query:"held" enum:"no,yes" doc:"Cases that wait because somebody held them, or those that do not."`
	Asked    bool             `query:"asked" doc:"Cases in which your opinion is asked."`
	Two      bool             `query:"two_people" doc:"Cases with a first answer that waits for a second person."`
}

func (in CaseFilter) filter(a *API, p access.Principal) casefile.Filter {
	f := casefile.Ask{Clock: in.Clock, Older: in.Older}.Filter(p.ID, a.d.Now(), a.d.Desk.Soon())
	f.State, f.AssigneeID, f.Unassigned, f.HolderID, f.BrandID = in.State, in.Assignee, in.Free, in.HolderID, in.BrandID
	f.SellerID, f.AssetID, f.Reason, f.Proposed, f.Query = in.SellerID, in.AssetID, in.Reason, in.Proposed, in.Query
	f.Source, f.Desk, f.Severity, f.TwoPeople = in.Source, in.Desk, in.Severity, in.Two
	f.OnHold = in.Held.Filter()
	if in.Asked {
		f.AskedID = p.ID
	}
	p.ScopeCases(&f)
	return f
}

type caseTurn struct {
	Turn
	CaseFilter
}

type deciding struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the case."`
	Body casefile.Answer
}

type counts struct {
	Body struct {
		Open map[string]int `json:"open" doc:"Open cases by reason."`
	}
}

func (a *API) registerCases() {
	const tag = "Cases"
	read, decide := way{permission: access.CaseRead}, way{permission: access.CaseDecide}
	handle(a, deed("list-cases", http.MethodGet, "/cases", tag, "List cases",
		"Whose turn it is first (turn_at): grave cases and those with much at stake sooner, and old ones before new ones at last. Rights holders see cases about their brands.", read), a.listCases)
	handle(a, deed("count-cases", http.MethodGet, "/cases/count", tag, "Count open cases", "By reason, with the same filters.", read),
		func(ctx context.Context, in *CaseFilter) (*counts, error) {
			var out counts
			var err error
			out.Body.Open, err = a.d.Store.CountCases(ctx, in.filter(a, me(ctx)))
			return &out, err
		})
	handle(a, deed("get-case", http.MethodGet, "/cases/{id}", tag, "Read a case", "With its listing, verdict, evidence, registry rows and decisions.", read),
		func(ctx context.Context, in *byID) (*answered[Dossier], error) {
			return answerWith(a.dossier(ctx, in.ID))
		})
	handle(a, deed("next-case", http.MethodPost, "/cases/next", tag, "Claim the next case", "The most urgent open case that nobody holds; 404 when there is none.", decide),
		func(ctx context.Context, in *CaseFilter) (*answered[casefile.Case], error) {
			return answerWith(a.d.Desk.Next(ctx, in.filter(a, me(ctx)), actor(ctx)))
		})
	handle(a, deed("claim-case", http.MethodPost, "/cases/{id}/claim", tag, "Claim a case", "It is yours for 20 minutes; claim again to go on.", decide),
		func(ctx context.Context, in *byID) (*answered[casefile.Case], error) {
			return onSeen(a, ctx, in.ID, func() (casefile.Case, error) { return a.d.Desk.Claim(ctx, in.ID, actor(ctx)) })
		})
	handle(a, deed("release-case", http.MethodPost, "/cases/{id}/release", tag, "Give a case back", "", decide),
		func(ctx context.Context, in *byID) (*answered[casefile.Case], error) {
			return onSeen(a, ctx, in.ID, func() (casefile.Case, error) { return a.d.Desk.Release(ctx, in.ID, actor(ctx)) })
		})
	decide.replays = true
	handle(a, deed("decide-case", http.MethodPost, "/cases/{id}/decision", tag, "Decide a case",
		"pass puts the listing on sale, block removes it. Give the version of the case that you read: when it has changed since, the answer is 409. "+
			"Where it takes two people, the first answer waits (proposal_id) and the second person gives the same one. "+
			"With the reason not_the_same_picture, innocent adds the matched pictures to the innocent pictures of the assets they were taken for.", decide),
		func(ctx context.Context, in *deciding) (*answered[casefile.Case], error) {
			return onSeen(a, ctx, in.ID, func() (casefile.Case, error) { return a.d.Desk.Decide(ctx, in.ID, in.Body, actor(ctx)) })
		})
}

func actor(ctx context.Context) casefile.Actor {
	return me(ctx).Actor()
}

func (a *API) listCases(ctx context.Context, in *caseTurn) (*answered[Page[casefile.Case]], error) {
	p := me(ctx)
	f := in.filter(a, p)
	f.After, f.Limit = in.After, in.Limit
	page, err := a.d.Store.Cases(ctx, f)
	if err != nil {
		return nil, err
	}
	out := Page[casefile.Case]{Items: make([]casefile.Case, len(page.Cases)), Next: page.Next}
	for i, c := range page.Cases {
		out.Items[i] = p.ShowCase(c)
	}
	return &answered[Page[casefile.Case]]{out}, nil
}

func (a *API) dossier(ctx context.Context, id string) (Dossier, error) {
	p := me(ctx)
	c, err := a.d.Store.Case(ctx, id)
	if err != nil {
		return Dossier{}, absent(err, "case", id)
	}
	if !p.MaySeeCase(c) {
		return Dossier{}, noSuch("case", id)
	}
	d := Dossier{Case: p.ShowCase(c), Clock: a.d.Desk.ClockOf(c), Notes: []casefile.Note{}, Decisions: []casefile.Decision{}, Licences: []registry.Licence{}, Assets: []registry.Asset{},
		Brands: []registry.Brand{}, Rights: []registry.Right{}, Grounds: map[string][]string{}}
	for outcome, grounds := range casefile.Grounds {
		d.Grounds[string(outcome)] = grounds
	}
	for _, fill := range []func(context.Context, access.Principal, casefile.Case) error{d.listing(a), d.verdict(a), d.decisions(a), d.registry(a), d.seller(a), d.handling(a)} {
		if err := fill(ctx, p, c); err != nil {
			return Dossier{}, err
		}
	}
	return d, nil
}

type filler = func(context.Context, access.Principal, casefile.Case) error

func (d *Dossier) listing(a *API) filler {
	return func(ctx context.Context, _ access.Principal, c casefile.Case) (err error) {
		if d.Listing, err = a.d.Store.Listing(ctx, c.ListingID); err != nil {
			return err
		}
		d.Revision, err = a.d.Store.Revision(ctx, c.RevisionID)
		return err
	}
}

func (d *Dossier) verdict(a *API) filler {
	return func(ctx context.Context, p access.Principal, c casefile.Case) error {
		v, err := a.d.Store.Verdict(ctx, c.VerdictID)
		if err != nil {
			return err
		}
		d.Verdict, err = p.ShowVerdict(ctx, a.d.Store, v)
		return err
	}
}

func (d *Dossier) decisions(a *API) filler {
	return func(ctx context.Context, p access.Principal, c casefile.Case) error {
		list, err := a.d.Store.Decisions(ctx, c.ID)
		for _, one := range list {
			d.Decisions = append(d.Decisions, p.ShowDecision(one))
		}
		return err
	}
}

func (d *Dossier) seller(a *API) filler {
	return func(ctx context.Context, _ access.Principal, c casefile.Case) error {
		s, err := a.d.Store.Seller(ctx, c.SellerID)
		d.Seller = CaseSeller{s.ID, s.ExternalID, s.Name, s.Country, s.Verification, s.Status}
		return err
	}
}

// handling adds what colleagues did, for colleagues.
func (d *Dossier) handling(a *API) filler {
	return func(ctx context.Context, p access.Principal, c casefile.Case) (err error) {
		if !p.Staff() {
			return nil
		}
		if d.Notes, err = a.d.Store.Notes(ctx, c.ID); err != nil || c.ProposalID == "" {
			return err
		}
		first, err := a.d.Store.Proposal(ctx, c.ProposalID)
		d.Proposal = &first
		return err
	}
}

// registry adds the rows that the shown findings name; the verdict has been
// cut to what the reader may see before.
func (d *Dossier) registry(a *API) filler {
	return func(ctx context.Context, p access.Principal, c casefile.Case) error {
		st := a.d.Store
		var brands, assets, rights []string
		for _, s := range d.Verdict.Signals {
			brands, assets, rights = append(brands, s.BrandID), append(assets, s.AssetID), append(rights, s.RightID)
		}
		var err error
		if d.Brands, err = each(ctx, brands, st.Brand); err != nil {
			return err
		}
		if d.Assets, err = each(ctx, assets, st.Asset); err != nil {
			return err
		}
		if d.Rights, err = each(ctx, rights, st.Right); err != nil {
			return err
		}
		for _, b := range d.Brands {
			list, err := st.Licences(ctx, registry.Filter{BrandID: b.ID, SellerID: c.SellerID, Limit: 100})
			if err != nil {
				return err
			}
			d.Licences = append(d.Licences, list...)
		}
		return nil
	}
}

// each reads rows by id, each once; those that are gone are left out.
func each[T any](ctx context.Context, ids []string, get func(context.Context, string) (T, error)) ([]T, error) {
	slices.Sort(ids)
	out := []T{}
	for _, id := range slices.Compact(ids) {
		if id == "" {
			continue
		}
		row, err := get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}
