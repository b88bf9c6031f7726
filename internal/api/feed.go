package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"assay/internal/access"
	"assay/internal/listing"
	"assay/internal/listing/intake"
)

type feedTurn struct {
	Turn
	SellerID string `query:"seller" maxLength:"100" doc:"Feeds of one seller (its id here)."`
}

type problemTurn struct {
	ID    string `path:"id" maxLength:"100" doc:"Id of the feed."`
	After int    `query:"after" minimum:"0" doc:"Line of the last problem of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Problems on a page, about: those of one line stay together."`
}

type postedFeed struct {
	Location string `header:"Location" doc:"Where to ask how far it is."`
	Replay   string `header:"Idempotent-Replay" doc:"true when this is the answer to an earlier request with the same Idempotency-Key."`
	Status   int
	Body     listing.Feed
}

func (a *API) registerFeeds() {
	const tag = "Feeds"
	read := way{permission: access.ListingRead}
	post := deed("post-feed", http.MethodPost, "/feeds", tag, "Upload a feed",
		"A file with many listings: Google Merchant (TSV or XML), Shopify or WooCommerce CSV, schema.org, or a table with a mapping of your own. "+
			"It is kept and read in the background; ask for the feed to see how far it is.",
		way{permission: access.ListingWrite, long: true, replaysItself: true, status: http.StatusAccepted})
	handle(a, post, a.postFeed)
	a.documentBody(post, map[string]*huma.MediaType{"multipart/form-data": {Schema: feedForm()}})
	handle(a, deed("list-feeds", http.MethodGet, "/feeds", tag, "List feeds", "Newest first. Sellers see their own.", read), a.listFeeds)
	handle(a, deed("get-feed", http.MethodGet, "/feeds/{id}", tag, "Read how far a feed is", "", read),
		func(ctx context.Context, in *byID) (*answered[listing.Feed], error) {
			return answerWith(a.visibleFeed(ctx, in.ID))
		})
	handle(a, deed("list-feed-problems", http.MethodGet, "/feeds/{id}/problems", tag, "List the problems of a feed",
		"Rejected rows and warnings, in the order of the file.", read), a.listProblems)
	rejects := deed("get-feed-rejects", http.MethodGet, "/feeds/{id}/rejects.ndjson", tag, "Download the rejected rows",
		"One problem a line, with the row as it came.", read)
	handle(a, rejects, a.rejects)
	a.documentAnswer(rejects, "application/x-ndjson", a.schema(listing.RowProblem{}), "One line for each problem of a rejected row.")
}

func feedForm() *huma.Schema {
	text := func(doc string) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Description: doc} }
	return &huma.Schema{Type: huma.TypeObject, Required: []string{"feed"}, Properties: map[string]*huma.Schema{
		"feed":     {Type: huma.TypeString, Format: "binary", Description: "The file."},
		"format":   text("Its format, when it is not to be recognised."),
		"mapping":  text("YAML that maps its columns to ours."),
		"currency": text("Currency of prices that name none, e.g. KRW."),
		"market":   text("The marketplace; main unless you run several."),
		"seller":   text("Id here of the seller of rows that name none. A seller's own key needs none."),
		"pictures": {Type: huma.TypeString, Format: "binary", Description: "A zip archive with pictures that the feed names."},
		"picture":  {Type: huma.TypeArray, Items: binary(), Description: "Pictures that the feed names, file by file."},
	}}
}

// postFeed keeps the files, then the feed, its job and the answer to its
// Idempotency-Key in one transaction.
func (a *API) postFeed(ctx context.Context, in *Stream) (*postedFeed, error) {
	key, who := in.r.Header.Get("Idempotency-Key"), me(ctx).ID
	if !validKey(key) {
		return nil, errKeyForm()
	}
	if key != "" {
		if !a.flying.begin(who + " " + key) {
			return nil, errFlying()
		}
		defer a.flying.end(who + " " + key)
	}
	form, err := a.readFeedForm(ctx, in)
	if err != nil {
		return nil, err
	}
	hash := form.hash()
	if key != "" {
		if kept, err := a.recallFeed(ctx, key, hash); kept != nil || err != nil {
			return kept, err
		}
	}
	f, err := a.newFeed(ctx, form)
	if err != nil {
		return nil, err
	}
	ans, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	err = a.d.Store.Atomic(ctx, func(ctx context.Context) error {
		if err := a.d.Store.PutFeed(ctx, f); err != nil {
			return err
		}
		if err := a.d.Queue.Enqueue(ctx, intake.FeedJobFor(f.ID)); err != nil || key == "" {
			return err
		}
		return a.d.Store.Remember(ctx, who, key, hash, http.StatusAccepted, ans, a.d.Now())
	})
	return &postedFeed{Location: base + "/feeds/" + f.ID, Status: http.StatusAccepted, Body: f}, err
}

