package api

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/listing/intake"
	"assay/internal/verdict"
)

// ScreeningIn is a listing to be screened before it is published.
type ScreeningIn struct {
	Market   string `json:"market,omitempty" doc:"The marketplace; main unless you run several."`
	SellerID string `json:"seller_id,omitempty" doc:"The seller's id here, instead of the marketplace's own in seller."`
	ListingIn
}

// maxScreenPictures bounds the files of one dry run.
const maxScreenPictures = 60

func (a *API) registerScreenings() {
	o := deed("post-screening", http.MethodPost, "/screenings", "Screening", "Screen before publication",
		"A dry run: the verdict that the listing would get now, with reasons and evidence. Nothing is stored but the pictures sent along. "+
			"Send JSON and name uploaded pictures by hash; or send multipart/form-data with the JSON as the field row and each picture as a file picture: "+
			"a file is used where offer.pictures names it in url, and otherwise added at the end.",
		way{permission: access.ListingScreen})
	handle(a, o, a.screen)
	schema := a.schema(ScreeningIn{})
	a.documentBody(o, map[string]*huma.MediaType{"application/json": {Schema: schema}, "multipart/form-data": {Schema: &huma.Schema{Type: huma.TypeObject,
		Properties: map[string]*huma.Schema{"row": schema, "picture": {Type: huma.TypeArray, Items: binary()}}, Required: []string{"row"}}}})
}

func (a *API) screen(ctx context.Context, in *Stream) (*answered[verdict.Verdict], error) {
	var ask ScreeningIn
	var err error
	switch in.mediaType() {
	case "application/json", "":
		var data []byte
		if data, err = in.readAll(a.d.Limits.Body); err == nil {
			err = decodeStrictly(data, &ask)
		}
	case "multipart/form-data":
		ask, err = a.screeningForm(ctx, in)
	default:
		err = in.wrongMedia(ctx, "send application/json or multipart/form-data")
	}
	if err != nil {
		return nil, err
	}
	p := me(ctx)
	sellerID, err := sellerOfScreening(p, ask)
	if err != nil {
		return nil, err
	}
	if _, err := a.d.Store.Seller(ctx, sellerID); err != nil {
		return nil, absentField(err, "seller", "name a seller that is known: its licences and standing decide")
	}
	row := ask.row("dry-run")
	if err := a.checkScreening(ctx, row); err != nil {
		return nil, err
	}
	v, err := a.d.Screener.DryRun(ctx, sellerID, row)
	if err != nil {
		return nil, err
	}
	return answerWith(p.ShowVerdict(ctx, a.d.Store, v))
}

// checkScreening refuses what intake would refuse.
func (a *API) checkScreening(ctx context.Context, row listing.Row) error {
	if err := intake.Check(row); err != nil {
		return err
	}
	for _, pic := range row.Offer.Pictures {
		if pic.Hash == "" {
			continue
		}
		if ok, err := a.d.Blobs.Has(ctx, pic.Hash); err != nil || !ok {
			if err != nil {
				return err
			}
			return &fault.Error{Code: fault.Invalid, Message: "a picture is not known",
				Fields: []fault.Field{{Path: "offer.pictures", Code: "unknown_picture", Message: "no picture is stored under " + pic.Hash + "; upload it first"}}}
		}
	}
	return nil
}

// sellerOfScreening is the seller on whose licences the answer depends; a
// seller asks for himself.
func sellerOfScreening(p access.Principal, ask ScreeningIn) (string, error) {
	id := ask.SellerID
	if id == "" && ask.Seller != "" {
		market := ask.Market
		if market == "" {
			market = "main"
		}
		id = listing.SellerID(market, ask.Seller)
	}
	own, limited := p.SellerScope()
	if limited && id == "" {
		id = own
	}
	if limited && id != own {
		return "", fault.New(fault.Forbidden, "you may ask for your own shop only; leave the seller out")
	}
	return id, nil
}

// screeningForm reads a form part by part; each picture is kept as it comes.
func (a *API) screeningForm(ctx context.Context, in *Stream) (ScreeningIn, error) {
	var ask ScreeningIn
	in.r.Body = http.MaxBytesReader(in.w, in.r.Body, 4*a.d.Limits.Picture)
	form, err := in.r.MultipartReader()
	if err != nil {
		return ask, fault.Wrap(err, fault.Invalid, "the form cannot be read; send multipart/form-data with a boundary")
	}
	rows := 0
	var sent []listing.Picture // name as URL, with its hash
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return ask, brokenForm(err)
		}
		switch part.FormName() {
		case "row":
			rows++
			err = readRowPart(part, a.d.Limits.Body, &ask)
		case "picture":
			if len(sent) == maxScreenPictures {
				return ask, fault.New(fault.TooLarge, "send at most %d pictures", maxScreenPictures)
			}
			var kept StoredPicture
			if kept, err = a.picturePart(ctx, part); err == nil {
				sent = append(sent, listing.Picture{URL: part.FileName(), Hash: kept.Hash})
			}
		default:
			err = fault.New(fault.Invalid, "the form has a field %q; it takes row and picture", clip(part.FormName(), 50))
		}
		if err != nil {
			return ask, err
		}
	}
	if rows != 1 {
		return ask, fault.New(fault.Invalid, "the form needs the listing as JSON in one field row")
	}
	ask.Offer.Pictures = join(ask.Offer.Pictures, sent)
	return ask, nil
}

// join puts sent pictures where the offer names them, the rest at the end.
func join(named []PictureIn, sent []listing.Picture) []PictureIn {
	out := slices.Clone(named)
	for _, s := range sent {
		i := slices.IndexFunc(out, func(p PictureIn) bool { return p.URL != "" && p.URL == s.URL && p.Hash == "" })
		if i < 0 {
			out = append(out, PictureIn{Hash: s.Hash})
			continue
		}
		out[i] = PictureIn{Hash: s.Hash}
	}
	return out
}

func readRowPart(part *multipart.Part, limit int64, v any) error {
	data, err := io.ReadAll(io.LimitReader(part, limit+1))
	if err != nil {
		return brokenForm(err)
	}
	if int64(len(data)) > limit {
		return fault.New(fault.TooLarge, "the field %s is over %d bytes", part.FormName(), limit)
	}
	return decodeStrictly(data, v)
}

func (a *API) picturePart(ctx context.Context, part *multipart.Part) (StoredPicture, error) {
	data, err := io.ReadAll(io.LimitReader(part, a.d.Limits.Picture+1))
	if err != nil {
		return StoredPicture{}, brokenForm(err)
	}
	return a.keepPicture(ctx, data)
}

func brokenForm(err error) error {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return err
	}
	return fault.Wrap(err, fault.Invalid, "the form breaks off or is not multipart/form-data; send it again")
}
