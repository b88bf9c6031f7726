package policy

import (
	"math"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/verdict"
)

var anyKind = rapid.SampledFrom([]signal.Kind{signal.PictureCopy, signal.PicturePart, signal.PictureMark, signal.PictureUnread,
	signal.PictureSkipped, signal.TextName, signal.TextPhrase, signal.TextClaim, signal.TextAffiliation, signal.BrandField,
	signal.SellerUnlicensed, signal.SellerUnverified, signal.SellerNotActive, signal.DetectorFailed, "video.copy"})

func anySignal(licensed bool) *rapid.Generator[signal.Signal] {
	return rapid.Custom(func(t *rapid.T) signal.Signal {
		s := signal.Signal{
			Kind:     anyKind.Draw(t, "kind"),
			Score:    rapid.Float64Range(0, 1).Draw(t, "score"),
			BrandID:  rapid.SampledFrom([]string{"", "alba", "gated", "unknown"}).Draw(t, "brand"),
			AssetID:  rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "asset"),
			Intent:   rapid.SampledFrom([]string{"", "counterfeit_claim"}).Draw(t, "intent"),
			Licensed: licensed,
		}
		if rapid.Bool().Draw(t, "seen") {
			d := rapid.IntRange(0, 256).Draw(t, "distance")
			s.Sighting = &signal.Sighting{Distance: &d, Quality: rapid.IntRange(0, 100).Draw(t, "quality")}
		}
		return s
	})
}

func anyFacts(t *rapid.T) Facts {
	f := facts(rapid.SliceOfN(anySignal(false), 0, 6).Draw(t, "signals")...)
	f.Seller.Status = rapid.SampledFrom([]seller.Status{seller.Active, seller.Restricted, seller.Closed}).Draw(t, "status")
	return f
}

// slack is what the order of rounding may cost.
const slack = 1e-12

func TestAnotherSignalNeverLowersTheVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		before := Default().Decide(f)
		f.Signals = append(f.Signals, anySignal(false).Draw(t, "another"))
		after := Default().Decide(f)
		if after.Decision.Rank() < before.Decision.Rank() || after.Score < before.Score-slack {
			t.Fatalf("%s %v became %s %v", before.Decision, before.Score, after.Decision, after.Score)
		}
	})
}

func TestLicensedSignalsDoNotCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		before := Default().Decide(f)
		f.Signals = append(f.Signals, anySignal(true).Draw(t, "licensed"))
		after := Default().Decide(f)
		if after.Decision != before.Decision || after.Score != before.Score || len(after.Matched) != len(before.Matched) {
			t.Fatalf("%+v became %+v", before, after)
		}
	})
}

func TestScoreLiesInTheBandOfItsDecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := Default().Decide(anyFacts(t))
		band := map[verdict.Decision][2]float64{verdict.Pass: {0, 0.5}, verdict.Review: {0.5, 0.9}, verdict.Block: {0.9, math.Nextafter(1, 2)}}[v.Decision]
		if v.Score < band[0] || v.Score >= band[1] {
			t.Fatalf("%s with score %v", v.Decision, v.Score)
		}
		if (len(v.Reasons) == 0) != (v.Decision == verdict.Pass && len(v.Reasons) == 0) || v.Decision != verdict.Pass && v.Reasons[0].Decision != v.Decision {
			t.Fatalf("%s for the reasons %+v", v.Decision, v.Reasons)
		}
	})
}

func TestEvidenceGrowsWithEveryScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		signals := rapid.SliceOfN(anySignal(false), 1, 6).Draw(t, "signals")
		s := Default().scoring
		before := s.evidence(signals)
		i := rapid.IntRange(0, len(signals)-1).Draw(t, "which")
		signals[i].Score = rapid.Float64Range(signals[i].Score, 1).Draw(t, "raised")
		if after := s.evidence(signals); after < before-slack || after > 1 {
			t.Fatalf("%v became %v", before, after)
		}
	})
}

func TestOrderOfSignalsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		a := Default().Decide(f)
		f.Signals = rapid.Permutation(f.Signals).Draw(t, "order")
		b := Default().Decide(f)
		if a.Decision != b.Decision || a.Score != b.Score || len(a.Reasons) != len(b.Reasons) {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}

func TestBrokenScoresCountInFull(t *testing.T) {
	for in, want := range map[float64]float64{-1: 0, 0.5: 0.5, 7: 1, math.Inf(1): 1, math.Inf(-1): 0} {
		if unit(in) != want {
			t.Errorf("unit(%v) = %v", in, unit(in))
		}
	}
	if v := Default().Decide(facts(of(signal.TextName, math.NaN()))); v.Decision != verdict.Review {
		t.Errorf("a score that is no number gave %s", v.Decision)
	}
}

func TestDecideServesManyAtOnce(t *testing.T) {
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 50 {
				if v := Default().Decide(facts(copied(3, 90, 0.99), of(signal.TextName, 0.6))); v.Decision != verdict.Block {
					t.Errorf("%s", v.Decision)
				}
			}
		})
	}
	wait.Wait()
}

func BenchmarkDecide(b *testing.B) {
	for name, f := range map[string]Facts{
		"none": facts(),
		"four": facts(copied(3, 90, 0.99), of(signal.TextName, 0.6), of(signal.TextClaim, 0.8), of(signal.SellerUnlicensed, 0.3)),
	} {
		b.Run(name, func(b *testing.B) {
			p := Default()
			b.ReportAllocs()
			for b.Loop() {
				p.Decide(f)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := Parse(defaultSource); err != nil {
			b.Fatal(err)
		}
	}
}
