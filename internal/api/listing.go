package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"assay/internal/access"
	"assay/internal/listing"
	"assay/internal/listing/intake"
	"assay/internal/verdict"
)

// PictureIn names a picture of an offer.
type PictureIn struct {
	URL  string `json:"url,omitempty" maxLength:"4000" doc:"Where it can be fetched (http or https), or its name in the same upload."`
	Hash string `json:"hash,omitempty" pattern:"^sha256:[0-9a-f]{64}$" doc:"Content key of an uploaded picture."`
}

// OfferIn is what a seller states about goods on sale.
type OfferIn struct {
	Title       string            `json:"title" doc:"As buyers see it."`
	Description string            `json:"description,omitempty" doc:"Plain text, without markup."`
	Brand       string            `json:"brand,omitempty" doc:"As the seller states it."`
	Category    string            `json:"category,omitempty" example:"Fashion > Watches" doc:"Levels separated by ' > '."`
	Condition   string            `json:"condition,omitempty" example:"new" doc:"new, refurbished, used or empty."`
	Price       *listing.Money    `json:"price,omitempty" doc:"In the minor unit of the currency: 12900 KRW, 1999 USD for 19.99."`
	GTIN        string            `json:"gtin,omitempty"`
	MPN         string            `json:"mpn,omitempty"`
	Link        string            `json:"link,omitempty" doc:"Page of the offer."`
	Language    string            `json:"language,omitempty" example:"ko" doc:"BCP 47."`
	Country     string            `json:"country,omitempty" example:"KR" doc:"Where it is offered, ISO 3166-1 alpha-2."`
	Pictures    []PictureIn       `json:"pictures,omitempty" doc:"In the order buyers see them."`
	Attributes  map[string]string `json:"attributes,omitempty" doc:"Further text that buyers see: colour, material, options."`
}

// ListingIn is one listing as a marketplace states it.
type ListingIn struct {
	Seller     string  `json:"seller,omitempty" maxLength:"200" doc:"The marketplace's own id of the seller. A seller's own key may leave it out."`
	SellerName string  `json:"seller_name,omitempty" maxLength:"300" doc:"Used when the seller is seen for the first time."`
	Offer      OfferIn `json:"offer"`
}

// row is the listing in the words of the rooms behind.
func (l ListingIn) row(externalID string) listing.Row {
	o := l.Offer
	offer := listing.Offer{Title: o.Title, Description: o.Description, Brand: o.Brand, Category: o.Category, Condition: o.Condition,
		Price: o.Price, GTIN: o.GTIN, MPN: o.MPN, Link: o.Link, Language: o.Language, Country: o.Country, Attributes: o.Attributes}
	for _, p := range o.Pictures {
		offer.Pictures = append(offer.Pictures, listing.Picture{URL: p.URL, Hash: p.Hash})
	}
	return listing.Row{ExternalID: externalID, SellerExternalID: l.Seller, SellerName: l.SellerName, Offer: offer}
}

// ListingState is a listing with its newest revision.
type ListingState struct {
	Listing  listing.Listing  `json:"listing"`
	Revision listing.Revision `json:"revision" doc:"The newest."`
}

// TakenListing is the answer to a listing taken in.
type TakenListing struct {
	Listing  listing.Listing  `json:"listing"`
	Revision listing.Revision `json:"revision"`
	Changed  bool             `json:"changed" doc:"False when the same was known already; nothing follows then."`
}

type savingListing struct {
	Market     string `path:"market" maxLength:"100" doc:"The marketplace; main unless you run several."`
	ExternalID string `path:"external_id" maxLength:"200" doc:"The marketplace's own id of the listing."`
	Body       ListingIn
}

type savedListing struct {
	Status int
	Body   TakenListing
}

type listingTurn struct {
	Turn
	Market   string         `query:"market" maxLength:"100" doc:"Listings of one marketplace."`
	SellerID string         `query:"seller" maxLength:"100" doc:"Listings of one seller (its id here)."`
	Status   listing.Status `query:"status" maxLength:"20" doc:"pending, live, held, removed or gone."`
	Query    string         `query:"q" maxLength:"200" doc:"Part of the title or the marketplace's id."`
}

