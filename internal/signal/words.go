package signal

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"assay/internal/listing"
	"assay/internal/match/lexicon"
	"assay/internal/registry"
)

// Words finds protected names and phrases, however disguised, and words of
// the counterfeit trade, and weighs whether their use infringes.
type Words struct {
	mu      sync.Mutex
	entries map[string][]lexicon.Entry   // by asset id; a brand's own name under "brand:" + id
	brands  map[string]lexicon.BrandInfo // by brand id
	options lexicon.Options
	current *lexicon.Lexicon // nil: must be compiled
	added   int              // wordings that joined current since it was compiled
}

// NewWords is a detector that knows the words of the trade, and with extra,
// the operator's own list, his words too.
func NewWords(extra []byte) (*Words, error) {
	d := &Words{entries: map[string][]lexicon.Entry{}, brands: map[string]lexicon.BrandInfo{}, options: lexicon.Options{Extra: extra}}
	if _, err := lexicon.Compile(nil, nil, d.options); err != nil { // says at once when the operator's list is wrong
		return nil, err
	}
	return d, nil
}

func (*Words) Name() string { return "words/1" }

// addedMost is how many wordings are added to a compiled matcher before it is
// compiled anew: adding is quick, a fresh matcher is quicker to search.
const addedMost = 256

// Learn takes in a name, a phrase, or a brand known by its name alone. What is
// new joins the compiled matcher at once; otherwise the matcher is compiled
// when it is next asked, so that a thousand assets cost one compilation.
func (d *Words) Learn(_ context.Context, k Known) error {
	key, entries := k.Asset.ID, wordings(k)
	if key == "" {
		key = "brand:" + k.Brand.ID
	}
	brand := lexicon.BrandInfo{ID: k.Brand.ID, Name: k.Brand.Name, Goods: k.Brand.Goods, UsualPrice: k.Brand.UsualPrice}
	d.mu.Lock()
	defer d.mu.Unlock()
	_, before := d.entries[key]
	if len(entries) > 0 {
		d.entries[key] = entries
	} else {
		delete(d.entries, key)
	}
	if _, known := d.brands[brand.ID]; known && k.Asset.ID != "" && len(entries) == 0 && !before {
		return nil // a picture, one of hundreds of thousands: it changes no words
	}
	if brand.ID != "" {
		d.brands[brand.ID] = brand
	}
	if d.current == nil || before || d.added+len(entries) > addedMost {
		d.current = nil
		return nil
	}
	next, err := d.current.With(entries, []lexicon.BrandInfo{brand})
	if err != nil {
		delete(d.entries, key)
		return fmt.Errorf("learn words: %w", err)
	}
	d.current, d.added = next, d.added+len(entries)
	return nil
}

// wordings are what an asset's words look like to the matcher; none for a
// picture.
func wordings(k Known) []lexicon.Entry {
	switch {
	case k.Asset.ID == "" && k.Brand.ID != "":
		return spellings(lexicon.Entry{BrandID: k.Brand.ID, Kind: lexicon.KindName, Text: k.Brand.Name, Weight: 1})
	case k.Asset.Kind == registry.AssetName:
		return spellings(lexicon.Entry{AssetID: k.Asset.ID, BrandID: k.Asset.BrandID, Kind: lexicon.KindName,
			Text: k.Asset.Text, Language: k.Asset.Language, Weight: 1}, k.Asset.DismissedSpellings...)
	case k.Asset.Kind == registry.AssetPhrase:
		return []lexicon.Entry{{AssetID: k.Asset.ID, BrandID: k.Asset.BrandID, Kind: lexicon.KindPhrase,
			Text: k.Asset.Text, Language: k.Asset.Language, Weight: 1}}
	}
	return nil
}

// Spelling is a way a name is likely to be written, as the machine proposes
// it; people may dismiss it.
type Spelling struct {
	Text      string  `json:"text"`
	Weight    float64 `json:"weight"` // 0..1: how surely it means the name
	Reason    string  `json:"reason"` // message key "spelling.<reason>"
	Dismissed bool    `json:"dismissed"`
}

// Spellings are the proposals for a name; none for other assets.
func Spellings(a registry.Asset) []Spelling {
	if a.Kind != registry.AssetName {
		return nil
	}
	var out []Spelling
	for _, s := range lexicon.Propose(a.Text, a.Language) {
		out = append(out, Spelling{Text: s.Text, Weight: s.Weight, Reason: s.Reason, Dismissed: slices.Contains(a.DismissedSpellings, s.Text)})
	}
	return out
}

