package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/seller"
)

// SellerIn is what a marketplace says of a seller.
type SellerIn struct {
	Name          string              `json:"name" minLength:"1" maxLength:"300"`
	Country       string              `json:"country,omitempty" pattern:"^[A-Z]{2}$" example:"KR" doc:"ISO 3166-1 alpha-2."`
	Language      string              `json:"language,omitempty" pattern:"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$" example:"ko" doc:"Of letters to the seller, BCP 47."`
	Email         string              `json:"email,omitempty" maxLength:"254"`
	Verification  seller.Verification `json:"verification" doc:"How far the identity has been checked."`
	VerifiedUntil *time.Time          `json:"verified_until,omitempty" doc:"When the check must be renewed."`
	Status        seller.Status       `json:"status" doc:"What the shop may do at present."`
}

type sellerTurn struct {
	Turn
	Query  string        `query:"q" maxLength:"200" doc:"Part of the name or of the marketplace's id."`
	Status seller.Status `query:"status" maxLength:"20" doc:"Sellers of one status."`
}

type savingSeller struct {
	Market     string `path:"market" maxLength:"100" doc:"The marketplace; main unless you run several."`
	ExternalID string `path:"external_id" maxLength:"200" doc:"The marketplace's own id of the seller."`
	Body       SellerIn
}

func (a *API) registerSellers() {
	const tag = "Sellers"
	handle(a, deed("list-sellers", http.MethodGet, "/sellers", tag, "List sellers", "A seller gets himself alone.", way{permission: access.SellerRead}), a.listSellers)
	handle(a, deed("get-seller", http.MethodGet, "/sellers/{id}", tag, "Read a seller", "", way{permission: access.SellerRead}),
		func(ctx context.Context, in *byID) (*answered[seller.Seller], error) {
			if !me(ctx).MaySeeSeller(in.ID) {
				return nil, noSuch("seller", in.ID)
			}
			s, err := a.d.Store.Seller(ctx, in.ID)
			return answerWith(s, absent(err, "seller", in.ID))
		})
	handle(a, deed("put-seller", http.MethodPut, "/sellers/{market}/{external_id}", tag, "Save a seller",
		"Makes the seller or replaces what is known of it: identity, verification, standing. Feeds never overwrite it.",
		way{permission: access.SellerWrite, replays: true}), a.putSeller)
}

func (a *API) listSellers(ctx context.Context, in *sellerTurn) (*answered[Page[seller.Seller]], error) {
	if id, limited := me(ctx).SellerScope(); limited {
		s, err := a.d.Store.Seller(ctx, id)
		if fault.Is(err, fault.NotFound) {
			return &answered[Page[seller.Seller]]{Page[seller.Seller]{Items: []seller.Seller{}}}, nil
		}
		return answerWith(Page[seller.Seller]{Items: []seller.Seller{s}}, err)
	}
	rows, err := a.d.Store.Sellers(ctx, seller.Filter{Query: in.Query, Status: in.Status, After: in.After, Limit: in.Limit + 1})
	return answerWith(cut(rows, in.Limit, func(s *seller.Seller) string { return s.ID }), err)
}

func (a *API) putSeller(ctx context.Context, in *savingSeller) (*saved[seller.Seller], error) {
	if in.Body.Email != "" && !strings.Contains(in.Body.Email, "@") {
		return nil, &fault.Error{Code: fault.Invalid, Message: "the seller cannot be saved as it is",
			Fields: []fault.Field{{Path: "email", Code: "bad_email", Message: "give an e-mail address"}}}
	}
	var out saved[seller.Seller]
	err := a.d.Store.Atomic(ctx, func(ctx context.Context) error {
		now := a.d.Now()
		id := listing.SellerID(in.Market, in.ExternalID)
		b := in.Body
		s := seller.Seller{ID: id, ExternalID: in.ExternalID, Name: b.Name, Country: b.Country, Language: b.Language, Email: b.Email,
			Verification: b.Verification, VerifiedUntil: b.VerifiedUntil, Status: b.Status, CreatedAt: now, UpdatedAt: now}
		old, err := a.d.Store.Seller(ctx, id)
		if err == nil {
			s.CreatedAt = old.CreatedAt
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
		out.Body = s
		if out.Changed, err = a.d.Store.PutSeller(ctx, s); err != nil || !out.Changed {
			return err
		}
		data, err := json.Marshal(map[string]string{"verification": string(s.Verification), "status": string(s.Status)})
		if err != nil {
			return err
		}
		_, err = a.d.Store.Append(ctx, ledger.Entry{At: now, Actor: me(ctx).ID, Kind: "seller.changed", Subject: id, Data: data})
		return err
	})
	return &out, err
}
