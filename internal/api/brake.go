package api

import (
	"context"
	"net/http"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/registry"
)

type brakesTurn struct {
	Turn
	HolderID string `query:"holder" maxLength:"100" doc:"Assets of one rights holder."`
	BrandID  string `query:"brand" maxLength:"100" doc:"Assets of one brand."`
	State    string `query:"state" enum:"held,all" default:"held" doc:"held: braked now; all: those that were, too."`
}

func (a *API) registerBrakes() {
	const tag = "Registry"
	handle(a, deed("list-brakes", http.MethodGet, "/brakes", tag, "List braked assets",
		"Assets that matched so much that they are not trusted to block until a person has looked at them. Rights holders see their own only.",
		way{permission: access.RegistryRead}), a.listBrakes)
	handle(a, deed("release-asset", http.MethodPost, "/assets/{id}/release", tag, "Trust a braked asset again",
		"Mend the asset first. What it matched before is not counted against it again. For administrators.",
		way{permission: access.RegistryWrite, replays: true}), a.releaseAsset)
}

func (a *API) listBrakes(ctx context.Context, in *brakesTurn) (*answered[Page[registry.Brake]], error) {
	p := me(ctx)
	if !p.ReadsBrands() {
		return nil, fault.New(fault.Forbidden, "sellers read their own licences only")
	}
	f := registry.Filter{HolderID: in.HolderID, BrandID: in.BrandID, After: in.After, Limit: in.Limit + 1}
	p.ScopeRegistry(&f)
	rows, err := a.d.Store.Brakes(ctx, f, in.State != "all")
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i] = p.ShowBrake(rows[i])
	}
	return &answered[Page[registry.Brake]]{cut(rows, in.Limit, func(b *registry.Brake) string { return b.AssetID })}, nil
}

func (a *API) releaseAsset(ctx context.Context, in *byID) (*answered[registry.Brake], error) {
	p := me(ctx)
	if _, err := a.seenAsset(ctx, p, in.ID); err != nil {
		return nil, err
	}
	if !p.MayReleaseBrake() {
		return nil, fault.New(fault.Forbidden, "only those who run the marketplace release a brake")
	}
	return answerWith(a.d.Keeper.ReleaseBrake(ctx, in.ID, p.ID))
}

// seenAsset is an asset that p may see; others are not there for him.
func (a *API) seenAsset(ctx context.Context, p access.Principal, id string) (registry.Asset, error) {
	asset, err := a.d.Store.Asset(ctx, id)
	if err != nil {
		return asset, absent(err, "asset", id)
	}
	ok, err := ofBrand(a, func(v registry.Asset) string { return v.BrandID }, access.Principal.MaySeeBrand)(ctx, p, asset)
	if err == nil && !ok {
		err = noSuch("asset", id)
	}
	return asset, err
}
