package store

import (
	"context"

	"github.com/uptrace/bun"

	"assay/internal/registry"
	"assay/internal/search"
)

// maxGrants is how many licences of one seller searches look at.
const maxGrants = 500

// Grants implements search.Store.
func (s *Store) Grants(ctx context.Context, sellerID string) ([]search.Grant, error) {
	licences, err := s.Licences(ctx, registry.Filter{SellerID: sellerID, Kind: string(registry.LicenceActive), Limit: maxGrants})
	if err != nil || len(licences) == 0 {
		return nil, err
	}
	var brands []string
	for _, l := range licences {
		brands = append(brands, l.BrandID)
	}
	var rows []struct {
		ID       string `bun:"id"`
		HolderID string `bun:"holder_id"`
		Name     string `bun:"name"`
		Text     string `bun:"text"`
	}
	err = s.reader(ctx).NewSelect().TableExpr("brands AS b").Column("b.id", "b.holder_id", "b.name").ColumnExpr("COALESCE(a.text, '') AS text").
		Join("LEFT JOIN assets AS a ON a.brand_id = b.id AND a.kind = ?", string(registry.AssetName)).
		Where("b.id IN (?)", bun.List(brands)).OrderExpr("b.id, a.id").Scan(ctx, &rows)
	if err != nil {
		return nil, s.wrap(ctx, "read the names of licensed brands", err)
	}
	holder, names := map[string]string{}, map[string][]string{}
	for _, r := range rows {
		if holder[r.ID] == "" {
			holder[r.ID], names[r.ID] = r.HolderID, []string{r.Name}
		}
		if r.Text != "" {
			names[r.ID] = append(names[r.ID], r.Text)
		}
	}
	var out []search.Grant
	for _, l := range licences {
		out = append(out, search.Grant{Licence: l, HolderID: holder[l.BrandID], Names: names[l.BrandID]})
	}
	return out, nil
}
