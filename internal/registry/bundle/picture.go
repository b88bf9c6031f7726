package bundle

import (
	"context"
	"errors"
	"runtime"

	"golang.org/x/sync/errgroup"

	"assay/internal/fault"
	"assay/internal/match/picture"
)

// CheckPictures opens the picture of every asset on all cores and tells those
// that cannot be used, in the order of the assets. Its error is ctx's.
func (b *Bundle) CheckPictures(ctx context.Context) ([]fault.Field, error) {
	wrong := make([]*fault.Field, len(b.Assets))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, a := range b.Assets {
		if a.Picture == "" {
			continue
		}
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			data, err := b.Pictures(a.Picture)
			if err == nil {
				_, err = picture.Decode(data, picture.DefaultLimits())
			}
			if err != nil {
				f := b.unusable(a.ID, a.Picture, err)
				wrong[i] = &f
			}
			return nil
		})
	}
	err := g.Wait()
	var list []fault.Field
	for _, f := range wrong {
		if f != nil {
			list = append(list, *f)
		}
	}
	return list, err
}

// unusable says at the asset's line why its picture cannot be used.
func (b *Bundle) unusable(assetID, file string, err error) fault.Field {
	f := fault.Field{Path: b.placeOf(Assets, assetID, "picture"), Code: string(fault.CodeOf(err)), Message: "picture: " + file + ": " + err.Error()}
	var p *picture.Error
	if errors.As(err, &p) {
		f.Code, f.Message = p.Code, "picture: "+file+": "+p.Detail
	}
	return f
}

// placeOf is "file:line" of a field of a row, or the row's name in a bundle
// that was not read from files.
func (b *Bundle) placeOf(section, id, field string) string {
	if at, ok := b.places[section+"/"+id]; ok {
		return at.of(field)
	}
	return section + "/" + id
}
