package screening

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/signal"
)

// Kit is a labelled evaluation kit as laid out in docs/evaluation.md: what is
// protected, and questions whose answers only the scorer knows. Label files
// are never read.
type Kit struct {
	files   fs.FS
	Brands  []registry.Brand
	Known   []signal.Known
	Phrases []signal.Known // learnt for the questions that ask for them: reading costs a second a picture
}

// Tasks are the parts of a kit, with the file of their questions.
var Tasks = []Task{
	{Name: "photo", Input: "images/photo_queries_input.jsonl", Labels: "images/photo_queries.jsonl", Kind: registry.AssetPhotograph},
	{Name: "logo", Input: "images/logo_queries_input.jsonl", Labels: "images/logo_queries.jsonl", Kind: registry.AssetMark},
	{Name: "text", Input: "text/listings_input.jsonl", Words: true},
	{Name: "phrase", Input: "phrase/input.jsonl", Sentences: true},
}

// Task is one part of a kit.
type Task struct {
	Name  string
	Input string // JSON lines, relative to the kit's folder
	Words bool   // questions are texts; otherwise pictures
	// Labels are the right answers, JSON lines. Only Specimens reads them.
	Labels string
	Kind   registry.AssetKind // of what the labels name
	// Sentences are asked for: pictures are read.
	Sentences bool
}

// kitBrand owns the kit's pictures and phrases, which name no brand.
const kitBrand = "kit"

// OpenKit reads what is protected.
func OpenKit(dir string) (*Kit, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fault.Wrap(err, fault.NotFound, "the kit %s cannot be opened", dir)
	}
	k := &Kit{files: os.DirFS(dir)}
	owner := registry.Brand{ID: kitBrand, HolderID: kitBrand, Name: "evaluation kit"}
	for folder, kind := range map[string]registry.AssetKind{"images/protected": registry.AssetPhotograph, "images/logos": registry.AssetMark} {
		if err := k.pictures(folder, kind, owner); err != nil {
			return nil, err
		}
	}
	if err := k.brands(); err != nil {
		return nil, err
	}
	return k, k.phrases(owner)
}

// Has reports whether the kit holds questions for the task.
func (k *Kit) Has(t Task) bool {
	_, err := fs.Stat(k.files, t.Input)
	return err == nil
}

func (k *Kit) pictures(folder string, kind registry.AssetKind, owner registry.Brand) error {
	entries, err := fs.ReadDir(k.files, folder)
	if missing(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("kit: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		file := path.Join(folder, e.Name())
		id := strings.TrimSuffix(e.Name(), path.Ext(e.Name()))
		k.Known = append(k.Known, signal.Known{Brand: owner,
			Asset:   registry.Asset{ID: id, BrandID: kitBrand, Kind: kind, Picture: file},
			Picture: func(context.Context) ([]byte, error) { return fs.ReadFile(k.files, file) }})
	}
	return nil
}

// kitNames is one row of text/brands.json.
type kitNames struct {
	ID    string   `json:"id"`
	Latin string   `json:"latin"`
	Ko    string   `json:"ko"`
	Zh    string   `json:"zh"`
	Short string   `json:"short"`
	Also  []string `json:"also"`
	Cats  []string `json:"cats"`
	Price float64  `json:"price"` // USD
}

func (k *Kit) brands() error {
	var rows []kitNames
	if err := k.readJSON("text/brands.json", &rows); err != nil {
		return err
	}
	for _, r := range rows {
		b := registry.Brand{ID: r.ID, HolderID: kitBrand, Name: r.Latin, Goods: r.Cats}
		if r.Price > 0 {
			b.UsualPrice = map[string]float64{"USD": r.Price}
		}
		k.Brands = append(k.Brands, b)
		names := []registry.Asset{{Text: r.Latin, Language: "en"}, {Text: r.Ko, Language: "ko"}, {Text: r.Zh, Language: "zh"}, {Text: r.Short}}
		for _, also := range r.Also {
			names = append(names, registry.Asset{Text: also})
		}
		for i, a := range names {
			if a.Text == "" {
				continue
			}
			a.ID, a.BrandID, a.Kind = fmt.Sprintf("%s/%d", r.ID, i), r.ID, registry.AssetName
			k.Known = append(k.Known, signal.Known{Asset: a, Brand: b})
		}
	}
	return nil
}

func (k *Kit) phrases(owner registry.Brand) error {
	var rows []struct{ ID, Text string }
	if err := k.readJSON("phrase/phrases.json", &rows); err != nil {
		return err
	}
	for _, r := range rows {
		k.Phrases = append(k.Phrases, signal.Known{Brand: owner,
			Asset: registry.Asset{ID: r.ID, BrandID: kitBrand, Kind: registry.AssetPhrase, Text: r.Text}})
	}
	return nil
}

func (k *Kit) readJSON(file string, into any) error {
	b, err := fs.ReadFile(k.files, file)
	if missing(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("kit: %w", err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fault.Wrap(err, fault.Invalid, "kit file %s is not what it should be: %v", file, err)
	}
	return nil
}

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// question is one line of an input file.
type question struct {
	ID          string  `json:"id"`
	File        string  `json:"file"`
	Lang        string  `json:"lang"`
	Title       string  `json:"title"`
	Description string  `json:"description"`
	Brand       string  `json:"brand"`
	Category    string  `json:"category"`
	Condition   string  `json:"condition"`
	Price       float64 `json:"price"`
	Currency    string  `json:"currency"`
	Authorised  bool    `json:"seller_authorised"`
}

// offer is what the question shows, as a listing.
func (q question) offer() listing.Offer {
	o := listing.Offer{Title: q.Title, Description: q.Description, Brand: q.Brand, Category: q.Category, Condition: q.Condition, Language: q.Lang}
	if q.Currency != "" && q.Price > 0 {
		m := listing.MoneyOf(q.Price, strings.ToUpper(q.Currency))
		o.Price = &m
	}
	if q.File != "" {
		o.Pictures = []listing.Picture{{URL: q.File, State: listing.PictureStored}}
	}
	return o
}

// licences are an authorised seller's: one for every brand of the kit.
func (k *Kit) licences(sellerID string) []registry.Licence {
	out := make([]registry.Licence, 0, len(k.Brands))
	for _, b := range k.Brands {
		out = append(out, registry.Licence{ID: "licence-" + b.ID, BrandID: b.ID, SellerID: sellerID, Status: registry.LicenceActive})
	}
	return out
}
