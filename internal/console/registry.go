package console

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"assay/internal/access"
	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/registry"
)

// shelf is one kind of row of the registry: its list and its cards.
type shelf interface {
	// rows lists what the filter, already narrowed to the reader, selects.
	rows(ctx context.Context, f registry.Filter) ([]registryRow, error)
	// find reads one row and what it hangs on.
	find(ctx context.Context, id string) (card, error)
	// draft is a new row; the address may say what it belongs to.
	draft(q url.Values) card
}

// card is one row with its form. A card knows nothing of requests.
type card interface {
	title() string
	belongs(ctx context.Context) error // reads the brand or holder it hangs on
	visible(p access.Principal) bool
	editable(p access.Principal) bool
	fields(ctx context.Context, p access.Principal) ([]field, error)
	take(form upload) []fault.Field
	save(ctx context.Context, by string) error
	id() string
	sections(ctx context.Context) ([]section, error)
}

// pictured is a card with pictures that can be uploaded.
type pictured interface {
	takePicture(ctx context.Context, field string, data []byte) error
}

// field is one entry of a form, and one line of a detail page.
type field struct {
	Name     string
	Kind     string // "text", "lines", "select", "checks", "check", "date", "picture", "pictures", "email"
	Value    string
	Shown    string // on the detail page, when it differs from Value
	Href     string
	Options  []choice // labels are texts, not keys
	Values   []string // of "pictures"
	Required bool
	Fixed    bool // cannot be changed once saved
	Wide     bool
	Wrong    *fault.Field
}

// registryRow is one line of a list, or one tile of a gallery.
type registryRow struct {
	ID, Href, Title string
	Picture         string // hash
	Words           string // shown instead of a picture
	Cells           []cellView
}

type cellView struct {
	Text, Href  string
	Badge, Code string // class, and message key
	Codes       string // prefix of a message key for Text
}

// section is a list below a detail page.
type section struct {
	Kind    string // of its rows, e.g. "assets"
	Rows    []registryRow
	New     string // address of the form for one more
	Gallery bool
}

// kinds are the shelves in the order shown; the words are part of addresses
// and message keys.
var kinds = []string{"holders", "brands", "rights", "assets", "licences"}

var columns = map[string][]string{
	"holders": {"name", "country", "email"}, "brands": {"name", "holder", "goods", "gated"},
	"rights":   {"right", "brand", "territories", "expires_on", "status"},
	"assets":   {"asset", "brand", "kind", "language", "state", "sought"},
	"licences": {"licence", "brand", "seller", "until", "status"},
}

func (c *Console) shelf(r *http.Request) (string, shelf, error) {
	kind := r.PathValue("kind")
	p := who(r)
	if !p.ReadsBrands() && kind != "licences" {
		return kind, nil, fault.New(fault.Forbidden, "no right to see this")
	}
	switch kind {
	case "holders":
		return kind, holderShelf{c}, nil
	case "brands":
		return kind, brandShelf{c}, nil
	case "rights":
		return kind, rightShelf{c}, nil
	case "assets":
		return kind, assetShelf{c}, nil
	case "licences":
		return kind, licenceShelf{c}, nil
	}
	return kind, nil, fault.New(fault.NotFound, "there is no such page")
}

