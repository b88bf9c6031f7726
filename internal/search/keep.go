package search

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"assay/internal/fault"
	"assay/internal/ledger"
)

// MaxSaved is how many searches one owner may keep.
const MaxSaved = 200

// Keeper saves and deletes searches, each with its ledger entry in the same
// transaction, and shows their alerts.
type Keeper struct {
	Store  Store
	Now    func() time.Time
	Keep   time.Duration // how long alerts are kept; 0: for good
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
		kind := "search.changed"
		if s.ID == "" {
			kind = "search.saved"
		}
		if s, err = k.put(ctx, s); err != nil {
			return err
		}
		return k.note(ctx, kind, s, s.ActorID)
	})
	return s, err
}

// Delete deletes a search with its alerts. Missing: fault.NotFound.
func (k *Keeper) Delete(ctx context.Context, id, by string) error {
	return k.Atomic(ctx, func(ctx context.Context) error {
		s, err := k.Store.Search(ctx, id)
		if err != nil {
			return err
		}
		if err := k.Store.DeleteSearch(ctx, id); err != nil {
			return err
		}
		return k.note(ctx, "search.deleted", s, by)
	})
}

// note writes what was done to a search into the ledger. What is looked for is
// its owner's business: the entry has its hash alone, enough to prove it.
func (k *Keeper) note(ctx context.Context, kind string, s Saved, by string) error {
	query, err := json.Marshal(s.Query)
	if err != nil {
		return fmt.Errorf("write a query: %w", err)
	}
	data, err := json.Marshal(map[string]string{"holder": s.HolderID, "query": fmt.Sprintf("sha256:%x", sha256.Sum256(query))})
	if err != nil {
		return fmt.Errorf("write a ledger entry: %w", err)
	}
	_, err = k.Store.Append(ctx, ledger.Entry{At: k.Now(), Actor: by, Kind: kind, Subject: s.ID, Data: data})
	return err
}

// Tidy deletes alerts, read or not, that are older than k.Keep.
func (k *Keeper) Tidy(ctx context.Context) (deleted int, err error) {
	if k.Keep <= 0 {
		return 0, nil
	}
	return k.Store.DeleteAlerts(ctx, k.Now().Add(-k.Keep))
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
