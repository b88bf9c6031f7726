package policy

import (
	"strings"
	"testing"
	"time"

	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/verdict"
)

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

// copied is a whole-picture copy as the PDQ detector states it.
func copied(distance, quality int, score float64) signal.Signal {
	return signal.Signal{Kind: signal.PictureCopy, Detector: "pdq/1", AssetID: "photo-1", BrandID: "alba", Score: score,
		Sighting: &signal.Sighting{Distance: &distance, Quality: quality}}
}

func of(k signal.Kind, score float64) signal.Signal {
	return signal.Signal{Kind: k, Detector: "test/1", BrandID: "alba", Score: score}
}

func facts(signals ...signal.Signal) Facts {
	return Facts{
		Signals:  signals,
		Revision: listing.Revision{Offer: listing.Offer{Title: "Alba bag", Price: &listing.Money{Minor: 2500, Currency: "EUR"}}},
		Seller:   seller.Seller{ID: "s1", Status: seller.Active, Verification: seller.Verified, CreatedAt: noon.AddDate(-1, 0, 0)},
		Brands: map[string]registry.Brand{
			"alba":  {ID: "alba", Name: "Alba", UsualPrice: map[string]float64{"EUR": 300}},
			"gated": {ID: "gated", Name: "Gated", GatedGoods: true},
		},
		Now: noon,
	}
}

func with(s signal.Signal, change func(*signal.Signal)) signal.Signal {
	change(&s)
	return s
}

func TestDefaultDecides(t *testing.T) {
	licensed := func(s *signal.Signal) { s.Licensed = true }
	gated := func(s *signal.Signal) { s.BrandID = "gated" }
	claim := func(s *signal.Signal) { s.Intent = "counterfeit_claim" }
	for name, c := range map[string]struct {
		facts   Facts
		want    verdict.Decision
		reasons []string
	}{
		"nothing":                 {facts(), verdict.Pass, nil},
		"near copy":               {facts(copied(4, 90, 0.99)), verdict.Block, []string{"picture_copy"}},
		"near copy, unsure":       {facts(copied(4, 90, 0.6)), verdict.Review, []string{"picture_copy"}},
		"farther copy":            {facts(copied(31, 90, 0.99)), verdict.Review, []string{"picture_copy"}},
		"too far":                 {facts(copied(32, 90, 0.3)), verdict.Pass, nil},
		"flat picture":            {facts(copied(4, 49, 0.3)), verdict.Pass, nil},
		"licensed copy":           {facts(with(copied(0, 100, 1), licensed)), verdict.Pass, []string{"licensed"}},
		"mark":                    {facts(of(signal.PictureMark, 0.99)), verdict.Review, []string{"picture_mark"}},
		"weak mark":               {facts(of(signal.PictureMark, 0.49)), verdict.Pass, nil},
		"sure part":               {facts(of(signal.PicturePart, 0.99)), verdict.Block, []string{"picture_part"}},
		"name":                    {facts(of(signal.TextName, 0.55)), verdict.Review, []string{"text_name"}},
		"claim":                   {facts(of(signal.TextClaim, 0.97)), verdict.Review, []string{"text_claim"}},
		"claim with intent":       {facts(with(of(signal.TextClaim, 0.97), claim)), verdict.Block, []string{"text_claim"}},
		"affiliation":             {facts(of(signal.TextAffiliation, 0.5)), verdict.Review, []string{"text_affiliation"}},
		"unlicensed, open brand":  {facts(of(signal.SellerUnlicensed, 1)), verdict.Pass, nil},
		"unlicensed, gated brand": {facts(with(of(signal.SellerUnlicensed, 0.7), gated)), verdict.Review, []string{"seller_unlicensed"}},
		"unlicensed, gated, sure": {facts(with(of(signal.SellerUnlicensed, 0.99), gated)), verdict.Block, []string{"seller_unlicensed"}},
		"unread":                  {facts(of(signal.PictureUnread, 0)), verdict.Review, []string{"picture_unread"}},
		"skipped":                 {facts(of(signal.PictureSkipped, 1)), verdict.Pass, []string{"picture_skipped"}},
		"detector failed":         {facts(of(signal.DetectorFailed, 0)), verdict.Review, []string{"detector_failed"}},
		"new detector":            {facts(of("video.copy", 0.55)), verdict.Review, []string{"other_match"}},
		"new detector, weak":      {facts(of("video.copy", 0.3)), verdict.Pass, nil},
		"unverified":              {facts(of(signal.SellerUnverified, 1)), verdict.Pass, []string{"seller_unverified"}},
		"weak signs together": {facts(of(signal.TextName, 0.45), of(signal.TextPhrase, 0.45), of(signal.PictureMark, 0.45)),
			verdict.Review, []string{"together"}},
		"one weak sign ten times": {facts(of(signal.TextName, 0.45), of(signal.TextName, 0.45), of(signal.TextName, 0.45), of(signal.TextName, 0.45)), verdict.Pass, nil},
	} {
		t.Run(name, func(t *testing.T) {
			v := Default().Decide(c.facts)
			if v.Decision != c.want {
				t.Errorf("decision %s, want %s (%+v)", v.Decision, c.want, v.Reasons)
			}
			got := codesOf(v)
			if len(got) != len(c.reasons) {
				t.Fatalf("reasons %v, want %v", got, c.reasons)
			}
			for i := range got {
				if got[i] != c.reasons[i] {
					t.Fatalf("reasons %v, want %v", got, c.reasons)
				}
			}
		})
	}
}

