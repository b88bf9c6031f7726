package console

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"assay/internal/access"
	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/registry"
)

type assetShelf struct{ c *Console }

func (s assetShelf) rows(ctx context.Context, f registry.Filter) ([]registryRow, error) {
	list, err := s.c.Store.Assets(ctx, f)
	if err != nil {
		return nil, err
	}
	brakes, err := s.c.Store.Brakes(ctx, registry.Filter{HolderID: f.HolderID, BrandID: f.BrandID, Limit: 500}, true)
	if err != nil {
		return nil, err
	}
	braked := map[string]bool{}
	for _, b := range brakes {
		braked[b.AssetID] = true
	}
	brands := newLookup(s.c.Store.Brand)
	var out []registryRow
	for _, a := range list {
		b, err := brands.row(ctx, a.BrandID)
		if err != nil {
			return nil, err
		}
		row := registryRow{ID: a.ID, Href: "/registry/assets/" + url.PathEscape(a.ID), Title: explain.AssetName(a),
			Cells: []cellView{{Text: b.Name, Href: "/registry/brands/" + url.PathEscape(a.BrandID)}, {Text: string(a.Kind), Codes: "enum.asset_kind"}, {Text: a.Language}, {}, {}}}
		if a.Kind.Textual() {
			row.Words = a.Text
		} else {
			row.Picture = a.Picture
		}
		switch {
		case braked[a.ID]:
			row.Cells[3] = cellView{Badge: "review", Code: "asset.braked"}
		case a.Retired:
			row.Cells[3] = cellView{Badge: "none", Code: "registry.retired"}
		}
		if a.Sought == registry.SoughtWhole {
			row.Cells[4] = cellView{Badge: "none", Code: "enum.sought.whole"}
		}
		out = append(out, row)
	}
	return out, nil
}

func (s assetShelf) find(ctx context.Context, id string) (card, error) {
	a, err := s.c.Store.Asset(ctx, id)
	return &assetCard{c: s.c, row: a}, err
}

func (s assetShelf) draft(q url.Values) card {
	return &assetCard{c: s.c, row: registry.Asset{BrandID: q.Get("brand"), Kind: registry.AssetMark}}
}

type assetCard struct {
	c     *Console
	row   registry.Asset
	brand registry.Brand
}

func (k *assetCard) id() string    { return k.row.ID }
func (k *assetCard) title() string { return explain.AssetName(k.row) }
func (k *assetCard) belongs(ctx context.Context) (err error) {
	k.brand, err = maybe(k.c.Store.Brand(ctx, k.row.BrandID))
	return err
}
func (k *assetCard) visible(p access.Principal) bool  { return p.MaySeeBrand(k.brand) }
func (k *assetCard) editable(p access.Principal) bool { return p.MayEditBrand(k.brand) }

func (k *assetCard) fields(ctx context.Context, p access.Principal) ([]field, error) {
	a := k.row
	brands, err := k.c.brandPicks(ctx, p, a.BrandID)
	if err != nil {
		return nil, err
	}
	rights, shown, err := k.rightPicks(ctx, p)
	if err != nil {
		return nil, err
	}
	retired := ""
	if a.Retired {
		retired = "yes"
	}
	return []field{
		{Name: "brand", Kind: "select", Value: a.BrandID, Shown: k.brand.Name, Href: "/registry/brands/" + url.PathEscape(a.BrandID), Options: brands, Required: true, Fixed: !a.UpdatedAt.IsZero()},
		{Name: "kind", Kind: "codes", Value: string(a.Kind), Shown: "enum.asset_kind." + string(a.Kind), Options: picks(registry.AssetKinds, a.Kind, "enum.asset_kind"), Required: true},
		{Name: "label", Kind: "text", Value: a.Label},
		{Name: "text", Kind: "text", Value: a.Text},
		{Name: "picture", Kind: "picture", Value: a.Picture, Wide: true},
		{Name: "sought", Kind: "codes", Value: string(a.Depth()), Shown: "enum.sought." + string(a.Depth()), Options: picks(registry.Soughts, a.Depth(), "enum.sought")},
		{Name: "right", Kind: "select", Value: a.RightID, Shown: shown, Href: "/registry/rights/" + url.PathEscape(a.RightID), Options: rights},
		{Name: "language", Kind: "text", Value: a.Language},
		{Name: "script", Kind: "text", Value: a.Script},
		{Name: "dismissed_spellings", Kind: "lines", Value: strings.Join(a.DismissedSpellings, "\n")},
		{Name: "innocent_pictures", Kind: "pictures", Values: a.InnocentPictures, Wide: true},
		{Name: "retired", Kind: "check", Value: retired, Wide: true},
		{Name: "id", Kind: "text", Value: a.ID, Fixed: !a.UpdatedAt.IsZero()},
	}, nil
}

func (k *assetCard) rightPicks(ctx context.Context, p access.Principal) ([]choice, string, error) {
	f := registry.Filter{BrandID: k.row.BrandID, Limit: 500}
	p.ScopeRegistry(&f)
	list, err := k.c.Store.Rights(ctx, f)
	out, shown := []choice{{"", "", k.row.RightID == ""}}, k.row.RightID
	for _, x := range list {
		out = append(out, choice{x.ID, rightName(x), x.ID == k.row.RightID})
		if x.ID == k.row.RightID {
			shown = rightName(x)
		}
	}
	return out, shown, err
}

// takePicture keeps an uploaded picture under its hash; the row then names it.
func (k *assetCard) takePicture(ctx context.Context, name string, data []byte) error {
	hash, err := k.c.Keeper.AddPicture(ctx, data)
	if err != nil {
		return err
	}
	switch name {
	case "picture_file":
		k.row.Picture = hash
	case "innocent_pictures_file":
		if !slices.Contains(k.row.InnocentPictures, hash) {
			k.row.InnocentPictures = append(k.row.InnocentPictures, hash)
		}
	}
	return nil
}

func (k *assetCard) take(form upload) []fault.Field {
	v := form.values
	if k.row.UpdatedAt.IsZero() {
		k.row.ID, k.row.BrandID = madeID(v["id"], "asset"), v["brand"]
		if k.row.Picture == "" { // uploaded before, on a try that did not pass
			k.row.Picture = v["picture"]
		}
	}
	k.row.Kind, k.row.Label, k.row.Text = registry.AssetKind(v["kind"]), strings.TrimSpace(v["label"]), strings.TrimSpace(v["text"])
	k.row.RightID, k.row.Language, k.row.Script = v["right"], strings.TrimSpace(v["language"]), strings.TrimSpace(v["script"])
	k.row.Retired = v["retired"] == "yes"
	if k.row.Sought = registry.Sought(v["sought"]); k.row.Kind.Textual() {
		k.row.Sought = "" // the form asks it of all kinds
	}
	k.row.DismissedSpellings = lines(v["dismissed_spellings"])
	drop := form.all["innocent_pictures_drop"]
	k.row.InnocentPictures = slices.DeleteFunc(k.row.InnocentPictures, func(h string) bool { return slices.Contains(drop, h) })
	return nil
}

func (k *assetCard) save(ctx context.Context, by string) error {
	_, err := k.c.Keeper.SaveAsset(ctx, k.row, by)
	return err
}

func (k *assetCard) sections(context.Context) ([]section, error) { return nil, nil }
