package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/search"
	"assay/internal/signal"
)

// hitView is a hit laid out for eyes.
type hitView struct {
	search.Hit
	Picture string
	Texts   []offerText
	Excuses []signal.Factor // each once
	Opens   bool            // the reader may open the listing
	Shop    string          // address of the same search in this shop alone; empty: none
}

// queryForm is a search as its form shows it.
type queryForm struct {
	Words     string
	Values    url.Values // of all fields, for the form and for addresses
	Statuses  []choice
	Languages []languageChoice
	Narrowed  bool // some of the further filters are set
	Wrong     map[string]*fault.Field
}

// Value is what stands in a field.
func (f queryForm) Value(name string) string { return f.Values.Get(name) }

// Query is the search as a query string.
func (f queryForm) Query() string { return f.Values.Encode() }

type searchView struct {
	Form   queryForm
	Hits   []hitView
	Result *search.Result // nil: nothing was searched for
	Next   string         // address where the search goes on
	Name   string         // of the search when it is kept
	Wrong  map[string]*fault.Field
}

// queryFields are the fields of a search's form besides its words.
var queryFields = []string{"language", "category", "min", "max", "currency", "from", "until", "status", "market", "seller", "likely", "unlicensed"}

// queryOf reads a search from form values; what cannot be read is named by
// its field.
func queryOf(v url.Values) (search.Query, []fault.Field) {
	q := search.Query{Words: search.ParseWords(v.Get("words"), v.Get("language")), Market: v.Get("market"), SellerID: v.Get("seller"),
		Status: listing.Status(v.Get("status")), Category: v.Get("category"), Currency: strings.ToUpper(v.Get("currency")), Likely: v.Get("likely") == "yes",
		Unlicensed: v.Get("unlicensed") == "yes"}
	var wrong []fault.Field
	for name, into := range map[string]**float64{"min": &q.PriceMin, "max": &q.PriceMax} {
		raw := strings.ReplaceAll(strings.TrimSpace(v.Get(name)), ",", "")
		if raw == "" {
			continue
		}
		price, err := strconv.ParseFloat(raw, 64)
		if err != nil {
			wrong = append(wrong, fault.Field{Path: name, Code: "bad_price", Message: "write a price in digits"})
			continue
		}
		*into = &price
	}
	for name, into := range map[string]*registry.Date{"from": &q.From, "until": &q.Until} {
		d, err := registry.ParseDate(v.Get(name))
		if err != nil {
			wrong = append(wrong, fault.Field{Path: name, Code: "bad_date", Message: "write the day as YYYY-MM-DD"})
			continue
		}
		*into = d
	}
	return q, wrong
}

// valuesOf are the form values of a search.
func valuesOf(q search.Query) url.Values {
	v := url.Values{"words": {search.FormatWords(q.Words)}}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	for _, w := range q.Words {
		set("language", w.Language)
	}
	for name, price := range map[string]*float64{"min": q.PriceMin, "max": q.PriceMax} {
		if price != nil {
			set(name, strconv.FormatFloat(*price, 'f', -1, 64))
		}
	}
	set("category", q.Category)
	set("currency", q.Currency)
	set("from", q.From.String())
	set("until", q.Until.String())
	set("status", string(q.Status))
	set("market", q.Market)
	set("seller", q.SellerID)
	if q.Likely {
		v.Set("likely", "yes")
	}
	if q.Unlicensed {
		v.Set("unlicensed", "yes")
	}
	return v
}

// formFields are the fields of the form by the paths of a query.
var formFields = map[string]string{"price_min": "min", "price_max": "max", "seller_id": "seller"}

// fieldsOfForm turns what is wrong with a query into what is wrong with its form.
func fieldsOfForm(list []fault.Field) map[string]*fault.Field {
	out := map[string]*fault.Field{}
	for path, f := range byPath(list) {
		if name, ok := formFields[path]; ok {
			path = name
		}
		out[path] = f
	}
	return out
}

