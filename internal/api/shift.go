package api

import (
	"context"
	"net/http"

	"assay/internal/access"
	"assay/internal/registry"
)

// ShiftIn says which photographs are to be sought how.
type ShiftIn struct {
	To       registry.Sought `json:"to" enum:"inside,whole" doc:"How far they are sought from now on."`
	Query    string          `json:"q,omitempty" maxLength:"200" doc:"Part of a label or id."`
	HolderID string          `json:"holder_id,omitempty" maxLength:"100" doc:"Photographs of one rights holder."`
	BrandID  string          `json:"brand_id,omitempty" maxLength:"100" doc:"Photographs of one brand."`
	Count    *int            `json:"count,omitempty" minimum:"0" doc:"The number you were told. Without it nothing is changed, and the answer tells it."`
}

// ShiftOut says how many they are.
type ShiftOut struct {
	Count   int `json:"count" doc:"Photographs that match and were sought otherwise."`
	Changed int `json:"changed" doc:"How many of them are sought as you said now."`
}

func (a *API) registerShift() {
	post := deed("post-assets-sought", http.MethodPost, "/assets/sought", "Registry", "Change how far many photographs are sought",
		"Send it without count to be told how many photographs would change, retired ones too, and with that count to change them. With more of them by then nothing is "+
			"changed (409). Rights holders change their own only. It works in batches: repeated after a failure it goes on with the rest, and repeated after all is done it changes nothing.",
		way{permission: access.RegistryWrite, long: true})
	handle(a, post, func(ctx context.Context, in *struct{ Body ShiftIn }) (*answered[ShiftOut], error) {
		return answerWith(a.shift(ctx, in.Body))
	})
}

func (a *API) shift(ctx context.Context, in ShiftIn) (out ShiftOut, err error) {
	f := registry.Filter{HolderID: in.HolderID}
	me(ctx).ScopeRegistry(&f)
	s := registry.Shift{Query: in.Query, HolderID: f.HolderID, BrandID: in.BrandID, To: in.To}
	if out.Count, err = a.d.Keeper.CountShift(ctx, s); err != nil || in.Count == nil {
		return out, err
	}
	out.Changed, err = a.d.Keeper.Shift(ctx, s, *in.Count, me(ctx).ID, nil)
	return out, err
}
