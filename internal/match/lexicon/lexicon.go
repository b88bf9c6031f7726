// Package lexicon finds protected names and sentences in listing texts, however
// they are disguised, and weighs whether the use infringes.
//
// Texts are reduced to skeletons (see skeleton.go), searched in one pass for
// every wording at once (automaton.go) and probed for near misses (nearby.go).
// What is found is checked letter by letter against the original, weighed with
// its context (score.go, words/*.yaml) and reported with the evidence for and
// against. Pure computing: no clock, network or database.
package lexicon

import (
	"errors"
	"fmt"
	"sync"
)

// Kind says what an entry protects.
type Kind string

const (
	KindName   Kind = "name"
	KindPhrase Kind = "phrase"
)

// Entry is one protected wording.
type Entry struct {
	AssetID, BrandID string
	Kind             Kind
	Text, Language   string  // Language is BCP 47, may be empty
	Derived          bool    // proposed spelling rather than registered name
	Weight           float64 // 1 for registered; 0 is read as 1
}

// BrandInfo is what is known about a brand besides its wordings.
type BrandInfo struct {
	ID, Name   string
	Goods      []string           // kinds of goods, any language
	UsualPrice map[string]float64 // by ISO currency, may be nil
	Short      []string           // abbreviations such as YSL
}

// Options adjust Compile.
type Options struct {
	Extra []byte // operator's YAML of terms, as in words/*.yaml; may be nil
}

// Document is one listing text to examine.
type Document struct {
	Fields                                    []Field // in reading order
	Category, BrandField, Condition, Language string
	Price                                     float64
	Currency                                  string
	Licensed                                  func(brandID string) bool // nil: none
	// Apart weighs every wording as if it were the only one and reports all,
	// excused uses with the lowest scores too. For wordings of people who know
	// nothing of each other, as saved searches are.
	Apart bool
}

// Field is one named text: "title", "description", "brand", "picture:0" …
type Field struct{ Name, Text string }

// Finding is one suspected use and the reasons for and against.
type Finding struct {
	BrandID, AssetID string  // empty for claims that name no brand
	Kind             string  // "name", "phrase", "claim", "affiliation"
	Score            float64 // 0..1: probability that this use infringes
	// Licensed: the seller may use the wording. A licence never covers offering
	// counterfeits, so such findings are reported as not licensed.
	Licensed     bool
	Spans        []Span
	For, Against []Reason
	Intent       string // one of Intents
}

// Span is a piece of evidence in the original text.
type Span struct {
	Field      string
	Start, End int    // byte offsets in the original field
	Text       string // what stands there
	Matched    string // the wording it was read as
	Disguises  []string
}

// Reason is one feature that moved the score: a code of ReasonCodes, the
// weight it added to the log-odds, and what triggered it.
type Reason struct {
	Code   string
	Weight float64
	Detail string
}

// Lexicon is an immutable set of wordings, ready to search. It is safe for
// concurrent use.
type Lexicon struct {
	vocab  *vocabulary
	layers []*layer
	brands map[string]*brand
	pool   *sync.Pool
}

// ErrEntry marks an entry that cannot be compiled.
var ErrEntry = errors.New("lexicon: bad entry")

// MaxWording is the longest wording, in letters of its skeleton.
const MaxWording = 250

// Compile builds a lexicon. It fails on an entry without brand or of unknown
// kind, on a wording that is too long, and on malformed Options.Extra. Wordings
// without any letter are left out.
func Compile(entries []Entry, brands []BrandInfo, opt Options) (*Lexicon, error) {
	v, err := loadVocabulary(opt.Extra)
	if err != nil {
		return nil, err
	}
	l := &Lexicon{vocab: v, brands: map[string]*brand{}}
	l.pool = &sync.Pool{New: func() any { return newExaminer() }}
	for _, b := range brands {
		l.brands[b.ID] = newBrand(b, v)
	}
	ly, err := newLayer(v, entries, brands, l.brands)
	if err != nil {
		return nil, err
	}
	l.layers = []*layer{ly}
	return l, nil
}

// With returns a lexicon that knows the given entries and brands as well. It
// shares everything compiled so far, so its cost depends on what is added
// only: a new name can be searched for at once, and the whole compiled anew
// when there is time. Brands given again replace what was known about them.
func (l *Lexicon) With(entries []Entry, brands []BrandInfo) (*Lexicon, error) {
	n := &Lexicon{vocab: l.vocab, brands: make(map[string]*brand, len(l.brands)+len(brands)), pool: l.pool}
	for id, b := range l.brands {
		n.brands[id] = b
	}
	for _, b := range brands {
		n.brands[b.ID] = newBrand(b, l.vocab)
	}
	ly, err := newLayer(l.vocab, entries, brands, n.brands)
	if err != nil {
		return nil, err
	}
	n.layers = append(append(n.layers, l.layers...), ly)
	return n, nil
}

// Bytes estimates the memory of the compiled wordings, without vocabulary and
// folding tables, which all lexicons share.
func (l *Lexicon) Bytes() int {
	n := 0
	for _, ly := range l.layers {
		n += ly.bytes()
	}
	return n
}

func checkEntry(e Entry) error {
	switch {
	case e.BrandID == "":
		return fmt.Errorf("%w: %q (asset %s) has no brand", ErrEntry, e.Text, e.AssetID)
	case e.Kind != KindName && e.Kind != KindPhrase:
		return fmt.Errorf("%w: %q has kind %q; use %q or %q", ErrEntry, e.Text, e.Kind, KindName, KindPhrase)
	}
	return nil
}