func (c *Console) registryHome(w http.ResponseWriter, r *http.Request) error {
	to := "/registry/brands"
	if !who(r).ReadsBrands() {
		to = "/registry/licences"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

type registryListView struct {
	Kind    string
	Kinds   []choice
	Columns []string
	Rows    []registryRow
	Next    string
	Text    string
	Brand   string
	Brands  []registry.Brand
	New     string
	Gallery bool
	Kinded  []choice // kinds and depths to filter assets by
	Soughts []choice
	Many    string // where many photographs are registered at once
	Shift   string // where those that the filter matches are sought otherwise
}

// Filtered reports whether the list shows a part only.
func (v registryListView) Filtered() bool {
	chosen := func(c choice) bool { return c.Selected && c.Value != "" }
	return v.Text != "" || v.Brand != "" || slices.ContainsFunc(v.Kinded, chosen) || slices.ContainsFunc(v.Soughts, chosen)
}

const registryPage = 60

func (c *Console) registryList(w http.ResponseWriter, r *http.Request) error {
	kind, s, err := c.shelf(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	f := registry.Filter{Query: q.Get("text"), BrandID: q.Get("brand"), After: q.Get("after"), Limit: registryPage}
	if kind == "assets" {
		f.Kind, f.Sought = q.Get("kind"), registry.Sought(q.Get("sought"))
	}
	who(r).ScopeRegistry(&f)
	v := registryListView{Kind: kind, Columns: columns[kind], Text: f.Query, Brand: f.BrandID, Gallery: kind == "assets"}
	if v.Rows, err = s.rows(r.Context(), f); err != nil {
		return err
	}
	if len(v.Rows) == registryPage {
		q.Set("after", v.Rows[len(v.Rows)-1].ID)
		v.Next = "/registry/" + kind + "?" + q.Encode()
	}
	if kind != "holders" && kind != "brands" {
		if v.Brands, err = c.brandsOf(r); err != nil {
			return err
		}
	}
	if kind == "assets" {
		v.Kinded, v.Soughts = picks(registry.AssetKinds, registry.AssetKind(f.Kind), "enum.asset_kind"), picks(registry.Soughts, f.Sought, "enum.sought")
		if who(r).Can(access.RegistryWrite) {
			v.Many = "/registry/assets/catalogue?brand=" + url.QueryEscape(f.BrandID)
			v.Shift = shiftAddress(f)
		}
	}
	for _, k := range kinds {
		if k == "licences" || who(r).ReadsBrands() {
			v.Kinds = append(v.Kinds, choice{k, "registry." + k, k == kind})
		}
	}
	if s.draft(nil).editable(who(r)) || kind != "holders" && who(r).Can(access.RegistryWrite) {
		v.New = "/registry/" + kind + "/new"
		if f.BrandID != "" {
			v.New += "?brand=" + url.QueryEscape(f.BrandID)
		}
	}
	return c.show(w, r, http.StatusOK, "registrylist", "registry."+kind, v)
}

type cardView struct {
	Kind     string
	Name     string
	Title    string
	Fields   []field
	Sections []section
	Edit     string
	New      bool
	Ledger   string
	Columns  map[string][]string
	Asset    assetState
}

// theCard reads the row of the request's path for its reader.
func (c *Console) theCard(r *http.Request) (string, card, error) {
	kind, s, err := c.shelf(r)
	if err != nil {
		return kind, nil, err
	}
	k, err := s.find(r.Context(), r.PathValue("id"))
	if err != nil {
		return kind, nil, err
	}
	if err := k.belongs(r.Context()); err != nil {
		return kind, nil, err
	}
	if !k.visible(who(r)) {
		return kind, nil, hidden()
	}
	return kind, k, nil
}

func (c *Console) registryDetail(w http.ResponseWriter, r *http.Request) error {
	kind, k, err := c.theCard(r)
	if err != nil {
		return err
	}
	p := who(r)
	v := cardView{Kind: kind, Title: k.title(), Columns: columns}
	if v.Fields, err = k.fields(r.Context(), p); err != nil {
		return err
	}
	if v.Sections, err = k.sections(r.Context()); err != nil {
		return err
	}
	if v.Asset, err = c.assetState(r, k); err != nil {
		return err
	}
	if k.editable(p) {
		v.Edit = r.URL.Path + "/edit"
	} else {
		for i := range v.Sections {
			v.Sections[i].New = ""
		}
	}
	if p.Can(access.SystemRead) {
		v.Ledger = "/ledger?subject=" + url.QueryEscape(k.id())
	}
	return c.showTitled(w, r, http.StatusOK, "registrycard", explain.Plain(v.Title), v)
}

func (c *Console) registryNew(w http.ResponseWriter, r *http.Request) error {
	kind, s, err := c.shelf(r)
	if err != nil {
		return err
	}
	k := s.draft(r.URL.Query())
	if kind == "holders" && !k.editable(who(r)) {
		return fault.New(fault.Forbidden, "no right to do this")
	}
	return c.showForm(w, r, http.StatusOK, kind, k, true, nil)
}

func (c *Console) registryEdit(w http.ResponseWriter, r *http.Request) error {
	kind, k, err := c.theCard(r)
	if err != nil {
		return err
	}
	if !k.editable(who(r)) {
		return fault.New(fault.Forbidden, "no right to do this")
	}
	return c.showForm(w, r, http.StatusOK, kind, k, false, nil)
}

func (c *Console) showForm(w http.ResponseWriter, r *http.Request, status int, kind string, k card, fresh bool, wrong []fault.Field) error {
	fields, err := k.fields(r.Context(), who(r))
	if err != nil {
		return err
	}
	for i := range fields {
		for n := range wrong {
			if path, _, _ := strings.Cut(wrong[n].Path, "["); path == fields[i].Name && fields[i].Wrong == nil {
				fields[i].Wrong = &wrong[n]
			}
		}
	}
	title := "registry." + kind + ".edit"
	if fresh {
		title = "registry." + kind + ".new"
	}
	return c.show(w, r, status, "registryform", title, cardView{Kind: kind, Name: title, Title: k.title(), Fields: fields, New: fresh})
}

func (c *Console) registryCreate(w http.ResponseWriter, r *http.Request) error {
	kind, s, err := c.shelf(r)
	if err != nil {
		return err
	}
	return c.saveCard(w, r, kind, s, s.draft(nil), true)
}

func (c *Console) registrySave(w http.ResponseWriter, r *http.Request) error {
	kind, k, err := c.theCard(r)
	if err != nil {
		return err
	}
	if !k.editable(who(r)) {
		return fault.New(fault.Forbidden, "no right to do this")
	}
	return c.saveCard(w, r, kind, nil, k, false)
}

// saveCard takes the form into the row and saves it. Whoever may not edit
// what the row hangs on gets no further, whatever the form says.
func (c *Console) saveCard(w http.ResponseWriter, r *http.Request, kind string, s shelf, k card, fresh bool) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxFormPicture*maxPicture)
	form, err := readUpload(r, func(name, _ string, file io.Reader) error {
		p, ok := k.(pictured)
		if !ok {
			return nil
		}
		b, err := readPicture(file)
		if err != nil {
			return err
		}
		return p.takePicture(r.Context(), name, b)
	})
	wrong := k.take(form)
	if err == nil && len(wrong) == 0 {
		err = c.putCard(r, s, k, fresh)
	}
	if len(wrong) == 0 && mendable(err) {
		if wrong = fieldsOf(err); len(wrong) == 0 {
			wrong = []fault.Field{{Path: "id", Code: string(fault.CodeOf(err)), Message: safeMessage(err)}}
		}
	} else if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return c.showForm(w, r, http.StatusUnprocessableEntity, kind, k, fresh, wrong)
	}
	c.flashLater(r, flash{Kind: "pass", Key: "form.saved"})
	http.Redirect(w, r, "/registry/"+kind+"/"+url.PathEscape(k.id()), http.StatusSeeOther)
	return nil
}

