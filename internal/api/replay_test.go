package api

import (
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"

	"assay/internal/fault"
	"assay/internal/listing"
)

func TestIdempotencyKeys(t *testing.T) {
	k := newKit(t)
	put := func(as, path, title, key string) *httptest.ResponseRecorder {
		return k.ask(as, "PUT", base+path, ListingIn{Seller: "a", Offer: OfferIn{Title: title}}, "Idempotency-Key", key)
	}
	first := put("admin", "/listings/main/x", "Bag", "one")
	k.want(first, 201, nil)
	again := put("admin", "/listings/main/x", "Bag", "one")
	k.want(again, 201, nil)
	if again.Header().Get("Idempotent-Replay") != "true" || first.Header().Get("Idempotent-Replay") != "" {
		t.Errorf("replay headers %q and %q", first.Header().Get("Idempotent-Replay"), again.Header().Get("Idempotent-Replay"))
	}
	if first.Body.String() != again.Body.String() || again.Header().Get("Content-Type") != first.Header().Get("Content-Type") {
		t.Errorf("answers differ: %s\n%s", first.Body, again.Body)
	}
	k.wantProblem(put("admin", "/listings/main/x", "Another", "one"), 409, fault.Conflict)
	k.wantProblem(put("admin", "/listings/main/y", "Bag", "one"), 409, fault.Conflict)
	if w := put("seller:a", "/listings/main/x", "Bag", "one"); w.Code != 200 || w.Header().Get("Idempotent-Replay") != "" {
		t.Errorf("the key of another principal counts: %d", w.Code)
	}
	if w := put("admin", "/listings/main/x", "Bag", "two"); w.Code != 200 {
		t.Errorf("a new key: %d", w.Code)
	}
	k.wantProblem(put("admin", "/listings/main/x", "Bag", "not\tprintable"), 422, fault.Invalid)
	refused := put("admin", "/listings/main/x", "", "three")
	k.wantProblem(refused, 422, fault.Invalid)
	if w := put("admin", "/listings/main/x", "", "three"); w.Code != 422 || w.Header().Get("Idempotent-Replay") != "true" || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("a refusal is replayed as %d %v", w.Code, w.Header())
	}
}

func TestIdempotencyKeyRunsOnce(t *testing.T) {
	k := newKit(t)
	var wg sync.WaitGroup
	codes := make([]int, 8)
	for i := range codes {
		wg.Go(func() {
			codes[i] = k.ask("admin", "PUT", base+"/listings/main/x", ListingIn{Seller: "a", Offer: OfferIn{Title: "Bag"}}, "Idempotency-Key", "one").Code
		})
	}
	wg.Wait()
	created := 0
	for _, c := range codes {
		switch c {
		case 201: // the first or its replay
			created++
		case 409: // while the first was running
		default:
			t.Errorf("codes %v", codes)
		}
	}
	var page Page[listing.Revision]
	k.want(k.ask("admin", "GET", base+"/listings/"+listing.ID("main", "x")+"/revisions", nil), 200, &page)
	if created == 0 || len(page.Items) != 1 {
		t.Errorf("codes %v, %d revisions", codes, len(page.Items))
	}
}

func TestSecretsAreNotKeptForReplay(t *testing.T) {
	k := newKit(t)
	body := `{"name":"feeds","role":"admin","scopes":["listing:write"]}`
	k.wantProblem(k.ask("admin", "POST", base+"/keys", body, "Idempotency-Key", "one"), 422, fault.Invalid)
	k.want(k.ask("admin", "POST", base+"/keys", body), 201, nil)
}

func TestPagesCoverEveryRowOnce(t *testing.T) {
	k := newKit(t)
	want := map[string]bool{"asset-a": true, "asset-b": true}
	for i := range 25 {
		id := fmt.Sprintf("n%02d", i)
		want[id] = true
		k.want(k.ask("admin", "PUT", base+"/assets/"+id, fmt.Sprintf(`{"brand_id":"brand-a","kind":"name","text":"Name %d"}`, i)), 200, nil)
		k.want(k.ask("admin", "PUT", base+"/listings/main/"+id, ListingIn{Seller: "a", Offer: OfferIn{Title: id}}), 201, nil)
	}
	for _, path := range []string{"/assets", "/listings", "/cases", "/ledger", "/sellers"} {
		seen, pages := map[string]bool{}, 0
		next := ""
		for {
			var page struct {
				Items []struct {
					ID  string `json:"id"`
					Seq int64  `json:"seq"`
				} `json:"items"`
				Next any `json:"next"`
			}
			query := "?limit=7"
			if next != "" {
				query += "&after=" + next
			}
			k.want(k.ask("admin", "GET", base+path+query, nil), 200, &page)
			pages++
			for _, row := range page.Items {
				id := fmt.Sprint(row.ID, row.Seq)
				if seen[id] {
					t.Fatalf("%s shows %s twice", path, id)
				}
				seen[id] = true
			}
			if page.Next == nil {
				break
			}
			if n, ok := page.Next.(float64); ok {
				next = fmt.Sprint(int64(n))
			} else {
				next = page.Next.(string)
			}
		}
		if path == "/assets" && (len(seen) != len(want) || pages != 4) || path == "/listings" && len(seen) != 27 {
			t.Errorf("%s: %d rows on %d pages", path, len(seen), pages)
		}
	}
}
