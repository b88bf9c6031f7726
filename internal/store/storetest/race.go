package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/verdict"
)

var raceTests = map[string]func(*testing.T, *kit){
	"revisions":            raceRevisions,
	"cases":                raceCases,
	"open cases":           raceOpen,
	"decisions":            raceDecisions,
	"ledger":               raceLedger,
	"no change is missed":  raceChanges,
	"one change for equal": raceEqual,
	"policies":             racePolicies,
	"opposite orders":      raceDeadlock,
	"pictures":             racePictures,
}

const writers = 8

// together runs work in as many goroutines as there are writers.
func (k *kit) together(work func(writer int) error) {
	k.t.Helper()
	var g errgroup.Group
	for w := range writers {
		g.Go(func() error { return work(w) })
	}
	k.must(g.Wait())
}

// Eight writers offer the same ten states of one listing: each state that
// differs from the one before it becomes one revision, numbered without gaps.
func raceRevisions(t *testing.T, k *kit) {
	k.seller("s")
	news := make([]int, writers)
	k.together(func(w int) error {
		for i := range 10 {
			_, r, changed, err := k.PutRevision(k.ctx, listing.Listing{ID: "l", Market: "m", ExternalID: "x", SellerID: "s"},
				listing.Revision{Offer: listing.Offer{Title: fmt.Sprint("state ", i)}})
			if err != nil {
				return err
			}
			if changed {
				news[w]++
				if r.Offer.Title != fmt.Sprint("state ", i) {
					return fmt.Errorf("revision %d says %q", r.Number, r.Offer.Title)
				}
			}
		}
		return nil
	})
	total := 0
	for _, n := range news {
		total += n
	}
	all := got[[]listing.Revision](k)(k.Revisions(k.ctx, "l"))
	slices.Reverse(all)
	if len(all) != total || got[listing.Listing](k)(k.Listing(k.ctx, "l")).Revision != total {
		t.Fatalf("%d revisions, %d were reported as news", len(all), total)
	}
	for i, r := range all {
		if r.Number != i+1 || i > 0 && r.ContentHash == all[i-1].ContentHash {
			t.Fatalf("revision %d of %d has number %d and is no news", i+1, total, r.Number)
		}
	}
}

// Each writer raises the priority ten times, reading again when it lost.
func raceCases(t *testing.T, k *kit) {
	k.seller("s")
	k.open("c", "s", nil)
	k.together(func(int) error {
		for range 10 {
			for {
				c, err := k.Case(k.ctx, "c")
				if err != nil {
					return err
				}
				c.Severity++
				if err = k.PutCase(k.ctx, c); err == nil {
					break
				}
				if !fault.Is(err, fault.Conflict) {
					return err
				}
			}
		}
		return nil
	})
	if c := got[casefile.Case](k)(k.Case(k.ctx, "c")); c.Severity != 10*writers || c.Version != 10*writers+1 {
		t.Fatalf("severity %d, version %d after %d changes", c.Severity, c.Version, 10*writers)
	}
}

func raceOpen(t *testing.T, k *kit) {
	k.seller("s")
	rev := k.revision("l", "s", "title")
	won := make([]bool, writers)
	k.together(func(w int) error {
		err := k.PutCase(k.ctx, casefile.Case{ID: fmt.Sprint("c", w), ListingID: "l", RevisionID: rev.ID, SellerID: "s", State: casefile.Open, DueAt: noon})
		won[w] = err == nil
		if fault.Is(err, fault.Conflict) {
			return nil
		}
		return err
	})
	n := 0
	for _, w := range won {
		if w {
			n++
		}
	}
	if open := got[casefile.Page](k)(k.Cases(k.ctx, casefile.Filter{})).Cases; n != 1 || len(open) != 1 {
		t.Fatalf("%d writers won and %d cases are open, want one", n, len(open))
	}
}

func raceDecisions(t *testing.T, k *kit) {
	k.seller("s")
	k.open("c", "s", nil)
	k.together(func(w int) error {
		for i := range 5 {
			if err := k.AddDecision(k.ctx, casefile.Decision{ID: fmt.Sprint(w, "-", i), CaseID: "c", CreatedAt: noon}); err != nil {
				return err
			}
		}
		return nil
	})
	if n := len(got[[]casefile.Decision](k)(k.Decisions(k.ctx, "c"))); n != 5*writers {
		t.Fatalf("%d decisions, want %d", n, 5*writers)
	}
}

func raceLedger(t *testing.T, k *kit) {
	k.together(func(w int) error {
		for i := range 10 {
			err := k.Atomic(k.ctx, func(ctx context.Context) error {
				if _, err := k.Append(ctx, ledger.Entry{Kind: "one", Subject: fmt.Sprint(w)}); err != nil {
					return err
				}
				_, err := k.Append(ctx, ledger.Entry{Kind: "two", Subject: fmt.Sprint(w), Data: json.RawMessage(`{"a":[1]}`)})
				if err == nil && i%3 == 0 {
					return errBack
				}
				return err
			})
			if err != nil && i%3 != 0 {
				return err
			}
		}
		return nil
	})
	all := got[[]ledger.Entry](k)(k.Entries(k.ctx, 0, 10_000))
	if _, err := ledger.Verify("", all); err != nil || len(all) != writers*6*2 || all[0].Seq != 1 {
		t.Fatalf("%d entries, want %d: %v", len(all), writers*6*2, err)
	}
	for i := 0; i < len(all); i += 2 { // what one transaction appends stays together
		if all[i].Subject != all[i+1].Subject || all[i].Kind != "one" {
			t.Fatalf("entries %d and %d were torn apart", i, i+1)
		}
	}
}

