package console

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"strings"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/registry"
)

type rightShelf struct{ c *Console }

func (s rightShelf) rows(ctx context.Context, f registry.Filter) ([]registryRow, error) {
	list, err := s.c.Store.Rights(ctx, f)
	if err != nil {
		return nil, err
	}
	brands := newLookup(s.c.Store.Brand)
	var out []registryRow
	for _, x := range list {
		b, err := brands.row(ctx, x.BrandID)
		if err != nil {
			return nil, err
		}
		class := "review"
		if x.InForce(s.c.today()) {
			class = "pass"
		}
		out = append(out, registryRow{ID: x.ID, Href: "/registry/rights/" + url.PathEscape(x.ID), Title: rightName(x),
			Cells: []cellView{{Text: b.Name, Href: "/registry/brands/" + url.PathEscape(x.BrandID)}, {Text: strings.Join(x.Territories, ", ")},
				{Text: x.ExpiresOn.String()}, {Badge: class, Code: "enum.right_status." + string(x.Status)}}})
	}
	return out, nil
}

// rightName is how an office's register calls the right.
func rightName(x registry.Right) string {
	return cmp.Or(strings.TrimSpace(x.Office+" "+x.Number), x.ID)
}

func (s rightShelf) find(ctx context.Context, id string) (card, error) {
	x, err := s.c.Store.Right(ctx, id)
	return &rightCard{c: s.c, row: x}, err
}

func (s rightShelf) draft(q url.Values) card {
	return &rightCard{c: s.c, row: registry.Right{BrandID: q.Get("brand"), Kind: registry.Trademark, Status: registry.RightRegistered}}
}

type rightCard struct {
	c       *Console
	row     registry.Right
	brand   registry.Brand
	classes string // as written, while it is wrong
}

func (k *rightCard) id() string    { return k.row.ID }
func (k *rightCard) title() string { return rightName(k.row) }
func (k *rightCard) belongs(ctx context.Context) (err error) {
	k.brand, err = maybe(k.c.Store.Brand(ctx, k.row.BrandID))
	return err
}
func (k *rightCard) visible(p access.Principal) bool  { return p.MaySeeBrand(k.brand) }
func (k *rightCard) editable(p access.Principal) bool { return p.MayEditBrand(k.brand) }

func (k *rightCard) fields(ctx context.Context, p access.Principal) ([]field, error) {
	x := k.row
	brands, err := k.c.brandPicks(ctx, p, x.BrandID)
	if err != nil {
		return nil, err
	}
	classes := k.classes
	if classes == "" {
		var list []string
		for _, n := range x.Classes {
			list = append(list, strconv.Itoa(n))
		}
		classes = strings.Join(list, ", ")
	}
	return []field{
		{Name: "brand", Kind: "select", Value: x.BrandID, Shown: k.brand.Name, Href: "/registry/brands/" + url.PathEscape(x.BrandID), Options: brands, Required: true, Fixed: !x.UpdatedAt.IsZero()},
		{Name: "kind", Kind: "codes", Value: string(x.Kind), Shown: "enum.right_kind." + string(x.Kind), Options: picks(registry.RightKinds, x.Kind, "enum.right_kind"), Required: true},
		{Name: "status", Kind: "codes", Value: string(x.Status), Shown: "enum.right_status." + string(x.Status), Options: picks(registry.RightStatuses, x.Status, "enum.right_status"), Required: true},
		{Name: "office", Kind: "text", Value: x.Office},
		{Name: "number", Kind: "text", Value: x.Number},
		{Name: "classes", Kind: "text", Value: classes},
		{Name: "territories", Kind: "text", Value: strings.Join(x.Territories, ", ")},
		{Name: "filed_on", Kind: "date", Value: x.FiledOn.String()},
		{Name: "registered_on", Kind: "date", Value: x.RegisteredOn.String()},
		{Name: "expires_on", Kind: "date", Value: x.ExpiresOn.String()},
		{Name: "id", Kind: "text", Value: x.ID, Fixed: !x.UpdatedAt.IsZero()},
	}, nil
}

func (k *rightCard) take(form upload) (wrong []fault.Field) {
	v := form.values
	if k.row.UpdatedAt.IsZero() {
		k.row.ID, k.row.BrandID = madeID(v["id"], "right"), v["brand"]
	}
	k.row.Kind, k.row.Status = registry.RightKind(v["kind"]), registry.RightStatus(v["status"])
	k.row.Office, k.row.Number = strings.ToUpper(strings.TrimSpace(v["office"])), strings.TrimSpace(v["number"])
	k.row.Territories = entries(strings.ToUpper(v["territories"]))
	k.row.FiledOn, k.row.RegisteredOn, k.row.ExpiresOn = day(form, "filed_on", &wrong), day(form, "registered_on", &wrong), day(form, "expires_on", &wrong)
	k.row.Classes, k.classes = nil, ""
	for _, e := range entries(v["classes"]) {
		n, err := strconv.Atoi(e)
		if err != nil {
			k.classes = v["classes"]
			return append(wrong, fault.Field{Path: "classes", Code: "bad_class", Message: "Nice classes run from 1 to 45"})
		}
		k.row.Classes = append(k.row.Classes, n)
	}
	return wrong
}

func (k *rightCard) save(ctx context.Context, by string) error {
	_, err := k.c.Keeper.SaveRight(ctx, k.row, by)
	return err
}

func (k *rightCard) sections(context.Context) ([]section, error) { return nil, nil }
