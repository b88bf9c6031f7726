package storetest

import (
	"fmt"
	"math"
	"testing"
	"time"

	"assay/internal/fault"
	"assay/internal/verdict"
)

var verdictTests = map[string]func(*testing.T, *kit){
	"every field survives": verdictFields,
	"of a listing":         verdictsOf,
	"policies":             policies,
}

func verdictFields(t *testing.T, k *kit) {
	k.seller("s")
	var v verdict.Verdict
	fill(&v)
	k.refuses(fault.Invalid, k.PutVerdict(k.ctx, v))
	rev := k.revision("l", "s", "title")
	v.RevisionID, v.ListingID = rev.ID, rev.ListingID
	k.must(k.PutVerdict(k.ctx, v))
	same(t, "verdict", got[verdict.Verdict](k)(k.Verdict(k.ctx, v.ID)), v)
	other := v
	other.Score, other.Decision = 0.1, verdict.Pass
	k.must(k.PutVerdict(k.ctx, other))
	same(t, "the same id again", got[verdict.Verdict](k)(k.Verdict(k.ctx, v.ID)), v)
	_, err := k.Verdict(k.ctx, "none")
	k.refuses(fault.NotFound, err)
	v.ID, v.Score = "nan", math.NaN()
	if k.PutVerdict(k.ctx, v) == nil {
		t.Fatal("a score that is not a number was stored")
	}
}

func verdictsOf(t *testing.T, k *kit) {
	k.seller("s")
	rev := k.revision("l", "s", "title")
	for i := range 4 {
		k.must(k.PutVerdict(k.ctx, verdict.Verdict{ID: fmt.Sprint("v", i), RevisionID: rev.ID, ListingID: "l", CreatedAt: noon.Add(time.Duration(i/2) * time.Hour)}))
	}
	id := func(v verdict.Verdict) string { return v.ID }
	same(t, "newest first", ids(got[[]verdict.Verdict](k)(k.VerdictsOf(k.ctx, "l", 3)), id), []string{"v3", "v2", "v1"})
	same(t, "of no listing", ids(got[[]verdict.Verdict](k)(k.VerdictsOf(k.ctx, "none", 3)), id), []string{})
}

func policies(t *testing.T, k *kit) {
	_, err := k.ActivePolicy(k.ctx)
	k.refuses(fault.NotFound, err)
	var v verdict.Version
	fill(&v)
	v.Active, v.Shadow = false, false // set by methods of their own
	k.must(k.PutPolicy(k.ctx, v))
	same(t, "every field", got[[]verdict.Version](k)(k.Policies(k.ctx)), []verdict.Version{v})
	k.must(k.PutPolicy(k.ctx, v))
	other := v
	other.Source = "another"
	k.refuses(fault.Conflict, k.PutPolicy(k.ctx, other))
	for _, n := range []int{9, 10} {
		k.must(k.PutPolicy(k.ctx, verdict.Version{ID: fmt.Sprintf("default@%d", n), Source: "rules: []", Active: true, CreatedAt: noon.Add(24 * time.Hour)}))
	}
	_, err = k.ActivePolicy(k.ctx)
	k.refuses(fault.NotFound, err) // storing does not put in force
	for _, id := range []string{"default@9", "default@10", "default@10", v.ID, "default@9"} {
		k.must(k.ActivatePolicy(k.ctx, id))
		if active := got[verdict.Version](k)(k.ActivePolicy(k.ctx)); active.ID != id || !active.Active {
			t.Fatalf("in force is %+v, want %s", active, id)
		}
	}
	k.refuses(fault.NotFound, k.ActivatePolicy(k.ctx, "none"))
	all := got[[]verdict.Version](k)(k.Policies(k.ctx))
	same(t, "newest first", ids(all, func(v verdict.Version) string { return fmt.Sprint(v.ID, v.Active) }),
		[]string{"default@10false", "default@9true", v.ID + "false"})
}
