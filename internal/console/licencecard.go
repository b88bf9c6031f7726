package console

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"assay/internal/access"
	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/seller"
)

type licenceShelf struct{ c *Console }

func (s licenceShelf) rows(ctx context.Context, f registry.Filter) ([]registryRow, error) {
	list, err := s.c.licenceStates(ctx, f, s.c.today())
	if err != nil {
		return nil, err
	}
	sellers := newLookup(s.c.Store.Seller)
	var out []registryRow
	for _, l := range list {
		shop, err := sellers.row(ctx, l.SellerID)
		if err != nil {
			return nil, err
		}
		status := cellView{Badge: "review", Code: "enum.licence_status." + string(l.Status)}
		switch {
		case l.Holds:
			status.Badge = "pass"
		case l.Status == registry.LicenceActive:
			status.Code = "registry.out_of_date"
		}
		out = append(out, registryRow{ID: l.ID, Href: "/registry/licences/" + url.PathEscape(l.ID), Title: cmp.Or(l.Document, l.ID),
			Cells: []cellView{{Text: l.Brand, Href: "/registry/brands/" + url.PathEscape(l.BrandID)},
				{Text: shop.Name, Href: "/sellers/" + url.PathEscape(l.SellerID)}, {Text: l.Until.String()}, status}})
	}
	return out, nil
}

func (s licenceShelf) find(ctx context.Context, id string) (card, error) {
	l, err := s.c.Store.Licence(ctx, id)
	return &licenceCard{c: s.c, row: l}, err
}

func (s licenceShelf) draft(q url.Values) card {
	return &licenceCard{c: s.c, row: registry.Licence{BrandID: q.Get("brand"), SellerID: q.Get("seller"), Status: registry.LicenceActive}}
}

type licenceCard struct {
	c     *Console
	row   registry.Licence
	brand registry.Brand
}

func (k *licenceCard) id() string    { return k.row.ID }
func (k *licenceCard) title() string { return cmp.Or(k.row.Document, k.row.ID) }
func (k *licenceCard) belongs(ctx context.Context) (err error) {
	k.brand, err = maybe(k.c.Store.Brand(ctx, k.row.BrandID))
	return err
}
func (k *licenceCard) visible(p access.Principal) bool  { return p.MaySeeLicence(k.row, k.brand) }
func (k *licenceCard) editable(p access.Principal) bool { return p.MayEditBrand(k.brand) }

func (k *licenceCard) fields(ctx context.Context, p access.Principal) ([]field, error) {
	l := k.row
	var brands []choice
	var err error
	if p.ReadsBrands() {
		if brands, err = k.c.brandPicks(ctx, p, l.BrandID); err != nil {
			return nil, err
		}
	}
	shops, shown, err := k.sellerPicks(ctx, p)
	if err != nil {
		return nil, err
	}
	assets, err := k.assetPicks(ctx, p)
	if err != nil {
		return nil, err
	}
	brandHref, shopHref := "/registry/brands/"+url.PathEscape(l.BrandID), "/sellers/"+url.PathEscape(l.SellerID)
	if !p.ReadsBrands() {
		brandHref = ""
	}
	if !p.MaySeeSeller(l.SellerID) {
		shopHref = ""
	}
	return []field{
		{Name: "brand", Kind: "select", Value: l.BrandID, Shown: k.brand.Name, Href: brandHref, Options: brands, Required: true, Fixed: !l.UpdatedAt.IsZero()},
		{Name: "seller", Kind: "select", Value: l.SellerID, Shown: shown, Href: shopHref, Options: shops, Required: true},
		{Name: "status", Kind: "codes", Value: string(l.Status), Shown: "enum.licence_status." + string(l.Status), Options: picks(registry.LicenceStatuses, l.Status, "enum.licence_status"), Required: true},
		{Name: "document", Kind: "text", Value: l.Document},
		{Name: "from", Kind: "date", Value: l.From.String()},
		{Name: "until", Kind: "date", Value: l.Until.String()},
		{Name: "territories", Kind: "text", Value: strings.Join(l.Territories, ", ")},
		{Name: "categories", Kind: "lines", Value: strings.Join(l.Categories, "\n")},
		{Name: "assets", Kind: "checks", Value: strings.Join(l.AssetIDs, ", "), Shown: chosen(assets), Options: assets, Wide: true},
		{Name: "id", Kind: "text", Value: l.ID, Fixed: !l.UpdatedAt.IsZero()},
	}, nil
}

func chosen(list []choice) string {
	var out []string
	for _, c := range list {
		if c.Selected {
			out = append(out, c.Label)
		}
	}
	return strings.Join(out, ", ")
}

func (k *licenceCard) sellerPicks(ctx context.Context, p access.Principal) ([]choice, string, error) {
	own, err := maybe(k.c.Store.Seller(ctx, k.row.SellerID))
	if err != nil || !p.Can(access.RegistryWrite) {
		return []choice{{own.ID, own.Name, true}}, own.Name, err
	}
	list, err := k.c.Store.Sellers(ctx, seller.Filter{Limit: 500})
	out := []choice{{"", "", k.row.SellerID == ""}}
	known := false
	for _, s := range list {
		out = append(out, choice{s.ID, s.Name, s.ID == k.row.SellerID})
		known = known || s.ID == k.row.SellerID
	}
	if !known && own.ID != "" {
		out = append(out, choice{own.ID, own.Name, true})
	}
	return out, own.Name, err
}

func (k *licenceCard) assetPicks(ctx context.Context, p access.Principal) ([]choice, error) {
	if k.row.BrandID == "" || k.brand.ID != "" && !p.MaySeeBrand(k.brand) {
		return nil, nil
	}
	f := registry.Filter{BrandID: k.row.BrandID, Limit: 200}
	p.ScopeRegistry(&f)
	list, err := k.c.Store.Assets(ctx, f)
	var out []choice
	for _, a := range list {
		out = append(out, choice{a.ID, explain.AssetName(a), slices.Contains(k.row.AssetIDs, a.ID)})
	}
	return out, err
}

func (k *licenceCard) take(form upload) (wrong []fault.Field) {
	v := form.values
	if k.row.UpdatedAt.IsZero() {
		k.row.ID, k.row.BrandID = madeID(v["id"], "licence"), v["brand"]
	}
	k.row.SellerID, k.row.Status = v["seller"], registry.LicenceStatus(v["status"])
	k.row.Document = strings.TrimSpace(v["document"])
	k.row.From, k.row.Until = day(form, "from", &wrong), day(form, "until", &wrong)
	k.row.Territories = entries(strings.ToUpper(v["territories"]))
	k.row.Categories, k.row.AssetIDs = lines(v["categories"]), form.all["assets"]
	return wrong
}

func (k *licenceCard) save(ctx context.Context, by string) error {
	_, err := k.c.Keeper.SaveLicence(ctx, k.row, by)
	return err
}

func (k *licenceCard) sections(context.Context) ([]section, error) { return nil, nil }

// lines are the entries of a field that takes one a line.
func lines(text string) (out []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