func codesOf(v verdict.Verdict) []string {
	var list []string
	for _, r := range v.Reasons {
		list = append(list, r.Code)
	}
	return list
}

func TestSellerStanding(t *testing.T) {
	for status, want := range map[seller.Status]verdict.Decision{
		seller.Active: verdict.Pass, seller.Restricted: verdict.Review, seller.Suspended: verdict.Review, seller.Closed: verdict.Block,
	} {
		f := facts()
		f.Seller.Status = status
		if v := Default().Decide(f); v.Decision != want {
			t.Errorf("%s shop: %s, want %s", status, v.Decision, want)
		}
	}
}

func TestReasonsPointAtSortedSignals(t *testing.T) {
	weak, strong := of(signal.TextName, 0.6), copied(3, 90, 0.99)
	lawful := with(of(signal.PictureMark, 1), func(s *signal.Signal) { s.Licensed = true })
	given := []signal.Signal{lawful, weak, strong}
	v := Default().Decide(facts(given...))
	if v.Signals[0].Kind != signal.PictureCopy || v.Signals[1].Kind != signal.TextName || !v.Signals[2].Licensed {
		t.Fatalf("order: %+v", v.Signals)
	}
	if given[0].Kind != signal.PictureMark {
		t.Error("the caller's signals were reordered")
	}
	for _, r := range v.Reasons {
		for _, i := range r.Signals {
			if lawful := v.Signals[i].Licensed; lawful != (r.Code == "licensed") {
				t.Errorf("reason %s stands on signal %d", r.Code, i)
			}
		}
	}
}

func TestMatched(t *testing.T) {
	second := with(of(signal.PictureMark, 0.8), func(s *signal.Signal) { s.AssetID = "mark-1" })
	other := with(of(signal.TextName, 0.7), func(s *signal.Signal) { s.BrandID = "brio" })
	faint := with(of(signal.TextName, 0.1), func(s *signal.Signal) { s.BrandID, s.AssetID = "faint", "faint-name" })
	f := facts(other, second, copied(3, 90, 0.99), faint, of(signal.TextClaim, 0.9))
	v := Default().Decide(f)
	want := []string{"photo-1", "mark-1", "brio"} // alba has assets here, so its claim adds nothing
	if len(v.Matched) != len(want) {
		t.Fatalf("matched %v, want %v", v.Matched, want)
	}
	for i := range want {
		if v.Matched[i] != want[i] {
			t.Fatalf("matched %v, want %v", v.Matched, want)
		}
	}
}

// What is braked is evidence that never blocks, alone or as what tips a rule.
func TestBrakedAsksForReviewAtMost(t *testing.T) {
	braked := func(s *signal.Signal) { s.Braked = true }
	closed := facts(with(copied(4, 90, 0.99), braked), of(signal.SellerNotActive, 1))
	closed.Seller.Status = seller.Closed
	const strict = "\n  - id: strict\n    for: listing\n    when: evidence >= 0.9 && signals.size() > 0\n    decision: block\n    reason: listing_rule\n"
	p, err := Parse(append(append([]byte{}, DefaultSource()...), strict...))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		policy  *Policy
		facts   Facts
		want    verdict.Decision
		matched int
	}{
		"not braked":              {Default(), facts(copied(4, 90, 0.99)), verdict.Block, 1},
		"braked":                  {Default(), facts(with(copied(4, 90, 0.99), braked)), verdict.Review, 1},
		"braked beside another":   {Default(), facts(with(copied(4, 90, 0.99), braked), with(copied(4, 90, 0.99), func(s *signal.Signal) { s.AssetID = "photo-2" })), verdict.Block, 2},
		"braked and weak":         {Default(), facts(with(of(signal.PictureMark, 0.2), braked)), verdict.Pass, 0},
		"braked in a closed shop": {Default(), closed, verdict.Block, 1},
		"listing rule":            {p, facts(of(signal.PictureMark, 0.95)), verdict.Block, 0},
		"listing rule, braked":    {p, facts(with(of(signal.PictureMark, 0.95), braked)), verdict.Review, 0},
		"listing rule, both":      {p, facts(with(of(signal.PictureMark, 0.95), braked), of(signal.PicturePart, 0.4)), verdict.Review, 0},
	} {
		t.Run(name, func(t *testing.T) {
			v := c.policy.Decide(c.facts)
			if v.Decision != c.want || c.matched > 0 && len(v.Matched) != c.matched {
				t.Errorf("%s with %v matched, want %s with %d: %+v", v.Decision, v.Matched, c.want, c.matched, v.Reasons)
			}
		})
	}
	rest, err := Parse([]byte(strings.ReplaceAll(string(DefaultSource()), "when: signal.score >= mark_review", "when: signal.score >= mark_review && !signal.braked")))
	if err != nil {
		t.Fatal(err)
	}
	if v := rest.Decide(facts(with(of(signal.PictureMark, 0.55), braked))); v.Decision != verdict.Pass {
		t.Errorf("a policy that leaves braked marks out says %s", v.Decision)
	}
}
