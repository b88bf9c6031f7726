package store_test

import (
	"fmt"
	"testing"
	"time"

	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/listing"
	"assay/internal/match/pdq"
	"assay/internal/notice"
	"assay/internal/signal"
	"assay/internal/similar"
	"assay/internal/store"
	"assay/internal/verdict"
)

// BenchmarkGroup finds, decides and takes back 1,000 listings that show one
// picture, with the followers that give penalties, prints and answers.
func BenchmarkGroup(b *testing.B) {
	perEngine(b, func(b *testing.B, s *store.Store) {
		ctx, now := b.Context(), time.Now
		const goods = 1000
		var shown []similar.Shown
		var seed listing.Revision
		for i := range goods {
			id := fmt.Sprint("g", i)
			o := listing.Offer{Title: fmt.Sprint("Volt wireless charger 15W no. ", i), Pictures: []listing.Picture{{Hash: "p", State: listing.PictureStored}}}
			_, r, _, err := s.PutRevision(ctx, listing.Listing{ID: id, Market: "m", ExternalID: id, SellerID: "s"}, listing.Revision{ListingID: id, ContentHash: id, Offer: o})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := s.SetStatus(ctx, id, 0, listing.Live, now()); err != nil {
				b.Fatal(err)
			}
			p := signal.Print{Hash: "p", Quality: 90}
			p.Codes[0] = pdq.Hash{1, 2, 3, 4}
			shown, seed = append(shown, similar.ShownBy(r, []signal.Seen{{Print: p}})), r
		}
		if err := s.KeepPrints(ctx, shown); err != nil {
			b.Fatal(err)
		}
		desk := &casefile.Desk{Store: s, Now: now}
		desk.Followers = []casefile.Follower{&enforcement.Ladder{Store: s, Queue: s.Jobs(), Now: now}, &similar.Follower{Store: s, Now: now}, &notice.Follower{Store: s, Now: now}}
		service := similar.New(s, desk, now)
		by := casefile.Actor{ID: "a"}
		must := func(err error) {
			if err != nil {
				b.Fatal(err)
			}
		}
		must(s.PutCase(ctx, casefile.Case{ID: "case", Source: casefile.FromScreening, ListingID: seed.ListingID, RevisionID: seed.ID, SellerID: "s", State: casefile.Open, DueAt: now(), CreatedAt: now(), UpdatedAt: now()}))
		var find, decide, undo time.Duration
		b.ResetTimer()
		for range b.N {
			t := time.Now()
			g, err := service.Begin(ctx, "case", by)
			must(err)
			find += time.Since(t)
			t = time.Now()
			g, err = service.Decide(ctx, g.ID, casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit", Version: g.Version}, by, "admin")
			must(err)
			decide += time.Since(t)
			t = time.Now()
			_, err = service.Undo(ctx, g.ID, "", by)
			must(err)
			undo += time.Since(t)
			n, err := s.CountMembers(ctx, g.ID)
			must(err)
			if n.Decided != goods || n.Undone != goods {
				b.Fatalf("%+v", n)
			}
		}
		for name, d := range map[string]time.Duration{"find-ms": find, "decide-ms": decide, "undo-ms": undo} {
			b.ReportMetric(float64(d.Milliseconds())/float64(b.N), name)
		}
	})
}
