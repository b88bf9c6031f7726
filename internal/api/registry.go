package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/registry"
)

// shelf is one kind of row of the registry with who may see and change it.
type shelf[T any] struct {
	name, plural, article string
	what                  string // one sentence for the reference
	list                  func(context.Context, registry.Filter) ([]T, error)
	get                   func(context.Context, string) (T, error)
	save                  func(context.Context, T, string) (bool, error)
	id                    func(*T) *string
	see, edit             func(context.Context, access.Principal, T) (bool, error)
	forSellers            bool // sellers may list them
}

type registryTurn struct {
	Turn
	Query    string `query:"q" maxLength:"200" doc:"Part of a name, text, number or id."`
	HolderID string `query:"holder" maxLength:"100" doc:"Rows of one rights holder."`
	BrandID  string `query:"brand" maxLength:"100" doc:"Rows of one brand."`
	SellerID string `query:"seller" maxLength:"100" doc:"Licences of one seller."`
	Kind     string `query:"kind" maxLength:"30" doc:"Rights or assets of one kind."`
	Sought   string `query:"sought" enum:"inside,whole" doc:"Pictures sought inside others, or as a whole only."`
}

type saving[T any] struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the row; yours to choose."`
	Body T
}

type saved[T any] struct {
	Changed bool `header:"Assay-Changed" doc:"Whether the row differs from what was kept before."`
	Body    T
}

func (a *API) registerRegistry() {
	k, st := a.d.Keeper, a.d.Store
	registerShelf(a, shelf[registry.RightsHolder]{name: "holder", plural: "holders", article: "a rights holder",
		what: "An organisation that owns brands or rights.",
		list: st.Holders, get: st.Holder, save: k.SaveHolder, id: func(h *registry.RightsHolder) *string { return &h.ID },
		see: func(_ context.Context, p access.Principal, h registry.RightsHolder) (bool, error) {
			return p.MaySeeHolder(h), nil
		},
		edit: func(_ context.Context, p access.Principal, h registry.RightsHolder) (bool, error) {
			return p.MayEditHolder(h), nil
		}})
	registerShelf(a, shelf[registry.Brand]{name: "brand", plural: "brands", article: "a brand",
		what: "A name under which a rights holder trades.",
		list: st.Brands, get: st.Brand, save: k.SaveBrand, id: func(b *registry.Brand) *string { return &b.ID },
		see: func(_ context.Context, p access.Principal, b registry.Brand) (bool, error) {
			return p.MaySeeBrand(b), nil
		},
		edit: func(_ context.Context, p access.Principal, b registry.Brand) (bool, error) {
			return p.MayEditBrand(b), nil
		}})
	registerShelf(a, shelf[registry.Right]{name: "right", plural: "rights", article: "a right",
		what: "A registered or unregistered right behind a brand.",
		list: st.Rights, get: st.Right, save: k.SaveRight, id: func(r *registry.Right) *string { return &r.ID },
		see:  ofBrand(a, func(r registry.Right) string { return r.BrandID }, access.Principal.MaySeeBrand),
		edit: ofBrand(a, func(r registry.Right) string { return r.BrandID }, access.Principal.MayEditBrand)})
	registerShelf(a, shelf[registry.Asset]{name: "asset", plural: "assets", article: "an asset",
		what: "A name, phrase, mark, badge or photograph that can be recognised in a listing.",
		list: st.Assets, get: st.Asset, save: k.SaveAsset, id: func(v *registry.Asset) *string { return &v.ID },
		see:  ofBrand(a, func(v registry.Asset) string { return v.BrandID }, access.Principal.MaySeeBrand),
		edit: ofBrand(a, func(v registry.Asset) string { return v.BrandID }, access.Principal.MayEditBrand)})
	registerShelf(a, shelf[registry.Licence]{name: "licence", plural: "licences", article: "a licence", forSellers: true,
		what: "A rights holder's permission to a seller.",
		list: st.Licences, get: st.Licence, save: k.SaveLicence, id: func(l *registry.Licence) *string { return &l.ID },
		see:  a.seesLicence,
		edit: ofBrand(a, func(l registry.Licence) string { return l.BrandID }, access.Principal.MayEditBrand)})
	a.registerAssetPictures()
	a.registerCatalogue()
	a.registerShift()
}

// ofBrand asks of a row's brand. A brand that does not exist is nobody's.
func ofBrand[T any](a *API, brand func(T) string, may func(access.Principal, registry.Brand) bool) func(context.Context, access.Principal, T) (bool, error) {
	return func(ctx context.Context, p access.Principal, row T) (bool, error) {
		b, err := a.d.Store.Brand(ctx, brand(row))
		if fault.Is(err, fault.NotFound) {
			return may(p, registry.Brand{}), nil
		}
		return err == nil && may(p, b), err
	}
}

