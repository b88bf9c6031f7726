package console

import (
	"context"
	"io"
	"net/http"
	"os"

	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/registry/bundle"
	"assay/internal/signal"
)

// catalogueView is the form that registers many photographs at once, and what
// became of them.
type catalogueView struct {
	Brands []choice
	Sought []choice
	Wrong  map[string]*fault.Field
	Done   *bundle.Count
	Brand  string
	Told   []*fault.Field // files that were left out
	More   int
}

// mostTold is how many files that were left out are shown.
const mostTold = 100

func (c *Console) cataloguePage(w http.ResponseWriter, r *http.Request) error {
	return c.showCatalogue(w, r, http.StatusOK, catalogueView{Brand: r.URL.Query().Get("brand")}, registry.SoughtWhole)
}

func (c *Console) showCatalogue(w http.ResponseWriter, r *http.Request, status int, v catalogueView, sought registry.Sought) (err error) {
	if !who(r).ReadsBrands() {
		return fault.New(fault.Forbidden, "no right to do this")
	}
	if v.Brands, err = c.brandPicks(r.Context(), who(r), v.Brand); err != nil {
		return err
	}
	v.Sought = picks(registry.Soughts, sought, "enum.sought")
	return c.show(w, r, status, "catalogue", "catalogue.title", v)
}

// uploadCatalogue registers the pictures of a ZIP archive. It comes from a
// stranger: bundle.Importer looks at it before anything is unpacked.
func (c *Console) uploadCatalogue(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, c.MaxUpload+1<<20)
	f, err := os.CreateTemp("", "assay-catalogue-*")
	if err != nil {
		return err
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	var size int64
	form, err := readUpload(r, func(_, _ string, file io.Reader) (err error) {
		size, err = io.Copy(f, file)
		return err
	})
	v := catalogueView{Brand: form.values["brand"]}
	sought := registry.Sought(form.values["sought"])
	if err == nil {
		err = c.takeCatalogue(r, f, size, &v, sought)
	}
	if mendable(err) {
		v.Wrong = wrongOf(err, "pictures")
		return c.showCatalogue(w, r, http.StatusUnprocessableEntity, v, sought)
	}
	if err != nil {
		return err
	}
	return c.showCatalogue(w, r, http.StatusOK, v, sought)
}

func (c *Console) takeCatalogue(r *http.Request, f *os.File, size int64, v *catalogueView, sought registry.Sought) error {
	b, err := maybe(c.Store.Brand(r.Context(), v.Brand))
	if err != nil {
		return err
	}
	if b.ID == "" || !who(r).MayEditBrand(b) {
		return notYours()
	}
	if size == 0 {
		return &fault.Error{Code: fault.Invalid, Message: "no file came", Fields: []fault.Field{{Path: "pictures", Code: "missing_file", Message: "choose a file"}}}
	}
	im := bundle.Importer{Store: c.Store, Blobs: c.Blobs, Ledger: c.Store, Actor: who(r).ID, Now: c.Now, Describe: signal.DescribeWhole}
	// Whoever closes the page does not stop what he began.
	done, err := im.ImportZip(context.WithoutCancel(r.Context()), f, size, registry.Asset{BrandID: b.ID, Sought: sought})
	if err != nil {
		return err
	}
	count, told := done.Sections[bundle.Assets], done.Problems
	v.Done, v.More = &count, max(0, len(told)-mostTold)
	for i := range told[:min(len(told), mostTold)] {
		v.Told = append(v.Told, &told[i])
	}
	return nil
}