func (c *Console) putCard(r *http.Request, s shelf, k card, fresh bool) error {
	ctx := r.Context()
	if err := k.belongs(ctx); err != nil {
		return err
	}
	if !k.editable(who(r)) {
		return notYours()
	}
	if fresh {
		if _, err := s.find(ctx, k.id()); err == nil {
			return &fault.Error{Code: fault.Invalid, Message: "this id is taken", Fields: []fault.Field{{Path: "id", Code: "taken", Message: "this id is taken; choose another"}}}
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return k.save(ctx, who(r).ID)
}

// notYours refuses a row that would hang on somebody else's brand, beside the
// field that chooses it.
func notYours() error {
	const mend = "choose one of your own"
	return &fault.Error{Code: fault.Invalid, Message: "this cannot be saved for another holder",
		Fields: []fault.Field{{Path: "brand", Code: "not_yours", Message: mend}, {Path: "holder", Code: "not_yours", Message: mend}}}
}

// madeID is the id of a form, or a new one when none was given.
func madeID(given, prefix string) string {
	return cmp.Or(strings.TrimSpace(given), prefix+"-"+uuid.Must(uuid.NewV7()).String())
}

// entries splits a list that people write with commas or line breaks.
func entries(s string) []string {
	var out []string
	for _, e := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' || r == ';' || r == '、' || r == '，' }) {
		if e = strings.TrimSpace(e); e != "" {
			out = append(out, e)
		}
	}
	return out
}

// day reads a date of a form; a bad one is noted.
func day(form upload, name string, wrong *[]fault.Field) registry.Date {
	d, err := registry.ParseDate(strings.TrimSpace(form.values[name]))
	if err != nil {
		*wrong = append(*wrong, fault.Field{Path: name, Code: "bad_date", Message: "write the day as YYYY-MM-DD"})
	}
	return d
}

// picks builds the options of a choice from a closed set.
func picks[T ~string](all []T, now T, prefix string) []choice {
	var out []choice
	for _, v := range all {
		out = append(out, choice{string(v), prefix + "." + string(v), v == now})
	}
	return out
}

// brandPicks lets a form choose among the brands its reader may edit.
func (c *Console) brandPicks(ctx context.Context, p access.Principal, now string) ([]choice, error) {
	f := registry.Filter{Limit: 500}
	p.ScopeRegistry(&f)
	list, err := c.Store.Brands(ctx, f)
	if err != nil {
		return nil, err
	}
	out := []choice{{"", "", now == ""}}
	for _, b := range list {
		out = append(out, choice{b.ID, b.Name, b.ID == now})
	}
	return out, nil
}