func (a *API) seesLicence(ctx context.Context, p access.Principal, l registry.Licence) (bool, error) {
	return ofBrand(a, func(l registry.Licence) string { return l.BrandID },
		func(p access.Principal, b registry.Brand) bool { return p.MaySeeLicence(l, b) })(ctx, p, l)
}

func registerShelf[T any](a *API, s shelf[T]) {
	const tag = "Registry"
	path := "/" + s.plural
	handle(a, deed("list-"+s.plural, http.MethodGet, path, tag, "List "+s.plural, s.what+" Rights holders see their own rows only.", way{permission: access.RegistryRead}),
		func(ctx context.Context, in *registryTurn) (*answered[Page[T]], error) { return s.page(ctx, in) })
	handle(a, deed("get-"+s.name, http.MethodGet, path+"/{id}", tag, "Read "+s.article, s.what, way{permission: access.RegistryRead}),
		func(ctx context.Context, in *byID) (*answered[T], error) { return answerWith(s.read(ctx, in.ID)) })
	handle(a, deed("put-"+s.name, http.MethodPut, path+"/{id}", tag, "Save "+s.article,
		"Makes the row or replaces all of it. Saving the same again changes nothing. Detectors learn of a change by themselves.",
		way{permission: access.RegistryWrite, replays: true}),
		func(ctx context.Context, in *saving[T]) (*saved[T], error) { return s.write(ctx, in) })
}

func (s shelf[T]) page(ctx context.Context, in *registryTurn) (*answered[Page[T]], error) {
	p := me(ctx)
	if !s.forSellers && !p.ReadsBrands() {
		return nil, fault.New(fault.Forbidden, "sellers read their own licences only")
	}
	f := registry.Filter{Query: in.Query, HolderID: in.HolderID, BrandID: in.BrandID, SellerID: in.SellerID, Kind: in.Kind, Sought: registry.Sought(in.Sought), After: in.After, Limit: in.Limit + 1}
	p.ScopeRegistry(&f)
	rows, err := s.list(ctx, f)
	if err != nil {
		return nil, err
	}
	return &answered[Page[T]]{cut(rows, in.Limit, func(row *T) string { return *s.id(row) })}, nil
}

// read gives a row that the caller may see; others are not there for him.
func (s shelf[T]) read(ctx context.Context, id string) (T, error) {
	var none T
	row, err := s.get(ctx, id)
	if err != nil {
		return none, absent(err, s.name, id)
	}
	ok, err := s.see(ctx, me(ctx), row)
	if err != nil {
		return none, err
	}
	if !ok {
		return none, noSuch(s.name, id)
	}
	return row, nil
}

func (s shelf[T]) write(ctx context.Context, in *saving[T]) (*saved[T], error) {
	row, p := in.Body, me(ctx)
	if id := s.id(&row); *id == "" {
		*id = in.ID
	} else if *id != in.ID {
		return nil, &fault.Error{Code: fault.Invalid, Message: "the id in the body is not the one in the address",
			Fields: []fault.Field{{Path: "id", Code: "other_id", Message: "leave it out or make both the same"}}}
	}
	if err := s.mayWrite(ctx, p, row, in.ID); err != nil {
		return nil, err
	}
	changed, err := s.save(ctx, row, p.ID)
	if err != nil {
		return nil, asSent(err)
	}
	kept, err := s.get(ctx, in.ID)
	return &saved[T]{changed, kept}, err
}

// mayWrite asks of the row as it would be and as it was.
func (s shelf[T]) mayWrite(ctx context.Context, p access.Principal, row T, id string) error {
	ok, err := s.edit(ctx, p, row)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Forbidden, "you may save rows of your own organisation's brands only")
	}
	old, err := s.get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if ok, err = s.edit(ctx, p, old); err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Forbidden, "this id is taken by a row that is not yours; choose another")
	}
	return nil
}

// The registry names its fields as its bundles do; JSON says what they are.
var jsonNames = map[string]string{"holder": "holder_id", "brand": "brand_id", "right": "right_id", "seller": "seller_id", "assets": "asset_ids"}

func asSent(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	out := *f
	out.Fields = slices.Clone(f.Fields)
	for i, field := range out.Fields {
		name, rest, indexed := strings.Cut(field.Path, "[")
		if other, ok := jsonNames[name]; ok {
			out.Fields[i].Path = other
			if indexed {
				out.Fields[i].Path += "[" + rest
			}
		}
	}
	return &out
}
