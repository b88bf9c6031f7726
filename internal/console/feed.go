package console

import (
	"cmp"
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/google/uuid"

	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/listing/feed"
	"assay/internal/listing/intake"
	"assay/internal/seller"
)

type feedsView struct {
	Feeds   []listing.Feed
	Next    string
	Formats []choice
	// Currencies are those of prices that name none.
	Currencies []string
	Sellers    []seller.Seller
	Own        bool // a seller uploads for his own shop
	Given      map[string]string
	Wrong      map[string]*fault.Field
}

const feedsPerPage = 20

func (c *Console) feedsPage(w http.ResponseWriter, r *http.Request) error {
	return c.showFeeds(w, r, http.StatusOK, nil, nil)
}

func (c *Console) showFeeds(w http.ResponseWriter, r *http.Request, status int, given map[string]string, wrong map[string]*fault.Field) error {
	shop, own := who(r).SellerScope()
	v := feedsView{Own: own, Given: given, Wrong: wrong, Currencies: currencies}
	var err error
	if v.Feeds, err = c.Store.Feeds(r.Context(), shop, r.URL.Query().Get("after"), feedsPerPage); err != nil {
		return err
	}
	if len(v.Feeds) == feedsPerPage {
		v.Next = "/feeds?after=" + url.QueryEscape(v.Feeds[len(v.Feeds)-1].ID)
	}
	if !own {
		if v.Sellers, err = c.Store.Sellers(r.Context(), seller.Filter{Limit: 500}); err != nil {
			return err
		}
	}
	for _, f := range feed.Formats {
		v.Formats = append(v.Formats, choice{string(f), "format." + string(f), string(f) == cmp.Or(given["format"], string(feed.Auto))})
	}
	return c.show(w, r, status, "feeds", "feeds.title", v)
}

// uploadFeed keeps the files and leaves the reading to a job.
func (c *Console) uploadFeed(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 2*c.MaxUpload+1<<20)
	f := listing.Feed{ID: uuid.Must(uuid.NewV7()).String(), Market: "main", State: listing.FeedWaiting, ActorID: who(r).ID, CreatedAt: c.Now(), UpdatedAt: c.Now()}
	form, err := readUpload(r, func(field, name string, file io.Reader) (err error) {
		switch field {
		case "feed":
			f.Name = name
			f.Blob, _, err = c.Blobs.PutFrom(r.Context(), file, c.MaxUpload)
		case "pictures":
			f.Pictures, err = c.unpack(r.Context(), file)
		case "mapping_file":
			var b []byte
			b, err = io.ReadAll(io.LimitReader(file, maxFormField))
			f.Mapping = string(b)
		}
		return err
	})
	f.Format, f.SellerID, f.Mapping = cmp.Or(form.values["format"], string(feed.Auto)), form.values["seller"], cmp.Or(f.Mapping, form.values["mapping"])
	f.Currency = form.values["currency"]
	if err == nil {
		err = c.takeFeed(r, f)
	}
	if mendable(err) {
		return c.showFeeds(w, r, http.StatusUnprocessableEntity, form.values, wrongOf(err, "feed"))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/feeds/"+f.ID, http.StatusSeeOther)
	return nil
}

