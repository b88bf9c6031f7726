package lexicon

import (
	"cmp"
	"slices"
)

// tally sums reasons.
type tally struct {
	logit        float64
	pro, contras []Reason
}

func (t *tally) add(code string, w float64, detail string) {
	if w == 0 {
		return
	}
	t.logit += w
	if w > 0 {
		t.pro = append(t.pro, Reason{code, w, detail})
	} else {
		t.contras = append(t.contras, Reason{code, w, detail})
	}
}

// note records a reason that decides by itself and has no weight.
func (t *tally) note(code string) { t.contras = append(t.contras, Reason{Code: code}) }

// has reports whether one of the codes is among the reasons.
func (t *tally) has(codes ...string) bool {
	in := func(r Reason) bool { return slices.Contains(codes, r.Code) }
	return slices.ContainsFunc(t.pro, in) || slices.ContainsFunc(t.contras, in)
}

func (t *tally) sort() {
	slices.SortStableFunc(t.pro, func(a, b Reason) int { return cmp.Compare(b.Weight, a.Weight) })
	slices.SortStableFunc(t.contras, func(a, b Reason) int { return cmp.Compare(a.Weight, b.Weight) })
}
