package search

import (
	"context"
	"slices"
	"strings"
	"time"

	"assay/internal/match/lexicon"
	"assay/internal/registry"
)

// Grant is a licence with whose it is and the names it lets its seller use.
type Grant struct {
	Licence  registry.Licence
	HolderID string   // who granted it
	Names    []string // of the brand: its own, and its registered names
}

// claimed is the intent of a use that no licence covers.
const claimed = "counterfeit_claim"

// licence finds the licence under which the seller of an offer may use what was
// found in it; empty if there is none. Of a rights holder's search only the
// holder's own licences count. Every word that was found must be a name of a
// brand that is licensed, and nothing may be offered as a counterfeit.
func (o Offered) licence(grants []Grant, owner string, matches []Match, now time.Time) string {
	id := ""
	for _, m := range matches {
		if m.Intent == claimed {
			return ""
		}
		at := slices.IndexFunc(grants, func(g Grant) bool {
			return g.Licence.SellerID == o.Listing.SellerID && (owner == "" || owner == g.HolderID) &&
				g.Licence.Covers("", o.Revision.Offer.Category, o.Revision.Offer.Country, now) && g.names(m.Word)
		})
		if at < 0 {
			return ""
		}
		if id == "" {
			id = grants[at].Licence.ID
		}
	}
	return id
}

// names reports whether a word is one of the brand's names, in a spelling that
// the name suggests, or a sentence with one in it.
func (g Grant) names(word string) bool {
	letters := lexicon.ReadLetters(word).String()
	same := func(name string) bool {
		n := lexicon.ReadLetters(name).String()
		return n != "" && (n == letters || strings.ContainsAny(word, " ") && strings.Contains(letters, n))
	}
	return slices.ContainsFunc(g.Names, func(name string) bool {
		return same(name) || slices.ContainsFunc(lexicon.Propose(name, ""), func(s lexicon.Spelling) bool { return same(s.Text) })
	})
}

// licensees looks up the licences of sellers, each seller once.
type licensees struct {
	store Store
	known map[string][]Grant
}

func (l *licensees) of(ctx context.Context, sellerID string) ([]Grant, error) {
	if g, ok := l.known[sellerID]; ok {
		return g, nil
	}
	g, err := l.store.Grants(ctx, sellerID)
	if err != nil {
		return nil, err
	}
	if l.known == nil {
		l.known = map[string][]Grant{}
	}
	l.known[sellerID] = g
	return g, nil
}