func (c *Console) queryForm(r *http.Request, v url.Values, wrong []fault.Field) queryForm {
	f := queryForm{Words: v.Get("words"), Values: url.Values{}, Languages: c.choices(v.Get("language")), Wrong: fieldsOfForm(wrong)}
	for _, name := range append([]string{"words"}, queryFields...) {
		if value := v.Get(name); value != "" {
			f.Values.Set(name, value)
			f.Narrowed = f.Narrowed || name != "words" && name != "likely" && name != "unlicensed"
		}
	}
	for _, s := range listingStatuses {
		f.Statuses = append(f.Statuses, choice{string(s), "enum.listing_status." + string(s), string(s) == v.Get("status")})
	}
	return f
}

// searchPage shows the form and, when it names words, what they find.
func (c *Console) searchPage(w http.ResponseWriter, r *http.Request) error {
	return c.showSearch(w, r, http.StatusOK, r.URL.Query(), searchView{})
}

func (c *Console) showSearch(w http.ResponseWriter, r *http.Request, status int, values url.Values, v searchView) error {
	q, wrong := queryOf(values)
	if values.Has("words") && len(wrong) == 0 && len(v.Wrong) == 0 {
		result, err := c.Walker.Run(r.Context(), who(r).SearchOwner(), q, values.Get("after"), 20)
		if fault.Is(err, fault.Invalid) && len(fieldsOf(err)) > 0 {
			wrong = fieldsOf(err)
		} else if err != nil {
			return err
		} else if v.Hits, err = c.hits(r, result.Hits); err != nil {
			return err
		} else {
			v.Result = &result
		}
	}
	if len(wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	v.Form = c.queryForm(r, values, wrong)
	v.Name = search.FormatWords(q.Words)
	if v.Result != nil && v.Result.Next != "" {
		next := v.Form.Values
		v.Next = "/search?" + next.Encode() + "&after=" + url.QueryEscape(v.Result.Next)
	}
	for i := range v.Hits {
		shop := valuesOf(q)
		shop.Set("seller", v.Hits[i].SellerID)
		if q.SellerID == "" {
			v.Hits[i].Shop = "/search?" + shop.Encode()
		}
	}
	return c.show(w, r, status, "search", "search.title", v)
}

// hits lays hits out for their reader.
func (c *Console) hits(r *http.Request, list []search.Hit) ([]hitView, error) {
	var out []hitView
	for _, h := range list {
		v := hitView{Hit: h, Texts: textsOf(h), Excuses: excusesOf(h)}
		if len(h.Pictures) > 0 {
			v.Picture = h.Pictures[0]
		}
		var err error
		v.Opens, err = who(r).MaySeeListing(r.Context(), c.Store, listing.Listing{ID: h.ListingID, SellerID: h.SellerID})
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// textsOf marks the finds in the passages of a hit. A passage that is not its
// whole field says so at its ends.
func textsOf(h search.Hit) []offerText {
	var out []offerText
	for _, p := range h.Passages {
		var spans []signal.Span
		for _, m := range h.Matches {
			for _, s := range m.Spans {
				if s.Field == p.Field {
					s.Start, s.End = s.Start-p.Start, s.End-p.Start
					spans = append(spans, s)
				}
			}
		}
		field, name, _ := strings.Cut(p.Field, ":")
		t := offerText{Field: field, Name: name, Segments: explain.Segments(p.Text, spans)}
		if p.Start > 0 {
			t.Segments = append([]explain.Segment{{Cut: true}}, t.Segments...)
		}
		if !p.Whole {
			t.Segments = append(t.Segments, explain.Segment{Cut: true})
		}
		out = append(out, t)
	}
	return out
}

func excusesOf(h search.Hit) []signal.Factor {
	var out []signal.Factor
	seen := map[string]bool{}
	for _, m := range h.Matches {
		for _, f := range m.Against {
			if !seen[f.Code] {
				seen[f.Code] = true
				out = append(out, f)
			}
		}
	}
	return out
}
