package console

import (
	"context"
	"net/http"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/verdict"
)

// Rows that exist but are not for this reader answer like rows that do not:
// otherwise guessing ids would tell what is there.
func hidden() error { return fault.New(fault.NotFound, "there is no such page") }

func who(r *http.Request) access.Principal { return visitOf(r).who }

func actor(r *http.Request) casefile.Actor {
	return who(r).Actor()
}

// theCase reads the case of the request's path for its reader.
func (c *Console) theCase(r *http.Request) (casefile.Case, error) {
	k, err := c.Store.Case(r.Context(), r.PathValue("id"))
	if err != nil {
		return k, err
	}
	if !who(r).MaySeeCase(k) {
		return casefile.Case{}, hidden()
	}
	return who(r).ShowCase(k), nil
}

// theListing reads the listing of the request's path for its reader.
func (c *Console) theListing(r *http.Request) (listing.Listing, error) {
	l, err := c.Store.Listing(r.Context(), r.PathValue("id"))
	if err != nil {
		return l, err
	}
	ok, err := who(r).MaySeeListing(r.Context(), c.Store, l)
	if err == nil && !ok {
		err = hidden()
	}
	return l, err
}

// verdicts are those of a listing, cut to what the reader may know.
func (c *Console) verdicts(r *http.Request, listingID string, limit int) ([]verdict.Verdict, error) {
	list, err := c.Store.VerdictsOf(r.Context(), listingID, limit)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i], err = who(r).ShowVerdict(r.Context(), c.Store, list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// maybe turns "not found" into the zero row: what an old case refers to may
// have been left out of a later registry.
func maybe[T any](v T, err error) (T, error) {
	if fault.Is(err, fault.NotFound) {
		var none T
		return none, nil
	}
	return v, err
}

// lookup reads rows by id, each at most once.
type lookup[T any] struct {
	get  func(ctx context.Context, id string) (T, error)
	rows map[string]T
}

func newLookup[T any](get func(ctx context.Context, id string) (T, error)) *lookup[T] {
	return &lookup[T]{get, map[string]T{}}
}

func (l *lookup[T]) row(ctx context.Context, id string) (T, error) {
	if v, ok := l.rows[id]; ok || id == "" {
		return v, nil
	}
	v, err := maybe(l.get(ctx, id))
	if err == nil {
		l.rows[id] = v
	}
	return v, err
}

// brandsOf lists the brands a reader may choose from.
func (c *Console) brandsOf(r *http.Request) ([]registry.Brand, error) {
	if !who(r).ReadsBrands() {
		return nil, nil
	}
	f := registry.Filter{Limit: 500}
	who(r).ScopeRegistry(&f)
	return c.Store.Brands(r.Context(), f)
}
