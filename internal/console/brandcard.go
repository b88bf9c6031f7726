package console

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/registry"
)

type brandShelf struct{ c *Console }

func (s brandShelf) rows(ctx context.Context, f registry.Filter) ([]registryRow, error) {
	list, err := s.c.Store.Brands(ctx, f)
	if err != nil {
		return nil, err
	}
	holders := newLookup(s.c.Store.Holder)
	var out []registryRow
	for _, b := range list {
		h, err := holders.row(ctx, b.HolderID)
		if err != nil {
			return nil, err
		}
		gated := cellView{}
		if b.GatedGoods {
			gated = cellView{Badge: "review", Code: "registry.gated"}
		}
		out = append(out, registryRow{ID: b.ID, Href: "/registry/brands/" + url.PathEscape(b.ID), Title: b.Name,
			Cells: []cellView{{Text: h.Name, Href: "/registry/holders/" + url.PathEscape(b.HolderID)}, {Text: strings.Join(b.Goods, ", ")}, gated}})
	}
	return out, nil
}

func (s brandShelf) find(ctx context.Context, id string) (card, error) {
	b, err := s.c.Store.Brand(ctx, id)
	return &brandCard{c: s.c, row: b}, err
}

func (s brandShelf) draft(q url.Values) card {
	return &brandCard{c: s.c, row: registry.Brand{HolderID: q.Get("holder")}}
}

type brandCard struct {
	c      *Console
	row    registry.Brand
	prices string // as written, while it is wrong
}

func (k *brandCard) id() string                       { return k.row.ID }
func (k *brandCard) title() string                    { return k.row.Name }
func (k *brandCard) belongs(context.Context) error    { return nil }
func (k *brandCard) visible(p access.Principal) bool  { return p.MaySeeBrand(k.row) }
func (k *brandCard) editable(p access.Principal) bool { return p.MayEditBrand(k.row) }

func (k *brandCard) fields(ctx context.Context, p access.Principal) ([]field, error) {
	b := k.row
	f := registry.Filter{Limit: 500}
	p.ScopeRegistry(&f)
	holders, err := k.c.Store.Holders(ctx, f)
	if err != nil {
		return nil, err
	}
	options, shown := []choice{{"", "", b.HolderID == ""}}, b.HolderID
	for _, h := range holders {
		options = append(options, choice{h.ID, h.Name, h.ID == b.HolderID})
		if h.ID == b.HolderID {
			shown = h.Name
		}
	}
	prices := k.prices
	if prices == "" {
		prices = priceLines(b.UsualPrice)
	}
	gated := ""
	if b.GatedGoods {
		gated = "yes"
	}
	return []field{
		{Name: "name", Kind: "text", Value: b.Name, Required: true},
		{Name: "holder", Kind: "select", Value: b.HolderID, Shown: shown, Href: "/registry/holders/" + url.PathEscape(b.HolderID), Options: options, Required: true},
		{Name: "goods", Kind: "lines", Value: strings.Join(b.Goods, "\n")},
		{Name: "usual_price", Kind: "lines", Value: prices},
		{Name: "gated", Kind: "check", Value: gated, Wide: true},
		{Name: "website", Kind: "text", Value: b.Website},
		{Name: "id", Kind: "text", Value: b.ID, Fixed: !b.UpdatedAt.IsZero()},
	}, nil
}

func priceLines(m map[string]float64) string {
	var out []string
	for _, cur := range slices.Sorted(maps.Keys(m)) {
		out = append(out, cur+" "+strconv.FormatFloat(m[cur], 'f', -1, 64))
	}
	return strings.Join(out, "\n")
}

func (k *brandCard) take(form upload) (wrong []fault.Field) {
	v := form.values
	if k.row.UpdatedAt.IsZero() {
		k.row.ID = madeID(v["id"], "brand")
	}
	k.row.Name, k.row.HolderID, k.row.Website = strings.TrimSpace(v["name"]), v["holder"], strings.TrimSpace(v["website"])
	k.row.Goods, k.row.GatedGoods = entries(v["goods"]), v["gated"] == "yes"
	k.prices, k.row.UsualPrice = "", nil
	for _, line := range strings.Split(v["usual_price"], "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		var cur string
		var amount float64
		if _, err := fmt.Sscanf(strings.ReplaceAll(line, ",", ""), "%3s %g", &cur, &amount); err != nil {
			k.prices = v["usual_price"]
			return append(wrong, fault.Field{Path: "usual_price", Code: "bad_price_line", Message: "write a line for each currency, e.g. KRW 1800000"})
		}
		if k.row.UsualPrice == nil {
			k.row.UsualPrice = map[string]float64{}
		}
		k.row.UsualPrice[strings.ToUpper(cur)] = amount
	}
	return wrong
}

func (k *brandCard) save(ctx context.Context, by string) error {
	_, err := k.c.Keeper.SaveBrand(ctx, k.row, by)
	return err
}

func (k *brandCard) sections(ctx context.Context) ([]section, error) {
	f := registry.Filter{BrandID: k.row.ID, Limit: 200}
	var out []section
	for _, s := range []struct {
		kind  string
		shelf shelf
	}{{"assets", assetShelf{k.c}}, {"rights", rightShelf{k.c}}, {"licences", licenceShelf{k.c}}} {
		rows, err := s.shelf.rows(ctx, f)
		if err != nil {
			return nil, err
		}
		out = append(out, section{Kind: s.kind, Rows: rows, New: "/registry/" + s.kind + "/new?brand=" + url.QueryEscape(k.row.ID), Gallery: s.kind == "assets"})
	}
	return out, nil
}
