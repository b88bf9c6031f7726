// Package feed reads the files in which marketplaces really receive listings:
// Google Merchant, Shopify, WooCommerce, Magento, Bagisto, Vendure, schema.org
// pages, JSON and plain CSV. Files come from strangers: every reader works in
// bounded memory, a bad row is reported and the next one is read.
//
// The way of a row: bytes -> UTF-8 text (encoding) -> record, one row by
// column name (table, markup, json) -> draft, what a format means by it
// (google, shopify, ...) -> listing.Row with warnings (build).
package feed

import (
	"fmt"
	"io"
	"slices"
	"time"

	"assay/internal/fault"
	"assay/internal/listing"
)

// Format names a kind of feed.
type Format string

const (
	Auto           Format = "auto"            // looked up in the content, never in the file name
	GoogleTSV      Format = "google-tsv"      // Google Merchant, tab or comma separated
	GoogleXML      Format = "google-xml"      // Google Merchant, RSS 2.0 or Atom
	ShopifyCSV     Format = "shopify-csv"     // both generations of headers
	WooCommerceCSV Format = "woocommerce-csv" // product export, also with translated headers
	MagentoCSV     Format = "magento-csv"     // Magento 2 product import
	BagistoCSV     Format = "bagisto-csv"     // Bagisto product import
	BagistoXML     Format = "bagisto-xml"     // the same columns as XML attributes
	VendureCSV     Format = "vendure-csv"     // Vendure product import
	JSONLD         Format = "jsonld"          // schema.org Product, alone or inside an HTML page
	JSON           Format = "json"            // an array, or an object that holds one
	NDJSON         Format = "ndjson"          // one JSON object a line
	CSV            Format = "csv"             // any other table with a header
	XML            Format = "xml"             // any other XML with one element a product
)

// Formats lists every format that can be asked for, in the order shown to people.
var Formats = []Format{Auto, GoogleTSV, GoogleXML, ShopifyCSV, WooCommerceCSV, MagentoCSV, BagistoCSV, BagistoXML, VendureCSV, JSONLD, JSON, NDJSON, CSV, XML}

// Options say how to read a feed; the zero value reads any format we know.
type Options struct {
	Format   Format   // empty is Auto
	Mapping  *Mapping // where to find our fields in JSON, NDJSON, CSV and XML of unknown make
	Encoding string   // WHATWG name such as "euc-kr"; empty: found out

	// What holds where the feed does not say.
	Currency string // ISO 4217
	Language string // BCP 47
	Country  string // ISO 3166-1 alpha-2
	Seller   string // external id of the seller

	Now time.Time // decides whether a sale price holds; zero: the moment of Open

	MaxRowBytes int // longest row in bytes of UTF-8; 0 is 1 MiB
	MaxField    int // longest text of one field in bytes; 0 is 64 KiB
	MaxPictures int // pictures kept of one listing; 0 is 50
}

// Item is one listing read.
type Item struct {
	Row      listing.Row
	Line     int           // line of the first row in text formats, ordinal of the product in JSON and pages
	Rows     int           // rows of the file this listing was made of: variants and further pictures come together
	Warnings []fault.Field // Path is the column, with ":line" where it is not Line
}

// Reject is one row, or group of rows, that could not be taken.
type Reject struct {
	Line     int           `json:"line"`
	Rows     int           `json:"rows"`
	ID       string        `json:"id,omitempty"`
	Problems []fault.Field `json:"problems"`
	Raw      string        `json:"raw,omitempty"` // beginning of the original, at most 2 KiB
}

// RejectError is what Next returns for a row that could not be taken. The
// reader stays usable: go on with Next.
type RejectError struct{ Reject Reject }

func (e *RejectError) Error() string {
	if len(e.Reject.Problems) == 0 {
		return fmt.Sprintf("row at line %d was not taken", e.Reject.Line)
	}
	p := e.Reject.Problems[0]
	return fmt.Sprintf("row at line %d was not taken: %s", e.Reject.Line, p.Message)
}

// Reader reads one feed, row by row. It is for one goroutine.
type Reader struct {
	format Format
	count  *counter
	source source
	build  builder
	rows   int64
	err    error
}

// source yields what a format means by its rows, one draft a product. A row
// that could not even be cut out comes as a draft with a reject reason.
type source interface {
	next() (*draft, error) // io.EOF at the end
}

// Open looks at the beginning of r, decides how to read it and returns a
// reader before the first row. name is used in messages only. Errors are
// fault.Invalid with one Field whose Code is stable.
func Open(r io.Reader, name string, opt Options) (*Reader, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	count := &counter{r: r}
	in, err := decode(count, name, opt.Encoding)
	if err != nil {
		return nil, err
	}
	w := newWindow(in, opt.MaxRowBytes)
	format, src, err := openSource(w, name, opt)
	if err != nil {
		return nil, err
	}
	return &Reader{format: format, count: count, source: src, build: newBuilder(opt)}, nil
}

func (o Options) withDefaults() (Options, error) {
	if o.Format == "" {
		o.Format = Auto
	}
	if !slices.Contains(Formats, o.Format) {
		return o, fault.New(fault.Invalid, "feed format %q is not known; use one of %v", clip(string(o.Format), 40), Formats)
	}
	if o.Currency != "" && !knownCurrency(o.Currency) {
		return o, fault.New(fault.Invalid, "currency %q is not an ISO 4217 code; write it like EUR or KRW", clip(o.Currency, 40))
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	o.MaxRowBytes = orDefault(o.MaxRowBytes, 1<<20)
	o.MaxField = orDefault(o.MaxField, 64<<10)
	o.MaxPictures = orDefault(o.MaxPictures, 50)
	return o, nil
}

func orDefault(n, def int) int {
	if n <= 0 {
		return def
	}
	return n
}

// Next returns the next listing; io.EOF at the end; *RejectError for a row
// that cannot be taken, after which reading goes on. Any other error means
// that the rest of the file is unreadable and comes again with every call.
func (r *Reader) Next() (Item, error) {
	if r.err != nil {
		return Item{}, r.err
	}
	d, err := r.source.next()
	if err != nil {
		r.err = err
		return Item{}, err
	}
	r.rows += int64(d.rows)
	item, reject := r.build.finish(d)
	if reject != nil {
		return Item{}, &RejectError{Reject: *reject}
	}
	return item, nil
}

// Format is the format read; never Auto.
func (r *Reader) Format() Format { return r.format }

// BytesRead counts the bytes taken from the file so far, for progress bars.
func (r *Reader) BytesRead() int64 { return r.count.n }

// Rows counts the rows that the items and rejects returned so far stand for.
func (r *Reader) Rows() int64 { return r.rows }

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
