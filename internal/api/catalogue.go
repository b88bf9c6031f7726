package api

import (
	"context"
	"io"
	"net/http"
	"os"

	"github.com/danielgtaylor/huma/v2"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/registry/bundle"
	"assay/internal/signal"
)

// CatalogueReport says what became of the pictures of a catalogue.
type CatalogueReport struct {
	bundle.Count
	Problems []ProblemField `json:"problems" doc:"Files that were left out, and why; at most 1,000."`
}

type catalogueUpload struct {
	Stream
	BrandID string `query:"brand" required:"true" minLength:"1" maxLength:"100" doc:"Brand that the photographs belong to."`
	RightID string `query:"right" maxLength:"100" doc:"Right they rest on, of the same brand."`
	Sought  string `query:"sought" enum:"whole,inside" default:"whole" doc:"How far they are looked for, as of an asset."`
}

func (a *API) registerCatalogue() {
	post := deed("post-catalogue", http.MethodPost, "/assets/catalogue", "Registry", "Register a catalogue of photographs",
		"Send a zip of pictures as the body: each becomes a photograph of the brand, known again by its path in the zip. Sent again it changes only what is new, "+
			"so a broken upload is simply repeated. An asset that is there keeps its label and innocent pictures. Send large catalogues in parts of some gigabytes.",
		way{permission: access.RegistryWrite, long: true})
	handle(a, post, func(ctx context.Context, in *catalogueUpload) (*answered[CatalogueReport], error) {
		return answerWith(a.takeCatalogue(ctx, in))
	})
	a.documentBody(post, map[string]*huma.MediaType{"application/zip": {Schema: binary()}})
}

func (a *API) takeCatalogue(ctx context.Context, in *catalogueUpload) (out CatalogueReport, err error) {
	if t := in.mediaType(); t != "application/zip" && t != "application/octet-stream" {
		return out, in.wrongMedia(ctx, "send the zip with Content-Type application/zip")
	}
	brand, err := a.d.Store.Brand(ctx, in.BrandID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return out, err
	}
	if err != nil || !me(ctx).MayEditBrand(brand) {
		return out, fault.New(fault.Forbidden, "you may save rows of your own organisation's brands only")
	}
	f, err := os.CreateTemp("", "assay-catalogue-*")
	if err != nil {
		return out, err
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	size, err := io.Copy(f, http.MaxBytesReader(in.w, in.r.Body, a.d.Limits.FeedArchive))
	if err != nil {
		return out, err
	}
	im := bundle.Importer{Store: a.d.Store, Blobs: a.d.Blobs, Ledger: a.d.Store, Actor: me(ctx).ID, Now: a.d.Now, Describe: signal.DescribeWhole}
	done, err := im.ImportZip(ctx, f, size, registry.Asset{BrandID: in.BrandID, RightID: in.RightID, Sought: registry.Sought(in.Sought)})
	out.Count = done.Sections[bundle.Assets]
	out.Problems = []ProblemField{}
	for _, p := range done.Problems {
		out.Problems = append(out.Problems, ProblemField{Path: p.Path, Code: p.Code, Message: p.Message})
	}
	out.Problems = out.Problems[:min(len(out.Problems), 1000)]
	return out, err
}
