package console

import (
	"context"
	"net/url"
	"strings"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/registry"
)

type holderShelf struct{ c *Console }

func (s holderShelf) rows(ctx context.Context, f registry.Filter) ([]registryRow, error) {
	list, err := s.c.Store.Holders(ctx, f)
	var out []registryRow
	for _, h := range list {
		out = append(out, registryRow{ID: h.ID, Href: "/registry/holders/" + url.PathEscape(h.ID), Title: h.Name,
			Cells: []cellView{{Text: h.Country}, {Text: h.Email}}})
	}
	return out, err
}

func (s holderShelf) find(ctx context.Context, id string) (card, error) {
	h, err := s.c.Store.Holder(ctx, id)
	return &holderCard{s.c, h}, err
}

func (s holderShelf) draft(url.Values) card { return &holderCard{c: s.c} }

type holderCard struct {
	c   *Console
	row registry.RightsHolder
}

func (k *holderCard) id() string                       { return k.row.ID }
func (k *holderCard) title() string                    { return k.row.Name }
func (k *holderCard) belongs(context.Context) error    { return nil }
func (k *holderCard) visible(p access.Principal) bool  { return p.MaySeeHolder(k.row) }
func (k *holderCard) editable(p access.Principal) bool { return p.MayEditHolder(k.row) }

func (k *holderCard) fields(_ context.Context, _ access.Principal) ([]field, error) {
	h := k.row
	return []field{
		{Name: "name", Kind: "text", Value: h.Name, Required: true},
		{Name: "country", Kind: "text", Value: h.Country},
		{Name: "language", Kind: "text", Value: h.Language},
		{Name: "email", Kind: "email", Value: h.Email},
		{Name: "id", Kind: "text", Value: h.ID, Fixed: !h.UpdatedAt.IsZero()},
	}, nil
}

func (k *holderCard) take(form upload) []fault.Field {
	v := form.values
	if k.row.UpdatedAt.IsZero() {
		k.row.ID = madeID(v["id"], "holder")
	}
	k.row.Name, k.row.Email = strings.TrimSpace(v["name"]), strings.TrimSpace(v["email"])
	k.row.Country, k.row.Language = strings.ToUpper(strings.TrimSpace(v["country"])), strings.TrimSpace(v["language"])
	return nil
}

func (k *holderCard) save(ctx context.Context, by string) error {
	_, err := k.c.Keeper.SaveHolder(ctx, k.row, by)
	return err
}

func (k *holderCard) sections(ctx context.Context) ([]section, error) {
	brands, err := brandShelf{k.c}.rows(ctx, registry.Filter{HolderID: k.row.ID, Limit: 200})
	return []section{{Kind: "brands", Rows: brands, New: "/registry/brands/new?holder=" + url.QueryEscape(k.row.ID)}}, err
}