func (a *API) registerListings() {
	const tag = "Listings"
	read := way{permission: access.ListingRead}
	put := deed("put-listing", http.MethodPut, "/listings/{market}/{external_id}", tag, "Take in one listing",
		"Stores the listing as a new revision when it differs from the newest one, and has it screened. 201 when it was not known before.",
		way{permission: access.ListingWrite, replays: true})
	put.Responses = map[string]*huma.Response{"201": {Description: "Created", Content: map[string]*huma.MediaType{"application/json": {Schema: a.schema(TakenListing{})}}}}
	handle(a, put, a.putListing)
	handle(a, deed("list-listings", http.MethodGet, "/listings", tag, "List listings",
		"Newest first. Sellers see their own, rights holders those that have or had a case about one of their brands.", read), a.listListings)
	handle(a, deed("get-listing", http.MethodGet, "/listings/{id}", tag, "Read a listing", "", read),
		func(ctx context.Context, in *byID) (*answered[ListingState], error) {
			l, err := a.visibleListing(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			r, err := a.d.Store.Revision(ctx, listing.RevisionID(l.ID, l.Revision))
			return answerWith(ListingState{l, r}, err)
		})
	handle(a, deed("list-revisions", http.MethodGet, "/listings/{id}/revisions", tag, "List the revisions of a listing", "Newest first, all of them.", read),
		func(ctx context.Context, in *byID) (*answered[Page[listing.Revision]], error) {
			if _, err := a.visibleListing(ctx, in.ID); err != nil {
				return nil, err
			}
			rows, err := a.d.Store.Revisions(ctx, in.ID)
			return answerWith(Page[listing.Revision]{Items: rows}, err)
		})
	handle(a, deed("list-verdicts", http.MethodGet, "/listings/{id}/verdicts", tag, "List the verdicts on a listing",
		"Newest first, with their evidence. Rights holders see the findings for their own brands only.", read), a.listVerdicts)
}

// source is where a caller's rows come from and whose they may be.
func source(p access.Principal, market string) intake.Source {
	src := intake.Source{Market: market, Name: "api", ActorID: p.ID}
	if id, limited := p.SellerScope(); limited {
		src.DefaultSeller, src.OnlySeller = id, id
	}
	return src
}

func (a *API) putListing(ctx context.Context, in *savingListing) (*savedListing, error) {
	taken, err := a.d.Intake.Take(ctx, source(me(ctx), in.Market), []listing.Row{in.Body.row(in.ExternalID)})
	if err != nil {
		return nil, err
	}
	t := taken[0]
	if t.Err != nil {
		return nil, t.Err
	}
	status := http.StatusOK
	if t.Changed && t.Revision.Number == 1 {
		status = http.StatusCreated
	}
	return &savedListing{status, TakenListing{t.Listing, t.Revision, t.Changed}}, nil
}

// visibleListing gives a listing that the caller may see; others are not
// there for him.
func (a *API) visibleListing(ctx context.Context, id string) (listing.Listing, error) {
	l, err := a.d.Store.Listing(ctx, id)
	if err != nil {
		return l, absent(err, "listing", id)
	}
	ok, err := me(ctx).MaySeeListing(ctx, a.d.Store, l)
	if err == nil && !ok {
		err = noSuch("listing", id)
	}
	return l, err
}

func (a *API) listListings(ctx context.Context, in *listingTurn) (*answered[Page[listing.Summary]], error) {
	f := listing.Filter{Market: in.Market, SellerID: in.SellerID, Status: in.Status, Query: in.Query, After: in.After, Limit: in.Limit}
	me(ctx).ScopeListings(&f)
	rows, next, err := a.d.Store.Listings(ctx, f)
	if rows == nil {
		rows = []listing.Summary{}
	}
	return answerWith(Page[listing.Summary]{rows, next}, err)
}

func (a *API) listVerdicts(ctx context.Context, in *byID) (*answered[Page[verdict.Verdict]], error) {
	if _, err := a.visibleListing(ctx, in.ID); err != nil {
		return nil, err
	}
	rows, err := a.d.Store.VerdictsOf(ctx, in.ID, 100)
	if err != nil {
		return nil, err
	}
	out := Page[verdict.Verdict]{Items: []verdict.Verdict{}}
	for _, v := range rows {
		shown, err := me(ctx).ShowVerdict(ctx, a.d.Store, v)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, shown)
	}
	return &answered[Page[verdict.Verdict]]{out}, nil
}
