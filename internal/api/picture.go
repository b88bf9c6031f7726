package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/match/picture"
	"assay/internal/registry"
)

// StoredPicture is the answer to an upload.
type StoredPicture struct {
	Hash   string `json:"hash" example:"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" doc:"Content key; name the picture by it."`
	Width  int    `json:"width" doc:"Pixels, upright."`
	Height int    `json:"height" doc:"Pixels, upright."`
	Format string `json:"format" example:"jpeg" doc:"As recognised by content: jpeg, png, gif, webp, bmp or tiff."`
}

type showing struct {
	Stream
	Hash      string `path:"hash" pattern:"^sha256:[0-9a-f]{64}$" doc:"Content key of the picture."`
	AssetID   string `query:"asset" maxLength:"100" doc:"The asset on which you saw it."`
	ListingID string `query:"listing" maxLength:"100" doc:"The listing on which you saw it."`
}

type file struct{ Body func(huma.Context) }

var picturesIn = map[string]*huma.MediaType{"image/*": {Schema: binary()}, "application/octet-stream": {Schema: binary()}}

func (a *API) registerPictures() {
	post := deed("post-picture", http.MethodPost, "/pictures", "Pictures", "Upload a picture of a listing",
		"Send the bytes as the body. The same bytes have the same hash, so sending them twice is harmless.", way{permission: access.ListingWrite, replays: true})
	handle(a, post, func(ctx context.Context, in *Stream) (*answered[StoredPicture], error) {
		return answerWith(a.takePicture(ctx, in))
	})
	a.documentBody(post, picturesIn)

	get := deed("get-picture", http.MethodGet, "/pictures/{hash}", "Pictures", "Read a picture",
		"The bytes as they came, under a content type of our own finding. Reviewers and administrators read any; others must name the asset or listing on which they saw it.", way{})
	handle(a, get, a.showPicture)
	a.documentAnswer(get, "image/*", binary(), "The picture.")
}

func (a *API) registerAssetPictures() {
	post := deed("post-asset-picture", http.MethodPost, "/assets/pictures", "Registry", "Upload a picture of an asset",
		"Send the bytes as the body, then save the asset with the hash as its picture.", way{permission: access.RegistryWrite, replays: true})
	handle(a, post, func(ctx context.Context, in *Stream) (*answered[StoredPicture], error) {
		return answerWith(a.takePicture(ctx, in))
	})
	a.documentBody(post, picturesIn)
}

func (a *API) takePicture(ctx context.Context, in *Stream) (StoredPicture, error) {
	if t := in.mediaType(); t != "" && t != "application/octet-stream" && !strings.HasPrefix(t, "image/") {
		return StoredPicture{}, in.wrongMedia(ctx, "send the bytes of the picture with Content-Type image/* or application/octet-stream")
	}
	data, err := in.readAll(a.d.Limits.Picture)
	if err != nil {
		return StoredPicture{}, err
	}
	return a.keepPicture(ctx, data)
}

// keepPicture opens a picture and keeps it.
func (a *API) keepPicture(ctx context.Context, data []byte) (StoredPicture, error) {
	limits := picture.DefaultLimits()
	limits.MaxBytes = a.d.Limits.Picture
	p, err := picture.Decode(data, limits)
	if err != nil {
		var bad *picture.Error
		if !errors.As(err, &bad) {
			return StoredPicture{}, err
		}
		return StoredPicture{}, &fault.Error{Code: fault.Invalid, Message: "the picture cannot be used", Err: err,
			Fields: []fault.Field{{Path: "picture", Code: bad.Code, Message: bad.Detail}}}
	}
	hash, err := a.d.Blobs.Put(ctx, data)
	return StoredPicture{Hash: hash, Width: p.Width, Height: p.Height, Format: p.Format}, err
}

func (a *API) showPicture(ctx context.Context, in *showing) (*file, error) {
	notHere := fault.New(fault.NotFound, "there is no such picture for you; name the asset or listing on which you saw it (?asset= or ?listing=)")
	ok, err := a.seesPicture(ctx, me(ctx), in)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if err != nil || !ok {
		return nil, notHere
	}
	data, err := a.d.Blobs.Get(ctx, in.Hash)
	if err != nil {
		return nil, err
	}
	format := pictureType(data)
	if format == "" { // some other kept file, e.g. a feed
		return nil, notHere
	}
	return &file{func(c huma.Context) {
		c.SetHeader("Content-Type", format)
		c.SetHeader("Content-Length", strconv.Itoa(len(data)))
		c.SetHeader("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
		c.SetHeader("Content-Disposition", "inline; filename=picture")
		c.SetHeader("Cross-Origin-Resource-Policy", "same-origin")
		c.SetHeader("Cache-Control", "private, max-age=31536000, immutable")
		c.SetStatus(http.StatusOK)
		_, _ = c.BodyWriter().Write(data) // the reader has gone; nothing is left to do
	}}, nil
}

// pictureType is the content type of a picture by its first bytes, or "". A
// sender's word for it is never believed.
func pictureType(data []byte) string {
	switch t := http.DetectContentType(data); t {
	case "image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp":
		return t
	}
	if len(data) > 4 && (string(data[:4]) == "II*\x00" || string(data[:4]) == "MM\x00*") {
		return "image/tiff"
	}
	return ""
}

// seesPicture follows from seeing what the picture is on.
func (a *API) seesPicture(ctx context.Context, p access.Principal, in *showing) (bool, error) {
	if p.Staff() && (p.Can(access.ListingRead) || p.Can(access.RegistryRead)) {
		return true, nil
	}
	if in.AssetID != "" {
		v, err := a.d.Store.Asset(ctx, in.AssetID)
		if err != nil {
			return false, err
		}
		ok, err := ofBrand(a, func(v registry.Asset) string { return v.BrandID }, access.Principal.MaySeeBrand)(ctx, p, v)
		return ok && (v.Picture == in.Hash || slices.Contains(v.InnocentPictures, in.Hash)), err
	}
	if in.ListingID == "" {
		return false, nil
	}
	l, err := a.d.Store.Listing(ctx, in.ListingID)
	if err != nil {
		return false, err
	}
	if ok, err := p.MaySeeListing(ctx, a.d.Store, l); err != nil || !ok {
		return false, err
	}
	revisions, err := a.d.Store.Revisions(ctx, l.ID)
	if err != nil {
		return false, err
	}
	for _, r := range revisions {
		for _, pic := range r.Offer.Pictures {
			if pic.Hash == in.Hash {
				return true, nil
			}
		}
	}
	return false, nil
}
