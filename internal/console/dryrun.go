package console

import (
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/match/picture"
	"assay/internal/seller"
	"assay/internal/verdict"
)

type dryRunView struct {
	Given      map[string]string
	Wrong      map[string]*fault.Field
	Pictures   []string // hashes already uploaded
	Sellers    []seller.Seller
	Own        bool
	Currencies []string
	Verdict    *verdict.Verdict
	Evidence   evidence
	Cures      []string
}

var currencies = []string{"KRW", "USD", "EUR", "CNY", "JPY", "GBP"}

func (c *Console) dryRunPage(w http.ResponseWriter, r *http.Request) error {
	return c.showDryRun(w, r, http.StatusOK, dryRunView{})
}

func (c *Console) showDryRun(w http.ResponseWriter, r *http.Request, status int, v dryRunView) (err error) {
	v.Currencies = currencies
	if _, v.Own = who(r).SellerScope(); !v.Own {
		if v.Sellers, err = c.Store.Sellers(r.Context(), seller.Filter{Limit: 500}); err != nil {
			return err
		}
	}
	return c.show(w, r, status, "dryrun", "dryrun.title", v)
}

// dryRun answers what would happen to a listing. Pictures are kept under
// their hash, so that trying again with other words needs no new upload.
func (c *Console) dryRun(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxFormPicture*maxPicture)
	var v dryRunView
	form, err := readUpload(r, func(field, _ string, file io.Reader) error {
		if field != "pictures" || len(v.Pictures) >= maxFormPicture {
			return nil
		}
		hash, err := c.keepPicture(r, file)
		v.Pictures = append(v.Pictures, hash)
		return err
	})
	v.Given = form.values
	for _, hash := range strings.Fields(form.values["kept"]) {
		if ok, e := c.Blobs.Has(r.Context(), hash); e == nil && ok && len(v.Pictures) < maxFormPicture && !slices.Contains(v.Pictures, hash) {
			v.Pictures = append(v.Pictures, hash)
		}
	}
	if err == nil {
		err = c.answer(r, &v)
	}
	if mendable(err) {
		v.Wrong = wrongOf(err, "title")
		return c.showDryRun(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return c.showDryRun(w, r, http.StatusOK, v)
}

func (c *Console) keepPicture(r *http.Request, file io.Reader) (string, error) {
	b, err := readPicture(file)
	if err != nil {
		return "", err
	}
	if _, err := picture.Decode(b, picture.DefaultLimits()); err != nil {
		return "", refusePictures("not_picture", "this file cannot be opened as a picture")
	}
	return c.Blobs.Put(r.Context(), b)
}

func (c *Console) answer(r *http.Request, v *dryRunView) error {
	row, err := offerForm(v.Given, v.Pictures)
	if err != nil {
		return err
	}
	shop, own := who(r).SellerScope()
	if !own {
		shop = v.Given["seller"]
	}
	if shop == "" {
		return &fault.Error{Code: fault.Invalid, Message: "no seller", Fields: []fault.Field{{Path: "seller", Code: "missing", Message: "choose a seller"}}}
	}
	given, err := c.Screener.DryRun(r.Context(), shop, row)
	if err != nil {
		return err
	}
	v.Cures = cures(given)
	if given, err = who(r).ShowVerdict(r.Context(), c.Store, given); err != nil {
		return err
	}
	v.Verdict = &given
	v.Evidence, err = c.evidence(r.Context(), row.Offer, given)
	return err
}

// offerForm makes the row that is tried.
func offerForm(given map[string]string, pictures []string) (listing.Row, error) {
	row := listing.Row{ExternalID: "dry-run", Offer: listing.Offer{Title: strings.TrimSpace(given["title"]), Description: given["description"],
		Brand: strings.TrimSpace(given["brand"]), Category: strings.TrimSpace(given["category"]), Condition: given["condition"]}}
	for _, hash := range pictures {
		row.Offer.Pictures = append(row.Offer.Pictures, listing.Picture{Hash: hash, State: listing.PictureStored})
	}
	if raw := strings.TrimSpace(given["price"]); raw != "" {
		v, err := strconv.ParseFloat(strings.ReplaceAll(raw, ",", ""), 64)
		if err != nil || v < 0 || v > 1e12 || math.IsNaN(v) || !slices.Contains(currencies, given["currency"]) {
			return row, &fault.Error{Code: fault.Invalid, Message: "the price cannot be read",
				Fields: []fault.Field{{Path: "price", Code: "bad_price", Message: "write the price in figures"}}}
		}
		minor := math.Round(v * math.Pow10(listing.Exponent(given["currency"])))
		row.Offer.Price = &listing.Money{Minor: int64(minor), Currency: given["currency"]}
	}
	if row.Offer.Title == "" {
		return row, &fault.Error{Code: fault.Invalid, Message: "no title", Fields: []fault.Field{{Path: "title", Code: "missing", Message: "must not be empty"}}}
	}
	return row, nil
}