func (c *Console) takeFeed(r *http.Request, f listing.Feed) error {
	if f.Blob == "" {
		return &fault.Error{Code: fault.Invalid, Message: "no file came", Fields: []fault.Field{{Path: "feed", Code: "missing_file", Message: "choose a file"}}}
	}
	if f.Currency != "" && !slices.Contains(currencies, f.Currency) {
		return &fault.Error{Code: fault.Invalid, Message: "the currency is not known", Fields: []fault.Field{{Path: "currency", Code: "unknown_value", Message: "choose a currency of the list"}}}
	}
	if !utf8.ValidString(f.Mapping) {
		return &fault.Error{Code: fault.Invalid, Message: "the mapping is no text", Fields: []fault.Field{{Path: "mapping", Code: "bad_text", Message: "send valid UTF-8"}}}
	}
	if shop, own := who(r).SellerScope(); own {
		f.SellerID, f.OnlySeller = shop, true
	}
	if f.SellerID != "" {
		if _, err := c.Store.Seller(r.Context(), f.SellerID); err != nil {
			return &fault.Error{Code: fault.Invalid, Message: "no such seller", Fields: []fault.Field{{Path: "seller", Code: "unknown", Message: "choose a seller from the list"}}, Err: err}
		}
	}
	return c.Store.Atomic(r.Context(), func(ctx context.Context) error {
		if err := c.Store.PutFeed(ctx, f); err != nil {
			return err
		}
		if _, err := c.Store.Append(ctx, ledger.Entry{At: f.CreatedAt, Actor: f.ActorID, Kind: "feed.uploaded", Subject: f.ID, Data: []byte(`{"blob":"` + f.Blob + `"}`)}); err != nil {
			return err
		}
		return c.Queue.Enqueue(ctx, intake.FeedJobFor(f.ID))
	})
}

type feedView struct {
	Feed     listing.Feed
	Problems []listing.RowProblem
	Next     int
	Running  bool
	Seller   seller.Seller
}

const problemsPerPage = 200

// theFeed reads the feed of the request's path for its reader.
func (c *Console) theFeed(r *http.Request) (listing.Feed, error) {
	f, err := c.Store.Feed(r.Context(), r.PathValue("id"))
	if err == nil && !who(r).MaySeeFeed(f) {
		err = hidden()
	}
	return f, err
}

func (c *Console) feedView(r *http.Request) (feedView, error) {
	f, err := c.theFeed(r)
	if err != nil {
		return feedView{}, err
	}
	v := feedView{Feed: f, Running: f.State == listing.FeedWaiting || f.State == listing.FeedRunning}
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	if v.Problems, err = c.Store.Problems(r.Context(), f.ID, after, problemsPerPage); err != nil {
		return v, err
	}
	if len(v.Problems) == problemsPerPage {
		v.Next = after + problemsPerPage
	}
	if f.SellerID != "" {
		v.Seller, err = maybe(c.Store.Seller(r.Context(), f.SellerID))
	}
	return v, err
}

func (c *Console) feedPage(w http.ResponseWriter, r *http.Request) error {
	v, err := c.feedView(r)
	if err != nil {
		return err
	}
	return c.showTitled(w, r, http.StatusOK, "feed", explain.Plain(v.Feed.Name), v)
}

// feedState is the changing part of the page, for live refresh.
func (c *Console) feedState(w http.ResponseWriter, r *http.Request) error {
	v, err := c.feedView(r)
	if err != nil {
		return err
	}
	if !v.Running {
		w.Header().Set("Assay-Done", "yes")
	}
	return c.showPart(w, r, "feed", "state", v)
}

// feedRejects is the list of problems as a table for a spreadsheet.
func (c *Console) feedRejects(w http.ResponseWriter, r *http.Request) error {
	f, err := c.theFeed(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="rejects-`+f.ID+`.csv"`)
	out := csv.NewWriter(w)
	_ = out.Write([]string{"line", "id", "column", "code", "message", "rejected", "raw"})
	for after := 0; ; after += problemsPerPage {
		page, err := c.Store.Problems(r.Context(), f.ID, after, problemsPerPage)
		if err != nil {
			return err
		}
		for _, p := range page {
			_ = out.Write([]string{strconv.Itoa(p.Line), cell(p.RowID), cell(p.Column), p.Code, cell(p.Message), strconv.FormatBool(p.Rejected), cell(p.Raw)})
		}
		if len(page) < problemsPerPage {
			break
		}
	}
	out.Flush()
	return out.Error()
}

// cell keeps a stranger's text from being run as a formula by a spreadsheet.
func cell(s string) string {
	if s != "" && (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@' || s[0] == '\t' || s[0] == '\r') {
		return "'" + s
	}
	return s
}
