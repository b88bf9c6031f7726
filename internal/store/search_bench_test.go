package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"assay/internal/listing"
	"assay/internal/search"
	"assay/internal/store"
)

var goods = []string{"Leather shoulder bag with gold chain, new in box, fast shipping", "여성 숄더백 체인 크로스백 데일리 가방 무료배송",
	"女士单肩链条包 真皮 现货 当天发货", "Borsa a tracolla in pelle con catena, nuova, spedizione veloce"}

// offerNumber is a listing of about 300 bytes of text; every thousandth hides
// a name.
func offerNumber(i int) listing.Offer {
	title := fmt.Sprintf("%s %d", goods[i%len(goods)], i)
	if i%1000 == 7 {
		title = "V*ltrana " + title
	}
	return listing.Offer{Title: title, Description: goods[(i+1)%len(goods)] + ". " + goods[(i+2)%len(goods)] + ".", Category: "Fashion > Bags",
		Price: &listing.Money{Minor: int64(10000 + i%5000), Currency: "KRW"}, Pictures: []listing.Picture{{URL: "https://example.org/1.jpg", State: listing.PictureWaiting}}}
}

func seedOffers(b *testing.B, s *store.Store, n int) {
	b.Helper()
	const batch = 1000
	for first := 0; first < n; first += batch {
		err := s.Atomic(b.Context(), func(ctx context.Context) error {
			for i := first; i < first+batch; i++ {
				id := fmt.Sprintf("l%06d", i)
				_, _, _, err := s.PutRevision(ctx, listing.Listing{ID: id, Market: "m", ExternalID: id, SellerID: "s"}, listing.Revision{Offer: offerNumber(i)})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSearch walks 20,000 listings: one name, then ten names and a
// sentence, then one name in a category that nothing is in.
func BenchmarkSearch(b *testing.B) {
	const listings = 20_000
	name := search.Query{Words: []search.Word{{Text: "Veltrana"}}}
	many := search.Query{Words: []search.Word{{Text: "imported directly by the maker for you", Kind: "phrase"}}}
	for i := range 10 {
		many.Words = append(many.Words, search.Word{Text: fmt.Sprintf("Velt%crana", 'a'+i)})
	}
	elsewhere := name
	elsewhere.Category = "Garden"
	perEngine(b, func(b *testing.B, s *store.Store) {
		seedOffers(b, s, listings)
		w := &search.Walker{Store: s, Now: time.Now, Time: time.Hour}
		for _, c := range []struct {
			name string
			q    search.Query
		}{{"name", name}, {"eleven words", many}, {"filtered", elsewhere}} {
			b.Run(c.name, func(b *testing.B) {
				for b.Loop() {
					got, err := w.Run(b.Context(), "", c.q, "", 100)
					if err != nil || !got.Complete || got.Looked != listings {
						b.Fatal(got.Looked, err)
					}
				}
				b.ReportMetric(float64(b.N*listings)/b.Elapsed().Seconds(), "listings/s")
			})
		}
	})
}

// BenchmarkSavedSearches is what 1,000 saved searches of five words cost a
// revision that is screened, and a process when one of them changes.
func BenchmarkSavedSearches(b *testing.B) {
	s := freshSQLite(b)
	err := s.Atomic(b.Context(), func(ctx context.Context) error {
		for i := range 1000 {
			v := search.Saved{ID: fmt.Sprint("s", i), Name: "n"}
			for j := range 5 {
				v.Query.Words = append(v.Query.Words, search.Word{Text: fmt.Sprintf("V%cl%ct%crana", 'a'+i%26, 'a'+i/26%26, 'a'+j)})
			}
			if err := s.PutSearch(ctx, v); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	w := &search.Watch{Store: s, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	b.Run("change", func(b *testing.B) {
		for b.Loop() {
			v, err := s.Search(b.Context(), "s0")
			if err == nil {
				err = s.PutSearch(b.Context(), v)
			}
			if err == nil {
				err = w.CatchUp(b.Context())
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("revision", func(b *testing.B) {
		i := 0
		for b.Loop() {
			i++
			w.Look(b.Context(), search.Offered{Revision: listing.Revision{ID: "r", Offer: offerNumber(i)}})
		}
	})
}
