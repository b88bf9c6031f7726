package console

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/listing/intake"
	"assay/internal/verdict"
)

type curingView struct {
	Listing  listing.Listing
	Title    string
	Pictures []curingPicture
	Given    map[string]string
	Wrong    map[string]*fault.Field
	Evidence evidence
	Cures    []string
}

type curingPicture struct {
	listing.Picture
	Num   int // from 1
	Found bool
}

// curingPage is where a seller changes what a decision stood on.
func (c *Console) curingPage(w http.ResponseWriter, r *http.Request) error {
	l, err := c.ownListing(r)
	if err != nil {
		return err
	}
	return c.showCuring(w, r, http.StatusOK, l, nil, nil)
}

// ownListing reads the listing of the request's path for the seller who owns it.
func (c *Console) ownListing(r *http.Request) (listing.Listing, error) {
	l, err := c.theListing(r)
	if shop, own := who(r).SellerScope(); err == nil && (!own || l.SellerID != shop) {
		err = hidden()
	}
	return l, err
}

func (c *Console) showCuring(w http.ResponseWriter, r *http.Request, status int, l listing.Listing, given map[string]string, wrong map[string]*fault.Field) error {
	newest, err := c.newest(r, l)
	if err != nil {
		return err
	}
	o := newest.Offer
	v := curingView{Listing: l, Title: o.Title, Given: given, Wrong: wrong}
	if v.Given == nil {
		v.Given = map[string]string{"title": o.Title, "description": o.Description, "brand": o.Brand}
	}
	found := map[int]bool{}
	verdicts, err := c.verdicts(r, l.ID, 20)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(verdicts, func(x verdict.Verdict) bool { return x.RevisionID == newest.ID }); i >= 0 {
		if v.Evidence, err = c.evidence(r.Context(), o, verdicts[i]); err != nil {
			return err
		}
		v.Cures = cures(verdicts[i])
		for _, s := range verdicts[i].Signals {
			if s.Sighting != nil && !s.Licensed {
				found[s.Sighting.Picture] = true
			}
		}
	}
	for i, p := range o.Pictures {
		v.Pictures = append(v.Pictures, curingPicture{p, i + 1, found[i]})
	}
	return c.showTitled(w, r, status, "curing", c.say(r, "curing.title")+" · "+explain.Plain(o.Title), v)
}

func (c *Console) newest(r *http.Request, l listing.Listing) (listing.Revision, error) {
	return c.Store.Revision(r.Context(), listing.RevisionID(l.ID, l.Revision))
}

// cureListing takes the changed listing in; it is screened at once.
func (c *Console) cureListing(w http.ResponseWriter, r *http.Request) error {
	l, err := c.ownListing(r)
	if err != nil {
		return err
	}
	newest, err := c.newest(r, l)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxFormPicture*maxPicture)
	var fresh []string
	form, err := readUpload(r, func(field, _ string, file io.Reader) error {
		if field != "pictures" || len(fresh) >= maxFormPicture {
			return nil
		}
		hash, err := c.keepPicture(r, file)
		fresh = append(fresh, hash)
		return err
	})
	changed := false
	if err == nil {
		changed, err = c.takeCured(r, l, curedOffer(newest.Offer, form, fresh))
	}
	if mendable(err) {
		return c.showCuring(w, r, http.StatusUnprocessableEntity, l, form.values, wrongOf(err, "title"))
	}
	if err != nil {
		return err
	}
	f := flash{Kind: "pass", Key: "curing.saved"}
	if !changed {
		f = flash{Kind: "review", Key: "curing.same"}
	}
	c.flashLater(r, f)
	http.Redirect(w, r, "/listings/"+url.PathEscape(l.ID), http.StatusSeeOther)
	return nil
}

// curedOffer is the offer as its seller has changed it: the words of the form,
// the pictures he keeps, and new ones after them.
func curedOffer(o listing.Offer, form upload, fresh []string) listing.Offer {
	o.Title, o.Description, o.Brand = strings.TrimSpace(form.values["title"]), form.values["description"], strings.TrimSpace(form.values["brand"])
	var kept []listing.Picture
	for i, p := range o.Pictures {
		if slices.Contains(form.all["keep"], strconv.Itoa(i+1)) {
			kept = append(kept, p)
		}
	}
	for _, hash := range fresh {
		kept = append(kept, listing.Picture{Hash: hash, State: listing.PictureStored})
	}
	o.Pictures = kept
	return o
}

func (c *Console) takeCured(r *http.Request, l listing.Listing, o listing.Offer) (changed bool, err error) {
	taken, err := c.Intake.Take(r.Context(), intake.Source{Market: l.Market, Name: "cure", ActorID: who(r).ID, DefaultSeller: l.SellerID, OnlySeller: l.SellerID},
		[]listing.Row{{ExternalID: l.ExternalID, Offer: o}})
	if err != nil {
		return false, err
	}
	return taken[0].Changed, taken[0].Err
}
