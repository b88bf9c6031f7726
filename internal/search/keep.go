package search

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"assay/internal/fault"
)

// MaxSaved is how many searches one owner may keep.
const MaxSaved = 200

// Keeper saves searches and shows their alerts.
type Keeper struct {
	Store  Store
	Now    func() time.Time
	Atomic func(ctx context.Context, do func(ctx context.Context) error) error
}

// Save keeps a new search, when its ID is empty, or changes the name and the
// query of one that is known. Faults: Invalid with the fields, NotFound.
func (k *Keeper) Save(ctx context.Context, s Saved) (Saved, error) {
	s.Name = strings.TrimSpace(s.Name)
	c := s.Query.check()
	c.fits("name", s.Name)
	if s.Name == "" {
		c.add("name", "missing", "give the search a name")
	}
	if err := c.err(); err != nil {
		return Saved{}, err
	}
	if _, err := weave(s.Query.Words); err != nil {
		return Saved{}, err
	}
	err := k.Atomic(ctx, func(ctx context.Context) (err error) {
		s, err = k.put(ctx, s)
		return err
	})
	return s, err
}

func (k *Keeper) put(ctx context.Context, s Saved) (Saved, error) {
	s.UpdatedAt = k.Now()
	if s.ID != "" {
		old, err := k.Store.Search(ctx, s.ID)
		if err != nil {
			return s, err
		}
		s.CreatedAt, s.HolderID = old.CreatedAt, old.HolderID
		return s, k.Store.PutSearch(ctx, s)
	}
	all, err := k.Store.Searches(ctx, s.HolderID)
	if err != nil {
		return s, err
	}
	if len(all) >= MaxSaved {
		return s, fault.New(fault.Conflict, "%d searches are saved already; delete one first", MaxSaved)
	}
	s.CreatedAt = s.UpdatedAt
	s.ID = uuid.Must(uuid.NewV7()).String()
	return s, k.Store.PutSearch(ctx, s)
}

// Alerts are a page of alerts with the names of the sellers.
func (k *Keeper) Alerts(ctx context.Context, f AlertFilter) ([]Alert, string, error) {
	list, next, err := k.Store.Alerts(ctx, f)
	if err != nil {
		return nil, "", err
	}
	ids := make([]string, len(list))
	for i, a := range list {
		ids[i] = a.Hit.SellerID
	}
	sellers, err := k.Store.SellersByID(ctx, ids)
	for i := range list {
		list[i].Hit.SellerName = sellers[list[i].Hit.SellerID].Name
	}
	return list, next, err
}
