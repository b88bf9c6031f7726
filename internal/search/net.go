package search

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"assay/internal/fault"
	"assay/internal/match/lexicon"
	"assay/internal/signal"
)

// A net is words made ready to be found, each with the spellings that its name
// suggests. It is immutable.
type net struct {
	words []Word
	lex   *lexicon.Lexicon
}

// weave makes a net. To the lexicon each word is a brand of its own, known by
// its index. A sentence is a layer of its own, since of similar sentences in
// one layer only the nearest is found.
func weave(words []Word) (*net, error) {
	var names []lexicon.Entry
	var phrases [][]lexicon.Entry
	for i, w := range words {
		e := lexicon.Entry{BrandID: strconv.Itoa(i), Kind: cmp.Or(w.Kind, lexicon.KindName), Text: w.Text, Language: w.Language, Weight: 1}
		if e.Kind == lexicon.KindPhrase {
			phrases = append(phrases, []lexicon.Entry{e})
			continue
		}
		names = append(names, e)
		for _, s := range lexicon.Propose(w.Text, w.Language) {
			names = append(names, lexicon.Entry{BrandID: e.BrandID, Kind: e.Kind, Text: s.Text, Derived: true, Weight: s.Weight})
		}
	}
	lex, err := lexicon.Compile(names, nil, lexicon.Options{})
	for _, p := range phrases {
		if err == nil {
			lex, err = lex.With(p, nil)
		}
	}
	if errors.Is(err, lexicon.ErrEntry) {
		return nil, fault.Wrap(err, fault.Invalid, "a wording is too long to be searched for")
	}
	if err != nil {
		return nil, fmt.Errorf("compile a search: %w", err)
	}
	return &net{words, lex}, nil
}

// catch finds the words in an offer: matches by the index of their word.
func (n *net) catch(offered Offered) map[int]Match {
	o := offered.Revision.Offer
	doc := lexicon.Document{Fields: offered.fields(), Category: o.Category, BrandField: o.Brand, Condition: o.Condition, Language: o.Language, Apart: true}
	if o.Price != nil {
		doc.Price, doc.Currency = o.Price.Major(), o.Price.Currency
	}
	var out map[int]Match
	for _, f := range n.lex.Examine(doc) {
		i, err := strconv.Atoi(f.BrandID)
		if err != nil {
			continue // words of the trade beside no word of ours
		}
		if out == nil {
			out = map[int]Match{}
		}
		if m, ok := out[i]; !ok || f.Score > m.Score {
			out[i] = matchOf(n.words[i], f)
		}
	}
	return out
}

var tradeCodes = lexicon.ReasonCodes()

func matchOf(w Word, f lexicon.Finding) Match {
	m := Match{Word: w.Text, Score: f.Score, Intent: f.Intent, For: factors(f.For), Against: factors(f.Against)}
	for _, s := range f.Spans {
		if slices.Contains(tradeCodes, s.Matched) {
			s.Matched = "" // words of the trade match a code, not a wording
		}
		m.Spans = append(m.Spans, signal.Span{Field: s.Field, Start: s.Start, End: s.End, Text: s.Text, Matched: s.Matched, Disguises: s.Disguises})
	}
	return m
}

func factors(in []lexicon.Reason) []signal.Factor {
	var out []signal.Factor
	for _, r := range in {
		out = append(out, signal.Factor{Code: r.Code, Weight: r.Weight, Detail: r.Detail})
	}
	return out
}

// ranked are matches, best first, those under the floor left out.
func ranked(found []Match, floor float64) []Match {
	out := slices.DeleteFunc(found, func(m Match) bool { return m.Score < floor })
	slices.SortFunc(out, func(a, b Match) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Word, b.Word)) })
	return out
}
