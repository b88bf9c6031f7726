package api

import (
	"context"
	"net/http"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/signal"
)

type precisionTurn struct {
	Turn
	HolderID string `query:"holder" maxLength:"100" doc:"Assets of one rights holder."`
	BrandID  string `query:"brand" maxLength:"100" doc:"Assets of one brand."`
}

func (a *API) registerPrecision() {
	const tag = "Registry"
	handle(a, deed("list-precisions", http.MethodGet, "/precisions", tag, "List how right assets were",
		"What people made of each asset's matches, the worst first: in the order of the upper end of the interval. Rights holders see their own assets only.",
		way{permission: access.RegistryRead}), a.listPrecisions)
	handle(a, deed("get-asset-precision", http.MethodGet, "/assets/{id}/precision", tag, "Read how right an asset was",
		"Of the decided cases whose verdict stood on it, how many were confirmed, with the interval in which the true share lies with 95 %. `GET /cases?asset=` lists them.",
		way{permission: access.RegistryRead}), func(ctx context.Context, in *byID) (*answered[casefile.Precision], error) {
		if _, err := a.seenAsset(ctx, me(ctx), in.ID); err != nil {
			return nil, err
		}
		return answerWith(a.d.Store.Precision(ctx, in.ID))
	})
}

func (a *API) registerSpellings() {
	handle(a, deed("list-asset-spellings", http.MethodGet, "/assets/{id}/spellings", "Registry", "List proposed spellings of a name",
		"How the name is likely to be written by those who avoid or misspell it, with weight and reason. To dismiss one, put it into the asset's `dismissed_spellings`; to add one, register it as a name of its own.",
		way{permission: access.RegistryRead}), func(ctx context.Context, in *byID) (*answered[Page[signal.Spelling]], error) {
		row, err := a.seenAsset(ctx, me(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &answered[Page[signal.Spelling]]{Page[signal.Spelling]{Items: append([]signal.Spelling{}, signal.Spellings(row)...)}}, nil
	})
}

func (a *API) listPrecisions(ctx context.Context, in *precisionTurn) (*answered[Page[casefile.Precision]], error) {
	p := me(ctx)
	if !p.ReadsBrands() {
		return nil, fault.New(fault.Forbidden, "sellers read their own licences only")
	}
	f := registry.Filter{HolderID: in.HolderID, BrandID: in.BrandID, After: in.After, Limit: in.Limit}
	p.ScopeRegistry(&f)
	page, err := a.d.Store.Precisions(ctx, f)
	if err != nil {
		return nil, err
	}
	return &answered[Page[casefile.Precision]]{Page[casefile.Precision]{Items: page.Assets, Next: page.Next}}, nil
}
