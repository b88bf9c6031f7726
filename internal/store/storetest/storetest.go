// Package storetest is the one suite that every engine of the store must
// pass: each method of each Store interface, transactions, races and jobs.
package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/store"
	"assay/internal/verdict"
)

// Run runs the suite. Open returns a fresh, migrated, empty store that is
// closed when the test ends.
func Run(t *testing.T, open func(t *testing.T) *store.Store) {
	groups := map[string]map[string]func(*testing.T, *kit){
		"registry": registryTests, "seller": sellerTests, "listing": listingTests, "feed": feedTests,
		"verdict": verdictTests, "case": caseTests, "ledger": ledgerTests, "access": accessTests, "trial": trialTests,
		"proposal": proposalTests, "team": teamTests, "search": searchTests, "similar": similarTests, "notice": noticeTests, "enforcement": enforcementTests, "statement": statementTests, "hearing": hearingTests, "atomic": atomicTests, "race": raceTests, "job": jobTests, "reading": readingTests,
	}
	for name, tests := range groups {
		for test, run := range tests {
			t.Run(name+"/"+test, func(t *testing.T) {
				t.Parallel()
				run(t, &kit{Store: open(t), t: t, ctx: t.Context()})
			})
		}
	}
}

// kit is a store in a test, with what tests need around it.
type kit struct {
	*store.Store
	t   *testing.T
	ctx context.Context
	n   int
}

// noon is when everything happens, unless a test says otherwise.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

// must ends the test on an error.
func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// got is the value of a call that must not fail.
func got[V any](k *kit) func(V, error) V {
	return func(v V, err error) V {
		k.t.Helper()
		if err != nil {
			k.t.Fatal(err)
		}
		return v
	}
}

// refuses wants a fault code.
func (k *kit) refuses(code fault.Code, err error) {
	k.t.Helper()
	if !fault.Is(err, code) {
		k.t.Fatalf("want a fault %s, got %v", code, err)
	}
}

// same wants two values to be deeply equal.
func same[V any](t *testing.T, what string, got, want V) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// next is a number that this test has not used.
func (k *kit) next() int { k.n++; return k.n }

// seller, holder, brand, right, asset, revision and open make rows to refer to.

func (k *kit) seller(id string) string {
	k.t.Helper()
	got[bool](k)(k.PutSeller(k.ctx, seller.Seller{ID: id, ExternalID: "x-" + id, Name: "Shop " + id,
		Verification: seller.Verified, Status: seller.Active, CreatedAt: noon, UpdatedAt: noon}))
	return id
}

func (k *kit) holder(id string) string {
	k.t.Helper()
	got[bool](k)(k.PutHolder(k.ctx, registry.RightsHolder{ID: id, Name: "Holder " + id, UpdatedAt: noon}))
	return id
}

func (k *kit) brand(id, holder string) string {
	k.t.Helper()
	got[bool](k)(k.PutBrand(k.ctx, registry.Brand{ID: id, HolderID: holder, Name: "Brand " + id, UpdatedAt: noon}))
	return id
}

func (k *kit) right(id, brand string) string {
	k.t.Helper()
	got[bool](k)(k.PutRight(k.ctx, registry.Right{ID: id, BrandID: brand, Kind: registry.Trademark, Status: registry.RightRegistered, UpdatedAt: noon}))
	return id
}

func (k *kit) asset(id, brand string) string {
	k.t.Helper()
	got[bool](k)(k.PutAsset(k.ctx, registry.Asset{ID: id, BrandID: brand, Kind: registry.AssetName, Text: "Text " + id, UpdatedAt: noon}))
	return id
}

// revision stores a listing of the seller with one revision.
func (k *kit) revision(id, sellerID, title string) listing.Revision {
	k.t.Helper()
	_, rev, changed, err := k.PutRevision(k.ctx, listing.Listing{ID: id, Market: "main", ExternalID: "x-" + id, SellerID: sellerID},
		listing.Revision{Source: "api", Offer: listing.Offer{Title: title}, CreatedAt: noon.Add(time.Duration(k.next()) * time.Second)})
	k.must(err)
	if !changed {
		k.t.Fatalf("the first revision of %s is no news", id)
	}
	return rev
}

// open stores a listing with an open case.
func (k *kit) open(id, sellerID string, change func(*casefile.Case)) casefile.Case {
	k.t.Helper()
	rev := k.revision("listing-"+id, sellerID, "Title "+id)
	c := casefile.Case{ID: id, ListingID: rev.ListingID, RevisionID: rev.ID, SellerID: sellerID, Title: "Title " + id,
		Reason: "mark", Proposed: verdict.Review, Source: casefile.FromScreening, State: casefile.Open, DueAt: noon, CreatedAt: noon, UpdatedAt: noon}
	if change != nil {
		change(&c)
	}
	k.must(k.PutCase(k.ctx, c))
	c.Version = 1
	return c
}

// fill sets every field that v points to, and everything below, to something
// that is not its zero value and differs from its neighbours, so that a field
// that is lost on the way to the database and back is found.
func fill(v any) {
	n := 0
	fillValue(reflect.ValueOf(v).Elem(), &n)
}

func fillValue(v reflect.Value, n *int) {
	*n++
	switch x := v.Addr().Interface().(type) {
	case *json.RawMessage:
		*x = json.RawMessage(fmt.Sprintf(`{"n": %d}`, *n))
		return
	case *time.Time:
		*x = noon.Add(time.Duration(*n) * time.Minute)
		return
	case *registry.Date:
		*x = registry.DateOf(noon.AddDate(0, 0, *n))
		return
	case **fault.Phrase: // for the answer to whoever asked; nobody keeps it
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d 'quoted\" %%_\\ 한국 ? {}", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) / 7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fillValue(v.Index(i), n)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fillValue(key, n)
		fillValue(value, n)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			fillValue(v.Field(i), n)
		}
	default:
		panic("fill cannot make a " + v.Type().String())
	}
}
