package api

import (
	"image/color"
	"testing"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/signal"
	"assay/internal/verdict"
)

func (k *kit) decide(as, id string, a casefile.Answer) casefile.Case {
	k.t.Helper()
	var c casefile.Case
	k.want(k.ask(as, "POST", base+"/cases/"+id+"/claim", nil), 200, &c)
	a.Version = c.Version
	k.want(k.ask(as, "POST", base+"/cases/"+id+"/decision", a), 200, &c)
	return c
}

func TestPrecision(t *testing.T) {
	k := newKit(t)
	k.decide("reviewer", "case-a", casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit"})
	k.decide("reviewer", "case-b", casefile.Answer{Outcome: verdict.Pass, Reason: "other_meaning"})
	var p casefile.Precision
	k.want(k.ask("holder:a", "GET", base+"/assets/asset-a/precision", nil), 200, &p)
	if p != casefile.Measure("asset-a", 1, 1) {
		t.Errorf("%+v", p)
	}
	k.wantProblem(k.ask("holder:a", "GET", base+"/assets/asset-b/precision", nil), 404, fault.NotFound)
	k.wantProblem(k.ask("seller:a", "GET", base+"/precisions", nil), 403, fault.Forbidden)
	var page Page[casefile.Precision]
	k.want(k.ask("reviewer", "GET", base+"/precisions?limit=1", nil), 200, &page)
	if len(page.Items) != 1 || page.Items[0].AssetID != "asset-b" || page.Next == "" {
		t.Fatalf("the worst first: %+v", page)
	}
	k.want(k.ask("reviewer", "GET", base+"/precisions?limit=1&after="+page.Next, nil), 200, &page)
	if len(page.Items) != 1 || page.Items[0].AssetID != "asset-a" {
		t.Errorf("then %+v", page)
	}
	var cases Page[casefile.Case]
	k.want(k.ask("reviewer", "GET", base+"/cases?asset=asset-b", nil), 200, &cases)
	if len(cases.Items) != 1 || cases.Items[0].ID != "case-b" {
		t.Errorf("cases of an asset: %+v", cases)
	}
}

// A reviewer who says that a picture is not the asset's keeps it from being
// matched again, in the transaction of the decision.
func TestInnocentPictures(t *testing.T) {
	k := newKit(t)
	ctx := t.Context()
	hash, err := k.api.d.Blobs.Put(ctx, aPicture(t, color.Black))
	must(t, err)
	c, err := k.store.Case(ctx, "case-a")
	must(t, err)
	seen := func(asset, hash string) signal.Signal {
		return signal.Signal{Kind: signal.PictureMark, AssetID: asset, BrandID: "brand-a", Score: 0.8, Sighting: &signal.Sighting{Hash: hash}}
	}
	put := func(id string, signals ...signal.Signal) {
		t.Helper()
		must(t, k.store.PutVerdict(ctx, verdict.Verdict{ID: id, RevisionID: c.RevisionID, ListingID: c.ListingID, Matched: []string{"asset-a"}, Signals: signals}))
		c, err = k.store.Case(ctx, "case-a")
		must(t, err)
		c.VerdictID = id
		must(t, k.store.PutCase(ctx, c))
		c.Version++
	}
	answer := func(a casefile.Answer) casefile.Answer { a.Version, a.Innocent = c.Version, true; return a }

	put("words-only", signal.Signal{Kind: signal.TextName, AssetID: "asset-a", Score: 0.8})
	pass := casefile.Answer{Outcome: verdict.Pass, Reason: casefile.NotTheSame}
	k.wantProblem(k.ask("reviewer", "POST", base+"/cases/case-a/decision", answer(pass)), 422, fault.Invalid)
	put("picture-gone", seen("asset-a", "sha256:"+"0000000000000000000000000000000000000000000000000000000000000000"))
	k.wantProblem(k.ask("reviewer", "POST", base+"/cases/case-a/decision", answer(pass)), 422, fault.Invalid)
	if kept, err := k.store.Case(ctx, "case-a"); err != nil || kept.State != casefile.Open {
		t.Errorf("a decision that could not be carried out left the case %s (%v)", kept.State, err)
	}
	put("matched", seen("asset-a", hash), seen("asset-b", hash), seen("asset-a", hash)) // the verdict does not stand on b
	k.wantProblem(k.ask("reviewer", "POST", base+"/cases/case-a/decision", answer(casefile.Answer{Outcome: verdict.Pass, Reason: "licensed"})), 422, fault.Invalid)
	k.want(k.ask("reviewer", "POST", base+"/cases/case-a/decision", answer(pass)), 200, nil)
	for asset, want := range map[string]int{"asset-a": 1, "asset-b": 0} {
		a, err := k.store.Asset(ctx, asset)
		if must(t, err); len(a.InnocentPictures) != want || want == 1 && a.InnocentPictures[0] != hash {
			t.Errorf("%s has the innocent pictures %v", asset, a.InnocentPictures)
		}
	}
	entries, err := k.store.EntriesAbout(ctx, "asset-a", 10)
	if must(t, err); len(entries) != 1 || entries[0].Kind != "registry.changed" {
		t.Errorf("ledger %+v", entries)
	}
}