// A poller that asks for what came after the last change it saw learns of
// every change, whatever the order in which transactions end.
func raceChanges(t *testing.T, k *kit) {
	k.holder("h")
	ctx, cancel := context.WithCancel(k.ctx)
	defer cancel()
	seen := map[string]bool{}
	polled := make(chan error, 1)
	var last int64 = 1
	poll := func(ctx context.Context) error {
		changes, err := k.Changes(ctx, last, 7)
		for _, c := range changes {
			if c.Seq != last+1 {
				return fmt.Errorf("change %d after %d", c.Seq, last)
			}
			seen[c.ID], last = true, c.Seq
		}
		return err
	}
	go func() {
		for ctx.Err() == nil {
			if err := poll(k.ctx); err != nil {
				polled <- err
				return
			}
		}
		polled <- nil
	}()
	k.together(func(w int) error {
		for i := range 12 {
			err := k.Atomic(k.ctx, func(ctx context.Context) error {
				for j := range 1 + (w+i)%3 {
					if _, err := k.PutBrand(ctx, registry.Brand{ID: fmt.Sprint(w, "-", i, "-", j), HolderID: "h"}); err != nil {
						return err
					}
				}
				if i%4 == 3 {
					return errBack
				}
				return nil
			})
			if err != nil && i%4 != 3 {
				return err
			}
		}
		return nil
	})
	cancel()
	k.must(<-polled)
	head := got[int64](k)(k.ChangeHead(k.ctx))
	for last < head {
		k.must(poll(k.ctx))
	}
	brands := got[[]registry.Brand](k)(k.Brands(k.ctx, registry.Filter{Limit: 500}))
	if len(brands) != len(seen) || int(head)-1 != len(brands) {
		t.Fatalf("%d brands, %d seen, head %d", len(brands), len(seen), head)
	}
}

func raceEqual(t *testing.T, k *kit) {
	changed := make([]int, writers)
	k.together(func(w int) error {
		for i := range 10 {
			c, err := k.PutHolder(k.ctx, registry.RightsHolder{ID: fmt.Sprint(i), Name: "same"})
			if err != nil {
				return err
			}
			if c {
				changed[w]++
			}
		}
		return nil
	})
	total := 0
	for _, n := range changed {
		total += n
	}
	if head := got[int64](k)(k.ChangeHead(k.ctx)); total != 10 || head != 10 {
		t.Fatalf("%d reported, %d recorded changes, want 10", total, head)
	}
}

func racePolicies(t *testing.T, k *kit) {
	for w := range writers {
		k.must(k.PutPolicy(k.ctx, verdict.Version{ID: fmt.Sprint("p@", w)}))
	}
	k.together(func(w int) error {
		for range 5 {
			if err := k.ActivatePolicy(k.ctx, fmt.Sprint("p@", w)); err != nil {
				return err
			}
		}
		return nil
	})
	got[verdict.Version](k)(k.ActivePolicy(k.ctx))
}

// Transactions that take their locks in opposite orders must all end well.
func raceDeadlock(t *testing.T, k *kit) {
	k.seller("s")
	for _, id := range []string{"l0", "l1"} {
		k.revision(id, "s", "title")
	}
	k.together(func(w int) error {
		for i := range 2 {
			err := k.Atomic(k.ctx, func(ctx context.Context) error {
				for j := range 2 {
					id := fmt.Sprint("l", (w+j)%2)
					_, _, _, err := k.PutRevision(ctx, listing.Listing{ID: id, Market: "main", ExternalID: "x-" + id, SellerID: "s"},
						listing.Revision{Offer: listing.Offer{Title: fmt.Sprint(w, " ", i)}})
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	for _, id := range []string{"l0", "l1"} {
		if l := got[listing.Listing](k)(k.Listing(k.ctx, id)); l.Revision != 1+2*writers {
			t.Fatalf("%s has %d revisions, want %d", id, l.Revision, 1+2*writers)
		}
	}
}

func racePictures(t *testing.T, k *kit) {
	k.seller("s")
	offer := listing.Offer{Title: "t", Pictures: make([]listing.Picture, writers)}
	for i := range offer.Pictures {
		offer.Pictures[i] = listing.Picture{URL: fmt.Sprint("http://a/", i), State: listing.PictureWaiting}
	}
	_, rev, _, err := k.PutRevision(k.ctx, listing.Listing{ID: "l", Market: "m", ExternalID: "x", SellerID: "s"}, listing.Revision{Offer: offer})
	k.must(err)
	last := make([]bool, writers)
	k.together(func(w int) error {
		waiting, err := k.SettlePicture(k.ctx, rev.ID, w, listing.Picture{Hash: fmt.Sprint("sha256:", w), State: listing.PictureStored})
		last[w] = waiting == 0
		return err
	})
	n := 0
	for i, p := range got[listing.Revision](k)(k.Revision(k.ctx, rev.ID)).Offer.Pictures {
		if p.State != listing.PictureStored || p.Hash != fmt.Sprint("sha256:", i) {
			t.Fatalf("picture %d is %+v", i, p)
		}
		if last[i] {
			n++
		}
	}
	if n != 1 {
		t.Fatalf("%d writers were told that nothing waits, want the last one only", n)
	}
}