// recallFeed is the answer kept for a key; neither answer nor error: none yet.
func (a *API) recallFeed(ctx context.Context, key, hash string) (*postedFeed, error) {
	status, data, found, err := a.d.Store.Recall(ctx, me(ctx).ID, key, hash)
	if err != nil || !found {
		return nil, usedKey(err)
	}
	kept := &postedFeed{Status: status, Replay: "true"}
	if err := json.Unmarshal(data, &kept.Body); err != nil {
		return nil, err
	}
	kept.Location = base + "/feeds/" + kept.Body.ID
	return kept, nil
}

func (a *API) newFeed(ctx context.Context, form *feedUpload) (listing.Feed, error) {
	p, now := me(ctx), a.d.Now()
	f := listing.Feed{ID: uuid.Must(uuid.NewV7()).String(), Market: form.text["market"], SellerID: form.text["seller"], Name: form.name,
		Format: form.text["format"], Blob: form.blob, Mapping: form.text["mapping"], Currency: form.text["currency"], State: listing.FeedWaiting, ActorID: p.ID, CreatedAt: now, UpdatedAt: now}
	if f.Market == "" {
		f.Market = "main"
	}
	if own, limited := p.SellerScope(); limited {
		if f.SellerID != "" && f.SellerID != own {
			return f, invalidField("seller", "other_seller", "leave it out: the feed of your key is your own shop's")
		}
		f.SellerID, f.OnlySeller = own, true
	}
	if f.SellerID != "" {
		if _, err := a.d.Store.Seller(ctx, f.SellerID); err != nil {
			return f, absentField(err, "seller", "there is no seller with this id; save it first")
		}
	}
	if len(form.pictures) == 0 {
		return f, nil
	}
	names, err := json.Marshal(form.pictures)
	if err != nil {
		return f, err
	}
	f.Pictures, err = a.d.Blobs.Put(ctx, names)
	return f, err
}

func (a *API) visibleFeed(ctx context.Context, id string) (listing.Feed, error) {
	f, err := a.d.Store.Feed(ctx, id)
	if err != nil {
		return f, absent(err, "feed", id)
	}
	if !me(ctx).MaySeeFeed(f) {
		return listing.Feed{}, noSuch("feed", id)
	}
	return f, nil
}

func (a *API) listFeeds(ctx context.Context, in *feedTurn) (*answered[Page[listing.Feed]], error) {
	p := me(ctx)
	seller := in.SellerID
	if own, limited := p.SellerScope(); limited {
		seller = own
	}
	if !p.Staff() && seller == "" || p.Role == access.Holder {
		return &answered[Page[listing.Feed]]{Page[listing.Feed]{Items: []listing.Feed{}}}, nil
	}
	rows, err := a.d.Store.Feeds(ctx, seller, in.After, in.Limit+1)
	return answerWith(cut(rows, in.Limit, func(f *listing.Feed) string { return f.ID }), err)
}

// ProblemPage is one page of the problems of a feed.
type ProblemPage struct {
	Items []listing.RowProblem `json:"items"`
	Next  int                  `json:"next,omitempty" doc:"Send it as after for the next page; missing on the last."`
}

func (a *API) listProblems(ctx context.Context, in *problemTurn) (*answered[ProblemPage], error) {
	if _, err := a.visibleFeed(ctx, in.ID); err != nil {
		return nil, err
	}
	rows, err := a.d.Store.Problems(ctx, in.ID, in.After, in.Limit)
	p := ProblemPage{Items: rows}
	if len(rows) >= in.Limit {
		p.Next = rows[len(rows)-1].Line
	}
	if rows == nil {
		p.Items = []listing.RowProblem{}
	}
	return answerWith(p, err)
}

// rejects streams page by page; a page that cannot be read cuts the download.
func (a *API) rejects(ctx context.Context, in *byID) (*file, error) {
	f, err := a.visibleFeed(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	const page = 500
	rows, err := a.d.Store.Problems(ctx, f.ID, 0, page)
	if err != nil {
		return nil, err
	}
	return &file{func(c huma.Context) {
		c.SetHeader("Content-Type", "application/x-ndjson")
		c.SetHeader("Content-Disposition", `attachment; filename="rejects.ndjson"`)
		c.SetStatus(http.StatusOK)
		enc := json.NewEncoder(c.BodyWriter())
		for {
			for _, p := range rows {
				if !p.Rejected {
					continue
				}
				if err := enc.Encode(p); err != nil {
					panic(http.ErrAbortHandler)
				}
			}
			if len(rows) < page {
				return
			}
			if rows, err = a.d.Store.Problems(ctx, f.ID, rows[len(rows)-1].Line, page); err != nil {
				panic(http.ErrAbortHandler)
			}
		}
	}}, nil
}