// spellings is the registered name followed by the spellings it suggests that
// nobody has dismissed.
func spellings(e lexicon.Entry, dismissed ...string) []lexicon.Entry {
	out := []lexicon.Entry{e}
	for _, s := range lexicon.Propose(e.Text, e.Language) {
		if slices.Contains(dismissed, s.Text) {
			continue
		}
		out = append(out, lexicon.Entry{AssetID: e.AssetID, BrandID: e.BrandID, Kind: e.Kind, Text: s.Text, Derived: true, Weight: s.Weight})
	}
	return out
}

func (d *Words) Forget(assetID string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.entries[assetID]; ok {
		delete(d.entries, assetID)
		d.current = nil
	}
}

// lexicon is the compiled matcher of everything known now.
func (d *Words) lexicon() (*lexicon.Lexicon, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current != nil {
		return d.current, nil
	}
	var entries []lexicon.Entry
	for _, id := range slices.Sorted(maps.Keys(d.entries)) {
		entries = append(entries, d.entries[id]...)
	}
	brands := make([]lexicon.BrandInfo, 0, len(d.brands))
	for _, id := range slices.Sorted(maps.Keys(d.brands)) {
		brands = append(brands, d.brands[id])
	}
	l, err := lexicon.Compile(entries, brands, d.options)
	if err != nil {
		return nil, fmt.Errorf("compile the words: %w", err)
	}
	d.current, d.added = l, 0
	return l, nil
}

// Detect examines the text a buyer sees.
func (d *Words) Detect(_ context.Context, s *Subject) ([]Signal, error) {
	l, err := d.lexicon()
	if err != nil {
		return nil, err
	}
	o := s.Revision.Offer
	doc := lexicon.Document{Fields: append(Fields(o), ReadFields(s.Read)...), Category: o.Category, BrandField: o.Brand, Condition: o.Condition, Language: o.Language,
		Licensed: func(brandID string) bool { _, ok := s.LicenceFor(brandID, ""); return ok }}
	if o.Price != nil {
		doc.Price, doc.Currency = o.Price.Major(), o.Price.Currency
	}
	var out []Signal
	for _, f := range l.Examine(doc) {
		if f.Kind == string(lexicon.KindPhrase) && len(f.Spans) > 0 && strings.HasPrefix(f.Spans[0].Field, "picture:") {
			continue // Lines knows better how sentences are misread
		}
		out = append(out, d.signal(f, s))
	}
	return out, nil
}

// Fields are the texts of an offer in the order a buyer reads them.
func Fields(o listing.Offer) []lexicon.Field {
	fields := []lexicon.Field{{Name: "title", Text: o.Title}}
	add := func(name, text string) {
		if strings.TrimSpace(text) != "" {
			fields = append(fields, lexicon.Field{Name: name, Text: text})
		}
	}
	add("brand", o.Brand)
	add("description", o.Description)
	for _, k := range slices.Sorted(maps.Keys(o.Attributes)) {
		add("attribute:"+k, o.Attributes[k])
	}
	return fields
}

var tradeCodes = lexicon.ReasonCodes()

var wordKinds = map[string]Kind{"name": TextName, "phrase": TextPhrase, "claim": TextClaim, "affiliation": TextAffiliation}

func (d *Words) signal(f lexicon.Finding, s *Subject) Signal {
	out := Signal{Kind: wordKinds[f.Kind], Detector: d.Name(), AssetID: f.AssetID, BrandID: f.BrandID, Score: f.Score, Intent: f.Intent,
		For: factors(f.For), Against: factors(f.Against)}
	if out.Kind == "" {
		out.Kind = TextName
	}
	if f.Licensed { // a licence never covers words of the counterfeit trade
		if l, ok := s.LicenceFor(f.BrandID, f.AssetID); ok {
			out.Licensed, out.LicenceID = true, l.ID
		}
	}
	for _, sp := range f.Spans {
		if slices.Contains(tradeCodes, sp.Matched) {
			sp.Matched = "" // words of the trade match a code, not a protected wording
		}
		out.Spans = append(out.Spans, Span{Field: sp.Field, Start: sp.Start, End: sp.End, Text: sp.Text, Matched: sp.Matched, Disguises: sp.Disguises})
	}
	if len(out.Spans) > 0 {
		out.Sighting = WhereRead(s.Read, out.Spans[0].Field, out.Spans[0].Start)
	}
	return out
}

func factors(in []lexicon.Reason) []Factor {
	out := make([]Factor, len(in))
	for i, r := range in {
		out[i] = Factor{Code: r.Code, Weight: r.Weight, Detail: r.Detail}
	}
	return out
}
