package trial

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"assay/internal/casefile"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// Proof is why a policy may act by itself: a rule and its measured precision.
type Proof struct {
	Rule      string
	Print     string
	Reason    string // code of the verdict's reason
	Precision casefile.Precision
}

// Prover measures rules; the store is one.
type Prover interface {
	RuleFigures(ctx context.Context, since time.Time, prints ...string) ([]RuleFigure, error)
}

// Prove reports whether a verdict of p may take effect without a person: one
// of its blocking rules is marked automatic, and people agreed with that
// rule's verdicts often enough. It is measured anew each time, so that a rule
// that no longer holds falls back to review by itself.
func Prove(ctx context.Context, store Prover, p *policy.Policy, v verdict.Verdict, now time.Time) (Proof, bool, error) {
	reasons := p.Automatic(v)
	if len(reasons) == 0 {
		return Proof{}, false, nil
	}
	prints := make([]string, len(reasons))
	for i, r := range reasons {
		prints[i] = r.Print
	}
	auto := p.Automation()
	figures, err := store.RuleFigures(ctx, now.AddDate(0, 0, -auto.Days), prints...)
	if err != nil {
		return Proof{}, false, err
	}
	for _, r := range reasons {
		for _, f := range figures {
			if f.Rule == r.Rule && f.Print == r.Print && proves(auto, f.Shown) {
				return Proof{r.Rule, r.Print, r.Code, f.Shown}, true, nil
			}
		}
	}
	return Proof{}, false, nil
}

// proves reports whether a measured precision is enough to act on.
func proves(a policy.Automation, shown casefile.Precision) bool {
	return shown.Decided > 0 && shown.Low >= a.Precision
}

// Drawn decides by lot whether a verdict is looked at by a person although
// nobody has to: for a share of all, the same at every try, and not to be
// told from the listing.
func Drawn(v verdict.Verdict, share float64) bool {
	sum := sha256.Sum256([]byte("sample\x00" + v.ID))
	return float64(binary.BigEndian.Uint64(sum[:8])>>11)/(1<<53) < share
}

// grounds are the reasons of a decision that stand for a policy's reason.
var grounds = map[string]string{
	"picture_copy": "stolen_photograph", "picture_part": "stolen_photograph", "picture_mark": "mark_in_picture",
	"text_name": "trademark_in_text", "brand_field": "trademark_in_text", "text_claim": "counterfeit",
	"text_phrase": "false_affiliation", "text_affiliation": "false_affiliation", "seller_unlicensed": "no_licence",
}

// Ground is the reason a decision by the policy gives, one of casefile.Grounds.
func (p Proof) Ground() string {
	if g, ok := grounds[p.Reason]; ok {
		return g
	}
	return "other_infringement"
}
